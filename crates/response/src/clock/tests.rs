use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::case::{Impact, Mission, Triage};
use crate::event::IssueClocks;
use crate::priority::{Attention, Input, Inputs};
use crate::samples::{at as instant, case, day, every_answer, hour, knows_more, start};
use crate::{ActKind, Clocks, Exploitation, RemediationClass};

#[test]
fn every_row_of_the_domain_guide_is_there_once() {
    let ids: Vec<_> = all().iter().map(|row| row.id).collect();
    let distinct: BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
    let families: BTreeSet<_> = ids.iter().map(|id| &id[..3]).collect();
    let listed = "K01 K02 K03 K04 K05 K06 K07 K08 E01 E02 E03 E04 E05 E06 E07 U01 U02 U03 U04 U05 \
                  C01 C02 C03 C04 C05 C06 P01 P02 P03 P04 P05 P06 P07 P08";
    assert_eq!(families, listed.split_whitespace().collect());
    for row in all() {
        let statute = row.id.starts_with('K');
        assert_eq!(row.kind == Kind::Statute, statute, "{}", row.id);
        assert_eq!(row.kind == Kind::Default, row.id.starts_with('P'), "{}", row.id);
        assert!(!row.source.is_empty() && !row.basis.is_empty() && !row.to.is_empty());
        let says_why = row.kind == Kind::Default || row.source.contains("first day");
        assert!(row.from.is_some() || says_why, "{} has no date and does not say why", row.id);
    }
}

#[test]
fn a_rule_is_not_there_before_its_first_day() {
    #[rustfmt::skip]
    let table = [
        // id    at                        there?
        ("K01",  "2024-08-13T14:59:59Z",   false),
        ("K01",  "2024-08-13T15:00Z",      true),
        ("E01",  "2026-09-10T23:59:59Z",   false),
        ("E01",  "2026-09-11T00:00Z",      true),
        ("U01",  "2026-05-31T23:59:59Z",   false),
        ("P01-act", "1999-01-01T00:00Z",   true),
        ("X99",  "2026-09-11T00:00Z",      false),
    ];
    for (id, time, there) in table {
        assert_eq!(row(id, instant(time)).is_some(), there, "{id} at {time}");
    }
}

#[test]
fn limits_are_calendar_time() {
    #[rustfmt::skip]
    let table = [
        // limit                                                    from                    due
        (Limit::Within(SignedDuration::from_hours(72)),             "2026-10-24T12:00Z",    Some("2026-10-27T12:00Z")),
        (Limit::WithoutDelay { target: SignedDuration::from_mins(30) }, "2026-10-24T12:00Z", Some("2026-10-24T12:30Z")),
        (Limit::Months(1),                                          "2026-01-31T12:00Z",    Some("2026-02-28T12:00Z")),
        (Limit::Months(1),                                          "2028-01-31T12:00Z",    Some("2028-02-29T12:00Z")),
        (Limit::Months(1),                                          "2026-12-05T12:00Z",    Some("2027-01-05T12:00Z")),
        (Limit::NextUpgrade,                                        "2026-01-31T12:00Z",    None),
    ];
    for (limit, from, due) in table {
        assert_eq!(limit.due(instant(from)), due.map(instant), "{limit:?} from {from}");
    }
    let last = Limit::Within(SignedDuration::from_hours(1)).due(Timestamp::MAX);
    assert_eq!(last, Some(Timestamp::MAX));
    assert_eq!(Limit::Months(1).due(Timestamp::MAX), Some(Timestamp::MAX));
}

fn known(
    exploitation: Exploitation,
    automatable: bool,
    impact: Impact,
    mission: Mission,
) -> Inputs {
    Inputs {
        exploitation: Some(exploitation),
        exposed: None,
        automatable: Some(automatable),
        impact: Some(impact),
        mission: Some(mission),
    }
}

