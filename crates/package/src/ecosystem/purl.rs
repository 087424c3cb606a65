//! Packages as package URLs name them.

use super::distribution::{self, Distribution, Packager};
use super::{Ecosystem, Family, PackageName};
use crate::Purl;

/// Where the release of a package's ecosystem came from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ReleaseSource {
    /// The `distro` qualifier said it.
    Stated,
    /// The version's tag implies it: `.el9`, `.fc38`, `.amzn2`.
    Inferred,
    /// Nothing says it, or the family has no releases.
    Absent,
}

pub(super) fn read(purl: &Purl) -> Option<(PackageName, ReleaseSource)> {
    let family = match purl.kind() {
        "deb" => return Some(distributed(purl, Packager::Deb)),
        "rpm" => return Some(distributed(purl, Packager::Rpm)),
        // `alpine` is no defined type, and yet widely written.
        "apk" | "alpine" => return Some(distributed(purl, Packager::Apk)),
        "alpm" => Family::Alpm,
        "ebuild" | "gentoo" | "portage" => Family::Gentoo,
        "cargo" => Family::Cargo,
        "npm" => Family::Npm,
        "pypi" => Family::Pypi,
        "golang" | "go" => Family::Golang,
        "maven" => Family::Maven,
        "nuget" => Family::Nuget,
        "gem" => Family::Gem,
        "composer" => Family::Composer,
        "hex" => Family::Hex,
        "pub" => Family::Pub,
        "hackage" => Family::Hackage,
        "cran" | "bioconductor" => Family::Cran,
        "conan" => Family::Conan,
        "bitnami" => Family::Bitnami,
        "github" | "githubactions" | "github-actions" => Family::Github,
        "swift" => Family::Swift,
        "vscode-extension" | "vscode" => Family::Other("vscode".to_owned()),
        "generic" | "oci" | "docker" | "swid" => return None,
        other => Family::Other(other.to_owned()),
    };
    let name = PackageName::new(Ecosystem::plain(family), &native_name(purl));
    Some((name, ReleaseSource::Absent))
}

/// The name as the ecosystem itself writes it, before folding.
fn native_name(purl: &Purl) -> String {
    let name = purl.name();
    match (purl.kind(), purl.namespace()) {
        ("golang" | "go", _) => module_path(purl),
        // Vendor, author or repository, not part of the name.
        ("conan" | "alpm" | "cran" | "bioconductor" | "cpan" | "brew", _) | (_, None) => {
            name.to_owned()
        }
        ("maven", Some(group)) => format!("{group}:{name}"),
        (_, Some(namespace)) => format!("{namespace}/{name}"),
    }
}

/// A Go module's path; Syft writes what follows the repository, `/v4` above all, as the subpath.
fn module_path(purl: &Purl) -> String {
    let parts = [purl.namespace(), Some(purl.name()), purl.subpath()];
    parts.into_iter().flatten().collect::<Vec<_>>().join("/")
}

fn distributed(purl: &Purl, packager: Packager) -> (PackageName, ReleaseSource) {
    let distro = purl.qualifier("distro").unwrap_or_default().to_lowercase();
    let stated = distribution::named(&distro);
    let by_qualifier = stated.known.filter(|known| known.packager == packager);
    let foreign = stated.known.is_some() && by_qualifier.is_none();
    let namespace = match (purl.namespace(), purl.kind()) {
        (None, "alpine") => Some("alpine"),
        (namespace, _) => namespace,
    };
    let by_namespace = namespace.and_then(Distribution::find).filter(|d| d.packager == packager);
    let release_of = |known: &Distribution| {
        if foreign { None } else { known.release(stated.release) }
    };
    let known = by_qualifier.or(by_namespace);
    let mut ecosystem = match known {
        Some(known) => Ecosystem { family: known.family(), release: release_of(known) },
        None => Ecosystem {
            family: distribution::family(packager, unknown_id(namespace, stated.id)),
            release: distribution::slug(stated.release).filter(|_| !foreign),
        },
    };
    // `opensuse-tumbleweed` may come as the namespace alone.
    if ecosystem.release.is_none() && namespace.is_some_and(|name| name.ends_with("tumbleweed")) {
        ecosystem.release = Some("tumbleweed".to_owned());
    }
    let mut source = match ecosystem.release {
        Some(_) => ReleaseSource::Stated,
        None => ReleaseSource::Absent,
    };
    if source == ReleaseSource::Absent
        && packager == Packager::Rpm
        && let Some((tag, release)) = purl.version().and_then(tag)
        && known.is_none_or(|known| known.tag == tag)
    {
        if known.is_none() && namespace.is_none() {
            ecosystem.family = Family::Rpm(family_of_tag(tag).to_owned());
        }
        ecosystem.release = Some(release.to_owned());
        source = ReleaseSource::Inferred;
    }
    (PackageName::new(ecosystem, purl.name()), source)
}

fn unknown_id<'a>(namespace: Option<&'a str>, stated: &'a str) -> &'a str {
    namespace.or(Some(stated).filter(|id| !id.is_empty())).unwrap_or("unknown")
}

/// A tag that only one distribution writes; `el` is written by a dozen and stays itself.
fn family_of_tag(tag: &str) -> &str {
    match tag {
        "fc" => "fedora",
        "mga" => "mageia",
        "ph" => "photon",
        "azl" => "azurelinux",
        "an" => "anolis",
        tag => tag,
    }
}

/// The last distribution tag in a version, and its number: `el`, `9` of `1.2-3.el9_2.1`.
fn tag(version: &str) -> Option<(&'static str, &str)> {
    let mut starts = version.rmatch_indices(['.', '+', '_']).map(|(at, _)| at + 1);
    starts.find_map(|at| tag_at(&version[at..]))
}

fn tag_at(text: &str) -> Option<(&'static str, &str)> {
    let (tag, rest) = TAGS
        .iter()
        .find_map(|(written, tag)| text.strip_prefix(written).map(|rest| (*tag, rest)))?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| (tag, &rest[..digits]))
}

/// Tags as written, and the one they mean (`cm2` was Azure Linux 2 under its first name).
const TAGS: [(&str, &str); 8] = [
    ("el", "el"),
    ("fc", "fc"),
    ("amzn", "amzn"),
    ("mga", "mga"),
    ("azl", "azl"),
    ("cm", "azl"),
    ("ph", "ph"),
    ("an", "an"),
];
