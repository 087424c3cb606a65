//! The product tree: every product id with what it stands for.

use bongsu_advisory::Versions;
use bongsu_package::{Cpe, Ecosystem, PackageName, ProductName, Purl};
use rustc_hash::FxHashMap;

use super::tally::Tally;
use super::wire::{Branch, FullProductName, ProductTree};
use crate::bounded::Fault;
use crate::signals::wire::{Desk, Text};
use crate::signals::{Inbox, versions};

/// Products by id, and groups of them.
#[derive(Default)]
pub(super) struct Tree<'a> {
    products: Vec<Product>,
    by_id: FxHashMap<&'a str, usize>,
    groups: FxHashMap<&'a str, Vec<&'a str>>,
    /// Products, each with the versions it stands for.
    weight: usize,
}

/// What a product id stands for.
#[derive(Clone, Debug, Default)]
pub(super) struct Product {
    /// Its package, with the release of the platform it is a component of.
    pub(super) package: Option<PackageName>,
    /// Its package URL.
    pub(super) purl: Option<Purl>,
    /// Its vendor and product.
    pub(super) name: Option<ProductName>,
    /// Its CPE.
    pub(super) cpe: Option<Cpe>,
    /// The versions it stands for.
    pub(super) versions: Vec<Versions>,
    /// It is the platform of a component that has no name of its own.
    pub(super) stands_in: bool,
}

/// The names on the way from the root to a leaf.
#[derive(Clone, Copy, Default)]
struct Path<'a> {
    vendor: Option<&'a str>,
    product: Option<&'a str>,
    version: Option<&'a str>,
    /// Service pack or patch level, which belongs to the version.
    patch: Option<&'a str>,
}

impl<'a> Tree<'a> {
    /// Reads the tree in one walk; relationships after their parts, whatever their order.
    pub(super) fn grow<I: Inbox>(
        wire: Option<&'a ProductTree<'a>>,
        desk: &mut Desk<'_, I>,
    ) -> Result<Self, Fault> {
        let mut tree = Self::default();
        let Some(wire) = wire else { return Ok(tree) };
        for (number, branch) in wire.branches.iter().enumerate() {
            let field = format!("/product_tree/branches/{number}");
            tree.branch(branch, Path::default(), &field, desk)?;
        }
        for (number, leaf) in wire.full_product_names.iter().enumerate() {
            let field = format!("/product_tree/full_product_names/{number}");
            tree.leaf(leaf, Path::default(), &field, desk)?;
        }
        tree.relate(wire, desk)?;
        for group in wire.product_groups.iter() {
            let ids = group.product_ids.iter().map(|id| &**id).collect();
            tree.groups.insert(&group.group_id, ids);
        }
        Ok(tree)
    }

    /// The product of an id.
    pub(super) fn product(&self, id: &str) -> Option<&Product> {
        self.products.get(*self.by_id.get(id)?)
    }

    /// Every product id of a list of ids and a list of groups, counted in `tally`.
    pub(super) fn ids<'t>(
        &'t self,
        products: &'t [Text<'a>],
        groups: &'t [Text<'a>],
        tally: &mut Tally<'_>,
    ) -> Result<impl Iterator<Item = &'t str> + use<'t, 'a>, Fault> {
        let grouped = groups.iter().filter_map(|group| self.groups.get(&**group));
        let count: usize = grouped.clone().map(Vec::len).sum();
        tally.look(products.len().saturating_add(count))?;
        Ok(products.iter().map(|id| &**id).chain(grouped.flatten().copied()))
    }

    fn branch<I: Inbox>(
        &mut self,
        branch: &'a Branch<'a>,
        path: Path<'a>,
        field: &str,
        desk: &mut Desk<'_, I>,
    ) -> Result<(), Fault> {
        let path = path.with(&branch.category, &branch.name);
        if let Some(leaf) = &branch.product {
            self.leaf(leaf, path, &format!("{field}/product"), desk)?;
        }
        for (number, inner) in branch.branches.iter().enumerate() {
            self.branch(inner, path, &format!("{field}/branches/{number}"), desk)?;
        }
        Ok(())
    }

    fn leaf<I: Inbox>(
        &mut self,
        leaf: &'a FullProductName<'a>,
        path: Path<'a>,
        field: &str,
        desk: &mut Desk<'_, I>,
    ) -> Result<(), Fault> {
        for text in [path.vendor, path.product, path.version, Some(&*leaf.name)] {
            desk.name(text.unwrap_or_default(), || field.to_owned())?;
        }
        let (purl, cpe) = identified(leaf, field, desk);
        let package = purl.as_ref().and_then(PackageName::from_purl);
        let name = match (path.vendor, path.product) {
            (Some(vendor), Some(product)) => ProductName::new(vendor, product),
            _ => cpe
                .as_ref()
                .and_then(|cpe| ProductName::new(cpe.vendor.as_deref()?, cpe.product.as_deref()?)),
        };
        let versions = match &purl {
            Some(purl) if package.is_some() => match full_version(purl, &leaf.name) {
                Some(version) => vec![Versions::One(version)],
                None => path.versions(cpe.as_ref(), true),
            },
            _ => path.versions(cpe.as_ref(), false),
        };
        self.add(
            &leaf.product_id,
            Product { package, purl, name, cpe, versions, stands_in: false },
            desk,
        )
    }

    fn add<I: Inbox>(
        &mut self,
        id: &'a str,
        product: Product,
        desk: &Desk<'_, I>,
    ) -> Result<(), Fault> {
        // A range in many pieces weighs as many products, however often a relationship repeats it.
        self.weight = self.weight.saturating_add(product.versions.len().max(1));
        desk.count("products", self.weight)?;
        self.by_id.entry(id).or_insert(self.products.len());
        self.products.push(product);
        Ok(())
    }

    /// Relationships: a component of a platform is the component, on the platform's release.
    fn relate<I: Inbox>(
        &mut self,
        wire: &'a ProductTree<'a>,
        desk: &mut Desk<'_, I>,
    ) -> Result<(), Fault> {
        let related = wire.relationships.iter().map(|relationship| {
            let parts =
                (&*relationship.product_reference, &*relationship.relates_to_product_reference);
            (&relationship.full_product_name, parts)
        });
        let paths = wire.product_paths.iter().map(|path| {
            let next = path.subpaths.last().map_or("", |subpath| &*subpath.next_product_reference);
            (&path.full_product_name, (&*path.beginning_product_reference, next))
        });
        let mut pending: Vec<_> = related.chain(paths).collect();
        for _ in 0..ROUNDS {
            let before = pending.len();
            let mut later = Vec::new();
            for (whole, (part, platform)) in pending {
                let Some(component) = self.product(part) else {
                    later.push((whole, (part, platform)));
                    continue;
                };
                let related = component.on(self.product(platform));
                self.add(&whole.product_id, related, desk)?;
            }
            pending = later;
            if pending.is_empty() || pending.len() == before {
                break;
            }
        }
        if let Some((whole, (part, _))) = pending.first() {
            let detail = format!(
                "{} relationships lead to products that are not in the tree, the first from {:?} to {part:?}",
                pending.len(),
                &*whole.product_id
            );
            desk.set_aside("/product_tree/relationships".to_owned(), detail);
        }
        Ok(())
    }
}

