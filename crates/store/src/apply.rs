//! What an event changes in the tables. `response::Nation` is the specification; replay compares the two.

use std::sync::Arc;

use bongsu_authority::{ActId, InstitutionId};
use bongsu_ledger::hash::Hash;
use bongsu_response::event::IssueClocks;
use bongsu_response::{
    About, Act, Addressee, Case, Clocks, Entry, Event, Misfit, Obligation, PublishedInventory,
};

use crate::alerts;
use crate::codes::Code;
use crate::error::Error;
use crate::keep::obligation;
use crate::port::{Value, ask, id};
use crate::rows::{self, Names, maybe_micros, micros};
use crate::schema;
use crate::sealing::Owner;
use crate::sql;
use crate::work::{Kept, Work};

/// What a message of the outbox is about. Numbers are the column's values.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[repr(u8)]
pub enum Notice {
    /// An act addresses the institution.
    Issued = 0,
    /// It is released from an act.
    Released = 1,
    /// Its clocks became shorter.
    Sooner = 2,
    /// It is reminded.
    Late = 3,
}

impl Notice {
    /// The notice of a number in the store.
    pub fn from_number(number: i64) -> Option<Self> {
        [Self::Issued, Self::Released, Self::Sooner, Self::Late]
            .into_iter()
            .find(|it| *it as i64 == number)
    }
}

/// Appends an entry to the log and brings the rows after it; gives its position and leaf hash.
pub(crate) fn happen(work: &mut Work<'_>, entry: &Entry) -> Result<(u64, Hash), Error> {
    let owner = owner(work, &entry.event)?;
    let (position, hash) = work.append(entry, owner)?;
    change(work, entry, position)?;
    Ok((position, hash))
}

/// Whose key seals what is said; keys of what is new are made.
fn owner(work: &mut Work<'_>, event: &Event) -> Result<Owner, Error> {
    Ok(match event {
        Event::InstitutionsEnrolled { institutions } => {
            for institution in institutions {
                work.make_key(Owner::Institution(institution.id))?;
            }
            match institutions.as_slice() {
                [one] => Owner::Institution(one.id),
                _ => Owner::Node,
            }
        }
        Event::OfficersAppointed { appointments } => match appointments.as_slice() {
            [one] => rows::owner_of(&one.seat),
            _ => Owner::Node,
        },
        Event::DelegationSigned { delegation } => Owner::Institution(delegation.institution),
        Event::CaseOpened { case, .. } => {
            work.make_key(Owner::Case(*case))?;
            Owner::Case(*case)
        }
        Event::ActDrafted { case, .. } => Owner::Case(*case),
        other => match other.about() {
            About::Case(case) => Owner::Case(case),
            About::Obligation(_, institution) | About::Inventory(institution) => {
                Owner::Institution(institution)
            }
            About::Act(act) => Owner::Case(work.act(act)?.ok_or(Error::Missing("act"))?.it.case),
            About::Register | About::Alert(_) => Owner::Node,
        },
    })
}

/// Brings the rows after an entry.
fn change(work: &mut Work<'_>, entry: &Entry, position: u64) -> Result<(), Error> {
    let misfit = |source: Misfit| Error::Misfit { entry: position, source: Arc::new(source) };
    match &entry.event {
        Event::InstitutionsEnrolled { institutions } => {
            let mut all = Vec::with_capacity(institutions.len());
            for it in institutions {
                let names = serde_json::to_vec(&Names::of(it)).expect("names are text");
                let owner = Owner::Institution(it.id);
                let sealed = work.seal(owner, schema::INSTITUTIONS.name, &it.id.0, &names)?;
                all.push(rows::institution(it, sealed, position));
            }
            work.tx.put(&schema::INSTITUTIONS, &all)?;
        }
        Event::OfficersAppointed { appointments } => {
            let mut all = Vec::with_capacity(appointments.len());
            for it in appointments {
                let owner = rows::owner_of(&it.seat);
                let title = it.title.as_bytes();
                let sealed = work.seal(owner, schema::APPOINTMENTS.name, &it.id.0, title)?;
                all.push(rows::appointment(it, sealed, position));
            }
            work.tx.put(&schema::APPOINTMENTS, &all)?;
        }
        Event::AppointmentEnded { appointment, until } => {
            let with = [micros(*until), at(position), id(appointment.0)];
            work.tx.run(ask(sql::END_APPOINTMENT, &with))?;
        }
        Event::DelegationSigned { delegation } => {
            work.tx.put(&schema::DELEGATIONS, &[rows::delegation(delegation, position)])?;
        }
        Event::DelegationEnded { delegation, until } => {
            let with = [micros(*until), at(position), id(delegation.0)];
            work.tx.run(ask(sql::END_DELEGATION, &with))?;
        }
        Event::InventoryPublished { institution, system, digest, components, exposed, as_of } => {
            // The rules refuse a document that is older than the one that stands, so the last is the newest.
            let it = PublishedInventory {
                institution: *institution,
                digest: *digest,
                components: *components,
                exposed: *exposed,
                as_of: *as_of,
                published_at: entry.at,
            };
            work.tx.put(&schema::INVENTORIES, &[rows::inventory(*system, &it, position)])?;
        }
        Event::AlertSet { .. } => alerts::put(work, entry, position)?,
        Event::CaseOpened { case, opening } => {
            let it = Case::open(*case, opening, entry.at);
            work.cases.insert(*case, Kept { it, entry: position, changed: true });
        }
        Event::ActDrafted { act, .. } if work.act(*act)?.is_none() => {
            let it = Act::open(entry).map_err(misfit)?;
            work.acts.insert(*act, Kept { it, entry: position, changed: true });
        }
        Event::Delivered { act, institutions, .. } => {
            work.flush()?;
            let with = [micros(entry.at), at(position), id(act.0)];
            work.tx.run(ask(sql::DELIVER, &with).among(&bytes(institutions)))?;
            work.forget_obligations(*act);
        }
        event => {
            let now_here = (position, true);
            match event.about() {
                About::Case(case) => {
                    let kept = work.case(case)?.ok_or(Error::Missing("case"))?;
                    kept.it.apply(entry).map_err(misfit)?;
                    (kept.entry, kept.changed) = now_here;
                }
                About::Obligation(act, institution) => {
                    let kept = work.obligation(act, institution)?;
                    let kept = kept.ok_or(Error::Missing("obligation"))?;
                    kept.it.apply(entry).map_err(misfit)?;
                    (kept.entry, kept.changed) = now_here;
                }
                About::Act(act) => {
                    let kept = work.act(act)?.ok_or(Error::Missing("act"))?;
                    kept.it.apply(entry).map_err(misfit)?;
                    (kept.entry, kept.changed) = now_here;
                    campaign(work, act, entry, position)?;
                }
                About::Register | About::Inventory(_) | About::Alert(_) => {}
            }
        }
    }
    Ok(())
}

