//! Who runs a range of versions, how soon, in an invented nation?

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use bongsu_matching::index::{
    Ask, Builder, Counts, Entry, Live, Scratch, Segment, Snapshot, SystemName,
};
use bongsu_package::Interval;
use bongsu_shelf::{Disk, Folder, Residence};

use crate::clock::{Times, micros, timed};
use crate::peers;
use crate::world::{PACKAGES, Question, SCHEME, World};

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Rows of the nation; 300 to a system.
    #[arg(long, default_value_t = 30_000_000)]
    rows: usize,
    /// Questions of the typical mix.
    #[arg(long, default_value_t = 20_000)]
    questions: u64,
    /// Inventories replaced in the live index.
    #[arg(long, default_value_t = 20_000)]
    replaced: usize,
    /// Where the segment is kept between runs.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
    /// Also ask `SQLite` and `PostgreSQL` the same, by `bench/peers.py`.
    #[arg(long)]
    peers: bool,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let world = World::new(arguments.rows);
    say(
        "nation",
        &format!(
            "{} systems, {} institutions, {} packages, {} versions",
            world.systems,
            world.institutions,
            PACKAGES,
            world.versions.len()
        ),
    );
    let folder = Folder::new(&arguments.dir).context("cannot make the directory")?;
    let name = format!("nation-{}.index", arguments.rows);
    if !arguments.dir.join(&name).exists() {
        build(&world, &folder, &name)?;
    }

    let questions: Vec<Question> =
        (0..arguments.questions).map(|number| world.question(number)).collect();
    for residence in [Residence::OnDemand, Residence::Memory] {
        let what = format!("{residence:?}").to_lowercase();
        let first = &questions[0];
        let (open, snapshot) = timed(|| open(&folder, &name, residence));
        let live = snapshot?;
        let snapshot = live.snapshot();
        let mut scratch = Scratch::default();
        let (answer, _) = timed(|| ask(&world, &snapshot, first, &mut scratch));
        say(
            &format!("{what}: open, then first question"),
            &format!("{} + {} = {}", micros(open), micros(answer), micros(open + answer)),
        );
        let size = snapshot.size();
        if residence == Residence::OnDemand {
            say(
                "rows, bytes a row",
                &format!("{}, {:.3}", size.rows, size.segment_bytes as f64 / size.rows as f64),
            );
        }
        typical(&world, &snapshot, &questions, &what)?;
        worst(&world, &snapshot, &what)?;
        if residence == Residence::Memory {
            replace(&world, &live, &questions, arguments.replaced)?;
        }
    }
    if arguments.peers {
        peers::run(&world, &arguments.dir, &name)?;
    }
    Ok(())
}

fn build(world: &World, folder: &Folder, name: &str) -> anyhow::Result<()> {
    let (time, builder) = timed(|| {
        let mut builder = Builder::default();
        let (mut rows, mut room) = (Vec::new(), Default::default());
        for system in 0..world.systems {
            world.rows(system, 0, &mut rows);
            builder.add(world.name(system, &mut room), entries(world, &rows));
        }
        builder
    });
    let rows = builder.rows();
    let each = |time: Duration| {
        format!(
            "{:.1} s, {:.1} ns a row",
            time.as_secs_f64(),
            time.as_secs_f64() * 1e9 / rows as f64
        )
    };
    say("collect (the invention included)", &each(time));
    let (time, bytes) = timed(|| builder.finish());
    say("build the segment", &each(time));
    let (time, done) = timed(|| folder.create(name, &bytes));
    done.context("cannot write the segment")?;
    say("write and sync it", &each(time));
    Ok(())
}

pub(crate) fn open(folder: &Folder, name: &str, residence: Residence) -> anyhow::Result<Live> {
    let source = folder.source(name, residence).context("cannot open the segment")?;
    Ok(Live::open([(Arc::new(Segment::open(source)?), Vec::new())])?)
}

fn entries<'a>(world: &'a World, rows: &'a [(u32, u32)]) -> impl Iterator<Item = Entry<'a>> {
    rows.iter().map(|(package, version)| Entry {
        key: &world.keys[*package as usize],
        scheme: SCHEME,
        version: Some(world.version(*package, *version)),
    })
}

/// Asks a question as an advisory would: from text to counts. Gives the time too, without that of
/// writing the texts.
pub(crate) fn ask(
    world: &World,
    snapshot: &Snapshot,
    question: &Question,
    scratch: &mut Scratch,
) -> anyhow::Result<(Duration, Counts)> {
    let intervals: Vec<Interval> = question.intervals(world);
    let asks: Vec<Ask<'_>> = question
        .ranges
        .iter()
        .zip(intervals.chunks(1))
        .map(|((package, ..), intervals)| Ask {
            key: &world.keys[*package as usize],
            scheme: SCHEME,
            intervals,
        })
        .collect();
    let (time, answer) = timed(|| snapshot.ask(&asks, scratch).map(|answer| answer.affected()));
    Ok((time, answer?))
}

