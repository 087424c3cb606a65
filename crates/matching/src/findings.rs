//! All entries about one component, brought to one answer a flaw.

use std::collections::{BTreeMap, BTreeSet};

use bongsu_advisory::{
    Advisory, EpssScore, KevEntry, Severity, Standing, Subject, VexAnswer, VexStatement,
    VulnerabilityId,
};
use bongsu_inventory::{Component, Inventory};
use bongsu_package::Cpe;

use crate::judge::Judged;
use crate::knowledge::{Speaking, Through, package_of};
use crate::statements::{Held, holding};
use crate::{Answer, Knowledge, Reason, Why};

/// One flaw and one component, with the answer and everything that led to it.
#[derive(Clone, Debug)]
pub struct Finding<'a> {
    /// Position in [`Inventory::components`].
    pub component: usize,
    /// The flaw's primary name: its CVE where there is one.
    pub vulnerability: VulnerabilityId,
    /// Its other names.
    pub aliases: BTreeSet<VulnerabilityId>,
    /// The answer.
    pub answer: Answer,
    /// What decided.
    pub reason: Reason,
    /// Everything else that was weighed, in the order of weight; the deciding reason is not in it.
    pub weighed: Vec<(Answer, Reason)>,
    /// Versions that fix it and are newer than the component's, the nearest first; from the source
    /// that decided, else from any.
    pub fixed: Vec<String>,
    /// The kind of notice, when every source that decided says it is a notice and no flaw.
    pub informational: Option<&'a str>,
    /// What it is, in one line.
    pub summary: &'a str,
    /// How bad, by the gravest of the sources that speak of it.
    pub severity: Option<&'a Severity>,
    /// Its row in the catalogue of exploited vulnerabilities.
    pub kev: Option<&'a KevEntry>,
    /// Its forecast.
    pub epss: Option<&'a EpssScore>,
}

impl Finding<'_> {
    /// Whether a person should see this without asking for everything: it is affected, open, or a
    /// statement or a withdrawal made it *not affected*.
    pub fn is_news(&self) -> bool {
        self.answer != Answer::NotAffected
            || matches!(
                self.reason.why,
                Why::Statement { .. }
                    | Why::Withdrawn
                    | Why::Rejected
                    | Why::OwnedByDistribution { .. }
            )
    }
}

/// The findings of one inventory, by component and then by name.
pub type Findings<'a> = Vec<Finding<'a>>;

/// How much to find.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Depth {
    /// What a person should see: see [`Finding::is_news`].
    News,
    /// Also what is plainly not affected; an old package can have thousands of those.
    All,
}

/// Finds what the knowledge says of every component of an inventory.
///
/// `document` is the name under which the inventory was read; statements that point at a component
/// by reference hold in their own document only.
pub fn find<'a>(
    knowledge: &'a Knowledge,
    inventory: &Inventory,
    document: &str,
    depth: Depth,
) -> Findings<'a> {
    find_each(knowledge, inventory, document, depth).flatten().collect()
}

/// As [`find`], one component after the other, for whoever must be able to stop in between.
pub fn find_each<'a, 'i>(
    knowledge: &'a Knowledge,
    inventory: &'i Inventory,
    document: &'i str,
    depth: Depth,
) -> impl Iterator<Item = Findings<'a>> + use<'a, 'i> {
    inventory.components.iter().enumerate().map(move |(number, component)| {
        let mut findings = Findings::new();
        let matter = Matter { knowledge, inventory, document, number, component };
        matter.findings(depth, &mut findings);
        findings
    })
}

/// One component under question.
struct Matter<'k, 'i> {
    knowledge: &'k Knowledge,
    inventory: &'i Inventory,
    document: &'i str,
    number: usize,
    component: &'i Component,
}

/// What one entry says.
struct Voice<'k> {
    speaking: Speaking<'k>,
    judged: Judged,
}

impl<'k> Voice<'k> {
    /// What an entry says of the component; `None` when it speaks of other versions only.
    fn of(speaking: Speaking<'k>) -> Option<Self> {
        let entry = speaking.affected;
        let judged = through(&speaking.through, &entry.subject, speaking.judge());
        let judged = standing(speaking.advisory, judged);
        (judged.why != Why::Silent).then_some(Self { speaking, judged })
    }

