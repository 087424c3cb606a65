//! Distributions: the spellings of their names and how a release is written.

use super::{DEB, Ecosystem, Family};

/// What installs the packages of a distribution.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Packager {
    Deb,
    Rpm,
    Apk,
    Alpm,
    Gentoo,
}

/// How much of a version says which release it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Release {
    /// The first number: `9` of `9.3`.
    Major,
    /// Two numbers: `3.18` of `v3.18.4`.
    Minor,
    /// Debian: the first number, or the codename's.
    Debian,
    /// Ubuntu: year and month, or the codename's; FIPS builds apart.
    Ubuntu,
    /// Amazon: `1` was called by dates (`2018.03`), then `2`, `2023`.
    Amazon,
    /// `15.5`, also from `Server 15 SP5`.
    Suse,
    /// `15.5` of `Leap 15.5`, `tumbleweed`.
    Opensuse,
    /// The whole text, lower case.
    Whole,
    /// There are no releases.
    Rolls,
}

/// One distribution.
#[derive(Debug)]
pub(super) struct Distribution {
    pub(super) packager: Packager,
    pub(super) id: &'static str,
    spellings: &'static [&'static str],
    release: Release,
    /// The tag its packages carry in their release field, if it says the release: `el`, `fc`.
    pub(super) tag: &'static str,
}

/// A distribution as a qualifier names it.
pub(super) struct Named<'a> {
    /// The one we know, if we do.
    pub(super) known: Option<&'static Distribution>,
    /// Its id as written; empty when only a release was written.
    pub(super) id: &'a str,
    /// The release as written.
    pub(super) release: &'a str,
}

impl Distribution {
    /// The distribution of that id or spelling, lower case.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        DISTRIBUTIONS.iter().find(|known| known.id == name || known.spellings.contains(&name))
    }

    pub(super) fn family(&self) -> Family {
        family(self.packager, self.id)
    }

    /// The release a text says, normalised; `None` when it says none.
    pub(super) fn release(&self, text: &str) -> Option<String> {
        let text = text.trim().trim_start_matches(['v', 'V']);
        match self.release {
            Release::Rolls => None,
            Release::Major => numbers(text, 1),
            Release::Minor if text.eq_ignore_ascii_case("edge") => Some("edge".to_owned()),
            Release::Minor => numbers(text, 2),
            Release::Debian => debian(text),
            Release::Ubuntu => ubuntu(text),
            Release::Amazon => match numbers(text, 1) {
                Some(year) if (2011..2023).any(|old: u16| year == old.to_string()) => {
                    Some("1".to_owned())
                }
                other => other,
            },
            Release::Suse => suse(text),
            Release::Opensuse => opensuse(text),
            Release::Whole => slug(text),
        }
    }
}

/// The family of an id that no table knows.
pub(super) fn family(packager: Packager, id: &str) -> Family {
    match (packager, id) {
        (Packager::Deb, "debian") => Family::Debian,
        (Packager::Deb, "ubuntu") => Family::Ubuntu,
        (Packager::Deb, id) => Family::Other(format!("{DEB}{id}")),
        (Packager::Rpm, id) => Family::Rpm(id.to_owned()),
        (Packager::Apk, id) => Family::Apk(id.to_owned()),
        (Packager::Alpm, _) => Family::Alpm,
        (Packager::Gentoo, _) => Family::Gentoo,
    }
}

/// Whether an id alone says its packager.
pub(super) fn is_known(packager: Packager, id: &str) -> bool {
    DISTRIBUTIONS.iter().any(|known| known.packager == packager && known.id == id)
}

pub(super) fn rolls(packager: Packager, id: &str) -> bool {
    let same = |known: &&Distribution| known.packager == packager && known.id == id;
    DISTRIBUTIONS.iter().find(same).is_some_and(|known| known.release == Release::Rolls)
}

pub(super) fn from_os_release(id: &str, version_id: &str) -> Option<Ecosystem> {
    let id = id.trim().to_ascii_lowercase();
    let known = Distribution::find(&id)?;
    let rolling = id.contains("tumbleweed");
    let release = if rolling { Some(TUMBLEWEED.to_owned()) } else { known.release(version_id) };
    Some(Ecosystem { family: known.family(), release })
}

/// Reads the `distro` qualifier of a package URL, lower case: `debian-12`, `bookworm`, `el9`,
/// `opensuse-leap-15.5`, `3.17.0`.
pub(super) fn named(text: &str) -> Named<'_> {
    if let Some((id, release)) = codename(text) {
        return Named { known: Distribution::find(id), id, release };
    }
    if let known @ Some(_) = Distribution::find(text) {
        let release = if text.contains(TUMBLEWEED) { TUMBLEWEED } else { "" };
        return Named { known, id: text, release };
    }
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return Named { known: None, id: "", release: text };
    }
    for (at, separator) in text.rmatch_indices(['-', ':', '_', ' ']) {
        let (id, release) = (&text[..at], &text[at + separator.len()..]);
        if let known @ Some(_) = Distribution::find(id) {
            // A snapshot's date is no release.
            let release = if id.contains(TUMBLEWEED) { TUMBLEWEED } else { release };
            return Named { known, id, release };
        }
    }
    let digit = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let (word, release) = text.split_at(digit);
    let word = word.trim_end_matches(['-', ':', '_', ' ']);
    if word.is_empty() {
        return Named { known: None, id: "", release };
    }
    let tagged = DISTRIBUTIONS.iter().find(|known| known.tag == word && known.tag != "el");
    let known = tagged.or_else(|| Distribution::find(word));
    // `el9` is a release of a dozen distributions; the namespace must say which.
    let id = if word == "el" { "" } else { word };
    Named { known, id, release }
}

