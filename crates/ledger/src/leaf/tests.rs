use proptest::prelude::*;

use super::*;

/// A leaf with every field told apart.
pub(crate) fn leaf(parents: usize) -> Leaf {
    let parent = |number: u8| Parent {
        origin: Hash([number; 32]),
        index: number.into(),
        leaf: Hash([0xf0 | number; 32]),
    };
    Leaf {
        kind: EntryKind(0x0102),
        at: 1_795_000_000_000_000,
        routing: Routing { owner: "LEAD_PRIV".parse().unwrap(), tlp: 3, grade: 4, audience: 5 },
        commitment: commit(&[1; 32], b"patch by Friday"),
        envelope: envelope_digest(b"sealed"),
        bucket: length_bucket(6),
        author: KeyId([0xa, 0xb, 0xc, 0xd]),
        parents: Parents::new((0..4).map(parent).take(parents)).unwrap(),
    }
}

#[test]
fn a_leaf_is_written_as_its_table_says() {
    let bytes = leaf(1).to_bytes();
    let (head, rest) = bytes.split_at(1 + 2 + 8 + 1 + 9 + 3);
    assert_eq!(head[..3], [1, 1, 2]);
    assert_eq!(head[3..11], 1_795_000_000_000_000_i64.to_be_bytes());
    assert_eq!(head[11..], *b"\x09LEAD_PRIV\x03\x04\x05");
    assert_eq!(
        rest[64..],
        [&[3, 0xa, 0xb, 0xc, 0xd, 1][..], &[0; 32], &[0; 8], &[0xf0; 32]].concat()
    );
    assert_eq!(leaf(1).hash(), leaf_hash(&bytes));
    let longest = Leaf {
        routing: Routing { owner: "L".repeat(32).parse().unwrap(), ..leaf(4).routing },
        ..leaf(4)
    };
    assert_eq!(longest.to_bytes().len(), 405);
}

#[test]
fn a_leaf_of_another_shape_is_refused() {
    let good = leaf(2).to_bytes();
    let changed = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    let count = good.len() - 2 * 72 - 1;
    let swapped = [&good[..=count], &good[count + 73..], &good[count + 1..count + 73]].concat();
    let doubled = [&good[..count + 73], &good[count + 1..count + 73]].concat();
    #[rustfmt::skip]
    let table = [
        // bytes                            refused as                     why
        (Vec::new(),                        LeafError::Length(0),          "nothing"),
        (changed(0, 0),                     LeafError::Version(0),         "no version"),
        (changed(0, 2),                     LeafError::Version(2),         "a version to come"),
        (changed(11, 0),                    LeafError::Owner,              "nobody owns it"),
        (changed(11, 33),                   LeafError::Owner,              "an owner too long"),
        (changed(12, b' '),                 LeafError::Owner,              "a space in the owner"),
        (changed(12, 0xff),                 LeafError::Owner,              "an owner that is no text"),
        (changed(count, 5),                 LeafError::Parents,            "too many parents"),
        (changed(count, 1),                 LeafError::Length(good.len()), "bytes behind"),
        (changed(count, 3),                 LeafError::Length(good.len()), "bytes missing"),
        (swapped,                           LeafError::Parents,            "parents out of order"),
        (doubled,                           LeafError::Parents,            "a parent twice"),
        ([good.as_slice(), &[0]].concat(),  LeafError::Length(good.len() + 1), "a byte behind"),
    ];
    for (bytes, expected, why) in table {
        assert_eq!(Leaf::from_bytes(&bytes), Err(expected), "{why}");
    }
    for length in 0..good.len() {
        assert!(Leaf::from_bytes(&good[..length]).is_err(), "{length} bytes");
    }
}

#[test]
fn parents_are_put_in_order_once() {
    let one = Parent { origin: Hash([1; 32]), index: 1, leaf: Hash([1; 32]) };
    let two = Parent { index: 2, ..one };
    assert_eq!(Parents::new([two, one, two]).unwrap().as_slice(), [one, two]);
    let five = (0..5).map(|index| Parent { index, ..one });
    assert_eq!(Parents::new(five), Err(LeafError::Parents));
}

#[test]
fn a_commitment_is_to_salt_and_content_alike() {
    let commitment = commit(&[1; 32], b"content");
    assert_ne!(commitment, commit(&[2; 32], b"content"));
    assert_ne!(commitment, commit(&[1; 32], b"Content"));
    assert_ne!(commitment, envelope_digest(&[&[1; 32][..], b"content"].concat()));
}

#[test]
fn lengths_are_rounded_up_to_powers_of_two() {
    let lengths = [0, 1, 2, 3, 4, 5, 1024, 1025, u64::MAX];
    assert_eq!(lengths.map(length_bucket), [0, 0, 1, 2, 2, 3, 10, 11, 64]);
}

proptest! {
    /// One way to write each: what is read prints the same bytes again.
    #[test]
    fn what_reads_as_a_leaf_is_written_the_same(
        parents in 0..=4_usize,
        at in 0..1000_usize,
        byte: u8,
        second in 0..1000_usize,
    ) {
        let mut bytes = leaf(parents).to_bytes();
        let length = bytes.len();
        bytes[at % length] = byte;
        bytes[second % length] ^= byte;
        if let Ok(leaf) = Leaf::from_bytes(&bytes) {
            prop_assert_eq!(leaf.to_bytes(), bytes);
        }
    }
}
