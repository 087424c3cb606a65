//! Whether a log only grew.

use super::{Files, read_tile};
use crate::audit::AuditError;
use crate::checkpoint::Checkpoint;
use crate::note::Name;
use crate::tile::{TileId, TileKind};
use crate::tree::{
    ProveError, Refuted, TiledError, TiledTree, Tiles, consistency_proof, root_at,
    verify_consistency,
};

/// Why two checkpoints are not shown to be of one log that only grew.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Inconsistent<E> {
    /// They are of different logs.
    #[error("the checkpoints are of two logs, {old} and {new}")]
    Origins {
        /// Log of the older one.
        old: Name,
        /// Log of the newer one.
        new: Name,
    },
    /// The newer log is smaller, or does not begin with the older: both checkpoints are evidence.
    #[error(
        "the log was rewritten: keep both checkpoints as evidence and take nothing more from it"
    )]
    Rewritten,
    /// The tiles on file are damaged, so that they show nothing.
    #[error("the tiles do not lead to the newer checkpoint; verify the whole log to see where")]
    Damaged(#[source] Refuted),
    /// The tiles on file are missing or too short, so that they show nothing.
    #[error("cannot read the tiles between the two checkpoints; verify the whole log to see where")]
    Files(#[source] ProveError<TiledError<AuditError<E>>>),
}

/// Shows from its files that a log at `new` begins with the log at `old`.
///
/// Both checkpoints must have been opened with the keys of the node. Reads a few tiles.
pub fn consistent<F: Files>(
    files: &F,
    old: &Checkpoint,
    new: &Checkpoint,
) -> Result<(), Inconsistent<F::Error>> {
    if old.origin != new.origin {
        return Err(Inconsistent::Origins { old: old.origin.clone(), new: new.origin.clone() });
    }
    if old.size > new.size {
        return Err(Inconsistent::Rewritten);
    }
    let tree = TiledTree::new(OnFile(files), new.size);
    let root = root_at(old.size, &tree).map_err(Inconsistent::Files)?;
    let proof = consistency_proof(old.size, new.size, &tree).map_err(Inconsistent::Files)?;
    // What the tiles say of the older log is true when it leads to the newer, signed root.
    verify_consistency(old.size, new.size, &root, &new.root, &proof)
        .map_err(Inconsistent::Damaged)?;
    if root == old.root { Ok(()) } else { Err(Inconsistent::Rewritten) }
}

/// The tiles of a log on file.
struct OnFile<'a, F>(&'a F);

impl<F: Files> Tiles for OnFile<'_, F> {
    type Error = AuditError<F::Error>;

    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, Self::Error> {
        let id = TileId { kind: TileKind::Hashes(level), index, width };
        read_tile(self.0, id).map(|(_, bytes)| bytes)
    }
}
