use proptest::prelude::*;

use super::*;
use crate::samples::{day, hour, obligation, start};
use crate::{Clocks, Term};

/// Fixing is due after ten days, and nothing else is owed.
fn affected() -> Obligation {
    seen(Status::Affected)
}

/// The accountable officer has acknowledged.
fn seen(status: Status) -> Obligation {
    let mut seen = obligation(status);
    seen.marks.acknowledged = Some(hour(1));
    seen
}

#[test]
fn what_the_inventory_says_is_no_acknowledgement() {
    for status in [Status::Affected, Status::Unknown] {
        let found = obligation(status);
        assert_eq!(current(&found).unwrap().owed, Owed::Acknowledgement, "{status:?}");
        assert_eq!(current(&seen(status)).unwrap().owed, Owed::Fix, "{status:?}");
    }
    assert_eq!(current(&obligation(Status::NotAffected)), None, "nothing to see");
}

#[test]
fn the_ladder_climbs_with_the_time_that_has_passed() {
    use Rung::{Head, JointTeam, Lead, Officer, Quiet, Sector};
    #[rustfmt::skip]
    let table = [
        // hours         inside      exposed    why
        (0,              Quiet,      Quiet,     "just issued"),
        (119,            Quiet,      Quiet,     "an hour before half of the time"),
        (120,            Officer,    Head,      "half of ten days"),
        (191,            Officer,    Head,      "an hour before 80 percent"),
        (192,            Head,       Sector,    "80 percent of ten days"),
        (239,            Head,       Sector,    "an hour before it is due"),
        (240,            Sector,     Lead,      "due"),
        (263,            Sector,     Lead,      "an hour less than a day late"),
        (264,            Lead,       JointTeam, "a day late"),
        (311,            Lead,       JointTeam, "an hour less than three days late"),
        (312,            JointTeam,  JointTeam, "three days late"),
        (24 * 365,       JointTeam,  JointTeam, "a year of silence"),
    ];
    for (hours, inside, exposed, why) in table {
        assert_eq!(level(&affected(), hour(hours)), inside, "{why}");
        let facing = Obligation { exposure: Exposure::Exposed, ..affected() };
        assert_eq!(level(&facing, hour(hours)), exposed, "{why}, facing the internet");
        let unknown = Obligation { exposure: Exposure::NoInventory, ..affected() };
        assert_eq!(level(&unknown, hour(hours)), inside, "{why}, without an inventory");
    }
}

#[test]
fn the_earliest_clock_that_is_not_met_speaks() {
    let speaks = |status| current(&seen(status)).map(|current| (current.owed, current.due));
    for status in [Status::Created, Status::Delivered, Status::Unreachable] {
        let silent = current(&obligation(status)).map(|current| (current.owed, current.due));
        assert_eq!(silent, Some((Owed::Acknowledgement, hour(4))));
    }
    assert_eq!(speaks(Status::Acknowledged), Some((Owed::Assessment, hour(24))));
    for status in
        [Status::Unknown, Status::Affected, Status::Planned, Status::Mitigated, Status::Claimed]
    {
        assert_eq!(speaks(status), Some((Owed::Fix, day(10))), "{status:?}");
    }
    for status in [Status::NotAffected, Status::Verified, Status::Closed, Status::Released] {
        assert_eq!(speaks(status), None, "{status:?}");
    }
    assert_eq!(speaks(Status::Remediated), None);
}

#[test]
fn not_affected_against_the_inventory_stops_no_clock() {
    let mut contradicted = seen(Status::NotAffected);
    contradicted.contradicted = true;
    assert_eq!(current(&contradicted).unwrap().owed, Owed::Fix);
    contradicted.contradicted = false;
    assert_eq!(current(&contradicted), None);
}

#[test]
fn the_strictest_class_also_owes_a_forensic_check() {
    let mut fixed = obligation(Status::Verified);
    fixed.clocks.class = RemediationClass::ThreeDaysForensic;
    assert_eq!(current(&fixed).unwrap().owed, Owed::Forensics);
    assert_eq!(overdue(&fixed, day(11)).unwrap().by, SignedDuration::from_hours(24));
    fixed.forensic_clean = Some(false);
    assert_eq!(current(&fixed), None);
    let closed = Obligation { forensic_clean: None, status: Status::Closed, ..fixed };
    assert_eq!(current(&closed), None);
}

#[test]
fn nobody_hears_of_a_waiver_until_it_ends() {
    let mut waived = seen(Status::Waived);
    waived.waiver = Some(Term { until: day(60), control: String::from("isolated") });
    assert_eq!(level(&waived, day(59)), Rung::Quiet);
    assert_eq!(overdue(&waived, day(59)), None);
    assert_eq!(next_change(&waived, day(59)), Some(day(60)));
    assert_eq!(level(&waived, day(60)), Rung::Sector, "even where nobody recorded the end");
    assert_eq!(overdue(&waived, day(61)).unwrap().by, SignedDuration::from_hours(24));

    waived.clocks.fix_by = None;
    assert_eq!(next_change(&waived, day(59)), Some(day(60)));
    let affected = Obligation { status: Status::Affected, ..waived };
    assert_eq!(
        level(&affected, day(61)),
        Rung::Quiet,
        "the waiver was taken back, the clock rules"
    );
}

#[test]
fn an_extension_moves_the_ladder_and_a_reclocking_too() {
    let mut extended = affected();
    extended.clocks.fix_by = Some(day(40));
    assert_eq!(level(&extended, day(11)), Rung::Quiet);
    extended.clocks.fix_by = Some(day(3));
    assert_eq!(level(&extended, day(2)), Rung::Officer);
    assert_eq!(level(&extended, day(11)), Rung::JointTeam);
}

