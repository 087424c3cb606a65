//! Which of two files that disagree is wrong.

use super::{AuditError, Files, read_tile};
use crate::checkpoint::Checkpoint;
use crate::hash::Hash;
use crate::tile::{TILE_HEIGHT, TILE_WIDTH, Tile, TileBuilder, TileId, TileKind, fold, width_at};

/// Says whether the tile on file is wrong, or what lies below it.
///
/// A tile that leads to the signed root is the one that was signed. If the one on file does, the
/// entries below it were changed; else it was.
pub(super) fn decide<F: Files>(
    files: &F,
    checkpoint: &Checkpoint,
    made: &Tile,
    path: String,
    kept: &[u8],
) -> Result<AuditError<F::Error>, AuditError<F::Error>> {
    let TileKind::Hashes(level) = made.id.kind else {
        unreachable!("only tiles of hashes are compared")
    };
    let (made_hashes, _) = made.bytes.as_chunks::<32>();
    let (kept_hashes, _) = kept.as_chunks::<32>();
    let same = made_hashes.iter().zip(kept_hashes).take_while(|(made, kept)| made == kept).count();
    // The bytes agree up to the end of the shorter: the last hash is where they part.
    let place = same.min(made_hashes.len().saturating_sub(1)) as u64;
    let span = u32::from(level) * u32::from(TILE_HEIGHT);
    let entry = (made.id.index * u64::from(TILE_WIDTH) + place) << span;
    let kept_is_whole =
        kept.len().is_multiple_of(Hash::BYTES) && kept_hashes.len() >= made_hashes.len();
    let kept_is_signed = kept_is_whole
        && leads_to_root(files, checkpoint, made.id, &kept_hashes[..made_hashes.len()])?;
    if !kept_is_signed || same == made_hashes.len() {
        return Ok(AuditError::Tile { path, entry });
    }
    let index = entry / u64::from(TILE_WIDTH);
    let width = width_at(0, index, checkpoint.size);
    let (path, _) = read_tile(files, TileId { kind: TileKind::Entries, index, width })?;
    if level == 0 {
        return Ok(AuditError::Entry { entry, path });
    }
    let last = (entry + (1 << span)).min(checkpoint.size) - 1;
    Ok(AuditError::Replaced { first: entry, last, path })
}

/// Whether these hashes, as the tile at `id`, lead to the signed root through the tiles on file.
fn leads_to_root<F: Files>(
    files: &F,
    checkpoint: &Checkpoint,
    id: TileId,
    hashes: &[[u8; 32]],
) -> Result<bool, AuditError<F::Error>> {
    let TileKind::Hashes(level) = id.kind else { return Ok(false) };
    if id.is_partial() {
        return edge_leads_to_root(files, checkpoint, id, hashes);
    }
    let index = id.index / u64::from(TILE_WIDTH);
    let width = width_at(level + 1, index, checkpoint.size);
    let above = TileId { kind: TileKind::Hashes(level + 1), index, width };
    let Some(bytes) = on_file(files, above)? else { return Ok(false) };
    let (parents, _) = bytes.as_chunks::<32>();
    let place = usize::try_from(id.index % u64::from(TILE_WIDTH)).expect("below 256");
    let vouched = parents.get(place).is_some_and(|parent| fold(hashes).0 == *parent);
    match parents.get(..width.into()) {
        Some(parents) if vouched => leads_to_root(files, checkpoint, above, parents),
        _ => Ok(false),
    }
}

/// Whether the partial tiles on file, with these hashes at `id`, have the signed root.
fn edge_leads_to_root<F: Files>(
    files: &F,
    checkpoint: &Checkpoint,
    id: TileId,
    hashes: &[[u8; 32]],
) -> Result<bool, AuditError<F::Error>> {
    let mut edge = Vec::new();
    for level in 0..=7_u8 {
        let row = checkpoint.size >> (u32::from(level) * u32::from(TILE_HEIGHT));
        let index = row / u64::from(TILE_WIDTH);
        let width = width_at(level, index, checkpoint.size);
        if width == 0 {
            continue;
        }
        let other = TileId { kind: TileKind::Hashes(level), index, width };
        let bytes = if other == id {
            hashes.as_flattened().to_vec()
        } else {
            let Some(mut bytes) = on_file(files, other)? else { return Ok(false) };
            bytes.truncate(usize::from(width) * Hash::BYTES);
            bytes
        };
        edge.push(Tile { id: other, bytes });
    }
    let resumed = TileBuilder::resume(checkpoint.size, edge);
    Ok(resumed.is_ok_and(|builder| builder.root() == checkpoint.root))
}

fn on_file<F: Files>(files: &F, id: TileId) -> Result<Option<Vec<u8>>, AuditError<F::Error>> {
    match read_tile(files, id) {
        Ok((_, bytes)) => Ok(Some(bytes)),
        Err(AuditError::Missing { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
