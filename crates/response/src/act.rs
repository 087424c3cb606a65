//! An act and its campaign: what a ministry tells many institutions (domain guide, section 7.2).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use bongsu_authority::access::ActKind;
use bongsu_authority::{
    ActId, AppointmentId, CaseId, InstitutionId, Label, Mark, NodeCode, PersonId, Size,
};
use jiff::Timestamp;

use crate::Evidence;
use crate::event::IssueClocks;
use crate::words::words;

mod apply;
mod canonical;
mod list;
#[cfg(test)]
mod tests;
mod wish;

pub use list::{AskedList, Declined, LIST_HOURS, TAKES};
pub use wish::Facts;

/// Where an act stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActState {
    /// Being written.
    Draft,
    /// A second person has reviewed the text.
    Reviewed,
    /// Signed and issued.
    Issued,
    /// Every obligation was settled.
    Completed,
    /// Taken back.
    Withdrawn,
}

/// Who is addressed, before the index says which of them are affected.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Audience {
    /// Only institutions of these competent ministries; all, where empty.
    pub sectors: BTreeSet<NodeCode>,
    /// Only of these sizes; all, where empty.
    pub sizes: BTreeSet<Size>,
    /// Only with one of these labels; all, where empty.
    pub marks: BTreeSet<Mark>,
    /// Also ask those without an inventory: a question, not silence.
    pub ask_unknown: bool,
    /// Address everybody, affected or not.
    pub everybody: bool,
}

/// The text of an act while it is written. What is signed is the SHA-256 of its [canonical](Draft::canonical) bytes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Draft {
    /// The node that issues.
    pub issuer: NodeCode,
    /// Korean title.
    pub title_ko: String,
    /// English title.
    pub title_en: String,
    /// What to do, in plain Korean.
    pub todo_ko: String,
    /// What to do, in plain English.
    pub todo_en: String,
    /// Id of the law or rule it rests on; a directive needs one.
    pub legal_basis: Option<String>,
    /// Who is addressed.
    pub audience: Audience,
    /// How far it may go.
    pub label: Label,
    /// A drill says so in its type.
    pub drill: bool,
}

/// What is known of an addressee at issue.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// An affected system faces the internet.
    Exposed,
    /// Affected systems, none of which faces the internet.
    Inside,
    /// The inventory cannot tell.
    CannotTell,
    /// There is no inventory, or only a stale one.
    NoInventory,
    /// The inventory says no; addressed because everybody is.
    NotAffected,
}

impl Exposure {
    /// Which clocks it starts: what is not known counts as exposed.
    pub fn clocks(self, clocks: &IssueClocks) -> crate::Clocks {
        match self {
            Self::Exposed | Self::CannotTell | Self::NoInventory => clocks.exposed,
            Self::Inside | Self::NotAffected => clocks.inside,
        }
    }

    /// Did the inventory say at issue that the institution is affected?
    pub fn is_affected(self) -> bool {
        matches!(self, Self::Exposed | Self::Inside)
    }
}

words! {
    ActState {
        Draft: "a draft", "작성 중";
        Reviewed: "reviewed", "검토 완료";
        Issued: "issued", "발령";
        Completed: "completed", "완료";
        Withdrawn: "withdrawn", "철회";
    }
    Exposure {
        Exposed: "affected, internet-facing", "영향 있음 · 인터넷 노출";
        Inside: "affected, inside", "영향 있음 · 내부망";
        CannotTell: "cannot tell", "판단 불가";
        NoInventory: "no inventory", "자산 목록 없음";
        NotAffected: "not affected", "영향 없음";
    }
}

/// One addressee of a signed act.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Addressee {
    /// Who.
    pub institution: InstitutionId,
    /// What its inventory says.
    pub exposure: Exposure,
    /// Affected systems.
    pub systems: u32,
    /// The accountable officer at issue: the CISO, the deputy, or the head where the post is vacant.
    pub accountable: AppointmentId,
}

/// An amendment while it is written: the issued text stands until it is signed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Amendment {
    /// The new text.
    pub draft: Draft,
    /// Its digest.
    pub text: Evidence,
    /// Everybody who has written on it.
    pub authors: BTreeSet<PersonId>,
    /// Who reviewed exactly this text.
    pub reviewer: Option<PersonId>,
}

/// An act as the fold has it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Act {
    /// Its id.
    pub id: ActId,
    /// The case it rests on.
    pub case: CaseId,
    /// What kind.
    pub kind: ActKind,
    /// Where it stands.
    pub state: ActState,
    /// The text as it stands.
    pub draft: Draft,
    /// Who wrote last.
    pub author: PersonId,
    /// Everybody who has written on the text: none of them may review it.
    pub authors: BTreeSet<PersonId>,
    /// Who reviewed exactly this text.
    pub reviewer: Option<PersonId>,
    /// Who signed.
    pub signer: Option<PersonId>,
    /// SHA-256 of the draft's canonical encoding.
    pub text: Evidence,
    /// Signature of the issuing node, once signed.
    pub signature: Option<String>,
    /// When it was signed.
    pub issued_at: Option<Timestamp>,
    /// When it was last amended or taken back, once it was issued.
    #[serde(default)]
    pub changed_at: Option<Timestamp>,
    /// Clocks of whoever is addressed next.
    pub clocks: Option<IssueClocks>,
    /// The latest re-clocking, so that its repetition is no news.
    pub reclocked: Option<IssueClocks>,
    /// An amendment being written.
    pub amendment: Option<Amendment>,
    /// Long lists of names that were asked for, the oldest first; those whose time is over go when the next is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<AskedList>,
    /// Counts editions: 0 while a draft, 1 as issued, one more with each amendment.
    pub edition: u32,
    /// Log entries that changed this act: the guard of optimistic locking.
    pub version: u64,
}
