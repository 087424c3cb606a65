//! The call list: whom no channel reached, with a telephone, for the relay or the lead that calls by hand.

use bongsu_authority::access::Scope;
use bongsu_authority::{ActId, InstitutionId};
use bongsu_desk::{Desk, Who};
use bongsu_response::{ActWish, Obligation, Wish};
use bongsu_store::Error;
use jiff::Timestamp;

use super::address::{Book, Telephone};
use super::book;

/// Somebody to call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// What they owe.
    pub owed: Obligation,
    /// Their names.
    pub name_ko: String,
    /// In English.
    pub name_en: String,
    /// The post of the accountable officer, such as `CISO-00417`.
    pub title: Option<String>,
    /// The number of the institution, or else of the officer.
    pub telephone: Option<Telephone>,
}

/// Institutions of a scope that nobody reached with an act, in the order of their ids after one, at most so many.
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
    let found = desk.store().unreachable(&permit, (act, scope), most, after)?;
    let register = desk.register();
    let officer = |owed: &Obligation| register.accountable(owed.institution, now);
    let mut keys: Vec<[u8; 16]> = found.iter().map(|owed| owed.institution.0).collect();
    keys.extend(found.iter().filter_map(officer).map(|officer| officer.person.0));
    let books = book::many(desk.store(), &keys, now)?;
    let calls = found.iter().map(|owed| {
        let named = register.institution(owed.institution);
        let number = |key: &[u8; 16]| books.get(key).and_then(Book::telephone).cloned();
        let own = number(&owed.institution.0);
        let telephone = own.or_else(|| number(&officer(owed)?.person.0));
        Call {
            owed: owed.clone(),
            name_ko: named.as_ref().map_or_else(String::new, |it| it.name_ko.clone()),
            name_en: named.map_or_else(String::new, |it| it.name_en),
            title: officer(owed).map(|officer| officer.title.clone()),
            telephone,
        }
    });
    Ok(calls.collect())
}
