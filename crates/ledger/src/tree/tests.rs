//! The tree, judged by RFC 6962 as it is written: recursive and slow.

use std::convert::Infallible;

use proptest::prelude::*;

use super::*;
use crate::hash::{leaf_hash, node_hash};
use crate::tile::{Tile, TileBuilder, TileId, TileKind};

/// The Merkle tree hash of RFC 6962, section 2.1, word for word.
fn slow_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::EMPTY_ROOT,
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(slow_split(leaves.len()));
            node_hash(&slow_root(left), &slow_root(right))
        }
    }
}

/// `PATH(m, D[n])` of section 2.1.1.
fn slow_path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(slow_split(leaves.len()));
    let (mut path, sibling) = if index < left.len() {
        (slow_path(index, left), slow_root(right))
    } else {
        (slow_path(index - left.len(), right), slow_root(left))
    };
    path.push(sibling);
    path
}

/// `SUBPROOF(m, D[n], b)` of section 2.1.2.
fn slow_subproof(old: usize, leaves: &[Hash], known: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if known { Vec::new() } else { vec![slow_root(leaves)] };
    }
    let (left, right) = leaves.split_at(slow_split(leaves.len()));
    let (mut proof, sibling) = if old <= left.len() {
        (slow_subproof(old, left, known), slow_root(right))
    } else {
        (slow_subproof(old - left.len(), right, false), slow_root(left))
    };
    proof.push(sibling);
    proof
}

fn slow_split(length: usize) -> usize {
    let mut split = 1;
    while split * 2 < length {
        split *= 2;
    }
    split
}

fn leaves(count: usize) -> Vec<Hash> {
    (0..count).map(|number| leaf_hash(&number.to_be_bytes())).collect()
}

fn memory(leaves: &[Hash]) -> Memory {
    let mut tree = Memory::new();
    tree.extend(leaves.iter().copied());
    tree
}

#[test]
fn roots_are_those_that_other_implementations_publish() {
    // The eight leaves that Certificate Transparency implementations test with, and their roots.
    let entries: [&[u8]; 8] = [
        &[],
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        &[
            0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d,
            0x6e, 0x6f,
        ],
    ];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut frontier = Frontier::new();
    for (entry, root) in entries.iter().zip(roots) {
        frontier.append(leaf_hash(entry));
        assert_eq!(frontier.root().to_string(), root, "{} leaves", frontier.size());
    }
}

#[test]
fn roots_and_proofs_are_those_of_the_standard_for_every_size_up_to_130() {
    let leaves = leaves(130);
    let tree = memory(&leaves);
    let mut frontier = Frontier::new();
    for size in 0..=leaves.len() {
        let root = slow_root(&leaves[..size]);
        assert_eq!(root_at(size as u64, &tree), Ok(root), "{size}");
        assert_eq!(frontier.root(), root, "{size}");
        for index in 0..size {
            let proof = inclusion_proof(index as u64, size as u64, &tree).unwrap();
            assert_eq!(proof, slow_path(index, &leaves[..size]), "{index} of {size}");
            let checked =
                verify_inclusion(&leaves[index], index as u64, size as u64, &proof, &root);
            assert_eq!(checked, Ok(()), "{index} of {size}");
        }
        for old in 1..=size {
            let proof = consistency_proof(old as u64, size as u64, &tree).unwrap();
            assert_eq!(proof, slow_subproof(old, &leaves[..size], true), "{old} to {size}");
            let old_root = slow_root(&leaves[..old]);
            let checked = verify_consistency(old as u64, size as u64, &old_root, &root, &proof);
            assert_eq!(checked, Ok(()), "{old} to {size}");
        }
        if let Some(leaf) = leaves.get(size) {
            frontier.append(*leaf);
        }
    }
}

