use super::*;
use crate::Error;
use crate::checkpoint::Checkpoint;

fn name() -> Name {
    "moi.example.kr/log".parse().unwrap()
}

fn key(seed: u8) -> NodeKey {
    NodeKey::from_seed(name(), [seed; 32])
}

#[test]
fn ed25519_signs_as_rfc_8032_says() {
    // RFC 8032, section 7.1, test 2.
    let seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
    let public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    let signature = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                     085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
    let seed: Hash = seed.parse().unwrap();
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed.0).unwrap();
    assert_eq!(pair.public_key().as_ref(), public.parse::<Hash>().unwrap().0);
    let (first, second) = signature.split_at(64);
    let expected: [Hash; 2] = [first.parse().unwrap(), second.parse().unwrap()];
    assert_eq!(sign_ed25519(&pair, &[0x72]), [expected[0].0, expected[1].0].concat().as_slice());
}

#[test]
fn a_seed_gives_the_same_keys_each_time() {
    assert_eq!(key(1).verifier(), key(1).verifier());
    assert_ne!(key(1).verifier(), key(2).verifier());
    assert_ne!(NodeKey::generate(name()).verifier(), NodeKey::generate(name()).verifier());
}

#[test]
fn a_signature_fits_its_bytes_its_domain_and_its_key() {
    let (key, other) = (key(1), key(2));
    let signature = key.sign("bongsu/directive/v1", b"patch by Friday");
    let check = |verifier: &NodeVerifier, domain, bytes, signature: &DualSignature| {
        verifier.verify(domain, bytes, signature).is_ok()
    };
    let (ours, bytes) = (&key.verifier(), b"patch by Friday".as_slice());
    assert!(check(ours, "bongsu/directive/v1", bytes, &signature));
    assert!(!check(ours, "bongsu/directive/v1", b"patch by Monday", &signature), "other bytes");
    assert!(!check(ours, "bongsu/answer/v1", bytes, &signature), "another purpose");
    assert!(
        !check(ours, "bongsu/directive/v", b"1patch by Friday", &signature),
        "the border moved"
    );
    assert!(!check(&other.verifier(), "bongsu/directive/v1", bytes, &signature), "another key");

    let read = DualSignature::from_bytes(&signature.to_bytes()).unwrap();
    assert_eq!(read, signature);
    let theirs = other.sign("bongsu/directive/v1", b"patch by Friday").to_bytes();
    let ours_bytes = signature.to_bytes();
    for (mixed, why) in [
        ([&ours_bytes[..65], &theirs[65..]].concat(), "ML-DSA-65 of another"),
        ([&theirs[..65], &ours_bytes[65..]].concat(), "Ed25519 of another"),
    ] {
        let mixed = DualSignature::from_bytes(&mixed).unwrap();
        assert!(!check(ours, "bongsu/directive/v1", bytes, &mixed), "{why}");
    }
}

#[test]
fn each_half_carries_an_act_when_the_other_is_broken() {
    let key = key(1);
    let good = key.sign("act", b"text").to_bytes();
    for (ed25519, ml_dsa, mine, theirs) in [(true, false, 1, 65), (false, true, 65, 1)] {
        let verifier = key.verifier().trusting(Trust { ed25519, ml_dsa });
        let spoilt = |at: usize| {
            let mut bytes = good.clone();
            bytes[at] ^= 1;
            DualSignature::from_bytes(&bytes).unwrap()
        };
        assert!(verifier.verify("act", b"text", &spoilt(theirs)).is_ok());
        assert!(verifier.verify("act", b"text", &spoilt(mine)).is_err());
    }
}

#[test]
fn no_signature_on_an_act_is_one_on_a_note() {
    let key = key(1);
    let text = "moi.example.kr/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    let note = key.sign_note(text.to_owned()).unwrap();
    let act = key.sign("", text.as_bytes());
    let mut lines = note.lines().to_vec();
    lines[0].signature = act.ed25519().to_vec();
    lines[1].signature = act.ml_dsa_65().to_vec();
    let forged = Note::new(text.to_owned(), lines).unwrap();
    assert!(key.verifier().check_note(&note).is_ok());
    assert!(key.verifier().check_note(&forged).is_err());
}

#[test]
fn signatures_of_another_shape_are_refused() {
    let good = key(1).sign("act", b"text").to_bytes();
    assert_eq!(good.len(), DualSignature::BYTES);
    for length in [0, 1, 64, 65, good.len() - 1] {
        let refused = DualSignature::from_bytes(&good[..length]);
        assert_eq!(refused, Err(ParseSignatureError::Length(length)));
    }
    let longer = [good.as_slice(), &[0]].concat();
    assert_eq!(DualSignature::from_bytes(&longer), Err(ParseSignatureError::Length(longer.len())));
    let mut other = good;
    other[0] = 2;
    assert_eq!(DualSignature::from_bytes(&other), Err(ParseSignatureError::Algorithms(2)));
}

#[test]
fn public_keys_are_one_line() {
    let verifier = key(1).verifier();
    let line = verifier.to_string();
    assert_eq!(line.parse(), Ok(verifier.clone()));
    let [ed25519, ml_dsa_65] = verifier.keys().clone().map(|key| key.to_string());
    let [_, strange] = NodeKey::from_seed("mnd.example.kr/log".parse().unwrap(), [1; 32])
        .verifier()
        .keys()
        .clone()
        .map(|key| key.to_string());
    #[rustfmt::skip]
    let table = [
        // line                                  why
        (ed25519.clone(),                        "one key"),
        (format!("{ml_dsa_65} {ed25519}"),       "the other order"),
        (format!("{ed25519} {ed25519}"),         "one key twice"),
        (format!("{ed25519}  {ml_dsa_65}"),      "two spaces"),
        (format!("{ed25519} {strange}"),         "two names"),
        (format!("{line}\n"),                    "a line end"),
    ];
    for (line, why) in table {
        assert!(line.parse::<NodeVerifier>().is_err(), "{why}");
    }
}

