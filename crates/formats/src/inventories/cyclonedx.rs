//! What CycloneDX means, whichever way it is written.

use std::borrow::Cow;

use bongsu_inventory::ComponentKind;
use serde::Deserialize;

use super::gathering::{Facts, Gathering};
use super::text::{Text, or_default};
use crate::{Error, Limits};

/// A document being read, and where in it we are.
pub(super) struct Assembly<'r, 'l> {
    gathering: &'r mut Gathering<'l>,
    limits: &'l Limits,
    /// The JSON pointer of the component being read.
    path: String,
}

impl<'r, 'l> Assembly<'r, 'l> {
    pub(super) fn new(gathering: &'r mut Gathering<'l>, limits: &'l Limits) -> Self {
        Self { gathering, limits, path: String::new() }
    }

    /// Notes when the document was made.
    pub(super) fn taken_at(&mut self, timestamp: &str) {
        self.gathering.taken_at(timestamp, "/metadata/timestamp");
    }

    /// Adds what the document is about.
    pub(super) fn take_subject(&mut self, component: &Component<'_>) -> Result<(), Error> {
        self.gathering.inventory.system = component.name.to_string();
        self.path.clear();
        self.path.push_str("/metadata/component");
        let components = &self.gathering.inventory.components;
        let position = u32::try_from(components.len()).ok();
        self.take(component, 1, "components")?;
        // One without a name was set aside, and what stands there is another.
        let inventory = &mut self.gathering.inventory;
        let there = position.and_then(|at| inventory.components.get(at as usize));
        let is_it = there.is_some_and(|one| one.field == "/metadata/component");
        inventory.subject = position.filter(|_| is_it);
        Ok(())
    }

    /// Adds a component or service of a list at the top of the document.
    pub(super) fn take_listed(
        &mut self,
        component: &Component<'_>,
        list: &str,
        number: usize,
    ) -> Result<(), Error> {
        self.path.clear();
        self.enter(list, number);
        self.take(component, 1, list)
    }

    /// Adds a component and those nested in it.
    fn take(&mut self, component: &Component<'_>, depth: usize, list: &str) -> Result<(), Error> {
        if depth > self.limits.depth {
            let what = "nesting of CycloneDX components".to_owned();
            return Err(Error::TooLarge { what, limit: self.limits.depth as u64 });
        }
        let service = list == "services";
        let kind = if service { ComponentKind::Application } else { kind(&component.kind) };
        if kind == ComponentKind::OperatingSystem {
            let named = component.known.distribution();
            let (id, version) = named.unwrap_or((&component.name, &component.version));
            self.gathering.runs(id, version);
        }
        let cpe: &str = &component.cpe;
        self.gathering.push(&component.facts(kind, &[cpe]), &self.path)?;
        let lists = [("components", &component.components), ("services", &component.services)];
        for (name, nested) in lists {
            for (number, nested) in nested.iter().enumerate() {
                let before = self.path.len();
                self.enter(name, number);
                self.take(nested, depth + 1, name)?;
                self.path.truncate(before);
            }
        }
        Ok(())
    }

    fn enter(&mut self, list: &str, number: usize) {
        self.path.push('/');
        self.path.push_str(list);
        self.path.push('/');
        push_number(&mut self.path, number);
    }
}

/// Writes a number without the machinery of formatting: this runs once a component.
fn push_number(path: &mut String, number: usize) {
    if number > 9 {
        push_number(path, number / 10);
    }
    path.push(char::from(b'0' + u8::try_from(number % 10).unwrap_or_default()));
}

/// A component, or a service, which has the same fields as far as we look.
#[derive(Default, Deserialize)]
pub(super) struct Component<'a> {
    #[serde(borrow, default, rename = "type")]
    pub(super) kind: Text<'a>,
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    #[serde(borrow, default)]
    pub(super) group: Text<'a>,
    #[serde(borrow, default)]
    pub(super) version: Text<'a>,
    #[serde(borrow, default)]
    pub(super) purl: Text<'a>,
    #[serde(borrow, default)]
    pub(super) cpe: Text<'a>,
    #[serde(borrow, default, rename = "bom-ref")]
    pub(super) reference: Text<'a>,
    #[serde(borrow, default)]
    pub(super) publisher: Text<'a>,
    #[serde(borrow, default)]
    pub(super) supplier: Party<'a>,
    #[serde(borrow, default)]
    pub(super) manufacturer: Party<'a>,
    #[serde(borrow, default)]
    pub(super) provider: Party<'a>,
    #[serde(borrow, default, rename = "properties")]
    pub(super) known: Known<'a>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    pub(super) components: Vec<Component<'a>>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    pub(super) services: Vec<Component<'a>>,
}