#[test]
fn a_proof_of_anything_else_proves_nothing() {
    let leaves = leaves(70);
    let tree = memory(&leaves);
    let root = slow_root(&leaves);
    for index in 0..70 {
        let proof = inclusion_proof(index, 70, &tree).unwrap();
        let leaf = leaves[usize::try_from(index).unwrap()];
        for other in (0..72).filter(|other| *other != index) {
            let at = verify_inclusion(&leaf, other, 70, &proof, &root);
            assert!(at.is_err(), "{index} passed for {other}");
        }
        for place in 0..proof.len() {
            let mut changed = proof.clone();
            changed[place].0[7] ^= 1;
            assert_eq!(verify_inclusion(&leaf, index, 70, &changed, &root), Err(Refuted::Root));
            changed.remove(place);
            assert!(verify_inclusion(&leaf, index, 70, &changed, &root).is_err());
        }
        let longer = [proof.as_slice(), &[root]].concat();
        let refuted = Err(Refuted::Length { hashes: longer.len() });
        assert_eq!(verify_inclusion(&leaf, index, 70, &longer, &root), refuted);
    }
}

#[test]
fn no_proof_joins_a_log_to_one_that_was_rewritten() {
    let before = leaves(70);
    let mut after = before.clone();
    after[3] = leaf_hash(b"other");
    let (tree, new_root) = (memory(&after), slow_root(&after));
    for old in 4..70 {
        let old_root = slow_root(&before[..old]);
        let old = old as u64;
        for tree in [&tree, &memory(&before)] {
            let proof = consistency_proof(old, 70, tree).unwrap();
            let checked = verify_consistency(old, 70, &old_root, &new_root, &proof);
            assert_eq!(checked, Err(Refuted::Root), "{old}");
        }
    }
}

#[test]
fn small_trees_and_large_numbers_are_refused_by_name() {
    let none = Hash::EMPTY_ROOT;
    let root = leaf_hash(b"");
    let tree = memory(&[root]);
    #[rustfmt::skip]
    let table = [
        // checked                                              expected                                            why
        (verify_consistency(0, 0, &none, &none, &[]),           Ok(()),                                             "nothing grew to nothing"),
        (verify_consistency(0, 0, &none, &root, &[]),           Err(Refuted::Root),                                 "an empty log has one root"),
        (verify_consistency(0, 1, &none, &root, &[]),           Ok(()),                                             "every log begins with nothing"),
        (verify_consistency(0, 1, &root, &root, &[]),           Err(Refuted::Root),                                 "nothing has one root"),
        (verify_consistency(1, 1, &root, &root, &[]),           Ok(()),                                             "a log begins with itself"),
        (verify_consistency(1, 1, &root, &root, &[none]),       Err(Refuted::Length { hashes: 1 }),                 "and needs no proof"),
        (verify_consistency(2, 1, &root, &root, &[]),           Err(Refuted::Position { position: 2, size: 1 }),    "no log shrinks"),
        (verify_inclusion(&root, 0, 1, &[], &root),             Ok(()),                                             "a leaf is the root of one"),
        (verify_inclusion(&root, 0, 0, &[], &none),             Err(Refuted::Position { position: 0, size: 0 }),    "nothing holds nothing"),
        (verify_inclusion(&root, u64::MAX, u64::MAX, &[], &root), Err(Refuted::Position { position: u64::MAX, size: u64::MAX }), "the largest numbers"),
        (verify_inclusion(&root, 1, u64::MAX, &[root; 64], &root), Err(Refuted::Root),                              "the longest path"),
        (verify_consistency(1, u64::MAX, &root, &root, &[root; 64]), Err(Refuted::Root),                            "the longest growth"),
    ];
    for (checked, expected, why) in table {
        assert_eq!(checked, expected, "{why}");
    }
    assert_eq!(inclusion_proof(1, 1, &tree), Err(ProveError::Beyond { index: 1, size: 1 }));
    assert_eq!(consistency_proof(2, 1, &tree), Err(ProveError::Shrunk { old: 2, new: 1 }));
    assert_eq!(root_at(u64::MAX, &tree), Err(ProveError::Size(u64::MAX)));
}

