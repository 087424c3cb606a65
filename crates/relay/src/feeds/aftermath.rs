//! After a change: what is exploited now is said in every case it concerns, and what nobody works on is found.

use std::collections::BTreeSet;

use bongsu_advisory::{KevEntry, VulnerabilityId};
use bongsu_authority::{CaseId, Grade, Label, NodeCode, Tlp};
use bongsu_desk::unseen::{Unseen, unseen};
use bongsu_desk::{Change, Desk, Known, Who};
use bongsu_matching::Knowledge;
use bongsu_matching::index::Snapshot;
use bongsu_response::{Case, CaseState, CaseWish, Engine, Exploitation, Opening, Origin, Wish};
use bongsu_store::Error;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// What followed from a change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Aftermath {
    /// Cases in which exploitation was recorded, so that their clocks shortened.
    pub exploited: Vec<CaseId>,
    /// Cases that were opened: exploited, held by somebody, and new.
    pub opened: Vec<CaseId>,
    /// Flaws of this change that somebody holds and no case is about, the most pressing first.
    pub unseen: Vec<Unseen>,
}

/// What it takes to find the systems that hold a flaw.
pub struct Nation<'n> {
    /// The index as it stands.
    pub snapshot: &'n Snapshot,
    /// In whose name cases are opened; without, people do it.
    pub coordinator: Option<&'n NodeCode>,
}

/// Does what follows from a change of what is known; doing it again is harmless.
///
/// # Errors
/// The store did not take it; what was recorded before stays.
pub fn follow(
    desk: &Desk,
    known: &Known,
    change: &Change,
    nation: Option<&Nation<'_>>,
    now: Timestamp,
) -> Result<Aftermath, Error> {
    let mut after = Aftermath::default();
    let feed = Who::Engine(Engine::Feed);
    // Every open case each time: what could not be recorded last time is recorded now.
    let cases = desk.cases(feed, now)?;
    for case in &cases {
        if told(desk, &known.knowledge, case, now)? {
            after.exploited.push(case.id);
        }
    }
    let Some(nation) = nation else { return Ok(after) };
    let flaws = change.new_kev.iter().chain(&change.changed).take(MOST_FLAWS);
    let found = match unseen(&known.knowledge, nation.snapshot, &cases, flaws) {
        Ok(found) => found,
        Err(error) => {
            tracing::warn!(%error, "the index did not say who holds what feeds brought");
            return Ok(after);
        }
    };
    for flaw in found {
        let row = known.knowledge.kev([&flaw.flaw]).filter(|row| is_fresh(row, now));
        match (row, nation.coordinator) {
            (Some(row), Some(coord)) if after.opened.len() < MOST_OPENED => {
                match open(desk, known, &flaw.flaw, row, coord, now)? {
                    Some(case) => after.opened.push(case),
                    None => after.unseen.push(flaw),
                }
            }
            _ => after.unseen.push(flaw),
        }
    }
    Ok(after)
}

/// Says in a case that it is exploited, where the catalogue says so and the case does not know it yet; says whether it
/// was news.
///
/// # Errors
/// The store did not take it.
pub fn told(
    desk: &Desk,
    knowledge: &Knowledge,
    case: &Case,
    now: Timestamp,
) -> Result<bool, Error> {
    exploited(knowledge, case).map_or(Ok(false), |row| say(desk, case.id, row, now))
}

/// The catalogue's row about a case that does not know of it yet.
fn exploited<'k>(knowledge: &'k Knowledge, case: &Case) -> Option<&'k KevEntry> {
    let over = matches!(case.state, CaseState::Merged | CaseState::Closed);
    if over || case.exploitation == Exploitation::Active {
        return None;
    }
    let own = case.identifiers.iter().filter_map(|name| name.parse::<VulnerabilityId>().ok());
    own.into_iter().find_map(|name| {
        let flaws = knowledge.correlation().primary_of(&name);
        knowledge.kev([&name]).or_else(|| knowledge.kev(flaws))
    })
}

/// Records that a case is exploited; not where a feed may not, such as in a case that is not public.
fn say(desk: &Desk, case: CaseId, row: &KevEntry, now: Timestamp) -> Result<bool, Error> {
    let wish = CaseWish::Exploit {
        exploitation: Exploitation::Active,
        since: since(row).unwrap_or(now),
        said_by: SAID_BY.to_owned(),
    };
    let wish = Wish::Case { case, wish };
    match desk.record(Who::Engine(Engine::Feed), wish, now) {
        Ok(receipt) => Ok(receipt.entries > 0),
        Err(Error::Refused(_) | Error::Denied(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Opens a case about what the catalogue names and somebody holds.
fn open(
    desk: &Desk,
    known: &Known,
    flaw: &VulnerabilityId,
    row: &KevEntry,
    coord: &NodeCode,
    now: Timestamp,
) -> Result<Option<CaseId>, Error> {
    let names = known.knowledge.correlation().names(flaw).into_iter().flatten();
    let identifiers: BTreeSet<String> =
        names.chain([flaw, &row.vulnerability]).map(|name| name.as_str().to_owned()).collect();
    let opening = Opening {
        title: if row.name.is_empty() { flaw.as_str().to_owned() } else { row.name.clone() },
        summary: row.action.clone(),
        identifiers,
        origin: Origin::Feed,
        coord: coord.clone(),
        label: Label { tlp: Tlp::Green, grade: Grade::Open },
        public: true,
    };
    let case = CaseId(desk.draw());
    match desk.record(Who::Engine(Engine::Feed), Wish::OpenCase { case, opening }, now) {
        Ok(_) => say(desk, case, row, now).map(|_| Some(case)),
        Err(Error::Refused(_) | Error::Denied(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a row is news and no history: a first load of the catalogue opens no thousand cases.
fn is_fresh(row: &KevEntry, now: Timestamp) -> bool {
    let oldest = now.to_zoned(TimeZone::UTC).checked_sub(FRESH_DAYS.days());
    let oldest = oldest.map(|oldest| oldest.date());
    oldest.is_ok_and(|oldest| row.added.is_some_and(|added| added >= oldest))
}

fn since(row: &KevEntry) -> Option<Timestamp> {
    Some(row.added?.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// Who says so, in the record.
pub const SAID_BY: &str = "CISA KEV";

/// A row this old was known to people before this node knew it.
const FRESH_DAYS: i32 = 30;

/// Cases opened after one change; the rest waits for people.
const MOST_OPENED: usize = 20;

/// Flaws of one change that the index is asked about.
const MOST_FLAWS: usize = 5_000;
