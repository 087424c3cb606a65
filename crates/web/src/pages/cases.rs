//! The case room.

use super::{Ask, Room, page, templates};

pub(super) const ROOM: Room = Room {
    pages: &[
        page(
            "cases",
            "/cases",
            "cases",
            &[
                Ask::must("cases", "/api/v1/cases").with(&[
                    "identifier",
                    "open",
                    "cursor",
                    "limit",
                ]),
                Ask::may("recent", "/api/v1/known/recent"),
            ],
        ),
        page(
            "case_new",
            "/cases/new",
            "cases",
            &[
                Ask::may("known", "/api/v1/known/{identifier}"),
                Ask::may("stations", "/api/v1/stations"),
            ],
        ),
        page(
            "case",
            "/cases/{case}",
            "cases",
            &[
                Ask::must("case", "/api/v1/cases/{case}"),
                Ask::may("exposure", "/api/v1/cases/{case}/exposure"),
                Ask::may("timeline", "/api/v1/cases/{case}/timeline").with(&["cursor"]),
                Ask::may("tables", "/api/v1/tables"),
                Ask::may("stations", "/api/v1/stations"),
                Ask::may("known", "/api/v1/known/{case.identifiers.0}"),
            ],
        ),
        // Names are read for a purpose, which goes into the record before the first is shown.
        page(
            "case_names",
            "/cases/{case}/names",
            "cases",
            &[
                Ask::must("case", "/api/v1/cases/{case}"),
                Ask::may("stations", "/api/v1/stations"),
                Ask::may("named", "/api/v1/acts/{act}/late")
                    .with(&["why", "limit", "all", "cursor"])
                    .recorded(),
            ],
        ),
    ],
    templates: templates![
        "case.html",
        "case_names.html",
        "case_new.html",
        "case_parts.html",
        "cases.html"
    ],
};
