use proptest::prelude::*;

use super::*;
use crate::hash::leaf_hash;

#[test]
fn paths_are_those_of_the_standard() {
    #[rustfmt::skip]
    let table = [
        // path                          kind                     index            width  why
        ("tile/0/x001/x234/067",         TileKind::Hashes(0),     1_234_067,       256,   "the example of the standard"),
        ("tile/0/000",                   TileKind::Hashes(0),     0,               256,   "the first tile"),
        ("tile/0/999",                   TileKind::Hashes(0),     999,             256,   "the last in one group"),
        ("tile/0/x001/000",              TileKind::Hashes(0),     1000,            256,   "the first in two"),
        ("tile/2/000.p/1",               TileKind::Hashes(2),     0,               1,     "as narrow as can be"),
        ("tile/63/000.p/255",            TileKind::Hashes(63),    0,               255,   "as wide as partial can be"),
        ("tile/entries/x123/456.p/17",   TileKind::Entries,       123_456,         17,    "a bundle"),
        ("tile/0/x018/x446/x744/x073/x709/x551/615", TileKind::Hashes(0), u64::MAX, 256,  "the largest number"),
    ];
    for (path, kind, index, width, why) in table {
        let id = TileId { kind, index, width };
        assert_eq!(id.to_string(), path, "{why}");
        assert_eq!(path.parse(), Ok(id), "{why}");
    }
}

#[test]
fn other_spellings_of_a_path_are_refused() {
    #[rustfmt::skip]
    let table = [
        // path                       refused as                 why
        ("tiles/0/000",               ParseTileError::Prefix,    "another folder"),
        ("tile/0",                    ParseTileError::Level,     "no index"),
        ("tile/00/000",               ParseTileError::Level,     "a zero in front"),
        ("tile/64/000",               ParseTileError::Level,     "beyond the highest"),
        ("tile/+1/000",               ParseTileError::Level,     "a sign"),
        ("tile/-1/000",               ParseTileError::Level,     "below the lowest"),
        ("tile//000",                 ParseTileError::Level,     "no level"),
        ("tile/0/1",                  ParseTileError::Index,     "too few digits"),
        ("tile/0/0001",               ParseTileError::Index,     "too many"),
        ("tile/0/x000/001",           ParseTileError::Index,     "a group of zeroes in front"),
        ("tile/0/001/002",            ParseTileError::Index,     "a group without its x"),
        ("tile/0/x001",               ParseTileError::Index,     "no last group"),
        ("tile/0/x001/x002",          ParseTileError::Index,     "an x before the last"),
        ("tile/0/../etc",             ParseTileError::Index,     "a way out"),
        ("tile/0/+12",                ParseTileError::Index,     "a sign"),
        ("tile/0/x018/x446/x744/x073/x709/x551/616", ParseTileError::Index, "over 64 bits"),
        ("tile/0/000.p/0",            ParseTileError::Width,     "nothing in it"),
        ("tile/0/000.p/256",          ParseTileError::Width,     "not partial"),
        ("tile/0/000.p/01",           ParseTileError::Width,     "a zero in front"),
        ("tile/0/000.p/",             ParseTileError::Width,     "no width"),
        ("tile/0/000.p/1/",           ParseTileError::Width,     "more behind"),
    ];
    for (path, expected, why) in table {
        assert_eq!(path.parse::<TileId>(), Err(expected), "{path}: {why}");
    }
}

