//! Address books: put, listed, removed, revived. Sealed in the cabinet, one thing a holder.
//!
//! Whoever calls these has asked before whether the officer may act for the holder.

use std::collections::HashMap;

use bongsu_store::cabinet::{Cabinet, Drawer, Thing};
use bongsu_store::{Error, Store};
use jiff::{SignedDuration, Timestamp};

use super::address::{Address, AddressError, Book, DEAD_AFTER, Holder, Parked, Reach};
use super::way::{Unsent, Way};
use super::zone::Zone;

/// How many addresses one holder has.
pub const MOST: usize = 16;

/// How long the secret before a rotation still signs beside the new one.
pub const BOTH_SIGN: SignedDuration = SignedDuration::from_hours(24);

/// Why an address was not put.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BookError {
    /// It is none.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Nothing may be sent there.
    #[error("nothing is sent to this address: {0}")]
    Barred(Unsent),
    /// There are enough.
    #[error("there are {MOST} addresses already: remove one first")]
    Full,
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

bongsu_authority::reasons!(BookError {
    Self::Full => "addresses-full",
} inside {
    Self::Address(error) => error: AddressError,
    Self::Barred(unsent) => unsent: Unsent,
    Self::Store(error) => error: Error,
});

/// The addresses of a holder; none where nobody has put any.
pub fn list(store: &Store, holder: &Holder, now: Timestamp) -> Result<Book, Error> {
    let found = store.thing(Drawer::Addresses, &holder.key(), now)?;
    Ok(found.map(|thing| read(&thing)).unwrap_or_default())
}

/// Puts an address; gives its number. The same place again replaces what is known of it, and a new secret of a webhook
/// rotates the old one out within [`BOTH_SIGN`]. What waits for an institution is carried at once.
///
/// # Errors
/// [`BookError`]; then nothing changed.
pub fn put<W: Way>(
    store: &Store,
    way: &W,
    holder: &Holder,
    reach: Reach,
    drill: bool,
    now: Timestamp,
) -> Result<u32, BookError> {
    if let Reach::Webhook { url, .. } = &reach {
        way.check(url.url()).map_err(BookError::Barred)?;
    }
    let number = change(store, holder, now, move |book| {
        let standing = book.addresses.iter().position(|it| it.reach.same_place(&reach));
        if standing.is_none() && book.addresses.len() >= MOST {
            return None;
        }
        let before = standing.map(|place| book.addresses.remove(place));
        let number = before.as_ref().map_or(book.next, |it| it.number);
        book.next = book.next.max(number + 1);
        let tested_at = before.as_ref().and_then(|it| it.tested_at);
        let reach = rotated(reach, before, now);
        let new =
            Address { number, reach, drill, since: now, tested_at, failures: 0, parked: None };
        book.addresses.push(new);
        book.addresses.sort_by_key(|it| it.number);
        Some(number)
    })?;
    hasten(store, holder, now)?;
    number.ok_or(BookError::Full)
}

/// Removes an address; says whether it was there.
pub fn remove(store: &Store, holder: &Holder, number: u32, now: Timestamp) -> Result<bool, Error> {
    change(store, holder, now, move |book| {
        let before = book.addresses.len();
        book.addresses.retain(|it| it.number != number);
        book.addresses.len() < before
    })
}

/// Sets the zone in which the holder's people read a clock.
pub fn set_zone(store: &Store, holder: &Holder, zone: Zone, now: Timestamp) -> Result<(), Error> {
    change(store, holder, now, move |book| book.zone = zone)
}

/// Sends to a dead address again; says whether it was dead. What waits for an institution is carried at once.
pub fn revive(store: &Store, holder: &Holder, number: u32, now: Timestamp) -> Result<bool, Error> {
    let revived = change(store, holder, now, move |book| {
        let found = book.addresses.iter_mut().find(|it| it.number == number);
        found.is_some_and(|it| {
            it.failures = 0;
            it.since = now;
            it.parked.take().is_some()
        })
    })?;
    if revived {
        hasten(store, holder, now)?;
    }
    Ok(revived)
}

/// Notes that a test arrived.
pub(crate) fn tested(
    store: &Store,
    holder: &Holder,
    number: u32,
    now: Timestamp,
) -> Result<(), Error> {
    change(store, holder, now, move |book| {
        if let Some(it) = book.addresses.iter_mut().find(|it| it.number == number) {
            it.tested_at = Some(now);
            it.failures = 0;
        }
    })
}

