//! Measures, each defined once and computed from what is recorded (domain guide, section 10).
//!
//! Mean values mislead here: the tails are long and many matters are still open. So there are percentiles that show the open
//! ones as open, and survival curves that count them for as long as they were seen.

mod share;
mod survival;
#[cfg(test)]
mod tests;
mod time;

pub use share::{Channel, FalseClosures, Share, Watched, false_closures, reach, statutory_misses};
pub use survival::{Point, Subject, Survival, survival, survival_by};
pub use time::{ExposureTime, Lapse, Spread, Step, exposure_time, spread, time_to_know};
