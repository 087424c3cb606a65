//! How long a fresh reader takes to verify a whole log, in memory: `audit [entries]`.
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Instant;

use bongsu_ledger::audit::{Files, verify_log};
use bongsu_ledger::leaf::{EntryKind, Leaf, Parents, Routing, commit, envelope_digest};
use bongsu_ledger::tile::{TILE_WIDTH, TileBuilder, TileId, TileKind, encode_bundle};
use bongsu_ledger::{Checkpoint, NodeKey};

struct Folder(HashMap<String, Vec<u8>>);

impl Files for Folder {
    type Error = Infallible;

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.0.get(path).cloned())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let size: u64 = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let key = NodeKey::from_seed("moi.example.kr/log".parse()?, [1; 32]);
    let started = Instant::now();
    let folder = written(size, &key)?;
    println!("wrote {size} entries in {:.2?}", started.elapsed());
    let started = Instant::now();
    let audited = verify_log(&folder, &key.verifier(), |_| {})?;
    println!("verified {size} entries, {} tiles in {:.2?}", audited.tiles, started.elapsed());
    Ok(())
}

fn written(size: u64, key: &NodeKey) -> Result<Folder, Box<dyn std::error::Error>> {
    let mut files = HashMap::new();
    let mut builder = TileBuilder::new();
    let mut bundle = Vec::new();
    for number in 0..size {
        let leaf = Leaf {
            kind: EntryKind(1),
            at: i64::try_from(number)?,
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
    Ok(Folder(files))
}
