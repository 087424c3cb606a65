//! Ecosystems as OSV writes them (schema 1.7.5).

use super::distribution::{Distribution, Packager, family, slug};
use super::{Ecosystem, Family};

pub(super) fn read(text: &str) -> Ecosystem {
    let (name, suffix) = text.split_once(':').unwrap_or((text, ""));
    let name = name.trim().to_lowercase();
    let language = match name.as_str() {
        "crates.io" => Family::Cargo,
        "npm" => Family::Npm,
        "pypi" => Family::Pypi,
        "go" => Family::Golang,
        // The repository behind the colon serves the same names.
        "maven" => Family::Maven,
        "nuget" => Family::Nuget,
        "rubygems" => Family::Gem,
        "packagist" => Family::Composer,
        "hex" => Family::Hex,
        "pub" => Family::Pub,
        "hackage" => Family::Hackage,
        "cran" | "bioconductor" => Family::Cran,
        "conancenter" => Family::Conan,
        "bitnami" => Family::Bitnami,
        "github actions" => Family::Github,
        "swifturl" => Family::Swift,
        "red hat" => return red_hat(suffix),
        "suse" => return suse(suffix),
        "opensuse" => return opensuse(suffix),
        "root" | "tuxcare" => return rebuilt(&name, suffix),
        _ => return distribution(&name, suffix),
    };
    Ecosystem::plain(language)
}

/// A distribution we know, or anything else under its own name.
fn distribution(name: &str, suffix: &str) -> Ecosystem {
    match Distribution::find(name) {
        Some(known) => Ecosystem { family: known.family(), release: known.release(suffix) },
        None => Ecosystem { family: Family::Other(name.replace(' ', "-")), release: slug(suffix) },
    }
}

/// `enterprise_linux:9::baseos` is release 9. Extended and separate products have other versions
/// of the same packages, so each is a release of its own: `9.2-eus`, `openshift-4.12-el8`.
fn red_hat(suffix: &str) -> Ecosystem {
    let mut parts = suffix.split(':');
    let product = parts.next().unwrap_or_default();
    let release = match (product, parts.next()) {
        ("enterprise_linux", Some(version)) => {
            Distribution::find("rhel").and_then(|known| known.release(version))
        }
        (product, Some(version)) if product.starts_with("rhel_") && !version.is_empty() => {
            Some(format!("{version}-{}", &product["rhel_".len()..]))
        }
        _ => slug(suffix),
    };
    Ecosystem { family: family(Packager::Rpm, "rhel"), release }
}

/// Modules and products of SUSE Linux Enterprise share one release; Micro and the others do not.
fn suse(suffix: &str) -> Ecosystem {
    let lower = suffix.to_lowercase();
    let enterprise = lower.strip_prefix("linux enterprise ");
    let (id, release) = match enterprise {
        Some(rest) if rest.starts_with("micro ") => {
            ("sle-micro", Distribution::find("sle-micro").and_then(|d| d.release(&rest[6..])))
        }
        Some(rest) => ("suse", Distribution::find("suse").and_then(|d| d.release(rest))),
        None => ("suse", slug(suffix)),
    };
    Ecosystem { family: family(Packager::Rpm, id), release }
}

fn opensuse(suffix: &str) -> Ecosystem {
    let release = Distribution::find("opensuse").and_then(|known| known.release(suffix));
    let release = release.or_else(|| slug(suffix));
    Ecosystem { family: family(Packager::Rpm, "opensuse"), release }
}

/// `Root:Alpine:3.18`: the same names as Alpine 3.18, other versions.
fn rebuilt(name: &str, suffix: &str) -> Ecosystem {
    if suffix.is_empty() {
        return Ecosystem::plain(Family::Other(name.to_owned()));
    }
    let (inner, _) = suffix.split_once(':').unwrap_or((suffix, ""));
    let release = read(suffix).release;
    let inner = inner.to_lowercase().replace(' ', "-");
    Ecosystem { family: Family::Other(format!("{name}/{inner}")), release }
}
