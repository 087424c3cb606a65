//! rpm: what `rpm -qa` prints, with and without a query format.

use bongsu_inventory::{Component, Distribution, SourcePackage, UNKNOWN_RPM};
use bongsu_package::{Ecosystem, Family, PackageName};

use super::Found;
use super::gathering::{Gathering, owned, shown};
use super::sniff::SAMPLE_LINES;
use crate::{Error, Limits};

/// Whether nearly every line names an rpm package.
///
/// Nine in ten: warnings of `rpm` itself may stand between them.
pub(super) fn is_listing(text: &str) -> bool {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty()).take(SAMPLE_LINES);
    let (count, read) = (lines().count(), lines().filter(|line| package(line).is_some()).count());
    count > 0 && read * 10 >= count * 9
}

/// Reads one package a line.
///
/// Such a listing does not say whose packages it has; Fedora and Amazon Linux are known by the
/// release's ending, the others by os-release beside it
/// ([`apply_distribution`](bongsu_inventory::Inventory::apply_distribution)).
pub(super) fn read(
    text: &str,
    document: &str,
    limits: &Limits,
    found: &mut Found,
) -> Result<(), Error> {
    let mut gathering = Gathering::new("rpm listing", document, limits);
    let mut distribution = None;
    for (number, line) in (1..).zip(text.lines().map(str::trim)) {
        if line.is_empty() || line.starts_with("gpg-pubkey") {
            continue; // a key that signs packages is no package
        }
        let field = format!("line {number}");
        let Some(package) = package(line) else {
            let detail = format!("`{}` is no package such as acl-2.3.1-4.el9.x86_64", shown(line));
            gathering.set_aside(&field, detail);
            continue;
        };
        distribution = distribution.or_else(|| by_release(package.release));
        gathering.add(package.component(field))?;
    }
    if let Some(distribution) = distribution {
        gathering.inventory.apply_distribution(distribution);
    }
    gathering.finish(found);
    Ok(())
}

/// Name and version-release of a source rpm by its file name, `acl-2.3.1-4.el9.src.rpm`.
pub(super) fn source_rpm(file: &str) -> Option<(&str, &str)> {
    let stem = file.strip_suffix(".src.rpm").or_else(|| file.strip_suffix(".nosrc.rpm"))?;
    let (rest, release) = stem.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    let evr = &stem[name.len() + 1..];
    (!name.is_empty() && !version.is_empty() && !release.is_empty()).then_some((name, evr))
}

/// One line.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Package<'a> {
    name: &'a str,
    epoch: &'a str,
    version: &'a str,
    release: &'a str,
    architecture: &'a str,
    source: &'a str,
}

impl Package<'_> {
    fn component(&self, field: String) -> Component {
        let evr = match self.epoch {
            "" => format!("{}-{}", self.version, self.release),
            epoch => format!("{epoch}:{}-{}", self.version, self.release),
        };
        let ecosystem = Ecosystem { family: Family::Rpm(UNKNOWN_RPM.to_owned()), release: None };
        let source = source_rpm(self.source).map(|(name, source_evr)| {
            // The file name has no epoch; a source of the same version and release has ours.
            let same =
                evr.ends_with(source_evr) && evr.len() <= source_evr.len() + self.epoch.len() + 1;
            let version = if same { evr.clone() } else { source_evr.to_owned() };
            SourcePackage { name: name.to_owned(), version: Some(version) }
        });
        Component {
            name: self.name.to_owned(),
            version: Some(evr),
            package: Some(PackageName::new(ecosystem, self.name)),
            source,
            architecture: owned(self.architecture),
            field,
            ..Component::default()
        }
    }
}

fn package(line: &str) -> Option<Package<'_>> {
    let separator = ['\t', '|', ';', ' '].into_iter().find(|s| line.contains(*s));
    match separator {
        None => nevra(line),
        Some(separator) => columns(line, separator),
    }
}

/// `name-[epoch:]version-release.architecture`, read from the right: names contain dashes, and
/// neither version nor release does.
fn nevra(text: &str) -> Option<Package<'_>> {
    let text = text.strip_suffix(".rpm").unwrap_or(text);
    let (rest, architecture) = match text.rsplit_once('.') {
        Some((rest, last)) if is_architecture(last) => (rest, last),
        _ if text.starts_with("gpg-pubkey-") => (text, ""),
        _ => return None,
    };
    let (rest, release) = rest.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    let (epoch, version) = split_epoch(version);
    // yum once printed the epoch first: `1:name-version-release.architecture`.
    let (before, name) = split_epoch(name);
    let epoch = if epoch.is_empty() { before } else { epoch };
    let full = !name.is_empty() && !version.is_empty() && !release.is_empty();
    full.then_some(Package { name, epoch, version, release, architecture, source: "" })
}

