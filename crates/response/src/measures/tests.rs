use bongsu_authority::InstitutionId;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::samples::{at, day, hour, obligation, start};
use crate::{Exposure, Obligation, Status, clock};

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

/// Fixed after so many days.
fn fixed(after: i64) -> Obligation {
    let mut subject = obligation(Status::Remediated);
    subject.marks.remediated = Some(day(after));
    subject
}

fn nearly(left: Option<f64>, right: f64) -> bool {
    left.is_some_and(|left| (left - right).abs() < 1e-9)
}

#[test]
fn a_survival_curve_worked_out_by_hand() {
    // Ten affected. Fixed after 2, 2, 5 and 20 days; let go after 5 and 10; open ones seen for 30.
    let subjects = [2, 2, 5, 20].map(|after| Subject { seen_for: days(after), fixed: true });
    let away = [5, 10, 30, 30, 30, 30].map(|after| Subject { seen_for: days(after), fixed: false });
    let curve = Survival::of(subjects.into_iter().chain(away));
    #[rustfmt::skip]
    let table = [
        // after at risk fixed censored  share
        (2,      10,     2,    0,        0.8),
        (5,      8,      1,    1,        0.7),             // 0.8 * 7/8
        (10,     6,      0,    1,        0.7),
        (20,     5,      1,    0,        0.56),            // 0.7 * 4/5
        (30,     4,      0,    4,        0.56),
    ];
    assert_eq!(curve.points.len(), table.len());
    for (point, (after, at_risk, fixed, censored, share)) in curve.points.iter().zip(table) {
        assert_eq!((point.after, point.at_risk), (days(after), at_risk));
        assert_eq!((point.fixed, point.censored), (fixed, censored), "after {after} days");
        assert!(nearly(Some(point.share), share), "after {after} days: {}", point.share);
    }
    assert!(nearly(curve.share_after_days(0), 1.0));
    assert!(nearly(curve.share_after_days(3), 0.8));
    assert!(nearly(curve.share_after_days(14), 0.7));
    assert_eq!(curve.share_after_days(60), None, "nobody was seen for so long");
    assert_eq!(curve.half_life(), None, "more than half are still affected");
    assert_eq!((curve.affected, curve.fixed), (10, 4));
}

#[test]
fn when_all_are_fixed_the_curve_ends_at_nothing_and_stays_there() {
    let curve = survival(&[fixed(1), fixed(4), fixed(4), fixed(9)], day(90));
    assert_eq!(curve.half_life(), Some(days(4)));
    assert!(nearly(curve.share_after_days(3), 0.75));
    assert!(nearly(curve.share_after_days(60), 0.0));
    assert_eq!(Survival::default().share_after_days(3), None);
}

#[test]
fn the_unknown_and_the_unaffected_are_in_no_curve_and_the_unknown_are_counted() {
    let silent = |exposure| Obligation { exposure, ..obligation(Status::Delivered) };
    let waived = obligation(Status::Waived);
    let nation = [
        fixed(2),
        obligation(Status::NotAffected),
        obligation(Status::Verified),
        obligation(Status::Unknown),
        silent(Exposure::NoInventory),
        silent(Exposure::CannotTell),
        silent(Exposure::NotAffected),
        silent(Exposure::Inside),
        waived,
    ];
    let curve = survival(&nation, day(5));
    assert_eq!((curve.affected, curve.fixed, curve.unknown), (3, 1, 3));
    assert_eq!(curve.points[1].censored, 2, "silent by inventory and waived are open");
}

#[test]
fn not_affected_against_the_inventory_leaves_no_curve_until_it_is_verified() {
    let denied = Obligation { contradicted: true, ..obligation(Status::NotAffected) };
    assert_eq!(exposure_time(std::slice::from_ref(&denied), day(5)).inside, 2 * 5 * 86_400);
    assert_eq!(
        spread(std::slice::from_ref(&denied), Step::Remediated, day(5)).map(|it| it.open),
        Some(1)
    );
    let curve = survival(&[denied, fixed(2)], day(5));
    assert_eq!((curve.affected, curve.fixed), (2, 1));
    assert!(nearly(curve.share_after_days(5), 0.5));
}

