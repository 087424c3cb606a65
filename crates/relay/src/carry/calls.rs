//! The call list: who must be called by hand, with a telephone, for the relay or the lead that calls.

use std::collections::BTreeMap;

use bongsu_authority::access::Scope;
use bongsu_authority::{ActId, Domain, Institution, InstitutionId};
use bongsu_desk::help::{Callback, HelpCall};
use bongsu_desk::{Desk, Who};
use bongsu_response::{ActWish, Obligation, Wish};
use bongsu_store::Error;
use jiff::{SignedDuration, Timestamp};

use super::address::Telephone;
use super::book;
use super::called::LastCall;
use super::trail;

/// Somebody to call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// What they owe.
    pub owed: Obligation,
    /// Why they are called.
    pub why: Why,
    /// Their names.
    pub name_ko: String,
    /// In English.
    pub name_en: String,
    /// The post of the accountable officer, such as `CISO-00417`.
    pub title: Option<String>,
    /// The numbers that they left with their call for help, as they wrote them, the last first.
    pub callbacks: Vec<Callback>,
    /// The number of the institution, or else of the officer.
    pub telephone: Option<Telephone>,
    /// The last call, where there was one.
    pub called: Option<LastCall>,
    /// When the node itself tries again, by whatever channel it has left.
    pub next_try: Option<Timestamp>,
}

/// Why somebody is called.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Why {
    /// They asked for help at this instant, and nobody helps yet.
    AskedForHelp(Timestamp),
    /// No channel reached them.
    Unreachable,
    /// They are small, were told a day ago and have not said a word: perhaps nobody there knows what to do.
    Silent,
}

/// How long a small institution may be silent before somebody calls (domain guide, section 12.4).
pub const SILENT: SignedDuration = SignedDuration::from_hours(24);

/// Institutions of a scope that should be called about an act, in the order of their ids after one, at most so many.
///
/// Names are read, so that is recorded first.
///
/// # Errors
/// [`Error::Denied`] in the words of absence to whoever may not read these names.
pub fn call_list(
    desk: &Desk,
    who: Who,
    (act, scope): (ActId, &Scope),
    most: u32,
    after: InstitutionId,
    now: Timestamp,
) -> Result<Vec<Call>, Error> {
    let permit = desk.with(who, now, |asking| asking.see_names(act, scope, most))?;
    let read = ActWish::ReadNames { rows: most, why: "call list".to_owned() };
    desk.record(who, Wish::Act { act, wish: read }, now)?;
    let asked_by = now - SILENT;
    let unheard = desk.store().to_call(&permit, (act, scope), asked_by, most, after)?;
    let mut found: BTreeMap<InstitutionId, Found> = BTreeMap::new();
    for owed in unheard {
        let why = if owed.unreachable { Why::Unreachable } else { Why::Silent };
        found.insert(owed.institution, (owed, why, Vec::new()));
    }
    for (owed, call) in asking(desk, (act, scope), after, now)? {
        let why = Why::AskedForHelp(call.since);
        found.insert(owed.institution, (owed, why, call.callbacks));
    }
    let found = found.into_values().take(most as usize).collect();
    // A drill calls numbers of the drill, and nothing else does.
    let drill = desk.store().told(act, &[])?.is_some_and(|(act, _)| act.draft.drill);
    with_numbers(desk, found, drill, now)
}

/// What somebody owes, why they are called, and the number they left.
type Found = (Obligation, Why, Vec<Callback>);

/// Who in this scope asks for help and has none.
fn asking(
    desk: &Desk,
    (act, scope): (ActId, &Scope),
    after: InstitutionId,
    now: Timestamp,
) -> Result<Vec<(Obligation, HelpCall)>, Error> {
    let register = desk.register();
    let inside = |id: InstitutionId| register.institution(id).is_some_and(|it| within(scope, &it));
    let calls = desk.calls_for_help(act, now)?.into_iter();
    let mut calls: BTreeMap<InstitutionId, HelpCall> =
        calls.filter(|(id, _)| *id > after && inside(*id)).collect();
    let these: Vec<InstitutionId> = calls.keys().copied().collect();
    let told = desk.store().told(act, &these)?.map_or_else(Vec::new, |(_, owed)| owed);
    let waits = told.into_iter().filter(|owed| !owed.settled() && !owed.assisted());
    let call = |owed: Obligation| {
        let call = calls.remove(&owed.institution)?;
        Some((owed, call))
    };
    Ok(waits.filter_map(call).collect())
}

/// Is an institution in this scope? As the store's lists have it.
fn within(scope: &Scope, institution: &Institution) -> bool {
    let civil = institution.domain() != Domain::Military;
    match scope {
        Scope::Domain(domain) => institution.domain() == *domain,
        Scope::Sector(sector) => civil && institution.competent.contains(sector),
        Scope::Relay(relay) => civil && institution.relay.as_ref() == Some(relay),
        Scope::Institution(only) => institution.id == *only,
    }
}

fn with_numbers(
    desk: &Desk,
    found: Vec<Found>,
    drill: bool,
    now: Timestamp,
) -> Result<Vec<Call>, Error> {
    let register = desk.register();
    let officer = |owed: &Obligation| register.accountable(owed.institution, now);
    let mut keys: Vec<[u8; 16]> = found.iter().map(|(owed, ..)| owed.institution.0).collect();
    keys.extend(
        found.iter().filter_map(|(owed, ..)| officer(owed)).map(|officer| officer.person.0),
    );
    let books = book::many(desk.store(), &keys, now)?;
    let call = |(owed, why, callbacks): Found| {
        let trails = trail::attempts(desk.store(), owed.act, owed.institution, now)?;
        let again = trails.iter().flat_map(|trail| &trail.tries).filter_map(|tries| tries.again);
        let named = register.institution(owed.institution);
        let number = |key: &[u8; 16]| books.get(key)?.telephone(drill).cloned();
        let own = number(&owed.institution.0);
        let telephone = own.or_else(|| number(&officer(&owed)?.person.0));
        let title = officer(&owed).map(|officer| officer.title.clone());
        Ok(Call {
            why,
            called: LastCall::of(&trails),
            next_try: again.filter(|again| *again > now).min(),
            name_ko: named.as_ref().map_or_else(String::new, |it| it.name_ko.clone()),
            name_en: named.map_or_else(String::new, |it| it.name_en),
            title,
            callbacks,
            telephone,
            owed,
        })
    };
    found.into_iter().map(call).collect()
}
