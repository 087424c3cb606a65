//! `bongsu who-has`: which systems and institutions have it.

use anyhow::{Context, Result, bail};
use bongsu_advisory::VulnerabilityId;
use bongsu_formats::packing::Patience;
use bongsu_matching::index::{Ask, Counts, Scratch, Snapshot, SystemNameBuf};
use bongsu_matching::{Asked, Question};
use bongsu_shelf::{Residence, Shelf};
use serde_json::json;

use crate::Outcome;
use crate::cli::{Format, WhoHasArgs};
use crate::load::{self, Aside};
use crate::output::plain::{self, plain};
use crate::output::style::{Paint, coloured};

/// How many and, for the first page, who.
struct Found {
    affected: Counts,
    page: Vec<SystemNameBuf>,
    open_systems: u64,
    open_page: Vec<SystemNameBuf>,
}

pub(crate) fn run(args: &WhoHasArgs, quiet: bool) -> Result<Outcome> {
    let wanted: VulnerabilityId =
        args.vulnerability.parse().with_context(|| args.vulnerability.clone())?;
    let (shelf, report) = Shelf::read(&args.dir, Residence::OnDemand)
        .with_context(|| args.dir.display().to_string())?;
    report.notes.iter().for_each(|note| eprintln!("{}", plain(&note.to_string())));
    let mut aside = Aside::default();
    let mut knowledge = load::knowledge(&args.advisories, &mut aside, Patience::ENDLESS, quiet)?;
    knowledge.settle();
    aside.report(None, quiet)?;
    let question = knowledge.question(&wanted);
    if question.affected.is_empty() && question.open.is_empty() {
        bail!(
            "no loaded advisory that stands names versions for {wanted}; name more with --advisories"
        );
    }
    let found = ask(&shelf.snapshot(), &question, args.first)?;
    match args.format {
        Format::Json => print_json(&wanted, &found)?,
        Format::Table => print_table(&wanted, &found),
    }
    Ok(Outcome::Done)
}

/// Asks twice: who is affected; and who is affected or open, which with the first taken off is who
/// cannot be told.
fn ask(snapshot: &Snapshot, question: &Question, first: usize) -> Result<Found> {
    let affected: Vec<Ask<'_>> = question.affected.iter().map(as_ask).collect();
    let either: Vec<Ask<'_>> = question.affected.iter().chain(&question.open).map(as_ask).collect();
    let (mut scratch, mut wider_scratch) = (Scratch::default(), Scratch::default());
    let sure = snapshot.ask(&affected, &mut scratch)?;
    let wider = snapshot.ask(&either, &mut wider_scratch)?;
    let page = sure.page(true, None, first)?;
    let mut open_page = wider.page(false, None, first)?;
    // Whom only the wider question finds affected cannot be told either.
    let (mut after, mut named): (Option<SystemNameBuf>, usize) = (None, 0);
    while !question.open.is_empty() && named < first {
        let more = wider.page(true, after.as_ref().map(SystemNameBuf::borrowed), 1_000)?;
        let Some(last) = more.last() else { break };
        after = Some(last.clone());
        for name in more {
            if !sure.holds(true, name.borrowed())? {
                open_page.push(name);
                named += 1;
            }
        }
    }
    open_page.sort();
    open_page.truncate(first);
    let (own, both) = (sure.affected(), wider.affected());
    let open_systems = both.systems.saturating_sub(own.systems) + wider.doubtful().systems;
    Ok(Found { affected: own, page, open_systems, open_page })
}

fn as_ask(asked: &Asked) -> Ask<'_> {
    Ask { key: &asked.key, scheme: asked.scheme, intervals: &asked.intervals }
}

fn print_table(wanted: &VulnerabilityId, found: &Found) {
    let coloured = coloured();
    let title = format!(
        "{wanted}: {} systems of {} institutions are affected",
        found.affected.systems, found.affected.institutions
    );
    let paint = if found.affected.systems > 0 { Paint::Alarm } else { Paint::Calm };
    println!("{}", paint.on(&title, coloured));
    list(&found.page, found.affected.systems);
    if found.open_systems > 0 {
        let title = format!("{} more cannot be told", found.open_systems);
        println!("{}", Paint::Caution.on(&title, coloured));
        list(&found.open_page, found.open_systems);
    }
}

fn list(page: &[SystemNameBuf], all: u64) {
    for name in page {
        println!("  {}", plain(&format!("{} / {}", name.institution, name.system)));
    }
    let more = all.saturating_sub(page.len() as u64);
    if more > 0 {
        println!("  and {more} more (--first N shows more)");
    }
}

fn print_json(wanted: &VulnerabilityId, found: &Found) -> Result<()> {
    let counts = json!({
        "vulnerability": wanted.as_str(),
        "affected": {
            "systems": found.affected.systems,
            "institutions": found.affected.institutions,
            "ministries": found.affected.ministries,
            "rows": found.affected.rows,
        },
        "cannot_tell": { "systems": found.open_systems },
    });
    println!("{}", plain::json(&counts)?);
    for (answer, page) in [("affected", &found.page), ("cannot_tell", &found.open_page)] {
        for name in page {
            println!(
                "{}",
                plain::json(&json!({ "answer": answer, "ministry": &*name.ministry,
                    "institution": &*name.institution, "system": &*name.system }))?
            );
        }
    }
    Ok(())
}
