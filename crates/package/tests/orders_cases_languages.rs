//! Version orders of language ecosystems, case by case.

mod orders_table;

use bongsu_package::Scheme;
use orders_table::Says::{After, Before, CannotTell, Same};
use orders_table::{Says, check};

#[test]
fn cargo_orders_versions_as_semver_says_and_reads_what_advisories_write() {
    #[rustfmt::skip]
    let table: &[(&str, Says, &str, &str)] = &[
        ("1.0.0-alpha",         Before,     "1.0.0-alpha.1",       "a longer list of identifiers is later"),
        ("1.0.0-alpha.1",       Before,     "1.0.0-alpha.beta",    "numbers come before words"),
        ("1.0.0-alpha.beta",    Before,     "1.0.0-beta",          "words in ASCII order"),
        ("1.0.0-beta.2",        Before,     "1.0.0-beta.11",       "numbers by value"),
        ("1.0.0-rc.1",          Before,     "1.0.0",               "a pre-release comes before its release"),
        ("1.0.0-0",             Before,     "1.0.0-alpha",         "the least pre-release there is"),
        ("1.0.0+a",             Same,       "1.0.0+b",             "build metadata has no weight"),
        ("v1.2",                Same,       "1.2.0",               "an advisory may leave numbers out"),
        ("1.2.3",               Before,     "1.2.3.4",             "a fourth number is read, not guessed"),
        ("1.0.0-ALPHA",         Before,     "1.0.0-alpha",         "capitals are other letters"),
        ("1.0.x",               CannotTell, "1.0.0",               "a wildcard is no version"),
        ("1.0.0-",              CannotTell, "1.0.0",               "an empty pre-release"),
        ("1.0.0-a..b",          CannotTell, "1.0.0",               "an empty identifier"),
    ];
    check(Scheme::Cargo, table);
    check(Scheme::Hex, table);
}

#[test]
fn npm_reads_loosely_as_node_semver_does() {
    #[rustfmt::skip]
    check(Scheme::Npm, &[
        ("=v1.2.3",              Same,       "1.2.3",              "prefixes npm puts there itself"),
        ("1.2.3beta",            Same,       "1.2.3-beta",         "a pre-release without its hyphen"),
        ("1.2.3-",               Before,     "1.2.3",              "the hyphen is the identifier"),
        ("01.02.03",             Same,       "1.2.3",              "leading zeros carry no weight"),
        ("1.0.99999999999999999999", Before, "1.0.100000000000000000000", "numbers have no largest"),
        ("1.2.3 || 2",           CannotTell, "1.2.3",              "a range is no version"),
    ]);
}

#[test]
fn pub_gives_weight_to_build_metadata() {
    #[rustfmt::skip]
    check(Scheme::Pub, &[
        ("1.0.0",                Before,     "1.0.0+1",            "a build is later than none"),
        ("1.0.0+2",              Before,     "1.0.0+10",           "builds by value"),
        ("1.0.0-rc+9",           Before,     "1.0.0",              "but after everything else"),
    ]);
}

#[test]
fn go_orders_modules_and_toolchains_together() {
    #[rustfmt::skip]
    check(Scheme::Golang, &[
        ("v1.2.3",               Same,       "1.2.3",              "the vulnerability database leaves the v out"),
        ("v2.0.0+incompatible",  Same,       "v2.0.0",             "incompatible is no difference in age"),
        ("v0.0.0-20200101000000-abcdef012345", Before, "v0.0.0-20210101000000-000000000000", "pseudo-versions by time"),
        ("v1.2.4-0.20200101000000-abcdef012345", After, "v1.2.3", "made after 1.2.3"),
        ("v1.2.4-0.20200101000000-abcdef012345", Before, "v1.2.4-rc1", "and before 1.2.4's own"),
        ("go1.21rc2",            Same,       "1.21.0-rc.2",        "a toolchain in the database's spelling"),
        ("go1.21rc2",            Before,     "go1.21.0",           "a candidate"),
        ("1.21rc2",              Same,       "go1.21rc2",          "an inventory leaves the go out"),
        ("go1.20",               Same,       "go1.20.0",           "before 1.21 the first patch had no number"),
        ("go1.9",                Before,     "go1.10",             "numbers, not text"),
        ("go1.21.3 X:boringcrypto", Same,    "go1.21.3",           "experiments are no difference in age"),
        ("devel +abcdef",        CannotTell, "go1.21.3",           "a build from the tree"),
    ]);
}

