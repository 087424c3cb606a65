//! What an operator sees of the feeds, and what they may have done: one more look now.

use std::fmt;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bongsu_desk::Desk;
use bongsu_store::Error;
use jiff::Timestamp;

use super::config::Kind;
use super::line::Line;
use super::quarantine::{self, Held};
use super::state::{self, FeedHealth};

/// The feeds of a node, from beside. Cloned, it is the same.
#[derive(Clone)]
pub struct Lookout {
    lines: Arc<[Arc<Line>]>,
    desk: Arc<Desk>,
}

/// Something that is set aside, with its place in the list.
pub type Placed = (Vec<u8>, Held);

/// A feed as an operator sees it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Watched {
    /// What it is.
    pub kind: Kind,
    /// Where it is.
    pub place: String,
    /// How often it is looked at.
    pub every: Duration,
    /// When it is looked at next; nothing while it is.
    pub next: Option<Timestamp>,
    /// How it does on this node.
    pub health: FeedHealth,
}

impl fmt::Debug for Lookout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.lines.iter().map(|line| line.name.as_str()).collect();
        f.debug_struct("Lookout").field("feeds", &names).finish_non_exhaustive()
    }
}

impl Lookout {
    pub(super) fn new(lines: Vec<Arc<Line>>, desk: Arc<Desk>) -> Self {
        Self { lines: lines.into(), desk }
    }

    /// Every feed that is configured, by name.
    ///
    /// # Errors
    /// The store could not be read.
    pub fn feeds(&self, now: Timestamp) -> Result<Vec<Watched>, Error> {
        let mut all: Vec<_> =
            self.lines.iter().map(|line| self.watched(line, now)).collect::<Result<_, _>>()?;
        all.sort_by(|one, two| one.health.name.cmp(&two.health.name));
        Ok(all)
    }

    fn watched(&self, line: &Line, now: Timestamp) -> Result<Watched, Error> {
        let state = state::load(self.desk.store(), &line.kept_as, now)?;
        Ok(Watched {
            kind: line.kind,
            place: line.source.place(),
            every: line.every,
            next: *line.next.lock().unwrap_or_else(PoisonError::into_inner),
            health: FeedHealth::of(&line.name, state.health),
        })
    }

    /// What a feed has set aside after a place in the list, each with its own place, at most so many; nothing where there
    /// is no such feed.
    ///
    /// # Errors
    /// The store could not be read.
    pub fn quarantine(
        &self,
        feed: &str,
        after: &[u8],
        most: u32,
        now: Timestamp,
    ) -> Result<Option<Vec<Placed>>, Error> {
        let Some(line) = self.line(feed) else { return Ok(None) };
        quarantine::after(self.desk.store(), &line.name, after, most, now).map(Some)
    }

    /// Has a feed looked at now instead of later; says whether there is such a feed. While it is looked at, it is looked at
    /// once more after.
    pub fn retry(&self, feed: &str) -> bool {
        self.line(feed).is_some_and(|line| {
            line.nudge.notify_one();
            true
        })
    }

    fn line(&self, feed: &str) -> Option<&Arc<Line>> {
        self.lines.iter().find(|line| line.name == feed)
    }
}
