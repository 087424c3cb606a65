//! The catalogue: real packages and products with versions that exist, ready to be drawn from.
//!
//! Names and versions are facts, taken from published inventories (SPDX and CycloneDX documents, lock
//! files, package lists of Debian images) and from the versions that the advisories of `AlmaLinux` and Python
//! name; which of them run together in Gaon is ours. A file has pools; a pool begins with a line
//! `= name type`, the namespace and distribution of its packages where they have them, and `together` when
//! all its packages are of one release. Each further line is a name, the source package where it
//! differs, and versions; a product is `vendor|product`.

use std::cmp::Ordering;
use std::collections::HashMap;

use bongsu_inventory::{Component, ComponentKind, SourcePackage};
use bongsu_matching::{Row, rows};
use bongsu_package::{PackageName, ProductName, Purl};

/// A version of a package: what an inventory says of it, and the rows it puts into the index.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) component: Component,
    pub(crate) rows: Vec<Row>,
}

/// A package: its parts from the oldest version to the newest, by place and number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Package {
    pub(crate) first: u32,
    pub(crate) versions: u32,
}

/// Packages that are drawn from together, the most common first.
#[derive(Debug)]
pub(crate) struct Pool {
    pub(crate) packages: Vec<Package>,
    /// All of one release: one draw decides the versions of all.
    pub(crate) together: bool,
}

/// All pools.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    pub(crate) parts: Vec<Part>,
    pub(crate) pools: Vec<Pool>,
    names: HashMap<&'static str, usize>,
}

impl Catalogue {
    /// Reads the tables.
    pub(crate) fn new() -> Self {
        let mut catalogue = Self::default();
        for table in TABLES {
            catalogue.read(table);
        }
        catalogue
    }

    /// The number of a pool.
    pub(crate) fn pool(&self, name: &str) -> usize {
        *self
            .names
            .get(name)
            .unwrap_or_else(|| panic!("the images name a pool `{name}` that no table has"))
    }

    fn read(&mut self, table: &'static str) {
        let mut style = None;
        for line in table.lines() {
            if let Some(head) = line.strip_prefix("= ") {
                let read = Style::read(head);
                self.names.insert(read.pool, self.pools.len());
                self.pools.push(Pool { packages: Vec::new(), together: read.together });
                style = Some(read);
                continue;
            }
            let mut columns = line.split('\t');
            let mut column = || columns.next().expect("a line of a table has three columns");
            let (name, source, versions) = (column(), column(), column());
            let style = style.as_ref().expect("a table begins with a pool");
            let first = u32::try_from(self.parts.len()).expect("a catalogue has few parts");
            let mut parts: Vec<Part> =
                versions.split(' ').map(|version| style.part(name, source, version)).collect();
            order(&mut parts);
            let versions = u32::try_from(parts.len()).expect("a package has few versions");
            self.parts.extend(parts);
            let pool = self.pools.last_mut().expect("a table begins with a pool");
            pool.packages.push(Package { first, versions });
        }
    }
}

/// Oldest version first, as the ecosystem orders them.
fn order(parts: &mut [Part]) {
    parts.sort_by(|left, right| {
        let (left, right) = (&left.rows[0], &right.rows[0]);
        let versions = left.version.as_deref().zip(right.version.as_deref());
        let order = versions.and_then(|(older, newer)| left.scheme.compare(older, newer));
        order.unwrap_or(Ordering::Equal)
    });
}

/// How the packages of a pool are spelled.
struct Style {
    pool: &'static str,
    kind: &'static str,
    namespace: &'static str,
    distro: &'static str,
    together: bool,
}

impl Style {
    fn read(head: &'static str) -> Self {
        let together = head.ends_with(" together");
        let mut words = head.split(' ').filter(|word| *word != "together");
        let mut word = || words.next().unwrap_or_default();
        Self { pool: word(), kind: word(), namespace: word(), distro: word(), together }
    }

