//! Cyber crisis alerts (사이버위기경보): raised, prolonged and lowered by a lead in its own domain (domain guide, section 6).
//!
//! Each is a signed decision with a planned end. A new one takes the place of the one before; the end comes by itself and is
//! derived, never stored. What an alert does to clocks is left out: it selects a profile, and there is none yet.

use bongsu_authority::Domain;
use bongsu_authority::alert::{Alert, Scheme};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Refused;
use crate::event::{By, Event};
use crate::guard::{ahead, days_after, officer, told, within};
use crate::refused::{Lack, Moment, Wait};

/// An alert as a lead signed it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SignedAlert {
    /// Whose, how grave, from when until when.
    pub alert: Alert,
    /// What it says, in Korean.
    pub text_ko: String,
    /// What it says, in English.
    pub text_en: String,
    /// When it was signed.
    pub signed_at: Timestamp,
}

/// The longest alert, in days; a longer one is prolonged by a new decision.
const LONGEST_DAYS: i64 = 90;

/// The scheme in which a domain counts: the military has its own posture.
pub fn scheme_of(domain: Domain) -> Scheme {
    match domain {
        Domain::Private | Domain::Public => Scheme::Cyber,
        Domain::Military => Scheme::Cpcon,
    }
}

/// The alert in force in a domain at this instant, of those signed, in the order of signing: the last that has begun, unless
/// its time is over.
pub fn in_force(signed: &[SignedAlert], domain: Domain, at: Timestamp) -> Option<&SignedAlert> {
    let begun = |one: &&SignedAlert| one.alert.scope == domain && one.alert.from <= at;
    signed.iter().rfind(begun).filter(|one| at < one.alert.until)
}

/// What somebody wishes to sign.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NewAlert {
    /// Whose, how grave, from when until when.
    pub alert: Alert,
    /// Does it lower, or shorten, what stands?
    pub lowers: bool,
    /// Were the other leads and the apex asked?
    pub consulted: bool,
    /// What it says, in Korean.
    pub text_ko: String,
    /// What it says, in English.
    pub text_en: String,
}

impl NewAlert {
    /// Says what happens, given the alerts that were signed before.
    ///
    /// # Errors
    /// [`Refused`] with what to do next.
    pub(crate) fn wish(
        &self,
        signed: &[SignedAlert],
        by: By,
        at: Timestamp,
    ) -> Result<Vec<Event>, Refused> {
        officer(by, "an alert")?;
        let Self { alert, lowers, consulted, text_ko, text_en } = self;
        let new = SignedAlert {
            alert: alert.clone(),
            text_ko: text_ko.clone(),
            text_en: text_en.clone(),
            signed_at: at,
        };
        let domain = alert.scope;
        let standing = signed.iter().rfind(|one| one.alert.scope == domain && at < one.alert.until);
        if standing.is_some_and(|old| SignedAlert { signed_at: at, ..old.clone() } == new) {
            return Ok(Vec::new());
        }
        told(Lack::AlertKorean, text_ko)?;
        told(Lack::AlertEnglish, text_en)?;
        ahead(Moment::Alert, alert.until, alert.from.max(at))?;
        within(Moment::Alert, alert.until, days_after(at, LONGEST_DAYS))?;
        if alert.level.scheme() != scheme_of(domain) {
            return Err(Refused::NotYet(Wait::AlertScheme));
        }
        let less = standing.is_some_and(|old| {
            let old = &old.alert;
            alert.level.urgency() < old.level.urgency() || alert.until < old.until
        });
        if less != *lowers {
            return Err(Refused::NotYet(if less { Wait::AlertLowers } else { Wait::AlertRaises }));
        }
        Ok(vec![Event::AlertSet {
            alert: new.alert,
            consulted: *consulted,
            text_ko: new.text_ko,
            text_en: new.text_en,
        }])
    }
}

#[cfg(test)]
mod tests {
    use bongsu_authority::alert::Level;
    use bongsu_authority::{AppointmentId, PersonId};