/// The columns of a query format: the name first, then any of epoch, version and release, or all
/// in one; architecture and source rpm are known by their looks.
fn columns(line: &str, separator: char) -> Option<Package<'_>> {
    let mut columns = line.split(separator).map(str::trim).filter(|column| !column.is_empty());
    let name = columns.next()?;
    let mut package = Package { name, ..Package::default() };
    let mut rest = Vec::with_capacity(4);
    for column in columns {
        if column.ends_with(".src.rpm") || column.ends_with(".nosrc.rpm") {
            package.source = column;
        } else if is_architecture(column) {
            package.architecture = column;
        } else {
            rest.push(column);
        }
    }
    match rest.as_slice() {
        [evr] => (package.version, package.release) = evr.split_once('-')?,
        [epoch, evr] if is_epoch(epoch) && evr.contains('-') => {
            package.epoch = epoch;
            (package.version, package.release) = evr.split_once('-')?;
        }
        [version, release] => (package.version, package.release) = (version, release),
        [epoch, version, release] if is_epoch(epoch) => {
            (package.epoch, package.version, package.release) = (epoch, version, release);
        }
        _ => return None,
    }
    if let Some((epoch, version)) = package.version.split_once(':') {
        (package.epoch, package.version) = (epoch, version);
    }
    if package.epoch == NONE {
        package.epoch = "0"; // asked for and absent: rpm counts that as zero
    }
    let marked = !package.architecture.is_empty() || !package.source.is_empty();
    let numbered = package.version.contains(|c: char| c.is_ascii_digit());
    (marked && numbered && !package.release.is_empty()).then_some(package)
}

fn split_epoch(text: &str) -> (&str, &str) {
    match text.split_once(':') {
        Some((epoch, rest)) if is_epoch(epoch) => (epoch, rest),
        _ => ("", text),
    }
}

fn is_epoch(text: &str) -> bool {
    text == NONE || (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// How rpm prints what a package does not have.
const NONE: &str = "(none)";

fn is_architecture(text: &str) -> bool {
    ARCHITECTURES.contains(&text)
}

/// What rpm builds for, and has built for.
const ARCHITECTURES: [&str; 26] = [
    "x86_64",
    "noarch",
    "aarch64",
    "i686",
    "i586",
    "i486",
    "i386",
    "ppc64le",
    "ppc64",
    "ppc",
    "s390x",
    "s390",
    "armv7hl",
    "armv7hnl",
    "armv6hl",
    "armv5tel",
    "riscv64",
    "loongarch64",
    "mips64el",
    "mipsel",
    "ia64",
    "alpha",
    "sparc64",
    "x86_64_v2",
    "src",
    "athlon",
];

/// The distribution a release's ending names beyond doubt: `4.fc39`, `1.amzn2023.0.2`.
///
/// `el9` does not: four distributions share it.
fn by_release(release: &str) -> Option<Distribution> {
    let named = |mark: &str, id: &str| {
        let (_, after) = release.split_once(mark)?;
        let version: String = after.chars().take_while(char::is_ascii_digit).collect();
        (!version.is_empty()).then(|| Distribution { id: id.to_owned(), version: Some(version) })
    };
    named(".fc", "fedora").or_else(|| named(".amzn", "amzn"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_from_the_right() {
        #[rustfmt::skip]
        let table = [
            // line                                             name                 epoch  version   release      arch       why
            ("acl-2.3.1-4.el9.x86_64",                          "acl",               "",    "2.3.1",  "4.el9",     "x86_64",  "rpm -qa"),
            ("java-17-openjdk-headless-17.0.9.0.9-2.el9.x86_64", "java-17-openjdk-headless", "", "17.0.9.0.9", "2.el9", "x86_64", "numbers and dashes in the name"),
            ("bind-libs-32:9.16.23-14.el9.x86_64",              "bind-libs",         "32",  "9.16.23","14.el9",    "x86_64",  "dnf prints the epoch"),
            ("1:openssl-3.0.7-18.el9.noarch",                   "openssl",           "1",   "3.0.7",  "18.el9",    "noarch",  "yum printed it first"),
            ("acl|(none)|2.3.1|4.el9|x86_64|acl-2.3.1-4.el9.src.rpm", "acl",         "0",   "2.3.1",  "4.el9",     "x86_64",  "all columns"),
            ("openssl\t1:3.0.7-18.el9\tx86_64",                 "openssl",           "1",   "3.0.7",  "18.el9",    "x86_64",  "epoch, version, release in one"),
            ("openssl 1 3.0.7 18.el9 x86_64",                   "openssl",           "1",   "3.0.7",  "18.el9",    "x86_64",  "spaces"),
            ("zlib 1.2.11 40.el9 x86_64",                       "zlib",              "",    "1.2.11", "40.el9",    "x86_64",  "epoch not asked for"),
        ];
        for (line, name, epoch, version, release, architecture, why) in table {
            let read = package(line).unwrap_or_default();
            let expected =
                Package { name, epoch, version, release, architecture, source: read.source };
            assert_eq!(read, expected, "{line}: {why}");
        }
    }

    #[test]
    fn what_is_no_package_is_not_taken_for_one() {
        for line in
            ["", "hello", "vendor\tproduct\tversion", "error: rpmdb open failed", "a-b.x86_64"]
        {
            assert_eq!(package(line), None, "{line}");
        }
    }
}