    fn advisory(&self) -> &'k Advisory {
        self.speaking.advisory
    }

    fn reason(&self) -> Reason {
        let mut place = self.advisory().place.clone();
        // Some readers name the rule from the document's root, others from the advisory's place.
        let front = place.field.take().filter(|front| !self.judged.field.starts_with(&**front));
        place.field = Some(format!("{}{}", front.unwrap_or_default(), self.judged.field));
        Reason {
            why: self.judged.why.clone(),
            asserter: self.advisory().asserter.clone(),
            place,
            version: self.speaking.version.clone(),
        }
    }

    /// Whether it alone leaves nothing to show.
    fn is_quiet(&self) -> bool {
        self.judged.answer == Answer::NotAffected
            && !matches!(self.judged.why, Why::Withdrawn | Why::Rejected)
    }
}

impl<'k> Matter<'k, '_> {
    fn findings(&self, depth: Depth, findings: &mut Findings<'k>) {
        let voices: Vec<Voice<'k>> =
            self.knowledge.about(self.component).into_iter().filter_map(Voice::of).collect();
        let mut flaws: BTreeMap<VulnerabilityId, Vec<&Voice<'k>>> = BTreeMap::new();
        let unstated = self.knowledge.statements.is_empty();
        let is_package = package_of(self.component).is_some();
        for voice in &voices {
            // Where only news is wanted, a flaw of which every voice is quiet is never looked at;
            // but what advisories say of a product must be known to judge the catalogue's rows.
            if depth == Depth::News && unstated && is_package && voice.is_quiet() {
                continue;
            }
            for name in self.knowledge.flaws_of(voice.advisory()) {
                flaws.entry(name).or_default();
            }
        }
        let heard = if flaws.is_empty() { &[] } else { voices.as_slice() };
        for voice in heard {
            for name in self.knowledge.flaws_of(voice.advisory()) {
                if let Some(heard) = flaws.get_mut(&name) {
                    heard.push(voice);
                }
            }
        }
        let statements = &self.knowledge.statements;
        let held = if unstated {
            Held::default()
        } else {
            statements.about(self.inventory, self.document, self.component)
        };
        let found = flaws.into_iter().map(|(name, heard)| self.finding(&name, heard, &held));
        let mut found: Findings<'k> = found.collect();
        self.catalogued(&held, &mut found);
        self.stated_only(&held, &mut found);
        findings.extend(found.into_iter().filter(|one| depth == Depth::All || one.is_news()));
    }

    fn finding(
        &self,
        name: &VulnerabilityId,
        mut voices: Vec<&Voice<'k>>,
        held: &Held<'k>,
    ) -> Finding<'k> {
        let open = voices.iter().filter(|voice| is_open_branch(&voice.judged.why));
        let doubtful: Vec<&Advisory> = open.map(|voice| voice.advisory()).collect();
        voices.sort_by_key(|voice| {
            let doubted = doubtful.iter().any(|one| std::ptr::eq(*one, voice.advisory()));
            std::cmp::Reverse(weight(voice, doubted))
        });
        let correlated = self.knowledge.correlation().names(name);
        let mut aliases: BTreeSet<_> = correlated.into_iter().flatten().cloned().collect();
        aliases.extend(voices.iter().map(|voice| voice.advisory().id.clone()));
        aliases.remove(name);
        let names = || aliases.iter().chain([name]);
        let deciding = voices[0];
        let same = |voice: &&&Voice<'_>| voice.judged.answer == deciding.judged.answer;
        let fixed = voices.iter().filter(same).chain(&voices).map(|voice| voice.speaking.fixed());
        let fixed = fixed.into_iter().find(|fixed| !fixed.is_empty()).unwrap_or_default();
        let summaries = voices.iter().map(|voice| voice.advisory().summary.as_str());
        let mut finding = Finding {
            component: self.number,
            answer: deciding.judged.answer,
            reason: deciding.reason(),
            weighed: voices[1..].iter().map(|v| (v.judged.answer, v.reason())).collect(),
            fixed: fixed.into_iter().map(str::to_owned).collect(),
            informational: informational(&voices),
            summary: summaries.into_iter().find(|summary| !summary.is_empty()).unwrap_or(""),
            severity: gravest(voices.iter().filter(same).flat_map(|v| &v.advisory().severity))
                .or_else(|| gravest(voices.iter().flat_map(|v| &v.advisory().severity))),
            kev: self.knowledge.kev(names()),
            epss: self.knowledge.epss(names()),
            vulnerability: name.clone(),
            aliases: BTreeSet::new(),
        };
        self.owned(&mut finding);
        if let Some(statement) = held.holding(names()) {
            state(&mut finding, statement);
        }
        finding.aliases = aliases;
        finding
    }

    /// What the catalogue of exploited vulnerabilities names and no advisory speaks of: a product
    /// that attackers are known to use is a candidate, whatever its version.
    fn catalogued(&self, held: &Held<'k>, findings: &mut Findings<'k>) {
        if package_of(self.component).is_some() {
            return;
        }
        let by_cpe = self.component.cpes.iter().filter_map(Cpe::product_name);
        let products: BTreeSet<_> = self.component.product.iter().cloned().chain(by_cpe).collect();
        for row in products.iter().flat_map(|product| self.knowledge.catalogued(product)) {
            let name = &row.vulnerability;
            let mut told = findings.iter().rev().take_while(|f| f.component == self.number);
            if told.any(|found| found.vulnerability == *name) {
                continue;
            }
            let correlated = self.knowledge.correlation().names(name);
            let mut aliases: BTreeSet<_> = correlated.into_iter().flatten().cloned().collect();
            aliases.remove(name);
            let names = || aliases.iter().chain([name]);
            let mut finding = Finding {
                component: self.number,
                vulnerability: name.clone(),
                answer: Answer::CannotTell,
                reason: Reason {
                    why: Why::CatalogueOnly,
                    asserter: "KEV".to_owned(),
                    place: row.place.clone(),
                    version: self.component.version.clone(),
                },
                weighed: Vec::new(),
                fixed: Vec::new(),
                informational: None,
                summary: &row.name,
                severity: None,
                kev: Some(row),
                epss: self.knowledge.epss(names()),
                aliases: BTreeSet::new(),
            };
            if let Some(statement) = held.holding(names()) {
                state(&mut finding, statement);
            }
            finding.aliases = aliases;
            findings.push(finding);
        }
    }

    /// Files that belong to a distribution package are judged by the distribution.
    fn owned(&self, finding: &mut Finding<'_>) {
        let owner = self.component.owner.and_then(|at| self.inventory.components.get(at as usize));
        let Some(owner) = owner else { return };
        if finding.answer == Answer::NotAffected {
            return;
        }
        let known = package_of(owner).is_some_and(|package| self.knowledge.knows(&package));
        let version = owner.version.as_deref().unwrap_or("");
        let why = Why::OwnedByDistribution { owner: format!("{} {version}", owner.name), known };
        let reason = Reason { why, ..finding.reason.clone() };
        let answer = if known { Answer::NotAffected } else { Answer::CannotTell };
        overrule(finding, answer, reason);
    }

    /// Statements about flaws that no advisory speaks of here.
    fn stated_only(&self, held: &Held<'k>, findings: &mut Findings<'k>) {
        let mut untold: BTreeMap<VulnerabilityId, Vec<&'k VexStatement>> = BTreeMap::new();
        for statement in held.all() {
            let primaries = self.knowledge.correlation().primary_of(&statement.vulnerability);
            let name = primaries.first().map_or(&statement.vulnerability, |name| *name);
            let told = |finding: &&Finding<'_>| {
                finding.component == self.number
                    && (finding.vulnerability == *name || finding.aliases.contains(name))
            };
            if findings.iter().rev().take_while(|f| f.component == self.number).any(|f| told(&f)) {
                continue;
            }
            untold.entry(name.clone()).or_default().push(statement);
        }
        for (name, statements) in untold {
            let Some(statement) = holding(statements.into_iter()) else { continue };
            let names = [&name];
            findings.push(Finding {
                component: self.number,
                aliases: statement
                    .aliases
                    .iter()
                    .filter(|alias| **alias != name)
                    .cloned()
                    .collect(),
                answer: stated(statement.answer),
                reason: reason_of(statement),
                weighed: Vec::new(),
                fixed: Vec::new(),
                informational: None,
                summary: "",
                severity: None,
                kev: self.knowledge.kev(names),
                epss: self.knowledge.epss(names),
                vulnerability: name,
            });
        }
    }
}

