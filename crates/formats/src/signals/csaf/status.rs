//! Product status groups into affected things.

use bongsu_advisory::{Affected, Rule, Status, Subject, Versions};
use bongsu_package::{Bound, Family, Interval, PackageName, ProductName, Scheme};
use rustc_hash::{FxHashMap, FxHashSet};

use super::lines;
use super::tally::Tally;
use super::tree::{Product, Tree};
use super::wire::{ProductStatus, Vulnerability};
use crate::bounded::Fault;
use crate::signals::Inbox;
use crate::signals::wire::{Desk, List, Text};

/// What a status group says of its products.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Said {
    Affected,
    FirstAffected,
    LastAffected,
    NotAffected,
    FirstFixed,
    Fixed,
    Unknown,
}

impl Said {
    /// Whether it says that the flaw is, or may be, there.
    pub(super) fn is_bad(self) -> bool {
        matches!(self, Self::Affected | Self::FirstAffected | Self::LastAffected | Self::Unknown)
    }
}

/// Every group of a status, with its name.
pub(super) fn groups<'s, 'a>(
    status: &'s ProductStatus<'a>,
) -> [(&'static str, Said, &'s List<Text<'a>>); 9] {
    [
        ("known_affected", Said::Affected, &status.known_affected),
        ("first_affected", Said::FirstAffected, &status.first_affected),
        ("last_affected", Said::LastAffected, &status.last_affected),
        ("known_not_affected", Said::NotAffected, &status.known_not_affected),
        ("first_fixed", Said::FirstFixed, &status.first_fixed),
        ("fixed", Said::Fixed, &status.fixed),
        ("recommended", Said::Fixed, &status.recommended),
        ("under_investigation", Said::Unknown, &status.under_investigation),
        ("unknown", Said::Unknown, &status.unknown),
    ]
}

/// What is being gathered about one thing.
struct Gathered {
    affected: Affected,
    /// The rules it has, so that a package built for nine architectures gets one.
    known: FxHashSet<(Status, Versions)>,
    /// The fixed versions it has.
    known_fixed: FxHashSet<String>,
    /// Ends given apart: first affected, last affected, first fixed.
    first: Vec<(String, String)>,
    last: Vec<(String, String)>,
    first_fixed: Vec<String>,
    /// How good the advice is; lower is better.
    advice_rank: usize,
}

/// The affected things of a vulnerability, in the order in which they are first named.
pub(super) fn affected<I: Inbox>(
    vulnerability: &Vulnerability<'_>,
    tree: &Tree<'_>,
    field: &str,
    desk: &mut Desk<'_, I>,
    tally: &mut Tally<'_>,
) -> Result<Vec<Affected>, Fault> {
    let advice = advice(vulnerability, tree, tally)?;
    let mut things: Vec<Gathered> = Vec::new();
    let mut by_subject: FxHashMap<Subject, usize> = FxHashMap::default();
    let mut nameless = 0usize;
    for (group, said, ids) in groups(&vulnerability.product_status) {
        tally.look(ids.len())?;
        for (number, id) in ids.iter().enumerate() {
            let here = || format!("{field}/product_status/{group}/{number}");
            let Some(product) = tree.product(id) else {
                tally.strays.add(id, &here());
                continue;
            };
            // That one part of a platform is fixed or sound says nothing of its other parts.
            if product.stands_in && !said.is_bad() {
                continue;
            }
            let subjects = subjects(product);
            nameless += usize::from(subjects.is_empty());
            for subject in subjects {
                let next = things.len();
                let position = *by_subject.entry(subject.clone()).or_insert(next);
                if position == next {
                    tally.keep(1)?;
                    things.push(Gathered::new(subject, here()));
                }
                let Some(thing) = things.get_mut(position) else { continue };
                let before = thing.affected.rules.len();
                thing.say(said, product, here);
                tally.look(product.versions.len())?;
                tally.keep(thing.affected.rules.len() - before)?;
                thing.advise(id, &advice, vulnerability, desk, tally);
            }
        }
    }
    if nameless > 0 {
        let detail = format!(
            "{nameless} products have a name only; to be found they need a vendor branch and a \
             product branch, a purl or a CPE"
        );
        desk.set_aside(format!("{field}/product_status"), detail);
    }
    // Not collected in place: that would keep the room of what was only needed for gathering.
    let mut finished = Vec::with_capacity(things.len());
    finished.extend(things.into_iter().map(Gathered::finish));
    Ok(finished)
}

/// The names under which a product can be found.
fn subjects(product: &Product) -> Vec<Subject> {
    if let Some(package) = &product.package {
        return vec![Subject::Package(package.clone())];
    }
    let mut found: Vec<Subject> = product.name.clone().map(Subject::Product).into_iter().collect();
    if let Some(cpe) = &product.cpe {
        let name = || ProductName::new(cpe.vendor.as_deref()?, cpe.product.as_deref()?);
        if name().is_none_or(|name| product.name.as_ref() != Some(&name)) {
            found.push(Subject::Cpe(cpe.clone()));
        }
    }
    found
}

/// Whether versions of one release of a distribution are one line: a fix in one is in all later.
fn is_distribution(package: &PackageName) -> bool {
    matches!(
        package.ecosystem.family,
        Family::Rpm(_) | Family::Debian | Family::Ubuntu | Family::Apk(_) | Family::Alpm
    )
}

impl Gathered {
    fn new(subject: Subject, field: String) -> Self {
        let scheme = match &subject {
            Subject::Package(package) => package.ecosystem.scheme(),
            _ => Scheme::Generic,
        };
        let affected = Affected {
            subject,
            scheme,
            rules: Vec::new(),
            otherwise: Status::Unknown,
            fixed: Vec::new(),
            advice: None,
            architectures: Vec::new(),
            field,
        };
        Self {
            affected,
            known: FxHashSet::default(),
            known_fixed: FxHashSet::default(),
            first: Vec::new(),
            last: Vec::new(),
            first_fixed: Vec::new(),
            advice_rank: usize::MAX,
        }
    }

    fn rule(&mut self, status: Status, versions: Versions, field: impl FnOnce() -> String) {
        if self.known.contains(&(status, versions.clone())) {
            return;
        }
        self.known.insert((status, versions.clone()));
        self.affected.rules.push(Rule { status, versions, field: field() });
    }

    /// Takes what one group says of one product.
    fn say(&mut self, said: Said, product: &Product, field: impl Fn() -> String) {
        let in_line = product.package.as_ref().is_some_and(is_distribution);
        for versions in &product.versions {
            match (said, versions) {
                (Said::FirstAffected, Versions::One(version)) => {
                    self.first.push((version.clone(), field()));
                }
                (Said::LastAffected, Versions::One(version)) => {
                    self.last.push((version.clone(), field()));
                }
                (Said::Fixed | Said::FirstFixed, Versions::One(version)) => {
                    self.fix(version, in_line, said, &field);
                }
                (Said::Fixed | Said::FirstFixed | Said::NotAffected, _) => {
                    self.rule(Status::Unaffected, versions.clone(), &field);
                }
                (Said::Affected | Said::FirstAffected | Said::LastAffected, _) => {
                    self.rule(Status::Affected, versions.clone(), &field);
                }
                (Said::Unknown, _) => self.rule(Status::Unknown, versions.clone(), &field),
            }
        }
    }

    /// A fixed version: in a distribution it fixes the line from there on, and what came before
    /// is affected; elsewhere it speaks of itself.
    fn fix(&mut self, version: &str, in_line: bool, said: Said, field: &impl Fn() -> String) {
        if self.known_fixed.insert(version.to_owned()) {
            self.affected.fixed.push(version.to_owned());
        }
        if in_line {
            let high = Bound::Excluding(version.to_owned());
            let before = Versions::Range(Interval { low: Bound::Open, high });
            self.rule(Status::Affected, before, field);
            return;
        }
        if said == Said::FirstFixed {
            self.first_fixed.push(version.to_owned());
            let low = Bound::Including(version.to_owned());
            let from = Versions::Range(Interval { low, high: Bound::Open });
            self.rule(Status::Unaffected, from, field);
        } else {
            self.rule(Status::Unaffected, Versions::One(version.to_owned()), field);
        }
    }

    /// Keeps the best advice for this thing.
    fn advise<I: Inbox>(
        &mut self,
        id: &str,
        advice: &Advice<'_>,
        vulnerability: &Vulnerability<'_>,
        desk: &Desk<'_, I>,
        tally: &mut Tally<'_>,
    ) {
        let best = advice.by_product.get(id).copied().or(advice.for_all);
        let Some((rank, number)) = best.filter(|(rank, _)| *rank < self.advice_rank) else {
            return;
        };
        let Some(remediation) = vulnerability.remediations.get(number) else { return };
        if !tally.copies(remediation.details.len().min(desk.limits.text_bytes)) {
            return;
        }
        self.advice_rank = rank;
        let details = desk.words(&remediation.details);
        self.affected.advice = Some(match &*remediation.category {
            "no_fix_planned" => desk.words(&format!("no fix planned: {details}")),
            "none_available" => desk.words(&format!("no fix available: {details}")),
            _ => details,
        });
    }

    /// Puts ends given apart together and says what holds for the rest.
    fn finish(mut self) -> Affected {
        let (first, last) = (std::mem::take(&mut self.first), std::mem::take(&mut self.last));
        match (first.as_slice(), last.as_slice()) {
            ([], []) => {}
            ([(low, field)], [(high, _)]) => self.run(Some(low), Some(high), field),
            ([(low, field)], []) => self.run(Some(low), None, field),
            ([], [(high, field)]) => self.run(None, Some(high), field),
            _ => {
                // Several lines of versions: which end belongs to which is not said.
                for (version, field) in first.iter().chain(&last) {
                    let versions = Versions::One(version.clone());
                    self.rule(Status::Affected, versions, || field.clone());
                }
            }
        }
        if self.affected.scheme == Scheme::Rpm {
            lines::split(&mut self.affected.rules);
        }
        let bounded = self.affected.rules.iter().any(|rule| {
            rule.status == Status::Affected && matches!(rule.versions, Versions::Range(_))
        });
        if bounded {
            self.affected.otherwise = Status::Unaffected;
        }
        self.affected.rules.shrink_to_fit();
        self.affected
    }

    fn run(&mut self, low: Option<&String>, high: Option<&String>, field: &str) {
        let low = low.map_or(Bound::Open, |low| Bound::Including(low.clone()));
        let high = match (high, self.first_fixed.as_slice()) {
            (Some(high), _) => Bound::Including(high.clone()),
            (None, [fixed]) => Bound::Excluding(fixed.clone()),
            _ => Bound::Open,
        };
        let versions = Versions::Range(Interval { low, high });
        self.rule(Status::Affected, versions, || field.to_owned());
    }
}

/// The best remediation of every product, as rank and position.
struct Advice<'a> {
    by_product: FxHashMap<&'a str, (usize, usize)>,
    for_all: Option<(usize, usize)>,
}

fn advice<'a>(
    vulnerability: &'a Vulnerability<'_>,
    tree: &'a Tree<'_>,
    tally: &mut Tally<'_>,
) -> Result<Advice<'a>, Fault> {
    let mut found = Advice { by_product: FxHashMap::default(), for_all: None };
    for (number, remediation) in vulnerability.remediations.iter().enumerate() {
        let rank = RANKS.iter().position(|known| *known == &*remediation.category);
        let offer = (rank.unwrap_or(RANKS.len()), number);
        if remediation.product_ids.is_empty() && remediation.group_ids.is_empty() {
            found.for_all = Some(found.for_all.map_or(offer, |known| known.min(offer)));
        }
        for id in tree.ids(&remediation.product_ids, &remediation.group_ids, tally)? {
            let best = found.by_product.entry(id).or_insert(offer);
            *best = (*best).min(offer);
        }
    }
    Ok(found)
}

/// Remediations, the most useful first.
const RANKS: [&str; 7] = [
    "vendor_fix",
    "optional_patch",
    "mitigation",
    "workaround",
    "fix_planned",
    "no_fix_planned",
    "none_available",
];
