//! What a new inventory, or a supplier's statement, says about an obligation that is open already.

use std::collections::BTreeSet;

use bongsu_response::{Answer, Assessment, Evidence, Obligation, Status};
use jiff::Timestamp;

use crate::exposure::Found;

/// What was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// What the institution's inventories say now.
    pub found: Found,
    /// When the newest of them was made.
    pub made: Timestamp,
    /// May it prove anything? One that hides much of what the last one had, or is stale, may not.
    pub sound: bool,
    /// SHA-256 of the document that changed.
    pub evidence: Evidence,
    /// Where the word comes from: an inventory, or a supplier's statement.
    pub how: String,
}

/// Says what the engine has to say about an obligation after a look; nothing where nothing changes.
///
/// What is found is always said. What is *not* found proves a fix only when the look is sound.
pub fn answer(owed: &Obligation, look: &Look) -> Option<Answer> {
    let (evidence, how) = (look.evidence, look.how.clone());
    match (look.found, owed.status) {
        (_, Status::Released) => None,
        (Found { affected: 1.., .. }, Status::Verified | Status::Closed) => {
            Some(Answer::Regress { evidence })
        }
        (Found { affected: 1.., .. }, Status::Claimed | Status::Remediated) => {
            // An inventory from before the claim says nothing about it.
            let later = owed.marks.remediated.is_none_or(|claimed| look.made > claimed);
            later.then_some(Answer::Refute { evidence, how })
        }
        (Found { affected: 1.., .. }, _) => Some(assess(Assessment::Affected)),
        (Found { open: 1.., .. }, _) => Some(assess(Assessment::Unknown)),
        _ if !look.sound => None,
        (_, Status::Verified | Status::Closed) => None,
        (
            _,
            Status::Affected
            | Status::Planned
            | Status::Mitigated
            | Status::Claimed
            | Status::Remediated
            | Status::Waived,
        ) => Some(Answer::Verify { evidence, how }),
        _ if owed.exposure.is_affected() => Some(Answer::Verify { evidence, how }),
        _ => Some(assess(Assessment::NotAffected { justification: NOT_PRESENT.to_owned() })),
    }
}

/// As [`answer`], where statements cleared something: that is the supplier's word, and no proof of a fix.
pub fn answer_cleared(
    owed: &Obligation,
    look: &Look,
    cleared: &BTreeSet<String>,
) -> Option<Answer> {
    let nothing_left = look.found.affected == 0 && look.found.open == 0;
    if cleared.is_empty() || !nothing_left {
        return answer(owed, look);
    }
    let over = matches!(owed.status, Status::Verified | Status::Closed | Status::Released);
    let justification = justification(cleared);
    (!over).then(|| assess(Assessment::NotAffected { justification }))
}

/// Justifications that are named; more are counted.
const NAMED: usize = 3;

fn justification(cleared: &BTreeSet<String>) -> String {
    let named: Vec<&str> = cleared.iter().take(NAMED).map(String::as_str).collect();
    let more = cleared.len() - named.len();
    let named = named.join("; ");
    if more == 0 { named } else { format!("{named}; and {more} more") }
}

fn assess(assessment: Assessment) -> Answer {
    Answer::Assess { assessment, contradicts_inventory: false }
}

/// The justification of VEX that an inventory can give.
const NOT_PRESENT: &str = "component_not_present";

/// May an inventory with this many components prove a fix, when the one before had that many?
///
/// One that hides more than 30 % of what the last one had is a question to its owner (reliability, T5).
pub fn hides_too_much(before: u32, now: u32) -> bool {
    u64::from(now) * 10 < u64::from(before) * 7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inventory_that_lost_more_than_three_in_ten_proves_nothing() {
        #[rustfmt::skip]
        let table = [
            // before  now   hides
            (100,      70,   false),
            (100,      69,   true),
            (100,      0,    true),
            (0,        0,    false),
            (1,        1,    false),
            (u32::MAX, u32::MAX, false),
        ];
        for (before, now, hides) in table {
            assert_eq!(hides_too_much(before, now), hides, "{before} to {now}");
        }
    }
}
