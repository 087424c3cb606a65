//! What the record costs: verifying it, finding changes in it, rebuilding the state from it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::path::PathBuf;

use anyhow::ensure;
use bongsu_ledger::audit::{Files, verify_log};
use bongsu_ledger::leaf::{EntryKind, Leaf, Parents, Routing, commit, envelope_digest};
use bongsu_ledger::tile::{TILE_WIDTH, TileBuilder, TileId, TileKind, encode_bundle};
use bongsu_ledger::{Checkpoint, NodeKey};
use bongsu_store::Store;
use bongsu_store::suite::Seeded;
use bongsu_store::suite::kills::{Cast, WRITERS};
use bongsu_store_sqlite::Sqlite;

use super::{Folder, open};
use crate::clock::Runs;
use crate::index::say;

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct LogArguments {
    /// Entries of the log.
    #[arg(long, default_value_t = 1_000_000)]
    entries: u64,
    /// Changes to find, one after another.
    #[arg(long, default_value_t = 100)]
    tampers: u64,
    /// Runs of verifying it whole.
    #[arg(long, default_value_t = 5)]
    runs: usize,
}

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct ReplayArguments {
    /// Entries of the log.
    #[arg(long, default_value_t = 100_000)]
    entries: u64,
    /// Runs.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Where the database is made.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
}

/// Files in memory.
struct Kept(HashMap<String, Vec<u8>>);

impl Files for Kept {
    type Error = Infallible;

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.0.get(path).cloned())
    }
}

pub(crate) fn log(arguments: &LogArguments) -> anyhow::Result<()> {
    let key = NodeKey::from_seed("moi.example.kr/log".parse()?, [1; 32]);
    let mut kept = written(arguments.entries, &key)?;
    let mut whole = Runs::default();
    for _ in 0..arguments.runs {
        let audited = whole.run(|| verify_log(&kept, &key.verifier(), |_| {}))?;
        ensure!(audited.size() == arguments.entries);
    }
    say(&format!("verify {} entries whole", arguments.entries), &whole.to_string());

    let mut chance = Seeded(7);
    let mut paths: Vec<String> = kept.0.keys().cloned().collect();
    paths.sort_unstable();
    let (mut found, mut each) = (0, Runs::default());
    for _ in 0..arguments.tampers {
        let path = &paths[chance.below(paths.len() as u64) as usize];
        let bytes = kept.0.get_mut(path).expect("it is one of its paths");
        let (place, bit) = (chance.below(bytes.len() as u64) as usize, chance.below(8));
        bytes[place] ^= 1 << bit;
        let outcome = each.run(|| verify_log(&kept, &key.verifier(), |_| {}));
        found += u64::from(outcome.is_err());
        kept.0.get_mut(path).expect("it is one of its paths")[place] ^= 1 << bit;
    }
    say(
        &format!("find one changed bit: {found} of {} found", arguments.tampers),
        &each.to_string(),
    );
    ensure!(found == arguments.tampers, "a change was not found");
    Ok(())
}

fn written(size: u64, key: &NodeKey) -> anyhow::Result<Kept> {
    let mut files = HashMap::new();
    let mut builder = TileBuilder::new();
    let mut bundle = Vec::new();
    for number in 0..size {
        let leaf = Leaf {
            kind: EntryKind(1),
            at: number.cast_signed(),
            routing: Routing { owner: "LEAD_PRIV".parse()?, tlp: 1, grade: 1, audience: 1 },
            commitment: commit(&[1; 32], &number.to_be_bytes()),
            envelope: envelope_digest(&number.to_be_bytes()),
            bucket: 3,
            author: key.id(),
            parents: Parents::none(),
        };
        bundle.push(leaf.to_bytes());
        let width = u16::try_from(bundle.len())?;
        if width == TILE_WIDTH || number + 1 == size {
            let id = TileId { kind: TileKind::Entries, index: number / 256, width };
            files.insert(id.to_string(), encode_bundle(&bundle)?);
            bundle.clear();
        }
        let tiles = builder.append(leaf.hash());
        files.extend(tiles.into_iter().map(|tile| (tile.id.to_string(), tile.bytes)));
    }
    let edge = builder.partial_tiles();
    files.extend(edge.into_iter().map(|tile| (tile.id.to_string(), tile.bytes)));
    let checkpoint = Checkpoint::new(key.name().clone(), size, builder.root());
    files.insert("checkpoint".to_owned(), checkpoint.sign(key)?.to_string().into_bytes());
    Ok(Kept(files))
}

pub(crate) fn replay(arguments: &ReplayArguments) -> anyhow::Result<()> {
    std::fs::create_dir_all(&arguments.dir)?;
    let folder = Folder::new(&arguments.dir, "replay")?;
    let store = open(Box::new(Sqlite::open(&folder.0.join("node.db"))?), &folder.0)?;
    let mut made = Runs::default();
    made.run(|| fill(&store, arguments.entries))?;
    say(&format!("record {} entries", arguments.entries), &made.to_string());
    let mut runs = Runs::default();
    for _ in 0..arguments.runs {
        let replayed = runs.run(|| store.replay(&mut |_| ()))?;
        ensure!(replayed.difference.is_none() && replayed.entries >= arguments.entries);
    }
    say("replay them and compare every row", &runs.to_string());
    drop(store);
    let mut opened = Runs::default();
    for _ in 0..arguments.runs {
        let store =
            opened.run(|| open(Box::new(Sqlite::open(&folder.0.join("node.db"))?), &folder.0))?;
        drop(store);
    }
    say("open the store", &opened.to_string());
    Ok(())
}

/// Answers until there are so many entries.
fn fill(store: &Store, entries: u64) -> anyhow::Result<()> {
    let (cast, requests) = Cast::new();
    for request in requests {
        store.record(request)?;
    }
    let each = entries.div_ceil(WRITERS as u64);
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let cast = &cast;
            scope.spawn(move || {
                for number in 0..each {
                    store.record(cast.answer(writer, number)).expect("an answer is recorded");
                }
            });
        }
    });
    Ok(())
}
