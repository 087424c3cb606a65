//! A log of 2,000 entries, and a thousand ways to tamper with its files.

use std::collections::BTreeMap;
use std::convert::Infallible;

use super::*;
use crate::keys::{NodeKey, Trust};
use crate::leaf::tests::leaf;
use crate::leaf::{envelope_digest, length_bucket};
use crate::tile::encode_bundle;

/// The files of a log by path.
#[derive(Clone, Default, PartialEq)]
struct Folder(BTreeMap<String, Vec<u8>>);

impl Files for Folder {
    type Error = Infallible;

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.0.get(path).cloned())
    }
}

impl Folder {
    /// A log as its node leaves it on disk. Every tenth envelope is here.
    fn of(size: u64, salt: u64, key: &NodeKey) -> Self {
        let mut folder = Self::default();
        let mut builder = TileBuilder::new();
        let mut bundle = Vec::new();
        for number in 0..size {
            let sealed = (number ^ salt).to_be_bytes().to_vec();
            let mut leaf = leaf(usize::try_from(number % 3).unwrap());
            leaf.at += i64::try_from(number).unwrap();
            leaf.envelope = envelope_digest(&sealed);
            leaf.bucket = length_bucket(sealed.len() as u64);
            if number % 10 == 0 {
                folder.0.insert(envelope_path(&leaf.envelope), sealed);
            }
            bundle.push(leaf.to_bytes());
            for tile in builder.append(leaf.hash()) {
                folder.0.insert(tile.id.to_string(), tile.bytes);
            }
            let width = u16::try_from(bundle.len()).unwrap();
            if width == TILE_WIDTH || number + 1 == size {
                let id = TileId { kind: TileKind::Entries, index: number / 256, width };
                folder.0.insert(id.to_string(), encode_bundle(&bundle).unwrap());
                bundle.clear();
            }
        }
        for tile in builder.partial_tiles() {
            folder.0.insert(tile.id.to_string(), tile.bytes);
        }
        let checkpoint = Checkpoint::new(key.name().clone(), size, builder.root());
        folder.sign(&checkpoint, key);
        folder
    }

    fn sign(&mut self, checkpoint: &Checkpoint, key: &NodeKey) {
        let note = checkpoint.sign(key).unwrap().to_string();
        self.0.insert("checkpoint".to_owned(), note.into_bytes());
    }

    fn verify(&self, key: &NodeKey) -> Result<Audited, AuditError<Infallible>> {
        verify_log(self, &key.verifier(), |_| {})
    }
}

fn key(seed: u8) -> NodeKey {
    NodeKey::from_seed("moi.example.kr/log".parse().unwrap(), [seed; 32])
}

#[test]
fn a_log_as_it_was_written_is_whole() {
    let key = key(1);
    for size in [0, 1, 255, 256, 257, 512, 2000] {
        let folder = Folder::of(size, 0, &key);
        let mut heard = Vec::new();
        let audited = verify_log(&folder, &key.verifier(), |done| heard.push(done)).unwrap();
        assert_eq!(audited.checkpoint.size, size);
        assert_eq!(audited.envelopes, size.div_ceil(10), "every tenth of {size} is here");
        assert_eq!(audited.envelopes + audited.withheld, size);
        assert_eq!(heard.last().copied().unwrap_or(0), size);
        let tiles = folder.0.keys().filter(|path| path.starts_with("tile/"));
        let hashes = tiles.filter(|path| !path.starts_with("tile/entries/")).count();
        assert_eq!(audited.tiles, hashes as u64, "all of {size} were compared");
    }
}

#[test]
fn a_log_over_65_536_entries_is_whole_and_its_upper_tiles_are_compared() {
    let key = key(1);
    let mut folder = Folder::of(66_000, 0, &key);
    assert!(folder.verify(&key).is_ok());
    for path in ["tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1"] {
        let good = folder.0[path].clone();
        folder.0.get_mut(path).unwrap()[9] ^= 1;
        assert_eq!(folder.verify(&key).unwrap_err().path(), Some(path));
        folder.0.insert(path.to_owned(), good);
    }
}

#[test]
fn a_full_tile_may_stand_for_a_partial_one_that_was_swept() {
    let key = key(1);
    let mut folder = Folder::of(2000, 0, &key);
    let early = Folder::of(700, 0, &key);
    folder.0.insert("checkpoint".to_owned(), early.0["checkpoint"].clone());
    let missing = folder.verify(&key).unwrap_err();
    assert_eq!(missing.path(), Some("tile/1/000.p/2"), "{missing}: level 1 is not full yet");
    folder.0.insert("tile/1/000.p/2".to_owned(), early.0["tile/1/000.p/2"].clone());
    assert_eq!(folder.verify(&key).unwrap().checkpoint.size, 700);
    folder.0.get_mut("tile/0/002").unwrap()[5] ^= 1;
    assert_eq!(folder.verify(&key).unwrap_err().path(), Some("tile/0/002"));
}

