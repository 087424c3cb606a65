//! Nothing that was changed is believed: notes, leaves, proof files and signed acts.
#![allow(clippy::unwrap_used, reason = "tests stop where something is wrong")]

use bongsu_ledger::hash::leaf_hash;
use bongsu_ledger::leaf::{EntryKind, Leaf, Parents, Routing, commit, envelope_digest};
use bongsu_ledger::proof::LogProof;
use bongsu_ledger::tree::{Memory, inclusion_proof, root_at};
use bongsu_ledger::{Checkpoint, DualSignature, NodeKey, NodeVerifier, Note};

/// Ten thousand of each kind; a million with `BONGSU_DEPTH=release`.
#[test]
fn nothing_that_was_changed_is_believed() {
    let deep = std::env::var("BONGSU_DEPTH").is_ok_and(|depth| depth == "release");
    let rounds = if deep { 1_000_000 } else { 10_000 };
    let world = World::new();
    for (name, original, accepts) in world.victims() {
        assert!(accepts(&original), "the {name} itself is believed");
        let other = world.other(name);
        let mut dice = Dice(0x00be_ac04);
        let mut tried = 0;
        for round in 0..rounds {
            let mut bytes = original.clone();
            for _ in 0..=dice.roll(3) {
                mutate(&mut bytes, &other, &mut dice);
            }
            if same_meaning(&bytes, &original) || same_meaning(&bytes, &other) {
                continue;
            }
            tried += 1;
            assert!(!accepts(&bytes), "{name}, round {round}: {}", String::from_utf8_lossy(&bytes));
        }
        assert!(tried > rounds * 9 / 10, "{name}: {tried} of {rounds} were changed");
    }
}

/// Whether the same lines are there, but for signatures by strangers and the order of signatures:
/// the standard has readers pass over both. A graft may have made the other note as a whole.
fn same_meaning(bytes: &[u8], original: &[u8]) -> bool {
    let known: Vec<&[u8]> = original.split(|byte| *byte == b'\n').collect();
    let stranger = |line: &&[u8]| line.starts_with("— ".as_bytes()) && !known.contains(line);
    let sorted = |bytes: &[u8]| {
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !stranger(line));
        let mut lines: Vec<Vec<u8>> = lines.map(<[u8]>::to_vec).collect();
        let signatures = lines.len().saturating_sub(3);
        lines[signatures..].sort();
        lines
    };
    sorted(bytes) == sorted(original)
}

type Accepts<'a> = Box<dyn Fn(&[u8]) -> bool + 'a>;

/// A log of 11 entries, and what its node signed.
struct World {
    key: NodeKey,
    verifier: NodeVerifier,
    note: Note,
    proof: LogProof,
    /// The same at another size: signatures to graft.
    later: Note,
}

impl World {
    fn new() -> Self {
        let key = NodeKey::from_seed("moi.example.kr/log".parse().unwrap(), [1; 32]);
        let mut tree = Memory::new();
        tree.extend((0..12).map(|number| leaf_hash(&leaf(number).to_bytes())));
        let signed = |size| {
            let root = root_at(size, &tree).unwrap();
            Checkpoint::new(key.name().clone(), size, root).sign(&key).unwrap()
        };
        let (note, later) = (signed(11), signed(12));
        let path = inclusion_proof(5, 11, &tree).unwrap();
        let proof = LogProof::of(&leaf(5).to_bytes(), 5, path, note.clone());
        Self { verifier: key.verifier(), key, note, proof, later }
    }

    fn victims(&self) -> [(&'static str, Vec<u8>, Accepts<'_>); 4] {
        let act = self.key.sign("bongsu/directive/v1", b"patch by Friday").to_bytes();
        let act = [b"patch by Friday", act.as_slice()].concat();
        [
            ("note", self.note.to_string().into(), Box::new(|bytes| self.opens_note(bytes))),
            ("leaf", leaf(5).to_bytes(), Box::new(|bytes| self.holds_leaf(bytes))),
            ("proof", self.proof.to_string().into(), Box::new(|bytes| self.opens_proof(bytes))),
            ("act", act, Box::new(|bytes| self.verifies_act(bytes))),
        ]
    }

    /// Bytes of the same kind to graft pieces from.
    fn other(&self, name: &str) -> Vec<u8> {
        match name {
            "leaf" => leaf(6).to_bytes(),
            "act" => {
                let act = self.key.sign("bongsu/answer/v1", b"patch by Friday").to_bytes();
                [b"patch by Monday", act.as_slice()].concat()
            }
            _ => self.later.to_string().into(),
        }
    }

    fn opens_note(&self, bytes: &[u8]) -> bool {
        let Ok(note) = Note::from_bytes(bytes) else { return false };
        assert_eq!(note.to_string().as_bytes(), bytes, "a note has one spelling");
        Checkpoint::open(&note, &self.verifier).is_ok()
    }

    fn holds_leaf(&self, bytes: &[u8]) -> bool {
        let Ok(leaf) = Leaf::from_bytes(bytes) else { return false };
        assert_eq!(leaf.to_bytes(), bytes, "a leaf has one spelling");
        self.proof.verify(bytes, &self.verifier).is_ok()
    }

    fn opens_proof(&self, bytes: &[u8]) -> bool {
        let text = std::str::from_utf8(bytes).ok();
        let Some(Ok(proof)) = text.map(str::parse::<LogProof>) else { return false };
        assert_eq!(proof.to_string().as_bytes(), bytes, "a proof file has one spelling");
        proof.open(&self.verifier).is_ok()
    }

    fn verifies_act(&self, bytes: &[u8]) -> bool {
        let Some((text, signature)) = bytes.split_at_checked(15) else { return false };
        let signature = DualSignature::from_bytes(signature);
        signature.is_ok_and(|signature| {
            self.verifier.verify("bongsu/directive/v1", text, &signature).is_ok()
        })
    }
}

fn leaf(number: i64) -> Leaf {
    let owner = "LEAD_PRIV".parse().unwrap();
    Leaf {
        kind: EntryKind(7),
        at: number,
        routing: Routing { owner, tlp: 1, grade: 2, audience: 3 },
        commitment: commit(&[5; 32], &number.to_be_bytes()),
        envelope: envelope_digest(&number.to_be_bytes()),
        bucket: 3,
        author: bongsu_ledger::note::KeyId([1, 2, 3, 4]),
        parents: Parents::none(),
    }
}

/// Changes some bytes in one of many ways.
fn mutate(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    let at = dice.roll(bytes.len());
    match dice.roll(9) {
        _ if bytes.is_empty() => bytes.push(b'\n'),
        0 | 1 => bytes[at] ^= 1 << dice.roll(8),
        2 => bytes[at] = b"\n =+/0A\xff"[dice.roll(8)],
        3 => bytes.insert(at, b"\n =+/0A\xff"[dice.roll(8)]),
        4 => drop(bytes.remove(at)),
        5 => bytes.truncate(at),
        6 => {
            // A piece of something else that its node signed, at the same place.
            let end = (at + 1 + dice.roll(6000)).min(other.len()).min(bytes.len());
            if at < end {
                bytes[at..end].copy_from_slice(&other[at..end]);
            }
        }
        line => {
            let mut lines: Vec<Vec<u8>> =
                bytes.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
            let (from, to) = (dice.roll(lines.len()), dice.roll(lines.len()));
            if line == 7 {
                lines.swap(from, to);
            } else {
                lines.insert(to, lines[from].clone());
            }
            *bytes = lines.join(&b'\n');
        }
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
}
