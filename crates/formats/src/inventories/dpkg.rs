//! dpkg: `/var/lib/dpkg/status`, `dpkg -l` and `dpkg-query -W`.

use bongsu_inventory::{Component, SourcePackage};
use bongsu_package::{Ecosystem, Family, PackageName};

use super::Found;
use super::gathering::{Gathering, owned, shown};
use super::sniff::SAMPLE_LINES;
use crate::{Error, Limits};

/// Whether a text is a list of control paragraphs (deb822), as in `/var/lib/dpkg/status`.
pub(super) fn is_status(text: &str) -> bool {
    let paragraph = text.lines().take_while(|line| !line.trim().is_empty());
    let mut fields = paragraph.filter_map(field).map(|(name, _)| name);
    fields.next().is_some_and(|name| name.eq_ignore_ascii_case("Package"))
        && fields.any(|name| matches!(name, "Status" | "Version"))
}

/// Whether a text is what `dpkg -l` prints, or `dpkg-query -W` without a format.
pub(super) fn is_table(text: &str) -> bool {
    if text.starts_with("Desired=") || text.starts_with("ii  ") {
        return true;
    }
    let lines: Vec<_> = text.lines().take(SAMPLE_LINES).collect();
    let rows = || lines.iter().filter_map(|line| query_row(line));
    let revisions = rows().filter(|(_, version)| version.contains(['-', '+'])).count();
    rows().count() == lines.len() && revisions * 2 > lines.len()
}

/// Reads `/var/lib/dpkg/status`; packages that are not unpacked on the disk are passed over.
///
/// - **Source:** deb-control(5), dpkg(1) "package states".
pub(super) fn read_status(
    text: &str,
    document: &str,
    limits: &Limits,
    found: &mut Found,
) -> Result<(), Error> {
    let mut gathering = Gathering::new(FORMAT, document, limits);
    let (mut paragraph, mut started) = (Paragraph::default(), 1);
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            std::mem::take(&mut paragraph).take(started, &mut gathering)?;
            started = number + 1;
        } else {
            paragraph.note(line);
        }
    }
    paragraph.take(started, &mut gathering)?;
    name_ubuntu(&mut gathering);
    gathering.finish(found);
    Ok(())
}

/// Reads `dpkg -l` and `dpkg-query -W`.
pub(super) fn read_table(
    text: &str,
    document: &str,
    limits: &Limits,
    found: &mut Found,
) -> Result<(), Error> {
    let mut gathering = Gathering::new("dpkg list", document, limits);
    for (number, line) in (1..).zip(text.lines()) {
        let field = || format!("line {number}");
        if let Some((name, version)) = query_row(line) {
            let paragraph = Paragraph { name, version, ..Paragraph::default() };
            paragraph.take(number, &mut gathering)?;
            continue;
        }
        let mut words = line.split_whitespace();
        let Some(state) = words.next() else { continue };
        if HEADINGS.iter().any(|heading| line.starts_with(heading)) {
            continue;
        }
        let mut letters = state.chars();
        let known = letters.next().is_some_and(|c| "uihrp".contains(c));
        let (true, Some(state)) = (known, letters.next()) else {
            gathering.set_aside(&field(), format!("`{}` is no row of dpkg -l", shown(line)));
            continue;
        };
        if "nc".contains(state) {
            continue; // not installed, or only its configuration is left
        }
        if let (Some(name), Some(version)) = (words.next(), words.next()) {
            let architecture = words.next().unwrap_or_default();
            let paragraph = Paragraph { name, version, architecture, ..Paragraph::default() };
            paragraph.take(number, &mut gathering)?;
        }
    }
    name_ubuntu(&mut gathering);
    gathering.finish(found);
    Ok(())
}

const FORMAT: &str = "dpkg status";

/// What `dpkg -l` prints above its rows.
const HEADINGS: [&str; 5] = ["Desired=", "| Status=", "|/ Err?=", "||/ ", "+++-"];

