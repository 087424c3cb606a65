//! Need-to-know: the crate's decisions against the policy text read slowly, over random questions.

#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

mod asked;
mod oracle;
mod question;

use std::collections::BTreeMap;

use bongsu_authority::access::{Action, Denied, Permit};
use question::{Dice, Question};

/// Every action occurs permitted and denied, and the two never disagree.
#[test]
fn the_decision_is_what_the_policy_text_says() {
    let deep = std::env::var("BONGSU_DEPTH").is_ok_and(|depth| depth == "release");
    let questions = if deep { 3_000_000 } else { 100_000 };
    let seed = std::env::var("BONGSU_SEED").ok().and_then(|seed| seed.parse().ok());
    // Xorshift never leaves zero.
    let seed: u64 = seed.unwrap_or(0x0b0e_5a17_2026_1122).max(1);
    let mut dice = Dice(seed);
    let mut seen: BTreeMap<Action, (u32, u32)> = BTreeMap::new();
    for number in 0..questions {
        let question = Question::random(&mut dice);
        let answer = question.decide();
        let counts = seen.entry(question.action).or_default();
        if answer.is_ok() {
            counts.0 += 1;
        } else {
            counts.1 += 1;
        }
        if answer.is_ok() != oracle::allows(&question) {
            let small = smaller(question);
            panic!(
                "question {number} of seed {seed}: decided {:?}, the text says {}: {small:#?}",
                small.decide().map_err(|denied| denied.why()),
                oracle::allows(&small),
            );
        }
    }
    let (least, counts) = seen.iter().min_by_key(|(_, counts)| counts.0.min(counts.1)).unwrap();
    println!("{questions} questions, seed {seed}; rarest: {least} {counts:?} (permitted, denied)");
    for action in Action::ALL {
        let (permitted, denied) = seen.get(action).copied().unwrap_or_default();
        assert!(permitted > 0, "{action} was never permitted: the questions do not reach it");
        assert!(denied > 0, "{action} was never denied: the questions do not try it");
    }
}

/// Leaves out whatever the disagreement does not need.
fn smaller(mut question: Question) -> Question {
    let disagree = |question: &Question| question.decide().is_ok() != oracle::allows(question);
    for number in (0..question.held.len()).rev() {
        let mut without = question.clone();
        without.held.remove(number);
        if disagree(&without) {
            question = without;
        }
    }
    let lists: [fn(&mut Question); 4] = [
        |question| question.signed.clear(),
        |question| question.named.clear(),
        |question| question.suppliers.clear(),
        |question| question.players.clear(),
    ];
    for clear in lists {
        let mut without = question.clone();
        clear(&mut without);
        if disagree(&without) {
            question = without;
        }
    }
    question
}

#[test]
fn forbidden_and_absent_are_the_same_bytes() {
    let absent = Denied::absent();
    let mut dice = Dice(7);
    let denials = std::iter::repeat_with(|| Question::random(&mut dice).decide()).take(20_000);
    let mut reasons = BTreeMap::new();
    for denied in denials.filter_map(Result::err) {
        assert_eq!(denied.to_string().as_bytes(), absent.to_string().as_bytes());
        assert_eq!(format!("{denied:?}"), format!("{absent:?}"));
        *reasons.entry(denied.why()).or_insert(0) += 1;
    }
    assert!(reasons.len() >= 10, "the operator is told them apart: {reasons:?}");
}

#[test]
fn a_permit_covers_what_it_was_given_for_and_nothing_else() {
    let mut dice = Dice(11);
    let permits = std::iter::repeat_with(|| Question::random(&mut dice)).take(20_000);
    let permits: Vec<Permit> = permits.filter_map(|question| question.decide().ok()).collect();
    for pair in permits.windows(2) {
        let [one, other] = pair else { continue };
        assert_eq!(one.covers(one.action(), one.object()), Ok(()));
        let same = one.action() == other.action() && one.object() == other.object();
        let whole =
            one.engine().is_some() && *one.object() == bongsu_authority::access::ObjectId::Nation;
        if !same && !whole {
            assert!(one.covers(other.action(), other.object()).is_err(), "{one:?} {other:?}");
        }
    }
}
