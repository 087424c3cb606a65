//! What a whole process costs: processor time, time on the clock, memory at its peak.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use serde::{Deserialize, Serialize};

/// The cost of one process, or of several in a row.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Cost {
    /// Seconds of processor time, in the program and in the kernel for it.
    pub(crate) cpu_s: f64,
    /// Of these, in the kernel.
    pub(crate) system_s: f64,
    /// Seconds on the clock.
    pub(crate) wall_s: f64,
    /// Greatest resident memory, MiB.
    pub(crate) peak_mib: f64,
}

impl Cost {
    /// The cost of this one and then another.
    pub(crate) fn then(self, next: Self) -> Self {
        Self {
            cpu_s: self.cpu_s + next.cpu_s,
            system_s: self.system_s + next.system_s,
            wall_s: self.wall_s + next.wall_s,
            peak_mib: self.peak_mib.max(next.peak_mib),
        }
    }
}

/// Runs a command, its output thrown away, and prints its cost as JSON.
///
/// The kernel keeps the peak of all children together, so each command gets a process of ours.
pub(crate) fn print(words: &[String]) -> Result<()> {
    let (program, arguments) = words.split_first().context("a command is needed")?;
    let started = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .with_context(|| program.clone())?;
    let wall_s = started.elapsed().as_secs_f64();
    ensure!(status.success(), "{program} ended with {status}");
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let system_s = seconds(usage.system_time());
    let cost = Cost {
        cpu_s: seconds(usage.user_time()) + system_s,
        system_s,
        wall_s,
        peak_mib: as_f64(usage.max_rss()) / 1024.0, // Linux counts KiB
    };
    println!("{}", serde_json::to_string(&cost)?);
    Ok(())
}

/// The cost of a command, taken by a process of our own.
pub(crate) fn of(words: &[String]) -> Result<Cost> {
    let ourselves = std::env::current_exe()?;
    let output = Command::new(ourselves).arg("cost").arg("--").args(words).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}: {said}", words.join(" "));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// One side of a comparison.
pub(crate) struct Contender {
    /// Its name in the table.
    pub(crate) name: &'static str,
    /// What it runs, one after the other.
    pub(crate) commands: Vec<Vec<String>>,
}

/// Measures all sides in turn, round after round, and prints the least, middle and greatest.
///
/// The first round warms the caches and does not count.
pub(crate) fn race(contenders: &[Contender], rounds: usize) -> Result<()> {
    let mut costs: Vec<Vec<Cost>> = contenders.iter().map(|_| Vec::new()).collect();
    for round in 0..=rounds {
        for (contender, costs) in contenders.iter().zip(&mut costs) {
            let mut sum = Cost::default();
            for words in &contender.commands {
                sum = sum.then(of(words)?);
            }
            if round > 0 {
                costs.push(sum);
            }
        }
    }
    println!(
        "| run | processes | cpu s min/median/max | of it system | wall s median | peak MiB |"
    );
    println!("|---|---|---|---|---|---|");
    for (contender, costs) in contenders.iter().zip(&costs) {
        let [least, cpu, most] = spread(costs, |cost| cost.cpu_s);
        let [_, system, _] = spread(costs, |cost| cost.system_s);
        let [_, wall, _] = spread(costs, |cost| cost.wall_s);
        let [.., peak] = spread(costs, |cost| cost.peak_mib);
        let processes = contender.commands.len();
        println!(
            "| {} | {processes} | {least:.3}/**{cpu:.3}**/{most:.3} | {system:.3} | {wall:.3} | {peak:.1} |",
            contender.name
        );
    }
    Ok(())
}

fn spread(costs: &[Cost], of: impl Fn(&Cost) -> f64) -> [f64; 3] {
    let mut values: Vec<f64> = costs.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    let at = |part: usize| values.get(part).copied().unwrap_or(f64::NAN);
    [at(0), at(values.len() / 2), at(values.len().saturating_sub(1))]
}

#[allow(clippy::cast_precision_loss, reason = "times and sizes of processes are far below 2^52")]
fn as_f64(number: i64) -> f64 {
    number as f64
}

fn seconds(time: TimeVal) -> f64 {
    as_f64(time.tv_sec()) + as_f64(time.tv_usec()) / 1e6
}