#[test]
fn each_half_carries_a_whole_log_when_the_other_is_broken() {
    let key = key(1);
    let mut folder = Folder::of(700, 0, &key);
    let good = folder.0["checkpoint"].clone();
    for (half, (ed25519, ml_dsa)) in [(0, (true, false)), (1, (false, true))] {
        let note = Note::from_bytes(&good).unwrap();
        let mut lines = note.lines().to_vec();
        lines[1 - half].signature[9] ^= 1;
        let broken = Note::new(note.text().to_owned(), lines).unwrap();
        folder.0.insert("checkpoint".to_owned(), broken.to_string().into_bytes());
        assert!(folder.verify(&key).is_err(), "both are required until one is given up");
        let verifier = key.verifier().trusting(Trust { ed25519, ml_dsa });
        assert_eq!(verify_log(&folder, &verifier, |_| {}).unwrap().size(), 700);
    }
}

#[test]
fn a_disk_that_fails_is_no_tamper() {
    struct Broken;
    impl Files for Broken {
        type Error = &'static str;

        fn read(&self, _: &str) -> Result<Option<Vec<u8>>, &'static str> {
            Err("the disk does not answer")
        }
    }
    let failed = verify_log(&Broken, &key(1).verifier(), |_| {});
    assert!(matches!(failed, Err(AuditError::Read { path, .. }) if path == "checkpoint"));
}

#[test]
fn a_node_that_erases_an_envelope_is_still_whole() {
    let key = key(1);
    let mut folder = Folder::of(300, 0, &key);
    let envelope = folder.0.keys().find(|path| path.starts_with("envelope/")).unwrap().clone();
    folder.0.remove(&envelope);
    let audited = folder.verify(&key).unwrap();
    assert_eq!((audited.envelopes, audited.withheld), (29, 271));
}

#[test]
fn the_signed_root_says_which_of_two_files_is_wrong() {
    let (key, good) = (key(1), Folder::of(2000, 0, &key(1)));
    let other = Folder::of(2000, 7, &key);
    let with = |paths: &[&str]| {
        let mut folder = good.clone();
        for path in paths {
            folder.0.insert((*path).to_owned(), other.0[*path].clone());
        }
        folder.verify(&key).unwrap_err().to_string()
    };
    #[rustfmt::skip]
    let table = [
        // replaced                                                                     found as
        (&["tile/entries/003"][..],                                                     "entry 768 of the log, in tile/entries/003, is not the one that was signed"),
        (&["tile/0/003"],                                                               "tile/0/003 is not the tile that was signed; the first wrong hash covers entries from 768"),
        (&["tile/entries/007.p/208"],                                                   "entry 1792 of the log, in tile/entries/007.p/208, is not the one that was signed"),
        (&["tile/0/007.p/208"],                                                         "tile/0/007.p/208 is not the tile that was signed; the first wrong hash covers entries from 1792"),
        (&["tile/1/000.p/7"],                                                           "tile/1/000.p/7 is not the tile that was signed; the first wrong hash covers entries from 0"),
        (&["tile/entries/003", "tile/0/003"],                                           "some of entries 768 to 1023, from tile/entries/003 on, were replaced with their tiles"),
        (&["tile/entries/007.p/208", "tile/0/007.p/208"],                               "the 2000 entries and their tiles agree, but not with the signed root: they were replaced together"),
    ];
    for (replaced, expected) in table {
        assert_eq!(with(replaced), expected, "{replaced:?}");
    }
    let mut whole = other.clone();
    whole.0.insert("checkpoint".to_owned(), good.0["checkpoint"].clone());
    assert!(matches!(whole.verify(&key), Err(AuditError::Root { size: 2000 })));
}

#[test]
fn a_signed_entry_that_is_no_leaf_is_named() {
    let key = key(1);
    let mut folder = Folder::default();
    let hash = leaf_hash(b"no leaf");
    folder.0.insert("tile/entries/000.p/1".to_owned(), encode_bundle(&[b"no leaf"]).unwrap());
    folder.0.insert("tile/0/000.p/1".to_owned(), hash.0.to_vec());
    folder.sign(&Checkpoint::new(key.name().clone(), 1, hash), &key);
    assert!(matches!(folder.verify(&key), Err(AuditError::Leaf { entry: 0, .. })));
}

