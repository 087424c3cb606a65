//! Archives and streams: everything comes out once, and nothing hostile gets further.
#![allow(clippy::unwrap_used, reason = "a helper of a test may stop the test")]

use std::io::{Cursor, Read, Write};

use bongsu_formats::{Error, Limits, packing};

/// Place and text of every document, then place and reason of everything refused.
fn unpack(name: &str, bytes: impl Read, limits: &Limits) -> (Vec<(String, String)>, Vec<String>) {
    let (mut documents, mut refused) = (Vec::new(), Vec::new());
    packing::documents(name, bytes, limits, &mut |item| match item {
        Ok(found) => {
            let text = String::from_utf8_lossy(found.bytes).into_owned();
            documents.push((found.place.to_string(), text));
        }
        Err(quarantined) => refused.push(quarantined.to_string()),
    });
    (documents, refused)
}

fn places(found: &[(String, String)]) -> Vec<&str> {
    found.iter().map(|(place, _)| place.as_str()).collect()
}

fn tar_of(entries: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, kind, bytes) in entries {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(bytes.len() as u64);
        if matches!(kind, tar::EntryType::Symlink | tar::EntryType::Link) {
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        let fast = zip::write::SimpleFileOptions::default().compression_level(Some(3));
        writer.start_file(*name, fast).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

#[test]
fn nested_packings_give_every_document_with_its_whole_path() {
    let inner = zip_of(&[("a.json", b"{}"), ("list.jsonl", b"{\"x\":1}\n\n{\"x\":2}\n")]);
    let outer = tar_of(&[
        ("deep/inner.zip", tar::EntryType::Regular, &inner),
        ("b.json.zst", tar::EntryType::Regular, &zst(b"{\"b\":1}")),
    ]);
    let (found, refused) = unpack("all.tar.zst", &zst(&outer)[..], &Limits::default());
    assert_eq!(refused, Vec::<String>::new());
    let expected = [
        "all.tar.zst!deep/inner.zip!a.json",
        "all.tar.zst!deep/inner.zip!list.jsonl:1",
        "all.tar.zst!deep/inner.zip!list.jsonl:3",
        "all.tar.zst!b.json.zst",
    ];
    assert_eq!(places(&found), expected);
}

#[test]
fn lines_are_told_from_one_document_by_their_look() {
    #[rustfmt::skip]
    let table = [
        // name        text                                        documents  why
        ("x",          "{\"a\":1}\n{\"a\":2}\n",                   2, "two whole objects"),
        ("x",          "{\"a\":1}\n",                              1, "one object on a line"),
        ("x",          "{\n \"a\": 1\n}\n",                        1, "a pretty document"),
        ("x",          "{\"a\":\n{\"b\":1}\n}",                    1, "broken after the colon"),
        ("x",          "{\"a\":1, \"b\n{\"a\":2}\n{\"a\":3}\n",    3, "the first line was torn"),
        ("x.jsonl.zst", "{\"a\":\n",                               1, "the name promises lines"),
        ("x.json",     "[{\"a\":1}]\n",                            1, "an array is one document"),
        ("x.csv",      "cve,epss\nCVE-1-1,0.1\n",                  1, "not JSON at all"),
        ("x",          "",                                         1, "an empty file is still there"),
        ("x.jsonl",    "\u{feff}{\"a\":1}\n{\"a\":2}",             2, "a byte order mark"),
    ];
    for (name, text, documents, why) in table {
        let (found, refused) = unpack(name, text.as_bytes(), &Limits::default());
        assert_eq!((found.len(), refused.len()), (documents, 0), "{why}");
    }
}

#[test]
fn links_devices_and_names_that_lead_outside_are_set_aside_and_the_rest_goes_in() {
    use tar::EntryType::{Fifo, Link, Regular, Symlink};
    let outer = tar_of(&[
        ("../../etc/cron.d/x", Regular, b"{}"),
        ("/etc/passwd", Regular, b"{}"),
        ("link.json", Symlink, b""),
        ("hard.json", Link, b""),
        ("pipe.json", Fifo, b""),
        ("good.json", Regular, b"{}"),
    ]);
    let (found, refused) = unpack("x.tar", &outer[..], &Limits::default());
    assert_eq!(places(&found), ["x.tar!good.json"]);
    assert_eq!(refused.len(), 5, "{refused:#?}");
    assert!(refused[0].contains("leads outside") && refused[2].contains("symbolic link"));

    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer.add_symlink("link.json", "/etc/passwd", options).unwrap();
    writer.start_file("../up.json", options).unwrap();
    writer.start_file("C:/up.json", options).unwrap();
    writer.start_file("good.json", options).unwrap();
    let packed = writer.finish().unwrap().into_inner();
    let (found, refused) = unpack("x.zip", &packed[..], &Limits::default());
    assert_eq!(places(&found), ["x.zip!good.json"]);
    assert_eq!(refused.len(), 3, "{refused:#?}");
}

#[test]
fn a_bomb_is_stopped_by_its_ratio_and_by_its_size() {
    let zeros = vec![b' '; 64 << 20];
    let ratio = Limits::default();
    let size = Limits { document_bytes: 1 << 20, expansion: u64::MAX, ..ratio };
    let zip = zip_of(&[("bomb.json", &zeros), ("good.json", b"{}")]);
    let once = zst(&zeros);
    let twice = zst(&once);
    let strict = Limits { expansion: 100, ..ratio };
    #[rustfmt::skip]
    let table = [
        ("b.zst",     once.as_slice(),  ratio,  "multiple", 0, "zstd, by ratio"),
        ("b.zst",     once.as_slice(),  size,   "in bytes", 0, "zstd, by size"),
        ("b.zip",     zip.as_slice(),   strict, "multiple", 1, "zip, by ratio"),
        ("b.zip",     zip.as_slice(),   size,   "in bytes", 1, "zip, by size"),
        ("b.zst.zst", twice.as_slice(), ratio,  "multiple", 0, "twice packed"),
    ];
    for (name, bytes, limits, says, good, why) in table {
        let (found, refused) = unpack(name, bytes, &limits);
        assert_eq!(found.len(), good, "{why}");
        assert!(refused.len() == 1 && refused[0].contains(says), "{why}: {refused:?}");
    }
}

#[test]
fn a_string_of_a_gigabyte_is_refused_without_being_held() {
    let head = &b"{\"id\":\"X\"}\n{\"id\": \""[..];
    let tail = &b"\"}\n{\"id\":\"Y\"}\n"[..];
    let stream = head.chain(std::io::repeat(b'a').take(1 << 30)).chain(tail);
    let limits = Limits { document_bytes: 8 << 20, ..Limits::default() };
    let (found, refused) = unpack("x.jsonl", stream, &limits);
    assert_eq!(places(&found), ["x.jsonl:1", "x.jsonl:3"]);
    assert!(refused.len() == 1 && refused[0].contains("x.jsonl:2"), "{refused:?}");
}

#[test]
fn a_torn_archive_gives_what_came_before_the_tear_and_says_so() {
    let whole = tar_of(&[
        ("a.json", tar::EntryType::Regular, b"{}"),
        ("b.json", tar::EntryType::Regular, &[b' '; 4096]),
    ]);
    let (found, refused) = unpack("x.tar", &whole[..2000], &Limits::default());
    assert_eq!(places(&found), ["x.tar!a.json"]);
    assert!(!refused.is_empty());
    let packed = zst(b"{\"a\": 1}");
    let (found, refused) = unpack("x.zst", &packed[..packed.len() - 3], &Limits::default());
    assert_eq!((found.len(), refused.len()), (0, 1));
    let zip = zip_of(&[("a.json", b"{}")]);
    let (found, refused) = unpack("x.zip", &zip[..zip.len() - 10], &Limits::default());
    assert_eq!((found.len(), refused.len()), (0, 1));
}

#[test]
fn a_long_name_header_cannot_take_the_memory() {
    let long = vec![b'a'; 8 << 20];
    let outer = tar_of(&[
        ("././@LongLink", tar::EntryType::GNULongName, &long),
        ("a.json", tar::EntryType::Regular, b"{}"),
    ]);
    let (found, refused) = unpack("x.tar", &outer[..], &Limits::default());
    assert_eq!((found.len(), refused.len()), (0, 1), "{refused:?}");
    assert!(refused[0].contains("header"), "{refused:?}");
}

#[test]
fn too_many_documents_end_the_stream_with_one_word_about_it() {
    let limits = Limits { documents: 10, ..Limits::default() };
    let (found, refused) = unpack("x.jsonl", "{}\n".repeat(1000).as_bytes(), &limits);
    assert_eq!((found.len(), refused.len()), (10, 1));
    assert!(refused[0].contains("number of documents"));
}

#[test]
fn packings_we_do_not_read_are_named() {
    let mut kinds = Vec::new();
    packing::documents("x.xz", &b"\xfd7zXZ\0...."[..], &Limits::default(), &mut |item| {
        if let Err(quarantined) = item {
            assert!(matches!(quarantined.reason, Error::UnknownFormat { .. }));
            kinds.push(quarantined.reason.to_string());
        }
    });
    assert!(kinds.len() == 1 && kinds[0].contains("xz"), "{kinds:?}");
}

#[test]
fn an_office_workbook_stays_whole() {
    let book = zip_of(&[("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>")]);
    let (found, _) = unpack("assets.xlsx", &book[..], &Limits::default());
    assert_eq!(places(&found), ["assets.xlsx"]);
}
