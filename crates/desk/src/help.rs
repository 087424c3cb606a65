//! Calls for help: an institution that cannot do it alone says so, and the desk that helps sees it on its call list.
//!
//! A call changes nothing about what is owed, so it lies in the cabinet, and with it the number that somebody left. It is
//! over when a team helps, or nothing is owed any more; both are in the record.

use std::fmt;
use std::str::FromStr;

use bongsu_authority::{ActId, InstitutionId};
use bongsu_response::Obligation;
use bongsu_store::Error;
use bongsu_store::cabinet::{Drawer, Thing};
use jiff::{SignedDuration, Timestamp};

use crate::desk::Desk;

/// A telephone number as somebody without staff writes theirs; sealed in the cabinet, and in no record.
///
/// - **Shape:** 7 to 20 characters: digits, of which seven at least, spaces and hyphens between them, `+` in front.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Callback(String);

/// Why a text is no number to call back.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "a number to call is 7 to 20 digits, spaces and hyphens, + in front, such as 010-1234-5678"
)]
pub struct NoNumber;

impl FromStr for Callback {
    type Err = NoNumber;

    fn from_str(text: &str) -> Result<Self, NoNumber> {
        let text = text.trim();
        let rest = text.strip_prefix('+').unwrap_or(text);
        let plain = rest.bytes().all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-'));
        let digits = rest.bytes().filter(u8::is_ascii_digit).count();
        let fits = (7..=20).contains(&text.len()) && digits >= 7;
        let apart = rest.as_bytes().windows(2).all(|two| two.iter().any(u8::is_ascii_digit));
        if plain && fits && apart { Ok(Self(text.to_owned())) } else { Err(NoNumber) }
    }
}

impl fmt::Display for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Callback {
    /// Its last four digits: enough for whoever left it to know it again.
    pub fn end(&self) -> String {
        let digits: Vec<char> = self.0.chars().filter(char::is_ascii_digit).collect();
        digits[digits.len().saturating_sub(4)..].iter().collect()
    }
}

/// A call for help.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HelpCall {
    /// Since when.
    pub since: Timestamp,
    /// The numbers they left, the last first and the first last; whoever holds the letter can leave one, so none takes another's
    /// place unseen.
    pub callbacks: Vec<Callback>,
}

/// The most numbers of a call; between them, the last and the first stay.
const NUMBERS: usize = 3;

/// How long a call is kept where nobody takes it up.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

impl Desk {
    /// Notes that an institution asks for help with what it owes. The first time counts.
    ///
    /// # Errors
    /// [`Error`]; then nothing was noted.
    pub fn call_for_help(
        &self,
        act: ActId,
        institution: InstitutionId,
        callback: Option<Callback>,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.store().cabinet(now, move |cabinet| {
            let key = [act.0, institution.0].concat();
            let before = cabinet.get(Drawer::Help, &key)?;
            let before = before.as_ref().and_then(read);
            if before.is_some() && callback.is_none() {
                return Ok(());
            }
            let mut call = before.unwrap_or(HelpCall { since: now, callbacks: Vec::new() });
            if let Some(number) = callback {
                call.leave(number);
            }
            let value = written(&call);
            let until = now.checked_add(KEPT).ok();
            cabinet.put(Drawer::Help, &Thing { key, owner: institution.0, value, until })
        })
    }

    /// The call for help with this while nobody helps; nothing where nobody waits.
    ///
    /// # Errors
    /// [`Error`] where it cannot be read.
    pub fn help_asked(&self, owed: &Obligation, now: Timestamp) -> Result<Option<HelpCall>, Error> {
        if owed.settled() || owed.assisted() {
            return Ok(None);
        }
        let key = [owed.act.0, owed.institution.0].concat();
        let found = self.store().thing(Drawer::Help, &key, now)?;
        Ok(found.as_ref().and_then(read))
    }

