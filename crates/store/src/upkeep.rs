//! Backup, and erasing what was said about somebody.

use std::path::Path;

use crate::error::Error;
use crate::port::{ask, id};
use crate::sealing::Owner;
use crate::sql;
use crate::store::Store;

impl Store {
    /// Writes a copy of the database, as of one instant, into a new file; checked and synced when this returns.
    ///
    /// The key file is not in it: keep a copy of that apart. Restored beside a newer anchor, an older copy is noticed.
    pub fn backup(&self, to: &Path) -> Result<(), Error> {
        let to = to.to_owned();
        self.alone(move |writer| {
            writer.anchor()?;
            Ok(writer.engine.backup(&to)?)
        })
    }

    /// Destroys the key of an institution or a case: what was said about it can never be read again.
    ///
    /// The log still verifies. Nothing more can be recorded about it. Backups made before still hold the wrapped key:
    /// destroy those, too.
    pub fn erase(&self, owner: Owner) -> Result<(), Error> {
        if owner == Owner::Node {
            return Err(Error::Missing("key that may be destroyed"));
        }
        self.alone(move |writer| {
            let (kind, bytes) = owner.columns();
            let gone = writer.aside(|tx| {
                if let Owner::Institution(_) = owner {
                    tx.run(ask(sql::DROP_DOCUMENTS_OF, &[id(bytes)]))?;
                }
                tx.run(ask(sql::DESTROY_KEY, &[kind.into(), id(bytes)]))
            });
            writer.ring.forget(owner);
            if gone? == 0 { Err(Error::Missing("key")) } else { Ok(()) }
        })
    }
}