/// Sorts what sources say; a flaw outranks a notice.
fn weight(voice: &Voice<'_>, doubted: bool) -> (u8, bool) {
    let grade = grade_beside(voice.judged.answer, &voice.judged.why, doubted);
    (grade, voice.advisory().informational.is_none())
}

/// Whether an entry may say *affected* and only the order or the release stands in between.
pub(crate) fn is_open_branch(why: &Why) -> bool {
    matches!(why, Why::Unreadable { .. } | Why::ReleaseUnknown { .. })
}

/// As [`grade`], for an entry whose document has an open branch in another entry (`doubted`): what
/// one entry leaves over says nothing of the branch the other is about.
pub(crate) fn grade_beside(answer: Answer, why: &Why, doubted: bool) -> u8 {
    match (answer, why) {
        (Answer::NotAffected, Why::Otherwise { .. }) if doubted => 1,
        _ => grade(answer, why),
    }
}

/// The grade of one source's word: *affected* first; then a decision over an open answer, for a
/// source that could compare knows more than one that could not. Withdrawn documents come last.
fn grade(answer: Answer, why: &Why) -> u8 {
    match (answer, why) {
        (_, Why::Withdrawn | Why::Rejected | Why::Silent) => 0,
        (Answer::Affected, _) => 5,
        (Answer::CannotTell, Why::EpochMissing { .. } | Why::Contradicted) => 4,
        (Answer::NotAffected, _) => 3,
        (Answer::CannotTell, Why::CommitsOnly | Why::WordsOnly { .. } | Why::UnboundedCpe) => 1,
        (Answer::CannotTell, _) => 2,
    }
}

