//! The alias table: other names of vendors and products.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::fold;

/// The table, read once.
pub(super) static ALIASES: LazyLock<Aliases> = LazyLock::new(|| Aliases::read(TABLE));

/// Other names, by their folded spelling.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    /// Any spelling of a vendor, the chosen one too, to the chosen one.
    vendors: HashMap<String, &'static str>,
    /// Chosen vendor and other product to chosen vendor and product.
    products: HashMap<&'static str, HashMap<String, (&'static str, &'static str)>>,
    /// Words of other languages.
    words: HashMap<&'static str, &'static str>,
    /// Products that are named in lists, beside those with aliases.
    known: HashSet<(&'static str, &'static str)>,
    /// Owner, and a brand it sells under the brand's own name.
    brands: Vec<(&'static str, &'static str)>,
}

impl Aliases {
    fn read(table: &'static str) -> Self {
        let mut aliases = Self::default();
        for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let mut fields = line.split('\t');
            let mut field = || fields.next().unwrap_or_default();
            match field() {
                "vendor" => aliases.add_vendor(field(), field()),
                "product" => {
                    let (vendor, product, other) = (field(), field(), field());
                    aliases.add_product((vendor, product), vendor, other);
                }
                "moved" => {
                    let (vendor, product) = (field(), field());
                    aliases.add_product((vendor, product), field(), field());
                }
                "known" => {
                    let vendor = field();
                    aliases.known.insert((vendor, field()));
                }
                "word" => {
                    let word = field();
                    aliases.words.insert(field(), word);
                }
                "brand" => {
                    let brand = (field(), field());
                    aliases.add_vendor(brand.1, brand.1);
                    aliases.brands.push(brand);
                }
                kind => debug_assert!(false, "the alias table has a row of kind {kind:?}"),
            }
        }
        aliases
    }

    fn add_vendor(&mut self, vendor: &'static str, other: &str) {
        self.vendors.insert(vendor.to_owned(), vendor);
        self.vendors.insert(fold::join(&fold::vendor_words(fold::words(other))), vendor);
    }

    fn add_product(&mut self, to: (&'static str, &'static str), vendor: &'static str, other: &str) {
        let other = fold::join(&fold::words(other));
        self.known.insert(to);
        self.products.entry(vendor).or_default().insert(other, to);
    }

    /// The chosen name of a vendor; the name itself when the table has no other.
    pub(super) fn vendor<'a>(&self, folded: &'a str) -> &'a str {
        self.known_vendor(folded).unwrap_or(folded)
    }

    /// The chosen name of a vendor of the table.
    pub(super) fn known_vendor(&self, folded: &str) -> Option<&'static str> {
        self.vendors.get(folded).copied()
    }

    pub(super) fn product(
        &self,
        vendor: &str,
        product: &str,
    ) -> Option<(&'static str, &'static str)> {
        self.products.get(vendor)?.get(product).copied()
    }

    /// Whether the table names a product.
    pub(super) fn is_known(&self, vendor: &str, product: &str) -> bool {
        self.known.contains(&(vendor, product))
    }

    pub(super) fn word(&self, word: &str) -> Option<&'static str> {
        self.words.get(word).copied()
    }

    /// Whether `owner` sells products under the name of `brand`.
    pub(super) fn owns(&self, owner: &str, brand: &str) -> bool {
        self.brands.contains(&(owner, brand))
    }
}

/// Our own facts, one a line; `docs/identity.md` says how a row is written.
const TABLE: &str = include_str!("aliases.tsv");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_folded_and_leads_nowhere_else() {
        let rows: Vec<Vec<&str>> = TABLE
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| line.split('\t').collect())
            .collect();
        assert!(rows.len() >= 150, "only {} rows", rows.len());
        let mut seen = std::collections::HashSet::new();
        for row in &rows {
            let fields = match row[0] {
                "product" => 4,
                "moved" => 5,
                _ => 3,
            };
            assert_eq!(row.len(), fields, "{row:?}");
            assert!(seen.insert(row.clone()), "{row:?} is there twice");
            let folded =
                |text: &str| text.chars().all(|c| c.is_alphanumeric() || "+#.".contains(c));
            assert!(
                folded(row[1])
                    && (!matches!(row[0], "product" | "moved" | "known") || folded(row[2])),
                "{row:?} is not folded"
            );
        }
        for to in ALIASES.products.values().flat_map(HashMap::values) {
            assert_eq!(ALIASES.product(to.0, to.1), None, "{to:?} is an alias itself");
            assert_eq!(ALIASES.vendor(to.0), to.0, "the vendor of {to:?} is an alias itself");
        }
        for vendor in ALIASES.vendors.values() {
            assert_eq!(ALIASES.vendor(vendor), *vendor, "{vendor} is an alias itself");
        }
        for vendor in ALIASES.products.keys() {
            assert_eq!(ALIASES.vendor(vendor), *vendor, "no product of {vendor} would be found");
        }
    }
}
