use super::*;

/// The note that the standard prints as its example.
const EXAMPLE: &str = "\
Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
";

/// The key that the Go checksum database signs its notes with, as its documentation prints it.
const GO_KEY: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

#[test]
fn the_example_of_the_standard_is_read_and_printed() {
    let note: Note = EXAMPLE.parse().unwrap();
    assert!(note.text().ends_with("\n\ned è subito sera.\n"));
    assert_eq!(note.lines().len(), 1);
    assert_eq!(note.lines()[0].id, KeyId([0x36, 0x7b, 0xa0, 0x4b]));
    assert_eq!(note.lines()[0].signature.len(), 64);
    assert_eq!(note.to_string(), EXAMPLE);
}

#[test]
fn a_key_of_another_log_is_read_and_printed() {
    let key: VerifierKey = GO_KEY.parse().unwrap();
    assert_eq!((key.name().as_str(), key.algorithm()), ("sum.golang.org", Algorithm::Ed25519));
    assert_eq!(key.id().to_string(), "033de0ae");
    assert_eq!(key.to_string(), GO_KEY);
}

/// A note and its key as the documentation of the Go package `sumdb/note` prints them.
#[test]
fn a_note_that_another_implementation_signed_is_believed_and_no_other_text() {
    let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let text = "If you think cryptography is the answer to your problem,\n\
                then you don't know what your problem is.\n";
    let line = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
    let key: VerifierKey = key.parse().unwrap();
    let note: Note = format!("{text}\n{line}\n").parse().unwrap();
    let signature = key.signature(&note).unwrap();
    assert!(key.check(text.as_bytes(), signature).is_ok());
    assert!(key.check(text.to_lowercase().as_bytes(), signature).is_err());
}

#[test]
fn keys_that_do_not_hang_together_are_refused() {
    let longer = format!("{GO_KEY}AAAA");
    #[rustfmt::skip]
    let table = [
        // key                                                refused as                        why
        ("sum.golang.org",                                    ParseVerifierKeyError::Shape,     "a name alone"),
        ("sum.golang.org+033de0ae",                           ParseVerifierKeyError::Shape,     "no key"),
        ("+033de0ae+Ac4z",                                    ParseVerifierKeyError::Name(ParseNameError), "no name"),
        (longer.as_str(),                                     ParseVerifierKeyError::Key,       "a key too long"),
        ("sum.golang.org+033de0ae+Ac4z",                      ParseVerifierKeyError::Key,       "a key too short"),
        ("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn9", ParseVerifierKeyError::Id, "another key"),
        ("sum.golang.com+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", ParseVerifierKeyError::Id, "another name"),
        ("sum.golang.org+033DE0AE+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", ParseVerifierKeyError::Id, "another spelling"),
        ("sum.golang.org+033de0ae+As4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", ParseVerifierKeyError::Key, "an algorithm we do not check"),
    ];
    for (key, expected, why) in table {
        let refused = key.parse::<VerifierKey>().unwrap_err();
        assert_eq!(refused, expected, "{why}");
    }
}

#[test]
fn notes_of_another_shape_are_refused() {
    let line = "— example.kr/log AAAAAAE=";
    let note = |text: &str, lines: &str| format!("{text}\n{lines}");
    let many = (0..33).map(|n| format!("— example.kr/{n} AAAAAAE="));
    let many = many.collect::<Vec<_>>().join("\n");
    #[rustfmt::skip]
    let table = [
        // note                                                      refused as                       why
        (String::new(),                                              NoteError::Shape,                "nothing"),
        ("a\n\n".to_owned(),                                         NoteError::Shape,                "no signature"),
        (note("a\n", line),                                          NoteError::Shape,                "no last line end"),
        (format!("a\n{line}\n"),                                     NoteError::Shape,                "no empty line"),
        (format!("\n\n{line}\n"),                                    NoteError::Shape,                "no text"),
        (note("a\r\n", &format!("{line}\n")),                        NoteError::Control { line: 1 },  "line ends of another system"),
        (note("a\nb\tc\n", &format!("{line}\n")),                    NoteError::Control { line: 2 },  "a tab"),
        (note("a\n", &format!("{line}\nb\n")),                       NoteError::Line { line: 2 },     "no signature line"),
        (note("a\n", &format!("{line} \n")),                         NoteError::Line { line: 1 },     "a space behind"),
        (note("a\n", "- example.kr/log AAAAAAE=\n"),                 NoteError::Line { line: 1 },     "another dash"),
        (note("a\n", "—  AAAAAAE=\n"),                               NoteError::Line { line: 1 },     "no name"),
        (note("a\n", "— a+b AAAAAAE=\n"),                            NoteError::Line { line: 1 },     "a plus sign in the name"),
        (note("a\n", "— a\u{3000}b AAAAAAE=\n"),                     NoteError::Line { line: 1 },     "a wide space in the name"),
        (note("a\n", "— example.kr/log AAAAAAE\n"),                  NoteError::Line { line: 1 },     "no padding"),
        (note("a\n", "— example.kr/log AAAAAAF=\n"),                 NoteError::Line { line: 1 },     "stray bits"),
        (note("a\n", "— example.kr/log AAAA_AE=\n"),                 NoteError::Line { line: 1 },     "another alphabet"),
        (note("a\n", "— example.kr/log AAAAAA==\n"),                 NoteError::Line { line: 1 },     "an identifier alone"),
        (note("a\n", &format!("{line}\n{line}\n")),                  NoteError::Twice { line: 2 },    "the same twice"),
        (note("a\n", &format!("{line}\n— example.kr/log AAAAAAI=\n")), NoteError::Twice { line: 2 },  "two by one key"),
        (note("a\n", &format!("{many}\n")),                           NoteError::TooMany,              "33 signatures"),
        (note(&"a".repeat(MAX_NOTE_BYTES), line),                    NoteError::TooLong,              "too long"),
    ];
    for (note, expected, why) in table {
        assert_eq!(note.parse::<Note>(), Err(expected), "{why}");
    }
    assert_eq!(Note::from_bytes(b"a\xff\n\n"), Err(NoteError::Utf8));
}

#[test]
fn a_text_that_would_move_the_border_cannot_be_signed() {
    let line: SignatureLine = "— example.kr/log AAAAAAE=".parse().unwrap();
    for text in ["", "a", "\n", "a\tb\n"] {
        assert!(Note::new(text.to_owned(), vec![line.clone()]).is_err(), "{text:?}");
    }
    assert!(Note::new("a\n".to_owned(), Vec::new()).is_err());
    let sly = "a\n\n— example.kr/log AAAAAAI=\n".to_owned();
    let note = Note::new(sly, vec![line.clone()]).unwrap();
    assert_eq!(note.lines(), std::slice::from_ref(&line), "what is in the text stays in the text");
    assert!(note.with(line).is_err());
}

#[test]
fn names_are_short_and_have_no_spaces() {
    for name in ["", "a b", "a+b", "a\nb", "a\u{a0}b", "a\u{7f}b", &"a".repeat(256)] {
        assert_eq!(name.parse::<Name>(), Err(ParseNameError), "{name:?}");
    }
    assert!("과학기술정보통신부.example/log".parse::<Name>().is_ok());
}
