//! Whether every receipt is kept: each answer in the record once, where its receipt says, and nothing else.

use std::time::Duration;

use anyhow::{Context, ensure};
use bongsu_store::Store;
use bongsu_store::suite::kills::Cast;

use super::crowd::{Heard, Place};
use crate::index::say;

/// Looks as somebody who has only the receipts, and knows how many entries came before the first.
pub(crate) fn of(place: &Place, base: u64, heard: &[Vec<Heard>]) -> anyhow::Result<()> {
    let store = place.open_in(Duration::from_mins(1))?;
    let (cast, _) = Cast::new();
    let (size, _) = store.head()?;
    let answers = heard.iter().map(|own| own.len() as u64).sum::<u64>();
    let lost = lost(&store, heard)?;
    let expected = base + answers;
    say("answers acknowledged", &answers.to_string());
    say("of them lost", &lost.to_string());
    say(
        "entries in the record that nobody has a receipt for",
        &format!("{}", size.cast_signed() - expected.cast_signed()),
    );
    ensure!(lost == 0, "acknowledged answers are lost");
    ensure!(size == expected, "{size} entries, but {expected} receipts");
    std::thread::scope(|scope| {
        let (store, cast) = (&store, &cast);
        let mut threads = Vec::with_capacity(heard.len());
        for (writer, own) in heard.iter().enumerate() {
            threads.push(scope.spawn(move || again(store, cast, writer, own)));
        }
        threads.into_iter().try_for_each(|thread| thread.join().expect("it gives its errors"))
    })?;
    ensure!(store.head()?.0 == size, "asking again has recorded something");
    let replayed = store.replay(&mut |_| ())?;
    ensure!(replayed.difference.is_none(), "{:?}", replayed.difference);
    ensure!(replayed.entries == size, "{} entries were replayed", replayed.entries);
    say("replayed and compared with every row", &format!("{size} entries, no difference"));
    Ok(())
}

/// Asks for the last answers of a writer again: each has the receipt that it had.
fn again(store: &Store, cast: &Cast, writer: usize, own: &[Heard]) -> anyhow::Result<()> {
    for (number, heard) in own.iter().enumerate().rev().take(LAST) {
        let receipt = store.record(cast.answer(writer, number as u64))?;
        ensure!(receipt == heard.receipt, "writer {writer}, answer {number}: another receipt");
    }
    Ok(())
}

/// How many receipts name an entry that is not there, is another one, or is somebody else's as well.
fn lost(store: &Store, heard: &[Vec<Heard>]) -> anyhow::Result<u64> {
    let mut receipts: Vec<_> = heard.iter().flatten().map(|heard| heard.receipt).collect();
    receipts.sort_unstable_by_key(|receipt| receipt.entry);
    let mut lost = 0;
    for some in receipts.chunks(CHUNK) {
        let (first, last) = (some[0].entry, some[some.len() - 1].entry);
        let kept = store.entries(first, last - first + 1)?;
        for (number, receipt) in some.iter().enumerate() {
            let place = usize::try_from(receipt.entry - first).context("a list that long")?;
            let there = kept.get(place).is_some_and(|kept| kept.hash == receipt.leaf);
            let shared = number > 0 && some[number - 1].entry == receipt.entry;
            lost += u64::from(!there || shared);
        }
    }
    Ok(lost)
}

/// The last answers of each writer are asked for again: those around the last kill are among them.
const LAST: usize = 200;

const CHUNK: usize = 4096;
