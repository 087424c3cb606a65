//! The comparison and equality cases of the public VERS test suite.

use std::cmp::Ordering;
use std::fs;
use std::path::{Path, PathBuf};

use bongsu_package::Scheme;
use serde::Deserialize;

/// Cases where we deliberately say something else than the suite, each with the reason and the
/// judge. Keep in step with `docs/version-orders.md`.
const EXCEPTIONS: [Exception; 3] = [
    Exception {
        scheme: Scheme::Maven,
        left: "2-1",
        right: "2.0.a",
        ours: Some(Ordering::Greater),
        why: "the suite follows Maven before 3.8; maven-artifact 3.8.7 says 2-1 > 2.0.a",
    },
    Exception {
        scheme: Scheme::Maven,
        left: "2-1",
        right: "2.0.0.a",
        ours: Some(Ordering::Greater),
        why: "the suite follows Maven before 3.8; maven-artifact 3.8.7 says 2-1 > 2.0.0.a",
    },
    Exception {
        scheme: Scheme::Maven,
        left: "2.0.a",
        right: "2.0.0.a",
        ours: Some(Ordering::Equal),
        why: "the suite follows Maven before 3.8; maven-artifact 3.8.7 says 2.0.a == 2.0.0.a",
    },
];

/// A pair the suite orders in its own way.
struct Exception {
    scheme: Scheme,
    left: &'static str,
    right: &'static str,
    /// What we say.
    ours: Option<Ordering>,
    /// Why, and which tool or source says so.
    why: &'static str,
}

#[derive(Deserialize)]
struct Suite {
    tests: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    test_type: String,
    input: serde_json::Value,
    #[serde(default)]
    expected_output: serde_json::Value,
}

#[derive(Deserialize)]
struct Input {
    input_scheme: String,
    versions: Vec<String>,
}

#[test]
fn every_comparison_of_the_vers_suite_comes_out_as_written() {
    let Some(folder) = data_kit() else { return };
    let mut cases = 0;
    let mut wrong = Vec::new();
    for path in files(&folder) {
        let text = fs::read_to_string(&path).expect("the suite is readable");
        let suite: Suite = serde_json::from_str(&text).expect("the suite is JSON");
        for case in suite.tests {
            if case.test_type == "comparison" || case.test_type == "equality" {
                cases += 1;
                wrong
                    .extend(verdict(&case).map(|verdict| format!("{}: {verdict}", path.display())));
            }
        }
    }
    eprintln!("{cases} comparison and equality cases of the VERS suite, {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases > 1_000, "the suite has shrunk to {cases} cases: is the data kit whole?");
}

#[test]
fn every_exception_is_still_one_and_says_why() {
    for exception in EXCEPTIONS {
        let Exception { scheme, left, right, ours, why } = exception;
        assert_eq!(scheme.compare(left, right), ours, "{scheme} {left} {right}");
        assert!(why.len() > 20, "{scheme} {left} {right} has no reason");
    }
}

/// What is wrong with our answer, if anything.
fn verdict(case: &Case) -> Option<String> {
    let input: Input = serde_json::from_value(case.input.clone()).expect("scheme and versions");
    let scheme = Scheme::from_name(&input.input_scheme).expect("a scheme we know");
    if case.test_type == "equality" {
        let [left, right] = input.versions.as_slice() else { panic!("equality is of two") };
        let expected = case.expected_output.as_bool().expect("yes or no");
        let ours = scheme.compare(left, right);
        let right_answer = ours.is_some_and(|ours| (ours == Ordering::Equal) == expected);
        return (!right_answer && !is_excepted(scheme, left, right))
            .then(|| format!("{left} = {right} should be {expected}, is {ours:?}"));
    }
    // Sorted means: no neighbour is after the next. The suite varies the case of letters between
    // input and output, so its output is checked rather than compared as text.
    let sorted: Vec<String> =
        serde_json::from_value(case.expected_output.clone()).expect("versions in order");
    sorted.windows(2).find_map(|pair| {
        let [left, right] = pair else { return None };
        let ours = scheme.compare(left, right);
        // Two different texts in a comparison are meant to differ.
        let fine = if left == right { Some(Ordering::Equal) } else { Some(Ordering::Less) };
        (ours != fine && !is_excepted(scheme, left, right))
            .then(|| format!("{left} < {right} expected, is {ours:?}"))
    })
}

fn is_excepted(scheme: Scheme, left: &str, right: &str) -> bool {
    EXCEPTIONS.iter().any(|exception| {
        exception.scheme == scheme
            && ((exception.left, exception.right) == (left, right)
                || (exception.right, exception.left) == (left, right))
    })
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is readable");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    paths
}

/// The suite's folder; `None`, with one line saying so, when the data kit is not there.
fn data_kit() -> Option<PathBuf> {
    let root = std::env::var_os("BONGSU_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let folder = root.join("vers/tests");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no data kit at {}", root.display());
    None
}
