//! Who is affected: the judgement of one component and the index of a nation.
//!
//! [`Knowledge`] holds what is known about flaws and finds the entries that speak of a component;
//! [`judge`](judge::judge) decides one entry against one version; [`Findings`] brings the entries
//! of one flaw to one [`Answer`] and lets statements change it, visibly.

mod findings;
pub mod index;
pub mod judge;
mod knowledge;
mod look;
mod part;
mod reason;
mod reverse;
mod rulebook;
mod statements;

pub use findings::{Depth, Finding, Findings, find, find_each};
pub use judge::{Judged, judge};
pub use knowledge::{Knowledge, Speaking, Through};
pub use look::{Thing, versions_in_words};
pub use part::{Part, Scores};
pub use reason::{Answer, Reason, Why};
pub use reverse::{Asked, Question, Row, rows};
