//! The arrows of an obligation, as the domain guide draws them (section 7.2), and what it leaves out.

#[allow(clippy::enum_glob_use, reason = "a table of states reads better bare")]
use crate::Status::{self, *};

/// One step of an obligation's life, without its details.
///
/// Only these change where an obligation stands. Who may take them, and with what in hand, is asked by
/// [`Obligation::wish`](crate::Obligation::wish).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Step {
    /// A channel has a receipt.
    Deliver,
    /// All channels failed.
    MissAll,
    /// The accountable officer saw it.
    Acknowledge,
    /// An officer says: affected.
    SayAffected,
    /// An officer says: not affected.
    SayNotAffected,
    /// An officer says: cannot tell yet.
    SayUnknown,
    /// The inventory says: affected.
    FindAffected,
    /// The inventory or the supplier says: not affected.
    FindNotAffected,
    /// The inventory cannot tell.
    FindUnknown,
    /// A plan with a date.
    Plan,
    /// A workaround is in place.
    Mitigate,
    /// Somebody claims that it is fixed; the accountable officer has yet to countersign.
    Claim,
    /// The accountable officer claims that it is fixed.
    ClaimAccountable,
    /// The claim is countersigned.
    Countersign,
    /// Somebody else proved it.
    Verify,
    /// The inventory proved it, claim or no claim.
    Prove,
    /// Somebody else, or the inventory, refuted it.
    Refute,
    /// A forensic check has a result.
    Examine,
    /// More time is asked for.
    AskExtension,
    /// It is granted or refused.
    DecideExtension,
    /// Acceptance of the remaining risk is asked for.
    AskWaiver,
    /// It is granted.
    GrantWaiver,
    /// It is refused.
    RefuseWaiver,
    /// A waiver ran out.
    ExpireWaiver,
    /// A support team helps.
    Assist,
    /// The flaw came back.
    Regress,
    /// Nothing is left to do.
    Close,
    /// The act was withdrawn or amended away.
    Release,
}

impl Step {
    /// Every step.
    #[rustfmt::skip]
    pub const ALL: &'static [Self] = &[
        Self::Deliver, Self::MissAll, Self::Acknowledge, Self::SayAffected, Self::SayNotAffected, Self::SayUnknown,
        Self::FindAffected, Self::FindNotAffected, Self::FindUnknown, Self::Plan, Self::Mitigate, Self::Claim,
        Self::ClaimAccountable, Self::Countersign, Self::Verify, Self::Prove, Self::Refute, Self::Examine,
        Self::AskExtension, Self::DecideExtension, Self::AskWaiver, Self::GrantWaiver, Self::RefuseWaiver,
        Self::ExpireWaiver, Self::Assist, Self::Regress, Self::Close, Self::Release,
    ];

    /// What is wished, as a participle that follows "cannot be".
    pub fn participle(self) -> &'static str {
        match self {
            Self::Deliver => "delivered",
            Self::MissAll => "called unreachable",
            Self::Acknowledge => "acknowledged",
            Self::SayAffected | Self::FindAffected => "assessed as affected",
            Self::SayNotAffected | Self::FindNotAffected => "assessed as not affected",
            Self::SayUnknown | Self::FindUnknown => "assessed as unknown",
            Self::Plan => "planned",
            Self::Mitigate => "mitigated",
            Self::Claim | Self::ClaimAccountable => "claimed fixed",
            Self::Countersign => "countersigned",
            Self::Verify | Self::Prove => "verified",
            Self::Refute => "refuted",
            Self::Examine => "checked for intrusion",
            Self::AskExtension | Self::DecideExtension => "extended",
            Self::AskWaiver | Self::GrantWaiver | Self::RefuseWaiver => "waived",
            Self::ExpireWaiver => "rid of a waiver",
            Self::Assist => "assisted",
            Self::Regress => "reported as regressed",
            Self::Close => "closed",
            Self::Release => "released",
        }
    }
}

