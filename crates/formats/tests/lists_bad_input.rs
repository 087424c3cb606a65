//! Lock files and asset lists that are damaged, hostile or huge.

#![allow(clippy::unwrap_used, reason = "a test stops where its own material is broken")]

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use bongsu_formats::Limits;
use bongsu_formats::inventories::{Found, read};

fn read_text(name: &str, text: &str) -> Found {
    read(name, text.as_bytes(), &Limits::default())
}

fn components(found: &Found) -> usize {
    found.inventories.iter().map(|inventory| inventory.components.len()).sum()
}

/// The one reason why nothing was read.
fn refused(found: &Found) -> String {
    assert_eq!(components(found), 0, "nothing was read");
    assert_eq!(found.quarantined.len(), 1, "{:?}", found.quarantined);
    found.quarantined[0].to_string()
}

/// Every lock file and asset list we wrote, by name.
const FIXTURES: [(&str, &[u8]); 25] = {
    macro_rules! fixtures {
        ($($name:literal),*) => {
            [$(($name, include_bytes!(concat!("../../../fixtures/inventories/", $name)))),*]
        };
    }
    fixtures!(
        "Cargo.lock",
        "v1-package-lock.json",
        "package-lock.json",
        "v5-pnpm-lock.yaml",
        "v6-pnpm-lock.yaml",
        "pnpm-lock.yaml",
        "v1-yarn.lock",
        "yarn.lock",
        "requirements.txt",
        "poetry.lock",
        "uv.lock",
        "pylock.toml",
        "Pipfile.lock",
        "go.mod",
        "go.sum",
        "pom.xml",
        "gradle.lockfile",
        "composer.lock",
        "Gemfile.lock",
        "packages.lock.json",
        "mix.lock",
        "pubspec.lock",
        "assets/korean-cp949.csv",
        "assets/appliances.tsv",
        "assets/merged-cells.xlsx"
    )
};

#[test]
fn a_truncated_file_is_refused_or_read_as_far_as_it_goes_and_never_more() {
    for (name, bytes) in FIXTURES {
        let whole = components(&read(name, bytes, &Limits::default()));
        assert!(whole > 0, "{name}");
        for end in (0..bytes.len()).step_by(9) {
            let found = read(name, &bytes[..end], &Limits::default());
            assert!(components(&found) <= whole, "{name} cut at {end}");
            let said = !found.inventories.is_empty() || !found.quarantined.is_empty();
            assert!(said, "{name} cut at {end} is passed over in silence");
        }
    }
}

#[test]
fn a_lock_file_cut_inside_a_structure_is_refused_whole() {
    let machine_written = ["package-lock.json", "composer.lock", "packages.lock.json", "pom.xml"];
    for (name, bytes) in FIXTURES.into_iter().filter(|(name, _)| machine_written.contains(name)) {
        let reason = refused(&read(name, &bytes[..bytes.len() / 2], &Limits::default()));
        assert!(reason.starts_with(&format!("{name}: malformed {name}")), "{reason}");
    }
}

#[test]
fn another_format_under_a_lock_files_name_is_refused_with_what_was_expected() {
    #[rustfmt::skip]
    let table = [
        // name                 contents                         the reason says
        ("Cargo.lock",          "[server]\nport = 80\n",         "no [[package]]"),
        ("Cargo.lock",          "{\"a\": 1}",                    "malformed Cargo.lock"),
        ("package-lock.json",   "{\"a\": 1}",                    "no lockfileVersion"),
        ("package-lock.json",   "a: 1",                          "malformed package-lock.json"),
        ("pnpm-lock.yaml",      "a: 1\n",                        "no lockfileVersion"),
        ("yarn.lock",           "<html>\n",                      "no block"),
        ("poetry.lock",         "a = 1\n",                       "no [[package]]"),
        ("Pipfile.lock",        "{}",                            "no \"_meta\""),
        ("go.mod",              "<html></html>\n",               "no `module` line"),
        ("go.sum",              "{\n}\n",                        "no line"),
        ("pom.xml",             "<html></html>",                 "not <project>"),
        ("pom.xml",             "plain text",                    "no <project>"),
        ("composer.lock",       "{}",                            "no \"packages\""),
        ("Gemfile.lock",        "source 'https://x'\n",          "neither gems"),
        ("packages.lock.json",  "{}",                            "no \"dependencies\""),
        ("mix.lock",            "{}",                            "does not begin with"),
        ("pubspec.lock",        "a: 1\n",                        "no `packages:`"),
        ("list.csv",            "%PDF-1.7 and so on\n",          "headings"),
        ("list.xlsx",           "vendor,product,version\n",      "no zip archive"),
        ("list.xls",            "\u{0}",                         ""),
    ];
    for (name, contents, says) in table {
        let found = read_text(name, contents);
        assert_eq!(components(&found), 0, "{name}");
        let reasons: Vec<_> = found.quarantined.iter().map(ToString::to_string).collect();
        assert!(reasons.iter().any(|reason| reason.contains(says)), "{name}: {reasons:?}");
    }
}

