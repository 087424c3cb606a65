//! `bongsu match`: inventories against advisories.

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use bongsu_advisory::Rating;
use bongsu_formats::Error;
use bongsu_formats::packing::Patience;
use bongsu_formats::reports::{self, Matched};
use bongsu_matching::{Answer, Depth, Finding, find_each};

use crate::cli::{FailOn, MatchArgs, MatchFormat};
use crate::load::{self, Aside};
use crate::output::{json, table};
use crate::{Outcome, progress::Progress};

pub(crate) fn run(args: &MatchArgs, quiet: bool) -> Result<Outcome> {
    let mut aside = Aside::default();
    let deadline = Deadline::after(Duration::from_secs(args.deadline));
    let is_left = || deadline.is_ahead();
    let patience = Patience::new(&is_left);
    let mut knowledge = load::knowledge(&args.advisories, &mut aside, patience, quiet)?;
    let inventories =
        load::inventories(&args.inventory, &mut knowledge, &mut aside, patience, quiet)?;
    knowledge.settle();
    let depth = if args.all { Depth::All } else { Depth::News };
    let mut unjudged = 0;
    let matched = {
        let progress = Progress::new("matching", quiet);
        let mut matched = Vec::with_capacity(inventories.len());
        for taken in &inventories {
            progress.count(1);
            let (document, inventory) = (&*taken.document, &taken.inventory);
            let each = find_each(&knowledge, inventory, document, depth);
            let mut judged = 0;
            let in_time = each.take_while(|_| patience.is_left()).inspect(|_| judged += 1);
            let findings = in_time.flatten().collect();
            unjudged += inventory.components.len() - judged;
            matched.push(Matched { document, inventory, findings });
        }
        matched
    };
    print(args, &matched, knowledge.has_catalogue())?;
    aside.report(args.quarantine.as_deref(), quiet)?;
    let unread = aside.quarantined.iter().filter(|one| matches!(one.reason, Error::OutOfTime));
    let unread = unread.count();
    if unread + unjudged > 0 {
        bail!(
            "the deadline of {} s passed: {unread} files were not read to their end, {unjudged} \
             components were not judged; give --deadline more seconds, or fewer files",
            args.deadline
        );
    }
    if args.strict && !aside.quarantined.is_empty() {
        bail!(
            "{} documents or entries were set aside, and --strict was given",
            aside.quarantined.len()
        );
    }
    let sought = |finding: &Finding<'_>| args.fail_on.is_some_and(|what| fails(what, finding));
    let found = matched.iter().flat_map(|one| &one.findings).any(sought);
    Ok(if found { Outcome::Findings } else { Outcome::Done })
}

/// The moment at which work stops.
struct Deadline(Option<Instant>);

impl Deadline {
    /// So long from now; none when that is beyond what a clock can say.
    fn after(time: Duration) -> Self {
        Self(Instant::now().checked_add(time))
    }

    fn is_ahead(&self) -> bool {
        self.0.is_none_or(|at| Instant::now() < at)
    }
}

fn print(args: &MatchArgs, matched: &[Matched<'_>], catalogue: bool) -> Result<()> {
    let mut out = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    match args.format {
        MatchFormat::Table => {
            table::matches(&mut out, matched, args, catalogue)?;
        }
        MatchFormat::Json => json::matches(&mut out, matched)?,
        MatchFormat::Sarif => reports::sarif::write(&mut out, matched)?,
        MatchFormat::CsafVex => {
            reports::csaf_vex::write(&mut out, matched, jiff::Timestamp::now())?;
        }
        MatchFormat::CyclonedxVex => {
            reports::cyclonedx_vex::write(&mut out, matched, jiff::Timestamp::now())?;
        }
    }
    Ok(out.flush()?)
}

fn fails(what: FailOn, finding: &Finding<'_>) -> bool {
    let affected = finding.answer == Answer::Affected;
    let rated = |least: Rating| {
        affected
            && finding.severity.and_then(|severity| severity.rating).is_some_and(|r| r >= least)
    };
    match what {
        FailOn::Affected => affected,
        FailOn::CannotTell => affected || finding.answer == Answer::CannotTell,
        FailOn::Kev => affected && finding.kev.is_some(),
        FailOn::Low => rated(Rating::Low),
        FailOn::Medium => rated(Rating::Medium),
        FailOn::High => rated(Rating::High),
        FailOn::Critical => rated(Rating::Critical),
    }
}
