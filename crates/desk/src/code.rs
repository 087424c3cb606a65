//! Case codes: what a small institution answers with, where nobody has a passkey.
//!
//! A code is a capability for one obligation, in the hand of one officer. Its beginning says which institutions
//! it may be of; the rest, sixty bits, only this node can make, from a secret that lies sealed in the cabinet. Nobody works out the code of another from
//! their own, and with the officer's appointment it ends: whoever comes after gets one of their own.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use bongsu_authority::{ActId, AppointmentId, InstitutionId, PersonId, Size, Tlp};
use bongsu_response::{Act, ActState, Obligation, Status, escalation};
use bongsu_store::cabinet::{Drawer, NOBODY, Thing};
use bongsu_store::{Error, Store};
use jiff::Timestamp;

use crate::desk::Desk;
use crate::rights::Who;

/// A case code. It opens something, so it is never logged: it debugs as `…`.
///
/// - **Shape:** 16 characters of Crockford's base 32, shown in groups of four: four of the institution's id, twelve of an
///   HMAC-SHA256 over act, institution and the appointment of whoever is accountable.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Code {
    /// The first four characters of the id as it is printed.
    institution: u64,
    /// 60 bits of the HMAC: whoever guesses a thousand times a second for a year finds none.
    seal: u64,
}

/// Crockford's base 32, as people read it.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters that say which institutions it may be of.
const BEGINNING: usize = 4;

/// Characters of the HMAC.
const SEAL: usize = 12;

