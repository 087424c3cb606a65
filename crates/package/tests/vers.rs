//! The public suite of version ranges, and what it does not say.

use std::path::{Path, PathBuf};

use bongsu_package::vers::{Comparator, MAX_VERS_BYTES};
use bongsu_package::{Bound, Interval, ParseVersError, Scheme, VersRange, Within};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Suite {
    tests: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    test_type: String,
    input: Value,
    #[serde(default)]
    expected_output: Value,
    #[serde(default)]
    expected_failure: bool,
}

/// Native ranges we read otherwise: scheme, range, and the ecosystem's own reading.
#[rustfmt::skip]
const EXCEPTIONS: [(&str, &str, &str); 9] = [
    ("npm",   "<= 1.0",                             "node-semver: <1.1.0-0, an open number on the right is any"),
    ("npm",   "<=2.1 >=1.1",                        "node-semver: >=1.1.0 <2.2.0-0"),
    ("npm",   "2.1 || 2.6",                         "node-semver: >=2.1.0 <2.2.0-0||>=2.6.0 <2.7.0-0"),
    ("npm",   ">= 2.2.x",                           "node-semver: >=2.2.0 without an upper end"),
    ("npm",   ">= 1.x",                             "node-semver: >=1.0.0 without an upper end"),
    ("npm",   ">= 0.2.0 <= 0.9.6 || ~0.8.0-pre",    "node-semver: ~0.8.0-pre ends before 0.9.0, which the first alternative holds"),
    ("npm",   ">=5.0.3 >=4.2.1",                    "node-semver: both must hold, 4.2.1 does not satisfy it"),
    ("npm",   "^2.0.18 || ^3.0.16 || ^3.1.6 || ^4.0.8 || ^5.0.0-beta.5", "VERS allows a version once; the case wants <4.0.0 twice"),
    ("conan", "",                                   "VERS has no range without a constraint; Conan reads an empty one as any version"),
];

#[test]
fn the_public_suite_passes_but_for_the_argued_exceptions() {
    let Some(kit) = data_kit() else { return };
    let (mut count, mut excepted, mut wrong) = (0, 0, Vec::new());
    for file in std::fs::read_dir(kit.join("vers/tests")).unwrap() {
        let file = file.unwrap().path();
        let suite: Suite = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        for case in suite.tests {
            let Some(result) = check(&case) else { continue };
            count += 1;
            let Err(problem) = result else { continue };
            let native = (&case.input["scheme"], &case.input["native_range"]);
            if EXCEPTIONS
                .iter()
                .any(|(scheme, range, _)| native == (&(*scheme).into(), &(*range).into()))
            {
                excepted += 1;
            } else {
                wrong.push(format!("{}: {problem}", file.file_name().unwrap().display()));
            }
        }
    }
    eprintln!("{count} cases, {excepted} argued exceptions");
    assert!(wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 100, "only {count} cases were found");
}

/// `None` for the cases that are about the order alone.
fn check(case: &Case) -> Option<Result<(), String>> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let got = match case.test_type.as_str() {
        "from_native" => {
            let scheme = Scheme::from_name(&text(&case.input["scheme"])).expect("a scheme");
            VersRange::from_native(scheme, &text(&case.input["native_range"]))
                .map(|range| Value::from(range.to_string()))
        }
        "validate" => text(&case.input).parse::<VersRange>().map(|range| range.to_string().into()),
        "containment" => text(&case.input["vers"]).parse::<VersRange>().map(|range| {
            match range.contains(&text(&case.input["version"])) {
                Within::Inside => true.into(),
                Within::Outside => false.into(),
                Within::Unclear => Value::Null,
            }
        }),
        "parse" => VersRange::parse_canonical(&text(&case.input)).map(|range| {
            let sign = |comparator: Comparator| match comparator {
                Comparator::Equal => "=",
                other => other.sign(),
            };
            let constraints: Vec<Value> = range
                .constraints()
                .iter()
                .map(|(comparator, version)| vec![sign(*comparator), version.as_str()].into())
                .collect();
            serde_json::json!({ "scheme": range.name(), "version_constraints": constraints })
        }),
        _ => return None,
    };
    Some(match got {
        Err(_) if case.expected_failure => Ok(()),
        Ok(got) if !case.expected_failure && got == case.expected_output => Ok(()),
        got => Err(format!("{} gave {got:?} not {}", case.input, case.expected_output)),
    })
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

