//! Tables for a person at a terminal.

use std::io::{IsTerminal, Write};

use anyhow::Result;
use bongsu_advisory::Rating;
use bongsu_formats::reports::Matched;
use bongsu_inventory::Component;
use bongsu_matching::{Answer, Finding, Why};
use unicode_width::UnicodeWidthStr;

use crate::cli::MatchArgs;
use crate::output::plain::plain;
use crate::output::style::{Paint, cell, coloured, padded};

/// Columns of a line when nobody says.
const COLUMNS: usize = 120;

/// Widest cell before the last column.
const CELL: usize = 36;

/// One line of a table: cells and the paint of each.
type Row = Vec<(String, Paint)>;

/// Prints rows under headings, columns as wide as they need to be, the last one cut at the edge.
pub(crate) fn rows(out: &mut impl Write, headings: &[&str], rows: &[Row]) -> Result<()> {
    let coloured = coloured();
    let mut widths: Vec<usize> = headings.iter().map(|heading| heading.width()).collect();
    for row in rows {
        for (width, (text, _)) in widths.iter_mut().zip(row) {
            *width = (*width).max(plain(text).width()).min(CELL);
        }
    }
    let last = headings.len() - 1;
    let used: usize = widths[..last].iter().map(|width| width + 2).sum();
    widths[last] = columns().map_or(usize::MAX, |all| all.saturating_sub(used).max(24));
    let heading = headings.iter().map(|heading| ((*heading).to_owned(), Paint::Faint)).collect();
    for row in std::iter::once(&heading).chain(rows) {
        for (at, (text, paint)) in row.iter().enumerate() {
            let text = cell(text, widths[at]);
            let text = if at == last { text } else { padded(&text, widths[at] + 2) };
            write!(out, "{}", paint.on(&text, coloured))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The terminal's columns; `None` in a pipe, where nothing is cut.
fn columns() -> Option<usize> {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    std::io::stdout().is_terminal().then(|| said.unwrap_or(COLUMNS))
}

/// Prints the findings, inventory by inventory, the gravest first.
pub(crate) fn matches(
    out: &mut impl Write,
    matched: &[Matched<'_>],
    args: &MatchArgs,
    catalogue: bool,
) -> Result<()> {
    let coloured = coloured();
    let mut untold = 0;
    for one in matched {
        let (mut findings, cleared): (Vec<_>, Vec<_>) =
            one.findings.iter().partition(|finding| args.all || changes_something(finding));
        untold += cleared.len();
        if findings.is_empty() {
            continue;
        }
        writeln!(out, "{}", Paint::Strong.on(&cell(&heading(one), 200), coloured))?;
        findings.sort_by_key(|finding| std::cmp::Reverse(urgency(finding)));
        let component = |finding: &Finding<'_>| &one.inventory.components[finding.component];
        let lines: Vec<Row> = findings.iter().map(|f| row(f, component(f))).collect();
        rows(
            out,
            &["ANSWER", "VULNERABILITY", "COMPONENT", "VERSION", "FIXED IN", "SEVERITY", "WHY"],
            &lines,
        )?;
        writeln!(out)?;
    }
    totals(out, matched, catalogue)?;
    if untold > 0 {
        let line =
            format!("{untold} statements clear what no advisory had named; --all shows them");
        writeln!(out, "{}", Paint::Faint.on(&line, coloured))?;
    }
    if args.advisories.is_empty() {
        writeln!(
            out,
            "{}",
            Paint::Faint.on(
                "Against a small set of well-known vulnerabilities. For the whole picture: bongsu match --advisories PATH...",
                coloured
            )
        )?;
    }
    Ok(())
}

/// The document, and the system where the document does not already name it.
fn heading(one: &Matched<'_>) -> String {
    let system = &one.inventory.system;
    if system.is_empty() || one.document.contains(&**system) {
        return one.document.to_owned();
    }
    format!("{} · {system}", one.document)
}

/// Whether a finding tells a person something: a statement that clears what nobody had named does
/// not.
fn changes_something(finding: &Finding<'_>) -> bool {
    let stated = matches!(finding.reason.why, Why::Statement { .. });
    let cleared = finding.answer == Answer::NotAffected;
    !(stated && cleared && finding.weighed.iter().all(|(answer, _)| *answer == Answer::NotAffected))
}

fn urgency(finding: &Finding<'_>) -> (Answer, bool, Option<Rating>) {
    let rating = finding.severity.and_then(|severity| severity.rating);
    (finding.answer, finding.kev.is_some(), rating)
}

fn row(finding: &Finding<'_>, component: &Component) -> Row {
    let answer = match finding.answer {
        Answer::Affected if finding.informational.is_some() => ("notice", Paint::Caution),
        Answer::Affected => ("affected", Paint::Alarm),
        Answer::CannotTell => ("cannot tell", Paint::Caution),
        Answer::NotAffected => ("not affected", Paint::Calm),
    };
    let version = component.version.as_deref().unwrap_or("-");
    let fixed = match finding.fixed.len() {
        0 => "no fix yet".to_owned(),
        1..=2 => finding.fixed.join(", "),
        more => format!("{}, {} and {} more", finding.fixed[0], finding.fixed[1], more - 2),
    };
    vec![
        (answer.0.to_owned(), answer.1),
        (finding.vulnerability.to_string(), Paint::Strong),
        (component.name.clone(), Paint::Plain),
        (version.to_owned(), Paint::Plain),
        (fixed, Paint::Plain),
        severity(finding),
        (finding.reason.sentence(), Paint::Faint),
    ]
}

fn severity(finding: &Finding<'_>) -> (String, Paint) {
    let rating = finding.severity.and_then(|severity| severity.rating);
    let word = rating.map_or("-", Rating::word);
    let exploited = if finding.kev.is_some() { " exploited" } else { "" };
    let paint = match rating {
        _ if finding.kev.is_some() => Paint::Alarm,
        Some(Rating::Critical | Rating::High) => Paint::Alarm,
        Some(Rating::Medium) => Paint::Caution,
        _ => Paint::Plain,
    };
    (format!("{word}{exploited}"), paint)
}

fn totals(out: &mut impl Write, matched: &[Matched<'_>], catalogue: bool) -> Result<()> {
    let findings = || matched.iter().flat_map(|one| &one.findings);
    let count = |answer| findings().filter(|finding| finding.answer == answer).count();
    let components: usize = matched.iter().map(|one| one.inventory.components.len()).sum();
    let affected = count(Answer::Affected);
    let exploited = findings()
        .filter(|finding| finding.answer == Answer::Affected && finding.kev.is_some())
        .count();
    let exploited =
        if catalogue { format!(" ({exploited} known to be exploited)") } else { String::new() };
    let line = format!(
        "{} {}, {components} components: {affected} affected{exploited}, {} cannot tell",
        matched.len(),
        if matched.len() == 1 { "inventory" } else { "inventories" },
        count(Answer::CannotTell),
    );
    writeln!(out, "{}", Paint::Strong.on(&line, coloured()))?;
    Ok(())
}
