//! The campaign room.

use super::{Ask, Room, page, templates};

pub(super) const ROOM: Room = Room {
    pages: &[
        page(
            "campaigns",
            "/campaigns",
            "campaigns",
            &[Ask::must("acts", "/api/v1/acts").with(&["case", "cursor", "limit"])],
        ),
        page(
            "campaign",
            "/campaigns/{act}",
            "campaigns",
            &[
                Ask::must("act", "/api/v1/acts/{act}"),
                Ask::may("progress", "/api/v1/acts/{act}/progress"),
                Ask::may("picture", "/api/v1/acts/{act}/picture"),
            ],
        ),
    ],
    templates: templates!["campaign.html", "campaigns.html"],
};
