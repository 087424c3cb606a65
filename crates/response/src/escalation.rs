//! Who should hear of an obligation by now: derived from clock and state, never stored (domain guide, section 7.2).
//!
//! The ladder climbs with the earliest clock that is not met. After a long sleep only the highest rung speaks: three late
//! letters help nobody. What was said stays said, even when a node's clock jumps backwards.

#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};

use crate::{Exposure, Obligation, RemediationClass, Status};

/// How far up an obligation has climbed.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Rung {
    /// Nobody needs to be told.
    #[default]
    Quiet,
    /// The accountable officer.
    Officer,
    /// The officer and the head of the institution.
    Head,
    /// The head, the relay and the competent ministry.
    Sector,
    /// The lead ministry.
    Lead,
    /// The list of the joint team.
    JointTeam,
}

/// Who hears at a rung.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Hears {
    /// The accountable officer of the institution.
    Officer,
    /// The head of the institution.
    Head,
    /// The relay it belongs to.
    Relay,
    /// The competent ministry.
    Sector,
    /// The lead ministry.
    Lead,
    /// The joint team.
    JointTeam,
}

impl Rung {
    /// Who is told on reaching this rung.
    pub fn hears(self) -> &'static [Hears] {
        match self {
            Self::Quiet => &[],
            Self::Officer => &[Hears::Officer],
            Self::Head => &[Hears::Officer, Hears::Head],
            Self::Sector => &[Hears::Head, Hears::Relay, Hears::Sector],
            Self::Lead => &[Hears::Lead],
            Self::JointTeam => &[Hears::JointTeam],
        }
    }
}

/// Which of the things owed.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Owed {
    /// That the accountable officer has seen it.
    Acknowledgement,
    /// Whether the institution is affected.
    Assessment,
    /// The fix.
    Fix,
    /// The forensic check that the strictest class asks for besides the fix.
    Forensics,
}

/// The clock that speaks: the earliest that is not met.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Current {
    /// What is owed.
    pub owed: Owed,
    /// By when.
    pub due: Timestamp,
}

/// How late an obligation is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Overdue {
    /// What is owed.
    pub owed: Owed,
    /// By how much.
    pub by: SignedDuration,
}

/// Something to be said, or that was said: whoever records it gives it back next time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Notice {
    /// About which clock.
    pub about: Current,
    /// To whom.
    pub rung: Rung,
}

/// The clock that speaks for an obligation; `None` where nothing with a date is owed any more.
///
/// Of clocks due at the same instant the one that comes first in the work speaks. A waiver holds back the fix until it ends.
pub fn current(obligation: &Obligation) -> Option<Current> {
    let owed = [
        Some((Owed::Acknowledgement, obligation.clocks.acknowledge_by)),
        Some((Owed::Assessment, obligation.clocks.assess_by)),
        fix_by(obligation).map(|due| (Owed::Fix, due)),
        obligation.clocks.fix_by.map(|due| (Owed::Forensics, due)),
    ];
    let unmet = owed.into_iter().flatten().filter(|(owed, _)| !met(obligation, *owed));
    unmet.min_by_key(|(owed, due)| (*due, *owed)).map(|(owed, due)| Current { owed, due })
}

/// Who should hear of it by `now`.
pub fn level(obligation: &Obligation, now: Timestamp) -> Rung {
    current(obligation).map_or(Rung::Quiet, |about| {
        let reached = steps(obligation, about.due).filter(|(_, at)| *at <= now);
        reached.map(|(rung, _)| rung).max().unwrap_or(Rung::Quiet)
    })
}

/// What is to be said at `now`, given the last notice that was recorded; nothing where that said as much already.
///
/// A notice counts for its clock and its date only: a new clock, or an earlier or later date, is a new matter.
pub fn notice(obligation: &Obligation, now: Timestamp, climbed: Option<Notice>) -> Option<Notice> {
    let about = current(obligation)?;
    let said = climbed.filter(|notice| notice.about == about).map_or(Rung::Quiet, |last| last.rung);
    let rung = level(obligation, now);
    (rung > said).then_some(Notice { about, rung })
}

/// How far up it stands, for display: the level at `now`, or the recorded notice about the same clock where that is higher.
pub fn standing(obligation: &Obligation, now: Timestamp, climbed: Option<Notice>) -> Rung {
    let recorded = climbed.filter(|notice| current(obligation) == Some(notice.about));
    level(obligation, now).max(recorded.map_or(Rung::Quiet, |notice| notice.rung))
}

