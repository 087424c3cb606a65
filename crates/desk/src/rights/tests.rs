use std::collections::BTreeSet;

use bongsu_authority::{AppointmentId, PersonId};
use bongsu_response::{
    ActKind, ActState, Addressee, Asked, Audience, Clocks, Evidence, Exposure, IssueClocks,
    RemediationClass, Term,
};

use super::*;

const ME: PersonId = PersonId([1; 16]);

fn day(day: i64) -> Timestamp {
    let start: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_hours(24 * day)
}

fn act(clocks: IssueClocks) -> Act {
    Act {
        id: ActId([2; 16]),
        case: CaseId([3; 16]),
        kind: ActKind::ActionRequest,
        state: ActState::Issued,
        draft: Draft {
            issuer: "LEAD_PRIV".parse().unwrap(),
            title_ko: "제목".to_owned(),
            title_en: "title".to_owned(),
            todo_ko: "할 일".to_owned(),
            todo_en: "to do".to_owned(),
            legal_basis: None,
            audience: Audience::default(),
            label: OF_INSTITUTIONS,
            drill: false,
        },
        author: ME,
        authors: BTreeSet::from([ME]),
        reviewer: None,
        signer: None,
        text: Evidence([0; 32]),
        signature: None,
        issued_at: Some(day(0)),
        clocks: Some(clocks),
        changed_at: None,
        lists: Vec::new(),
        reclocked: None,
        amendment: None,
        edition: 1,
        version: 1,
    }
}

/// To be fixed by the fourteenth day.
fn owed() -> (Obligation, Act) {
    let clocks = Clocks {
        class: RemediationClass::FourteenDays,
        acknowledge_by: day(1),
        assess_by: day(3),
        fix_by: Some(day(14)),
    };
    let both = IssueClocks { exposed: clocks, inside: clocks };
    let addressee = Addressee {
        institution: InstitutionId([4; 16]),
        exposure: Exposure::Exposed,
        systems: 1,
        accountable: AppointmentId([5; 16]),
    };
    let act = act(both);
    (Obligation::open(act.id, &addressee, &both, day(0)), act)
}

fn waiver(until: i64) -> Asked<Term> {
    let what = Term { until: day(until), control: "behind a firewall".to_owned() };
    Asked { what, by: ME }
}

fn extension(until: i64) -> Asked<Timestamp> {
    Asked { what: day(until), by: ME }
}

#[test]
fn a_waiver_counts_from_now_whatever_else_is_asked_for() {
    let (mut owed, act) = owed();
    owed.waiver_asked = Some(waiver(90));
    assert_eq!(asked_days(Action::GrantWaiver, &owed, &act, day(2)), 88, "not from the fix date");
    owed.extension_asked = Some(extension(16));
    assert_eq!(asked_days(Action::GrantWaiver, &owed, &act, day(2)), 88, "not the extension's");
    assert_eq!(asked_days(Action::GrantExtension, &owed, &act, day(2)), 2);
    assert_eq!(asked_days(Action::SeeObligation, &owed, &act, day(2)), 0);
}

#[test]
fn one_extension_after_another_adds_up() {
    #[rustfmt::skip]
    let table = [
        // extended  asked  on day  days   why
        (None,       44,    2,      30,    "a first one, from the date the act set"),
        (Some(44),   74,    40,     60,    "thirty and thirty are sixty"),
        (Some(44),   45,    43,     31,    "a day more is the lead's, too"),
        (None,       40,    30,     10,    "a first one after the date, from now"),
    ];
    for (extended, asked, now, expected, why) in table {
        let (mut owed, act) = owed();
        if let Some(extended) = extended {
            owed.extended_until = Some(day(extended));
            owed.clocks.fix_by = Some(day(extended));
        }
        owed.extension_asked = Some(extension(asked));
        let days = asked_days(Action::GrantExtension, &owed, &act, day(now));
        assert_eq!(days, expected, "{why}");
    }
}