/// Weakens a judgement by how component and entry met.
pub(crate) fn through(met: &Through, subject: &Subject, judged: Judged) -> Judged {
    let open = |why| Judged { answer: Answer::CannotTell, why, field: judged.field.clone() };
    let unbounded = matches!(judged.why, Why::AllVersions { .. } | Why::Otherwise { .. });
    let by_cpe = *met == Through::Cpe || matches!(subject, Subject::Cpe(_));
    match met {
        Through::PackageOfSomeRelease(release) if judged.answer != Answer::NotAffected => {
            open(Why::ReleaseUnknown { release: release.clone() })
        }
        _ if by_cpe && unbounded && judged.answer == Answer::Affected => open(Why::UnboundedCpe),
        _ => judged,
    }
}

/// Takes a judgement back when its document no longer stands.
fn standing(advisory: &Advisory, judged: Judged) -> Judged {
    let why = match advisory.standing {
        Standing::Valid => return judged,
        Standing::Withdrawn { .. } => Why::Withdrawn,
        Standing::Rejected => Why::Rejected,
    };
    if judged.answer == Answer::NotAffected {
        return judged;
    }
    Judged { answer: Answer::NotAffected, why, field: judged.field }
}

/// Lets a statement change the answer; what it overruled stays visible among the weighed.
fn state(finding: &mut Finding<'_>, statement: &VexStatement) {
    if statement.answer == VexAnswer::UnderInvestigation && finding.answer == Answer::Affected {
        // Looking into it does not make it safe: the answer stays, the statement is shown.
        finding.weighed.insert(0, (Answer::CannotTell, reason_of(statement)));
        return;
    }
    overrule(finding, stated(statement.answer), reason_of(statement));
}

fn overrule(finding: &mut Finding<'_>, answer: Answer, reason: Reason) {
    let before = (finding.answer, std::mem::replace(&mut finding.reason, reason));
    finding.weighed.insert(0, before);
    finding.answer = answer;
}

fn stated(answer: VexAnswer) -> Answer {
    match answer {
        VexAnswer::NotAffected | VexAnswer::Fixed => Answer::NotAffected,
        VexAnswer::Affected => Answer::Affected,
        VexAnswer::UnderInvestigation => Answer::CannotTell,
    }
}

fn reason_of(statement: &VexStatement) -> Reason {
    let says = match statement.answer {
        VexAnswer::NotAffected => "not_affected",
        VexAnswer::Affected => "affected",
        VexAnswer::Fixed => "fixed",
        VexAnswer::UnderInvestigation => "under_investigation",
    };
    let words = statement.justification.clone().or_else(|| statement.words.clone());
    Reason {
        why: Why::Statement { says, justification: words },
        asserter: statement.asserter.clone(),
        place: statement.place.clone(),
        version: None,
    }
}

/// The notice kind, when every standing voice that says *affected* is a notice.
fn informational<'k>(voices: &[&Voice<'k>]) -> Option<&'k str> {
    let mut kind = None;
    let deciding = voices.first()?.judged.answer;
    for voice in voices.iter().filter(|voice| voice.judged.answer == deciding) {
        kind = Some(voice.advisory().informational.as_deref()?);
    }
    kind
}

/// The gravest severity: by rating, then by score.
fn gravest<'k>(severities: impl Iterator<Item = &'k Severity>) -> Option<&'k Severity> {
    severities.max_by(|a, b| {
        let score = |s: &Severity| s.score.unwrap_or(-1.0);
        a.rating.cmp(&b.rating).then(score(a).total_cmp(&score(b)))
    })
}
