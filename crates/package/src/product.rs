//! Vendor and product, as catalogues and offices write them.

use std::fmt;

mod aliases;
mod fold;

use aliases::ALIASES;

/// A product of a vendor, normalised: lower case, punctuation and legal forms (`Inc.`,
/// `주식회사`) gone, well-known other names resolved by the alias table.
///
/// - **Shape:** letters and digits without separators, save a `.` between two digits, so that
///   `Windows 10 1809` and `windows_10_1809` meet and `1.1` never becomes `11`.
/// - **Source:** our own alias table, `product/aliases.tsv`.
///
/// ```
/// use bongsu_package::ProductName;
///
/// let catalogue = ProductName::new("Cisco Systems, Inc.", "Cisco IOS XE Software");
/// assert_eq!(catalogue, ProductName::new("cisco", "ios_xe"));
/// assert_eq!(catalogue, ProductName::new("시스코", "IOS XE"));
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ProductName {
    vendor: String,
    product: String,
}

impl ProductName {
    /// Normalises a vendor and a product; `None` when either says nothing (`n/a`, `-`, empty).
    ///
    /// Names over 8,192 bytes are nothing, too. A vendor that says nothing is made good when the product begins with a vendor of the alias
    /// table: `n/a` and `VMware ESXi` are `vmware/esxi`.
    pub fn new(vendor: &str, product: &str) -> Option<Self> {
        if vendor.len().max(product.len()) > LONGEST_BYTES {
            return None;
        }
        let words = fold::words_after(vendor, product);
        if fold::says_nothing(&words) {
            return None;
        }
        let mut words = fold::product_words(words, |word| ALIASES.word(word));
        let stated = fold::words(vendor);
        let mut vendor = if fold::says_nothing(&stated) {
            let (known, rest) = leading_vendor(&words)?;
            words.drain(..words.len() - rest);
            known.to_owned()
        } else {
            let joined = fold::join(&fold::vendor_words(stated));
            let vendor = ALIASES.vendor(&joined).to_owned();
            drop_vendor(&mut words, &joined, &vendor);
            vendor
        };
        if let Some((brand, rest)) = leading_vendor(&words)
            && ALIASES.owns(&vendor, brand)
        {
            words.drain(..words.len() - rest);
            brand.clone_into(&mut vendor);
        }
        let product = fold::join(&words);
        if let Some((vendor, product)) = ALIASES.product(&vendor, &product) {
            return Some(Self { vendor: vendor.to_owned(), product: product.to_owned() });
        }
        if let Some((vendor, product)) = named_twice(&vendor, &words) {
            return Some(Self { vendor, product });
        }
        Some(Self { vendor, product })
    }

    /// As [`ProductName::new`], for a text that may list several products of one vendor
    /// (`FortiOS, FortiProxy`, `iOS and iPadOS`).
    ///
    /// It is a list when every piece is a product of the alias table; `Backup and Replication` is
    /// one product.
    ///
    /// ```
    /// use bongsu_package::ProductName;
    ///
    /// let names = ProductName::each("Fortinet", "Fortinet FortiOS, FortiProxy");
    /// assert_eq!(names, [ProductName::new("Fortinet", "FortiOS"), ProductName::new("Fortinet", "FortiProxy")].map(Option::unwrap));
    /// ```
    pub fn each(vendor: &str, product: &str) -> Vec<Self> {
        let pieces = product.split([',', ';']).flat_map(|piece| piece.split(" and "));
        let pieces = pieces.map(str::trim).map(|piece| piece.strip_prefix("and ").unwrap_or(piece));
        let names: Option<Vec<Self>> = pieces
            .filter(|piece| !piece.is_empty())
            .map(|piece| Self::new(vendor, piece).filter(Self::is_known))
            .collect();
        match names {
            Some(names) if names.len() > 1 => names,
            _ => Self::new(vendor, product).into_iter().collect(),
        }
    }

    fn is_known(&self) -> bool {
        ALIASES.is_known(&self.vendor, &self.product)
    }

    /// The vendor, normalised.
    pub fn vendor(&self) -> &str {
        &self.vendor
    }

    /// The product, normalised.
    pub fn product(&self) -> &str {
        &self.product
    }
}

/// The product that both halves of the words name: `FortiGate FortiOS`, the device and what runs
/// on it.
fn named_twice(vendor: &str, words: &[String]) -> Option<(String, String)> {
    (1..words.len()).find_map(|split| {
        let (left, right) = (fold::join(&words[..split]), fold::join(&words[split..]));
        let chosen = |name: &str| {
            let (vendor, name) = ALIASES.product(vendor, name).unwrap_or((vendor, name));
            ALIASES.is_known(vendor, name).then(|| (vendor.to_owned(), name.to_owned()))
        };
        chosen(&left).filter(|left| chosen(&right).as_ref() == Some(left))
    })
}

/// A vendor of the alias table that the words begin with, and how many words follow it.
fn leading_vendor(words: &[String]) -> Option<(&'static str, usize)> {
    let longest = words.len().saturating_sub(1).min(LONGEST_VENDOR);
    (1..=longest).rev().find_map(|count| {
        let known = ALIASES.known_vendor(&fold::join(&words[..count]))?;
        Some((known, words.len() - count))
    })
}

/// Drops the vendor's own name, in any spelling, from the front of a product's name when that
/// leaves something.
fn drop_vendor(words: &mut Vec<String>, stated: &str, vendor: &str) {
    let longest = words.len().saturating_sub(1).min(LONGEST_VENDOR);
    let found = (1..=longest).rev().find(|count| {
        let joined = fold::join(&words[..*count]);
        joined == stated || ALIASES.vendor(&joined) == vendor
    });
    if let Some(count) = found {
        words.drain(..count);
    }
}

impl fmt::Display for ProductName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.vendor, self.product)
    }
}

/// Longest name that is read, in bytes; CVE records allow 2,048 characters.
const LONGEST_BYTES: usize = 8_192;

/// Most words of a vendor's name that are looked for at the front of a product's.
const LONGEST_VENDOR: usize = 4;

#[cfg(test)]
mod tests;
