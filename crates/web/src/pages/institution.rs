//! My institution: what to do today, what runs, what is exposed.

use super::{Ask, Room, page, templates};

pub(super) const ROOM: Room = Room {
    pages: &[
        page(
            "today",
            "/today",
            "today",
            &[Ask::must("owed", "/api/v1/obligations").with(&[
                "institution",
                "open",
                "cursor",
                "limit",
            ])],
        ),
        page(
            "obligation",
            "/obligations/{act}/{institution}",
            "today",
            &[
                Ask::must("owed", "/api/v1/obligations/{act}/{institution}"),
                Ask::may("delegations", "/api/v1/institutions/{institution}/delegations"),
                Ask::may("beside", "/api/v1/institutions/{institution}/benchmark?act={act}"),
            ],
        ),
    ],
    templates: templates!["obligation.html", "today.html"],
};
