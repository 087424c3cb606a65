//! A writer for bbolt's file format, version 2: pages, buckets in buckets, two meta pages.
//!
//! It writes a whole file at once from values in memory, which is all that a comparison needs: no
//! transactions, no free pages. Numbers are little-endian, as bbolt writes them on the machines we
//! run on.

use std::collections::BTreeMap;

/// Keys and values in the order of their bytes, as the format demands.
#[derive(Debug, Default)]
pub(crate) struct Bucket(BTreeMap<Vec<u8>, Item>);

#[derive(Debug)]
enum Item {
    Value(Vec<u8>),
    Bucket(Bucket),
}

impl Bucket {
    /// The bucket under `key`, made when there is none; a value there gives way.
    pub(crate) fn bucket(&mut self, key: &str) -> &mut Self {
        let item = self.0.entry(key.into()).or_insert_with(|| Item::Bucket(Self::default()));
        if let Item::Value(_) = item {
            *item = Item::Bucket(Self::default());
        }
        match item {
            Item::Bucket(bucket) => bucket,
            Item::Value(_) => unreachable!("a value was replaced above"),
        }
    }

    /// Puts a value under `key`.
    pub(crate) fn put(&mut self, key: &str, value: Vec<u8>) {
        self.0.insert(key.into(), Item::Value(value));
    }

    /// The bytes of a database file whose root this bucket is.
    pub(crate) fn into_file(self) -> Vec<u8> {
        let mut pages = Pages { bytes: vec![0; FIRST_DATA_PAGE * PAGE_BYTES] };
        let root = pages.place(&self);
        pages.finish(root)
    }
}

/// The file so far; a page's number is its position.
struct Pages {
    bytes: Vec<u8>,
}

/// One element of a leaf page.
struct Leaf<'a> {
    flags: u32,
    key: &'a [u8],
    value: Vec<u8>,
}

impl Pages {
    /// Writes a bucket's pages, children first, and says where its root page is.
    fn place(&mut self, bucket: &Bucket) -> u64 {
        let leaves: Vec<Leaf<'_>> =
            bucket.0.iter().map(|(key, item)| self.leaf(key, item)).collect();
        let mut level: Vec<(&[u8], u64)> = Vec::new();
        for run in runs(&leaves, |leaf| leaf.key.len() + leaf.value.len()) {
            let first = run.first().map_or(&[][..], |leaf| leaf.key);
            level.push((first, self.append(leaf_page(run))));
        }
        while level.len() > 1 {
            let mut above = Vec::new();
            for run in runs(&level, |(key, _)| key.len()) {
                above.push((run[0].0, self.append(branch_page(run))));
            }
            level = above;
        }
        level[0].1
    }

    fn leaf<'a>(&mut self, key: &'a [u8], item: &Item) -> Leaf<'a> {
        match item {
            Item::Value(value) => Leaf { flags: 0, key, value: value.clone() },
            Item::Bucket(bucket) => Leaf { flags: IS_BUCKET, key, value: self.sub_bucket(bucket) },
        }
    }

    /// A bucket as a value: its root page and sequence, or the page itself when it is small.
    fn sub_bucket(&mut self, bucket: &Bucket) -> Vec<u8> {
        let plain = |item: &Item| match item {
            Item::Value(value) => Some(value.len()),
            Item::Bucket(_) => None,
        };
        let bytes =
            bucket.0.iter().map(|(key, item)| Some(key.len() + plain(item)? + ELEMENT_BYTES));
        let inline = bytes.sum::<Option<usize>>().is_some_and(|sum| sum <= PAGE_BYTES / 4);
        if !inline {
            return [self.place(bucket).to_le_bytes(), [0; 8]].concat();
        }
        let leaves: Vec<Leaf<'_>> =
            bucket.0.iter().map(|(key, item)| self.leaf(key, item)).collect();
        [vec![0; BUCKET_BYTES], leaf_page(&leaves)].concat()
    }

    /// Adds a page, with as many after it as it overflows into, and numbers it.
    fn append(&mut self, mut page: Vec<u8>) -> u64 {
        let number = (self.bytes.len() / PAGE_BYTES) as u64;
        page[..8].copy_from_slice(&number.to_le_bytes());
        let overflow = page.len().div_ceil(PAGE_BYTES) - 1;
        page[12..16].copy_from_slice(&small(overflow).to_le_bytes());
        page.resize((overflow + 1) * PAGE_BYTES, 0);
        self.bytes.append(&mut page);
        number
    }

    /// Fills in the two meta pages and the empty list of free pages.
    fn finish(mut self, root: u64) -> Vec<u8> {
        let pages = (self.bytes.len() / PAGE_BYTES) as u64;
        for (at, number) in [(0, 0), (1, 1_u64)] {
            let mut meta = Vec::new();
            for word in [MAGIC, FORMAT, small(PAGE_BYTES), 0] {
                meta.extend_from_slice(&word.to_le_bytes());
            }
            // Root page, its sequence, the free list's page, the first page never used, transaction.
            for word in [root, 0, FREELIST_PAGE as u64, pages, number] {
                meta.extend_from_slice(&word.to_le_bytes());
            }
            let checksum = fnv1a(&meta);
            meta.extend_from_slice(&checksum.to_le_bytes());
            self.overwrite(at, &page(META, 0, number), &meta);
        }
        self.overwrite(FREELIST_PAGE, &page(FREELIST, 0, FREELIST_PAGE as u64), &[]);
        self.bytes
    }

    fn overwrite(&mut self, number: usize, head: &[u8], body: &[u8]) {
        let page = [head, body].concat();
        self.bytes[number * PAGE_BYTES..][..page.len()].copy_from_slice(&page);
    }
}