#[test]
fn pypi_orders_versions_as_pep_440_says() {
    #[rustfmt::skip]
    check(Scheme::Pypi, &[
        ("1.0.dev1",             Before,     "1.0a1",              "development before alpha"),
        ("1.0a1.dev1",           Before,     "1.0a1",              "development of an alpha"),
        ("1.0a2",                Before,     "1.0b1",              "alpha before beta"),
        ("1.0rc1",               Before,     "1.0",                "candidate before final"),
        ("1.0",                  Before,     "1.0.post1",          "post-releases after"),
        ("1.0.post1.dev1",       Before,     "1.0.post1",          "development of a post-release"),
        ("1.0",                  Before,     "1.0+local",          "a local version after its public one"),
        ("1.0+abc",              Before,     "1.0+5",              "local words before numbers"),
        ("1!0.1",                After,      "2024.1",             "the epoch outranks everything"),
        ("v1.0-ALPHA.1",         Same,       "1a1",                "spellings"),
        ("1.0-1",                Same,       "1.0.post1",          "an implied post-release"),
        ("1.0.c1",               Same,       "1.0rc1",             "c is a candidate"),
        ("1.0.0",                Same,       "1",                  "zeros at the end carry no weight"),
        ("0.1dev-r1234",         Before,     "0.0.1",              "legacy comes before all others"),
        ("2004d-x",              Before,     "2005a-x",            "legacy versions among themselves"),
        ("1.0-foo-rc1",          Before,     "1.0-foo",            "legacy candidates before their final"),
        ("unknown",              CannotTell, "1.0",                "a word, which setuptools would put first"),
        ("3b5ef6d2c9d5a6f1c0c1b1a2f3e4d5c6b7a80912", CannotTell, "1.0", "a commit"),
    ]);
}

#[test]
fn maven_orders_versions_as_comparable_version_does_where_that_is_an_order() {
    #[rustfmt::skip]
    check(Scheme::Maven, &[
        ("1.0",                  Same,       "1.0.0",              "zeros at the end carry no weight"),
        ("1.0-SNAPSHOT",         Before,     "1.0",                "a snapshot leads to its release"),
        ("1.0-alpha-1",          Before,     "1.0-beta-1",         "known qualifiers in their order"),
        ("1.0-rc1",              Same,       "1.0-CR-1",           "cr is rc, without case"),
        ("1.0-m3",               Before,     "1.0-rc1",            "m before a number is a milestone"),
        ("1.0",                  Same,       "1.0.Final",          "final is nothing"),
        ("1.0",                  Same,       "1.0.RELEASE",        "release is nothing since 3.8"),
        ("1.0",                  Before,     "1.0-sp1",            "a service pack comes after"),
        ("1.0-sp1",              Before,     "1.0-jre",            "unknown words come after known ones"),
        ("31.1-android",         Before,     "31.1-jre",           "flavours sort as words"),
        ("1.0-1",                Before,     "1.0.1",              "a hyphen weighs less than a dot"),
        ("1.0.0.Final",          Before,     "1.0.0.Final-redhat-1", "a rebuild is later; Maven says earlier and later"),
        ("1.0.Final-redhat-1",   After,      "1.0",                "and the same against the bare number"),
        ("2-1",                  After,      "2.0.a",              "as Maven since 3.8; before, the other way"),
        ("1.0.99999999999999999999", Before, "1.0.100000000000000000000", "numbers have no largest"),
        ("${project.version}",   CannotTell, "1.0",                "a property nobody resolved"),
        ("[1.0,2.0)",            CannotTell, "1.0",                "a range is no version"),
        ("LATEST",               CannotTell, "1.0",                "a name that moves"),
    ]);
}

#[test]
fn nuget_reads_four_numbers_and_labels_without_case() {
    #[rustfmt::skip]
    check(Scheme::Nuget, &[
        ("1.0",                  Same,       "1.0.0.0",            "missing numbers are zero"),
        ("1.0.0.1",              After,      "1.0.0",              "the fourth number counts"),
        ("1.0.0-BETA",           Same,       "1.0.0-beta",         "labels without case"),
        ("1.0.0-rc.2",           Before,     "1.0.0-rc.10",        "numbers in labels by value"),
        ("1.0.0+sha",            Same,       "1.0.0",              "metadata has no weight"),
        ("1.2.3.4.5",            CannotTell, "1.2.3.4",            "five numbers"),
    ]);
}

#[test]
fn gem_orders_words_before_numbers_and_drops_zeros() {
    #[rustfmt::skip]
    check(Scheme::Gem, &[
        ("1.0.a",                Before,     "1.0",                "a letter makes a pre-release"),
        ("1.0.a",                Same,       "1.a",                "zeros before the first word carry no weight"),
        ("1.0.b1",               Before,     "1.0.b2",             "a word and its number are two segments"),
        ("1.0-x",                Same,       "1.pre.x",            "a hyphen says pre"),
        ("1.a.0.b",              Before,     "1.a",                "a word after zeros is still before nothing"),
        ("1.a.0.1",              After,      "1.a",                "a number after zeros is after nothing"),
        ("1.a.b",                Before,     "1.a.0.b",            "a missing segment is zero"),
        ("1.0.A",                Before,     "1.0.a",              "capitals come first"),
        ("1.2_3",                CannotTell, "1.2.3",              "malformed for RubyGems too"),
    ]);
}

