//! Version orders of distributions, products and tags, case by case.

mod orders_table;

use bongsu_package::Scheme;
use orders_table::Says::{After, Before, CannotTell, Same};
use orders_table::check;

#[test]
fn debian_orders_versions_as_dpkg_does() {
    #[rustfmt::skip]
    check(Scheme::Deb, &[
        ("1.0~rc1",              Before,     "1.0",                "tilde sorts before the end"),
        ("1.0~~",                Before,     "1.0~",               "two tildes before one"),
        ("1.0",                  Before,     "1.0+deb12u1",        "a security upload is newer"),
        ("1.0-1~bpo12+1",        Before,     "1.0-1",              "a backport is older"),
        ("007",                  Same,       "7",                  "leading zeros carry no weight"),
        ("2:1.0",                After,      "9.9",                "the epoch outranks everything"),
        ("0:1.0",                Same,       "1.0",                "a missing epoch is zero"),
        ("1.0-0",                Same,       "1.0",                "a missing revision is zero"),
        ("1.0a",                 Before,     "1.0+",               "letters before other signs"),
        ("1.0-1-2",              After,      "1.0-1",              "the last hyphen is the one"),
        ("a1",                   After,      "1",                  "dpkg warns and compares"),
        ("1:2:3",                After,      "1:2",                "a colon in the version, after an epoch"),
        ("1.0-",                 CannotTell, "1.0",                "an empty revision"),
        ("-0:1.0",               Same,       "1.0",                "dpkg reads the epoch with its sign"),
        ("-1:1.0",               CannotTell, "1.0",                "a negative epoch"),
        ("1:",                   CannotTell, "1.0",                "nothing after the epoch"),
        ("x:1.0",                CannotTell, "1.0",                "an epoch that is no number"),
        ("2147483648:1",         CannotTell, "1.0",                "an epoch over dpkg's largest"),
        ("1 0",                  CannotTell, "1.0",                "white space inside"),
        ("abc",                  After,      "1.0",                "no digit at all: dpkg warns and compares"),
        ("none",                 CannotTell, "1.0",                "says that there is no version"),
    ]);
}

#[test]
fn rpm_orders_versions_as_rpm_does() {
    #[rustfmt::skip]
    check(Scheme::Rpm, &[
        ("1.0~rc1-1",            Before,     "1.0-1",              "tilde sorts before the end"),
        ("1.0^git1-1",           After,      "1.0-1",              "caret after the end"),
        ("1.0^git1-1",           Before,     "1.0.1-1",            "but before more of the version"),
        ("1.0^-1",               Before,     "1.0a-1",             "and before letters"),
        ("1.0a",                 Before,     "1.0.1",              "letters before numbers"),
        ("1.0.",                 Same,       "1_0",                "separators carry no weight"),
        ("1:1.0-1",              After,      "2.0-1",              "the epoch outranks everything"),
        (":1.0-1",               Same,       "0:1.0-1",            "an empty epoch is zero"),
        ("1",                    Before,     "1-",                 "no release before an empty one"),
        ("1.0",                  Before,     "1.0-1.el9",          "no release before any"),
        ("1.0-1.el9_2.1",        After,      "1.0-1.el9",          "a later build in the same release"),
        ("a+",                   Same,       "a_",                 "words are versions to RPM"),
        ("+",                    Same,       "_",                  "and so is nothing but separators"),
        ("none",                 CannotTell, "1.0",                "says that there is no version"),
    ]);
}

#[test]
fn apk_orders_versions_as_apk_tools_does() {
    #[rustfmt::skip]
    check(Scheme::Apk, &[
        ("1.0_rc1",              Before,     "1.0",                "before the release"),
        ("1.0_alpha2",           Before,     "1.0_alpha10",        "suffix numbers by value"),
        ("1.0",                  Before,     "1.0_p1",             "a patch comes after"),
        ("1.0_p1",               Before,     "1.0a",               "a letter weighs more than a suffix"),
        ("1.0a",                 Before,     "1.0.1",              "a number more than a letter"),
        ("1.02",                 Before,     "1.1",                "a leading zero makes a fraction"),
        ("1.0-r1",               Before,     "1.0-r10",            "revisions by value"),
        ("1.0",                  Before,     "1.0-r0",             "a revision is later than none"),
        ("1.0_git20240101",      After,      "1.0-r9",             "a snapshot after the release"),
        ("1.0~ab-r0",            After,      "1.0-r0",             "a commit after the release"),
        ("1.0-beta",             CannotTell, "1.0",                "not a suffix of apk"),
        ("1.0_foo",              CannotTell, "1.0",                "an unknown suffix"),
        ("v1.0",                 CannotTell, "1.0",                "a prefix"),
    ]);
}

