//! My institution: what to do today, what runs, what is exposed, and who answers for it.

use super::{Ask, Page, Room, page, templates};

const INSTITUTION: Ask = Ask::must("institution", "/api/v1/institutions/{institution}");
const OFFICERS: Ask = Ask::may("officers", "/api/v1/institutions/{institution}/officers");
const DELEGATIONS: Ask = Ask::may("delegations", "/api/v1/institutions/{institution}/delegations");
const SYSTEMS: Ask = Ask::may("systems", "/api/v1/institutions/{institution}/systems?names=true")
    .with(&["limit=50"]);
const EXPOSURES: Ask = Ask::may("exposures", "/api/v1/institutions/{institution}/exposures")
    .with(&["limit=100", "cursor", "system"]);
const ADDRESSES: Ask = Ask::may("addresses", "/api/v1/institutions/{institution}/addresses");
const PROVIDERS: Ask =
    Ask::may("providers", "/api/v1/institutions/{institution}/providers").with(&["q"]);
const TIMELINE: Ask =
    Ask::may("timeline", "/api/v1/institutions/{institution}/timeline").with(&["cursor"]);

const TODAY: Page = page(
    "today",
    "/today",
    "today",
    &[
        Ask::must("owed", "/api/v1/obligations").with(&["institution", "open", "cursor", "limit"]),
        // What the most urgent is about.
        Ask::may("first", "/api/v1/obligations/{owed.items.0.act}/{owed.items.0.institution}"),
    ],
);

const OBLIGATION: Page = page(
    "obligation",
    "/obligations/{act}/{institution}",
    "today",
    &[
        Ask::must("owed", "/api/v1/obligations/{act}/{institution}"),
        Ask::may("attempts", "/api/v1/obligations/{act}/{institution}/attempts"),
        Ask::may("beside", "/api/v1/institutions/{institution}/benchmark?act={act}"),
        Ask::may(
            "matched",
            "/api/v1/institutions/{institution}/exposures?limit=50&flaw={owed.flaw.identifiers.0}",
        ),
        DELEGATIONS,
        PROVIDERS,
        TIMELINE,
    ],
);

const MINE: Page = page(
    "institution",
    "/institutions/{institution}",
    "institution",
    &[INSTITUTION, OFFICERS, DELEGATIONS, SYSTEMS, EXPOSURES, ADDRESSES],
);

const INVENTORY: Page = page(
    "inventory",
    "/institutions/{institution}/inventory",
    "institution",
    &[INSTITUTION, SYSTEMS],
);

const UPLOAD: Page = page(
    "upload",
    "/institutions/{institution}/uploads/{job}",
    "institution",
    &[INSTITUTION, Ask::must("job", "/api/v1/jobs/{job}")],
);

const POSTS: Page = page(
    "officers",
    "/institutions/{institution}/officers",
    "institution",
    &[INSTITUTION, OFFICERS],
);

const GIVEN: Page = page(
    "delegations",
    "/institutions/{institution}/delegations",
    "institution",
    &[INSTITUTION, DELEGATIONS, PROVIDERS],
);

const PROOF: Page = page(
    "timeline",
    "/institutions/{institution}/timeline",
    "institution",
    &[INSTITUTION, TIMELINE],
);

pub(super) const ROOM: Room = Room {
    pages: &[TODAY, OBLIGATION, MINE, INVENTORY, UPLOAD, POSTS, GIVEN, PROOF],
    templates: templates![
        "delegations.html",
        "institution.html",
        "inventory.html",
        "obligation.html",
        "officers.html",
        "timeline.html",
        "today.html",
        "upload.html",
    ],
};