impl<'a> Path<'a> {
    fn with(self, category: &str, name: &'a str) -> Self {
        match category {
            "vendor" => Self { vendor: Some(name), ..self },
            "product_name" => Self { product: Some(name), ..self },
            "product_version" | "product_version_range" => Self { version: Some(name), ..self },
            "service_pack" | "patch_level" => Self { patch: Some(name), ..self },
            _ => self,
        }
    }

    /// The versions a leaf stands for: its branch's, else its CPE's, else all.
    fn versions(self, cpe: Option<&Cpe>, packaged: bool) -> Vec<Versions> {
        match (self.version, self.patch) {
            (Some(version), Some(patch)) if !packaged => {
                vec![Versions::One(format!("{version} {patch}"))]
            }
            // A package's branch holds its whole file name; a range of its own is a range.
            (Some(version), _) if !packaged || version.starts_with("vers:") => {
                versions::read(version)
            }
            _ => match cpe.and_then(|cpe| cpe.version.as_deref()) {
                Some(version) if version != "-" && !packaged => {
                    vec![Versions::One(version.to_owned())]
                }
                _ => vec![Versions::All],
            },
        }
    }
}

impl Product {
    /// This product as a component of a platform.
    ///
    /// A part that cannot be found by any name of its own is found through the platform.
    fn on(&self, platform: Option<&Self>) -> Self {
        let nameless = self.package.is_none() && self.name.is_none() && self.cpe.is_none();
        if let (true, None, Some(platform)) = (nameless, &self.purl, platform) {
            return Self { stands_in: true, ..platform.clone() };
        }
        let mut related = self.clone();
        if let (Some(package), Some(platform)) = (&mut related.package, platform)
            && package.ecosystem.release.is_none()
            && package.ecosystem.has_releases()
        {
            package.ecosystem.release = platform.release();
        }
        related
    }

    /// The release of the distribution a platform is.
    fn release(&self) -> Option<String> {
        let cpe = self.cpe.as_ref()?;
        let product = cpe.product.as_deref()?;
        let known = product == "enterprise_linux" || product.starts_with("rhel_");
        let id = if known { "rhel" } else { product };
        Ecosystem::from_distribution(id, cpe.version.as_deref()?)?.release
    }
}

/// The package URL and the CPE of a leaf; what cannot be read is set aside.
fn identified<I: Inbox>(
    leaf: &FullProductName<'_>,
    field: &str,
    desk: &mut Desk<'_, I>,
) -> (Option<Purl>, Option<Cpe>) {
    let Some(helper) = &leaf.helper else { return (None, None) };
    let field = format!("{field}/product_identification_helper");
    let purl = helper.purl.as_ref().or(helper.purls.first()).and_then(|text| match text.parse() {
        Ok(purl) => Some(purl),
        Err(error) => {
            desk.set_aside(format!("{field}/purl"), format!("{error}"));
            None
        }
    });
    let cpe = helper.cpe.as_ref().and_then(|text| match text.parse() {
        Ok(cpe) => Some(cpe),
        Err(error) => {
            desk.set_aside(format!("{field}/cpe"), format!("{error}"));
            None
        }
    });
    (purl, cpe)
}

/// A package URL's version, with the epoch from its qualifier or from the file name
/// (`expat-1:2.5.0-2.el9.aarch64`).
fn full_version(purl: &Purl, name: &str) -> Option<String> {
    let version = purl.version()?;
    if !matches!(purl.kind(), "rpm" | "deb") || version.contains(':') {
        return Some(version.to_owned());
    }
    let written = || {
        let (before, _) = name.split_once(version)?;
        let digits = before.strip_suffix(':')?.rsplit(['-', ' ', '_', '/']).next()?;
        let real = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        real.then_some(digits)
    };
    Some(match purl.qualifier("epoch").or_else(written) {
        Some(epoch) if epoch != "0" => format!("{epoch}:{version}"),
        _ => version.to_owned(),
    })
}

/// Relationships of relationships are followed so many times; real trees need two.
const ROUNDS: usize = 8;