#[test]
fn a_key_file_gives_the_keys_back_and_never_others() {
    let key = key(1);
    let text = key.to_text();
    assert_eq!(NodeKey::from_text(&text).unwrap().verifier(), key.verifier());
    let windows = text.replace('\n', "\r\n");
    assert_eq!(NodeKey::from_text(&windows).unwrap().verifier(), key.verifier());
    #[rustfmt::skip]
    let table = [
        // text                                          refused as                   why
        (String::new(),                                  ParseKeyFileError::Shape,    "nothing"),
        (text.replace("END", "BEGIN"),                   ParseKeyFileError::Shape,    "no end"),
        (format!("{text}{text}"),                        ParseKeyFileError::Shape,    "two keys"),
        (text.replace("moi.", "mnd."),                   ParseKeyFileError::Id,       "another name"),
        (text.replace("AQEB", "AQEC"),                   ParseKeyFileError::Id,       "another seed"),
        (text.replace("AQEBAQ", "AQ"),                   ParseKeyFileError::Seed,     "a seed too short"),
        (text.replace("id: ", "id: 0"),                  ParseKeyFileError::Id,       "an identifier too long"),
    ];
    for (text, expected, why) in table {
        assert_eq!(NodeKey::from_text(&text).unwrap_err(), expected, "{why}");
    }
}

#[test]
fn keys_may_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<NodeKey>();
    shared::<NodeVerifier>();
    shared::<Cosigner>();
}

#[test]
fn secrets_print_as_dots() {
    assert_eq!(format!("{:?}", key(1)), "NodeKey(moi.example.kr/log, …)");
    let witness = Cosigner::from_seed(name(), [1; 32]);
    assert_eq!(format!("{witness:?}"), "Cosigner(moi.example.kr/log, …)");
}

#[test]
fn a_witness_vouches_for_one_checkpoint_at_one_time() {
    let node = key(1);
    let witness = Cosigner::from_seed("mnd.example.kr/witness".parse().unwrap(), [3; 32]);
    let checkpoint = Checkpoint::new(name(), 7, Hash([9; 32]));
    let line = witness.cosign(&checkpoint, 1_795_000_000);
    assert_eq!(line.signature.len(), 8 + 2420);
    let note = checkpoint.sign(&node).unwrap().with(line.clone()).unwrap();
    let verifier = witness.verifier();
    assert_eq!(verifier.check(&checkpoint, &note).unwrap(), 1_795_000_000);
    assert_eq!(Checkpoint::open(&note, &node.verifier()).unwrap(), checkpoint);
    assert_eq!(
        CosignerVerifier::new(verifier.key().to_string().parse().unwrap()),
        Ok(verifier.clone())
    );

    let unsigned = checkpoint.sign(&node).unwrap();
    assert!(matches!(verifier.check(&checkpoint, &unsigned), Err(Error::Unsigned { .. })));
    let larger = Checkpoint { size: 8, ..checkpoint.clone() };
    assert!(verifier.check(&larger, &note).is_err(), "another checkpoint than the note's");
    let moved = larger.sign(&node).unwrap().with(line.clone()).unwrap();
    assert!(verifier.check(&larger, &moved).is_err(), "moved to another checkpoint");
    for byte in 0..8 {
        let mut later = line.clone();
        later.signature[byte] ^= if byte == 0 { 0x80 } else { 1 };
        let note = checkpoint.sign(&node).unwrap().with(later).unwrap();
        assert!(verifier.check(&checkpoint, &note).is_err(), "the time was changed");
    }
    let node_line = node.verifier().keys()[0].clone();
    assert!(CosignerVerifier::new(node_line).is_err(), "a node's key is no witness's");
}

/// What is signed and stored today must be read in ten years: these values never change.
///
/// OpenSSL 4.0.0 grows the same keys from the same seeds, and verified a note and a cosignature.
#[test]
fn keys_and_commitments_stay_what_they_are() {
    let node = key(1).verifier();
    let witness = Cosigner::from_seed("mnd.example.kr/witness".parse().unwrap(), [3; 32]);
    let [ed25519, ml_dsa_65] = node.keys();
    #[rustfmt::skip]
    let table = [
        // value                                                  stays                 why
        (ed25519.id().to_string(),                                "42b2c8c5",           "a node's Ed25519 key"),
        (ml_dsa_65.id().to_string(),                              "78c4fead",           "a node's ML-DSA-65 key"),
        (witness.verifier().key().id().to_string(),               "36291f6b",           "a witness's key"),
        (crate::leaf::commit(&[1; 32], b"content").to_string(),   "7164818c60c06a4cdf7a69738f8f2f8c10b534975c463e4c97ec937276d7757c", "a commitment"),
        (crate::leaf::tests::leaf(2).hash().to_string(),          "37cd68ee9b8ab4a617707a88dd1e3cc156c1d06690a23f62dabd830464449df2", "a leaf"),
    ];
    for (value, stays, why) in table {
        assert_eq!(value, stays, "{why}");
    }
}
