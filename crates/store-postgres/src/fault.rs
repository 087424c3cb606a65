//! What PostgreSQL says, in our words.

use bongsu_store::port::{Fault, FaultKind};
use postgres::Error;
use postgres::error::SqlState;

/// Says what was being done when the server or the connection failed.
pub(crate) trait Doing<T> {
    /// Adds it.
    fn doing(self, what: &'static str) -> Result<T, Fault>;
}

impl<T> Doing<T> for Result<T, Error> {
    fn doing(self, what: &'static str) -> Result<T, Fault> {
        self.map_err(|error| Fault::new(what, kind(&error), error))
    }
}

/// By the code of the server (PostgreSQL manual, appendix A); without one it is the connection, or values of ours.
fn kind(error: &Error) -> FaultKind {
    let Some(code) = error.code() else {
        return if of_ours(error) { FaultKind::Statement } else { FaultKind::Unreachable };
    };
    match code {
        state if *state == SqlState::DISK_FULL => FaultKind::Full,
        state if *state == SqlState::LOCK_NOT_AVAILABLE => FaultKind::Locked,
        state if *state == SqlState::DATA_CORRUPTED => FaultKind::Damaged,
        state if *state == SqlState::INDEX_CORRUPTED => FaultKind::Damaged,
        // A standby took over, or the primary became one.
        state if *state == SqlState::READ_ONLY_SQL_TRANSACTION => FaultKind::Unreachable,
        state => match &state.code()[..2] {
            // Connection, authorization, database name, too many connections, shut down or cancelled.
            "08" | "28" | "3D" | "53" | "57" => FaultKind::Unreachable,
            "40" => FaultKind::Locked,
            "58" | "XX" => FaultKind::System,
            _ => FaultKind::Statement,
        },
    }
}

/// Whether a value did not fit its place; the library says so in words only.
fn of_ours(error: &Error) -> bool {
    let text = error.to_string();
    ["error serializing", "error deserializing", "expected "]
        .iter()
        .any(|ours| text.starts_with(ours))
}
