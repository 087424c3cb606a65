//! The situation room: the nation at a glance, on a desk, on a wall and on one sheet of paper.

use super::{Ask, Room, page, templates};

/// The glance, what alerts stand, what stations are called, and the titles of cases that are news.
const NATION: Ask = Ask::must("nation", "/api/v1/nation");
const ALERTS: Ask = Ask::may("alerts", "/api/v1/alerts");
const STATIONS: Ask = Ask::may("stations", "/api/v1/stations");
const CASES: Ask = Ask::may("cases", "/api/v1/cases?limit=200");
const ACTS: Ask = Ask::may("acts", "/api/v1/acts");
/// What came in and is no case yet, for those who may open one.
const RECENT: Ask = Ask::may("recent", "/api/v1/known/recent");
/// Whom the gravest case touches by inventories, and what the world says about it.
const REACH: Ask = Ask::may("reach", "/api/v1/cases/{nation.gravest.case}/exposure");
const KNOWN: Ask = Ask::may("known", "/api/v1/known/{nation.gravest.identifiers.0}");
/// The curve of the campaign that was chosen; where nobody chose, of the first of the newest that has one.
const CHOSEN: Ask = Ask::may("chosen", "/api/v1/acts/{curve}/survival");
const NEWEST: Ask = Ask::may("newest", "/api/v1/acts/{nation.campaigns.0.act}/survival");
const SECOND: Ask = Ask::may("second", "/api/v1/acts/{nation.campaigns.1.act}/survival");
const THIRD: Ask = Ask::may("third", "/api/v1/acts/{nation.campaigns.2.act}/survival");

pub(super) const ROOM: Room = Room {
    pages: &[
        page(
            "situation",
            "/situation",
            "situation",
            &[
                NATION, ALERTS, REACH, KNOWN, STATIONS, CASES, ACTS, RECENT, CHOSEN, NEWEST,
                SECOND, THIRD,
            ],
        ),
        page(
            "situation_wall",
            "/situation/wall",
            "situation",
            &[NATION, ALERTS, REACH, KNOWN, STATIONS, CASES, NEWEST, SECOND, THIRD],
        ),
        page(
            "situation_brief",
            "/situation/brief",
            "situation",
            &[NATION, ALERTS, REACH, KNOWN, STATIONS, CASES],
        ),
        page("situation_alert", "/situation/alert", "situation", &[ALERTS]),
    ],
    templates: templates![
        "situation.html",
        "situation_alert.html",
        "situation_brief.html",
        "situation_parts.html",
        "situation_wall.html"
    ],
};