/// A codename's distribution and release.
fn codename(text: &str) -> Option<(&'static str, &'static str)> {
    CODENAMES.iter().find(|(name, ..)| *name == text).map(|(_, id, release)| (*id, *release))
}

/// The first `count` numbers of a dotted text; fewer when there are fewer, none when it begins
/// with none.
fn numbers(text: &str, count: usize) -> Option<String> {
    let mut end = 0;
    for (number, part) in text.split('.').take(count).enumerate() {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            break;
        }
        end += digits + usize::from(number > 0);
        if digits < part.len() {
            break;
        }
    }
    (end > 0).then(|| text[..end].to_owned())
}

fn debian(text: &str) -> Option<String> {
    let first = text.split(['/', ' ']).next()?.to_ascii_lowercase();
    match codename(&first) {
        Some(("debian", release)) => Some(release.to_owned()),
        _ if matches!(first.as_str(), "unstable" | "testing") => Some("sid".to_owned()),
        _ => numbers(text, 1),
    }
}

fn ubuntu(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    if let Some(("ubuntu", release)) = codename(&text) {
        return Some(release.to_owned());
    }
    let mut words = text.split([':', ' ', '/']);
    let release = words.find_map(|word| numbers(word, 2).filter(|found| found.contains('.')))?;
    // FIPS builds have their own versions of the same packages.
    match text.split([':', ' ']).find(|word| word.starts_with("fips")) {
        Some(fips) => Some(format!("{release}-{fips}")),
        None => Some(release),
    }
}

fn suse(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let mut words = lower
        .split([' ', '-', '_'])
        .skip_while(|word| !word.starts_with(|first: char| first.is_ascii_digit()));
    let release = numbers(words.next()?, 2)?;
    let pack = words.next().and_then(|word| word.strip_prefix("sp")).and_then(|n| numbers(n, 1));
    match pack {
        Some(pack) if !release.contains('.') => Some(format!("{release}.{pack}")),
        _ => Some(release),
    }
}

fn opensuse(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    if lower.contains(TUMBLEWEED) {
        return Some(TUMBLEWEED.to_owned());
    }
    let version = lower.split([' ', '-']).find_map(|word| numbers(word, 2))?;
    if lower.contains("micro") {
        return Some(format!("leap-micro-{version}"));
    }
    Some(version)
}

/// A text as a release: lower case, white space and colons as `-`.
pub(super) fn slug(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let words = lower.split([' ', ':', '\t']).filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("-");
    (!slug.is_empty()).then_some(slug)
}

const TUMBLEWEED: &str = "tumbleweed";

const fn distribution(
    packager: Packager,
    id: &'static str,
    spellings: &'static [&'static str],
    release: Release,
    tag: &'static str,
) -> Distribution {
    Distribution { packager, id, spellings, release, tag }
}

