//! How a case is shown.

use std::collections::BTreeSet;

use bongsu_authority::{Domain, NodeCode, PersonId, Size};
use bongsu_response::picture::{Row, Shown, Standing};
use bongsu_response::priority::{self, Decision};
use bongsu_response::{
    Act, ActKind, ActState, Case, CaseState, Exploitation, Exposure, Fix, Impact, Lift, Member,
    Mission, Origin,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::resources::picture::Count;
use crate::wire::{Goes, Id, Station, When, Word};

/// A case in a list.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "CaseBrief")]
pub(super) struct Brief {
    /// Its id.
    #[schemars(with = "Id")]
    id: String,
    /// One line.
    title: String,
    /// Its identifiers.
    identifiers: BTreeSet<String>,
    /// Where it stands.
    #[schemars(with = "Word<CaseState>")]
    state: CaseState,
    /// Is it exploited?
    #[schemars(with = "Word<Exploitation>")]
    exploitation: Exploitation,
    /// Is there a remedy?
    #[schemars(with = "Word<Fix>")]
    fix: Fix,
    /// The coordinator that works it.
    #[schemars(with = "Station")]
    coord: NodeCode,
    /// Is it public?
    public: bool,
    /// When it was opened.
    #[schemars(with = "When")]
    opened_at: Timestamp,
    /// Log entries that changed it.
    version: u64,
    /// The step that one person proposed and the caller may decide as the second.
    decide: Option<&'static str>,
}

impl Brief {
    pub(super) fn of(case: &Case, decide: Option<&'static str>) -> Self {
        Self {
            id: case.id.to_string(),
            title: case.title.clone(),
            identifiers: case.identifiers.clone(),
            state: case.state,
            exploitation: case.exploitation,
            fix: case.fix,
            coord: case.coord.clone(),
            public: case.public,
            opened_at: case.opened_at,
            version: case.version,
            decide,
        }
    }
}

/// A case whole.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "Case")]
pub(super) struct Whole {
    /// As it stands in lists.
    #[serde(flatten)]
    brief: Brief,
    /// A paragraph.
    summary: String,
    /// Where it came from.
    #[schemars(with = "Word<Origin>")]
    origin: Origin,
    /// How far it may go.
    label: Goes,
    /// Into which it was merged.
    #[schemars(with = "Option<Id>")]
    merged_into: Option<String>,
    /// Since when it is exploited.
    #[schemars(with = "Option<When>")]
    exploited_since: Option<Timestamp>,
    /// Who says so.
    exploitation_said_by: Option<String>,
    /// Until when nothing is published, where a date was agreed.
    #[schemars(with = "Option<When>")]
    embargo_until: Option<Timestamp>,
    /// What ends the embargo, where an event was agreed.
    embargo_event: Option<String>,
    /// What stands proposed: an end of it before its time, for those who may agree or not.
    lift: Option<Proposed>,
    /// Who proposed to reject it, for those who may judge it: whoever proposed sees that it waits.
    rejected_by: Option<String>,
    /// Can exploitation be automated?
    automatable: Option<bool>,
    /// How much control it gives.
    #[schemars(with = "Option<Word<Impact>>")]
    impact: Option<Impact>,
    /// What depends on what is touched.
    #[schemars(with = "Option<Word<Mission>>")]
    mission: Option<Mission>,
    /// How much attention it deserves.
    attention: Decided,
    /// How soon it must be fixed where it faces the internet.
    class_exposed: Decided,
    /// And where it does not.
    class_inside: Decided,
    /// How many are in the compartment.
    members: u32,
    /// Who is in it, for those who may let somebody in.
    compartment: Option<Vec<Inside>>,
    /// Acts about it that show themselves.
    acts: Vec<About>,
    /// Steps that the caller may take from here, by name.
    steps: Vec<&'static str>,
}

/// An outcome, with the row of the table that decided and what was assumed.
#[derive(Debug, JsonSchema, Serialize)]
pub(super) struct Decided {
    /// What came out.
    outcome: String,
    /// The table that decided.
    table: String,
    /// Its version.
    version: String,
    /// Who published it.
    source: String,
    /// The row that decided, counted from 1.
    row: u32,
    /// Inputs that were not known and counted as the worst.
    assumed: Vec<&'static str>,
}

impl<O: std::fmt::Display> From<Decision<O>> for Decided {
    fn from(decision: Decision<O>) -> Self {
        Self {
            outcome: decision.outcome.to_string(),
            table: decision.table,
            version: decision.version,
            source: decision.source,
            row: u32::try_from(decision.row).unwrap_or(u32::MAX),
            assumed: decision.assumed.iter().map(|input| input.name()).collect(),
        }
    }
}

/// An act about a case.
#[derive(Debug, JsonSchema, Serialize)]
struct About {
    /// Its id.
    #[schemars(with = "Id")]
    id: String,
    /// What kind.
    #[schemars(with = "Word<ActKind>")]
    kind: ActKind,
    /// Where it stands.
    #[schemars(with = "Word<ActState>")]
    state: ActState,
    /// Who issues it.
    #[schemars(with = "Station")]
    issuer: NodeCode,
    /// Its Korean title.
    title_ko: String,
    /// Its English title.
    title_en: String,
}

/// One person would end an embargo before its time.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "ProposedLift")]
struct Proposed {
    /// Who, by id.
    #[schemars(with = "Id")]
    by: String,
    /// How the officer is spoken of, where they hold a post now.
    title: Option<String>,
    /// When it was proposed.
    #[schemars(with = "When")]
    at: Timestamp,
    /// The first instant after the embargo then; nothing: at once.
    #[schemars(with = "Option<When>")]
    until: Option<Timestamp>,
    /// Why.
    why: String,
}

/// Somebody in the compartment of a case.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "CaseMember")]
pub(super) struct Inside {
    /// The person, by id.
    #[schemars(with = "Id")]
    person: String,
    /// How the officer is spoken of, where they hold a post now.
    title: Option<String>,
    /// Why they need to know.
    reason: String,
    /// Until when, if an end is set.
    #[schemars(with = "Option<When>")]
    until: Option<Timestamp>,
}

impl Whole {
    pub(super) fn of(
        case: &Case,
        acts: &[Act],
        (steps, decide): (Vec<&'static str>, Option<&'static str>),
        now: Timestamp,
        title: impl Fn(PersonId) -> Option<String>,
    ) -> Self {
        let class = |exposure| {
            Decided::from(priority::remediation(&priority::Inputs::of(case, exposure), now, None))
        };
        let about = |act: &Act| About {
            id: act.id.to_string(),
            kind: act.kind,
            state: act.state,
            issuer: act.draft.issuer.clone(),
            title_ko: act.draft.title_ko.clone(),
            title_en: act.draft.title_en.clone(),
        };
        let embargo = case.embargo.as_ref();
        let decides = steps.iter().any(|step| matches!(*step, "lift_embargo" | "keep_embargo"));
        let proposed = |lift: &Lift| Proposed {
            by: lift.by.to_string(),
            title: title(lift.by),
            at: lift.at,
            until: lift.until,
            why: lift.why.clone(),
        };
        Self {
            brief: Brief::of(case, decide),
            summary: case.summary.clone(),
            origin: case.origin,
            label: case.label.into(),
            merged_into: case.merged_into.map(|other| other.to_string()),
            exploited_since: case.exploited_since,
            exploitation_said_by: case.exploitation_said_by.clone(),
            embargo_until: embargo.and_then(|embargo| embargo.until),
            embargo_event: embargo.and_then(|embargo| embargo.event.clone()),
            rejected_by: case
                .rejection_proposed_by
                .filter(|_| steps.iter().any(|step| matches!(*step, "reject" | "triage")))
                .and_then(&title),
            lift: case.lift.as_ref().filter(|_| decides).map(proposed),
            automatable: case.triage.automatable,
            impact: case.triage.impact,
            mission: case.triage.mission,
            attention: priority::triage(&priority::Inputs::of_case(case), now, None).into(),
            class_exposed: class(Exposure::Exposed),
            class_inside: class(Exposure::Inside),
            members: u32::try_from(case.members.len()).unwrap_or(u32::MAX),
            compartment: steps.contains(&"add_member").then(|| {
                let inside = |member: &Member| Inside {
                    person: member.person.to_string(),
                    title: title(member.person),
                    reason: member.reason.clone(),
                    until: member.until,
                };
                case.members.iter().map(inside).collect()
            }),
            acts: acts.iter().map(about).collect(),
            steps,
        }
    }
}

/// How many institutions of a group are affected.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "ExposureCounts")]
pub(super) struct Counts {
    /// Of which domain.
    #[schemars(with = "Word<Domain>")]
    domain: Domain,
    /// Of which competent ministry; nothing where small groups stand together.
    #[schemars(with = "Option<Station>")]
    sector: Option<NodeCode>,
    /// Affected.
    affected: Count,
    /// It cannot be told from their inventories.
    cannot_tell: Count,
    /// No inventory, or a stale one.
    no_inventory: Count,
    /// Not affected.
    not_affected: Count,
    /// Institutions in all.
    institutions: Count,
}

impl Counts {
    pub(super) fn of(row: &Row) -> Self {
        let cell = |standing: Standing| row.cells[standing as usize].into();
        Self {
            domain: row.group.domain,
            sector: row.group.sector.clone(),
            affected: cell(Standing::Open),
            cannot_tell: cell(Standing::Unknown),
            no_inventory: cell(Standing::Silent),
            not_affected: cell(Standing::NotAffected),
            institutions: row.total.into(),
        }
    }
}

/// Who is affected: exactly by ministry, and by size only as far as the one does not undo the other.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "CaseExposure")]
pub(super) struct Exposed {
    /// By domain and competent ministry.
    pub(super) items: Vec<Counts>,
    /// By size, rounded down.
    pub(super) sizes: Vec<OfSize>,
}

/// How many institutions of a size are affected: at least so many.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "ExposureBySize")]
pub(super) struct OfSize {
    /// Of which size.
    #[schemars(with = "Word<Size>")]
    size: Size,
    /// Affected.
    affected: Count,
    /// It cannot be told from their inventories.
    cannot_tell: Count,
    /// No inventory, or a stale one.
    no_inventory: Count,
    /// Not affected.
    not_affected: Count,
}

impl OfSize {
    pub(super) fn of(size: Size, cells: [Shown; 7]) -> Self {
        let cell = |standing: Standing| cells[standing as usize].into();
        Self {
            size,
            affected: cell(Standing::Open),
            cannot_tell: cell(Standing::Unknown),
            no_inventory: cell(Standing::Silent),
            not_affected: cell(Standing::NotAffected),
        }
    }
}
