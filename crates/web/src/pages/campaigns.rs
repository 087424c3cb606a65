//! The campaign room.

use super::{Ask, Page, Room, Who, page, templates};

/// What stations are called.
const STATIONS: Ask = Ask::may("stations", "/api/v1/stations");

/// What is asked of a list of names: that they are read is recorded, with what for.
const NAMES: &[&str] = &[
    "limit=50",
    "cursor",
    "sort",
    "all",
    "why",
    "only.sector",
    "only.size",
    "only.province",
    "only.status",
    "only.exposed",
];

const LIST: Page = page(
    "campaigns",
    "/campaigns",
    "campaigns",
    &[
        Ask::must("acts", "/api/v1/acts").with(&["case", "cursor", "limit"]),
        Ask::may("nation", "/api/v1/nation"),
        STATIONS,
    ],
);

/// Whoever could draft no kind of act writes none.
const WRITES: Who =
    Who::Could(&["draft_advisory", "draft_guideline", "draft_action_request", "draft_directive"]);

const NEW: Page = Page {
    who: WRITES,
    ..page(
        "campaign_new",
        "/campaigns/new",
        "campaigns",
        &[
            Ask::may("case", "/api/v1/cases/{case}"),
            Ask::may("cases", "/api/v1/cases").with(&["limit=50"]),
            STATIONS,
        ],
    )
};

const ONE: Page = page(
    "campaign",
    "/campaigns/{act}",
    "campaigns",
    &[
        Ask::must("act", "/api/v1/acts/{act}"),
        Ask::may("preview", "/api/v1/acts/{act}/preview"),
        Ask::may("progress", "/api/v1/acts/{act}/progress"),
        Ask::may("sectors", "/api/v1/acts/{act}/sectors"),
        Ask::may("picture", "/api/v1/acts/{act}/picture"),
        Ask::may("lists", "/api/v1/acts/{act}/lists"),
        STATIONS,
        Ask::may("case", "/api/v1/cases/{act.case}"),
    ],
);

const LATE: Page = page(
    "late",
    "/campaigns/{act}/late",
    "campaigns",
    &[
        Ask::must("act", "/api/v1/acts/{act}"),
        Ask::may("progress", "/api/v1/acts/{act}/progress"),
        Ask::may("sectors", "/api/v1/acts/{act}/sectors"),
        Ask::may("late", "/api/v1/acts/{act}/late").with(NAMES).recorded(),
        Ask::may("lists", "/api/v1/acts/{act}/lists"),
        STATIONS,
    ],
);

const CALLS: Page = page(
    "calls",
    "/campaigns/{act}/calls",
    "campaigns",
    &[
        Ask::must("act", "/api/v1/acts/{act}"),
        Ask::may("calls", "/api/v1/acts/{act}/calls").with(&["limit=20", "cursor"]).recorded(),
    ],
);

/// Names are read to decide: the record says so.
const REQUESTS: Page = page(
    "requests",
    "/campaigns/{act}/requests",
    "campaigns",
    &[
        Ask::must("act", "/api/v1/acts/{act}"),
        Ask::may("requests", "/api/v1/acts/{act}/requests")
            .with(&["limit=50", "cursor", "why=요청을 결정함 / deciding what is asked for"])
            .recorded(),
    ],
);

pub(super) const ROOM: Room = Room {
    pages: &[LIST, NEW, ONE, LATE, CALLS, REQUESTS],
    templates: templates![
        "act_form.html",
        "calls.html",
        "campaign.html",
        "campaign_new.html",
        "campaigns.html",
        "late.html",
        "requests.html",
    ],
};
