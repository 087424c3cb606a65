//! A case and an obligation for tests, plain enough that a test states only what it is about.

use std::collections::BTreeSet;

use bongsu_authority::{ActId, AppointmentId, CaseId, Grade, InstitutionId, Label, NodeCode, Tlp};
use jiff::{SignedDuration, Timestamp};

use crate::case::{Impact, Mission, Triage};
use crate::priority::{Attention, Inputs, Outcome};
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
        lift: None,
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

/// Every combination of what may be known and unknown.
pub(crate) fn every_answer() -> impl Iterator<Item = Inputs> {
    let yes_no = [None, Some(false), Some(true)];
    let exploited =
        [None, Some(Exploitation::None), Some(Exploitation::Poc), Some(Exploitation::Active)];
    let impacts = [None, Some(Impact::Partial), Some(Impact::Total)];
    let missions = [None, Some(Mission::Low), Some(Mission::Medium), Some(Mission::High)];
    exploited.into_iter().flat_map(move |exploitation| {
        yes_no.into_iter().flat_map(move |exposed| {
            yes_no.into_iter().flat_map(move |automatable| {
                impacts.into_iter().flat_map(move |impact| {
                    missions.into_iter().map(move |mission| Inputs {
                        exploitation,
                        exposed,
                        automatable,
                        impact,
                        mission,
                    })
                })
            })
        })
    })
}

/// Does `more` know all that `less` knows?
pub(crate) fn knows_more(more: Inputs, less: Inputs) -> bool {
    let all = RemediationClass::COLUMNS.iter().chain(Attention::COLUMNS);
    all.into_iter().all(|input| input.known(&less).is_none_or(|is| input.known(&more) == Some(is)))
        && (less.exploitation.is_none() || less.exploitation == more.exploitation)
}
