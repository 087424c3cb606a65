use super::*;
use crate::keys::NodeKey;
use crate::leaf::tests::leaf;
use crate::tree::{Memory, inclusion_proof, root_at};

/// A proof of the leaf at index 5 of 11, and the key of its log.
fn proof() -> (LogProof, NodeKey) {
    let key = NodeKey::from_seed("moi.example.kr/log".parse().unwrap(), [1; 32]);
    let entry = |number: i64| Leaf { at: number, ..leaf(1) };
    let mut tree = Memory::new();
    tree.extend((0..11).map(|number| entry(number).hash()));
    let checkpoint = Checkpoint::new(key.name().clone(), 11, root_at(11, &tree).unwrap());
    let path = inclusion_proof(5, 11, &tree).unwrap();
    (LogProof::of(&entry(5).to_bytes(), 5, path, checkpoint.sign(&key).unwrap()), key)
}

#[test]
fn a_proof_file_carries_its_entry_and_shows_that_it_is_in_the_log() {
    let (proof, key) = proof();
    let text = proof.to_string();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra AQEC"));
    assert_eq!(text.lines().nth(2), Some("index 5"));
    let read: LogProof = text.parse().unwrap();
    assert_eq!(read, proof);
    let (leaf, checkpoint) = read.open(&key.verifier()).unwrap();
    assert_eq!((leaf.at, checkpoint.size), (5, 11));
}

#[test]
fn a_proof_file_without_its_entry_is_checked_against_the_readers() {
    let (proof, key) = proof();
    let entry = proof.extra.clone().unwrap();
    let bare = LogProof { extra: None, ..proof };
    let read: LogProof = bare.to_string().parse().unwrap();
    assert_eq!(read, bare);
    assert!(read.verify(&entry, &key.verifier()).is_ok());
    assert!(matches!(read.open(&key.verifier()), Err(Error::Proof(ProofError::Extra))));
    let refuted = read.verify(&entry[1..], &key.verifier());
    assert!(matches!(refuted, Err(Error::Refuted(_))), "another entry");
}

#[test]
fn a_proof_of_one_log_is_none_of_another() {
    let (proof, key) = proof();
    let other = NodeKey::from_seed(key.name().clone(), [2; 32]);
    assert!(matches!(proof.open(&other.verifier()), Err(Error::Unsigned { .. })));
}

#[test]
fn the_proof_of_a_log_of_one_entry_has_no_hashes() {
    let key = NodeKey::from_seed("moi.example.kr/log".parse().unwrap(), [1; 32]);
    let entry = leaf(0).to_bytes();
    let checkpoint = Checkpoint::new(key.name().clone(), 1, leaf_hash(&entry));
    let proof = LogProof::of(&entry, 0, Vec::new(), checkpoint.sign(&key).unwrap());
    let read: LogProof = proof.to_string().parse().unwrap();
    assert!(read.open(&key.verifier()).is_ok());
}

#[test]
fn proof_files_of_another_shape_are_refused() {
    let text = proof().0.to_string();
    let with = |from: &str, to: &str| text.replacen(from, to, 1);
    let hash = text.lines().nth(3).unwrap();
    #[rustfmt::skip]
    let table = [
        // text                                                    refused as                    why
        (with("@v1", "@v2"),                                       ProofError::FirstLine,        "a version to come"),
        (with("@v1\n", "@v1\r\n"),                                 ProofError::FirstLine,        "line ends of another system"),
        (with("extra ", "extra  "),                                ProofError::Extra,            "two spaces"),
        (with("extra AQEC", "extra AQE"),                          ProofError::Extra,            "no Base64"),
        (with("extra ", "extr "),                                  ProofError::Index,            "another line"),
        (with("index 5", "index 05"),                              ProofError::Index,            "a zero in front"),
        (with("index 5", "index +5"),                              ProofError::Index,            "a sign"),
        (with("index 5\n", ""),                                    ProofError::Index,            "no index"),
        (with(hash, &hash[4..]),                                   ProofError::Hash { place: 1 }, "a hash too short"),
        (with("\n\n", "\n"),                                       ProofError::Hash { place: 5 }, "no empty line"),
        (with(hash, &[hash; 70].join("\n")),                       ProofError::TooLong,          "more hashes than any tree is high"),
    ];
    for (text, expected, why) in table {
        assert_eq!(text.parse::<LogProof>(), Err(expected), "{why}");
    }
    assert_eq!("c2sp.org/tlog-proof@v1\nindex 5".parse::<LogProof>(), Err(NoteError::Shape.into()));
}
