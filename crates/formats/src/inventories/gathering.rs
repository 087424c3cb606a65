//! From what a document says of a component to the component.
//!
//! Every reader of software bills of materials ends here, so that one component written in five
//! formats becomes one and the same [`Component`].

use bongsu_advisory::{Place, VexStatement, VexSubject};
use bongsu_inventory::{Component, ComponentKind, Distribution, Inventory, SourcePackage};
use bongsu_package::{Cpe, Family, PackageName, ProductName, Purl};

use super::{Found, ownership, rpm};
use crate::signals::cyclonedx_vex;
use crate::{Error, Limits, Quarantined};

/// What a document says of one component, borrowed from it; empty texts say nothing.
#[derive(Clone, Copy, Default)]
pub(super) struct Facts<'a> {
    pub(super) name: &'a str,
    /// What stands before the name: a Maven group, an npm scope.
    pub(super) group: &'a str,
    pub(super) version: &'a str,
    pub(super) kind: ComponentKind,
    pub(super) purl: &'a str,
    pub(super) cpes: &'a [&'a str],
    /// Who makes or supplies it.
    pub(super) vendor: &'a str,
    pub(super) reference: &'a str,
    pub(super) source: &'a str,
    pub(super) source_version: &'a str,
    /// The file name of the source package of an rpm, `acl-2.3.1-4.el9.src.rpm`.
    pub(super) source_rpm: &'a str,
    pub(super) epoch: &'a str,
    pub(super) architecture: &'a str,
    /// The file by which a tool found it.
    pub(super) location: &'a str,
}

/// An inventory being read.
pub(super) struct Gathering<'l> {
    format: &'static str,
    document: &'l str,
    limits: &'l Limits,
    pub(super) inventory: Inventory,
    pub(super) statements: Vec<VexStatement>,
    quarantined: Vec<Quarantined>,
    /// The `distro` qualifier the packages agree on.
    distro: Agreed,
    /// Language packages found where a distribution installs them.
    pub(super) in_system_folders: Vec<u32>,
}

/// Whether all packages name the same distribution.
enum Agreed {
    Nobody,
    On(String),
    Not,
}

impl<'l> Gathering<'l> {
    pub(super) fn new(format: &'static str, document: &'l str, limits: &'l Limits) -> Self {
        Self {
            format,
            document,
            limits,
            inventory: Inventory::default(),
            statements: Vec::new(),
            quarantined: Vec::new(),
            distro: Agreed::Nobody,
            in_system_folders: Vec::new(),
        }
    }

    /// Adds a component; `field` says where it stands.
    ///
    /// What of it cannot be read is set aside and the rest goes in. Gives its position, or `None`
    /// when it has neither a name nor a package URL to go by.
    pub(super) fn push(&mut self, facts: &Facts<'_>, field: &str) -> Result<Option<u32>, Error> {
        self.room()?;
        let purl = self.purl(facts.purl, field);
        let name =
            if facts.name.is_empty() { purl.as_ref().map_or("", Purl::name) } else { facts.name };
        if name.is_empty() || name.len() > self.limits.name_bytes {
            let detail = if name.is_empty() {
                "a component without a name; expected one such as `openssl`".to_owned()
            } else {
                format!("a component's name of {} bytes", name.len())
            };
            self.set_aside(field, detail);
            return Ok(None);
        }
        let mut component = Component {
            name: full_name(facts.group, name, purl.as_ref()),
            version: self.version(facts, purl.as_ref(), field),
            kind: facts.kind,
            package: purl.as_ref().and_then(PackageName::from_purl),
            cpes: self.cpes(facts.cpes, field),
            reference: owned(facts.reference),
            field: field.to_owned(),
            ..Component::default()
        };
        if let Some(purl) = &purl {
            self.take_qualifiers(purl, &mut component);
        }
        complete(&mut component, facts, name);
        component.purl = purl;
        let position = u32::try_from(self.inventory.components.len()).unwrap_or(u32::MAX);
        if component.package.as_ref().is_some_and(|p| p.ecosystem.family == Family::Pypi)
            && ownership::is_system_folder(facts.location)
        {
            self.in_system_folders.push(position);
        }
        self.inventory.components.push(component);
        Ok(Some(position))
    }

    /// Adds a component that a package database describes in full.
    pub(super) fn add(&mut self, component: Component) -> Result<(), Error> {
        self.room()?;
        let length = component.name.len().max(component.version.as_ref().map_or(0, String::len));
        if component.name.is_empty() || length > self.limits.name_bytes {
            let detail = format!("a package with a name or version of {length} bytes");
            self.set_aside(&component.field, detail);
        } else {
            self.inventory.components.push(component);
        }
        Ok(())
    }