fn typical(
    world: &World,
    snapshot: &Snapshot,
    questions: &[Question],
    what: &str,
) -> anyhow::Result<()> {
    let mut scratch = Scratch::default();
    let mut times = Times::default();
    let mut rows: Vec<u64> = Vec::new();
    let mut sums = [0; 4];
    for question in questions {
        let (time, counts) = ask(world, snapshot, question, &mut scratch)?;
        times.push(time);
        rows.push(counts.rows);
        let all = [counts.rows, counts.systems, counts.institutions, counts.ministries];
        sums.iter_mut().zip(all).for_each(|(sum, count)| *sum += count);
    }
    rows.sort_unstable();
    let at = |share: f64| rows[((rows.len() - 1) as f64 * share) as usize];
    say(&format!("{what}: typical question"), &times.to_string());
    say(
        "  rows it finds",
        &format!(
            "p50 {} | p90 {} | p99 {} | p99.9 {} | mean {}",
            at(0.5),
            at(0.9),
            at(0.99),
            at(0.999),
            sums[0] / rows.len() as u64
        ),
    );
    say("  sums: rows, systems, institutions, ministries", &format!("{sums:?}"));
    Ok(())
}

fn worst(world: &World, snapshot: &Snapshot, what: &str) -> anyhow::Result<()> {
    let mut scratch = Scratch::default();
    let mut slowest = (Duration::ZERO, 0);
    let (mut top, mut newest) = (Times::default(), Times::default());
    for package in 0..600 {
        // Fifteen runs, the median: the machine is not ours alone.
        let mut times = Times::default();
        for _ in 0..15 {
            let all = Question { ranges: vec![(package, 0, world.version_count(package))] };
            times.push(ask(world, snapshot, &all, &mut scratch)?.0);
        }
        slowest = slowest.max((times.quantile(0.5), package));
        if package == 0 {
            top = times;
            for _ in 0..15 {
                let older = Question { ranges: vec![(0, 0, world.version_count(0) - 1)] };
                newest.push(ask(world, snapshot, &older, &mut scratch)?.0);
            }
        }
    }
    let all = Question { ranges: vec![(slowest.1, 0, world.version_count(slowest.1))] };
    let rows = ask(world, snapshot, &all, &mut scratch)?.1.rows;
    say(&format!("{what}: top package, all versions"), &micros(top.quantile(0.5)));
    say("  all but the newest", &micros(newest.quantile(0.5)));
    say(
        "  slowest of 600 packages, all versions",
        &format!("{} (package {}, {rows} rows)", micros(slowest.0), slowest.1),
    );
    Ok(())
}

fn replace(world: &World, live: &Live, questions: &[Question], count: usize) -> anyhow::Result<()> {
    let mut times = Times::default();
    let (mut folds, mut folded) = (0, Duration::ZERO);
    let mut room = <[String; 3]>::default();
    let mut sum = 0;
    for number in 0..count {
        let system = number.wrapping_mul(7_919) % world.systems;
        let mut rows = Vec::new();
        world.rows(system, 1 + number as u64, &mut rows);
        sum += rows.len();
        let name: SystemName<'_> = world.name(system, &mut room);
        // As a reader hands them over: texts just written, not those of the world's cold memory.
        let texts: Vec<(String, String)> = rows
            .iter()
            .map(|(package, version)| {
                let key = world.keys[*package as usize].clone();
                (key, world.version(*package, *version).to_owned())
            })
            .collect();
        let entries: Vec<Entry<'_>> = texts
            .iter()
            .map(|(key, version)| Entry { key, scheme: SCHEME, version: Some(version) })
            .collect();
        let (time, done) = timed(|| live.replace(name, entries.iter().copied()));
        done?;
        times.push(time);
        if number == count / 20 {
            typical(world, &live.snapshot(), questions, "one in twenty of them young")?;
        }
        if live.snapshot().size().fold_is_due() {
            let (time, done) = timed(|| live.fold(false));
            done?;
            folds += 1;
            folded += time;
        }
    }
    say("replace and publish one inventory", &format!("{times} ({} rows)", sum / count.max(1)));
    say(
        "  folds into segments, beside it",
        &format!(
            "{folds}, {:.2} s, {} an inventory",
            folded.as_secs_f64(),
            micros(folded / count.max(1) as u32)
        ),
    );
    let size = live.snapshot().size();
    say(
        "  then",
        &format!(
            "{} segments; {} systems in {} flats, {} MB",
            size.segments,
            size.flat_systems,
            size.flats,
            size.flat_bytes / 1_000_000
        ),
    );
    typical(world, &live.snapshot(), questions, "with all of them")
}

#[allow(clippy::print_stdout, reason = "a benchmark prints its table")]
pub(crate) fn say(what: &str, result: &str) {
    println!("{what:<48} {result}");
}
