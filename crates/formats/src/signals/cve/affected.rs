//! Products and packages of a container.

use bongsu_advisory::{Affected, Rule, Status, Subject, Versions};
use bongsu_package::{Bound, Cpe, Ecosystem, Interval, PackageName, ProductName, Purl, Scheme};
use serde::Deserialize;

use super::ranges::{self, WireVersion};
use super::{Container, Description};
use crate::bounded::Fault;
use crate::signals::Inbox;
use crate::signals::wire::{Desk, List, Text};

/// One product on the wire.
#[derive(Deserialize)]
pub(super) struct WireAffected<'a> {
    #[serde(borrow)]
    vendor: Option<Text<'a>>,
    #[serde(borrow)]
    product: Option<Text<'a>>,
    #[serde(borrow, rename = "collectionURL")]
    collection: Option<Text<'a>>,
    #[serde(borrow, rename = "packageName")]
    package: Option<Text<'a>>,
    #[serde(borrow, rename = "packageURL")]
    purl: Option<Text<'a>>,
    #[serde(borrow, default)]
    cpes: List<Text<'a>>,
    #[serde(borrow, default)]
    platforms: List<Text<'a>>,
    #[serde(borrow, default)]
    versions: List<WireVersion<'a>>,
    #[serde(borrow, rename = "defaultStatus")]
    default_status: Option<Text<'a>>,
}

/// CPE match criteria with version ends.
#[derive(Deserialize)]
pub(super) struct WireApplicability<'a> {
    #[serde(borrow, default)]
    nodes: List<Node<'a>>,
}

#[derive(Deserialize)]
struct Node<'a> {
    #[serde(default)]
    negate: bool,
    #[serde(borrow, default, rename = "cpeMatch")]
    matches: List<CpeMatch<'a>>,
}

#[derive(Deserialize)]
struct CpeMatch<'a> {
    #[serde(default)]
    vulnerable: bool,
    #[serde(borrow)]
    criteria: Text<'a>,
    #[serde(borrow, rename = "versionStartIncluding")]
    from: Option<Text<'a>>,
    #[serde(borrow, rename = "versionStartExcluding")]
    after: Option<Text<'a>>,
    #[serde(borrow, rename = "versionEndIncluding")]
    to: Option<Text<'a>>,
    #[serde(borrow, rename = "versionEndExcluding")]
    before: Option<Text<'a>>,
}

impl WireAffected<'_> {
    pub(super) fn vendor(&self) -> &str {
        self.vendor.as_deref().unwrap_or_default()
    }

    pub(super) fn product(&self) -> &str {
        self.product.as_deref().or(self.package.as_deref()).unwrap_or_default()
    }

    /// Whether vendor and product say something.
    pub(super) fn names_a_product(&self) -> bool {
        !nothing(self.vendor()) && !nothing(self.product())
    }

    /// Whether versions are commits only.
    fn is_git(&self) -> bool {
        !self.versions.is_empty() && self.versions.iter().all(WireVersion::is_git)
    }
}

/// Reads the products of a container; entries that name nothing (`n/a`) say nothing.
pub(super) fn read<I: Inbox>(
    container: &Container<'_>,
    field: &str,
    desk: &mut Desk<'_, I>,
) -> Result<Vec<Affected>, Fault> {
    desk.count("affected products", container.affected.len())?;
    let advice = advice(container, desk);
    let mut found = Vec::new();
    for (number, item) in container.affected.iter().enumerate() {
        let field = format!("{field}/affected/{number}");
        if item.is_git() && has_twin(container, item) {
            continue; // the same product again, by commits; its versions are told beside it
        }
        // Each name has its own order: a package's is its ecosystem's, whatever the record says.
        for subject in subjects(item, &field, desk)? {
            let mut read = affected(item, subject, &field, desk)?;
            read.advice.clone_from(&advice);
            found.push(read);
        }
    }
    for (number, applicability) in container.applicability.iter().enumerate() {
        let field = format!("{field}/cpeApplicability/{number}");
        configurations(applicability, &field, desk, &mut found);
    }
    Ok(found)
}