    fn room(&self) -> Result<(), Error> {
        if self.inventory.components.len() < self.limits.entries {
            return Ok(());
        }
        let what = format!("the number of components of the {}", self.format);
        Err(Error::TooLarge { what, limit: self.limits.entries as u64 })
    }

    /// Notes the operating system; the first one named holds.
    pub(super) fn runs(&mut self, id: &str, version: &str) {
        let distribution = Distribution { id: id.trim().to_lowercase(), version: owned(version) };
        if self.inventory.distribution.is_none() && distribution.ecosystem().is_some() {
            self.inventory.distribution = Some(distribution);
        }
    }

    /// Notes when the inventory was taken.
    pub(super) fn taken_at(&mut self, text: &str, field: &str) {
        let text = text.trim();
        match text.parse() {
            Ok(at) => self.inventory.as_of = Some(at),
            Err(_) if text.is_empty() => {}
            Err(_) => self.set_aside(
                field,
                format!(
                    "`{}` is not a time with an offset, such as 2026-03-02T18:00:00Z",
                    shown(text)
                ),
            ),
        }
    }

    /// Notes the name by which other documents point at this one; the first version has no number.
    pub(super) fn link(&mut self, serial: &str, version: &str) {
        let version = if version.is_empty() { "1" } else { version };
        let serial = serial.strip_prefix("urn:uuid:").unwrap_or(serial);
        self.inventory.link = (!serial.is_empty()).then(|| format!("{serial}/{version}"));
    }

    /// Takes the exploitability statements of a CycloneDX document, its JSON list
    /// `vulnerabilities`; `asserter` speaks where an entry names nobody.
    ///
    /// Their references stay as they are: what a document says of its own components it says of
    /// no others, even if they are the same package.
    /// A BOM-Link to the document itself (`urn:cdx:serial/1#ref`) is such a reference too.
    pub(super) fn take_statements(&mut self, vulnerabilities: &str, asserter: &str, serial: &str) {
        let own = serial.strip_prefix("urn:uuid:").unwrap_or(serial);
        let resolve = |reference: &str| {
            let (serial, local) = reference.strip_prefix("urn:cdx:")?.split_once('/')?;
            let (_, local) = local.split_once('#')?;
            (serial == own).then(|| VexSubject::Reference(local.to_owned()))
        };
        let place = Place { document: self.document.to_owned(), ..Place::default() };
        let asserter = Some(asserter).filter(|name| !name.is_empty());
        match cyclonedx_vex(vulnerabilities, asserter, &place, self.limits, &resolve) {
            Ok((mut statements, mut set_aside)) => {
                for statement in &mut statements {
                    statement.at = statement.at.or(self.inventory.as_of);
                }
                self.statements.append(&mut statements);
                self.quarantined.append(&mut set_aside);
            }
            Err(fault) => self.quarantined.push(fault.at(&place)),
        }
    }

    /// Sets one entry aside; the rest of the document goes in.
    pub(super) fn set_aside(&mut self, field: &str, detail: String) {
        let reason = Error::Field { format: self.format, detail };
        let field = (!field.is_empty()).then(|| field.to_owned());
        let place = Place { document: self.document.to_owned(), line: None, field };
        self.quarantined.push(Quarantined { place, reason });
    }

    /// The inventory is complete.
    pub(super) fn finish(mut self, found: &mut Found) {
        if self.inventory.system.is_empty() {
            self.document.clone_into(&mut self.inventory.system);
        }
        ownership::by_folder(&mut self.inventory, &self.in_system_folders);
        let named = match self.distro {
            Agreed::On(text) => Distribution::from_qualifier(&text),
            Agreed::Nobody | Agreed::Not => None,
        };
        if let Some(distribution) = self.inventory.distribution.take().or(named) {
            self.inventory.apply_distribution(distribution);
        }
        found.inventories.push(self.inventory);
        found.statements.append(&mut self.statements);
        found.quarantined.append(&mut self.quarantined);
    }

    fn purl(&mut self, text: &str, field: &str) -> Option<Purl> {
        if text.is_empty() {
            return None;
        }
        match text.parse() {
            Ok(purl) => Some(purl),
            Err(error) => {
                self.set_aside(field, format!("`{}` is no package URL: {error}", shown(text)));
                None
            }
        }
    }

