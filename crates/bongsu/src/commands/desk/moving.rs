//! `bongsu store move`: one line of `node.toml` changes the engine, and this brings everything along.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use bongsu_store::moving;
use serde_json::json;

use super::show;
use crate::cli::Format;
use crate::cli::desk::NodeArgs;
use crate::node::{self, Places, Profile};
use crate::progress::Progress;

/// Copies, looks at the copy with the node's own keys and anchor, marks the old database, and names the new one.
///
/// Until the last step the node is where it was: whatever fails before leaves it so.
pub(super) fn run(args: &NodeArgs, to: &str, quiet: bool) -> Result<()> {
    let started = Instant::now();
    let places = Places::of(args);
    let here = node::profile(&places)?;
    let there = Profile { database: (to != "file").then(|| to.to_owned()), ..here.clone() };
    if here.database == there.database {
        bail!("the node is there already: name another database with --to");
    }
    if there.database.is_none() && places.store().exists() {
        let store = places.store();
        bail!("{0} is there, from before: move it away first (mv {0} {0}.old)", store.display());
    }
    // Only whoever opens it as the node does knows that it is sound: keys, anchor, realm.
    let before = node::open(args)?.desk.store().head()?;
    let mut old = node::engine(&places, &here)?;
    let moved = {
        let progress = Progress::new("rows", quiet);
        let mut seen = 0;
        let mut new = node::engine(&places, &there)?;
        moving::copy(old.as_mut(), new.as_mut(), &mut |rows| {
            progress.count(usize::try_from(rows - seen).unwrap_or(usize::MAX));
            seen = rows;
        })?
    };
    looked_at(args, &there, before, quiet).context(
        "the copy is not what it should be; the node is where it was: drop the new database, and try again",
    )?;
    let name = if there.database.is_some() { "PostgreSQL" } else { "a file" };
    moving::leave(old.as_mut(), name)?;
    node::rewrite(&places, &there)?;
    let seconds = started.elapsed().as_secs_f64();
    match args.format {
        Format::Json => show::line(&json!({
            "done": "moved", "entries": moved.entries, "rows": moved.rows, "seconds": seconds,
        })),
        Format::Table => {
            println!(
                "moved to {name}: {} entries, {} rows, in {seconds:.1} s; replayed, and every row is what the record says",
                moved.entries, moved.rows
            );
            println!(
                "the old database is left as it was and marked: nothing is recorded in it any more"
            );
            Ok(())
        }
    }
}

/// Opens the copy with the node's keys and anchor and replays it.
fn looked_at(
    args: &NodeArgs,
    there: &Profile,
    before: (u64, bongsu_ledger::Hash),
    quiet: bool,
) -> Result<()> {
    let node = node::open_on(args, there)?;
    if node.desk.store().head()? != before {
        bail!("the log of the copy has another head");
    }
    let progress = Progress::new("entries", quiet);
    let mut seen = 0;
    let replayed = node.desk.store().replay(&mut |entries| {
        progress.count(usize::try_from(entries.saturating_sub(seen)).unwrap_or(usize::MAX));
        seen = entries;
    })?;
    replayed.difference.map_or(Ok(()), |difference| bail!("{difference}"))
}