/// What an event about an act does to its obligations, and who hears of it.
fn campaign(work: &mut Work<'_>, act: ActId, entry: &Entry, position: u64) -> Result<(), Error> {
    let now = micros(entry.at);
    match &entry.event {
        Event::ActSigned { clocks, addressees, .. } => {
            address(work, act, addressees, clocks, entry, position)?;
            notify(work, Notice::Issued, entry, position, act, None)?;
        }
        Event::ActAmended { clocks, added, released, .. } => {
            address(work, act, added, clocks, entry, position)?;
            let added: Vec<_> = added.iter().map(|addressee| addressee.institution.0).collect();
            notify(work, Notice::Issued, entry, position, act, Some(&added))?;
            work.flush()?;
            let (released, with) = (bytes(released), [now, at(position), id(act.0)]);
            work.tx.run(ask(sql::RELEASE, &with).among(&released))?;
            work.forget_obligations(act);
            notify(work, Notice::Released, entry, position, act, Some(&released))?;
        }
        Event::ActWithdrawn { .. } => {
            work.flush()?;
            work.tx.run(ask(sql::RELEASE_ALL, &[now, at(position), id(act.0)]))?;
            work.forget_obligations(act);
            notify(work, Notice::Released, entry, position, act, None)?;
        }
        Event::Reminded { institutions, .. } => {
            work.flush()?;
            let with = [now, at(position), id(act.0)];
            work.tx.run(ask(sql::NOTIFY_OWING, &with).among(&bytes(institutions)))?;
        }
        Event::ActReclocked { clocks, .. } => {
            work.flush()?;
            for (inside, clocks) in [(0, &clocks.exposed), (1, &clocks.inside)] {
                work.tx.run(ask(sql::RECLOCK, &sooner(clocks, position, inside, act)))?;
            }
            work.forget_obligations(act);
            notify(work, Notice::Sooner, entry, position, act, None)?;
        }
        _ => {}
    }
    Ok(())
}

/// One obligation for each addressee.
fn address(
    work: &mut Work<'_>,
    act: ActId,
    addressees: &[Addressee],
    clocks: &IssueClocks,
    entry: &Entry,
    position: u64,
) -> Result<(), Error> {
    let mut addressees: Vec<&Addressee> = addressees.iter().collect();
    addressees.sort_unstable_by_key(|addressee| addressee.institution); // in the order of the table
    let open = |addressee: &&Addressee| Obligation::open(act, addressee, clocks, entry.at);
    let rows = addressees.iter().map(open).map(|it| obligation(&it, None, position));
    Ok(work.tx.put(&schema::OBLIGATIONS, &rows.collect::<Vec<_>>())?)
}

/// Puts a notice into the outbox for everybody whom this entry changed, or for these of them.
fn notify(
    work: &mut Work<'_>,
    notice: Notice,
    entry: &Entry,
    position: u64,
    act: ActId,
    these: Option<&[[u8; 16]]>,
) -> Result<(), Error> {
    let with = [(notice as i64).into(), micros(entry.at), at(position), id(act.0)];
    match these {
        None => work.tx.run(ask(sql::NOTIFY, &with))?,
        Some(these) => work.tx.run(ask(sql::NOTIFY_THESE, &with).among(these))?,
    };
    Ok(())
}

fn sooner(clocks: &Clocks, position: u64, inside: i64, act: ActId) -> [Value; 7] {
    [
        clocks.class.code().into(),
        micros(clocks.acknowledge_by),
        micros(clocks.assess_by),
        maybe_micros(clocks.fix_by),
        at(position),
        inside.into(),
        id(act.0),
    ]
}

fn at(position: u64) -> Value {
    Value::Int(position.cast_signed())
}

/// Ids of institutions, as statements over many take them.
pub(crate) fn bytes(institutions: &[InstitutionId]) -> Vec<[u8; 16]> {
    institutions.iter().map(|institution| institution.0).collect()
}
