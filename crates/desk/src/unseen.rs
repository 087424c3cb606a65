//! Flaws that somebody has and nobody works on: what to look at next.

use std::collections::BTreeSet;

use bongsu_advisory::VulnerabilityId;
use bongsu_matching::index::{Ask, Scratch, SegmentError, Snapshot};
use bongsu_matching::{Asked, Knowledge};
use bongsu_response::{Case, CaseState};

/// A flaw without a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Unseen {
    /// Its primary name.
    pub flaw: VulnerabilityId,
    /// Systems that are affected.
    pub affected: u64,
    /// Systems about which it cannot be told.
    pub doubtful: u64,
    /// Whether a catalogue says that it is exploited.
    pub exploited: bool,
    /// The forecast, 0 to 1.
    pub forecast: Option<f64>,
}

/// Of these flaws the ones that somebody has, or may have, and no case is about; the most pressing first: exploited, then by
/// systems affected, then by forecast.
///
/// A case that was closed or rejected counts as a case: somebody has looked.
///
/// # Errors
/// The index did not answer.
pub fn unseen<'a>(
    knowledge: &Knowledge,
    snapshot: &Snapshot,
    cases: &[Case],
    flaws: impl IntoIterator<Item = &'a VulnerabilityId>,
) -> Result<Vec<Unseen>, SegmentError> {
    let worked: BTreeSet<&str> = cases
        .iter()
        .filter(|case| case.state != CaseState::Merged)
        .flat_map(|case| case.identifiers.iter().map(String::as_str))
        .collect();
    let mut scratch = Scratch::default();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for name in flaws {
        for flaw in flaws_named(knowledge, name) {
            if !seen.insert(flaw.clone()) || is_worked(knowledge, &flaw, &worked) {
                continue;
            }
            let (affected, doubtful) = held(knowledge, snapshot, &flaw, &mut scratch)?;
            if affected + doubtful > 0 {
                let exploited = knowledge.kev([&flaw]).is_some();
                let forecast = knowledge.epss([&flaw]).map(|score| score.probability);
                found.push(Unseen { flaw, affected, doubtful, exploited, forecast });
            }
        }
    }
    found.sort_by(|a, b| {
        let by_forecast = b.forecast.unwrap_or(0.0).total_cmp(&a.forecast.unwrap_or(0.0));
        (b.exploited, b.affected).cmp(&(a.exploited, a.affected)).then(by_forecast)
    });
    Ok(found)
}

fn flaws_named(knowledge: &Knowledge, name: &VulnerabilityId) -> Vec<VulnerabilityId> {
    let primaries = knowledge.correlation().primary_of(name);
    if primaries.is_empty() { vec![name.clone()] } else { primaries.into_iter().cloned().collect() }
}

fn is_worked(knowledge: &Knowledge, flaw: &VulnerabilityId, worked: &BTreeSet<&str>) -> bool {
    let names = knowledge.correlation().names(flaw).into_iter().flatten();
    names.chain([flaw]).any(|name| worked.contains(name.as_str()))
}

/// Systems affected by a flaw, and systems in doubt.
fn held(
    knowledge: &Knowledge,
    snapshot: &Snapshot,
    flaw: &VulnerabilityId,
    scratch: &mut Scratch,
) -> Result<(u64, u64), SegmentError> {
    let question = knowledge.question(flaw);
    let affected: Vec<Ask<'_>> = question.affected.iter().map(asking).collect();
    let either: Vec<Ask<'_>> = question.affected.iter().chain(&question.open).map(asking).collect();
    if either.is_empty() {
        return Ok((0, 0));
    }
    let sure = snapshot.ask(&affected, scratch)?.affected().systems;
    let all = snapshot.ask(&either, scratch)?;
    let all = all.affected().systems + all.doubtful().systems;
    Ok((sure, all.saturating_sub(sure)))
}

fn asking(asked: &Asked) -> Ask<'_> {
    Ask { key: &asked.key, scheme: asked.scheme, intervals: &asked.intervals }
}