/// A package of Debian, release unknown.
pub(super) fn debian(name: &str) -> PackageName {
    PackageName::new(Ecosystem { family: Family::Debian, release: None }, name)
}

/// One control paragraph, as far as we look.
#[derive(Default)]
struct Paragraph<'a> {
    name: &'a str,
    version: &'a str,
    architecture: &'a str,
    source: &'a str,
    status: &'a str,
    archived: bool,
}

impl<'a> Paragraph<'a> {
    fn note(&mut self, line: &'a str) {
        match field(line) {
            Some(("Package", value)) => self.name = value,
            Some(("Version", value)) => self.version = value,
            Some(("Architecture", value)) => self.architecture = value,
            Some(("Source", value)) => self.source = value,
            Some(("Status", value)) => self.status = value,
            Some(("Filename", _)) => self.archived = true,
            _ => {}
        }
    }

    fn take(self, line: usize, gathering: &mut Gathering<'_>) -> Result<(), Error> {
        let state = self.status.rsplit(' ').next().unwrap_or_default();
        let nothing = self.name.is_empty() && self.version.is_empty();
        if nothing || matches!(state, "not-installed" | "config-files" | "half-installed") {
            return Ok(());
        }
        if self.archived && self.status.is_empty() {
            let detail = "an archive's index says what could be installed, not what is; \
                          expected /var/lib/dpkg/status";
            return Err(Error::Field { format: FORMAT, detail: detail.to_owned() });
        }
        let (name, architecture) = self.name.split_once(':').unwrap_or((self.name, ""));
        let architecture =
            if self.architecture.is_empty() { architecture } else { self.architecture };
        let component = Component {
            name: name.to_owned(),
            version: owned(self.version),
            package: Some(debian(name)),
            source: source(self.source),
            architecture: owned(architecture),
            field: format!("line {line}"),
            ..Component::default()
        };
        gathering.add(component)
    }
}

/// `Source: gcc-12 (12.2.0-14)`; the version stands there only where it differs.
fn source(text: &str) -> Option<SourcePackage> {
    let (name, version) = match text.split_once('(') {
        Some((name, version)) => (name.trim(), owned(version.trim_end_matches(')').trim())),
        None => (text.trim(), None),
    };
    (!name.is_empty()).then(|| SourcePackage { name: name.to_owned(), version })
}

/// A field of a control paragraph; `None` for a continued line.
fn field(line: &str) -> Option<(&str, &str)> {
    if line.starts_with([' ', '\t']) {
        return None;
    }
    line.split_once(':').map(|(name, value)| (name, value.trim()))
}

/// `name:architecture<TAB>version`, names as Debian policy 5.6.1 has them.
fn query_row(line: &str) -> Option<(&str, &str)> {
    let (name, version) = line.split_once('\t')?;
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    let spelled = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.:".contains(c);
    let numbered = version.starts_with(|c: char| c.is_ascii_digit());
    let fits = begins && name.chars().all(spelled) && numbered && !version.contains(['\t', ' ']);
    fits.then_some((name, version))
}

/// Ubuntu's packages say so in their versions (`2.35-0ubuntu3.8`), Debian's never do.
fn name_ubuntu(gathering: &mut Gathering<'_>) {
    let components = &mut gathering.inventory.components;
    let ubuntu = components.iter().filter(|component| {
        component.version.as_deref().is_some_and(|version| version.contains("ubuntu"))
    });
    if ubuntu.count() * UBUNTU_SHARE < components.len().max(1) {
        return;
    }
    for package in components.iter_mut().filter_map(|component| component.package.as_mut()) {
        let ecosystem = Ecosystem { family: Family::Ubuntu, release: None };
        *package = PackageName::new(ecosystem, &package.name);
    }
}

/// One package in so many must be Ubuntu's; on a real Ubuntu it is one in two.
const UBUNTU_SHARE: usize = 10;