/// Whether another entry of the same product has versions that are no commits.
fn has_twin(container: &Container<'_>, item: &WireAffected<'_>) -> bool {
    container.affected.iter().any(|other| {
        !other.is_git() && other.vendor() == item.vendor() && other.product() == item.product()
    })
}

/// Every name of the thing: its package, its vendor and product, and CPEs that name another.
fn subjects<I: Inbox>(
    item: &WireAffected<'_>,
    field: &str,
    desk: &mut Desk<'_, I>,
) -> Result<Vec<Subject>, Fault> {
    for name in [item.vendor(), item.product()] {
        desk.name(name, || field.to_owned())?;
    }
    let mut found = Vec::new();
    if let Some(text) = &item.purl {
        match text.parse::<Purl>() {
            Ok(purl) => found.extend(PackageName::from_purl(&purl).map(Subject::Package)),
            Err(error) => desk.set_aside(format!("{field}/packageURL"), error.to_string()),
        }
    }
    if let (true, Some(collection), Some(name)) =
        (found.is_empty(), &item.collection, &item.package)
    {
        found.extend(registry(collection, name).map(Subject::Package));
    }
    let mut named = if item.names_a_product() {
        ProductName::each(item.vendor(), item.product())
    } else {
        Vec::new()
    };
    found.extend(named.iter().cloned().map(Subject::Product));
    for (number, text) in item.cpes.iter().enumerate() {
        match text.parse::<Cpe>() {
            Ok(cpe) => {
                let name = product_of(&cpe);
                if name.as_ref().is_some_and(|name| !named.contains(name)) {
                    named.extend(name);
                    found.push(Subject::Cpe(cpe));
                }
            }
            Err(error) => desk.set_aside(format!("{field}/cpes/{number}"), error.to_string()),
        }
    }
    Ok(found)
}

/// The vendor and product a CPE names.
fn product_of(cpe: &Cpe) -> Option<ProductName> {
    ProductName::new(cpe.vendor.as_deref()?, cpe.product.as_deref()?)
}

fn affected<I: Inbox>(
    item: &WireAffected<'_>,
    subject: Subject,
    field: &str,
    desk: &Desk<'_, I>,
) -> Result<Affected, Fault> {
    desk.count("versions", item.versions.len())?;
    let own = match &subject {
        Subject::Package(package) => Some(package.ecosystem.scheme()),
        _ => None,
    };
    let scheme = ranges::scheme(&item.versions, own.filter(|scheme| *scheme != Scheme::Generic));
    let mut rules = Vec::with_capacity(item.versions.len());
    let mut fixed = Vec::new();
    for (number, version) in item.versions.iter().enumerate() {
        let field = format!("{field}/versions/{number}");
        for text in version.texts() {
            desk.name(text, || field.clone())?;
        }
        ranges::read(version, (scheme, item.product()), &field, &mut rules, &mut fixed);
    }
    let otherwise = match item.default_status.as_deref().map(ranges::status) {
        Some(Status::Affected) if ranges::contradict_affected(&rules) => Status::Unknown,
        Some(status) => status,
        None => ranges::implied(&mut rules, scheme, field),
    };
    Ok(Affected {
        subject,
        scheme,
        rules,
        otherwise,
        fixed,
        advice: None,
        architectures: architectures(&item.platforms),
        field: field.to_owned(),
    })
}

/// Match criteria with ends; a criterion that is not vulnerable only says what it runs on.
fn configurations<I: Inbox>(
    applicability: &WireApplicability<'_>,
    field: &str,
    desk: &mut Desk<'_, I>,
    found: &mut Vec<Affected>,
) {
    for (number, node) in applicability.nodes.iter().enumerate().filter(|(_, node)| !node.negate) {
        for (position, criterion) in node.matches.iter().enumerate() {
            let field = format!("{field}/nodes/{number}/cpeMatch/{position}");
            match criterion.criteria.parse::<Cpe>() {
                Ok(cpe) if criterion.vulnerable => found.push(configuration(criterion, cpe, field)),
                Ok(_) => {}
                Err(error) => desk.set_aside(format!("{field}/criteria"), error.to_string()),
            }
        }
    }
}

