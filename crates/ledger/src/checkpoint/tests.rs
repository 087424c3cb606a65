use super::*;
use crate::keys::Trust;

const ROOT: &str = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

#[test]
fn the_example_of_the_standard_is_read_and_printed() {
    let text = format!("example.com/behind-the-sofa\n20852163\n{ROOT}\n");
    let checkpoint: Checkpoint = text.parse().unwrap();
    assert_eq!(checkpoint.origin.as_str(), "example.com/behind-the-sofa");
    assert_eq!(checkpoint.size, 20_852_163);
    assert_eq!(checkpoint.to_string(), text);
}

#[test]
fn checkpoints_of_another_shape_are_refused() {
    let empty = Hash::EMPTY_ROOT.to_base64();
    #[rustfmt::skip]
    let table = [
        // text                                       refused as                    why
        (String::new(),                               CheckpointError::Extension,   "nothing"),
        (format!("a/b\n7\n{ROOT}"),                   CheckpointError::Extension,   "no last line end"),
        (format!("\n7\n{ROOT}\n"),                    CheckpointError::Origin,      "no origin"),
        (format!("a b\n7\n{ROOT}\n"),                 CheckpointError::Origin,      "a space in the origin"),
        (format!("a/b\n07\n{ROOT}\n"),                CheckpointError::Size,        "a zero in front"),
        (format!("a/b\n+7\n{ROOT}\n"),                CheckpointError::Size,        "a sign"),
        (format!("a/b\n\n{ROOT}\n"),                  CheckpointError::Size,        "no size"),
        (format!("a/b\n9223372036854775808\n{ROOT}\n"), CheckpointError::Size,      "too large"),
        (format!("a/b\n99999999999999999999\n{ROOT}\n"), CheckpointError::Size,     "over 64 bits"),
        ("a/b\n7\n".to_owned(),                       CheckpointError::Root,        "no root"),
        (format!("a/b\n7\n{}\n", &ROOT[4..]),         CheckpointError::Root,        "a root too short"),
        (format!("a/b\n7\n{}\n", ROOT.replace("2I=", "2J=")), CheckpointError::Root, "stray bits"),
        (format!("a/b\n0\n{ROOT}\n"),                 CheckpointError::Root,        "an empty log has one root"),
        (format!("a/b\n7\n{ROOT}\n\n"),               CheckpointError::Extension,   "an empty line"),
        (format!("a/b\n7\n{ROOT}\nx\n\ny\n"),         CheckpointError::Extension,   "an empty line between"),
        (format!("a/b\n7\n{ROOT}\nx\ty\n"),           CheckpointError::Extension,   "a tab"),
    ];
    for (text, expected, why) in table {
        assert_eq!(text.parse::<Checkpoint>(), Err(expected), "{why}");
    }
    assert!(format!("a/b\n0\n{empty}\n").parse::<Checkpoint>().is_ok());
    assert!(format!("a/b\n7\n{ROOT}\nx\ny z\n").parse::<Checkpoint>().is_ok());
}

fn key(name: &str, seed: u8) -> NodeKey {
    NodeKey::from_seed(name.parse().unwrap(), [seed; 32])
}

fn checkpoint(name: &str) -> Checkpoint {
    Checkpoint::new(name.parse().unwrap(), 7, Hash::from_base64(ROOT).unwrap())
}

#[test]
fn a_checkpoint_is_believed_when_both_keys_of_its_node_signed_it() {
    let (moi, other) = (key("moi.example.kr/log", 1), key("moi.example.kr/log", 2));
    let signed = checkpoint("moi.example.kr/log").sign(&moi).unwrap();
    let strangers = checkpoint("moi.example.kr/log").sign(&other).unwrap();
    let with = |lines: Vec<_>| Note::new(signed.text().to_owned(), lines).unwrap();
    let lines = signed.lines().to_vec();
    let opened = |note: &Note| Checkpoint::open(note, &moi.verifier());
    assert_eq!(opened(&signed).unwrap(), checkpoint("moi.example.kr/log"));

    let both = [lines.clone(), strangers.lines().to_vec()].concat();
    assert!(opened(&with(both)).is_ok(), "signatures by strangers are passed over");
    assert!(matches!(opened(&strangers), Err(Error::Unsigned { .. })), "and do not count");
    for half in 0..2 {
        let one = with(vec![lines[half].clone()]);
        assert!(matches!(opened(&one), Err(Error::Unsigned { .. })), "one of two is none");
        let mut forged = lines.clone();
        forged[half].signature = strangers.lines()[half].signature.clone();
        assert!(matches!(opened(&with(forged)), Err(Error::Signature { .. })));
        let mut torn = lines.clone();
        torn[half].signature.pop();
        assert!(matches!(opened(&with(torn)), Err(Error::Signature { .. })));
    }
}

#[test]
fn each_half_carries_a_checkpoint_when_the_other_is_broken() {
    let moi = key("moi.example.kr/log", 1);
    let signed = checkpoint("moi.example.kr/log").sign(&moi).unwrap();
    let halves = [(true, false), (false, true)];
    for (half, (ed25519, ml_dsa)) in halves.into_iter().enumerate() {
        let verifier = moi.verifier().trusting(Trust { ed25519, ml_dsa });
        let mut lines = signed.lines().to_vec();
        lines[1 - half].signature[0] ^= 1;
        let broken = Note::new(signed.text().to_owned(), lines).unwrap();
        assert!(Checkpoint::open(&broken, &verifier).is_ok(), "the other half does not matter");
        let mut lines = signed.lines().to_vec();
        lines[half].signature[0] ^= 1;
        let forged = Note::new(signed.text().to_owned(), lines).unwrap();
        assert!(Checkpoint::open(&forged, &verifier).is_err(), "this half does");
    }
    let nothing = moi.verifier().trusting(Trust { ed25519: false, ml_dsa: false });
    assert!(matches!(Checkpoint::open(&signed, &nothing), Err(Error::NothingTrusted { .. })));
}

#[test]
fn a_node_signs_and_vouches_for_its_own_log_alone() {
    let moi = key("moi.example.kr/log", 1);
    let theirs = checkpoint("mnd.example.kr/log");
    assert!(matches!(theirs.sign(&moi), Err(Error::Origin { .. })));
    let slipped = moi.sign_note(theirs.to_string()).unwrap();
    assert!(matches!(Checkpoint::open(&slipped, &moi.verifier()), Err(Error::Origin { .. })));
    let letter = moi.sign_note("a letter\n".to_owned()).unwrap();
    assert!(matches!(Checkpoint::open(&letter, &moi.verifier()), Err(Error::Checkpoint(_))));
}
