//! A case and an obligation for tests, plain enough that a test states only what it is about.

use std::collections::BTreeSet;

use bongsu_authority::{ActId, AppointmentId, CaseId, Grade, InstitutionId, Label, NodeCode, Tlp};
use jiff::{SignedDuration, Timestamp};

use crate::case::Triage;
use crate::{
    Addressee, Case, CaseState, Clocks, Exploitation, Exposure, Fix, IssueClocks, Obligation,
    Origin, RemediationClass, Status,
};

/// An instant, as `2026-07-01T00:00Z`.
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// When the sample obligation began.
pub(crate) fn start() -> Timestamp {
    at("2026-07-01T00:00Z")
}

/// So many hours after [`start`].
pub(crate) fn hour(hours: i64) -> Timestamp {
    start() + SignedDuration::from_hours(hours)
}

/// So many days after [`start`].
pub(crate) fn day(days: i64) -> Timestamp {
    hour(24 * days)
}

/// A confirmed case of which only the exploitation is known.
pub(crate) fn case(exploitation: Exploitation) -> Case {
    Case {
        id: CaseId([1; 16]),
        title: String::from("VPN gateway lets strangers in"),
        summary: String::new(),
        identifiers: BTreeSet::new(),
        origin: Origin::Feed,
        coord: NodeCode::apex(),
        label: Label { tlp: Tlp::Green, grade: Grade::Open },
        state: CaseState::Confirmed,
        before: None,
        merged_into: None,
        exploitation,
        exploited_since: None,
        exploitation_said_by: None,
        fix: Fix::Patch,
        embargo: None,
        triage: Triage::default(),
        members: Vec::new(),
        public: true,
        rejection_proposed_by: None,
        opened_at: start(),
        version: 1,
    }
}

/// Acknowledge within 4 hours, assess within 24, fix within 10 days; inside, begun at [`start`].
pub(crate) fn obligation(status: Status) -> Obligation {
    let addressee = Addressee {
        institution: InstitutionId([3; 16]),
        exposure: Exposure::Inside,
        systems: 2,
        accountable: AppointmentId([4; 16]),
    };
    let clocks = Clocks {
        class: RemediationClass::FourteenDays,
        acknowledge_by: hour(4),
        assess_by: hour(24),
        fix_by: Some(day(10)),
    };
    let both = IssueClocks { exposed: clocks, inside: clocks };
    Obligation { status, ..Obligation::open(ActId([2; 16]), &addressee, &both, start()) }
}