#[test]
fn a_refuted_fix_is_open_again() {
    let mut refuted = fixed(2);
    refuted.status = Status::Affected;
    refuted.false_closures = 1;
    assert_eq!(survival(&[refuted.clone()], day(5)).fixed, 0);
    assert_eq!(exposure_time(&[refuted.clone()], day(5)).inside, 2 * 5 * 86_400);
    let spread = spread(&[refuted], Step::Remediated, day(5)).unwrap();
    assert_eq!((spread.reached, spread.open), (0, 1));
}

#[test]
fn curves_come_by_group() {
    let exposed = Obligation { exposure: Exposure::Exposed, ..fixed(1) };
    let groups = survival_by(&[exposed, fixed(3)], day(9), |one| one.exposure);
    assert_eq!(groups[&Exposure::Exposed].half_life(), Some(days(1)));
    assert_eq!(groups[&Exposure::Inside].half_life(), Some(days(3)));
}

#[test]
fn percentiles_show_the_open_ones_as_open() {
    let acknowledged = |hours: Option<i64>| {
        let mut one = obligation(Status::Delivered);
        one.marks.acknowledged = hours.map(hour);
        one
    };
    let times = [Some(1), Some(2), Some(3), Some(4), Some(5), Some(6), None, None, None, None];
    let spread = spread(&times.map(acknowledged), Step::Acknowledged, hour(48)).unwrap();
    assert_eq!(spread.p50, Lapse::Reached(SignedDuration::from_hours(5)));
    assert_eq!(spread.p95, Lapse::Open { at_least: SignedDuration::from_hours(48) });
    assert_eq!((spread.reached, spread.open), (6, 4));
    assert_eq!(super::spread(&[], Step::Acknowledged, hour(48)), None);
}

#[test]
fn nobody_waits_for_what_is_not_owed() {
    let all = [
        obligation(Status::NotAffected),
        obligation(Status::Released),
        obligation(Status::Closed),
        obligation(Status::Verified),
        obligation(Status::Waived),
    ];
    let open = |step| spread(&all, step, day(1)).map(|spread| spread.open);
    assert_eq!(open(Step::Acknowledged), Some(4), "all but the one let go");
    assert_eq!(open(Step::Remediated), Some(1), "a waiver is no fix");
}

#[test]
fn a_later_step_stands_for_the_one_it_implies() {
    let mut direct = fixed(2);
    direct.marks.acknowledged = Some(hour(1));
    let one = [direct];
    let p50 = |step| spread(&one, step, day(9)).unwrap().p50;
    assert_eq!(p50(Step::Delivered), Lapse::Reached(SignedDuration::from_hours(1)));
    assert_eq!(p50(Step::Mitigated), Lapse::Reached(days(2)));
    assert_eq!(p50(Step::Verified), Lapse::Open { at_least: days(9) });
}

#[test]
fn time_to_know_is_reached_when_95_of_100_have_an_answer() {
    let known = |answered: i64| (0..100).map(move |one| (one < answered).then(|| hour(one)));
    let asked = |answered| time_to_know(start(), known(answered), day(9)).unwrap();
    assert_eq!(asked(94), Lapse::Open { at_least: days(9) });
    assert_eq!(asked(95), Lapse::Reached(SignedDuration::from_hours(94)));
    assert_eq!(asked(100), Lapse::Reached(SignedDuration::from_hours(94)));
    assert_eq!(time_to_know(start(), [], day(9)), None);
    let before = time_to_know(day(5), [Some(day(1))], day(9));
    assert_eq!(before, Some(Lapse::Reached(SignedDuration::ZERO)), "clocks differ");
}

