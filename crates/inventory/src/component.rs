//! One thing that is installed, shipped or declared.

use bongsu_package::{Cpe, PackageName, ProductName, Purl};

/// One component of an inventory.
///
/// It keeps what its document said, and beside it the normalised names it can be found under.
#[derive(Clone, Debug, Default)]
pub struct Component {
    /// The name as written, with its group or namespace where the format has one.
    pub name: String,
    /// The version as written; `None` when the document gives none.
    pub version: Option<String>,
    /// What kind of thing it is.
    pub kind: ComponentKind,
    /// Its package URL.
    pub purl: Option<Purl>,
    /// Its package inside an ecosystem, from the purl or from the format (a lock file knows).
    pub package: Option<PackageName>,
    /// Its vendor and product, where the document names a vendor.
    pub product: Option<ProductName>,
    /// Its CPE names.
    pub cpes: Vec<Cpe>,
    /// The source package it was built from, for distributions whose advisories name those.
    pub source: Option<SourcePackage>,
    /// Its architecture, lower case.
    pub architecture: Option<String>,
    /// Position in [`Inventory::components`](crate::Inventory::components) of the distribution
    /// package that owns its files: that package's advisories decide, not the language's.
    pub owner: Option<u32>,
    /// The identifier the document gives it (`bom-ref`, `SPDXID`), for statements that point at it.
    pub reference: Option<String>,
    /// Where in the document, as a JSON pointer, a line (`line 12`) or a row (`row 3`).
    pub field: String,
}

/// A source package and its version.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct SourcePackage {
    /// Its name.
    pub name: String,
    /// Its version, where it differs from the binary's or was given.
    pub version: Option<String>,
}

/// What kind of thing a component is.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum ComponentKind {
    /// A library, a package, or a kind the document does not say.
    #[default]
    Library,
    /// An application or a framework.
    Application,
    /// An operating system.
    OperatingSystem,
    /// A container image.
    Container,
    /// Hardware, an appliance.
    Device,
    /// Firmware or a device driver.
    Firmware,
    /// A file.
    File,
    /// A machine-learning model.
    Model,
    /// A data set.
    Data,
    /// Keys, algorithms, protocols and certificates.
    CryptographicAsset,
}