fn vers(text: &str) -> VersRange {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn a_range_holds_what_the_specification_says() {
    use Within::{Inside, Outside, Unclear};
    #[rustfmt::skip]
    let table = [
        // range                              version      answer    why
        ("vers:npm/*",                        "1.0.0",     Inside,   "every version"),
        ("vers:npm/*",                        "soon",      Inside,   "even one that cannot be read"),
        ("vers:npm/>=1.0.0|<2.0.0",           "1.0.0",     Inside,   "the low end is in"),
        ("vers:npm/>=1.0.0|<2.0.0",           "2.0.0",     Outside,  "the high end is out"),
        ("vers:npm/>=1.0.0|<2.0.0",           "2.0.0-rc.1", Inside,  "order alone decides on pre-releases"),
        ("vers:npm/>=1.0.0|<2.0.0",           "1.0.0-rc.1", Outside, "on both sides"),
        ("vers:npm/<1.0.0|>=2.0.0|<3.0.0",    "0.9.0",     Inside,   "a first `<` is open below"),
        ("vers:npm/<1.0.0|>=2.0.0",           "9.0.0",     Inside,   "a last `>` is open above"),
        ("vers:npm/<1.0.0|>=2.0.0",           "1.5.0",     Outside,  "between"),
        ("vers:npm/>=1.0.0|!=1.5.0|<2.0.0",   "1.5.0",     Outside,  "a hole"),
        ("vers:npm/>=1.0.0|!=1.5.0|<2.0.0",   "1.5.1",     Inside,   "beside a hole"),
        ("vers:npm/!=1.5.0",                  "1.4.0",     Inside,   "a hole in everything"),
        ("vers:npm/!=1.5.0",                  "1.5.0",     Outside,  "a hole in everything"),
        ("vers:npm/1.0.0|3.0.0",              "1.0.0",     Inside,   "one of a list"),
        ("vers:npm/1.0.0|3.0.0",              "2.0.0",     Outside,  "not in the list"),
        ("vers:npm/1.0.0|>=2.0.0",            "1.0.0",     Inside,   "a single version before an interval"),
        ("vers:npm/>1.0.0|>=2.0.0|<3.0.0|<=4.0.0", "3.5.0", Inside,  "signs that repeat keep the widest"),
        ("vers:npm/>1.0.0|>=2.0.0|<3.0.0|<=4.0.0", "1.5.0", Inside,  "signs that repeat keep the widest"),
        ("vers:npm/>=1.0.0|<2.0.0",           "soon",      Unclear,  "the version cannot be read"),
        ("vers:deb/<1:2.0-1",                 "1:1.9-3",   Inside,   "epochs"),
        ("vers:deb/<1:2.0-1",                 "3.0-1",     Inside,   "no epoch is zero"),
        ("vers:pypi/>=1.0|<2.0",              "1.0.post1", Inside,   "PEP 440"),
        ("vers:conan/cci.20200203|1.2",       "1.3",       Outside,  "what cannot be read equals only itself"),
        ("VERS:NPM/ <2.0.0 | >=1.0.0 |",      "1.5.0",     Inside,   "case, space, order and bars are forgiven"),
        ("vers:pypi/1%212.0",                 "1!2.0",     Inside,   "escapes"),
    ];
    for (range, version, answer, why) in table {
        assert_eq!(vers(range).contains(version), answer, "{version} in {range}: {why}");
    }
}

#[test]
fn native_ranges_become_vers() {
    #[rustfmt::skip]
    let table = [
        ("npm",      "",                            "vers:npm/*"),
        ("npm",      "*",                           "vers:npm/*"),
        ("npm",      "1.x || >=2.5.0",              "vers:npm/>=1.0.0|<2.0.0|>=2.5.0"),
        ("npm",      "^0.0.3",                      "vers:npm/>=0.0.3|<0.0.4"),
        ("npm",      "^0.0",                        "vers:npm/>=0.0.0|<0.1.0"),
        ("npm",      "~1",                          "vers:npm/>=1.0.0|<2.0.0"),
        ("npm",      ">1.2",                        "vers:npm/>=1.3.0"),
        ("npm",      "1.2 - 2.3",                   "vers:npm/>=1.2.0|<2.4.0"),
        ("npm",      "<=1.0 || >=1.0.0 <3 || 2.x",  "vers:npm/<3.0.0"),
        ("npm",      ">=1 <2 || >=3 <4 || >=0 <10", "vers:npm/>=0.0.0|<10.0.0"),
        ("cargo",    "1.2",                         "vers:cargo/>=1.2.0|<2.0.0"),
        ("cargo",    "=1.2.3",                      "vers:cargo/1.2.3"),
        ("cargo",    ">=1.0.0, <1.5.0",             "vers:cargo/>=1.0.0|<1.5.0"),
        ("cargo",    "0.3.1",                       "vers:cargo/>=0.3.1|<0.4.0"),
        ("pub",      "^1.2.3",                      "vers:pub/>=1.2.3|<2.0.0"),
        ("maven",    "[1.0,2.0),[3.0,)",            "vers:maven/>=1.0|<2.0|>=3.0"),
        ("maven",    "(,1.0]",                      "vers:maven/<=1.0"),
        ("maven",    "[1.5]",                       "vers:maven/1.5"),
        ("maven",    ">= 1.0, < 2.0",               "vers:maven/>=1.0|<2.0"),
        ("nuget",    "1.0",                         "vers:nuget/>=1.0"),
        ("nuget",    "(1.0.0, 2.0.0]",              "vers:nuget/>1.0.0|<=2.0.0"),
        ("gem",      "~> 2.0",                      "vers:gem/>=2.0|<3"),
        ("gem",      "~> 2",                        "vers:gem/>=2|<3"),
        ("gem",      ">= 1.0, != 1.5, < 2",         "vers:gem/>=1.0|!=1.5|<2"),
        ("hex",      "~> 1.2 or >= 3.0.0",          "vers:hex/>=1.2|<2|>=3.0.0"),
        ("pypi",     "~=1.4.2",                     "vers:pypi/>=1.4.2|<1.5.dev0"),
        ("pypi",     "==1.4.*",                     "vers:pypi/>=1.4.dev0|<1.5.dev0"),
        ("pypi",     ">=1,!=1.5.*,<2",              "vers:pypi/>=1|<1.5.dev0|>=1.6.dev0|<2"),
        ("pypi",     ">= 1.0, < 2",                 "vers:pypi/>=1.0|<2"),
        ("composer", "^1.2.3",                      "vers:composer/>=1.2.3|<2.0.0-dev"),
        ("composer", "~1.2",                        "vers:composer/>=1.2|<2.0.0-dev"),
        ("composer", "~1.2.3",                      "vers:composer/>=1.2.3|<1.3.0-dev"),
        ("composer", "1.0.* || >=2.0@stable <2.5",  "vers:composer/>=1.0-dev|<1.1.0-dev|>=2.0|<2.5"),
        ("conan",    "^0.0.3",                      "vers:conan/>=0.0.3|<0.0.4-"),
        ("deb",      "(<< 1:2.0-1)",                "vers:deb/<1:2.0-1"),
        ("rpm",      ">= 1.0-1, < 2.0-1",           "vers:rpm/>=1.0-1|<2.0-1"),
        ("nginx",    "all",                         "vers:nginx/*"),
        ("golang",   ">=v1.0.0 <v1.5.0",            "vers:golang/>=v1.0.0|<v1.5.0"),
    ];
    for (scheme, native, expected) in table {
        let range = VersRange::from_native(Scheme::from_name(scheme).unwrap(), native);
        let range = range.unwrap_or_else(|error| panic!("{scheme} {native}: {error}"));
        assert_eq!(range.to_string(), expected, "{scheme} {native}");
    }
}

#[test]
fn what_is_no_native_range_is_refused() {
    for (scheme, native) in [
        ("npm", ">="),
        ("npm", "~x.y"),
        ("npm", "^abc"),
        ("maven", "[1.0"),
        ("maven", "(1.0)"),
        ("pypi", "~=1"),
        ("pypi", ">=1.*"),
        ("gem", "~> x"),
        ("gem", ""),
        ("conan", "~x"),
        ("nginx", "1+"),
        ("deb", "~~ 1"),
        ("openssl", ""),
        ("cargo", "^99999999999999999999"),
    ] {
        let range = VersRange::from_native(Scheme::from_name(scheme).unwrap(), native);
        assert!(
            matches!(range, Err(ParseVersError::Native { .. })),
            "{scheme} {native}: {range:?}"
        );
    }
    let nothing = VersRange::from_native(Scheme::Npm, ">=2.0.0 <1.0.0");
    assert_eq!(nothing, Err(ParseVersError::Empty));
    let long = VersRange::from_native(Scheme::Npm, &">=1 ".repeat(10_000));
    assert!(matches!(long, Err(ParseVersError::Native { .. })));
}

#[test]
fn intervals_and_ranges_say_the_same() {
    #[rustfmt::skip]
    let table = [
        "vers:deb/*", "vers:deb/1.0", "vers:deb/<1.0", "vers:deb/<=1.0|>=2.0", "vers:deb/>1.0",
        "vers:deb/>=1.0|<2.0|3.0|>=4.0", "vers:deb/>=1.0|!=1.5|<2.0", "vers:deb/!=1.5",
        "vers:deb/<1.0|!=1.5|!=1.6|<3.0",
    ];
    for text in table {
        let range = vers(text).simplified();
        let again = VersRange::from_intervals(Scheme::Deb, &range.intervals()).unwrap();
        assert_eq!(again, range, "{text}");
        assert_eq!(VersRange::parse_canonical(&again.to_string()), Ok(again), "{text}");
    }
    assert_eq!(VersRange::from_intervals(Scheme::Deb, &[]), None);
    let hole = [
        Interval { low: Bound::Open, high: Bound::Excluding("1.5".into()) },
        Interval { low: Bound::Excluding("1.5".into()), high: Bound::Open },
    ];
    let range = VersRange::from_intervals(Scheme::Deb, &hole).unwrap();
    assert_eq!(range.to_string(), "vers:deb/!=1.5");
}

#[test]
fn bad_ranges_are_refused_with_the_reason() {
    #[rustfmt::skip]
    let table = [
        ("npm/*",                   ParseVersError::Prefix),
        ("vers:npm",                ParseVersError::Scheme),
        ("vers:/1",                 ParseVersError::Scheme),
        ("vers:npm/",               ParseVersError::Empty),
        ("vers:npm/||",             ParseVersError::Empty),
        ("vers:npm/*|1.0.0",        ParseVersError::Constraint),
        ("vers:npm/>=",             ParseVersError::Constraint),
        ("vers:npm/1%zz",           ParseVersError::Percent),
    ];
    for (text, error) in table {
        assert_eq!(text.parse::<VersRange>(), Err(error), "{text}");
    }
    let long = format!("vers:npm/{}", "1|".repeat(MAX_VERS_BYTES));
    assert_eq!(long.parse::<VersRange>(), Err(ParseVersError::TooLong));
    for text in
        ["VERS:npm/1", "vers:NPM/1", "vers:npm/1|1.0.0", "vers:npm/2.0.0|1.0.0", "vers:npm/%31"]
    {
        let error = VersRange::parse_canonical(text);
        assert!(matches!(error, Err(ParseVersError::NotCanonical(_))), "{text}: {error:?}");
        assert!(text.parse::<VersRange>().is_ok(), "{text} is forgiven");
    }
}

#[test]
fn a_range_of_ten_thousand_intervals_is_read_and_searched() {
    let parts: Vec<String> = (0..10_000).map(|n| format!(">={n}.1|<{n}.5")).collect();
    let range = vers(&format!("vers:deb/{}", parts.join("|")));
    assert_eq!(range.intervals().len(), 10_000);
    for n in (0..10_000).step_by(7) {
        assert_eq!(range.contains(&format!("{n}.3")), Within::Inside);
        assert_eq!(range.contains(&format!("{n}.7")), Within::Outside);
    }
}