#[test]
fn bytes_that_are_no_right_edge_are_refused() {
    let mut frontier = Frontier::new();
    for leaf in leaves(11) {
        frontier.append(leaf);
    }
    let bytes = frontier.to_bytes();
    assert_eq!(bytes.len(), 8 + 3 * 32);
    assert_eq!(Frontier::from_bytes(&bytes), Ok(frontier));
    for length in 0..bytes.len() {
        assert!(Frontier::from_bytes(&bytes[..length]).is_err(), "{length} bytes");
    }
    let longer = [bytes.as_slice(), &[0; 32]].concat();
    let wrong = FrontierError::Length { size: 11, expected: 3, bytes: 4 * 32 };
    assert_eq!(Frontier::from_bytes(&longer), Err(wrong));
    assert_eq!(Frontier::from_bytes(&[0xff; 8 + 64 * 32]), Err(FrontierError::Size));
}

/// All tiles of a tree, full and partial.
struct Shelf(Vec<Tile>);

impl Shelf {
    fn of(leaves: &[Hash]) -> Self {
        let mut builder = TileBuilder::new();
        let mut tiles: Vec<Tile> = leaves.iter().flat_map(|leaf| builder.append(*leaf)).collect();
        tiles.extend(builder.partial_tiles());
        Self(tiles)
    }
}

impl Tiles for Shelf {
    type Error = Infallible;

    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, Infallible> {
        let id = TileId { kind: TileKind::Hashes(level), index, width };
        let tile = self.0.iter().find(|tile| tile.id == id);
        Ok(tile.map(|tile| tile.bytes.clone()).unwrap_or_default())
    }
}

#[test]
fn tiles_answer_as_a_tree_in_memory_does() {
    for size in [1, 255, 256, 257, 700, 65_536, 65_536 + 300] {
        let leaves = leaves(size);
        let (memory, size) = (memory(&leaves), size as u64);
        let tiled = TiledTree::new(Shelf::of(&leaves), size);
        assert_eq!(root_at(size, &tiled).unwrap(), root_at(size, &memory).unwrap(), "{size}");
        for index in [0, size / 3, size / 2, size - 1] {
            let proof = inclusion_proof(index, size, &tiled).unwrap();
            assert_eq!(proof, inclusion_proof(index, size, &memory).unwrap(), "{index} of {size}");
            let proof = consistency_proof(index, size, &tiled).unwrap();
            assert_eq!(proof, consistency_proof(index, size, &memory).unwrap(), "{index}, {size}");
        }
        assert!(matches!(tiled.hash(0, size), Err(TiledError::Beyond { .. })));
        assert!(matches!(tiled.hash(63, 0), Err(TiledError::Beyond { .. })));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However a tree is cut into runs of appends, it is the same tree.
    #[test]
    fn an_edge_put_down_and_taken_up_again_goes_on_as_before(
        first in 0..900_usize,
        second in 0..900_usize,
    ) {
        let leaves = leaves(first + second);
        let mut frontier = Frontier::new();
        let mut builder = TileBuilder::new();
        let mut tiles = Vec::new();
        for leaf in &leaves[..first] {
            frontier.append(*leaf);
            tiles.extend(builder.append(*leaf));
        }
        let mut frontier = Frontier::from_bytes(&frontier.to_bytes()).unwrap();
        let mut builder = TileBuilder::resume(first as u64, builder.partial_tiles()).unwrap();
        for leaf in &leaves[first..] {
            frontier.append(*leaf);
            tiles.extend(builder.append(*leaf));
        }
        prop_assert_eq!(frontier.root(), slow_root(&leaves));
        prop_assert_eq!(builder.frontier(), frontier);
        tiles.extend(builder.partial_tiles());
        prop_assert_eq!(tiles, Shelf::of(&leaves).0);
    }
}
