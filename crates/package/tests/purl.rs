//! The public suite of package URLs, and what it does not say.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bongsu_package::{ParsePurlError, Purl};
use serde::Deserialize;

#[derive(Deserialize)]
struct Suite {
    tests: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    test_type: String,
    input: Input,
    #[serde(default)]
    expected_output: Option<Input>,
    expected_failure: bool,
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(untagged)]
enum Input {
    Text(String),
    Parts(Parts),
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
struct Parts {
    r#type: Option<String>,
    namespace: Option<String>,
    name: Option<String>,
    version: Option<String>,
    qualifiers: Option<BTreeMap<String, String>>,
    subpath: Option<String>,
}

/// Cases we answer otherwise, each with its reason (`docs/identity.md`).
const EXCEPTIONS: [(&str, &str, &str); 2] = [
    (
        "parse",
        "pkg:gem/jruby-launcher@1.1.2?Platform=java",
        "keys fold to lower case, as the same suite wants of the Maven key `repositorY_url`",
    ),
    (
        "parse",
        "pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25",
        "keys fold to lower case, as the same suite wants of the Maven key `repositorY_url`",
    ),
];

#[test]
fn the_public_suite_passes_but_for_the_argued_exceptions() {
    let Some(files) = suite_files() else { return };
    let (mut count, mut excepted, mut wrong) = (0, 0, Vec::new());
    for file in files {
        let suite: Suite = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        for case in suite.tests {
            count += 1;
            let Err(problem) = check(&case) else { continue };
            if is_excepted(&case) {
                excepted += 1;
            } else {
                wrong.push(format!("{}: {problem}", file.display()));
            }
        }
    }
    eprintln!("{count} cases, {excepted} argued exceptions");
    assert!(wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 100, "only {count} cases were found");
}

fn is_excepted(case: &Case) -> bool {
    EXCEPTIONS.iter().any(|(kind, text, _)| {
        *kind == case.test_type && case.input == Input::Text((*text).to_owned())
    })
}

fn check(case: &Case) -> Result<(), String> {
    let result = match &case.input {
        Input::Text(text) => text.parse::<Purl>(),
        Input::Parts(parts) => build(parts),
    };
    let purl = match (result, case.expected_failure) {
        (Ok(purl), true) => return Err(format!("{:?} was accepted as {purl}", case.input)),
        (Err(_), true) => return Ok(()),
        (Err(error), false) => return Err(format!("{:?}: {error}", case.input)),
        (Ok(purl), false) => purl,
    };
    let got = match &case.expected_output {
        Some(Input::Text(_)) => Some(Input::Text(purl.to_string())),
        Some(Input::Parts(_)) => Some(Input::Parts(parts(&purl))),
        None => None,
    };
    let again: Purl = purl.to_string().parse().map_err(|error| format!("{purl}: {error}"))?;
    if again != purl {
        return Err(format!("{purl} reads back otherwise"));
    }
    if got == case.expected_output {
        Ok(())
    } else {
        Err(format!("{:?} gave {got:?} not {:?}", case.input, case.expected_output))
    }
}

fn build(parts: &Parts) -> Result<Purl, ParsePurlError> {
    let kind = parts.r#type.as_deref().unwrap_or_default();
    let mut builder = Purl::builder(kind, parts.name.as_deref().unwrap_or_default())
        .namespace(parts.namespace.as_deref().unwrap_or_default())
        .version(parts.version.as_deref().unwrap_or_default())
        .subpath(parts.subpath.as_deref().unwrap_or_default());
    for (key, value) in parts.qualifiers.iter().flatten() {
        builder = builder.qualifier(key, value);
    }
    builder.finish()
}

fn parts(purl: &Purl) -> Parts {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let pairs: BTreeMap<_, _> =
        purl.qualifiers().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    Parts {
        r#type: Some(purl.kind().to_owned()),
        namespace: owned(purl.namespace()),
        name: Some(purl.name().to_owned()),
        version: owned(purl.version()),
        qualifiers: (!pairs.is_empty()).then_some(pairs),
        subpath: owned(purl.subpath()),
    }
}

fn suite_files() -> Option<Vec<PathBuf>> {
    let folder = data_kit()?.join("purl/tests");
    let mut files: Vec<PathBuf> = ["types", "spec"]
        .iter()
        .flat_map(|part| std::fs::read_dir(folder.join(part)).expect("a folder of the suite"))
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    Some(files)
}

fn data_kit() -> Option<PathBuf> {
    let kit = std::env::var_os("BONGSU_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if !kit.is_dir() {
        eprintln!("skipped: no data kit at {}", kit.display());
        return None;
    }
    Some(kit)
}

#[test]
fn what_tools_really_write_is_read() {
    #[rustfmt::skip]
    let table = [
        // text                                          canonical                                         why
        ("pkg:golang/stdlib@1.21.0",                     "pkg:golang/stdlib@1.21.0",                       "no namespace, and everywhere"),
        ("pkg:npm/@babel/core@7.0.0",                    "pkg:npm/%40babel/core@7.0.0",                    "the scope's sign is often left plain"),
        ("pkg:npm/%40babel%2Fcore@7.0.0",                "pkg:npm/%40babel%2Fcore@7.0.0",                  "an escaped slash stays in the name"),
        ("pkg:alpine/curl@8.0-r0?distro=alpine-3.18.4",  "pkg:alpine/curl@8.0-r0?distro=alpine-3.18.4",    "a type nobody defined"),
        ("pkg:maven/demo@1",                             "pkg:maven/demo@1",                               "archives without a group"),
        ("pkg:generic/a@1?download_url=https://h/?x=1",  "pkg:generic/a@1?download_url=https:%2F%2Fh%2F%3Fx%3D1", "a plain ? and = in a value"),
        ("pkg:deb/debian/a@1?arch=&distro=",             "pkg:deb/debian/a@1",                             "empty values say nothing"),
        ("pkg:golang/a.b/c@v1#../x/./y",                 "pkg:golang/a.b/c@v1#x/y",                        "a subpath cannot climb"),
        ("pkg:golang/a.b/c@v1#%2E%2E/x",                 "pkg:golang/a.b/c@v1#x",                          "not even in disguise"),
        ("pkg:npm/한글@1",                               "pkg:npm/%ED%95%9C%EA%B8%80@1",                   "UTF-8 is escaped"),
    ];
    for (text, canonical, why) in table {
        let purl: Purl = text.parse().unwrap_or_else(|error| panic!("{text}: {error}: {why}"));
        assert_eq!(purl.to_string(), canonical, "{why}");
    }
}

#[test]
fn bad_texts_are_refused_with_the_reason() {
    #[rustfmt::skip]
    let table = [
        ("",                              ParsePurlError::Scheme),
        ("npm/x",                         ParsePurlError::Scheme),
        ("pkg:",                          ParsePurlError::Name),
        ("pkg:npm",                       ParsePurlError::Name),
        ("pkg:npm/",                      ParsePurlError::Name),
        ("pkg:npm/@1.0",                  ParsePurlError::Name),
        ("pkg:1npm/x",                    ParsePurlError::Kind),
        ("pkg:cargo/space/x",             ParsePurlError::Namespace),
        ("pkg:npm/x%2",                   ParsePurlError::Percent),
        ("pkg:npm/x%FF",                  ParsePurlError::Percent),
        ("pkg:npm/x?a=1&A=2",             ParsePurlError::Qualifier),
        ("pkg:npm/x?a b=1",               ParsePurlError::Qualifier),
        ("pkg:julia/X",                   ParsePurlError::MissingQualifier("uuid")),
    ];
    for (text, reason) in table {
        assert_eq!(text.parse::<Purl>(), Err(reason), "{text}");
    }
    let long = format!("pkg:npm/{}", "a".repeat(70_000));
    assert_eq!(long.parse::<Purl>(), Err(ParsePurlError::TooLong));
}

#[test]
fn a_stated_epoch_comes_before_the_version() {
    let full = |text: &str| text.parse::<Purl>().unwrap().full_version().map(Cow::into_owned);
    assert_eq!(full("pkg:rpm/a/b@1-2?epoch=3").as_deref(), Some("3:1-2"));
    assert_eq!(full("pkg:rpm/a/b@1-2?epoch=0").as_deref(), Some("0:1-2"));
    assert_eq!(full("pkg:rpm/a/b@4:1-2?epoch=3").as_deref(), Some("4:1-2"));
    assert_eq!(full("pkg:rpm/a/b@1-2?epoch=x").as_deref(), Some("1-2"));
    assert_eq!(full("pkg:npm/b@1?epoch=3").as_deref(), Some("1"));
    assert_eq!(full("pkg:rpm/a/b?epoch=3"), None);
}

#[test]
fn an_encoded_slash_in_a_namespace_separates_and_what_is_printed_reads_back_the_same() {
    #[rustfmt::skip]
    let table = [
        // written                            printed                          why
        ("pkg:npe/%2fa/b",                    "pkg:npe/a/b",                   "an empty segment is none"),
        ("pkg:golang/github.com%2Facme/lamp", "pkg:golang/github.com/acme/lamp", "as some tools write module paths"),
        ("pkg:generic/a/b#x%2F..%2Fy",        "pkg:generic/a/b#x/y",           "and no way up is left in a subpath"),
    ];
    for (written, printed, why) in table {
        let purl: Purl = written.parse().unwrap();
        assert_eq!(purl.to_string(), printed, "{why}");
        assert_eq!(printed.parse::<Purl>(), Ok(purl), "{why}");
    }
}
