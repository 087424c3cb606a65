//! The index of a nation: which systems run which version of what.
//!
//! An index answers backwards. Each package keeps its versions in the order of its ecosystem and
//! its rows in the order of systems; a range of versions becomes a run of ranks by bisection, and
//! one pass over the package's rows gives the systems, already sorted. Systems are numbered by
//! institution and institutions by ministry, so the same pass counts those too.
//!
//! [`Builder`] makes a [`Segment`] of inventories, as bytes. [`Live`] holds segments and the
//! inventories that came since, replaces one inventory at a time, and gives readers consistent
//! [`Snapshot`]s that nobody blocks. Nothing here touches a file: `bongsu-shelf` does.
//!
//! ```
//! use bongsu_matching::index::{Ask, Entry, Live, Scratch, SystemName};
//! use bongsu_package::{Bound, Interval, Scheme};
//!
//! let live = Live::default();
//! let mail = SystemName { ministry: "Interior", institution: "Harbour Office", system: "mail" };
//! let key = "e:lexicographic/left-pad";
//! let row = Entry { key, scheme: Scheme::Lexicographic, version: Some("1.2") };
//! live.replace(mail, [row])?;
//!
//! let below = Interval { low: Bound::Open, high: Bound::Excluding("1.3".to_owned()) };
//! let asks = [Ask { key, scheme: Scheme::Lexicographic, intervals: &[below] }];
//! let snapshot = live.snapshot();
//! let mut scratch = Scratch::default();
//! let answer = snapshot.ask(&asks, &mut scratch)?;
//! assert_eq!(answer.affected().systems, 1);
//! assert_eq!(answer.page(true, None, 10)?[0].to_string(), "Interior / Harbour Office / mail");
//! # Ok::<(), bongsu_matching::index::SegmentError>(())
//! ```

mod ask;
mod bitmap;
mod block;
mod build;
mod bytes;
mod dead;
mod flat;
mod gather;
mod layout;
mod list;
mod live;
mod merge;
mod name;
mod pack;
mod roster;
mod segment;
mod snapshot;
mod write;

#[cfg(test)]
mod tests;

pub use ask::Ask;
pub use build::Builder;
pub use live::{Fold, Folded, Live};
pub use name::{Entry, PackageKey, SystemName, SystemNameBuf, scheme_code, scheme_of_code};
pub use segment::{Segment, SegmentError, SegmentSize, Source};
pub use snapshot::{Answer, AskRows, Counts, Scratch, Snapshot, SnapshotSize};