#[test]
fn a_log_that_only_grew_is_told_from_one_that_was_rewritten() {
    let key = key(1);
    let checkpoint = |folder: &Folder| open_checkpoint(folder, &key.verifier()).unwrap();
    let mut folder = Folder::of(2000, 0, &key);
    let new = checkpoint(&folder);
    for size in [0, 1, 255, 256, 512, 1024, 1999, 2000] {
        let old = checkpoint(&Folder::of(size, 0, &key));
        assert!(consistent(&folder, &old, &new).is_ok(), "{size}");
        let other = checkpoint(&Folder::of(size, 7, &key));
        let judged = consistent(&folder, &other, &new);
        assert_eq!(judged.is_ok(), size == 0, "all logs begin with nothing");
        if size > 0 {
            assert!(matches!(judged, Err(Inconsistent::Rewritten)), "{size}");
            assert!(
                matches!(consistent(&folder, &new, &old), Err(Inconsistent::Rewritten))
                    || size == 2000
            );
        }
    }
    let stranger = Checkpoint { origin: "mnd.example.kr/log".parse().unwrap(), ..new.clone() };
    assert!(matches!(consistent(&folder, &stranger, &new), Err(Inconsistent::Origins { .. })));
    let old = checkpoint(&Folder::of(300, 0, &key));
    folder.0.get_mut("tile/0/001").unwrap()[3] ^= 1;
    assert!(matches!(consistent(&folder, &old, &new), Err(Inconsistent::Damaged(_))));
    folder.0.remove("tile/0/001");
    assert!(matches!(consistent(&folder, &old, &new), Err(Inconsistent::Files(_))));
}

/// A thousand tampers, one file each, and the audit names that file; 100,000 with
/// `BONGSU_DEPTH=release`.
#[test]
fn every_tamper_is_found_and_its_file_is_named() {
    let deep = std::env::var("BONGSU_DEPTH").is_ok_and(|depth| depth == "release");
    let rounds = if deep { 100_000 } else { 1_000 };
    let (key, stranger) = (key(1), key(2));
    let good = Folder::of(2000, 0, &key);
    let paths: Vec<&String> = good.0.keys().collect();
    let log: Vec<&String> = paths.iter().copied().filter(|path| !path.starts_with("env")).collect();
    let mut dice = Dice(0x5eed);
    let mut kinds = BTreeMap::<&str, u32>::new();
    let mut folder = good.clone();
    for round in 0..rounds {
        // Envelopes are many; three tampers of four are with the log itself.
        let path = if dice.roll(4) == 0 { dice.pick(&paths) } else { dice.pick(&log) };
        let path = path.as_str();
        let mut bytes = good.0[path].clone();
        let kind = tamper(&mut bytes, path, &good, &stranger, &mut dice);
        if bytes == good.0[path] && kind != "delete file" {
            continue;
        }
        if kind == "delete file" {
            folder.0.remove(path);
        } else {
            folder.0.insert(path.to_owned(), bytes);
        }
        let found = folder.verify(&key);
        if kind == "delete file" && path.starts_with("envelope/") {
            assert_eq!(found.unwrap().withheld, 1801, "an erased envelope is counted");
        } else {
            let error = found.expect_err(kind);
            assert_eq!(error.path(), Some(path), "round {round}, {kind}: {error}");
            *kinds.entry(kind).or_default() += 1;
        }
        folder.0.insert(path.to_owned(), good.0[path].clone());
    }
    println!("{kinds:?}");
    assert!(kinds.len() >= 8, "{kinds:?}");
    assert!(kinds.values().sum::<u32>() > rounds * 8 / 10);
}

/// Changes the bytes of one file in one of many ways, and says which.
fn tamper(
    bytes: &mut Vec<u8>,
    path: &str,
    good: &Folder,
    stranger: &NodeKey,
    dice: &mut Dice,
) -> &'static str {
    let at = dice.roll(bytes.len());
    match dice.roll(9) {
        0 => {
            bytes[at] ^= 1 << dice.roll(8);
            "flip a bit"
        }
        1 => {
            let other = dice.roll(bytes.len());
            bytes.swap(at, other);
            "swap bytes"
        }
        2 => {
            let piece = 32.min(bytes.len() - at);
            let piece: Vec<u8> = bytes.drain(at..at + piece).collect();
            let at = dice.roll(bytes.len() + 1);
            bytes.splice(at..at, piece);
            "move a piece"
        }
        3 => {
            bytes.splice(at..at, [0x20].repeat(1 + dice.roll(40)));
            "insert bytes"
        }
        4 => {
            let end = bytes.len().min(at + 1 + dice.roll(40));
            bytes.drain(at..end);
            "delete bytes"
        }
        5 => {
            bytes.truncate(at);
            "truncate"
        }
        6 => {
            let again = bytes.clone();
            bytes.extend_from_slice(&again[at..]);
            "write the end twice"
        }
        7 if path == "checkpoint" => {
            let note = Note::from_bytes(bytes).unwrap();
            let mut checkpoint: Checkpoint = note.text().parse().unwrap();
            checkpoint.size -= 1 + dice.roll(99) as u64;
            *bytes = checkpoint.sign(stranger).unwrap().to_string().into_bytes();
            "signed by a stranger"
        }
        7 => {
            let others: Vec<&Vec<u8>> = good.0.values().collect();
            *bytes = (*dice.pick(&others)).clone();
            "replaced by another file"
        }
        _ => "delete file",
    }
}

/// A small generator of chance, the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides.max(1) as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}
