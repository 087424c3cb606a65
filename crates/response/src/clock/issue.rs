//! The clocks an act starts.

use jiff::Timestamp;

use super::{Limit, Row, all, row};
use crate::event::IssueClocks;
use crate::priority::{self, Attention, Decision, Inputs, National};
use crate::{ActKind, Case, Clocks, RemediationClass};

/// The clocks of an act with what decided them, for display.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Issued {
    /// The clocks.
    pub clocks: IssueClocks,
    /// How much attention, hence how soon to acknowledge and assess; the same for every addressee.
    pub attention: Decision<Attention>,
    /// How soon to fix where an affected system faces the internet, or nothing is known.
    pub exposed: Decision<RemediationClass>,
    /// How soon to fix where none does.
    pub inside: Decision<RemediationClass>,
}

/// The clocks an act about `case` starts at `issued_at`.
///
/// Advisories and guidelines ask for no fix: their class is the next upgrade. They are acknowledged and assessed all the same.
pub fn issue_clocks(
    case: &Case,
    kind: ActKind,
    issued_at: Timestamp,
    national: Option<&National>,
) -> IssueClocks {
    issue(&Inputs::of_case(case), kind, issued_at, national).clocks
}

/// The clocks an act starts at `issued_at` where these inputs hold, and what decided them.
///
/// What the inputs say of exposure is not looked at: both answers are worked out.
pub fn issue(
    inputs: &Inputs,
    kind: ActKind,
    issued_at: Timestamp,
    national: Option<&National>,
) -> Issued {
    let attention = priority::triage(inputs, issued_at, national);
    let class = |exposed| {
        let inputs = Inputs { exposed: Some(exposed), ..*inputs };
        priority::remediation(&inputs, issued_at, national)
    };
    let (exposed, inside) = (class(true), class(false));
    let clocks = |class| clocks(attention.outcome, asked(kind, class), issued_at);
    let clocks = IssueClocks { exposed: clocks(exposed.outcome), inside: clocks(inside.outcome) };
    Issued { clocks, attention, exposed, inside }
}

fn clocks(attention: Attention, class: RemediationClass, from: Timestamp) -> Clocks {
    let (acknowledge, assess) = match attention {
        Attention::Act => ("P01-act", "P02-act"),
        Attention::Attend => ("P01-attend", "P02-attend"),
        Attention::TrackStar | Attention::Track => ("P01-other", "P02-other"),
    };
    let fix = match class {
        RemediationClass::ThreeDays => "U01",
        RemediationClass::ThreeDaysForensic => "U02",
        RemediationClass::FourteenDays => "U03",
        RemediationClass::SixtyDays => "U04",
        RemediationClass::NextUpgrade => "U05",
    };
    let dated = |id| limit(id, from).due(from).expect("acknowledging and assessing have a date");
    Clocks {
        class,
        acknowledge_by: dated(acknowledge),
        assess_by: dated(assess),
        fix_by: limit(fix, from).due(from),
    }
}

/// The limit in force, or the first there was: an act that is older than the rule never goes without clocks.
fn limit(id: &str, at: Timestamp) -> Limit {
    let first = || all().iter().find(|row: &&Row| row.id == id);
    row(id, at).or_else(first).expect("a test sees every id that is asked for").limit
}

fn asked(kind: ActKind, class: RemediationClass) -> RemediationClass {
    match kind {
        ActKind::Advisory | ActKind::Guideline => RemediationClass::NextUpgrade,
        ActKind::ActionRequest | ActKind::Directive => class,
    }
}