#[test]
fn systems_facing_the_internet_are_summed_apart() {
    let by = |exposure, status, systems| Obligation { exposure, systems, ..obligation(status) };
    let nation = [
        by(Exposure::Exposed, Status::Affected, 3),
        Obligation { exposure: Exposure::Exposed, ..fixed(1) },
        by(Exposure::Inside, Status::Waived, 1),
        by(Exposure::NoInventory, Status::Affected, 0),
        by(Exposure::NoInventory, Status::Unknown, 0),
        by(Exposure::Inside, Status::NotAffected, 7),
        by(Exposure::Inside, Status::Closed, 7),
        by(Exposure::Inside, Status::Verified, 7),
    ];
    let sum = exposure_time(&nation, day(4));
    let in_days = [sum.exposed, sum.inside, sum.unknown].map(ExposureTime::days);
    // 3 systems for 4 days and 2 for 1; 1 for 4; 1 for 4.
    for (sum, wanted) in in_days.into_iter().zip([14.0, 4.0, 4.0]) {
        assert!(nearly(Some(sum), wanted), "{in_days:?}");
    }
}

#[test]
fn false_closures_are_a_share_of_claims_and_of_checks() {
    let refuted = |status, times| Obligation { false_closures: times, ..obligation(status) };
    let mut proved = Obligation { status: Status::Verified, false_closures: 1, ..fixed(3) };
    proved.marks.verified = Some(day(4));
    let nation = [
        refuted(Status::Affected, 2),
        proved,
        obligation(Status::Verified),
        fixed(1),
        fixed(2),
        obligation(Status::Affected),
        obligation(Status::Closed),
    ];
    let sum = false_closures(&nation);
    assert_eq!(sum.of_claimed, Share { part: 3, whole: 6 });
    assert_eq!(sum.of_checked, Share { part: 3, whole: 4 });
    assert_eq!(false_closures(&[]).of_claimed.ratio(), None);
}

#[test]
fn reach_wants_two_channels_within_ninety_days() {
    let institution = |number| InstitutionId([number; 16]);
    let receipt = |number, name, at| Channel { institution: institution(number), name, at };
    let receipts = [
        receipt(1, "mail", day(0)),
        receipt(1, "phone", day(10)),
        receipt(2, "mail", day(0)),
        receipt(2, "mail", day(50)),
        receipt(3, "mail", day(80)),
        receipt(3, "phone", day(-1)),
        receipt(9, "mail", day(80)),
        receipt(9, "phone", day(80)),
    ];
    let share = reach((1..=4).map(institution), receipts, day(90));
    assert_eq!(share, Share { part: 1, whole: 4 });
    assert!(nearly(share.ratio(), 0.25));
}

#[test]
fn only_statutes_can_be_missed_by_law() {
    let now = at("2026-07-10T00:00Z");
    let row = |id| clock::row(id, now).unwrap();
    let watched = |id, from: &str, met: Option<&str>| Watched {
        row: row(id),
        from: at(from),
        met: met.map(at),
    };
    let clocks = [
        watched("K01", "2026-07-01T00:00Z", Some("2026-07-02T00:00Z")),
        watched("K01", "2026-07-01T00:00Z", Some("2026-07-02T00:00:01Z")),
        watched("K01", "2026-07-08T00:00Z", None),
        watched("K08", "2026-07-08T00:00Z", None),
        watched("P04", "2026-07-01T00:00Z", None),
    ];
    assert_eq!(statutory_misses(clocks, now), Share { part: 2, whole: 4 });
}

