//! How an act is shown.

use std::collections::BTreeSet;

use bongsu_authority::{Mark, NodeCode, PersonId, Size};
use bongsu_desk::audience;
use bongsu_response::{Act, ActKind, ActState, Audience, Draft, Evidence, Exposure, IssueClocks};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::resources::obligations::ByWhen;
use crate::wire::{Digest, Goes, Id, Station, When, Word};

/// An act in a list.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "ActBrief")]
pub(super) struct Brief {
    /// Its id.
    #[schemars(with = "Id")]
    id: String,
    /// The case it rests on.
    #[schemars(with = "Id")]
    case: String,
    /// What kind.
    #[schemars(with = "Word<ActKind>")]
    kind: ActKind,
    /// Where it stands.
    #[schemars(with = "Word<ActState>")]
    state: ActState,
    /// Who issues it.
    #[schemars(with = "Station")]
    issuer: NodeCode,
    /// Korean title.
    title_ko: String,
    /// English title.
    title_en: String,
    /// When it was signed.
    #[schemars(with = "Option<When>")]
    issued_at: Option<Timestamp>,
    /// Is it a drill?
    drill: bool,
    /// 0 while a draft, 1 as issued, one more with each amendment.
    edition: u32,
    /// Log entries that changed it.
    version: u64,
    /// What the caller did with a text that is not signed yet; whoever did one of the three steps does no other.
    did: Option<Did>,
}

/// A step on the way to a signed text.
#[derive(Clone, Copy, Debug, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ActStepDone")]
enum Did {
    /// Has written on it.
    Wrote,
    /// Has reviewed it.
    Reviewed,
}

impl Did {
    fn of(act: &Act, caller: PersonId) -> Option<Self> {
        match act.state {
            ActState::Draft | ActState::Reviewed if act.authors.contains(&caller) => {
                Some(Self::Wrote)
            }
            ActState::Reviewed if act.reviewer == Some(caller) => Some(Self::Reviewed),
            _ => None,
        }
    }
}

impl Brief {
    pub(super) fn of(act: &Act, caller: PersonId) -> Self {
        Self {
            did: Did::of(act, caller),
            id: act.id.to_string(),
            case: act.case.to_string(),
            kind: act.kind,
            state: act.state,
            issuer: act.draft.issuer.clone(),
            title_ko: act.draft.title_ko.clone(),
            title_en: act.draft.title_en.clone(),
            issued_at: act.issued_at,
            drill: act.draft.drill,
            edition: act.edition,
            version: act.version,
        }
    }
}

/// An act whole.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "Act")]
pub(super) struct Whole {
    /// As it stands in lists.
    #[serde(flatten)]
    brief: Brief,
    /// The text as it stands.
    words: Words,
    /// SHA-256 of the text: what is reviewed and signed.
    #[schemars(with = "Digest")]
    text: Evidence,
    /// The issuing node's signature over it.
    signature: Option<String>,
    /// By when whoever is addressed owes what, as it was signed; nothing where it is not issued.
    clocks: Option<Dates>,
    /// What only the station that issues it sees.
    inside: Option<Inside>,
}

/// The dates of an issued act.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "ActDates")]
struct Dates {
    /// What whoever is exposed owes.
    exposed: ByWhen,
    /// And whoever is not.
    inside: ByWhen,
}

/// Who has worked on an act, and its amendment.
#[derive(Debug, JsonSchema, Serialize)]
struct Inside {
    /// Everybody who has written on it, by id: none of them reviews it.
    #[schemars(with = "Vec<Id>")]
    authors: Vec<String>,
    /// Who reviewed exactly this text.
    #[schemars(with = "Option<Id>")]
    reviewer: Option<String>,
    /// Who signed.
    #[schemars(with = "Option<Id>")]
    signer: Option<String>,
    /// An amendment that is being written.
    amendment: Option<Amended>,
}

/// An amendment that is being written.
#[derive(Debug, JsonSchema, Serialize)]
struct Amended {
    /// Korean title.
    title_ko: String,
    /// English title.
    title_en: String,
    /// The new text.
    words: Words,
    /// Its SHA-256.
    #[schemars(with = "Digest")]
    text: Evidence,
    /// Who reviewed exactly this text.
    #[schemars(with = "Option<Id>")]
    reviewer: Option<String>,
}

