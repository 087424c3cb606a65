//! The fourteen invariants of the domain guide, section 13, under random play: through the desk's rights and the rules
//! alone, and through a whole desk on each store.
//!
//! A seed is a game. 10,000 games in CI, a million with `BONGSU_DEPTH=release`; `BONGSU_SEED` plays one again, and
//! `BONGSU_GAMES` so many. A failure prints its seed and the steps that it takes.

#![allow(clippy::unwrap_used, reason = "a test that stumbles fails")]

mod bad_input;
mod checks;
#[allow(clippy::pedantic, reason = "looked at where it lives")]
#[path = "../../../store-postgres/tests/cluster/mod.rs"]
mod cluster;
mod found;
mod game;
mod grounds;
mod markers;
mod model;
mod on_stores;
mod play;
mod strangers;
mod tables;
mod world;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use game::{Game, Seen};

/// Games in CI.
const GAMES: u64 = 10_000;
/// Games in a release run.
const GAMES_OF_A_RELEASE: u64 = 1_000_000;

#[test]
fn whatever_anybody_asks_for_the_invariants_hold() {
    let games = games();
    let next = AtomicU64::new(games.start);
    let seen = Mutex::new(Seen::default());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= games.end {
                        return;
                    }
                    let game = Game::play(seed);
                    let mut seen = seen.lock().expect("nobody failed");
                    seen.add(&game);
                    if seen.games % 100_000 == 0 {
                        eprintln!("after {seen}");
                    }
                }
            });
        }
    });
    let seen = seen.into_inner().expect("nobody failed");
    eprintln!("seeds {games:?}, rights and rules: {seen}");
    if seen.games >= 1000 {
        seen.everything();
    }
}

/// Which seeds are played.
fn games() -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(seed) = number("BONGSU_SEED") {
        return seed..seed + 1;
    }
    let all = if is_release() { GAMES_OF_A_RELEASE } else { GAMES };
    0..number("BONGSU_GAMES").unwrap_or(all)
}

/// Is this a release run?
fn is_release() -> bool {
    std::env::var("BONGSU_DEPTH").is_ok_and(|depth| depth == "release")
}