#[test]
fn arch_orders_versions_as_vercmp_does() {
    #[rustfmt::skip]
    check(Scheme::Alpm, &[
        ("1.0rc1",               Before,     "1.0",                "letters at the end come before none"),
        ("1.0",                  Before,     "1.0.a",              "but after a separator they come later"),
        ("1.0.1",                Before,     "1.0..1",             "fewer separators come first"),
        ("1:1.0-1",              After,      "2.0-1",              "the epoch outranks everything"),
        ("1.0",                  Same,       "1.0-1",              "a missing release is the first"),
        ("1.0",                  Before,     "1.0-2",              "vercmp says equal, which is no order"),
        ("1.0.",                 CannotTell, "1.0",                "where vercmp runs in a circle"),
    ]);
}

#[test]
fn gentoo_orders_versions_as_the_specification_says() {
    #[rustfmt::skip]
    check(Scheme::Gentoo, &[
        ("1.0_rc1",              Before,     "1.0",                "before the release"),
        ("1.0",                  Before,     "1.0_p",              "a patch comes after"),
        ("1.0_p",                Same,       "1.0_p0",             "a missing number is zero"),
        ("1.0-r0",               Same,       "1.0",                "a missing revision is zero"),
        ("1.01",                 Before,     "1.1",                "a leading zero makes a fraction"),
        ("1.010",                Same,       "1.01",               "whose last zeros carry no weight"),
        ("1.0b",                 Before,     "1.0.0",              "more numbers outweigh a letter"),
        ("1.0-beta",             CannotTell, "1.0",                "not a suffix of Gentoo"),
    ]);
}

#[test]
fn openssl_orders_letters_after_numbers() {
    #[rustfmt::skip]
    check(Scheme::Openssl, &[
        ("1.0.2",                Before,     "1.0.2a",             "letters are patches"),
        ("1.0.2z",               Before,     "1.0.2za",            "after z comes za"),
        ("1.0.2zg",              Before,     "1.1.0",              "numbers weigh more"),
        ("1.1.1w",               Before,     "3.0.0",              "the scheme changed, the order did not"),
        ("3.0.0-beta2",          Before,     "3.0.0",              "before the release"),
        ("1.1.1-pre9",           Before,     "1.1.1-pre10",        "numbers by value"),
        ("1.0.2k-fips",          Same,       "1.0.2k",             "a build of the same code"),
        ("3.1.4+quic",           Same,       "3.1.4",              "and so is this"),
        ("1.0.2K",               CannotTell, "1.0.2",              "no capitals in OpenSSL's letters"),
    ]);
}

#[test]
fn github_tags_are_ordered_by_the_version_in_them() {
    #[rustfmt::skip]
    check(Scheme::Github, &[
        ("v1.2.3",               Same,       "release-1.2.3",      "the prefix has no weight"),
        ("curl-7_88_1",          Before,     "curl-8_0_0",         "underscores for dots"),
        ("OpenSSL_1_0_2k",       After,      "OpenSSL_1_0_2",      "and a letter"),
        ("rel/log4j-2.14.1",     Before,     "rel/log4j-2.17.0",   "a digit in the name is not the version"),
        ("v1.0.0-rc1",           Before,     "v1.0.0",             "a candidate"),
        ("go1.21.3",             Before,     "go1.21.4",           "a name right before the number"),
        ("beta-2",               CannotTell, "v1.0",               "a stage without its version"),
        ("deadbeef1",            CannotTell, "v1.0",               "a commit"),
        ("main",                 CannotTell, "v1.0",               "a branch"),
    ]);
}

