//! What one feed said, ready to be shared: replacing it leaves what the others said where it is.

use std::sync::Arc;

use bongsu_advisory::{Advisory, EpssScore, KevEntry, Signal, VexStatement, VulnerabilityId};

/// What one feed, or one document of it, said. Cloning shares.
#[derive(Clone, Debug, Default)]
pub struct Part {
    advisories: Vec<Arc<Advisory>>,
    catalogue: Vec<Arc<KevEntry>>,
    scores: Arc<Scores>,
    statements: Vec<Arc<VexStatement>>,
}

/// Forecasts by flaw; small, for there is one for every flaw there is.
#[derive(Clone, Debug, Default)]
pub struct Scores(Vec<EpssScore>);

impl Part {
    /// Everything of one feed.
    pub fn of(signals: impl IntoIterator<Item = Signal>) -> Self {
        let mut part = Self::default();
        for signal in signals {
            part.take(signal);
        }
        part.settle();
        part
    }

    /// Takes in one thing; call [`settle`](Self::settle) after the last.
    pub fn take(&mut self, signal: Signal) {
        match signal {
            Signal::Advisory(mut advisory) => {
                tighten(&mut advisory);
                self.advisories.push(Arc::from(advisory));
            }
            Signal::Kev(row) => self.catalogue.push(Arc::from(row)),
            Signal::Epss(score) => Arc::make_mut(&mut self.scores).0.push(score),
            Signal::Vex(statement) => self.statements.push(Arc::from(statement)),
        }
    }

    /// Brings what was taken in into order and gives back memory.
    pub fn settle(&mut self) {
        self.advisories.shrink_to_fit();
        self.catalogue.shrink_to_fit();
        self.statements.shrink_to_fit();
        if !self.scores.0.is_empty() {
            Arc::make_mut(&mut self.scores).settle();
        }
    }

    /// Adds what another says, sharing it; call [`settle`](Self::settle) after the last.
    pub fn add(&mut self, other: &Self) {
        self.advisories.extend(other.advisories.iter().cloned());
        self.catalogue.extend(other.catalogue.iter().cloned());
        self.statements.extend(other.statements.iter().cloned());
        if self.scores.0.is_empty() {
            self.scores = Arc::clone(&other.scores);
        } else if !other.scores.0.is_empty() {
            Arc::make_mut(&mut self.scores).0.extend(other.scores.0.iter().cloned());
        }
    }

    /// Documents about flaws.
    pub fn advisories(&self) -> &[Arc<Advisory>] {
        &self.advisories
    }

    /// Rows of a catalogue of exploited vulnerabilities.
    pub fn catalogue(&self) -> &[Arc<KevEntry>] {
        &self.catalogue
    }

    /// Forecasts.
    pub fn scores(&self) -> &Arc<Scores> {
        &self.scores
    }

    /// Exploitability statements.
    pub fn statements(&self) -> &[Arc<VexStatement>] {
        &self.statements
    }

    /// How many things were said.
    pub fn len(&self) -> usize {
        self.advisories.len() + self.catalogue.len() + self.scores.len() + self.statements.len()
    }

    /// Whether nothing was.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Gives back room that reading kept for more: a list of one has room for four, and there are a million lists of one.
fn tighten(advisory: &mut Advisory) {
    advisory.aliases.shrink_to_fit();
    advisory.upstream.shrink_to_fit();
    advisory.severity.shrink_to_fit();
    advisory.ssvc.shrink_to_fit();
    advisory.affected.shrink_to_fit();
    for affected in &mut advisory.affected {
        affected.rules.shrink_to_fit();
        affected.fixed.shrink_to_fit();
        affected.architectures.shrink_to_fit();
    }
}

impl Scores {
    /// The forecast for a flaw.
    pub fn of(&self, name: &VulnerabilityId) -> Option<&EpssScore> {
        let at = self.0.binary_search_by(|score| score.vulnerability.cmp(name)).ok()?;
        self.0.get(at)
    }

    /// How many flaws have one.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sorts; of two forecasts for one flaw the later stays.
    fn settle(&mut self) {
        self.0.reverse();
        self.0.sort_by(|a, b| a.vulnerability.cmp(&b.vulnerability));
        self.0.dedup_by(|a, b| a.vulnerability == b.vulnerability);
        self.0.shrink_to_fit();
    }
}