#[test]
fn composer_normalises_before_it_compares() {
    #[rustfmt::skip]
    check(Scheme::Composer, &[
        ("1.0",                  Same,       "1.0.0.0",            "filled up to four numbers"),
        ("v1.0.0-beta2",         Same,       "1.0b2",              "spellings of a stability"),
        ("1.0-dev",              Before,     "1.0-alpha",          "dev is the least stable"),
        ("1.0-RC1",              Before,     "1.0",                "a candidate"),
        ("1.0",                  Before,     "1.0-p1",             "a patch comes after"),
        ("1.0-beta",             Before,     "1.0-beta1",          "a number is later than none"),
        ("1.0.0+build",          Same,       "1.0.0",              "metadata has no weight"),
        ("1.0.0@beta",           Same,       "1.0.0",              "a flag is about the root, not the version"),
        ("1.2.x-dev",            After,      "1.2.999",            "the branch is ahead of its releases"),
        ("1.2.x-dev",            Before,     "1.3",                "and behind the next"),
        ("20240101",             Before,     "20240102",           "dates"),
        ("dev-main",             CannotTell, "1.0",                "a branch has no place"),
        ("1.0.0-foo",            CannotTell, "1.0.0",              "Composer refuses it too"),
    ]);
}

#[test]
fn hackage_and_cran_count_every_number() {
    #[rustfmt::skip]
    check(Scheme::Hackage, &[
        ("1.0",                  Before,     "1.0.0",              "the longer is the later"),
        ("1.9",                  Before,     "1.10",               "numbers by value"),
        ("1.0-alpha",            CannotTell, "1.0",                "tags are gone from Cabal"),
    ]);
    #[rustfmt::skip]
    check(Scheme::Cran, &[
        ("1.0-2",                Same,       "1.0.2",              "a hyphen is a dot"),
        ("1.0",                  Before,     "1.0.0",              "the longer is the later"),
        ("1.0a",                 CannotTell, "1.0",                "R refuses it too"),
    ]);
}

#[test]
fn conan_orders_items_prereleases_and_builds() {
    #[rustfmt::skip]
    check(Scheme::Conan, &[
        ("1.0",                  Same,       "1",                  "zeros at the end carry no weight"),
        ("1.1-pre1",             Before,     "1.1",                "a pre-release"),
        ("1.1",                  Before,     "1.1+b1",             "a build is later than none"),
        ("1.1.1v",               Before,     "1.1.1w",             "letters, as OpenSSL has them"),
        ("9",                    Before,     "10a",                "Conan compares these as text, which is no order"),
        ("1.0",                  Before,     "cci.20200203",       "a word comes after numbers"),
        ("1 0",                  CannotTell, "1.0",                "white space"),
    ]);
}

#[test]
fn a_prerelease_is_what_its_ecosystem_calls_one() {
    #[rustfmt::skip]
    let table = [
        (Scheme::Cargo,    "1.0.0-rc.1",      Some(true),  "after the hyphen"),
        (Scheme::Cargo,    "1.0.0+build-1",   Some(false), "build metadata is none"),
        (Scheme::Cargo,    "one",             None,        "unreadable"),
        (Scheme::Npm,      "1.0.0beta",       Some(true),  "loose"),
        (Scheme::Golang,   "go1.21rc1",       Some(true),  "a toolchain's candidate"),
        (Scheme::Golang,   "v1.0.0",          Some(false), "a release"),
        (Scheme::Pypi,     "1.0.dev1",        Some(true),  "development releases are"),
        (Scheme::Pypi,     "1.0.post1",       Some(false), "post-releases are not"),
        (Scheme::Maven,    "1.0-SNAPSHOT",    Some(true),  "before the release"),
        (Scheme::Maven,    "1.0-jre",         Some(false), "a flavour"),
        (Scheme::Maven,    "1.0.Final",       Some(false), "nothing"),
        (Scheme::Nuget,    "1.0.0-beta",      Some(true),  "a label"),
        (Scheme::Gem,      "1.0.b1",          Some(true),  "a letter"),
        (Scheme::Gem,      "1.0.1",           Some(false), "none"),
        (Scheme::Composer, "1.0-dev",         Some(true),  "less than stable"),
        (Scheme::Composer, "1.0-p1",          Some(false), "a patch"),
        (Scheme::Conan,    "1.1-pre1",        Some(true),  "after the hyphen"),
        (Scheme::Openssl,  "3.0.0-alpha1",    Some(true),  "before 3.0.0"),
        (Scheme::Openssl,  "1.0.2k-fips",     Some(false), "a build of the same code"),
        (Scheme::Generic,  "1.0-rc1",         Some(true),  "a candidate"),
        (Scheme::Generic,  "1.0a",            Some(false), "a letter is a patch"),
        (Scheme::Github,   "release-1.0-beta2", Some(true), "after the prefix"),
        (Scheme::Deb,      "1.0~rc1",         None,        "no such notion"),
    ];
    for (scheme, text, expected, why) in table {
        assert_eq!(scheme.is_prerelease(text), expected, "{scheme} {text}: {why}");
    }
}
