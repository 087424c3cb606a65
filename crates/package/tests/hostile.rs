//! Nothing that comes from outside makes this crate panic or dawdle.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use bongsu_package::vers::MAX_VERS_BYTES;
use bongsu_package::{
    Cpe, Ecosystem, Interval, IntervalSet, MAX_CPE_BYTES, MAX_PURL_BYTES, PackageName, ProductName,
    Purl, Scheme, VersRange,
};

/// Texts that are nearly right, to be cut up and put together again.
const SEEDS: [&str; 18] = [
    "pkg:npm/%40babel/core@7.0.0?arch=x86&distro=debian-12#a/../b",
    "pkg:rpm/redhat/curl@7.50.3-1.el8_6?epoch=1&distro=rhel-8.6",
    "pkg:alpine/curl@8.0-r0?distro=alpine-3.18.0_alpha2023",
    "pkg:pub/한글_Name@1?a=%E",
    "cpe:2.3:a:x\\:y:z\\*:1.?:-:*:*:*:*:*:*",
    "cpe:/a:hp:insight%21:7.4:-:~~online~win2003~x64~",
    "vers:npm/>=1.0.0|<2.0.0|!=1.5.0|%31",
    ">=1.2.x <2 || ^3.0.0-beta.1 || 1.0 - 2.*",
    "[1.0,2.0),(,3.0],[4]",
    "~=1.4.2,!=1.5.*,==2.*",
    "~> 2.0.8, >= 1 or < 3",
    "0.7.52-0.8.39, 1.4.1+",
    "Ubuntu:Pro:FIPS-updates:22.04:LTS",
    "SUSE:Linux Enterprise Micro 5.3",
    "Red Hat:rhel_eus:9.2::baseos",
    "(주)한글과컴퓨터 Zimbra Collaboration Suite (ZCS) ㈜",
    "\u{1112}\u{1161}\u{11AB}Ａ\u{0301}é(()))(",
    "Windows 10 Version 1809 Operating System Software",
];

/// Escapes may make a print longer than what may be read.
fn print_reads_back<T: Debug + Display + FromStr + PartialEq>(value: &T, limit: usize) {
    let printed = value.to_string();
    if printed.len() <= limit {
        let again = printed.parse::<T>().unwrap_or_else(|_| panic!("{printed:.200}"));
        assert!(again == *value, "{printed:.200} reads back otherwise");
    }
}

fn read_as_everything(text: &str) {
    if let Ok(purl) = text.parse::<Purl>() {
        print_reads_back(&purl, MAX_PURL_BYTES);
        let _ = (purl.full_version(), PackageName::read_purl(&purl));
        let _ = PackageName::source_of_purl(&purl);
    }
    if let Ok(cpe) = text.parse::<Cpe>() {
        print_reads_back(&cpe, MAX_CPE_BYTES);
        assert!(cpe.covers(&cpe), "{text}");
        let _ = cpe.product_name();
    }
    if let Ok(range) = text.parse::<VersRange>() {
        print_reads_back(&range, MAX_VERS_BYTES);
        let _ = (range.contains(text), range.simplified());
    }
    for scheme in Scheme::ALL {
        if let Ok(range) = VersRange::from_native(scheme, text) {
            let _ = (range.contains("1.2.3"), range.to_string());
        }
    }
    let ecosystem = Ecosystem::from_osv(text);
    assert_eq!(ecosystem.to_string().parse().as_ref(), Ok(&ecosystem), "{text:?}");
    let _ = PackageName::new(ecosystem, text);
    let _ = Ecosystem::from_distribution(text, text);
    let _ = (ProductName::new(text, text), ProductName::new("n/a", text));
}

#[test]
fn pieces_of_right_texts_never_panic_and_what_is_read_prints_itself() {
    // A small fixed sequence in place of randomness.
    let mut state = 0x2545_F491_u32;
    let mut below = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize % bound.max(1)
    };
    for seed in SEEDS {
        read_as_everything(seed);
    }
    for _ in 0..4_000 {
        let (left, right) = (SEEDS[below(SEEDS.len())], SEEDS[below(SEEDS.len())]);
        let mut text: String = left.chars().take(below(left.len())).collect();
        if below(3) == 0 {
            text.push(['%', '/', '@', '?', '#', '\\', '|', '-', '\0', '\u{FFFF}', ' '][below(11)]);
        }
        text.extend(right.chars().skip(below(right.len())));
        read_as_everything(&text);
    }
}

#[test]
fn long_texts_take_time_by_their_length() {
    for unit in ["%20", "a/", "@", "(A)", "1.", "-", "*", "가", "\\:", " || ^1", "[1,", "|1"] {
        let text = unit.repeat(60_000 / unit.len());
        read_as_everything(&format!("pkg:npm/{text}"));
        read_as_everything(&format!("cpe:2.3:a:{}", &text[..3_900]));
        read_as_everything(&format!("vers:deb/{text}"));
        read_as_everything(&text);
    }
}

#[test]
fn no_interval_set_is_slow() {
    let all: Vec<Interval> = (0..20_000).rev().map(|n| Interval::point(&n.to_string())).collect();
    let set = IntervalSet::new(Scheme::Deb, &all);
    assert_eq!(set.intervals().len(), 20_000);
}
