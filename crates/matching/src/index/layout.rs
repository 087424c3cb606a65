//! Where things stand in a segment: the one place that knows, for writers and readers.
//!
//! ```text
//! header   128 bytes, its own CRC last
//! blocks   one a package, each with its CRC in the directory
//! directory   buckets by the first bits of the key's hash, then entries by hash
//! places   ministries, institutions, where the names are
//! names    the systems' names, 256 to a chunk, each chunk with its CRC in the places
//! ```

/// The first eight bytes of a segment.
pub(super) const MAGIC: &[u8; 8] = b"BONGSUix";
/// The layout below. A reader refuses any other.
pub(super) const FORMAT: u32 = 1;
/// Raised whenever a version order changes its mind: tables sorted under another revision are
/// scanned instead of bisected, so that an old segment stays right and is only slower.
pub(super) const ORDER_REVISION: u32 = 1;

/// Bytes of the header.
pub(super) const HEADER: usize = 128;

/// Byte positions in the header.
pub(super) mod header {
    pub(crate) const FORMAT: usize = 8;
    pub(crate) const ORDER_REVISION: usize = 12;
    pub(crate) const SYSTEMS: usize = 16;
    pub(crate) const INSTITUTIONS: usize = 20;
    pub(crate) const MINISTRIES: usize = 24;
    pub(crate) const PACKAGES: usize = 28;
    pub(crate) const VERSIONS: usize = 32;
    pub(crate) const ROWS: usize = 40;
    /// Position and length of the directory, the places and the names, eight bytes each.
    pub(crate) const DIRECTORY: usize = 48;
    pub(crate) const PLACES: usize = 64;
    pub(crate) const NAMES: usize = 80;
    pub(crate) const DIRECTORY_CRC: usize = 96;
    pub(crate) const PLACES_CRC: usize = 100;
    pub(crate) const CRC: usize = 124;
}

/// Bytes of a directory entry: hash, position, length, CRC.
pub(super) const ENTRY: usize = 24;
/// Directory entries to a bucket, on average, at most.
pub(super) const BUCKET: usize = 4;
/// Names to a chunk.
pub(super) const NAMES_CHUNK: usize = if cfg!(test) { 4 } else { 256 };
/// Bytes of a ministry, an institution and a chunk of names in the places.
pub(super) const MINISTRY: usize = 8;
pub(super) const INSTITUTION: usize = 12;
pub(super) const CHUNK: usize = 16;

/// Byte positions at the head of a package's block.
pub(super) mod block {
    pub(crate) const KEY_LEN: usize = 0;
    pub(crate) const SCHEME: usize = 4;
    pub(crate) const FORM: usize = 5;
    pub(crate) const FLAGS: usize = 6;
    pub(crate) const VERSIONS: usize = 8;
    pub(crate) const KNOWN: usize = 12;
    pub(crate) const ROWS: usize = 16;
    pub(crate) const TEXT_LEN: usize = 20;
    pub(crate) const SPILLED: usize = 24;
    pub(crate) const CODES: usize = 28;
    pub(crate) const HEAD: usize = 32;
}

/// The last version is that of rows without one.
pub(super) const HAS_ABSENT: u8 = 1;

/// Rows as packed runs of (gap to the next system, version).
pub(super) const PACKED: u8 = 0;
/// One byte a system: the code of its version, [`SPILLED`] or [`NONE`].
pub(super) const COLUMN: u8 = 1;

/// Versions that have a code: the most frequent ones, coded in their order. Rows of the others
/// spill, as do those of systems with several versions.
pub(super) const CODES: usize = 254;
/// The rows of the system stand in the spill list.
pub(super) const SPILLED: u8 = 254;
/// The system does not run the package.
pub(super) const NONE: u8 = 255;

/// Bytes before the numbers of a packed run: first system, width of gaps, width of versions.
pub(super) const RUN_HEAD: usize = 6;

/// A package gets a column when it is on at least one system in so many: a column answers in the
/// same time whatever the range, packed runs take time by the row.
pub(super) const COLUMN_SHARE: usize = 6;
/// And when its spill list is no longer than this share of the column's bytes.
pub(super) const SPILL_SHARE: usize = 2;
/// Below so many systems columns save nothing that can be felt. Tests want them in small worlds.
pub(super) const COLUMN_SYSTEMS: usize = if cfg!(test) { 8 } else { 4_096 };