#[test]
fn an_old_or_encrypted_workbook_is_refused_with_what_to_do() {
    let compound = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on";
    let reason = refused(&read("list.xlsx", &compound[..], &Limits::default()));
    assert!(reason.contains("without a password"), "{reason}");
}

#[test]
fn an_empty_file_is_an_empty_list_of_requirements_but_no_lock_file() {
    let found = read_text("requirements.txt", "");
    assert_eq!((found.inventories.len(), found.quarantined.len()), (1, 0));
    for name in ["Cargo.lock", "package-lock.json", "go.mod", "pom.xml", "yarn.lock", "list.csv"] {
        let reason = refused(&read_text(name, ""));
        assert!(reason.starts_with(name), "{reason}");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_position() {
    for name in ["Cargo.lock", "package-lock.json", "requirements.txt", "go.sum", "pom.xml"] {
        let nul = refused(&read(name, &b"ab\0c"[..], &Limits::default()));
        assert!(nul.contains("byte 3 is NUL"), "{name}: {nul}");
        let bad = refused(&read(name, &b"ab\xFFc"[..], &Limits::default()));
        assert!(bad.contains("byte 3 is not UTF-8"), "{name}: {bad}");
    }
    let nul = refused(&read("list.csv", &b"vendor,product\na,\0\n"[..], &Limits::default()));
    assert!(nul.contains("NUL"), "{nul}");
    let bad = refused(&read("list.csv", &b"vendor,product\na,\xFF\xFF\n"[..], &Limits::default()));
    assert!(bad.contains("neither UTF-8 nor CP949"), "{bad}");
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    for (name, bytes) in FIXTURES.into_iter().filter(|(name, _)| !name.contains("assets")) {
        let marked = [b"\xEF\xBB\xBF", bytes].concat();
        let with = read(name, &marked[..], &Limits::default());
        let without = read(name, bytes, &Limits::default());
        assert_eq!(components(&with), components(&without), "{name}");
    }
}

#[test]
fn deep_nesting_in_a_package_lock_stops_at_the_limit() {
    let depth = 100_000;
    let open = r#"{"a":{"version":"1.0.0","dependencies":"#;
    let nested = format!("{}{{}}{}", open.repeat(depth), "}}".repeat(depth));
    let lock = format!(r#"{{"lockfileVersion":1,"dependencies":{nested}}}"#);
    let found = read_text("package-lock.json", &lock);
    let reason = refused(&found);
    assert!(reason.contains("nesting"), "{reason}");
}

#[test]
fn cyclic_references_in_a_package_lock_are_just_entries() {
    let lock = r#"{"lockfileVersion": 3, "packages": {
        "": {"name": "x"},
        "node_modules/a": {"version": "1.0.0", "dependencies": {"b": "*"}},
        "node_modules/b": {"version": "1.0.0", "dependencies": {"a": "*"}},
        "node_modules/c": {"resolved": "node_modules/d", "link": true},
        "node_modules/d": {"resolved": "node_modules/c", "link": true}
    }}"#;
    assert_eq!(components(&read_text("package-lock.json", lock)), 2);
}

#[test]
fn xml_entities_in_a_pom_are_never_resolved() {
    let pom = r#"<?xml version="1.0"?>
        <!DOCTYPE project [
            <!ENTITY a "1.0"> <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
            <!ENTITY file SYSTEM "file:///etc/passwd">
        ]>
        <project><dependencies>
            <dependency><groupId>g</groupId><artifactId>a</artifactId><version>&b;</version></dependency>
            <dependency><groupId>g</groupId><artifactId>b</artifactId><version>&file;</version></dependency>
            <dependency><groupId>g</groupId><artifactId>c</artifactId><version>1&amp;2&#46;3</version></dependency>
        </dependencies></project>"#;
    let found = read_text("pom.xml", pom);
    let versions: Vec<_> =
        found.inventories[0].components.iter().map(|one| one.version.as_deref()).collect();
    assert_eq!(versions, [Some("1&2.3")], "XML's own five and characters are text");
    assert_eq!(found.quarantined.len(), 2);
    assert!(found.quarantined[0].to_string().contains("&b; is not resolved"));
}

#[test]
fn properties_that_double_each_other_do_not_grow_without_end() {
    let mut properties = String::from("<a0>xxxxxxxxxx</a0>");
    for level in 1..40 {
        let below = level - 1;
        write!(properties, "<a{level}>${{a{below}}}${{a{below}}}</a{level}>").unwrap();
    }
    let pom = format!(
        "<project><properties>{properties}</properties><dependencies><dependency>\
         <groupId>g</groupId><artifactId>a</artifactId><version>${{a39}}</version>\
         </dependency></dependencies></project>"
    );
    let found = read_text("pom.xml", &pom);
    assert_eq!(found.inventories[0].components[0].version, None);
}

#[test]
fn elements_nested_beyond_the_limit_are_refused() {
    let pom = format!("<project>{}</project>", "<a>".repeat(100_000));
    assert!(refused(&read_text("pom.xml", &pom)).contains("nesting"));
}

#[test]
fn a_version_of_ten_thousand_digits_costs_its_entry_only() {
    let digits = "9".repeat(10_000);
    #[rustfmt::skip]
    let table = [
        ("requirements.txt", format!("a=={digits}\nb==1.0\n")),
        ("go.sum",           format!("a v{digits} h1:0=\nb v1.0.0 h1:0=\n")),
        ("gradle.lockfile",  format!("g:a:{digits}=x\ng:b:1.0=x\n")),
        ("Cargo.lock",       format!("version = 4\n[[package]]\nname = \"a\"\nversion = \"{digits}\"\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\n")),
        ("package-lock.json", format!(r#"{{"lockfileVersion":3,"packages":{{"node_modules/a":{{"version":"{digits}"}},"node_modules/b":{{"version":"1.0.0"}}}}}}"#)),
        ("list.csv",         format!("vendor,product,version\nv,a,{digits}\nv,b,1.0\n")),
    ];
    for (name, text) in table {
        let found = read_text(name, &text);
        assert_eq!(components(&found), 1, "{name}");
        assert_eq!(found.inventories[0].components[0].name.trim_start_matches("g:"), "b", "{name}");
        assert_eq!(found.quarantined.len(), 1, "{name}");
    }
}

#[test]
fn more_entries_than_the_limit_are_refused() {
    let limits = Limits { entries: 2, ..Limits::default() };
    for (name, text) in [
        ("requirements.txt", "a==1\nb==1\nc==1\n"),
        ("list.csv", "vendor,product\nv,a\nv,b\nv,c\n"),
    ] {
        let reason = refused(&read(name, text.as_bytes(), &limits));
        assert!(reason.contains("over the limit of 2"), "{reason}");
    }
}

#[test]
fn a_million_rows_are_read() {
    let mut list = String::from("호스트명,제조사,제품명,버전\n");
    for row in 0..1_000_000 {
        writeln!(list, "host-{},Example,Viewer,1.{}", row / 100, row % 100).unwrap();
    }
    let found = read_text("list.csv", &list);
    assert_eq!(found.inventories.len(), 10_000);
    assert_eq!(components(&found), 1_000_000);
    let last = &found.inventories[9_999].components[99];
    assert_eq!((last.field.as_str(), last.version.as_deref()), ("row 1000001", Some("1.99")));
}

#[test]
fn a_million_requirements_are_read() {
    let text = "a==1.0\n".repeat(1_000_000);
    assert_eq!(components(&read_text("requirements.txt", &text)), 1_000_000);
}

#[test]
fn a_workbook_that_unpacks_to_a_mountain_is_refused_before_it_is_opened() {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("[Content_Types].xml", options).unwrap();
    archive.start_file("xl/workbook.xml", options).unwrap();
    archive.write_all(b"<workbook/>").unwrap();
    archive.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..64 {
        archive.write_all(&zeros).unwrap();
    }
    let bomb = archive.finish().unwrap().into_inner();
    assert!(bomb.len() < 200_000, "{} bytes packed", bomb.len());
    let reason = refused(&read("list.xlsx", &bomb[..], &Limits::default()));
    assert!(reason.contains("unpacked workbook in bytes is over the limit"), "{reason}");
}

#[test]
fn a_cell_in_the_last_corner_costs_one_cell() {
    let sheet = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
        <row r="1"><c r="A1" t="inlineStr"><is><t>제조사</t></is></c><c r="B1" t="inlineStr"><is><t>제품명</t></is></c></row>
        <row r="2"><c r="A2" t="inlineStr"><is><t>v</t></is></c><c r="B2" t="inlineStr"><is><t>p</t></is></c></row>
        <row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>"#;
    let found = read("list.xlsx", &workbook(sheet)[..], &Limits::default());
    assert_eq!(components(&found), 1, "{:?}", found.quarantined);
}

/// A workbook of one sheet.
fn workbook(sheet: &str) -> Vec<u8> {
    let rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let parts = [
        ("[Content_Types].xml", "<Types/>".to_owned()),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{package}"><Relationship Id="r1" Type="{rels}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{main}" xmlns:r="{rels}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{package}"><Relationship Id="r1" Type="{rels}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
            ),
        ),
        ("xl/worksheets/sheet1.xml", sheet.to_owned()),
    ];
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(part.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn a_requirement_continued_half_a_million_times_is_set_aside_after_one_pass() {
    // Copying what is joined on every line would move 875 gigabytes and never end.
    let found = read_text("requirements.txt", &"a==1.0 \\\n".repeat(500_000));
    assert_eq!((components(&found), found.quarantined.len()), (0, 1), "{:?}", found.quarantined);
}