#[test]
fn an_act_starts_the_clocks_that_the_tables_say() {
    use RemediationClass::{FourteenDays, NextUpgrade, SixtyDays, ThreeDays, ThreeDaysForensic};
    let worst = known(Exploitation::Active, true, Impact::Total, Mission::High);
    let listed = known(Exploitation::Active, false, Impact::Partial, Mission::Low);
    let poc = known(Exploitation::Poc, true, Impact::Total, Mission::High);
    let quiet = known(Exploitation::None, false, Impact::Partial, Mission::Low);
    #[rustfmt::skip]
    let table = [
        // inputs  kind                    ack  assess  exposed                         inside
        (worst,  ActKind::Directive,       4,   24,     (ThreeDaysForensic, Some(3)),   (ThreeDaysForensic, Some(3))),
        (listed, ActKind::Directive,       72,  168,    (FourteenDays, Some(14)),       (FourteenDays, Some(14))),
        (poc,    ActKind::ActionRequest,   24,  72,     (ThreeDays, Some(3)),           (SixtyDays, Some(60))),
        (quiet,  ActKind::ActionRequest,   72,  168,    (SixtyDays, Some(60)),          (NextUpgrade, None)),
        (worst,  ActKind::Advisory,        4,   24,     (NextUpgrade, None),            (NextUpgrade, None)),
        (worst,  ActKind::Guideline,       4,   24,     (NextUpgrade, None),            (NextUpgrade, None)),
    ];
    for (inputs, kind, acknowledge, assess, exposed, inside) in table {
        let issued = issue(&inputs, kind, start(), None);
        for (clocks, (class, days)) in
            [(issued.clocks.exposed, exposed), (issued.clocks.inside, inside)]
        {
            let wanted = Clocks {
                class,
                acknowledge_by: hour(acknowledge),
                assess_by: hour(assess),
                fix_by: days.map(day),
            };
            assert_eq!(clocks, wanted, "{inputs:?} {kind:?}");
        }
    }
}

#[test]
fn what_decided_is_told_with_the_clocks() {
    let mut case = case(Exploitation::Active);
    case.triage = Triage { automatable: Some(true), impact: None, mission: Some(Mission::Medium) };
    let inputs = Inputs::of_case(&case);
    let issued = issue(&inputs, ActKind::Directive, start(), None);
    assert_eq!(issued.attention.outcome, Attention::Act);
    assert_eq!(issued.exposed.assumed, [Input::Impact]);
    assert_eq!(issued.inside.row, 14);
    assert_eq!(issued.clocks, issue_clocks(&case, ActKind::Directive, start(), None));
}

#[test]
fn an_act_older_than_the_rules_has_clocks_too() {
    let old = instant("2019-03-01T00:00Z");
    let clocks = issue_clocks(&case(Exploitation::Active), ActKind::Directive, old, None);
    assert_eq!(clocks.exposed.fix_by, Some(old + SignedDuration::from_hours(72)));
}

#[test]
fn becoming_exploited_shortens_open_clocks_from_the_day_it_is_known() {
    let mut flaw = case(Exploitation::None);
    flaw.triage = Triage {
        automatable: Some(true),
        impact: Some(Impact::Total),
        mission: Some(Mission::High),
    };
    let old = issue_clocks(&flaw, ActKind::Directive, start(), None);
    assert_eq!(old.inside.fix_by, Some(day(60)));
    flaw.exploitation = Exploitation::Active;
    let new = old.shortened(&issue_clocks(&flaw, ActKind::Directive, day(10), None));
    assert_eq!(new.inside.fix_by, Some(day(13)));
    assert_eq!(new.inside.class, RemediationClass::ThreeDaysForensic);
    assert_eq!(new.inside.acknowledge_by, old.inside.acknowledge_by);
    assert_eq!(new.exposed.fix_by, Some(day(3)), "an earlier date stands");
}

#[test]
fn learning_a_fact_never_moves_a_running_clock_to_later() {
    for less in every_answer().filter(|less| less.exposed.is_none()) {
        let old = issue(&less, ActKind::Directive, start(), None).clocks;
        for more in every_answer().filter(|more| knows_more(*more, less)) {
            let new = issue(&more, ActKind::Directive, start(), None).clocks;
            assert_eq!(old.shortened(&new), old, "{less:?} then {more:?}");
        }
    }
}

proptest! {
    #[test]
    fn shortening_never_lengthens_and_forgets_nothing(old in clocks(), new in clocks()) {
        let short = old.shortened(&new);
        for before in [old, new] {
            prop_assert!(short.class <= before.class);
            prop_assert!(short.acknowledge_by <= before.acknowledge_by);
            prop_assert!(short.assess_by <= before.assess_by);
            prop_assert!(before.fix_by.is_none_or(|fix| short.fix_by.is_some_and(|short| short <= fix)));
        }
        prop_assert_eq!(short, new.shortened(&old));
        prop_assert_eq!(short, short.shortened(&new));
        let both = IssueClocks { exposed: old, inside: new };
        prop_assert_eq!(both.shortened(&both), both);
    }
}

fn clocks() -> impl Strategy<Value = Clocks> {
    use RemediationClass::{FourteenDays, NextUpgrade, SixtyDays, ThreeDays, ThreeDaysForensic};
    let classes = vec![ThreeDaysForensic, ThreeDays, FourteenDays, SixtyDays, NextUpgrade];
    (prop::sample::select(classes), 0_i64..50, 0_i64..50, prop::option::of(0_i64..50)).prop_map(
        |(class, acknowledge, assess, fix)| Clocks {
            class,
            acknowledge_by: hour(acknowledge),
            assess_by: hour(assess),
            fix_by: fix.map(day),
        },
    )
}