    /// Who asked for help under an act, by institution; those that were helped meanwhile, too.
    ///
    /// # Errors
    /// As [`help_asked`](Self::help_asked).
    pub fn calls_for_help(
        &self,
        act: ActId,
        now: Timestamp,
    ) -> Result<Vec<(InstitutionId, HelpCall)>, Error> {
        let (mut calls, mut after) = (Vec::new(), act.0.to_vec());
        loop {
            let page = self.store().things(Drawer::Help, &after, PAGE, now)?;
            for thing in &page {
                let Some(rest) = thing.key.strip_prefix(&act.0) else { return Ok(calls) };
                if let (Ok(id), Some(call)) = (rest.try_into(), read(thing)) {
                    calls.push((InstitutionId(id), call));
                }
            }
            match page.last() {
                Some(last) if page.len() == PAGE as usize => after.clone_from(&last.key),
                _ => return Ok(calls),
            }
        }
    }
}

const PAGE: u32 = 1_024;

impl HelpCall {
    fn leave(&mut self, number: Callback) {
        self.callbacks.retain(|one| *one != number);
        if self.callbacks.len() >= NUMBERS {
            self.callbacks.remove(NUMBERS - 2);
        }
        self.callbacks.insert(0, number);
    }
}

/// Microseconds since 1970 in eight bytes, then each number in ASCII on a line.
fn written(call: &HelpCall) -> Vec<u8> {
    let mut value = call.since.as_microsecond().to_be_bytes().to_vec();
    let numbers: Vec<&str> = call.callbacks.iter().map(|number| number.0.as_str()).collect();
    value.extend(numbers.join("\n").bytes());
    value
}

fn read(thing: &Thing) -> Option<HelpCall> {
    let (since, numbers) = thing.value.split_first_chunk()?;
    let since = Timestamp::from_microsecond(i64::from_be_bytes(*since)).ok()?;
    let lines = std::str::from_utf8(numbers).unwrap_or_default().lines();
    Some(HelpCall { since, callbacks: lines.filter_map(|line| line.parse().ok()).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_taken_as_people_write_it_and_nothing_else_is() {
        for number in ["010-1234-5678", "+82 10 1234 5678", "1234567", " 02 123 4567 "] {
            let read: Callback = number.parse().unwrap();
            assert_eq!(read.to_string(), number.trim());
        }
        let long = "1".repeat(21);
        let wrong = [
            "",
            "123456",
            "------7",
            "+-------1111111",
            "010+1234567",
            "0101234567a",
            "tel:0101234567",
            &long,
        ];
        for number in wrong {
            assert_eq!(number.parse::<Callback>(), Err(NoNumber), "{number}");
        }
        assert_eq!("010-1234-5 6-78".parse::<Callback>().unwrap().end(), "5678");
    }

    #[test]
    fn a_call_of_before_there_were_numbers_is_read() {
        let since = Timestamp::from_microsecond(1_795_000_000_000_000).unwrap();
        let number = |text: &str| text.parse::<Callback>().unwrap();
        let two = vec![number("010-1234-5678"), number("+82 2 123 4567")];
        for callbacks in [vec![], vec![number("010-1234-5678")], two] {
            let call = HelpCall { since, callbacks };
            let value = written(&call);
            let thing = Thing { key: Vec::new(), owner: [0; 16], value, until: None };
            assert_eq!(read(&thing), Some(call));
        }
        let thing = Thing {
            key: Vec::new(),
            owner: [0; 16],
            value: since.as_microsecond().to_be_bytes().to_vec(),
            until: None,
        };
        assert_eq!(read(&thing), Some(HelpCall { since, callbacks: vec![] }));
    }

    #[test]
    fn a_number_takes_no_other_s_place_unseen() {
        let number = |end: u32| format!("010-1234-{end:04}").parse::<Callback>().unwrap();
        let mut call = HelpCall { since: Timestamp::UNIX_EPOCH, callbacks: vec![] };
        for end in [1, 2, 3, 4, 3] {
            call.leave(number(end));
        }
        assert_eq!(
            call.callbacks,
            [number(3), number(4), number(1)],
            "the last and the first stay"
        );
    }
}
