//! The retired format of the Node.js security working group: npm modules and Node.js itself.

use super::Inbox;
use super::wire::Desk;
use crate::Error;
use crate::bounded::Fault;

/// Sets the document aside.
pub(super) fn read<I: Inbox>(_text: &str, _desk: &mut Desk<'_, I>) -> Result<(), Fault> {
    let hint = "the old npm working-group format; the same advisories are published as OSV (GHSA)";
    Err(Error::UnknownFormat { hint: hint.to_owned() }.into())
}
