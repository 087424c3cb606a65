//! Progress on long work: on a terminal only, and never on standard output.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::plain::plain;

/// A line that says what is being done; silent when asked to be, and in pipes.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Begins a piece of work of unknown length.
    pub(crate) fn new(what: &'static str, quiet: bool) -> Self {
        if quiet || !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
        let style = ProgressStyle::with_template("{spinner} {prefix} {human_pos} {msg}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_prefix(what);
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(bar)
    }

    /// Says what is being worked on.
    pub(crate) fn at(&self, what: &str) {
        if !self.0.is_hidden() {
            self.0.set_message(plain(what).into_owned());
        }
    }

    /// Counts.
    pub(crate) fn count(&self, more: usize) {
        self.0.inc(more as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
