//! How an obligation is shown. Nothing here depends on the instant: late is who passes a date, and the dates are here.

use std::collections::BTreeSet;

use bongsu_authority::{Institution, NodeCode, PersonId};
use bongsu_response::escalation::{self, Owed as What};
use bongsu_response::{
    Act, ActKind, Assessment, Case, Clocks, Evidence, Exploitation, Exposure, Fix, Marks,
    Obligation, RemediationClass, Remedy, Status,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::wire::{Digest, Id, Station, When, Word};

/// An obligation in a list.
#[derive(Debug, JsonSchema, Serialize)]
pub(super) struct Owed {
    /// Under which act.
    #[schemars(with = "Id")]
    act: String,
    /// Whose.
    #[schemars(with = "Id")]
    institution: String,
    /// The institution's Korean name.
    name_ko: Option<String>,
    /// And its English one.
    name_en: Option<String>,
    /// What the act is called in Korean.
    title_ko: Option<String>,
    /// And in English.
    title_en: Option<String>,
    /// What kind of act it is.
    #[schemars(with = "Option<Word<ActKind>>")]
    kind: Option<ActKind>,
    /// Which station issued it.
    #[schemars(with = "Option<Station>")]
    issuer: Option<NodeCode>,
    /// Where it stands.
    #[schemars(with = "Word<Status>")]
    status: Status,
    /// What the inventory said at issue.
    #[schemars(with = "Word<Exposure>")]
    exposure: Exposure,
    /// Affected systems at issue.
    systems: u32,
    /// By when.
    clocks: ByWhen,
    /// What is due next, where something with a date is.
    next: Option<Next>,
    /// Is nothing owed?
    settled: bool,
    /// Log entries that changed it.
    version: u64,
}

/// By when things are owed.
#[derive(Debug, JsonSchema, Serialize)]
pub(crate) struct ByWhen {
    /// How soon it must be fixed.
    #[schemars(with = "Word<RemediationClass>")]
    class: RemediationClass,
    /// The last instant to acknowledge.
    #[schemars(with = "When")]
    acknowledge_by: Timestamp,
    /// The last instant to assess.
    #[schemars(with = "When")]
    assess_by: Timestamp,
    /// The last instant to fix it; nothing where the next upgrade does.
    #[schemars(with = "Option<When>")]
    fix_by: Option<Timestamp>,
}

impl From<Clocks> for ByWhen {
    fn from(clocks: Clocks) -> Self {
        let Clocks { class, acknowledge_by, assess_by, fix_by } = clocks;
        Self { class, acknowledge_by, assess_by, fix_by }
    }
}

/// The clock that speaks.
#[derive(Debug, JsonSchema, Serialize)]
struct Next {
    /// What is owed.
    owed: Due,
    /// By when.
    #[schemars(with = "When")]
    by: Timestamp,
}

/// Which of the things owed.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
enum Due {
    Acknowledgement,
    Assessment,
    Fix,
    Forensics,
}

impl Owed {
    pub(super) fn of(
        owed: &Obligation,
        act: Option<&Act>,
        institution: Option<&Institution>,
    ) -> Self {
        let next = escalation::current(owed).map(|current| Next {
            owed: match current.owed {
                What::Acknowledgement => Due::Acknowledgement,
                What::Assessment => Due::Assessment,
                What::Fix => Due::Fix,
                What::Forensics => Due::Forensics,
            },
            by: current.due,
        });
        Self {
            act: owed.act.to_string(),
            institution: owed.institution.to_string(),
            name_ko: institution.map(|one| one.name_ko.clone()),
            name_en: institution.map(|one| one.name_en.clone()),
            title_ko: act.map(|act| act.draft.title_ko.clone()),
            title_en: act.map(|act| act.draft.title_en.clone()),
            kind: act.map(|act| act.kind),
            issuer: act.map(|act| act.draft.issuer.clone()),
            status: owed.status,
            exposure: owed.exposure,
            systems: owed.systems,
            clocks: owed.clocks.into(),
            next,
            settled: owed.settled(),
            version: owed.version,
        }
    }
}

/// An obligation whole.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "Obligation")]
pub(super) struct Whole {
    /// As it stands in lists.
    #[serde(flatten)]
    owed: Owed,
    /// What to do, in plain Korean.
    todo_ko: Option<String>,
    /// And in plain English.
    todo_en: Option<String>,
    /// The flaw it is about; nothing where the case is closed to the reader.
    flaw: Option<Flaw>,
    /// The law or rule it rests on.
    legal_basis: Option<String>,
    /// Is it a drill?
    drill: bool,
    /// When it began.
    #[schemars(with = "When")]
    created_at: Timestamp,
    /// When each step was first reached.
    marks: Reached,
    /// The assessment that stands.
    assessed: Option<Judged>,
    /// What the inventory said last.
    inventory_says: Option<Judgement>,
    /// Does the institution say "not affected" against its inventory?
    contradicted: bool,
    /// The date of the plan.
    #[schemars(with = "Option<When>")]
    planned_until: Option<Timestamp>,
    /// The workaround.
    mitigation: Option<String>,
    /// The claim that stands.
    claim: Option<Claimed>,
    /// Who countersigned it.
    #[schemars(with = "Option<Id>")]
    countersigned_by: Option<String>,
    /// The result of the latest forensic check.
    forensic_clean: Option<bool>,
    /// More time that was asked for and is not decided.
    #[schemars(with = "Option<When>")]
    extension_asked: Option<Timestamp>,
    /// The date that was granted.
    #[schemars(with = "Option<When>")]
    extended_until: Option<Timestamp>,
    /// A waiver that was asked for and is not decided.
    waiver_asked: Option<Waiver>,
    /// The waiver that stands.
    waiver: Option<Waiver>,
    /// The support team that helps.
    team: Option<String>,
    /// How it was dealt with, once closed.
    #[schemars(with = "Option<Word<Remedy>>")]
    remedy: Option<Remedy>,
    /// How often a claim was refuted.
    false_closures: u32,
    /// How often the flaw came back.
    regressions: u32,
}

/// The flaw that an act is about, as its case has it.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "OwedFlaw")]
struct Flaw {
    /// The case.
    #[schemars(with = "Id")]
    case: String,
    /// What the case is called.
    title: String,
    /// Names of the flaw.
    identifiers: BTreeSet<String>,
    /// Is it exploited?
    #[schemars(with = "Word<Exploitation>")]
    exploitation: Exploitation,
    /// Who says so.
    exploitation_said_by: Option<String>,
    /// Since when.
    #[schemars(with = "Option<When>")]
    exploited_since: Option<Timestamp>,
    /// Is there a fix?
    #[schemars(with = "Word<Fix>")]
    fix: Fix,
}

impl From<Case> for Flaw {
    fn from(case: Case) -> Self {
        Self {
            case: case.id.to_string(),
            title: case.title,
            identifiers: case.identifiers,
            exploitation: case.exploitation,
            exploitation_said_by: case.exploitation_said_by,
            exploited_since: case.exploited_since,
            fix: case.fix,
        }
    }
}

/// When each step was first reached.
#[derive(Debug, JsonSchema, Serialize)]
struct Reached {
    #[schemars(with = "Option<When>")]
    delivered: Option<Timestamp>,
    #[schemars(with = "Option<When>")]
    acknowledged: Option<Timestamp>,
    #[schemars(with = "Option<When>")]
    assessed: Option<Timestamp>,
    #[schemars(with = "Option<When>")]
    mitigated: Option<Timestamp>,
    #[schemars(with = "Option<When>")]
    remediated: Option<Timestamp>,
    #[schemars(with = "Option<When>")]
    verified: Option<Timestamp>,
    #[schemars(with = "Option<When>")]
    settled: Option<Timestamp>,
}

impl From<Marks> for Reached {
    fn from(marks: Marks) -> Self {
        let Marks { delivered, acknowledged, assessed, mitigated, remediated, verified, settled } =
            marks;
        Self { delivered, acknowledged, assessed, mitigated, remediated, verified, settled }
    }
}

/// Whether it is affected.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case", tag = "answer")]
enum Judgement {
    Affected,
    NotAffected { justification: String },
    Unknown,
}

impl From<&Assessment> for Judgement {
    fn from(assessment: &Assessment) -> Self {
        match assessment {
            Assessment::Affected => Self::Affected,
            Assessment::NotAffected { justification } => {
                Self::NotAffected { justification: justification.clone() }
            }
            Assessment::Unknown => Self::Unknown,
        }
    }
}

/// An assessment and whose it is.
#[derive(Debug, JsonSchema, Serialize)]
struct Judged {
    /// What it says.
    says: Judgement,
    /// Did an officer say so? Else the engine did, from the inventory.
    by_officer: bool,
}

/// A claim that it is fixed.
#[derive(Debug, JsonSchema, Serialize)]
struct Claimed {
    /// How.
    #[schemars(with = "Word<Remedy>")]
    remedy: Remedy,
    /// SHA-256 of what backs it.
    #[schemars(with = "Digest")]
    evidence: Evidence,
    /// By whoever asks: somebody else verifies it.
    by_me: bool,
    /// Did the accountable officer claim it? Else it waits to be countersigned.
    accountable: bool,
}

/// The terms of a waiver.
#[derive(Debug, JsonSchema, Serialize)]
struct Waiver {
    /// The first instant after it.
    #[schemars(with = "When")]
    until: Timestamp,
    /// What reduces the risk meanwhile.
    control: String,
}

impl Whole {
    pub(super) fn of(
        owed: &Obligation,
        (act, case): (Option<&Act>, Option<Case>),
        institution: Option<&Institution>,
        me: PersonId,
    ) -> Self {
        let draft = act.map(|act| &act.draft);
        let waiver = |term: &bongsu_response::Term| Waiver {
            until: term.until,
            control: term.control.clone(),
        };
        Self {
            owed: Owed::of(owed, act, institution),
            todo_ko: draft.map(|draft| draft.todo_ko.clone()),
            todo_en: draft.map(|draft| draft.todo_en.clone()),
            flaw: case.map(Flaw::from),
            legal_basis: draft.and_then(|draft| draft.legal_basis.clone()),
            drill: draft.is_some_and(|draft| draft.drill),
            created_at: owed.created_at,
            marks: owed.marks.into(),
            assessed: owed.assessed.as_ref().map(|assessed| Judged {
                says: (&assessed.assessment).into(),
                by_officer: assessed.officer.is_some(),
            }),
            inventory_says: owed.engine_says.as_ref().map(Judgement::from),
            contradicted: owed.contradicted,
            planned_until: owed.planned_until,
            mitigation: owed.mitigation.clone(),
            claim: owed.claim.map(|claim| Claimed {
                remedy: claim.remedy,
                evidence: claim.evidence,
                by_me: claim.by == me,
                accountable: claim.accountable,
            }),
            countersigned_by: owed.countersigned_by.map(|person| person.to_string()),
            forensic_clean: owed.forensic_clean,
            extension_asked: owed.extension_asked.map(|asked| asked.what),
            extended_until: owed.extended_until,
            waiver_asked: owed.waiver_asked.as_ref().map(|asked| waiver(&asked.what)),
            waiver: owed.waiver.as_ref().map(waiver),
            team: owed.team.clone(),
            remedy: owed.remedy,
            false_closures: owed.false_closures,
            regressions: owed.regressions,
        }
    }
}