#[test]
fn after_a_long_sleep_only_the_highest_rung_speaks() {
    let asleep = notice(&affected(), day(30), None).unwrap();
    assert_eq!(asleep.rung, Rung::JointTeam);
    assert_eq!(notice(&affected(), day(31), Some(asleep)), None);
}

#[test]
fn a_clock_that_jumps_backwards_takes_nothing_back() {
    let said = notice(&affected(), hour(265), None);
    assert_eq!(said.unwrap().rung, Rung::Lead);
    assert_eq!(level(&affected(), hour(120)), Rung::Officer);
    assert_eq!(standing(&affected(), hour(120), said), Rung::Lead);
    assert_eq!(notice(&affected(), hour(120), said), None);
    assert_eq!(notice(&affected(), hour(312), said).unwrap().rung, Rung::JointTeam);
}

#[test]
fn a_met_clock_or_a_new_date_is_a_new_matter() {
    let silent = obligation(Status::Delivered);
    let said = notice(&silent, hour(29), None);
    assert_eq!(said.unwrap().rung, Rung::Lead);
    let seen = obligation(Status::Acknowledged);
    assert_eq!(notice(&seen, hour(30), said).unwrap().rung, Rung::Sector);
    assert_eq!(standing(&seen, start(), said), Rung::Quiet);
    let settled = obligation(Status::NotAffected);
    assert_eq!(standing(&settled, day(90), said), Rung::Quiet);
}

#[test]
fn due_at_the_instant_is_not_late_and_a_class_without_a_date_never_is() {
    assert_eq!(overdue(&affected(), day(10)), None);
    let late = overdue(&affected(), day(10) + SignedDuration::from_secs(1)).unwrap();
    assert_eq!(late, Overdue { owed: Owed::Fix, by: SignedDuration::from_secs(1) });
    let mut upgrade = affected();
    upgrade.clocks.fix_by = None;
    assert_eq!((overdue(&upgrade, day(900)), next_change(&upgrade, day(900))), (None, None));
}

#[test]
fn the_ends_of_time_are_survived() {
    let mut odd = affected();
    odd.created_at = Timestamp::MIN;
    odd.clocks.fix_by = Some(Timestamp::MAX);
    assert_eq!(level(&odd, Timestamp::MIN), Rung::Quiet);
    assert!(level(&odd, Timestamp::MAX) >= Rung::Sector);
    odd.created_at = Timestamp::MAX;
    odd.clocks.fix_by = Some(Timestamp::MIN);
    assert_eq!(level(&odd, Timestamp::MIN), Rung::Sector);
    assert!(overdue(&odd, Timestamp::MAX).is_some());
}

#[test]
fn every_rung_but_silence_is_heard_by_somebody() {
    assert!(Rung::Quiet.hears().is_empty());
    assert!(RUNGS.iter().all(|rung| !rung.hears().is_empty()));
}

proptest! {
    /// A year by the hour is the specification: the next change is the first hour at which the level differs.
    #[test]
    fn the_next_change_is_when_the_level_changes(
        status in status(),
        exposure in prop::sample::select(vec![Exposure::Exposed, Exposure::Inside, Exposure::CannotTell]),
        due in (0_i64..10, 0_i64..10, prop::option::of(0_i64..10)),
        from in -20_i64..400,
    ) {
        // Tens of hours, so that every step falls on a full hour.
        let (acknowledge, assess, fix) = due;
        let tens = |tens: i64| hour(10 * tens);
        let clocks = Clocks {
            class: RemediationClass::ThreeDaysForensic,
            acknowledge_by: tens(acknowledge),
            assess_by: tens(assess),
            fix_by: fix.map(tens),
        };
        let waiver = Some(Term { until: hour(150), control: String::from("isolated") });
        let subject = Obligation { exposure, clocks, waiver, ..obligation(status) };
        let now = level(&subject, hour(from));
        let slow = (from + 1..from + 1000).find(|hours| level(&subject, hour(*hours)) != now);
        prop_assert_eq!(next_change(&subject, hour(from)), slow.map(hour));
        // Time alone only climbs, and late is late on every later day.
        let later = level(&subject, hour(from + 7));
        prop_assert!(later >= now);
        if overdue(&subject, hour(from)).is_some() {
            prop_assert!(overdue(&subject, hour(from + 1)).is_some());
            prop_assert!(now >= Rung::Sector);
        }
    }

    #[test]
    fn notices_only_climb_whatever_the_clock_does(hours in prop::collection::vec(-50_i64..500, 1..20)) {
        let mut said: Option<Notice> = None;
        for at in hours {
            if let Some(next) = notice(&affected(), hour(at), said) {
                prop_assert!(said.is_none_or(|last| next.rung > last.rung));
                said = Some(next);
            }
            let standing = standing(&affected(), hour(at), said);
            prop_assert!(said.is_none_or(|last| standing == last.rung));
        }
    }
}

fn status() -> impl Strategy<Value = Status> {
    prop::sample::select(vec![
        Status::Created,
        Status::Delivered,
        Status::Unreachable,
        Status::Acknowledged,
        Status::Unknown,
        Status::NotAffected,
        Status::Affected,
        Status::Planned,
        Status::Mitigated,
        Status::Claimed,
        Status::Remediated,
        Status::Verified,
        Status::Waived,
        Status::Closed,
        Status::Released,
    ])
}
