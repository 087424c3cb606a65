//! What is wrong: advisories, vulnerabilities and the assertions about them.
//!
//! An [`Advisory`] is a document: what one source says. A vulnerability is a flaw: what many
//! documents are about, correlated from their aliases. Everything a document claims is an
//! assertion that falls with the document when it is withdrawn.

mod advisory;
mod affected;
mod correlation;
mod id;
mod severity;
mod signal;
mod vex;

pub use advisory::{Advisory, Place, Standing};
pub use affected::{Affected, Rule, Status, Subject, Versions};
pub use correlation::Correlation;
pub use id::{ParseVulnerabilityIdError, VulnerabilityId};
pub use severity::{Rating, Severity, SsvcSelection};
pub use signal::{EpssScore, KevEntry, Signal};
pub use vex::{VexAnswer, VexStatement, VexSubject};