    fn cpes(&mut self, texts: &[&str], field: &str) -> Vec<Cpe> {
        let mut cpes = Vec::with_capacity(texts.len());
        for text in texts.iter().filter(|text| !text.is_empty()) {
            match text.parse() {
                Ok(cpe) => cpes.push(cpe),
                Err(error) => {
                    self.set_aside(field, format!("`{}` is no CPE name: {error}", shown(text)));
                }
            }
        }
        cpes
    }

    /// The version with its epoch, which rpm tools keep in a field of its own.
    fn version(&mut self, facts: &Facts<'_>, purl: Option<&Purl>, field: &str) -> Option<String> {
        let text = match facts.version {
            "" => purl.and_then(Purl::version)?,
            text => text,
        };
        if text.len() > self.limits.name_bytes {
            let detail =
                format!("a version of {} bytes; the component goes in without", text.len());
            self.set_aside(field, detail);
            return None;
        }
        let epoch = match facts.epoch {
            "" => purl
                .filter(|purl| matches!(purl.kind(), "deb" | "rpm" | "alpm"))
                .and_then(|purl| purl.qualifier("epoch"))
                .unwrap_or_default(),
            epoch => epoch,
        };
        let numeric = !epoch.is_empty() && epoch.bytes().all(|b| b.is_ascii_digit());
        if numeric && !text.contains(':') {
            return Some(format!("{epoch}:{text}"));
        }
        Some(text.to_owned())
    }

    /// Source package, architecture and distribution, where the package URL carries them.
    fn take_qualifiers(&mut self, purl: &Purl, component: &mut Component) {
        if !matches!(purl.kind(), "deb" | "rpm" | "apk" | "alpine" | "alpm") {
            return;
        }
        component.architecture = purl.qualifier("arch").map(str::to_lowercase);
        if let Some(upstream) = purl.qualifier("upstream") {
            component.source = upstream_source(upstream, component.version.as_deref());
        }
        let Some(distro) = purl.qualifier("distro") else { return };
        match &self.distro {
            Agreed::Nobody => self.distro = Agreed::On(distro.to_owned()),
            Agreed::On(before) if before != distro => self.distro = Agreed::Not,
            Agreed::On(_) | Agreed::Not => {}
        }
    }
}

/// What stands beside the package URL.
fn complete(component: &mut Component, facts: &Facts<'_>, name: &str) {
    if component.source.is_none() && !facts.source_rpm.is_empty() {
        component.source = upstream_source(facts.source_rpm, component.version.as_deref());
    }
    if component.source.is_none() && !facts.source.is_empty() {
        let version = owned(facts.source_version);
        component.source = Some(SourcePackage { name: facts.source.to_owned(), version });
    }
    if component.architecture.is_none() {
        component.architecture = owned(facts.architecture).map(|text| text.to_lowercase());
    }
    let product = !matches!(facts.kind, ComponentKind::Library | ComponentKind::File);
    if !facts.vendor.is_empty() && (product || component.package.is_none()) {
        component.product = ProductName::new(facts.vendor, name);
    }
}

/// The source package in syft's `upstream` qualifier: a source rpm, or `name`, or `name@version`.
fn upstream_source(text: &str, version: Option<&str>) -> Option<SourcePackage> {
    if let Some((name, of_source)) = rpm::source_rpm(text) {
        // A source rpm's file name has no epoch; where all else is equal, so is that.
        let same = version.filter(|v| v.split_once(':').map_or(*v, |(_, rest)| rest) == of_source);
        let version = Some(same.unwrap_or(of_source).to_owned());
        return Some(SourcePackage { name: name.to_owned(), version });
    }
    let (name, version) = match text.split_once('@') {
        Some((name, version)) => (name, owned(version)),
        None => (text, None),
    };
    (!name.is_empty()).then(|| SourcePackage { name: name.to_owned(), version })
}

/// The name with what stands before it, unless the document already put it there.
fn full_name(group: &str, name: &str, purl: Option<&Purl>) -> String {
    if group.is_empty() || name.starts_with(group) {
        return name.to_owned();
    }
    let between = if purl.is_some_and(|p| p.kind() == "maven") { ":" } else { "/" };
    [group, between, name].concat()
}

/// A text, unless it says nothing.
pub(super) fn owned(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Enough of a text to find it again.
pub(super) fn shown(text: &str) -> &str {
    let cut = text.char_indices().nth(SHOWN_CHARACTERS).map_or(text.len(), |(at, _)| at);
    &text[..cut]
}

/// Longer texts are cut in messages.
const SHOWN_CHARACTERS: usize = 120;
