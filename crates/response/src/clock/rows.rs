//! The rows.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};

use super::Kind::{Default as Def, Reference as Ref, Statute as Stat};
use super::Limit::{self, Months, NextUpgrade};
use super::Party::{
    Coordinator, CoordinatorDirector, DrillDirector, Finder, Institution, MilitaryCoordinator,
    Ministry, Platform, PrivacyOfficer, Supplier, TaskOwner,
};
use super::{Kind, Party, Row};

pub(super) fn all() -> &'static [Row] {
    &ROWS
}

static ROWS: LazyLock<Vec<Row>> =
    LazyLock::new(|| TABLE.iter().map(|columns| row(*columns)).collect());

fn row((id, kind, from, limit, owner, to, trigger, basis, source): Columns) -> Row {
    let from = (!from.is_empty())
        .then(|| from.parse::<Timestamp>().expect("a test reads every date of the table"));
    Row { id, trigger, limit, owner, to, basis, kind, from, until: None, source }
}

/// Id, kind, in force from, limit, owner, to, trigger, basis, source.
type Columns = (
    &'static str,
    Kind,
    &'static str,
    Limit,
    Party,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const fn hours(hours: i64) -> Limit {
    Limit::Within(SignedDuration::from_hours(hours))
}

const fn days(days: i64) -> Limit {
    hours(24 * days)
}

const fn aim_at_minutes(minutes: i64) -> Limit {
    Limit::WithoutDelay { target: SignedDuration::from_mins(minutes) }
}

/// An empty date means that the rule is a default of ours, or that its first day was not seen; the source says which.
#[rustfmt::skip]
const TABLE: &[Columns] = &[
    // id         kind  in force from               limit               owner                to                           trigger
    ("K01",       Stat, "2024-08-14T00:00+09",      hours(24),          Institution,         "LEAD_PRIV, COORD_PRIV",     "service provider becomes aware of an incident",
        "Network Act", "Kim & Chang, Network Act amendment"),
    ("K02",       Stat, "2024-08-14T00:00+09",      hours(24),          Institution,         "LEAD_PRIV, COORD_PRIV",     "a further fact about the incident is confirmed",
        "Network Act", "Kim & Chang, Network Act amendment"),
    ("K03",       Stat, "",                         hours(72),          PrivacyOfficer,      "PRIVACY_REG, COORD_PRIV",   "personal data leaked: 1,000 people or more, sensitive or unique identifiers, or unlawful access from outside",
        "Personal Information Protection Act", "DLA Piper, data protection laws (KR); first day not seen"),
    ("K04",       Stat, "",                         hours(72),          PrivacyOfficer,      "the people concerned",      "personal data leaked, or by the amended law possibly leaked",
        "Personal Information Protection Act", "DLA Piper, data protection laws (KR); another source says without delay; first day not seen"),
    ("K05",       Stat, "",                         aim_at_minutes(60), Institution,         "SECTOR_FIN",                "electronic financial infrastructure is disturbed",
        "Electronic Financial Transactions Act, article 21-5", "copy of the statute; target is ours; first day not seen"),
    ("K06",       Stat, "",                         aim_at_minutes(30), Institution,         "COORD_PUB, APEX",           "public body sees a sign of attack while the alert is at caution or above",
        "national cyber alert", "press reports of alert texts; target is ours; first day not seen"),
    ("K07",       Stat, "",                         aim_at_minutes(60), Institution,         "competent ministry, COORD", "incident at critical information infrastructure",
        "Critical Information Infrastructure Act", "wording and first day not checked; target is ours"),
    ("K08",       Stat, "",                         days(180),          Institution,         "LEAD_PRIV",                 "a CISO is appointed or changed",
        "Network Act", "press reports; first day not seen"),

    ("E01",       Ref,  "2026-09-11T00:00Z",        hours(24),          Supplier,            "single reporting platform", "manufacturer learns of an actively exploited vulnerability: early warning",
        "EU Cyber Resilience Act, article 14", "cyberresilienceact.eu, reporting"),
    ("E02",       Ref,  "2026-09-11T00:00Z",        hours(72),          Supplier,            "single reporting platform", "manufacturer learns of an actively exploited vulnerability: notification",
        "EU Cyber Resilience Act, article 14", "cyberresilienceact.eu, reporting"),
    ("E03",       Ref,  "2026-09-11T00:00Z",        days(14),           Supplier,            "single reporting platform", "a remedy for an actively exploited vulnerability is available: final report",
        "EU Cyber Resilience Act, article 14", "cyberresilienceact.eu, reporting"),
    ("E04",       Ref,  "2026-09-11T00:00Z",        Months(1),          Supplier,            "single reporting platform", "notification of a severe incident was sent: final report",
        "EU Cyber Resilience Act, article 14", "cyberresilienceact.eu, reporting"),
    ("E05",       Ref,  "",                         hours(24),          Institution,         "national CSIRT",            "significant incident: early warning",
        "EU NIS2 directive, article 23", "enactia.com, NIS2 article 23; first day differs by member state"),
    ("E06",       Ref,  "",                         hours(72),          Institution,         "national CSIRT",            "significant incident: notification",
        "EU NIS2 directive, article 23", "enactia.com, NIS2 article 23; first day differs by member state"),
    ("E07",       Ref,  "",                         Months(1),          Institution,         "national CSIRT",            "notification of a significant incident was sent: final report",
        "EU NIS2 directive, article 23", "enactia.com, NIS2 article 23; first day differs by member state"),

    ("U01",       Ref,  "2026-06-01T00:00Z",        days(3),            Institution,         "issuing node",              "remediation class: three days",
        "US CISA BOD 26-04", "CERT/CC, cisa_bod_26_04_1_0_0; month known, day not checked"),
    ("U02",       Ref,  "2026-06-01T00:00Z",        days(3),            Institution,         "issuing node",              "remediation class: three days and a forensic check",
        "US CISA BOD 26-04", "CERT/CC, cisa_bod_26_04_1_0_0; month known, day not checked"),
    ("U03",       Ref,  "2026-06-01T00:00Z",        days(14),           Institution,         "issuing node",              "remediation class: fourteen days",
        "US CISA BOD 26-04", "CERT/CC, cisa_bod_26_04_1_0_0; month known, day not checked"),
    ("U04",       Ref,  "2026-06-01T00:00Z",        days(60),           Institution,         "issuing node",              "remediation class: sixty days",
        "US CISA BOD 26-04", "CERT/CC, cisa_bod_26_04_1_0_0; month known, day not checked"),
    ("U05",       Ref,  "2026-06-01T00:00Z",        NextUpgrade,        Institution,         "issuing node",              "remediation class: next upgrade",
        "US CISA BOD 26-04", "CERT/CC, cisa_bod_26_04_1_0_0; month known, day not checked"),

    ("C01",       Ref,  "2026-03-06T00:00Z",        days(90),           Coordinator,         "the public",                "report sent to the supplier",
        "coordinated disclosure practice", "Anthropic, disclosure policy of 2026-03-06; Project Zero policy 2025"),
    ("C02",       Ref,  "2026-03-06T00:00Z",        days(14),           Coordinator,         "the public",                "supplier near a fix asks for more time: added to the limit",
        "coordinated disclosure practice", "Anthropic, disclosure policy of 2026-03-06"),
    ("C03",       Ref,  "2026-03-06T00:00Z",        days(7),            Supplier,            "the public",                "critical flaw is exploited",
        "coordinated disclosure practice", "Anthropic, disclosure policy of 2026-03-06"),
    ("C03-more",  Ref,  "2026-03-06T00:00Z",        days(7),            Supplier,            "the public",                "critical flaw is exploited and the supplier needs more time: added to the limit",
        "coordinated disclosure practice", "Anthropic, disclosure policy of 2026-03-06"),
    ("C04",       Ref,  "2026-03-06T00:00Z",        days(45),           Coordinator,         "the public",                "a fix is out: full technical detail",
        "coordinated disclosure practice", "Anthropic, disclosure policy of 2026-03-06"),
    ("C04-adopt", Ref,  "2025-01-01T00:00Z",        days(30),           Coordinator,         "the public",                "a fix is out: full technical detail, by the other school",
        "coordinated disclosure practice", "Project Zero policy 2025; year known, day not checked"),
    ("C05",       Ref,  "2026-03-06T00:00Z",        days(30),           Finder,              "outside coordinator",       "supplier is silent",
        "coordinated disclosure practice", "Anthropic, disclosure policy of 2026-03-06"),
    ("C06",       Ref,  "2025-01-01T00:00Z",        days(7),            Coordinator,         "the public",                "report sent to the supplier: bare notice that the product has one",
        "coordinated disclosure practice", "Project Zero policy 2025; year known, day not checked"),

    ("P01-act",   Def,  "",                         hours(4),           Institution,         "issuing node",              "act issued, triage act: acknowledge",
        "product default", "ours"),
    ("P01-attend",Def,  "",                         hours(24),          Institution,         "issuing node",              "act issued, triage attend: acknowledge",
        "product default", "ours"),
    ("P01-other", Def,  "",                         hours(72),          Institution,         "issuing node",              "act issued, any other triage: acknowledge",
        "product default", "ours"),
    ("P02-act",   Def,  "",                         hours(24),          Institution,         "issuing node",              "act issued, triage act: assess",
        "product default", "ours"),
    ("P02-attend",Def,  "",                         hours(72),          Institution,         "issuing node",              "act issued, triage attend: assess",
        "product default", "ours"),
    ("P02-other", Def,  "",                         days(7),            Institution,         "issuing node",              "act issued, any other triage: assess",
        "product default", "ours"),
    ("P03-receipt",Def, "",                         Limit::Within(SignedDuration::from_secs(5)), Platform, "finder",      "report received: receipt",
        "product default", "ours"),
    ("P03-screen",Def,  "",                         hours(1),           Platform,            "COORD",                     "report received: screened",
        "product default", "ours"),
    ("P04",       Def,  "",                         hours(4),           CoordinatorDirector, "members of the case",       "embargo broken: decision",
        "product default", "ours"),
    ("P05-waiver",Def,  "",                         days(90),           Ministry,            "institution",               "waiver granted: it runs no longer than this",
        "product default", "ours"),
    ("P05-extend",Def,  "",                         days(30),           Ministry,            "institution",               "extension granted: it runs no longer than this",
        "product default", "ours"),
    ("P06-in",    Def,  "",                         hours(24),          MilitaryCoordinator, "closed networks",           "offline bundle made: carried in",
        "product default", "ours"),
    ("P06-back",  Def,  "",                         hours(72),          Institution,         "COORD_MIL",                 "offline bundle carried in: receipts back",
        "product default", "ours"),
    ("P07-draft", Def,  "",                         days(14),           DrillDirector,       "players",                   "drill ended: draft of the review",
        "product default", "ours"),
    ("P07-final", Def,  "",                         days(30),           DrillDirector,       "LEAD, APEX",                "drill ended: final review",
        "product default", "ours"),
    ("P07-task",  Def,  "",                         Months(1),          TaskOwner,           "review meeting",            "last report on the task",
        "product default", "ours"),
    ("P08",       Def,  "",                         days(7),            Coordinator,         "issuing node",              "remedy claimed: verification, internet-facing systems first",
        "product default", "ours"),
];
