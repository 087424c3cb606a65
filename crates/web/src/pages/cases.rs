//! The case room.

use super::{Ask, Room, page, templates};

pub(super) const ROOM: Room = Room {
    pages: &[
        page(
            "cases",
            "/cases",
            "cases",
            &[Ask::must("cases", "/api/v1/cases").with(&["cursor", "limit"])],
        ),
        page(
            "case",
            "/cases/{case}",
            "cases",
            &[
                Ask::must("case", "/api/v1/cases/{case}"),
                Ask::may("exposure", "/api/v1/cases/{case}/exposure"),
            ],
        ),
    ],
    templates: templates!["case.html", "cases.html"],
};
