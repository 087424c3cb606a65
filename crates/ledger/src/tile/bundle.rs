//! Entry bundles: up to 256 entries, each after its length.

use super::TILE_WIDTH;

/// The most bytes in an entry.
pub const MAX_ENTRY_BYTES: usize = 1024;

/// Why bytes are not an entry bundle, or entries do not fit one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// An entry is over [`MAX_ENTRY_BYTES`].
    #[error(
        "entry {place} of the bundle has {bytes} bytes; an entry has at most {MAX_ENTRY_BYTES}"
    )]
    Entry {
        /// Its place in the bundle, from zero.
        place: usize,
        /// Its length.
        bytes: usize,
    },
    /// The bundle ends inside an entry.
    #[error("the bundle ends inside entry {place}")]
    Torn {
        /// The entry's place in the bundle, from zero.
        place: usize,
    },
    /// There are more or fewer entries than there should be.
    #[error("the bundle has {found} entries or more instead of {expected}")]
    Count {
        /// Entries found before reading stopped.
        found: usize,
        /// Entries there should be.
        expected: u16,
    },
}

/// An entry as it stands in a bundle: its length in two bytes, big end first, then itself.
///
/// A store may append these one after another: a bundle is nothing else.
pub fn entry_bytes(entry: &[u8]) -> Result<Vec<u8>, BundleError> {
    encode_bundle(&[entry])
}

/// A bundle of at most 256 entries.
pub fn encode_bundle<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, BundleError> {
    if entries.len() > usize::from(TILE_WIDTH) {
        return Err(BundleError::Count { found: entries.len(), expected: TILE_WIDTH });
    }
    let mut bundle = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        let entry = entry.as_ref();
        let wrong = BundleError::Entry { place, bytes: entry.len() };
        let length = u16::try_from(entry.len()).map_err(|_| wrong)?;
        if entry.len() > MAX_ENTRY_BYTES {
            return Err(wrong);
        }
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// The entries of a bundle that has exactly `width` of them.
pub fn decode_bundle(bundle: &[u8], width: u16) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::with_capacity(usize::from(width.min(TILE_WIDTH)));
    let mut rest = bundle;
    while !rest.is_empty() {
        let place = entries.len();
        if place == usize::from(width) {
            return Err(BundleError::Count { found: place + 1, expected: width });
        }
        let (length, after) = rest.split_first_chunk().ok_or(BundleError::Torn { place })?;
        let bytes = usize::from(u16::from_be_bytes(*length));
        if bytes > MAX_ENTRY_BYTES {
            return Err(BundleError::Entry { place, bytes });
        }
        let (entry, after) = after.split_at_checked(bytes).ok_or(BundleError::Torn { place })?;
        entries.push(entry);
        rest = after;
    }
    if entries.len() < usize::from(width) {
        return Err(BundleError::Count { found: entries.len(), expected: width });
    }
    Ok(entries)
}
