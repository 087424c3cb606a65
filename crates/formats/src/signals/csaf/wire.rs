//! CSAF as it is on the wire: what we use of it.

use serde::Deserialize;

use crate::signals::wire::{List, Text};

#[derive(Deserialize)]
pub(super) struct Csaf<'a> {
    #[serde(borrow)]
    pub(super) document: Document<'a>,
    #[serde(borrow)]
    pub(super) product_tree: Option<ProductTree<'a>>,
    #[serde(borrow, default)]
    pub(super) vulnerabilities: List<Vulnerability<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Document<'a> {
    #[serde(borrow)]
    pub(super) category: Text<'a>,
    #[serde(borrow)]
    pub(super) title: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) publisher: Publisher<'a>,
    #[serde(borrow)]
    pub(super) tracking: Tracking<'a>,
    #[serde(borrow)]
    pub(super) aggregate_severity: Option<AggregateSeverity<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Publisher<'a> {
    #[serde(borrow)]
    pub(super) name: Text<'a>,
}

#[derive(Deserialize)]
pub(super) struct Tracking<'a> {
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow, rename = "initial_release_date")]
    pub(super) published: Option<Text<'a>>,
    #[serde(borrow, rename = "current_release_date")]
    pub(super) updated: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct AggregateSeverity<'a> {
    #[serde(borrow, default)]
    pub(super) text: Text<'a>,
}

#[derive(Deserialize)]
pub(super) struct ProductTree<'a> {
    #[serde(borrow, default)]
    pub(super) branches: List<Branch<'a>>,
    #[serde(borrow, default)]
    pub(super) full_product_names: List<FullProductName<'a>>,
    #[serde(borrow, default)]
    pub(super) relationships: List<Relationship<'a>>,
    /// CSAF 2.1's form of relationships.
    #[serde(borrow, default)]
    pub(super) product_paths: List<ProductPath<'a>>,
    #[serde(borrow, default)]
    pub(super) product_groups: List<ProductGroup<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Branch<'a> {
    #[serde(borrow, default)]
    pub(super) category: Text<'a>,
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) product: Option<FullProductName<'a>>,
    #[serde(borrow, default)]
    pub(super) branches: List<Branch<'a>>,
}

#[derive(Deserialize)]
pub(super) struct FullProductName<'a> {
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) product_id: Text<'a>,
    #[serde(borrow, rename = "product_identification_helper")]
    pub(super) helper: Option<Helper<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Helper<'a> {
    #[serde(borrow)]
    pub(super) cpe: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) purl: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) purls: List<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Relationship<'a> {
    #[serde(borrow)]
    pub(super) full_product_name: FullProductName<'a>,
    #[serde(borrow)]
    pub(super) product_reference: Text<'a>,
    #[serde(borrow)]
    pub(super) relates_to_product_reference: Text<'a>,
}

#[derive(Deserialize)]
pub(super) struct ProductPath<'a> {
    #[serde(borrow)]
    pub(super) beginning_product_reference: Text<'a>,
    #[serde(borrow)]
    pub(super) full_product_name: FullProductName<'a>,
    #[serde(borrow, default)]
    pub(super) subpaths: List<Subpath<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Subpath<'a> {
    #[serde(borrow)]
    pub(super) next_product_reference: Text<'a>,
}

#[derive(Deserialize)]
pub(super) struct ProductGroup<'a> {
    #[serde(borrow)]
    pub(super) group_id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) product_ids: List<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Vulnerability<'a> {
    #[serde(borrow)]
    pub(super) cve: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) ids: List<Id<'a>>,
    #[serde(borrow)]
    pub(super) title: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) notes: List<Note<'a>>,
    #[serde(borrow, default)]
    pub(super) product_status: ProductStatus<'a>,
    #[serde(borrow, default)]
    pub(super) remediations: List<Remediation<'a>>,
    #[serde(borrow, default)]
    pub(super) flags: List<Flag<'a>>,
    #[serde(borrow, default)]
    pub(super) threats: List<Threat<'a>>,
    #[serde(borrow, default)]
    pub(super) scores: List<Content<'a>>,
    #[serde(borrow, default)]
    pub(super) metrics: List<Metric<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Id<'a> {
    #[serde(borrow, default)]
    pub(super) text: Text<'a>,
}

#[derive(Deserialize)]
pub(super) struct Note<'a> {
    #[serde(borrow, default)]
    pub(super) text: Text<'a>,
}

/// Product ids by what is said of them.
#[derive(Default, Deserialize)]
pub(super) struct ProductStatus<'a> {
    #[serde(borrow, default)]
    pub(super) known_affected: List<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) first_affected: List<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) last_affected: List<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) known_not_affected: List<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) first_fixed: List<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) fixed: List<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) recommended: List<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) under_investigation: List<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) unknown: List<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Remediation<'a> {
    #[serde(borrow, default)]
    pub(super) category: Text<'a>,
    #[serde(borrow, default)]
    pub(super) details: Text<'a>,
    #[serde(borrow, default)]
    pub(super) product_ids: List<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) group_ids: List<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Flag<'a> {
    #[serde(borrow, default)]
    pub(super) label: Text<'a>,
    #[serde(borrow, default)]
    pub(super) product_ids: List<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) group_ids: List<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Threat<'a> {
    #[serde(borrow, default)]
    pub(super) category: Text<'a>,
    #[serde(borrow, default)]
    pub(super) details: Text<'a>,
    #[serde(borrow, default)]
    pub(super) product_ids: List<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) group_ids: List<Text<'a>>,
}

/// A metric of CSAF 2.1.
#[derive(Deserialize)]
pub(super) struct Metric<'a> {
    #[serde(borrow)]
    pub(super) content: Content<'a>,
}

/// What a metric of CSAF 2.1 holds, and a score of CSAF 2.0 is.
#[derive(Deserialize)]
pub(super) struct Content<'a> {
    #[serde(borrow, rename = "cvss_v2")]
    pub(super) v2: Option<Cvss<'a>>,
    #[serde(borrow, rename = "cvss_v3")]
    pub(super) v3: Option<Cvss<'a>>,
    #[serde(borrow, rename = "cvss_v4")]
    pub(super) v4: Option<Cvss<'a>>,
    #[serde(borrow, rename = "ssvc_v2")]
    pub(super) ssvc: Option<Ssvc<'a>>,
    #[serde(borrow, rename = "qualitative_severity_rating")]
    pub(super) rating: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Cvss<'a> {
    #[serde(borrow, rename = "vectorString")]
    pub(super) vector: Option<Text<'a>>,
    #[serde(rename = "baseScore")]
    pub(super) score: Option<f64>,
    #[serde(borrow, rename = "baseSeverity")]
    pub(super) severity: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Ssvc<'a> {
    #[serde(borrow, default)]
    pub(super) selections: List<Selection<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Selection<'a> {
    #[serde(borrow)]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) key: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) values: List<SelectedValue<'a>>,
}

#[derive(Deserialize)]
pub(super) struct SelectedValue<'a> {
    #[serde(borrow)]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) key: Option<Text<'a>>,
}
