//! The same judgement over sets: what a component puts into the index, and what a flaw asks of it.
//!
//! [`judge`] answers for one version. Here its rules are laid over the whole line of versions at
//! once: the ends of all ranges about one name cut the line into pieces, each piece is judged as
//! a version in it would be, and pieces with one answer become intervals again. What exploitability
//! statements say of single systems is not in the index; `find` applies it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use bongsu_advisory::{Affected, Rule, Standing, Status, Subject, Versions, VulnerabilityId};
use bongsu_inventory::Component;
use bongsu_package::{
    Bound, Ecosystem, Family, Interval, PackageName, ProductName, Scheme, Version,
};

use crate::findings::{grade_beside, is_open_branch, through};
use crate::index::PackageKey;
use crate::judge::{Judged, judge, judge_by};
use crate::knowledge::{Knowledge, Through, epoch_known, judged_as, package_of};
use crate::rulebook::Rulebook;
use crate::{Answer, Why};

/// Behind the key of an RPM package whose epoch the inventory left out.
const NO_EPOCH: &str = "\u{1f}no-epoch";

/// Behind the key of a product that only a CPE names.
const BY_CPE: &str = "\u{1f}cpe";

/// One row a component puts into the index.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Row {
    /// The name it is asked for by.
    pub key: String,
    /// The order of its versions.
    pub scheme: Scheme,
    /// Its version.
    pub version: Option<String>,
}

/// One name and the versions of it that are meant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Asked {
    /// The name.
    pub key: String,
    /// The order the intervals are meant in.
    pub scheme: Scheme,
    /// The versions.
    pub intervals: Vec<Interval>,
}

/// What one flaw asks of the index.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Question {
    /// Who has a row in here is affected; a row whose version cannot be read leaves it open.
    pub affected: Vec<Asked>,
    /// Who has a row in here, and none above, cannot be told.
    pub open: Vec<Asked>,
}

/// The rows of a component: the same names, in the same order of strength, as
/// [`Knowledge::about`] looks under.
///
/// A package whose files belong to a distribution's package has none: the owner's rows stand for
/// it.
pub fn rows(component: &Component) -> Vec<Row> {
    if component.owner.is_some() {
        return Vec::new();
    }
    let Some(package) = package_of(component) else { return rows_of_products(component) };
    let scheme = package.ecosystem.scheme();
    let end = if epoch_known(component, &package) { "" } else { NO_EPOCH };
    let row = |(name, version)| {
        let named = PackageName { ecosystem: package.ecosystem.clone(), name };
        Row { key: format!("{}{end}", PackageKey::package(&named).as_str()), scheme, version }
    };
    judged_as(component, &package).into_iter().map(row).collect()
}

fn rows_of_products(component: &Component) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut add = |key: String, version: Option<String>| {
        let row = Row { key, scheme: Scheme::Generic, version };
        if !rows.contains(&row) {
            rows.push(row);
        }
    };
    if let Some(product) = &component.product {
        add(PackageKey::product(product).as_str().to_owned(), component.version.clone());
    }
    for cpe in &component.cpes {
        let Some(product) = cpe.product_name() else { continue };
        if component.product.as_ref() != Some(&product) {
            let of_cpe = || cpe.version.clone().filter(|version| version != "-");
            let version = component.version.clone().or_else(of_cpe);
            add(format!("{}{BY_CPE}", PackageKey::product(&product).as_str()), version);
        }
    }
    rows
}

