//! Calls for help: an institution that cannot do it alone says so, and the desk that helps sees it on its call list.
//!
//! A call changes nothing about what is owed, so it lies in the cabinet. It is over when a team helps, or nothing is owed
//! any more; both are in the record.

use bongsu_authority::{ActId, InstitutionId};
use bongsu_response::Obligation;
use bongsu_store::Error;
use bongsu_store::cabinet::{Drawer, Thing};
use jiff::{SignedDuration, Timestamp};

use crate::desk::Desk;

/// How long a call is kept where nobody takes it up.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

impl Desk {
    /// Notes that an institution asks for help with what it owes; the first time counts.
    ///
    /// # Errors
    /// [`Error`]; then nothing was noted.
    pub fn call_for_help(
        &self,
        act: ActId,
        institution: InstitutionId,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.store().cabinet(now, move |cabinet| {
            let key = [act.0, institution.0].concat();
            if cabinet.get(Drawer::Help, &key)?.is_some() {
                return Ok(());
            }
            let value = now.as_microsecond().to_be_bytes().to_vec();
            let until = now.checked_add(KEPT).ok();
            cabinet.put(Drawer::Help, &Thing { key, owner: institution.0, value, until })
        })
    }

    /// Since when somebody asks for help with this and nobody helps; nothing where nobody waits.
    ///
    /// # Errors
    /// [`Error`] where it cannot be read.
    pub fn help_asked(
        &self,
        owed: &Obligation,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Error> {
        if owed.settled() || owed.assisted() {
            return Ok(None);
        }
        let key = [owed.act.0, owed.institution.0].concat();
        let found = self.store().thing(Drawer::Help, &key, now)?;
        Ok(found.as_ref().and_then(since))
    }

    /// Who asked for help under an act, and since when, by institution; those that were helped meanwhile, too.
    ///
    /// # Errors
    /// As [`help_asked`](Self::help_asked).
    pub fn calls_for_help(
        &self,
        act: ActId,
        now: Timestamp,
    ) -> Result<Vec<(InstitutionId, Timestamp)>, Error> {
        let (mut calls, mut after) = (Vec::new(), act.0.to_vec());
        loop {
            let page = self.store().things(Drawer::Help, &after, PAGE, now)?;
            for thing in &page {
                let Some(rest) = thing.key.strip_prefix(&act.0) else { return Ok(calls) };
                if let (Ok(id), Some(since)) = (rest.try_into(), since(thing)) {
                    calls.push((InstitutionId(id), since));
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

fn since(thing: &Thing) -> Option<Timestamp> {
    let bytes = thing.value.as_slice().try_into().ok()?;
    Timestamp::from_microsecond(i64::from_be_bytes(bytes)).ok()
}