/// What is late at `now`, and by how much; at the very instant it is due it is not late yet.
pub fn overdue(obligation: &Obligation, now: Timestamp) -> Option<Overdue> {
    let Current { owed, due } = current(obligation)?;
    (now > due).then(|| Overdue { owed, by: now.duration_since(due) })
}

/// When [`level`] next changes if nothing happens; `None` where it never does.
pub fn next_change(obligation: &Obligation, now: Timestamp) -> Option<Timestamp> {
    let about = current(obligation)?;
    let reached = level(obligation, now);
    let higher = steps(obligation, about.due).filter(|(rung, at)| *at > now && *rung > reached);
    higher.map(|(_, at)| at).min()
}

/// When each rung is reached, earliest first.
///
/// An addressee known to face the internet hears everything one step earlier. Where the inventory cannot tell, the clocks are
/// already those of the worst case; the ladder is not steepened too, or half a nation without inventories would drown the heads.
/// While a waiver holds, nobody is told anything.
fn steps(obligation: &Obligation, due: Timestamp) -> impl Iterator<Item = (Rung, Timestamp)> {
    let shift = usize::from(obligation.exposure == Exposure::Exposed);
    let rungs = RUNGS.into_iter().skip(shift);
    let waived = obligation.status == Status::Waived;
    let start = obligation.created_at.min(due);
    let running = due.duration_since(start);
    let steps = rungs.zip(LADDER).filter(move |(_, step)| !waived || matches!(step, Step::Late(_)));
    steps.map(move |(rung, step)| (rung, step.at(start, running, due)))
}

const RUNGS: [Rung; 5] = [Rung::Officer, Rung::Head, Rung::Sector, Rung::Lead, Rung::JointTeam];

/// Source: domain guide, section 7.2.
const LADDER: [Step; 5] = [
    Step::Percent(50),
    Step::Percent(80),
    Step::Late(SignedDuration::ZERO),
    Step::Late(SignedDuration::from_hours(24)),
    Step::Late(SignedDuration::from_hours(72)),
];

#[derive(Clone, Copy)]
enum Step {
    /// Percent of the time from start to due.
    Percent(i32),
    /// After it was due.
    Late(SignedDuration),
}

impl Step {
    fn at(self, start: Timestamp, running: SignedDuration, due: Timestamp) -> Timestamp {
        match self {
            // Divided first: a span of ten thousand years times eighty still fits, but nobody should have to check.
            Self::Percent(percent) => start + running / 100 * percent,
            Self::Late(by) => due.saturating_add(by).unwrap_or(Timestamp::MAX),
        }
    }
}

/// A waiver holds until it ends, even where nobody has recorded the end yet.
fn fix_by(obligation: &Obligation) -> Option<Timestamp> {
    let waived = obligation.waiver.as_ref().filter(|_| obligation.status == Status::Waived);
    match (obligation.clocks.fix_by, waived) {
        (fix, None) => fix,
        (fix, Some(term)) => Some(fix.map_or(term.until, |fix| fix.max(term.until))),
    }
}

/// The inventory may speak before anybody saw the act, so a status that the engine can give proves no acknowledgement; one that
/// only officers can give does. "Not affected" against the inventory stops no clock until somebody else has verified it.
fn met(obligation: &Obligation, owed: Owed) -> bool {
    use Status::{
        Acknowledged, Affected, Closed, Created, Delivered, NotAffected, Released, Remediated,
        Unknown, Unreachable, Verified, Waived,
    };
    let status = obligation.status;
    let over = match status {
        NotAffected => !obligation.contradicted,
        _ => matches!(status, Closed | Released),
    };
    let proved = over || status == Verified;
    match owed {
        Owed::Acknowledgement => {
            let silent = matches!(status, Created | Delivered | Unreachable | Unknown | Affected);
            proved || !silent || obligation.marks.acknowledged.is_some()
        }
        Owed::Assessment => !matches!(status, Created | Delivered | Unreachable | Acknowledged),
        Owed::Fix => proved || status == Remediated,
        Owed::Forensics => {
            over || status == Waived
                || obligation.clocks.class != RemediationClass::ThreeDaysForensic
                || obligation.forensic_clean.is_some()
        }
    }
}