impl Knowledge {
    /// What the flaw with this name asks of the index; empty when nothing that stands speaks of it.
    pub fn question(&self, name: &VulnerabilityId) -> Question {
        let mut primaries = self.correlation().primary_of(name);
        primaries.push(name);
        let mut lines: BTreeMap<(String, Scheme), Vec<Met<'_>>> = BTreeMap::new();
        for (number, advisory) in self.documents_about(&primaries) {
            let about =
                |flaws: Vec<VulnerabilityId>| flaws.iter().any(|flaw| primaries.contains(&flaw));
            let meant = advisory.id == *name || about(self.flaws_of(advisory));
            if advisory.standing != Standing::Valid || !meant {
                continue;
            }
            for entry in &advisory.affected {
                for (key, through, epoch_known) in self.keys(entry) {
                    let line = lines.entry((key, entry.scheme)).or_default();
                    line.push(Met::new(number, entry, through, epoch_known));
                }
            }
        }
        let mut question = Question::default();
        for product in self.products_catalogued(&primaries) {
            let key = PackageKey::product(product).as_str().to_owned();
            for key in [format!("{key}{BY_CPE}"), key] {
                let intervals = vec![Interval::ALL];
                question.open.push(Asked { key, scheme: Scheme::Generic, intervals });
            }
        }
        for ((key, scheme), met) in lines {
            let parts = Parts::of(scheme, &met);
            for (list, intervals) in
                [(&mut question.affected, parts.affected), (&mut question.open, parts.open)]
            {
                if !intervals.is_empty() {
                    list.push(Asked { key: key.clone(), scheme, intervals });
                }
            }
        }
        question
    }

    /// What somebody asks who names a package and versions of it, and no flaw: who runs it. Rows whose release or epoch is
    /// not known leave it open where that matters.
    pub fn question_of_package(&self, package: &PackageName, versions: &Interval) -> Question {
        let (scheme, all) = (package.ecosystem.scheme(), *versions == Interval::ALL);
        let keys = self.keys_of_package(package).into_iter();
        of_keys(
            keys.map(|(key, through, epoch)| (key, through == Through::Package && (epoch || all))),
            scheme,
            versions,
        )
    }

    /// As [`question_of_package`](Self::question_of_package), for a product of a vendor.
    pub fn question_of_product(&self, product: &ProductName, versions: &Interval) -> Question {
        let key = PackageKey::product(product).as_str().to_owned();
        let keys = [(format!("{key}{BY_CPE}"), true), (key, true)];
        of_keys(keys, Scheme::Generic, versions)
    }

    /// The keys under which rows that an entry speaks of can lie, how the two would meet there, and
    /// whether versions there carry their epoch.
    fn keys(&self, entry: &Affected) -> Vec<(String, Through, bool)> {
        let product = match &entry.subject {
            Subject::Package(package) => return self.keys_of_package(package),
            Subject::Product(product) => Some(product.clone()),
            Subject::Cpe(cpe) => cpe.product_name(),
        };
        let key = product.map(|product| PackageKey::product(&product).as_str().to_owned());
        let keys = |key: String| {
            let by_cpe = format!("{key}{BY_CPE}");
            vec![(key, Through::Product, true), (by_cpe, Through::Cpe, true)]
        };
        key.map(keys).unwrap_or_default()
    }

    fn keys_of_package(&self, package: &PackageName) -> Vec<(String, Through, bool)> {
        let theirs = &package.ecosystem;
        let mut keys = Vec::new();
        for (release, through) in self.releases_meant(theirs) {
            let ecosystem = Ecosystem { release, ..theirs.clone() };
            let key = PackageKey::package(&PackageName { ecosystem, name: package.name.clone() });
            let key = key.as_str();
            if matches!(theirs.family, Family::Rpm(_)) {
                keys.push((format!("{key}{NO_EPOCH}"), through.clone(), false));
            }
            keys.push((key.to_owned(), through, true));
        }
        keys
    }

    /// The releases whose rows an entry means: its own, and the rows that do not say theirs; for an
    /// entry without a release all of them.
    fn releases_meant(&self, theirs: &Ecosystem) -> Vec<(Option<String>, Through)> {
        match &theirs.release {
            _ if !theirs.has_releases() => vec![(theirs.release.clone(), Through::Package)],
            Some(release) => vec![
                (Some(release.clone()), Through::Package),
                (None, Through::PackageOfSomeRelease(release.clone())),
            ],
            None => {
                let known = self.releases(&theirs.family).into_iter().chain(plausible_releases());
                let releases = known.map(Some).chain([None]);
                releases.map(|release| (release, Through::Package)).collect()
            }
        }
    }
}