impl Component<'_> {
    fn facts<'s>(&'s self, kind: ComponentKind, cpes: &'s [&'s str]) -> Facts<'s> {
        let named = [&self.supplier.0, &self.manufacturer.0, &self.provider.0, &self.publisher];
        let vendor = named.into_iter().chain([&self.group]).find(|name| !name.is_empty());
        Facts {
            name: &self.name,
            group: &self.group,
            version: &self.version,
            kind,
            purl: &self.purl,
            cpes,
            vendor: vendor.map_or("", |name| name),
            reference: &self.reference,
            ..self.known.facts()
        }
    }
}

/// Who makes or supplies something: an object with a name, in old documents a text.
/// Who makes or supplies something: an object with a name, in old documents a text.
#[derive(Default)]
pub(super) struct Party<'a>(pub(super) Text<'a>);

/// The kind a component's `type` says; a type we do not know is a library like any other.
fn kind(text: &str) -> ComponentKind {
    match text {
        "application" | "framework" | "platform" => ComponentKind::Application,
        "operating-system" => ComponentKind::OperatingSystem,
        "container" => ComponentKind::Container,
        "device" => ComponentKind::Device,
        "firmware" | "device-driver" => ComponentKind::Firmware,
        "file" => ComponentKind::File,
        "machine-learning-model" => ComponentKind::Model,
        "data" => ComponentKind::Data,
        "cryptographic-asset" => ComponentKind::CryptographicAsset,
        _ => ComponentKind::Library,
    }
}

/// The properties we know, of those that tools add to a component.
#[derive(Default)]
pub(super) struct Known<'a> {
    source: Cow<'a, str>,
    source_version: Cow<'a, str>,
    source_release: Cow<'a, str>,
    source_epoch: Cow<'a, str>,
    source_rpm: Cow<'a, str>,
    epoch: Cow<'a, str>,
    architecture: Cow<'a, str>,
    location: Cow<'a, str>,
    distro: Cow<'a, str>,
    distro_version: Cow<'a, str>,
}

impl<'a> Known<'a> {
    /// Notes one property, if it is one we know.
    ///
    /// The names are those that syft and Trivy write; syft's further guesses at CPE names
    /// (`syft:cpe23`) are left out: the one it trusts is the component's `cpe`.
    pub(super) fn note(&mut self, name: &str, value: Cow<'a, str>) {
        let slot = if let Some(name) = name.strip_prefix("syft:") {
            match name {
                "metadata:source" | "metadata:originPackage" => &mut self.source,
                "metadata:sourceVersion" => &mut self.source_version,
                "metadata:sourceRpm" => &mut self.source_rpm,
                "metadata:epoch" => &mut self.epoch,
                "metadata:architecture" => &mut self.architecture,
                "location:0:path" => &mut self.location,
                "distro:id" => &mut self.distro,
                "distro:versionID" => &mut self.distro_version,
                _ => return,
            }
        } else if let Some(name) = name.strip_prefix("aquasecurity:trivy:") {
            match name {
                "SrcName" => &mut self.source,
                "SrcVersion" => &mut self.source_version,
                "SrcRelease" => &mut self.source_release,
                "SrcEpoch" => &mut self.source_epoch,
                "FilePath" => &mut self.location,
                _ => return,
            }
        } else {
            return;
        };
        *slot = value;
    }

    /// The distribution and its release, where the tool names them apart.
    fn distribution(&self) -> Option<(&str, &str)> {
        (!self.distro.is_empty()).then_some((&*self.distro, &*self.distro_version))
    }

    /// Brings the parts of the source's version together, as its package manager writes it.
    ///
    /// Trivy keeps epoch, version and release of an rpm in three properties.
    pub(super) fn settle(&mut self) {
        if !self.source_release.is_empty() {
            self.source_version =
                Cow::Owned([&*self.source_version, "-", &*self.source_release].concat());
            self.source_release = Cow::Borrowed("");
        }
        if !matches!(&*self.source_epoch, "" | "0") && !self.source_version.contains(':') {
            self.source_version =
                Cow::Owned([&*self.source_epoch, ":", &*self.source_version].concat());
        }
    }

    /// What they say of their component.
    fn facts(&self) -> Facts<'_> {
        Facts {
            source: &self.source,
            source_version: &self.source_version,
            source_rpm: &self.source_rpm,
            epoch: &self.epoch,
            architecture: &self.architecture,
            location: &self.location,
            ..Facts::default()
        }
    }
}