/// What became of one try at one address.
#[derive(Clone, Debug)]
pub(crate) struct Health {
    pub(crate) holder: [u8; 16],
    pub(crate) number: u32,
    /// When the address was as it was tried.
    pub(crate) since: Timestamp,
    /// None where it went well; otherwise why not, and whether it is gone for good.
    pub(crate) wrong: Option<(String, bool)>,
}

/// Notes what became of tries: an address that fails again and again, or says that it is gone, is parked.
pub(crate) fn note(
    cabinet: &mut Cabinet<'_, '_>,
    health: &[Health],
    now: Timestamp,
) -> Result<(), Error> {
    for it in health {
        let Some(thing) = cabinet.get(Drawer::Addresses, &it.holder)? else { continue };
        let mut book = read(&thing);
        let found = book.addresses.iter_mut().find(|one| one.number == it.number);
        let Some(address) = found.filter(|one| one.since == it.since) else { continue };
        match &it.wrong {
            None if address.failures == 0 => continue,
            None => address.failures = 0,
            Some((why, gone)) => {
                address.failures = address.failures.saturating_add(1);
                if *gone || address.failures >= DEAD_AFTER {
                    address.parked = Some(Parked { at: now, why: why.clone() });
                }
            }
        }
        cabinet.put(Drawer::Addresses, &Thing { value: write(&book), ..thing })?;
    }
    Ok(())
}

/// The books of many holders, by key.
pub(crate) fn many(
    store: &Store,
    keys: &[[u8; 16]],
    now: Timestamp,
) -> Result<HashMap<[u8; 16], Book>, Error> {
    let found = store.things_among(Drawer::Addresses, keys, now)?;
    let keyed = |thing: &Thing| Some((thing.key.as_slice().try_into().ok()?, read(thing)));
    Ok(found.iter().filter_map(keyed).collect())
}

/// Puts whole books: for whoever takes over the contacts of a nation.
///
/// # Errors
/// As the store; then none was put.
pub fn load(store: &Store, books: Vec<(Holder, Book)>, now: Timestamp) -> Result<(), Error> {
    store.cabinet(now, move |cabinet| {
        let thing = |(holder, book): &(Holder, Book)| {
            let key = holder.key();
            Thing { key: key.to_vec(), owner: key, value: write(book), until: None }
        };
        cabinet.put_all(Drawer::Addresses, &books.iter().map(thing).collect::<Vec<_>>())
    })
}

fn rotated(new: Reach, before: Option<Address>, now: Timestamp) -> Reach {
    match (new, before.map(|it| it.reach)) {
        (Reach::Webhook { url, secret, .. }, Some(Reach::Webhook { secret: old, before, .. })) => {
            let before = if secret == old { before } else { Some((old, now + BOTH_SIGN)) };
            Reach::Webhook { url, secret, before }
        }
        (Reach::Webhook { url, secret, .. }, _) => Reach::Webhook { url, secret, before: None },
        (other, _) => other,
    }
}

fn hasten(store: &Store, holder: &Holder, now: Timestamp) -> Result<(), Error> {
    if let Holder::Institution(institution) = holder {
        store.outbox_hasten(*institution, now)?;
    }
    Ok(())
}

fn change<T: Send + 'static>(
    store: &Store,
    holder: &Holder,
    now: Timestamp,
    act: impl FnOnce(&mut Book) -> T + Send + 'static,
) -> Result<T, Error> {
    let key = holder.key();
    store.cabinet(now, move |cabinet| {
        let found = cabinet.get(Drawer::Addresses, &key)?;
        let mut book = found.as_ref().map(read).unwrap_or_default();
        let before = book.clone();
        let value = act(&mut book);
        if book != before {
            let thing = Thing { key: key.to_vec(), owner: key, value: write(&book), until: None };
            cabinet.put(Drawer::Addresses, &thing)?;
        }
        Ok(value)
    })
}

/// A book that cannot be read any more is no book: it is put again.
fn read(thing: &Thing) -> Book {
    serde_json::from_slice(&thing.value).unwrap_or_default()
}

fn write(book: &Book) -> Vec<u8> {
    serde_json::to_vec(book).expect("a book has only text keys")
}
