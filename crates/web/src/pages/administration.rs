//! Administration: the register, feeds, tables, jobs, the record from outside, one's own account.

use super::{Ask, Page, Room, page as any_page, templates};

const fn page(name: &'static str, path: &'static str, asks: &'static [Ask]) -> Page {
    any_page(name, path, "administration", asks)
}

pub(super) const ROOM: Room = Room {
    pages: &[
        page(
            "administration",
            "/administration",
            &[
                Ask::may("feeds", "/api/v1/feeds"),
                Ask::may("passkeys", "/api/v1/passkeys"),
                Ask::may("machines", "/api/v1/machines"),
                Ask::may("ready", "/health/ready"),
                Ask::may("head", "/api/v1/public/record"),
            ],
        ),
        page(
            "institutions",
            "/administration/institutions",
            &[
                Ask::may("institutions", "/api/v1/institutions").with(&["cursor", "limit=50"]),
                Ask::may("found", "/api/v1/search?q={q}"),
            ],
        ),
        page("enrol", "/administration/enrol", &[Ask::may("stations", "/api/v1/stations")]),
        page(
            "registered",
            "/administration/institutions/{institution}",
            &[
                Ask::must("institution", "/api/v1/institutions/{institution}"),
                Ask::may("officers", "/api/v1/institutions/{institution}/officers"),
                Ask::may("delegations", "/api/v1/institutions/{institution}/delegations"),
                Ask::may("addresses", "/api/v1/institutions/{institution}/addresses"),
                Ask::may("providers", "/api/v1/institutions/{institution}/providers?q={provider}"),
            ],
        ),
        page(
            "registered_edit",
            "/administration/institutions/{institution}/edit",
            &[
                Ask::must("institution", "/api/v1/institutions/{institution}"),
                Ask::may("stations", "/api/v1/stations"),
            ],
        ),
        page("stations", "/administration/stations", &[Ask::must("stations", "/api/v1/stations")]),
        page(
            "station",
            "/administration/stations/{station}",
            &[
                Ask::must("stations", "/api/v1/stations"),
                Ask::may("addresses", "/api/v1/stations/{station}/addresses"),
            ],
        ),
        page("programs", "/administration/programs", &[Ask::must("machines", "/api/v1/machines")]),
        page("feeds", "/administration/feeds", &[Ask::must("feeds", "/api/v1/feeds")]),
        page(
            "feed",
            "/administration/feeds/{feed}",
            &[
                Ask::must("feeds", "/api/v1/feeds"),
                Ask::must("aside", "/api/v1/feeds/{feed}/quarantine").with(&["cursor", "limit=50"]),
            ],
        ),
        page(
            "tables",
            "/administration/tables",
            &[Ask::must("tables", "/api/v1/tables"), Ask::must("deadlines", "/api/v1/deadlines")],
        ),
        page(
            "jobs",
            "/administration/jobs",
            &[Ask::must("jobs", "/api/v1/jobs").with(&["cursor", "limit=50"])],
        ),
        page(
            "audit",
            "/administration/audit",
            &[Ask::must("entries", "/api/v1/record/entries")
                .with(&["after", "newest", "limit=50"])],
        ),
        page(
            "account",
            "/account",
            &[
                Ask::must("passkeys", "/api/v1/passkeys"),
                Ask::must("sessions", "/api/v1/sessions"),
                Ask::may("addresses", "/api/v1/me/addresses"),
            ],
        ),
    ],
    templates: templates![
        "account.html",
        "administration.html",
        "administration_parts.html",
        "audit.html",
        "enrol.html",
        "enrol_fields.html",
        "feed.html",
        "feeds.html",
        "institutions.html",
        "jobs.html",
        "programs.html",
        "registered.html",
        "registered_edit.html",
        "station.html",
        "stations.html",
        "tables.html"
    ],
};
