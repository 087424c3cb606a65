//! CPU time of this thread, and lists of it.

use std::fmt;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// CPU time this thread has taken so far.
pub(crate) fn cpu() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// CPU time that `act` takes, and what it gives.
pub(crate) fn timed<T>(act: impl FnOnce() -> T) -> (Duration, T) {
    let begin = cpu();
    let result = act();
    (cpu().saturating_sub(begin), result)
}

/// A list of times.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The time below which a share of the list lies.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let place = (sorted.len().saturating_sub(1) as f64 * share) as usize;
        sorted.get(place).copied().unwrap_or_default()
    }

    pub(crate) fn mean(&self) -> Duration {
        let count = u32::try_from(self.0.len()).unwrap_or(u32::MAX).max(1);
        self.0.iter().sum::<Duration>() / count
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |share| micros(self.quantile(share));
        write!(
            f,
            "p50 {} | p90 {} | p99 {} | p99.9 {} | max {} | mean {}",
            at(0.5),
            at(0.9),
            at(0.99),
            at(0.999),
            at(1.0),
            micros(self.mean())
        )
    }
}

/// A time in microseconds.
pub(crate) fn micros(time: Duration) -> String {
    format!("{:.1} us", time.as_secs_f64() * 1e6)
}

/// CPU time this process has taken so far, in all threads.
pub(crate) fn process_cpu() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// Repeated runs of one thing: by the clock on the wall, and in CPU time of all threads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Runs {
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

impl Runs {
    /// Runs it once more.
    pub(crate) fn run<T>(&mut self, act: impl FnOnce() -> T) -> T {
        let (cpu, wall) = (process_cpu(), Instant::now());
        let result = act();
        self.wall.push(wall.elapsed().as_secs_f64());
        self.cpu.push(process_cpu().saturating_sub(cpu).as_secs_f64());
        result
    }
}

impl fmt::Display for Runs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (wall, cpu) = (Spread::of(&self.wall), Spread::of(&self.cpu));
        write!(f, "{wall:.3} s | CPU {cpu:.3} s | {} runs", self.wall.len())
    }
}

/// The median, the least and the most.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Spread {
    pub(crate) fn of(numbers: &[f64]) -> Self {
        let mut sorted = numbers.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let (Some(least), Some(most)) = (sorted.first(), sorted.last()) else {
            return Self::default();
        };
        Self { median: sorted[sorted.len() / 2], least: *least, most: *most }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = f.precision().unwrap_or(0);
        let Self { median, least, most } = self;
        write!(f, "{median:.places$} ({least:.places$} to {most:.places$})")
    }
}
