//! The start, the door, and what is said where a page cannot be shown.

use super::{Ask, Room, open, page, templates};

pub(super) const ROOM: Room = Room {
    pages: &[
        open("start", "/", "start", &[]),
        open("sign_in", "/sign-in", "start", &[Ask::may("providers", "/api/v1/oidc")]),
        page("shown", "/sign-in/shown", "start", &[]),
        open("invitation", "/invitation", "start", &[Ask::may("providers", "/api/v1/oidc")]),
    ],
    templates: templates![
        "absent.html",
        "base.html",
        "busy.html",
        "invitation.html",
        "parts.html",
        "refused.html",
        "shown.html",
        "sign_in.html",
        "start.html",
        "step_up.html",
        "task.html"
    ],
};