fn configuration(criterion: &CpeMatch<'_>, cpe: Cpe, field: String) -> Affected {
    let low = match (&criterion.from, &criterion.after) {
        (Some(version), _) => Bound::Including(version.to_string()),
        (None, Some(version)) => Bound::Excluding(version.to_string()),
        (None, None) => Bound::Open,
    };
    let high = match (&criterion.to, &criterion.before) {
        (Some(version), _) => Bound::Including(version.to_string()),
        (None, Some(version)) => Bound::Excluding(version.to_string()),
        (None, None) => Bound::Open,
    };
    let fixed = criterion.before.iter().map(|version| version.to_string()).collect();
    let versions = match &cpe.version {
        _ if low != Bound::Open || high != Bound::Open => Versions::Range(Interval { low, high }),
        Some(version) if version != "-" => Versions::One(version.clone()),
        _ => Versions::All,
    };
    Affected {
        subject: Subject::Cpe(cpe),
        scheme: Scheme::Generic,
        rules: vec![Rule { status: Status::Affected, versions, field: field.clone() }],
        // Criteria list what is vulnerable; other criteria beside this one have entries of their own.
        otherwise: Status::Unaffected,
        fixed,
        advice: None,
        architectures: Vec::new(),
        field,
    }
}

/// The package of a collection whose names and orders we know.
fn registry(collection: &str, name: &str) -> Option<PackageName> {
    let host = collection.split_once("://").map_or(collection, |(_, rest)| rest);
    let host = host.strip_prefix("www.").unwrap_or(host);
    let (_, ecosystem) = REGISTRIES.iter().find(|(known, _)| host.starts_with(known))?;
    Some(PackageName::new(Ecosystem::from_osv(ecosystem), name.trim()))
}

/// Collections by host and path, with the ecosystem's name in OSV.
const REGISTRIES: [(&str, &str); 17] = [
    ("registry.npmjs.org", "npm"),
    ("npmjs.com", "npm"),
    ("npmjs.org", "npm"),
    ("pypi.org", "PyPI"),
    ("pypi.python.org", "PyPI"),
    ("repo.maven.apache.org", "Maven"),
    ("repo1.maven.org", "Maven"),
    ("search.maven.org", "Maven"),
    ("mvnrepository.com", "Maven"),
    ("crates.io", "crates.io"),
    ("rubygems.org", "RubyGems"),
    ("packagist.org", "Packagist"),
    ("nuget.org", "NuGet"),
    ("api.nuget.org", "NuGet"),
    ("pkg.go.dev", "Go"),
    ("hex.pm", "Hex"),
    ("pub.dev", "Pub"),
];

/// Architectures, if the platforms are nothing else.
fn architectures(platforms: &[Text<'_>]) -> Vec<String> {
    let known = |platform: &Text<'_>| {
        let lower = platform.trim().to_ascii_lowercase();
        let name = lower.trim_end_matches("-based systems").trim_end_matches(" systems").trim();
        Some(match name {
            "x64" | "x86_64" | "amd64" | "x86-64" | "64 bit" | "64-bit" => "x86_64",
            "x86" | "32-bit" | "32 bit" | "i386" | "i686" => "x86",
            "arm64" | "aarch64" => "aarch64",
            "arm" | "arm32" | "armv7" => "arm",
            "ia64" | "itanium" => "ia64",
            "ppc64le" => "ppc64le",
            "s390x" => "s390x",
            _ => return None,
        })
    };
    let all: Option<Vec<&str>> = platforms.iter().map(known).collect();
    all.unwrap_or_default().into_iter().map(str::to_owned).collect()
}

/// The first solution, else the first workaround.
fn advice<I: Inbox>(container: &Container<'_>, desk: &Desk<'_, I>) -> Option<String> {
    let said = |words: &&Description<'_>| !words.value.trim().is_empty();
    let first = container.solutions.iter().chain(container.workarounds.iter()).find(said)?;
    Some(desk.words(&first.value))
}

/// Words that name nothing.
fn nothing(text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    ["", "n/a", "na", "-", "unknown", "unspecified", "none", "*", "[unknown]", "not applicable"]
        .contains(&lower.as_str())
}
