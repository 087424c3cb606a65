//! `bongsu case statements`: suppliers' statements, and what they change.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use bongsu_desk::statements::{self, Change, Heard, Said};
use bongsu_desk::{Who, evidence};
use bongsu_formats::packing::Patience;
use bongsu_matching::Knowledge;
use bongsu_response::{Case, Evidence};
use serde_json::json;

use super::show;
use crate::cli::Format;
use crate::files;
use crate::load::{self, Aside};
use crate::node::Node;
use crate::output::plain::plain;

pub(super) fn hear(
    node: &Node,
    who: Who,
    case: &Case,
    paths: &[PathBuf],
    quiet: bool,
    format: Format,
) -> Result<()> {
    let known = known(case, paths, quiet)?;
    let evidence = arrived(paths)?;
    let heard = statements::hear(&node.desk, who, case, &known, evidence, node.now)?;
    match format {
        Format::Json => as_lines(&heard),
        Format::Table => {
            as_table(node, &heard);
            Ok(())
        }
    }
}

/// The statements with advisories that say which versions are meant: those beside them, else the well-known ones.
fn known(case: &Case, paths: &[PathBuf], quiet: bool) -> Result<Knowledge> {
    let mut aside = Aside::default();
    let mut known = load::knowledge(paths, &mut aside, Patience::ENDLESS, quiet)?;
    let silent = bongsu_desk::campaign::names(case).iter().all(|name| {
        let question = known.question(name);
        question.affected.is_empty() && question.open.is_empty()
    });
    if silent {
        load::well_known(&mut known, &mut aside);
    }
    known.settle();
    aside.report(None, quiet)?;
    Ok(known)
}

/// One digest for all that arrived: of the digests of its files, in their order.
fn arrived(paths: &[PathBuf]) -> Result<Evidence> {
    let mut digests = Vec::new();
    for file in files::below(paths)? {
        let bytes = fs::read(&file).with_context(|| file.display().to_string())?;
        digests.extend_from_slice(&evidence(&bytes).0);
    }
    Ok(evidence(&digests))
}

fn as_lines(heard: &Heard) -> Result<()> {
    for change in &heard.changes {
        let (said, why) = words(&change.said);
        show::line(&json!({
            "act": change.act, "institution": change.institution, "before": change.before, "said": said, "why": why,
            "moved": change.moved, "entry": change.entry,
        }))?;
    }
    show::line(&json!({
        "done": "statements heard", "judged": heard.judged, "changed": heard.changes.len(),
        "no_document": heard.without_document, "elsewhere": heard.elsewhere,
    }))
}

fn as_table(node: &Node, heard: &Heard) {
    for change in &heard.changes {
        let (name, _) = node.names(change.institution);
        println!("{}", plain(&line(change, &name)));
    }
    println!(
        "{} institutions judged exactly, {} obligations have a new word",
        heard.judged,
        heard.changes.len()
    );
    println!("{} not judged: no document", heard.without_document);
    if heard.elsewhere > 0 {
        println!("{} not judged: another coordinator's", heard.elsewhere);
    }
}

fn line(change: &Change, name: &str) -> String {
    let (said, why) = words(&change.said);
    let why = why.map_or_else(String::new, |why| format!(": {why}"));
    let stands =
        if change.moved { "" } else { " (an officer's word stands; somebody should look)" };
    let (short, before) = (show::short(&change.institution), change.before.label_en());
    format!("{short} {name}: {before} → {said}{why}{stands}, entry {}", change.entry)
}

fn words(said: &Said) -> (&'static str, Option<&str>) {
    match said {
        Said::NotAffected(why) => ("not affected", Some(why)),
        Said::Affected => ("affected", None),
        Said::Unknown => ("cannot tell", None),
        Said::Refuted => ("refuted", None),
        Said::Regressed => ("it is back", None),
    }
}