/// One question about these keys; under some of them it is sure that the rows are meant.
fn of_keys(
    keys: impl IntoIterator<Item = (String, bool)>,
    scheme: Scheme,
    versions: &Interval,
) -> Question {
    let mut question = Question::default();
    for (key, sure) in keys {
        let list = if sure { &mut question.affected } else { &mut question.open };
        list.push(Asked { key, scheme, intervals: vec![versions.clone()] });
    }
    question
}

/// Releases that distributions number by one number; an entry without a release means them all.
fn plausible_releases() -> impl Iterator<Item = String> {
    (1..=50).map(|number: u8| number.to_string())
}

/// An entry, and how it meets the rows of one key.
struct Met<'a> {
    /// Position of its document.
    advisory: usize,
    entry: &'a Affected,
    through: Through,
    epoch_known: bool,
    /// The entry's rules, read.
    rulebook: Rulebook,
    /// The entry as it speaks of versions that it does not list.
    between: Affected,
}

impl<'a> Met<'a> {
    fn new(advisory: usize, entry: &'a Affected, through: Through, epoch_known: bool) -> Self {
        let (rulebook, between) = (Rulebook::of(entry), unlisted(entry));
        Self { advisory, entry, through, epoch_known, rulebook, between }
    }

    fn judge(&self, version: &str) -> Judged {
        judge_by(&self.rulebook, self.entry, Some(version), self.epoch_known)
    }
}

/// An entry without the versions it lists: one empty range for each status they have stands for
/// them, since that versions are listed at all says something about the others.
fn unlisted(entry: &Affected) -> Affected {
    let mut seen: Vec<Status> = Vec::new();
    let mut rules = Vec::new();
    for rule in &entry.rules {
        if !matches!(rule.versions, Versions::One(_)) {
            rules.push(rule.clone());
        } else if !seen.contains(&rule.status) {
            seen.push(rule.status);
            rules.push(Rule { versions: Versions::Range(nothing(entry.scheme)), ..rule.clone() });
        }
    }
    Affected {
        subject: entry.subject.clone(),
        scheme: entry.scheme,
        rules,
        otherwise: entry.otherwise,
        fixed: Vec::new(),
        advice: None,
        architectures: Vec::new(),
        field: entry.field.clone(),
    }
}

/// The line of versions of one key, by answer.
#[derive(Debug, Default)]
struct Parts {
    affected: Vec<Interval>,
    open: Vec<Interval>,
}

