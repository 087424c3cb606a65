//! What SQLite says, in our words.

use bongsu_store::port::{Fault, FaultKind};
use rusqlite::{Error, ErrorCode};

/// Says what was being done when SQLite or the system failed.
pub(crate) trait Doing<T> {
    /// Adds it.
    fn doing(self, what: &'static str) -> Result<T, Fault>;
}

impl<T> Doing<T> for rusqlite::Result<T> {
    fn doing(self, what: &'static str) -> Result<T, Fault> {
        self.map_err(|error| Fault::new(what, kind(&error), error))
    }
}

impl<T> Doing<T> for std::io::Result<T> {
    fn doing(self, what: &'static str) -> Result<T, Fault> {
        self.map_err(|error| {
            let full = error.kind() == std::io::ErrorKind::StorageFull;
            Fault::new(what, if full { FaultKind::Full } else { FaultKind::System }, error)
        })
    }
}

fn kind(error: &Error) -> FaultKind {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => FaultKind::Full,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => FaultKind::Locked,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => FaultKind::Damaged,
        Some(
            ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::PermissionDenied
            | ErrorCode::ReadOnly
            | ErrorCode::OutOfMemory,
        ) => FaultKind::System,
        _ => FaultKind::Statement,
    }
}