#[test]
fn times_are_ordered_as_instants() {
    #[rustfmt::skip]
    check(Scheme::Datetime, &[
        ("2024-01-01T09:00:00+09:00", Same,  "2024-01-01T00:00:00Z", "the same instant"),
        ("2024-01-01",           Same,       "2024-01-01T00:00:00Z", "a day is its first instant"),
        ("2024-01",              Before,     "2024-01-02",         "a month is its first day"),
        ("2024-02-29T23:59:60Z", Same,       "2024-03-01T00:00:00Z", "a leap second"),
        ("0000-01-01T00:00:00+23:00", Before, "9999-12-31T23:59:59-23:00", "the ends of the calendar"),
        ("2024-01-01T00:00:00.1Z", Before,   "2024-01-01T00:00:00.12Z", "fractions of any length"),
        ("2024-01-01T00:00:00",  CannotTell, "2024-01-01",         "a time without an offset is no instant"),
        ("2023-02-29",           CannotTell, "2023-02-28",         "no such day"),
        ("2024-13-01",           CannotTell, "2024-12-01",         "no such month"),
    ]);
}

#[test]
fn the_generic_order_reads_what_vendors_agree_on_and_nothing_else() {
    #[rustfmt::skip]
    check(Scheme::Generic, &[
        ("10.2",                 Same,       "10.2.0",             "zeros at the end carry no weight"),
        ("v9.10",                After,      "9.9",                "numbers by value"),
        ("9.12(4)29",            After,      "9.12(4)",            "Cisco's parentheses are dots"),
        ("9.12\\(4\\)",          Same,       "9.12(4)",            "escaped in a CPE name"),
        ("9.3.2a",               After,      "9.3.2",              "a letter is a patch"),
        ("1.0-rc1",              Before,     "1.0",                "a candidate"),
        ("1.0b2",                Before,     "1.0 RC 1",           "beta before candidate"),
        ("1.0 SP2",              After,      "1.0 Service Pack 1", "spellings of a service pack"),
        ("8u292",                After,      "8u40",               "updates by value"),
        ("21.2R3-S8",            Before,     "21.2R4",             "service releases of Junos"),
        ("6.7.0-14320405",       After,      "6.7.0",              "a build is later than none"),
        ("10.2.9-h1",            After,      "10.2.9",             "a hotfix of PAN-OS"),
        ("10.2.9-h10",           After,      "10.2.9-h9",          "hotfixes by value"),
        ("10.2.9-h1",            Before,     "10.2.10",            "before the next release"),
        ("10.2.0-h3",            Before,     "10.2.1",             "a hotfix of the first release"),
        ("1.00A",                Before,     "1.02C",              "a letter behind a zero"),
        ("7.0 U3",               Before,     "7.0.1",              "the zero is there, unwritten"),
        ("13.1-48.47",           Before,     "13.1-49.13",         "a build of two numbers"),
        ("9.1R11.4",             After,      "9.1R11",             "a release's own patch"),
        ("9.1R11.4",             Before,     "9.1R12",             "before the next release"),
        ("7.0 U3o",              After,      "7.0U3d",             "a letter behind an update"),
        ("7.0 U3",               Before,     "7.0U3a",             "none before the first letter"),
        ("1.0 build 10",         After,      "1.0 build 9",        "builds by value"),
        ("1.0 LTS",              Same,       "1.0",                "a promise, not a difference in age"),
        ("1.x",                  CannotTell, "1.0",                "a wildcard"),
        ("15.2(4)M5",            CannotTell, "15.2(4)",            "trains of IOS are not one line"),
        ("1.0 and earlier",      CannotTell, "1.0",                "a sentence"),
        ("1.0+dfsg",             CannotTell, "1.0",                "a rebuild of unknown age"),
        ("82e25cc1c2e9",         CannotTell, "1.0",                "a commit"),
        ("2.0_foo",              CannotTell, "2.0",                "an unknown word"),
        ("1.0, 1.1",             CannotTell, "1.0",                "a list"),
    ]);
}