impl Parts {
    /// Judges the whole line. Versions the order cannot read lie on no piece of it; the index hands
    /// them out as doubtful by itself.
    fn of(scheme: Scheme, met: &[Met<'_>]) -> Self {
        if let [only] = met
            && let Some(plain) = Self::plain(only)
        {
            return plain;
        }
        let mut parts = Self::default();
        let mut low = Bound::Open;
        for point in points(scheme, met) {
            let text = point.text().to_owned();
            let end = Bound::Excluding(text.clone());
            parts.add(gap_answer(scheme, met, &low, &end), Interval { low, high: end.clone() });
            let own = answer(met, |met| met.judge(&text));
            parts.add(own, Interval::point(&text));
            low = end;
        }
        let last = gap_answer(scheme, met, &low, &Bound::Open);
        parts.add(last, Interval { low, high: Bound::Open });
        // A listed text the order cannot read lies nowhere on the line, but it equals itself.
        for text in unreadable(scheme, met) {
            let own = answer(met, |met| met.judge(text));
            parts.add(own, Interval::point(text));
        }
        parts
    }

    /// The common entry: affected versions, everything else unaffected. Its rules are the answer.
    fn plain(met: &Met<'_>) -> Option<Self> {
        let entry = met.entry;
        let plain = met.through == Through::Package
            && met.epoch_known
            && entry.otherwise == Status::Unaffected
            && entry.rules.iter().all(|rule| rule.status == Status::Affected);
        let mut affected = Vec::with_capacity(entry.rules.len());
        for rule in entry.rules.iter().filter(|_| plain) {
            match &rule.versions {
                Versions::One(text) => affected.push(Interval::point(text)),
                Versions::Range(range) => affected.push(range.clone()),
                Versions::All | Versions::Commits | Versions::Words(_) => return None,
            }
        }
        plain.then_some(Self { affected, open: Vec::new() })
    }

    /// Adds a piece, grown onto the one before it when they meet.
    fn add(&mut self, answer: Answer, piece: Interval) {
        let list = match answer {
            Answer::Affected => &mut self.affected,
            Answer::CannotTell => &mut self.open,
            Answer::NotAffected => return,
        };
        match list.last_mut().filter(|last| meets(&last.high, &piece.low)) {
            Some(last) => last.high = piece.high,
            None => list.push(piece),
        }
    }
}

/// Whether a piece that ends here and one that begins there leave nothing between them.
fn meets(high: &Bound, low: &Bound) -> bool {
    match (high, low) {
        (Bound::Excluding(end), Bound::Including(begin))
        | (Bound::Including(end), Bound::Excluding(begin)) => end == begin,
        _ => false,
    }
}

/// The answer all entries together give where `judged` says what each of them does.
fn answer(met: &[Met<'_>], judged: impl Fn(&Met<'_>) -> Judged) -> Answer {
    let say =
        |met: &Met<'_>| (met.advisory, through(&met.through, &met.entry.subject, judged(met)));
    let said: Vec<(usize, Judged)> = met.iter().map(say).collect();
    let is_doubted = |advisory: usize| {
        said.iter().any(|(other, judged)| *other == advisory && is_open_branch(&judged.why))
    };
    let gravest = said.iter().max_by_key(|(advisory, judged)| {
        let doubted = judged.answer == Answer::NotAffected && is_doubted(*advisory);
        grade_beside(judged.answer, &judged.why, doubted)
    });
    gravest.map_or(Answer::NotAffected, |(_, judged)| judged.answer)
}

/// The answer for the versions strictly between two neighbouring points.
///
/// No rule for a single version is met there, and a range holds all of them or none: so each range
/// is made all or nothing, and any readable version stands for the gap.
fn gap_answer(scheme: Scheme, met: &[Met<'_>], low: &Bound, high: &Bound) -> Answer {
    answer(met, |met| {
        let mut inside = met.between.clone();
        let mut epoch_decides = None;
        for rule in &mut inside.rules {
            let Versions::Range(range) = &rule.versions else { continue };
            let own = (!met.epoch_known).then_some(0);
            let held = covers(scheme, range, low, high, own);
            if let Some(epoch) = epoch_of(range).filter(|_| !met.epoch_known)
                && covers(scheme, range, low, high, Some(epoch)) != held
            {
                epoch_decides.get_or_insert_with(|| range.clone());
                rule.versions = Versions::Range(nothing(scheme));
                continue;
            }
            rule.versions = Versions::Range(match held {
                Some(true) => Interval::ALL,
                Some(false) => nothing(scheme),
                None => unclear(scheme, range),
            });
        }
        let mut judged = judge(&inside, Some(stand_in(scheme)), true);
        let in_another = matches!(judged.why, Why::InRange { status: Status::Affected, .. });
        if let Some(range) = epoch_decides.filter(|_| !in_another) {
            let bound = range.high.text().or(range.low.text()).unwrap_or_default().to_owned();
            judged.answer = Answer::CannotTell;
            judged.why = Why::EpochMissing { bound };
        }
        judged
    })
}

/// Whether a range holds every version of a gap, or none; `None` when an end that decides cannot
/// be read. With `epoch`, as if every version of the gap had it.
///
/// The gap's ends are neighbouring points, so no end of the range lies between them.
fn covers(
    scheme: Scheme,
    range: &Interval,
    low: &Bound,
    high: &Bound,
    epoch: Option<u64>,
) -> Option<bool> {
    let below = side(scheme, &range.low, low, epoch, Ordering::Greater);
    let above = side(scheme, &range.high, high, epoch, Ordering::Less);
    match (below, above) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Whether a range's end leaves the gap inside, given the gap's end on the same side; `beyond` is
/// where the range's end would lie if it did not.
fn side(
    scheme: Scheme,
    end: &Bound,
    gap: &Bound,
    epoch: Option<u64>,
    beyond: Ordering,
) -> Option<bool> {
    let Some(end) = end.text() else { return Some(true) };
    let read = scheme.parse(end).ok()?;
    let Some(gap) = gap.text() else {
        // An open gap goes on past every point, but not past the versions of its epoch.
        let inside = |epoch: u64| epoch_number(end).cmp(&epoch) == beyond.reverse();
        return Some(epoch.is_some_and(inside));
    };
    let gap = match epoch {
        Some(epoch) => scheme.parse(&format!("{epoch}:{gap}")).ok()?,
        None => scheme.parse(gap).ok()?,
    };
    Some(read.compare(&gap)? != beyond)
}

/// The epoch of the range's first end that has one above zero.
fn epoch_of(range: &Interval) -> Option<u64> {
    let ends = [&range.low, &range.high].into_iter().filter_map(Bound::text);
    ends.map(epoch_number).find(|epoch| *epoch > 0)
}

fn epoch_number(text: &str) -> u64 {
    text.split_once(':').and_then(|(epoch, _)| epoch.parse().ok()).unwrap_or(0)
}

/// Every version a rule names and the order can read, ascending, each once.
fn points(scheme: Scheme, met: &[Met<'_>]) -> Vec<Version> {
    let mut points: Vec<Version> = Vec::new();
    for met in met {
        for rule in &met.entry.rules {
            let texts: Vec<&str> = match &rule.versions {
                Versions::One(text) => vec![text],
                Versions::Range(range) => {
                    [&range.low, &range.high].into_iter().filter_map(Bound::text).collect()
                }
                _ => continue,
            };
            for text in texts {
                // Rows without an epoch all lie where the epoch is zero.
                let rest = text.split_once(':').filter(|_| !met.epoch_known);
                points.extend(scheme.parse(rest.map_or(text, |(_, rest)| rest)).ok());
            }
        }
    }
    points.sort_by(|a, b| a.sort_key().cmp(b.sort_key()));
    points.dedup_by(|a, b| a.sort_key() == b.sort_key());
    points
}

/// Every listed version text that the order cannot read, each once.
fn unreadable<'a>(scheme: Scheme, met: &[Met<'a>]) -> BTreeSet<&'a str> {
    let rules = met.iter().flat_map(|met| &met.entry.rules);
    let listed = rules.filter_map(|rule| match &rule.versions {
        Versions::One(text) => Some(text.as_str()),
        _ => None,
    });
    listed.filter(|text| scheme.parse(text).is_err()).collect()
}

/// A version the order can read.
fn stand_in(scheme: Scheme) -> &'static str {
    if scheme == Scheme::Datetime { "2020-01-01T00:00:00Z" } else { "1.0" }
}

/// A range that holds no version.
fn nothing(scheme: Scheme) -> Interval {
    let text = stand_in(scheme).to_owned();
    Interval { low: Bound::Excluding(text.clone()), high: Bound::Excluding(text) }
}

/// A range of which nobody can say whether it holds a version: its own end that cannot be read.
fn unclear(scheme: Scheme, range: &Interval) -> Interval {
    let ends = [&range.low, &range.high].into_iter().filter_map(Bound::text);
    let unreadable = ends.into_iter().find(|end| scheme.parse(end).is_err()).unwrap_or_default();
    Interval { low: Bound::Including(unreadable.to_owned()), high: Bound::Open }
}