    use super::*;

    const LEAD: By = By::officer(PersonId([1; 16]), AppointmentId([2; 16]));

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn new(level: u8, from: &str, until: &str, lowers: bool) -> NewAlert {
        let level = Level::new(Scheme::Cyber, level).unwrap();
        let (from, until) = (at(from), at(until));
        let alert = Alert { scope: Domain::Private, level, from, until };
        let text = || "감시를 강화한다 / watch".to_owned();
        NewAlert { alert, lowers, consulted: true, text_ko: text(), text_en: text() }
    }

    fn sign(signed: &mut Vec<SignedAlert>, new: &NewAlert, now: &str) -> Result<usize, Refused> {
        let events = new.wish(signed, LEAD, at(now))?;
        for event in &events {
            let Event::AlertSet { alert, text_ko, text_en, .. } = event else { unreachable!() };
            let (alert, text_ko) = (alert.clone(), text_ko.clone());
            let text_en = text_en.clone();
            signed.push(SignedAlert { alert, text_ko, text_en, signed_at: at(now) });
        }
        Ok(events.len())
    }

    #[test]
    fn an_alert_ends_by_itself_and_a_new_one_takes_its_place() {
        let mut signed = Vec::new();
        let level = |signed: &[SignedAlert], now| {
            in_force(signed, Domain::Private, at(now)).map(|one| one.alert.level.ordinal())
        };
        let now = "2026-11-22T00:00Z";
        let (from, until) = ("2026-11-22T09:00Z", "2026-12-01T00:00Z");
        assert_eq!(sign(&mut signed, &new(2, from, until, false), now), Ok(1));
        assert_eq!(sign(&mut signed, &new(2, from, until, false), now), Ok(0), "so already");
        assert_eq!(level(&signed, now), None, "not begun");
        assert_eq!(level(&signed, "2026-11-22T09:00Z"), Some(2));
        assert_eq!(level(&signed, "2026-12-01T00:00Z"), None, "expired");
        let later = new(3, "2026-11-25T00:00Z", "2026-12-05T00:00Z", false);
        assert_eq!(sign(&mut signed, &later, "2026-11-23T00:00Z"), Ok(1));
        assert_eq!(level(&signed, "2026-11-24T00:00Z"), Some(2), "the old one holds until then");
        assert_eq!(level(&signed, "2026-12-02T00:00Z"), Some(3));
    }

    #[test]
    fn it_is_lowered_or_shortened_only_by_a_decision_that_says_so() {
        let mut signed = Vec::new();
        let now = "2026-11-22T00:00Z";
        sign(&mut signed, &new(3, now, "2026-12-01T00:00Z", false), now).unwrap();
        #[rustfmt::skip]
        let table = [
            // level  until                 lowers  signed  why
            (2,       "2026-12-01T00:00Z",  false,  false,  "a lower level"),
            (3,       "2026-11-30T00:00Z",  false,  false,  "a sooner end"),
            (4,       "2026-12-01T00:00Z",  true,   false,  "it raises"),
            (3,       "2027-12-01T00:00Z",  false,  false,  "too long"),
            (3,       "2026-12-09T00:00Z",  false,  true,   "prolonged"),
            (1,       "2026-12-09T00:00Z",  true,   true,   "lowered, and says so"),
        ];
        for (level, until, lowers, good, why) in table {
            let outcome = sign(&mut signed, &new(level, now, until, lowers), now);
            assert_eq!(outcome.is_ok(), good, "{why}: {outcome:?}");
        }
        let silent =
            NewAlert { text_ko: " ".to_owned(), ..new(4, now, "2026-12-09T00:00Z", false) };
        assert!(silent.wish(&signed, LEAD, at(now)).is_err(), "without a word");
        let engine = By::Engine(crate::Engine::Feed);
        assert!(new(4, now, "2026-12-09T00:00Z", false).wish(&signed, engine, at(now)).is_err());
    }
}
