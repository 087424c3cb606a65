//! Shares and misses: false closures, reach, statutory clocks.

use std::collections::{BTreeMap, BTreeSet};

use bongsu_authority::InstitutionId;
use jiff::{SignedDuration, Timestamp};

use crate::clock::{Kind, Row};
use crate::{Obligation, Status};

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Share {
    /// So many
    pub part: usize,
    /// of so many.
    pub whole: usize,
}

impl Share {
    /// From 0 to 1; `None` of nothing.
    #[allow(clippy::cast_precision_loss, reason = "a nation has fewer institutions than 2^52")]
    pub fn ratio(self) -> Option<f64> {
        (self.whole > 0).then(|| self.part as f64 / self.whole as f64)
    }
}

/// How many claimed fixes verification refuted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct FalseClosures {
    /// Refuted, of all that were claimed.
    pub of_claimed: Share,
    /// Refuted, of those that were checked: what the other share hides while little is checked.
    pub of_checked: Share,
}

/// The share of claimed fixes that verification refuted.
///
/// A claim counts when it stands, when it was refuted, and when the flaw came back after it.
pub fn false_closures<'a>(obligations: impl IntoIterator<Item = &'a Obligation>) -> FalseClosures {
    let mut sum = FalseClosures::default();
    for obligation in obligations {
        let refuted = obligation.false_closures as usize;
        let came_back = obligation.regressions as usize;
        let fixed = obligation.marks.remediated.is_some();
        let verified = obligation.marks.verified.is_some();
        let (stands, proved) = match obligation.status {
            Status::Remediated => (true, false),
            // Proved or closed without a fix: there was none to claim.
            Status::Verified | Status::Closed => (fixed, fixed && verified),
            _ => (false, false),
        };
        sum.of_claimed.part += refuted;
        sum.of_claimed.whole += refuted + came_back + usize::from(stands);
        sum.of_checked.part += refuted;
        sum.of_checked.whole += refuted + came_back + usize::from(proved);
    }
    sum
}

/// A channel to an institution that was tested or used, and had a receipt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Channel<'a> {
    /// To whom.
    pub institution: InstitutionId,
    /// Which channel, such as `mail`.
    pub name: &'a str,
    /// When there was a receipt.
    pub at: Timestamp,
}

/// Reach: the share of institutions with receipts over at least two channels in the last 90 days.
///
/// Institutions that have no receipt at all count as not reached.
pub fn reach<'a>(
    institutions: impl IntoIterator<Item = InstitutionId>,
    receipts: impl IntoIterator<Item = Channel<'a>>,
    now: Timestamp,
) -> Share {
    let mut channels: BTreeMap<InstitutionId, BTreeSet<&str>> =
        institutions.into_iter().map(|institution| (institution, BTreeSet::new())).collect();
    for receipt in receipts {
        let fresh = now.duration_since(receipt.at) <= FRESH;
        if let Some(names) = channels.get_mut(&receipt.institution).filter(|_| fresh) {
            names.insert(receipt.name);
        }
    }
    let part = channels.values().filter(|names| names.len() >= CHANNELS).count();
    Share { part, whole: channels.len() }
}

/// A clock of the table as it ran once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Watched<'a> {
    /// Which deadline.
    pub row: &'a Row,
    /// When it was triggered.
    pub from: Timestamp,
    /// When it was met.
    pub met: Option<Timestamp>,
}

/// Statutory clocks missed, of those that ran; the target is none.
///
/// A clock that is not met is missed as soon as it is past due. Clocks that are no statute are left out.
pub fn statutory_misses<'a>(
    clocks: impl IntoIterator<Item = Watched<'a>>,
    now: Timestamp,
) -> Share {
    let mut sum = Share::default();
    for clock in clocks.into_iter().filter(|clock| clock.row.kind == Kind::Statute) {
        let due = clock.row.limit.due(clock.from);
        sum.whole += 1;
        sum.part += usize::from(due.is_some_and(|due| clock.met.unwrap_or(now) > due));
    }
    sum
}

/// Source: domain guide, section 10.
const FRESH: SignedDuration = SignedDuration::from_hours(90 * 24);
const CHANNELS: usize = 2;
