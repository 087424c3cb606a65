//! Connections kept open for the next request to the same target.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use http_body_util::Full;
use hyper::{body::Bytes, client::conn::http1::SendRequest};

use crate::rules::Target;

/// A connection to an address that was checked when it was opened.
pub(crate) type Line = SendRequest<Full<Bytes>>;

/// Idle connections by target. A target that is the operator's own is another key than the same name without that right, so
/// a connection never serves somebody who could not have opened it.
#[derive(Default)]
pub(crate) struct Pool {
    /// Held only to put one in or take one out.
    idle: Mutex<HashMap<Target, Vec<(Instant, Line)>>>,
}

impl Pool {
    pub(crate) fn take(&self, target: &Target) -> Option<Line> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = idle.get_mut(target)?;
        while let Some((since, line)) = lines.pop() {
            if since.elapsed() < IDLE && !line.is_closed() {
                return Some(line);
            }
        }
        idle.remove(target);
        None
    }

    pub(crate) fn put(&self, target: Target, line: Line) {
        if line.is_closed() {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() >= MOST_TARGETS && !idle.contains_key(&target) {
            idle.retain(|_, lines| {
                lines.retain(|(since, line)| since.elapsed() < IDLE && !line.is_closed());
                !lines.is_empty()
            });
            if idle.len() >= MOST_TARGETS {
                return;
            }
        }
        let lines = idle.entry(target).or_default();
        if lines.len() < MOST_LINES {
            lines.push((Instant::now(), line));
        }
    }
}

/// After this a server has hung up more often than not.
const IDLE: Duration = Duration::from_secs(20);

/// Idle connections a target.
const MOST_LINES: usize = 4;

/// Targets with idle connections.
const MOST_TARGETS: usize = 128;