impl Status {
    /// Where a step leads from here; `None` where there is no such arrow.
    ///
    /// A step that leads to where it began is news that moves nothing: a late receipt, a second plan.
    #[allow(clippy::match_same_arms, reason = "one line an arrow, in the order of the guide")]
    #[rustfmt::skip]
    pub fn after(self, step: Step) -> Option<Self> {
        Some(match (step, self) {
            // CREATED -> DELIVERED [channel receipt]; UNREACHABLE can still be delivered later; a late receipt moves nothing.
            (Step::Deliver, Created | Unreachable) => Delivered,
            (Step::Deliver, here) if !here.is_over() => here,

            // CREATED -> UNREACHABLE [all channels failed]; where the inventory spoke first, its word stands.
            (Step::MissAll, Created | Unreachable) => Unreachable,
            (Step::MissAll, Unknown | NotAffected | Affected) => self,

            // DELIVERED -> ACKNOWLEDGED [accountable officer]; who saw it before the receipt came has seen it.
            (Step::Acknowledge, Created | Delivered | Unreachable) => Acknowledged,
            (Step::Acknowledge, here) if !here.is_over() => here,

            // ACKNOWLEDGED -> ASSESSED_{AFFECTED | NOT_AFFECTED(justification) | UNKNOWN}; second thoughts are welcome.
            (Step::SayAffected, Acknowledged | Unknown | NotAffected | Affected) => Affected,
            (Step::SayAffected, Planned | Mitigated) => self, // known, and being worked on
            (Step::SayAffected, Claimed | Remediated) => Affected, // the claim is taken back
            (Step::SayNotAffected, Acknowledged | Unknown | NotAffected | Affected | Planned | Mitigated | Waived) => NotAffected,
            (Step::SayUnknown, Acknowledged | Unknown | NotAffected | Affected) => Unknown,

            // The inventory speaks at once, before anybody saw the act: time to know is minutes.
            (Step::FindAffected, Created | Delivered | Unreachable | Acknowledged | Unknown | NotAffected | Affected) => Affected,
            (Step::FindNotAffected, Created | Delivered | Unreachable | Acknowledged | Unknown | NotAffected | Affected) => NotAffected,
            (Step::FindUnknown, Created | Delivered | Unreachable | Acknowledged | Unknown | NotAffected) => Unknown,

            // AFFECTED -> PLANNED -> MITIGATED -> REMEDIATED; steps may be left out, and planned again.
            (Step::Plan, Affected | Planned) => Planned,
            (Step::Plan, Mitigated) => Mitigated, // the plan for what the workaround bridges
            (Step::Mitigate, Affected | Planned | Mitigated) => Mitigated,
            (Step::Claim, Affected | Planned | Mitigated | Claimed | Waived) => Claimed,
            (Step::ClaimAccountable, Affected | Planned | Mitigated | Claimed | Remediated | Waived) => Remediated,
            (Step::Countersign, Claimed) => Remediated,

            // REMEDIATED -> VERIFIED [not the claimant]; the inventory proves what nobody claimed, too.
            (Step::Verify, Remediated | Verified) => Verified,
            (Step::Verify, NotAffected) => NotAffected, // not affected indeed
            (Step::Prove, NotAffected) => NotAffected,
            (Step::Prove, here) if !here.is_over() => Verified,

            // Refuted: affected after all, and a false closure where a claim stood.
            (Step::Refute, NotAffected | Claimed | Remediated) => Affected,

            // The result of a forensic check is welcome from the first day to the last.
            (Step::Examine, here) if !here.is_over() => here,

            // AFFECTED -> EXTENSION_ASKED -> EXTENDED(until) | REFUSED: the clock changes, the status does not.
            (Step::AskExtension | Step::DecideExtension, here) if here.is_fixing() => here,

            // AFFECTED -> WAIVER_ASKED -> WAIVED(until, compensating control) [expires -> AFFECTED]; it may be renewed.
            (Step::AskWaiver | Step::RefuseWaiver, here) if here.is_fixing() || here == Waived => here,
            (Step::GrantWaiver, here) if here.is_fixing() || here == Waived => Waived,
            (Step::ExpireWaiver, Waived) => Affected,

            // any open -> ASSISTED: a note, not a status.
            (Step::Assist, here) if here.is_releasable() => here,

            // VERIFIED/CLOSED -> REGRESSED -> AFFECTED.
            (Step::Regress, Verified | Closed) => Affected,

            // VERIFIED -> CLOSED; what is not affected is closed, too.
            (Step::Close, Verified | NotAffected) => Closed,

            // The act was withdrawn, or amended away: what is proven stays proven.
            (Step::Release, here) if here.is_releasable() => Released,

            _ => return None,
        })
    }

    /// What can be done from here instead, for a message of refusal.
    pub(crate) fn hint(self) -> &'static str {
        match self {
            Created | Delivered | Unreachable => {
                "the accountable officer acknowledges it first, then assesses"
            }
            Acknowledged | Unknown => "say first whether you are affected",
            NotAffected => "say that you are affected first, or close it",
            Affected | Planned | Mitigated => {
                "plan, mitigate, claim it fixed, or ask for time or a waiver"
            }
            Claimed => {
                "the accountable officer countersigns it; to take it back, say that you are affected"
            }
            Remediated => "somebody else verifies it; to take it back, say that you are affected",
            Verified => "close it; if the flaw is back, report a regression",
            Waived => "claim it fixed, ask to renew the waiver, or let it run out",
            Closed => "it is over; if the flaw is back, report a regression",
            Released => "the act no longer asks this institution; answer the act that does",
        }
    }
}