proptest! {
    /// The slow way is the textbook: at every instant somebody is fixed, multiply by the share of those at risk who are not.
    #[test]
    fn the_curve_is_the_product_of_the_textbook(
        subjects in prop::collection::vec((0_i64..12, any::<bool>()), 0..60),
        asked in 0_i64..14,
    ) {
        let all: Vec<_> = subjects.iter().map(|(after, fixed)| Subject { seen_for: days(*after), fixed: *fixed }).collect();
        let curve = Survival::of(all.iter().copied());
        let slow: f64 = (0..=asked).map(|time| {
            let at_risk = subjects.iter().filter(|(after, _)| *after >= time).count();
            let fixed = subjects.iter().filter(|(after, fixed)| *after == time && *fixed).count();
            if at_risk == 0 { 1.0 } else { 1.0 - f64::from(u32::try_from(fixed).unwrap()) / f64::from(u32::try_from(at_risk).unwrap()) }
        }).product();
        match curve.share_after(days(asked)) {
            Some(share) => prop_assert!((share - slow).abs() < 1e-9, "{share} against {slow}"),
            None => prop_assert!(subjects.iter().all(|(after, _)| *after < asked)),
        }
        prop_assert!(curve.points.windows(2).all(|two| two[1].share <= two[0].share && two[1].at_risk < two[0].at_risk));
        prop_assert_eq!(curve.affected, subjects.len());
        // Where nobody goes out of sight, the curve is the plain share of those who are left.
        if subjects.iter().all(|(_, fixed)| *fixed) && !subjects.is_empty() {
            let left = subjects.iter().filter(|(after, _)| *after > asked).count();
            let plain = Share { part: left, whole: subjects.len() }.ratio();
            prop_assert!((curve.share_after(days(asked)).unwrap() - plain.unwrap()).abs() < 1e-9);
        }
    }

    /// The slow way: the first hour by which enough have reached it.
    #[test]
    fn a_percentile_is_the_first_time_by_which_enough_have_reached_it(
        times in prop::collection::vec(prop::option::of(0_i64..50), 1..50),
    ) {
        let known = times.iter().map(|time| time.map(hour));
        let fast = time_to_know(start(), known, hour(50)).unwrap();
        let by = |hours: i64| times.iter().flatten().filter(|time| **time <= hours).count();
        let slow = (0..50).find(|hours| by(*hours) * 100 >= times.len() * 95);
        match (fast, slow) {
            (Lapse::Reached(time), Some(hours)) => prop_assert_eq!(time, SignedDuration::from_hours(hours)),
            (Lapse::Open { at_least }, None) => prop_assert!(at_least <= SignedDuration::from_hours(50)),
            other => prop_assert!(false, "{other:?}"),
        }
    }

    /// What is said to be at least so long never turns out shorter, however the open ones end.
    #[test]
    fn open_times_are_never_overstated(
        times in prop::collection::vec((prop::option::of(0_i64..50), 0_i64..50), 1..50),
    ) {
        let spread_at = |all: &[Obligation], now: Timestamp| spread(all, Step::Acknowledged, now).unwrap();
        let make = |(acknowledged, later): &(Option<i64>, i64), ended: bool| {
            let mut one = obligation(Status::Delivered);
            one.marks.acknowledged = acknowledged.or(ended.then_some(50 + later)).map(hour);
            one
        };
        let open: Vec<_> = times.iter().map(|time| make(time, false)).collect();
        let ended: Vec<_> = times.iter().map(|time| make(time, true)).collect();
        let (open, ended) = (spread_at(&open, hour(50)), spread_at(&ended, hour(200)));
        for (open, ended) in [(open.p50, ended.p50), (open.p95, ended.p95)] {
            match (open, ended) {
                (Lapse::Open { at_least }, Lapse::Reached(time)) => prop_assert!(at_least <= time),
                (Lapse::Reached(early), Lapse::Reached(time)) => prop_assert_eq!(early, time),
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }
}

#[test]
fn a_curve_in_steps_tells_of_no_few_and_keeps_its_shares_where_it_speaks() {
    let subject = |hours, fixed| Subject { seen_for: SignedDuration::from_hours(hours), fixed };
    let all = (1..=23).map(|hour| subject(hour, true)).chain([subject(30, false)]);
    let whole = Survival::of(all);
    let steps = whole.in_steps_of(10);
    let fixed: Vec<usize> = steps.points.iter().map(|point| point.fixed).collect();
    assert_eq!(fixed, [10, 10, 0], "three fixes are left over, and not told");
    for point in &steps.points[..2] {
        assert_eq!(Some(point.share), whole.share_after(point.after));
    }
    assert_eq!(steps.points[2].after, SignedDuration::from_hours(30), "seen for as long");
    assert_eq!((steps.affected, steps.fixed), (24, 23));
}
