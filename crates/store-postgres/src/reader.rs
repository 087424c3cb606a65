//! A connection for reading beside the writer.

use bongsu_store::port::{Ask, Each, Fault, FaultKind, Read, Reader, Scope};

use crate::open::{OpenError, Place};
use crate::session::Session;

/// Reads what its scope allows; connects again when the connection was lost.
pub(crate) struct Reading {
    place: Place,
    session: Session,
}

impl Reading {
    pub(crate) fn new(place: Place) -> Result<Self, Fault> {
        let session = connect(&place)?;
        Ok(Self { place, session })
    }
}

impl Reader for Reading {
    fn snapshot(&mut self, scope: Scope) -> Result<Box<dyn Read + '_>, Fault> {
        let doing = "begin to read";
        let begin = begin(scope);
        if let Err(fault) = self.session.begin(&begin, doing) {
            if fault.kind != FaultKind::Unreachable {
                let _ = self.session.batch("ROLLBACK", doing);
                return Err(fault);
            }
            // Nothing was begun, so it can be begun elsewhere.
            self.session = connect(&self.place)?;
            self.session.begin(&begin, doing)?;
        }
        Ok(Box::new(Snapshot { session: &mut self.session }))
    }
}

fn connect(place: &Place) -> Result<Session, Fault> {
    let mut session = place.connect().map_err(|error| match error {
        OpenError::Fault(fault) => fault,
        refused => Fault::new("be opened for reading", FaultKind::System, refused),
    })?;
    session.batch("SET default_transaction_read_only = on", "be opened for reading")?;
    Ok(session)
}

/// The first query fixes the instant, and it is the one that sets the scope. What reads everything may take its time.
fn begin(scope: Scope) -> String {
    let (scope, institution, limit) = match scope {
        Scope::Node => ("node", 0, "10min"),
        Scope::Institution(id) => ("institution", u128::from_be_bytes(id), "30s"),
    };
    format!(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
        SET LOCAL statement_timeout = '{limit}';
        SET LOCAL idle_in_transaction_session_timeout = '{limit}';
        SELECT set_config('bongsu.scope', '{scope}', true),
            set_config('bongsu.institution', '{institution:032x}', true);"
    )
}

/// The state as of one instant.
struct Snapshot<'a> {
    session: &'a mut Session,
}

impl Read for Snapshot<'_> {
    fn rows(&mut self, ask: Ask<'_>, each: Each<'_>) -> Result<(), Fault> {
        self.session.rows(ask, each)
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        // Where this fails the connection is lost, and the snapshot with it.
        let _ = self.session.batch("ROLLBACK", "end reading");
    }
}
