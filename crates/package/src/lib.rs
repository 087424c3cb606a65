//! What a thing is: package identity, ecosystems, version orders and ranges.
//!
//! Names come in three spellings. A [`Purl`] is what tools write; a [`PackageName`] is the same
//! package inside its [`Ecosystem`], normalised, so that two spellings meet; a [`ProductName`] is
//! what an office writes about an appliance. [`Scheme`] says how versions of a thing are ordered,
//! [`Version`] is a text that its scheme could read, [`Interval`] and [`VersRange`] are ranges.

mod cpe;
mod ecosystem;
pub mod order;
mod product;
mod purl;
mod range;
pub mod vers;

pub use cpe::{Cpe, MAX_CPE_BYTES, ParseCpeError};
pub use ecosystem::{Ecosystem, Family, PackageName, ParseEcosystemError, ReleaseSource};
pub use order::{Scheme, UnreadableVersion, Version};
pub use product::ProductName;
pub use purl::{MAX_PURL_BYTES, ParsePurlError, Purl, PurlBuilder};
pub use range::{Bound, Interval, IntervalSet, Within};
pub use vers::{ParseVersError, VersRange};
