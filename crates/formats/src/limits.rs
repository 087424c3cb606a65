//! How much a document may ask of us.

/// Bounds on what comes from outside. The defaults fit every real document we know, with room.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// One document, unpacked, in bytes. Default 512 MiB: the largest real SBOM seen has 90 MB.
    pub document_bytes: u64,
    /// One archive or stream of documents, unpacked, in bytes. Default 64 GiB.
    pub archive_bytes: u64,
    /// One packed zip, in bytes: it is held in memory to read its central directory. Default 4 GiB.
    pub packed_bytes: u64,
    /// How many times larger a packed file may grow. Default 1,000; `.zst` JSON reaches 60.
    pub expansion: u64,
    /// Documents in an archive or lines in a stream. Default 5,000,000.
    pub documents: u64,
    /// Entries in one document: components, affected packages, product-tree branches. Default
    /// 2,000,000.
    pub entries: usize,
    /// Nesting of JSON and XML. Default 100; CSAF product trees reach 12.
    pub depth: usize,
    /// One name, version or identifier, in bytes. Default 8,192.
    pub name_bytes: usize,
    /// One free text, in bytes: longer ones are cut, not refused. Default 2,000.
    pub text_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 512 << 20,
            archive_bytes: 64 << 30,
            packed_bytes: 4 << 30,
            expansion: 1_000,
            documents: 5_000_000,
            entries: 2_000_000,
            depth: 100,
            name_bytes: 8_192,
            text_bytes: 2_000,
        }
    }
}
