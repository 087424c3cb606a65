//! The explorer: search, what is known, who has it, public advisories, and the record.

use super::{Ask, Room, open, page, templates};

/// What ministries and coordinators are called.
const STATIONS: Ask = Ask::may("stations", "/api/v1/stations");

pub(super) const ROOM: Room = Room {
    pages: &[
        page(
            "explorer",
            "/explorer",
            "explorer",
            &[Ask::may("found", "/api/v1/search?q={q}"), STATIONS],
        ),
        page(
            "known",
            "/known/{identifier}",
            "explorer",
            &[Ask::must("known", "/api/v1/known/{identifier}")],
        ),
        page(
            "who_has",
            "/who-has",
            "explorer",
            &[
                Ask::may("has", "/api/v1/who-has?q={q}").with(&["from", "below"]),
                Ask::may("known", "/api/v1/known/{q}"),
                Ask::may("acts", "/api/v1/acts?case={known.cases.0.id}"),
                STATIONS,
            ],
        ),
        page(
            "who_has_names",
            "/who-has/names",
            "explorer",
            &[
                Ask::must("act", "/api/v1/acts/{act}"),
                Ask::must("named", "/api/v1/who-has/names")
                    .with(&["act", "limit=50", "cursor", "why"])
                    .recorded(),
            ],
        ),
        page(
            "why",
            "/institutions/{institution}/why/{system}",
            "explorer",
            &[
                Ask::must("why", "/api/v1/institutions/{institution}/exposures/{system}/why")
                    .with(&["flaw", "component"]),
                Ask::may("institution", "/api/v1/institutions/{institution}"),
            ],
        ),
        open(
            "advisories",
            "/advisories",
            "advisories",
            &[Ask::must("advisories", "/api/v1/public/advisories").with(&["cursor", "limit"])],
        ),
        open(
            "advisory",
            "/advisories/{act}",
            "advisories",
            &[Ask::must("advisory", "/api/v1/public/advisories/{act}")],
        ),
        open(
            "record",
            "/record",
            "record",
            &[
                Ask::must("head", "/api/v1/public/record"),
                Ask::may("proof", "/api/v1/record/entries/{entry}/proof?leaf={leaf}"),
            ],
        ),
        open(
            "record_entry",
            "/record/{entry}",
            "record",
            &[
                Ask::must("head", "/api/v1/public/record"),
                Ask::may("proof", "/api/v1/record/entries/{entry}/proof?leaf={leaf}"),
            ],
        ),
    ],
    templates: templates![
        "advisories.html",
        "advisory.html",
        "explorer.html",
        "known.html",
        "proof.html",
        "record.html",
        "record_entry.html",
        "who_has.html",
        "who_has_names.html",
        "why.html"
    ],
};