impl Code {
    fn digit(&self, place: usize) -> char {
        let (part, after) = match place.checked_sub(BEGINNING) {
            None => (self.institution, BEGINNING - 1 - place),
            Some(place) => (self.seal, SEAL - 1 - place),
        };
        let digit = (part >> (5 * after)) & 31;
        char::from(DIGITS[usize::try_from(digit).expect("five bits")])
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in 0..BEGINNING + SEAL {
            if place > 0 && place % 4 == 0 {
                f.write_str(" ")?;
            }
            write!(f, "{}", self.digit(place))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Why a text is no case code.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a case code is 16 letters and digits in groups of four, such as 4K7P Q2MX 0ZTB 9HWD")]
pub struct ParseCodeError;

impl FromStr for Code {
    type Err = ParseCodeError;

    /// Reads it as people type it: small letters, with or without gaps, the letters O, I and L for the digits they look
    /// like.
    fn from_str(text: &str) -> Result<Self, ParseCodeError> {
        let mut digits = Vec::with_capacity(BEGINNING + SEAL);
        for typed in text.chars().filter(|typed| !typed.is_whitespace() && *typed != '-') {
            let read = match typed.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let digit = DIGITS.iter().position(|digit| char::from(*digit) == read);
            digits.push(u64::try_from(digit.ok_or(ParseCodeError)?).expect("five bits"));
            if digits.len() > BEGINNING + SEAL {
                return Err(ParseCodeError);
            }
        }
        let part = |part: &[u64]| part.iter().fold(0, |sum, digit| (sum << 5) | digit);
        match digits.split_at_checked(BEGINNING) {
            Some((institution, seal)) if seal.len() == SEAL => {
                Ok(Self { institution: part(institution), seal: part(seal) })
            }
            _ => Err(ParseCodeError),
        }
    }
}

/// Makes the codes of one node.
#[derive(Clone)]
pub struct Codes(hmac::Key);

impl fmt::Debug for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Codes(…)")
    }
}

impl Codes {
    fn of(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The code of what an institution owes under an act, for the officer who holds this appointment: the same each time it
    /// is asked for. Where nobody is accountable it leads nowhere.
    pub fn code(
        &self,
        act: ActId,
        institution: InstitutionId,
        held: Option<AppointmentId>,
    ) -> Code {
        let held = held.map_or([0; 16], |held| held.0);
        let tag = hmac::sign(&self.0, &[MADE_FOR, &act.0, &institution.0, &held].concat());
        let first = tag.as_ref().iter().take(8);
        let first = first.fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
        Code { institution: beginning(institution), seal: first >> (64 - 5 * SEAL) }
    }
}

impl Codes {
    /// 32 bytes that follow from these parts: the same each time they are asked for here, and nobody else can work them
    /// out. The first part says what they are for.
    pub fn again(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(DRAWN_FOR);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        context.sign().as_ref().try_into().expect("SHA-256 is 32 bytes")
    }
}

const MADE_FOR: &[u8] = b"bongsu/case-code/v2";

const DRAWN_FOR: &[u8] = b"bongsu/drawn-again/v1";

/// The first characters of an id: it has 26, of which the first stands for three bits.
fn beginning(institution: InstitutionId) -> u64 {
    let whole = u128::from_be_bytes(institution.0) >> (5 * (26 - BEGINNING));
    u64::try_from(whole).expect("twenty bits")
}

/// Where the secret lies in its drawer.
const KEY: &[u8] = b"case codes";

/// Reads the secret; where there is none yet, this fresh one is kept. Replicas on one database share the first.
pub(crate) fn drawn(store: &Store, fresh: Vec<u8>, now: Timestamp) -> Result<Codes, Error> {
    if let Some(kept) = store.thing(Drawer::Keys, KEY, now)? {
        return Ok(Codes::of(&kept.value));
    }
    store.cabinet(now, move |cabinet| {
        if let Some(kept) = cabinet.get(Drawer::Keys, KEY)? {
            return Ok(Codes::of(&kept.value));
        }
        let codes = Codes::of(&fresh);
        let thing = Thing { key: KEY.to_vec(), owner: NOBODY, value: fresh, until: None };
        cabinet.put(Drawer::Keys, &thing)?;
        Ok(codes)
    })
}

/// What a case code leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// The accountable officer, in whose name the holder acts.
    pub officer: PersonId,
    /// What is owed.
    pub owed: Obligation,
    /// Under which act.
    pub act: Act,
}

impl Task {
    /// Can it be answered still? What is proven, over or withdrawn cannot; a "not affected" may be taken back until then.
    pub fn is_open(&self) -> bool {
        // What is proven and not examined for an intruder has a clock that runs.
        let proven =
            self.owed.status == Status::Verified && escalation::current(&self.owed).is_none();
        let over = self.owed.status.is_over() || proven;
        self.act.state == ActState::Issued && !over
    }
}

impl Desk {
    /// What a code leads to, open or not; none where it leads nowhere.
    ///
    /// Only small institutions answer by code, for there the owner is the accountable officer; others sign in. What may
    /// not leave in a letter is not shown for a code either.
    ///
    /// # Errors
    /// [`Error`] where the store does not answer.
    pub fn by_code(&self, code: &Code, now: Timestamp) -> Result<Option<Task>, Error> {
        let (codes, register) = (self.codes(now)?, self.register());
        let named = register.institutions().filter(|id| beginning(*id) == code.institution);
        let small = named
            .filter(|id| register.institution(*id).is_some_and(|found| found.size == Size::Small));
        let mut found = None;
        for institution in small {
            let Some(officer) = register.accountable(institution, now) else { continue };
            let (officer, held) = (officer.person, officer.id);
            let (all, acts) = self.obligations_of(Who::Person(officer), institution, now)?;
            for owed in all {
                let made = codes.code(owed.act, institution, Some(held)).seal.to_be_bytes();
                let same = verify_slices_are_equal(&made, &code.seal.to_be_bytes()).is_ok();
                // Every one is compared, whichever it is.
                let act = acts.get(&owed.act).filter(|act| act.draft.label.tlp < Tlp::Red);
                if let (true, Some(act)) = (same, act) {
                    found = Some(Task { officer, owed, act: act.clone() });
                }
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELD: Option<AppointmentId> = Some(AppointmentId([5; 16]));

    fn codes() -> Codes {
        Codes::of(&[7; 32])
    }

    #[test]
    fn a_code_begins_with_the_id_and_is_read_as_people_type_it() {
        let institution: InstitutionId = "1jk80h3nv5c6d7e8f9g0h1j2k3".parse().unwrap();
        let code = codes().code(ActId([3; 16]), institution, HELD);
        let shown = code.to_string();
        assert!(shown.starts_with("1JK8 "), "{shown}");
        assert_eq!(shown.len(), 19);
        for typed in [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace(' ', ""),
            shown.replace(' ', "-"),
            shown.replace('0', "o").replace('1', "l"),
        ] {
            assert_eq!(typed.parse(), Ok(code), "{typed}");
        }
        for wrong in ["", "1JK8 0H3N", &format!("{shown}0"), "UUUU UUUU UUUU UUUU", "가나다라"]
        {
            assert_eq!(wrong.parse::<Code>(), Err(ParseCodeError), "{wrong}");
        }
        assert_eq!(format!("{code:?}"), "…");
    }

    #[test]
    fn nothing_in_a_code_tells_of_the_code_of_another() {
        let act = ActId([3; 16]);
        let (one, two) = (InstitutionId([1; 16]), InstitutionId([2; 16]));
        let seal = |act, id| codes().code(act, id, HELD).seal;
        assert_ne!(seal(act, one), seal(act, two), "of another institution");
        assert_ne!(seal(act, one), seal(ActId([4; 16]), one), "under another act");
        let elsewhere = Codes::of(&[8; 32]).code(act, one, HELD);
        assert_ne!(elsewhere, codes().code(act, one, HELD), "at another node");
        assert_ne!(
            seal(act, one),
            codes().code(act, one, Some(AppointmentId([6; 16]))).seal,
            "after them"
        );
        assert_eq!(seal(act, one), seal(act, one), "the same each time");
    }
}
