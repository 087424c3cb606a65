//! The same nation every time.

use super::{SEED, demo};
use crate::{Gaon, Profile};

/// FNV-1a over what `Debug` prints.
fn digest(things: impl IntoIterator<Item = impl std::fmt::Debug>) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325;
    for thing in things {
        for byte in format!("{thing:?}").bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    state
}

fn digest_of_systems(gaon: &Gaon, places: usize) -> u64 {
    let systems = (0..places).flat_map(|place| gaon.systems_of(place));
    digest(systems.map(|system| {
        let parts: Vec<_> = system.components().map(|one| (&one.name, &one.version)).collect();
        format!("{} {} {} {} {parts:?}", system.id, system.name, system.exposed, system.as_of)
    }))
}

#[test]
fn the_same_seed_makes_the_same_nation() {
    let (one, same, other) = (demo(), demo(), Gaon::new(Profile::Demo, SEED + 1));
    assert_eq!(digest(one.institutions()), digest(same.institutions()));
    assert_eq!(digest(one.appointments()), digest(same.appointments()));
    assert_eq!(digest(one.delegations()), digest(same.delegations()));
    assert_eq!(digest_of_systems(&one, 100), digest_of_systems(&same, 100));
    assert_ne!(digest(one.institutions()), digest(other.institutions()));
    assert_ne!(digest_of_systems(&one, 100), digest_of_systems(&other, 100));
}

#[test]
fn the_demo_is_the_one_that_pictures_were_taken_of() {
    let gaon = demo();
    // Change these when Gaon is meant to change, and say so in the changelog.
    assert_eq!(digest(&gaon.institutions()[..100]), 0, "institutions");
    assert_eq!(digest((0..100).flat_map(|place| gaon.officers_of(place))), 0, "officers");
    assert_eq!(digest_of_systems(&gaon, 100), 0, "systems");
}