/// Cuts items into runs that fit a page; an item larger than a page is a run of its own. There is
/// always at least one run, for a bucket has a page even when it is empty.
fn runs<T>(items: &[T], bytes: impl Fn(&T) -> usize) -> Vec<&[T]> {
    let (mut runs, mut start, mut held) = (Vec::new(), 0, HEAD_BYTES);
    for (at, item) in items.iter().enumerate() {
        let more = bytes(item) + ELEMENT_BYTES;
        if at > start && held + more > PAGE_BYTES {
            runs.push(&items[start..at]);
            (start, held) = (at, HEAD_BYTES);
        }
        held += more;
    }
    runs.push(&items[start..]);
    runs
}

/// A page of keys and values: flags, distance to the key, key and value lengths; then the bytes.
fn leaf_page(leaves: &[Leaf<'_>]) -> Vec<u8> {
    let mut bytes = page(LEAF, leaves.len(), 0);
    let mut distance = leaves.len() * ELEMENT_BYTES;
    for leaf in leaves {
        let lengths = [small(distance), small(leaf.key.len()), small(leaf.value.len())];
        for word in [leaf.flags].into_iter().chain(lengths) {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        // The distance counts from the element, and each next element is that much nearer.
        distance += leaf.key.len() + leaf.value.len();
        distance -= ELEMENT_BYTES;
    }
    for leaf in leaves {
        bytes.extend_from_slice(leaf.key);
        bytes.extend_from_slice(&leaf.value);
    }
    bytes
}

/// A page of first keys and the pages they begin: distance to the key, its length, the page.
fn branch_page(children: &[(&[u8], u64)]) -> Vec<u8> {
    let mut bytes = page(BRANCH, children.len(), 0);
    let mut distance = children.len() * ELEMENT_BYTES;
    for (key, child) in children {
        bytes.extend_from_slice(&small(distance).to_le_bytes());
        bytes.extend_from_slice(&small(key.len()).to_le_bytes());
        bytes.extend_from_slice(&child.to_le_bytes());
        distance += key.len();
        distance -= ELEMENT_BYTES;
    }
    for (key, _) in children {
        bytes.extend_from_slice(key);
    }
    bytes
}

/// A page's head: number, kind, how many elements, how many pages it overflows into.
fn page(kind: u16, count: usize, number: u64) -> Vec<u8> {
    let count = u16::try_from(count).expect("a page of 4 KiB holds under 65,536 elements");
    let mut head = number.to_le_bytes().to_vec();
    head.extend_from_slice(&kind.to_le_bytes());
    head.extend_from_slice(&count.to_le_bytes());
    head.extend_from_slice(&[0; 4]);
    head
}

fn small(length: usize) -> u32 {
    u32::try_from(length).expect("pages and values are far below 4 GiB")
}

/// FNV-1a, 64 bits, with which bbolt guards its meta pages.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

const PAGE_BYTES: usize = 4096;
const HEAD_BYTES: usize = 16;
const ELEMENT_BYTES: usize = 16;
const BUCKET_BYTES: usize = 16;
const FREELIST_PAGE: usize = 2;
const FIRST_DATA_PAGE: usize = 3;
const MAGIC: u32 = 0xED0C_DAED;
const FORMAT: u32 = 2;
const BRANCH: u16 = 0x01;
const LEAF: u16 = 0x02;
const META: u16 = 0x04;
const FREELIST: u16 = 0x10;
const IS_BUCKET: u32 = 0x01;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_published_fnv1a() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn an_item_larger_than_a_page_stands_alone() {
        let sizes = [10, 5000, 10, 10];
        let runs = runs(&sizes, |size| *size);
        assert_eq!(runs, [&[10][..], &[5000], &[10, 10]]);
    }

    #[test]
    fn a_file_is_whole_pages_with_two_metas_that_check() {
        let mut root = Bucket::default();
        for number in 0..1000 {
            let sub = root.bucket(&format!("package-{number}"));
            sub.put("ID-1", vec![b'x'; if number == 7 { 9000 } else { 30 }]);
        }
        let file = root.into_file();
        assert_eq!(file.len() % PAGE_BYTES, 0);
        for meta in [&file[16..80], &file[PAGE_BYTES + 16..PAGE_BYTES + 80]] {
            assert_eq!(meta[56..64], fnv1a(&meta[..56]).to_le_bytes());
            assert_eq!(meta[40..48], ((file.len() / PAGE_BYTES) as u64).to_le_bytes());
        }
    }
}