/// The text of an act, and to whom it speaks.
#[derive(Debug, JsonSchema, Serialize)]
struct Words {
    /// What to do, in plain Korean.
    todo_ko: String,
    /// What to do, in plain English.
    todo_en: String,
    /// Id of the law or rule it rests on.
    legal_basis: Option<String>,
    /// How far it may go.
    label: Goes,
    /// Only institutions of these competent ministries; all, where empty.
    #[schemars(with = "Vec<Station>")]
    sectors: BTreeSet<NodeCode>,
    /// Only of these sizes; all, where empty.
    #[schemars(with = "Vec<Word<Size>>")]
    sizes: BTreeSet<Size>,
    /// Only with one of these labels; all, where empty.
    #[schemars(with = "Vec<Word<Mark>>")]
    marks: BTreeSet<Mark>,
    /// Also those without an inventory are asked.
    ask_unknown: bool,
    /// Everybody is addressed, affected or not.
    everybody: bool,
}

impl From<&Draft> for Words {
    fn from(draft: &Draft) -> Self {
        let Audience { sectors, sizes, marks, ask_unknown, everybody } = draft.audience.clone();
        Self {
            todo_ko: draft.todo_ko.clone(),
            todo_en: draft.todo_en.clone(),
            legal_basis: draft.legal_basis.clone(),
            label: draft.label.into(),
            sectors,
            sizes,
            marks,
            ask_unknown,
            everybody,
        }
    }
}

impl Whole {
    pub(super) fn of(act: &Act, inside: bool, caller: PersonId) -> Self {
        let amendment = act.amendment.as_ref().map(|amendment| Amended {
            title_ko: amendment.draft.title_ko.clone(),
            title_en: amendment.draft.title_en.clone(),
            words: (&amendment.draft).into(),
            text: amendment.text,
            reviewer: amendment.reviewer.map(|person| person.to_string()),
        });
        Self {
            brief: Brief::of(act, caller),
            words: (&act.draft).into(),
            text: act.text,
            signature: act.signature.clone(),
            clocks: act.clocks.map(|clocks| Dates {
                exposed: clocks.exposed.into(),
                inside: clocks.inside.into(),
            }),
            inside: inside.then(|| Inside {
                authors: act.authors.iter().map(ToString::to_string).collect(),
                reviewer: act.reviewer.map(|person| person.to_string()),
                signer: act.signer.map(|person| person.to_string()),
                amendment,
            }),
        }
    }
}

/// Whom a draft would address now, and which clocks it would start.
#[derive(Debug, JsonSchema, Serialize)]
pub(super) struct Preview {
    /// Institutions that would owe an answer.
    addressees: u64,
    /// Of them: an affected system faces the internet.
    exposed: u64,
    /// Of them: affected, and none faces the internet.
    inside: u64,
    /// Of them: the inventory cannot tell.
    cannot_tell: u64,
    /// Of them: no inventory, or a stale one.
    no_inventory: u64,
    /// Of them: not affected; addressed because everybody is.
    not_affected: u64,
    /// Not asked, because the inventory says that they are not affected.
    spared: u64,
    /// Not asked although nothing is known of them.
    unasked: u64,
    /// Should be asked and have no accountable officer.
    without_officer: u64,
    /// What whoever is exposed would owe.
    clocks_exposed: ByWhen,
    /// And whoever is not.
    clocks_inside: ByWhen,
}

impl Preview {
    pub(super) fn of(found: &audience::Preview, clocks: &IssueClocks) -> Self {
        let count = |exposure| found.count(exposure) as u64;
        Self {
            addressees: found.addressees.len() as u64,
            exposed: count(Exposure::Exposed),
            inside: count(Exposure::Inside),
            cannot_tell: count(Exposure::CannotTell),
            no_inventory: count(Exposure::NoInventory),
            not_affected: count(Exposure::NotAffected),
            spared: found.spared.into(),
            unasked: found.unasked.into(),
            without_officer: found.without_officer.len() as u64,
            clocks_exposed: clocks.exposed.into(),
            clocks_inside: clocks.inside.into(),
        }
    }
}
