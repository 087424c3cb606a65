//! Numbers that stand for words in columns. They are a format: lists grow at the end and never change.

use bongsu_authority::alert::Scheme;
use bongsu_authority::{Domain, Mark, Ownership, Post, Power, Size};
use bongsu_response::{
    ActKind, ActState, CaseState, Event, Exploitation, Exposure, RemediationClass, Status,
};

use crate::port::{Fault, FaultKind};
use crate::touches::Touches;

/// A word with a number.
pub(crate) trait Code: Copy + Eq + 'static {
    /// Every word; its place is its number.
    const ALL: &'static [Self];

    /// The number.
    fn code(self) -> i64 {
        let place = Self::ALL.iter().position(|word| *word == self);
        i64::try_from(place.expect("every word is listed")).expect("lists are short")
    }

    /// The word.
    fn from_code(number: i64) -> Result<Self, Fault> {
        let word = usize::try_from(number).ok().and_then(|place| Self::ALL.get(place)).copied();
        word.ok_or_else(|| {
            let said = format!("{number} is no number of a {}", std::any::type_name::<Self>());
            Fault::new("read a row", FaultKind::Damaged, said)
        })
    }
}

macro_rules! codes {
    ($($word:ident: $($variant:ident)*;)*) => {$(
        impl Code for $word {
            const ALL: &'static [Self] = &[$(Self::$variant),*];
        }
    )*};
}

codes! {
    Domain: Private Public Military;
    Ownership: Military State Local PublicBody Private;
    Scheme: Cyber Cpcon Administrative;
    Size: Small Medium Large;
    Mark: Major Critical IsmsObliged SharingMember ServiceProvider Supplier AirGapped;
    Post: Duty Analyst Approver Director Liaison Ciso Cpo Operator Head Auditor Sysadmin Keyholder LogVerifier;
    Power: See Acknowledge Answer ClaimFixed Report;
    Exploitation: None Poc Active;
    CaseState: Received Merged Screened Rejected Validating Confirmed Coordinating FixAvailable Published InCampaign Closed Reopened;
    ActKind: Advisory Guideline ActionRequest Directive;
    ActState: Draft Reviewed Issued Completed Withdrawn;
    Exposure: Exposed Inside CannotTell NoInventory NotAffected;
    RemediationClass: ThreeDaysForensic ThreeDays FourteenDays SixtyDays NextUpgrade;
    Status: Created Delivered Unreachable Acknowledged Unknown NotAffected Affected Planned Mitigated Claimed Remediated Verified Waived Closed Released;
}

/// A set of words as bits: bit 0 is the first word.
pub(crate) fn bits<'a, C: Code>(words: impl IntoIterator<Item = &'a C>) -> i64 {
    words.into_iter().fold(0, |bits, word| bits | 1 << word.code())
}

/// The words of a set of bits.
pub(crate) fn from_bits<C: Code, S: FromIterator<C>>(bits: i64) -> S {
    C::ALL.iter().copied().filter(|word| bits >> word.code() & 1 == 1).collect()
}

/// The number of an event in a leaf, from 1: its place in the list of names.
pub(crate) fn entry_kind(event: &Event) -> u16 {
    let place = EVENTS.iter().position(|name| *name == event.name());
    u16::try_from(place.expect("every event is listed") + 1).expect("the list is short")
}

/// The name of the event that an entry with this kind tells; nothing where it is of a newer program.
pub(crate) fn name_of(kind: u16) -> Option<&'static str> {
    EVENTS.get(usize::from(kind).checked_sub(1)?).copied()
}

/// What an entry with this kind is about.
pub(crate) fn touches(kind: u16) -> Touches {
    match name_of(kind) {
        Some(
            "institutions_enrolled"
            | "officers_appointed"
            | "appointment_ended"
            | "delegation_signed"
            | "delegation_ended",
        ) => Touches::Register,
        Some("inventory_published") => Touches::Inventories,
        _ => Touches::Work,
    }
}

/// The names of all events, in the order of their numbers.
#[rustfmt::skip]
pub const EVENTS: &[&str] = &[
    "institutions_enrolled", "officers_appointed", "appointment_ended", "delegation_signed", "delegation_ended",
    "inventory_published", "case_opened", "case_moved", "case_merged", "case_split", "case_identified", "case_triaged",
    "exploitation_set", "fix_set", "embargo_set", "member_added", "member_removed", "case_read", "act_drafted",
    "act_reviewed", "act_signed", "act_amended", "act_withdrawn", "act_completed", "act_reclocked", "names_read",
    "delivered", "unreachable", "acknowledged", "assessed", "planned", "mitigated", "claimed", "countersigned",
    "verified", "refuted", "forensic_checked", "extension_asked", "extension_decided", "waiver_asked", "waiver_decided",
    "waiver_expired", "assisted", "regressed", "closed", "rejection_proposed", "alert_set", "reminded",
    "names_asked", "names_released", "names_taken", "lift_proposed", "embargo_kept", "names_declined",
    "case_labelled",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_says_what_it_is_about() {
        let of = |name: &str| EVENTS.iter().position(|it| *it == name).unwrap() + 1;
        let about = |name| touches(u16::try_from(of(name)).unwrap());
        assert_eq!(about("delegation_ended"), Touches::Register);
        assert_eq!(about("inventory_published"), Touches::Inventories);
        assert_eq!((about("acknowledged"), touches(0)), (Touches::Work, Touches::Work));
        assert_eq!(EVENTS.iter().filter(|name| about(name) == Touches::Register).count(), 5);
    }

    #[test]
    fn statements_name_posts_by_these_numbers() {
        assert_eq!((Post::Ciso.code(), Post::Head.code()), (5, 8));
        assert!(crate::sql::ACCOUNTABLE_AT.contains("post IN (5, 8)"));
    }

    #[test]
    fn statements_name_statuses_by_these_numbers() {
        assert_eq!((Status::Verified.code(), Status::Waived.code()), (11, 12));
        assert!(crate::sql::OBLIGATIONS_OF_THE_CLOCK.contains("status IN (11, 12)"));
    }

    #[test]
    fn a_status_has_the_number_that_response_gives_it() {
        for status in Status::ALL {
            assert_eq!(status.code(), i64::from(status.number()));
        }
    }
}