    fn part(&self, name: &str, source: &str, version: &str) -> Part {
        let mut component = match name.split_once('|') {
            Some((vendor, product)) => product_of(vendor, product, self.pool),
            None => self.package(name, source, version),
        };
        component.version = Some(version.to_owned());
        let rows = rows(&component);
        assert!(!rows.is_empty(), "`{name}` of the catalogue could not be found by any advisory");
        Part { component, rows }
    }

    fn package(&self, written: &str, source: &str, version: &str) -> Component {
        // Group and artifact in Maven, scope and name in npm, path in Go.
        let (namespace, name) = match self.kind {
            "deb" | "rpm" => (self.namespace, written),
            "maven" => written.split_once(':').unwrap_or(("", written)),
            _ => written.rsplit_once('/').unwrap_or(("", written)),
        };
        let (epoch, bare) = match (self.kind, version.split_once(':')) {
            ("rpm", Some((epoch, bare))) => (epoch, bare),
            // A stated zero: the order need not guess.
            ("rpm", None) => ("0", version),
            _ => ("", version),
        };
        let architecture = match self.kind {
            "deb" => "amd64",
            "rpm" => "x86_64",
            _ => "",
        };
        let purl = Purl::builder(self.kind, name)
            .namespace(namespace)
            .version(bare)
            .qualifier("arch", architecture)
            .qualifier("distro", self.distro)
            .qualifier("epoch", epoch)
            .qualifier("upstream", source)
            .finish()
            .unwrap_or_else(|why| panic!("`{written}` of the catalogue: {why}"));
        let from_source = SourcePackage { name: source.to_owned(), version: None };
        Component {
            name: written.to_owned(),
            package: PackageName::from_purl(&purl),
            purl: Some(purl),
            source: (!source.is_empty()).then_some(from_source),
            architecture: (!architecture.is_empty()).then(|| architecture.to_owned()),
            ..Component::default()
        }
    }
}

fn product_of(vendor: &str, product: &str, pool: &str) -> Component {
    let kind = match pool {
        "fleet" | "windows-server" if product.starts_with("Windows") => {
            ComponentKind::OperatingSystem
        }
        "vpn" | "firewall" | "firewall-large" | "firewall-korean" | "gateway" | "balancer"
        | "router" | "switch" | "nas" | "nas-office" | "access-point" | "printer" | "camera"
        | "plc" => ComponentKind::Device,
        _ => ComponentKind::Application,
    };
    Component {
        name: format!("{vendor} {product}"),
        kind,
        product: ProductName::new(vendor, product),
        ..Component::default()
    }
}

/// The tables, in the order in which parts are numbered.
const TABLES: [&str; 6] = [
    include_str!("catalogue/curated.tsv"),
    include_str!("catalogue/debian.tsv"),
    include_str!("catalogue/almalinux.tsv"),
    include_str!("catalogue/maven.tsv"),
    include_str!("catalogue/npm.tsv"),
    include_str!("catalogue/languages.tsv"),
];

#[cfg(test)]
mod tests {
    use bongsu_package::Scheme;

    use super::*;

    #[test]
    fn the_catalogue_is_wide_and_every_part_can_be_found() {
        let catalogue = Catalogue::new();
        let packages: usize = catalogue.pools.iter().map(|pool| pool.packages.len()).sum();
        assert!(packages > 2_500, "{packages} packages");
        assert!(catalogue.parts.len() > 6_000, "{} parts", catalogue.parts.len());
        for part in &catalogue.parts {
            assert!(!part.rows.is_empty(), "{}", part.component.name);
        }
    }

    #[test]
    fn versions_can_be_read_by_the_order_of_their_ecosystem() {
        for part in &Catalogue::new().parts {
            for row in part.rows.iter().filter(|row| row.scheme != Scheme::Generic) {
                let version = row.version.as_deref().unwrap();
                let read = row.scheme.parse(version);
                assert!(read.is_ok(), "{} {version}: {:?}", part.component.name, read.err());
            }
        }
    }

    #[test]
    fn packages_of_one_release_have_as_many_versions_each() {
        for pool in Catalogue::new().pools.iter().filter(|pool| pool.together) {
            let first = pool.packages[0].versions;
            assert!(pool.packages.iter().all(|package| package.versions == first));
        }
    }
}
