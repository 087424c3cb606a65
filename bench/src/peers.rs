//! The same rows and the same questions for databases: written as text, asked by `peers.py`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use bongsu_matching::index::{Counts, Scratch};
use bongsu_shelf::{Folder, Residence};

use crate::clock::Times;
use crate::index::{ask, open};
use crate::world::{MINISTRIES, World};

/// Questions that the databases are asked too.
const QUESTIONS: u64 = 100;
/// Times each is asked here: the median counts.
const PASSES: usize = 5;

/// Bytes written between questions so that no cache holds any of the index.
const SWEPT: usize = 128 << 20;

fn sweep(bytes: &mut [u8]) {
    bytes.iter_mut().step_by(64).for_each(|byte| *byte = byte.wrapping_add(1));
    std::hint::black_box(bytes);
}

/// Writes rows, systems and questions with our answers and times, and runs the script on them.
pub(crate) fn run(world: &World, dir: &Path, name: &str) -> anyhow::Result<()> {
    let rows_file = dir.join(format!("{name}.rows"));
    if !rows_file.exists() {
        write_rows(world, &rows_file, &dir.join(format!("{name}.systems")))?;
    }
    // In memory, as the databases have theirs; on demand beside it.
    let folder = Folder::new(dir)?;
    let [memory, on_demand] = [Residence::Memory, Residence::OnDemand]
        .map(|residence| open(&folder, name, residence).map(|live| live.snapshot()));
    let (memory, on_demand) = (memory?, on_demand?);
    let mut scratch = Scratch::default();
    let mut cold = vec![0_u8; SWEPT];
    let mut out = BufWriter::new(File::create(dir.join(format!("{name}.questions")))?);
    for number in 0..QUESTIONS {
        let question = world.question(number);
        let mut counts = Counts::default();
        for (snapshot, swept) in [(&memory, false), (&on_demand, false), (&memory, true)] {
            let mut times = Times::default();
            for _ in 0..PASSES {
                if swept {
                    sweep(&mut cold);
                }
                let (time, answer) = ask(world, snapshot, &question, &mut scratch)?;
                times.push(time);
                counts = answer;
            }
            write!(out, "{:.3} ", times.quantile(0.5).as_secs_f64() * 1e6)?;
        }
        write!(out, "{} {} {}", counts.systems, counts.institutions, counts.ministries)?;
        for (package, low, high) in &question.ranges {
            write!(out, " {package}:{low}:{}", high - 1)?;
        }
        writeln!(out)?;
    }
    out.flush()?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers.py");
    let status = std::process::Command::new("python3").arg(script).arg(dir.join(name)).status();
    anyhow::ensure!(
        status.context("cannot run python3")?.success(),
        "the peers could not be asked"
    );
    Ok(())
}

fn write_rows(world: &World, rows_file: &Path, systems_file: &Path) -> anyhow::Result<()> {
    let mut systems = BufWriter::new(File::create(systems_file)?);
    let mut all = Vec::new();
    let mut rows = Vec::new();
    for system in 0..world.systems {
        world.rows(system, 0, &mut rows);
        all.extend(rows.iter().map(|(package, version)| (*package, *version, system as u32)));
        let institution = world.institution_of(system);
        let ministry = institution * MINISTRIES / world.institutions;
        writeln!(systems, "{system}\t{institution}\t{ministry}")?;
    }
    systems.flush()?;
    // In the order of the covering index: the kindest way to load one.
    all.sort_unstable();
    let young = rows_file.with_extension("young");
    let mut out = BufWriter::new(File::create(&young)?);
    for (package, version, system) in all {
        writeln!(out, "{package}\t{version}\t{system}")?;
    }
    out.flush()?;
    std::fs::rename(young, rows_file)?;
    Ok(())
}