#[test]
fn a_tree_of_70_000_has_the_tiles_that_the_standard_counts() {
    let mut builder = TileBuilder::new();
    let full: Vec<Tile> =
        (0..70_000_u32).flat_map(|n| builder.append(leaf_hash(&n.to_be_bytes()))).collect();
    let at = |level| full.iter().filter(|tile| tile.id.kind == TileKind::Hashes(level)).count();
    assert_eq!([at(0), at(1), at(2)], [273, 1, 0]);
    let partial: Vec<String> =
        builder.partial_tiles().iter().map(|tile| tile.id.to_string()).collect();
    assert_eq!(partial, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
    assert!(full.iter().all(|tile| tile.bytes.len() == 8192));
}

#[test]
fn a_tree_of_256_has_a_full_tile_and_one_of_a_single_hash() {
    let mut builder = TileBuilder::new();
    let full: Vec<Tile> =
        (0..256_u32).flat_map(|n| builder.append(leaf_hash(&n.to_be_bytes()))).collect();
    assert_eq!(full.len(), 1);
    let partial = builder.partial_tiles();
    assert_eq!(partial.len(), 1);
    assert_eq!(partial[0].id.to_string(), "tile/1/000.p/1");
    assert_eq!(partial[0].bytes, builder.root().0);
}

#[test]
fn a_builder_is_not_taken_up_from_other_tiles() {
    let mut builder = TileBuilder::new();
    (0..300_u32).for_each(|n| drop(builder.append(leaf_hash(&n.to_be_bytes()))));
    let edge = builder.partial_tiles();
    let resumed =
        |size, tiles: &[Tile]| TileBuilder::resume(size, tiles.to_vec()).map(|b| b.size());
    assert_eq!(resumed(300, &edge), Ok(300));
    assert!(resumed(301, &edge).is_err(), "another size");
    assert!(resumed(300, &edge[..1]).is_err(), "a tile is missing");
    assert!(resumed(300, &[edge.clone(), edge.clone()].concat()).is_err(), "a tile is doubled");
    let mut torn = edge.clone();
    torn[0].bytes.pop();
    assert!(resumed(300, &torn).is_err(), "a tile is torn");
    assert!(resumed(0, &[]).is_ok());
    assert_eq!(resumed(u64::MAX, &[]), Err(ResumeError::Size(u64::MAX)));
    assert!(resumed(1 << 62, &[]).is_err());
}

#[test]
fn bundles_that_are_torn_or_too_full_are_refused_by_place() {
    let bundle = encode_bundle(&[&b"lit"[..], b"", b"seen"]).unwrap();
    assert_eq!(bundle, b"\0\x03lit\0\0\0\x04seen");
    assert_eq!(decode_bundle(&bundle, 3), Ok(vec![&b"lit"[..], b"", b"seen"]));
    #[rustfmt::skip]
    let table = [
        // bundle                      width  refused as                                         why
        (bundle.clone(),               2,     BundleError::Count { found: 3, expected: 2 },      "one too many"),
        (bundle.clone(),               4,     BundleError::Count { found: 3, expected: 4 },      "one too few"),
        (bundle[..10].to_vec(),        3,     BundleError::Torn { place: 2 },                    "torn in an entry"),
        (bundle[..8].to_vec(),         3,     BundleError::Torn { place: 2 },                    "torn in a length"),
        (vec![4, 1],                   1,     BundleError::Entry { place: 0, bytes: 1025 },      "an entry too long"),
    ];
    for (bundle, width, expected, why) in table {
        assert_eq!(decode_bundle(&bundle, width), Err(expected), "{why}");
    }
    let long = [0; MAX_ENTRY_BYTES + 1];
    assert_eq!(encode_bundle(&[&long]), Err(BundleError::Entry { place: 0, bytes: 1025 }));
    assert!(encode_bundle(&[&long[1..]]).is_ok());
    assert!(encode_bundle(&[[0_u8]; 257]).is_err());
}

proptest! {
    #[test]
    fn a_path_is_read_as_it_was_written(level in 0..=63_u8, index: u64, width in 1..=256_u16) {
        for kind in [TileKind::Entries, TileKind::Hashes(level)] {
            let id = TileId { kind, index, width };
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    /// One way to write each: what is read prints the same bytes again.
    #[test]
    fn what_reads_as_a_bundle_is_written_the_same(bytes in prop::collection::vec(0..4_u8, 0..40)) {
        for width in 0..8 {
            if let Ok(entries) = decode_bundle(&bytes, width) {
                prop_assert_eq!(encode_bundle(&entries).unwrap(), bytes.clone());
            }
        }
    }
}