/// What we know. Ids are those of os-release where there is one; spellings are those of scanners,
/// of feeds and of older releases.
#[rustfmt::skip]
const DISTRIBUTIONS: &[Distribution] = {
    use Packager::{Alpm, Apk, Deb, Gentoo, Rpm};
    &[
        //           packager id            spellings                                                           release            tag
        distribution(Deb,    "debian",      &[],                                                                Release::Debian,   ""),
        distribution(Deb,    "ubuntu",      &[],                                                                Release::Ubuntu,   ""),
        distribution(Deb,    "raspbian",    &[],                                                                Release::Debian,   ""),
        distribution(Deb,    "devuan",      &[],                                                                Release::Major,    ""),
        distribution(Deb,    "linuxmint",   &[],                                                                Release::Minor,    ""),
        distribution(Deb,    "pop",         &[],                                                                Release::Minor,    ""),
        distribution(Deb,    "kali",        &[],                                                                Release::Rolls,    ""),
        distribution(Deb,    "gooroom",     &[],                                                                Release::Whole,    ""),
        distribution(Deb,    "tmaxos",      &["tmaxgooroom"],                                                   Release::Whole,    ""),
        distribution(Deb,    "hamonikr",    &[],                                                                Release::Whole,    ""),
        distribution(Deb,    "echo",        &[],                                                                Release::Whole,    ""),
        distribution(Rpm,    "rhel",        &["redhat", "red hat", "red-hat", "redhatenterpriselinux",
                                              "red hat enterprise linux"],                                      Release::Major,    "el"),
        distribution(Rpm,    "centos",      &["centos linux", "centos stream", "centos-stream"],                Release::Major,    "el"),
        distribution(Rpm,    "almalinux",   &["alma"],                                                          Release::Major,    "el"),
        distribution(Rpm,    "rocky",       &["rockylinux", "rocky linux"],                                     Release::Major,    "el"),
        distribution(Rpm,    "ol",          &["oracle", "oraclelinux", "oracle linux"],                         Release::Major,    "el"),
        distribution(Rpm,    "scientific",  &["scientificlinux"],                                               Release::Major,    "el"),
        distribution(Rpm,    "cloudlinux",  &[],                                                                Release::Major,    "el"),
        distribution(Rpm,    "navix",       &[],                                                                Release::Major,    "el"),
        distribution(Rpm,    "fedora",      &["fedoraproject"],                                                 Release::Major,    "fc"),
        distribution(Rpm,    "amzn",        &["amazon", "amazonlinux", "amazon linux"],                         Release::Amazon,   "amzn"),
        distribution(Rpm,    "suse",        &["sles", "sled", "sle", "sles_sap", "sles-sap", "sle_hpc", "sle-hpc",
                                              "suse.linux.enterprise.server", "suse.linux.enterprise.desktop",
                                              "suse linux enterprise server", "suse linux enterprise"],         Release::Suse,     ""),
        distribution(Rpm,    "sle-micro",   &["sl-micro", "sle_micro", "suse-microos",
                                              "suse.linux.enterprise.micro", "suse linux enterprise micro"],    Release::Minor,    ""),
        distribution(Rpm,    "opensuse",    &["opensuse-leap", "opensuse.leap", "opensuse leap",
                                              "opensuse-tumbleweed", "opensuse.tumbleweed",
                                              "opensuse tumbleweed"],                                           Release::Opensuse, ""),
        distribution(Rpm,    "openeuler",   &[],                                                                Release::Whole,    ""),
        distribution(Rpm,    "mageia",      &[],                                                                Release::Major,    "mga"),
        distribution(Rpm,    "photon",      &["photon os", "photonos"],                                         Release::Major,    "ph"),
        distribution(Rpm,    "azurelinux",  &["azure linux", "mariner", "cbl-mariner", "cblmariner"],           Release::Major,    "azl"),
        distribution(Rpm,    "anolis",      &["openanolis"],                                                    Release::Major,    "an"),
        distribution(Apk,    "alpine",      &["alpine linux"],                                                  Release::Minor,    ""),
        distribution(Apk,    "wolfi",       &[],                                                                Release::Rolls,    ""),
        distribution(Apk,    "chainguard",  &[],                                                                Release::Rolls,    ""),
        distribution(Apk,    "minimos",     &[],                                                                Release::Rolls,    ""),
        distribution(Apk,    "alpaquita",   &[],                                                                Release::Whole,    ""),
        distribution(Apk,    "bellsoft",    &["bellsoft hardened containers", "bellsoft-hardened-containers"],  Release::Whole,    ""),
        distribution(Alpm,   "arch",        &["archlinux", "arch linux"],                                       Release::Rolls,    ""),
        distribution(Gentoo, "gentoo",      &[],                                                                Release::Rolls,    ""),
    ]
};

/// Codenames, with the release each is.
#[rustfmt::skip]
const CODENAMES: &[(&str, &str, &str)] = &[
    ("etch",     "debian", "4"),     ("lenny",    "debian", "5"),     ("squeeze",  "debian", "6"),
    ("wheezy",   "debian", "7"),     ("jessie",   "debian", "8"),     ("stretch",  "debian", "9"),
    ("buster",   "debian", "10"),    ("bullseye", "debian", "11"),    ("bookworm", "debian", "12"),
    ("trixie",   "debian", "13"),    ("forky",    "debian", "14"),    ("duke",     "debian", "15"),
    ("sid",      "debian", "sid"),
    ("lucid",    "ubuntu", "10.04"), ("precise",  "ubuntu", "12.04"), ("trusty",   "ubuntu", "14.04"),
    ("utopic",   "ubuntu", "14.10"), ("vivid",    "ubuntu", "15.04"), ("wily",     "ubuntu", "15.10"),
    ("xenial",   "ubuntu", "16.04"), ("yakkety",  "ubuntu", "16.10"), ("zesty",    "ubuntu", "17.04"),
    ("artful",   "ubuntu", "17.10"), ("bionic",   "ubuntu", "18.04"), ("cosmic",   "ubuntu", "18.10"),
    ("disco",    "ubuntu", "19.04"), ("eoan",     "ubuntu", "19.10"), ("focal",    "ubuntu", "20.04"),
    ("groovy",   "ubuntu", "20.10"), ("hirsute",  "ubuntu", "21.04"), ("impish",   "ubuntu", "21.10"),
    ("jammy",    "ubuntu", "22.04"), ("kinetic",  "ubuntu", "22.10"), ("lunar",    "ubuntu", "23.04"),
    ("mantic",   "ubuntu", "23.10"), ("noble",    "ubuntu", "24.04"), ("oracular", "ubuntu", "24.10"),
    ("plucky",   "ubuntu", "25.04"), ("questing", "ubuntu", "25.10"), ("resolute", "ubuntu", "26.04"),
];
