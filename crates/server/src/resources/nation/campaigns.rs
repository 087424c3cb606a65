//! Campaigns under way: what was asked of whom, what is due next, and how far it is.

use bongsu_authority::NodeCode;
use bongsu_authority::access::Permit;
use bongsu_response::{Act, ActKind, ActState, Case, Clocks, Exploitation};
use bongsu_store::Store;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{rule_of, tables};
use crate::problem::Problem;
use crate::resources::picture::{Command, Count, Counts, drawn};
use crate::wire::{Id, Station, When, Word};

/// A campaign under way.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "CampaignGlance")]
pub(super) struct Campaign {
    /// Its act.
    #[schemars(with = "Id")]
    act: String,
    /// The case it rests on.
    #[schemars(with = "Id")]
    case: String,
    /// Its Korean title.
    title_ko: String,
    /// Its English title.
    title_en: String,
    /// What kind.
    #[schemars(with = "Word<ActKind>")]
    kind: ActKind,
    /// Who issued it.
    #[schemars(with = "Station")]
    issuer: NodeCode,
    /// When.
    #[schemars(with = "Option<When>")]
    issued_at: Option<Timestamp>,
    /// The next of its dates for whoever was addressed at issue; nothing where all are past.
    next: Option<Next>,
    /// How civil institutions stand, as in the picture of the act; nothing where it addresses none.
    counts: Option<Counts>,
    /// How many of them are late.
    late: Count,
    /// A word for each military command it addresses.
    commands: Vec<Command>,
}

/// The case under way that weighs most.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "GravestCase")]
pub(super) struct Gravest {
    /// Which case.
    #[schemars(with = "Id")]
    case: String,
    /// The campaign about it in which most are late.
    #[schemars(with = "Id")]
    act: String,
    /// What the case is called.
    title: String,
    /// Its identifiers, a CVE first.
    identifiers: Vec<String>,
    /// Is it exploited?
    #[schemars(with = "Word<Exploitation>")]
    exploitation: Exploitation,
}

/// The case that weighs most, by what is shown.
pub(super) fn gravest(campaigns: &[Campaign], cases: &[Case]) -> Option<Gravest> {
    let about = |one: &Campaign| cases.iter().find(|case| case.id.to_string() == one.case);
    // The newest come first, and the first of equals is wanted.
    let weighed = campaigns.iter().rev().filter_map(|one| Some((one, about(one)?)));
    let (campaign, case) =
        weighed.max_by_key(|(one, case)| (case.exploitation, one.late.shown(), one.open()))?;
    let mut identifiers: Vec<String> = case.identifiers.iter().cloned().collect();
    identifiers.sort_by_key(|name| !name.starts_with("CVE-"));
    Some(Gravest {
        case: campaign.case.clone(),
        act: campaign.act.clone(),
        title: case.title.clone(),
        identifiers,
        exploitation: case.exploitation,
    })
}

/// What is due next.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "NextDate")]
struct Next {
    /// What.
    owed: Due,
    /// By when.
    #[schemars(with = "When")]
    due: Timestamp,
}

/// What is due.
#[derive(Clone, Copy, Debug, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
enum Due {
    Acknowledgement,
    Assessment,
    Fix,
}

impl Campaign {
    /// How many are open, as far as it is shown.
    fn open(&self) -> u64 {
        self.counts.as_ref().map_or(0, |counts| counts.open().shown())
    }
}

/// Those acts that ask something of somebody now, the newest first.
pub(super) fn under_way(acts: Vec<Act>) -> Vec<Act> {
    let mut acts: Vec<Act> =
        acts.into_iter().filter(|act| act.state == ActState::Issued && act.kind.asks()).collect();
    acts.sort_by_key(|act| (std::cmp::Reverse(act.issued_at), act.id));
    acts
}

/// Campaigns shown at a glance; more are in the list of acts.
const SHOWN: usize = 50;

pub(super) fn all(
    store: &Store,
    permit: &Permit,
    acts: &[Act],
    now: Timestamp,
) -> Result<Vec<Campaign>, Problem> {
    acts.iter().take(SHOWN).map(|act| one(store, permit, act, now)).collect()
}

fn one(store: &Store, permit: &Permit, act: &Act, now: Timestamp) -> Result<Campaign, Problem> {
    let rule = rule_of(permit);
    let picture = drawn(store.picture_rows(permit, act.id)?, rule);
    let late = store.late_count(permit, act.id, now)?;
    Ok(Campaign {
        act: act.id.to_string(),
        case: act.case.to_string(),
        title_ko: act.draft.title_ko.clone(),
        title_en: act.draft.title_en.clone(),
        kind: act.kind,
        issuer: act.draft.issuer.clone(),
        issued_at: act.issued_at,
        next: next(act, now),
        counts: (!picture.rows().is_empty()).then(|| Counts::sum(&picture, |_| true)),
        late: tables::rounded(late, rule).into(),
        commands: Command::all(&picture),
    })
}

fn next(act: &Act, now: Timestamp) -> Option<Next> {
    let clocks = act.clocks?;
    let of = |clocks: Clocks| {
        let Clocks { acknowledge_by, assess_by, fix_by, .. } = clocks;
        [
            Some((acknowledge_by, Due::Acknowledgement)),
            Some((assess_by, Due::Assessment)),
            fix_by.map(|fix_by| (fix_by, Due::Fix)),
        ]
    };
    let dates = [of(clocks.exposed), of(clocks.inside)].into_iter().flatten().flatten();
    let (due, owed) = dates.filter(|(due, _)| *due > now).min_by_key(|(due, _)| *due)?;
    Some(Next { owed, due })
}
