//! `bongsu obligation`: what one institution owes.

use std::path::Path;

use anyhow::{Context, Result, bail};
use bongsu_authority::{ActId, InstitutionId};
use bongsu_desk::{Who, evidence};
use bongsu_response::{Answer, Assessment, Evidence, Obligation, Remedy, Term, Wish, escalation};
use serde_json::json;

use super::finding::plainly;
use super::show;
use crate::Outcome;
use crate::cli::Format;
use crate::cli::desk::{AnswerCommand, AsArgs, ObligationCommand, RemedyName};
use crate::files;
use crate::node::{self, Node};

pub(crate) fn run(command: ObligationCommand) -> Result<Outcome> {
    match command {
        ObligationCommand::List { institution, officer, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            let who = node.who(&officer)?;
            let institution = node.find_institution(&institution)?;
            list(&node, who, institution, format)?;
        }
        ObligationCommand::Answer { act, institution, answer, officer, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            let officer = officer.officer.context(
                "say who answers with --as OFFICER; `bongsu officer list INSTITUTION` shows who may",
            )?;
            let who = node.who(&AsArgs { officer })?;
            let institution = node.find_institution(&institution)?;
            let act = find(&node, who, institution, &act)?;
            let said = said(&answer);
            record(&node, who, (act, institution), wish(answer)?, said, format)?;
        }
        ObligationCommand::Verify { act, institution, evidence, how, refute, officer, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            let who = node.who(&officer)?;
            let institution = node.find_institution(&institution)?;
            let act = find(&node, who, institution, &act)?;
            let evidence = backed_by(&evidence)?;
            let (answer, said) = if refute {
                (Answer::Refute { evidence, how }, "refuted")
            } else {
                (Answer::Verify { evidence, how }, "verified")
            };
            record(&node, who, (act, institution), answer, said, format)?;
        }
        ObligationCommand::Decide { act, institution, until, why, officer, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            let who = node.who(&officer)?;
            let institution = node.find_institution(&institution)?;
            let act = find(&node, who, institution, &act)?;
            let owed = node.desk.obligation(who, (act, institution), node.now)?;
            let answer = decision(&owed, until, why)?;
            let said = if until.is_some() { "granted" } else { "refused" };
            record(&node, who, (act, institution), answer, said, format)?;
        }
    }
    Ok(Outcome::Done)
}

fn record(
    node: &Node,
    who: Who,
    (act, institution): (ActId, InstitutionId),
    wish: Answer,
    said: &str,
    format: Format,
) -> Result<()> {
    let seen = node.desk.obligation(who, (act, institution), node.now).is_ok();
    let wish = Wish::Obligation { act, institution, wish };
    let recorded = node.desk.record(who, wish, node.now);
    let receipt = if seen { recorded.map_err(plainly)? } else { recorded? };
    show::receipt(format, said, None, &receipt)
}

/// What an institution owes or owed, as far as it shows itself to the officer.
fn owed(node: &Node, who: Who, institution: InstitutionId) -> Result<Vec<Obligation>> {
    let seen = node.desk.with(who, node.now, |asking| {
        node.desk.store().obligations_of(institution, |owed| {
            match asking.see_obligation(owed.act, institution) {
                Ok(permit) => Ok(permit),
                Err(_) => Err(bongsu_authority::access::Denied::absent()),
            }
        })
    })?;
    Ok(seen)
}

/// An act by id or its beginning, among what the institution owes.
fn find(node: &Node, who: Who, institution: InstitutionId, text: &str) -> Result<ActId> {
    if let Ok(act) = text.parse() {
        return Ok(act);
    }
    let text = text.to_ascii_lowercase();
    let mut acts: Vec<ActId> = owed(node, who, institution)?.iter().map(|owed| owed.act).collect();
    acts.retain(|act| text.len() >= 4 && act.to_string().starts_with(&text));
    match acts.as_slice() {
        [act] => Ok(*act),
        [] => bail!(
            "this institution owes nothing under an act `{text}` that you may see; `bongsu obligation list {institution}` shows what it owes"
        ),
        _ => bail!("`{text}` could be several acts; give more of the id"),
    }
}

fn list(node: &Node, who: Who, institution: InstitutionId, format: Format) -> Result<()> {
    let mut owed = owed(node, who, institution)?;
    owed.sort_by_key(|owed| {
        (owed.settled_at(node.now), escalation::current(owed).map(|current| current.due))
    });
    let mut rows = Vec::new();
    for owed in &owed {
        let act = node.desk.act(who, owed.act, node.now).ok();
        let title = act.map_or_else(String::new, |act| act.draft.title_ko);
        let current = escalation::current(owed);
        let late = escalation::overdue(owed, node.now).is_some();
        match format {
            Format::Json => show::line(&json!({
                "act": owed.act, "institution": institution, "status": owed.status, "exposure": owed.exposure,
                "systems": owed.systems, "clocks": owed.clocks, "next_by": current.map(|current| current.due),
                "late": late, "title": title,
            }))?,
            Format::Table => rows.push(vec![
                show::short(&owed.act),
                owed.status.label_en().to_owned(),
                current.map_or_else(
                    || "-".to_owned(),
                    |current| format!("{} by {}", what(current.owed), show::instant(current.due)),
                ),
                if late { "late".to_owned() } else { String::new() },
                owed.systems.to_string(),
                title,
            ]),
        }
    }
    if format == Format::Table {
        let headings = ["ACT", "STATUS", "NEXT", "", "SYSTEMS", "TITLE"];
        if rows.is_empty() {
            println!("nothing that you may see is owed");
        } else {
            show::rows(&headings, rows)?;
        }
    }
    Ok(())
}

fn what(owed: escalation::Owed) -> &'static str {
    match owed {
        escalation::Owed::Acknowledgement => "acknowledge",
        escalation::Owed::Assessment => "assess",
        escalation::Owed::Fix => "fix",
        escalation::Owed::Forensics => "forensic check",
    }
}

fn wish(answer: AnswerCommand) -> Result<Answer> {
    let assess = |assessment| Answer::Assess { assessment, contradicts_inventory: false };
    Ok(match answer {
        AnswerCommand::Acknowledge => Answer::Acknowledge,
        AnswerCommand::Affected => assess(Assessment::Affected),
        AnswerCommand::NotAffected { why } => {
            assess(Assessment::NotAffected { justification: why })
        }
        AnswerCommand::Unknown => assess(Assessment::Unknown),
        AnswerCommand::Plan { until } => Answer::Plan { until },
        AnswerCommand::Mitigate { how } => Answer::Mitigate { how },
        AnswerCommand::Fixed { remedy, evidence } => {
            Answer::Claim { remedy: remedy_of(remedy), evidence: backed_by(&evidence)? }
        }
        AnswerCommand::Countersign => Answer::Countersign,
        AnswerCommand::Forensic { clean, evidence } => {
            Answer::ForensicCheck { clean, evidence: backed_by(&evidence)? }
        }
        AnswerCommand::AskExtension { until, why } => Answer::AskExtension { until, why },
        AnswerCommand::AskWaiver { until, control } => Answer::AskWaiver { until, control },
    })
}

fn said(answer: &AnswerCommand) -> &'static str {
    match answer {
        AnswerCommand::Acknowledge => "acknowledged",
        AnswerCommand::Affected | AnswerCommand::NotAffected { .. } | AnswerCommand::Unknown => {
            "assessed"
        }
        AnswerCommand::Plan { .. } => "planned",
        AnswerCommand::Mitigate { .. } => "mitigated",
        AnswerCommand::Fixed { .. } => "claimed fixed; it is verified by somebody else",
        AnswerCommand::Countersign => "countersigned",
        AnswerCommand::Forensic { .. } => "forensic check recorded",
        AnswerCommand::AskExtension { .. } | AnswerCommand::AskWaiver { .. } => "asked",
    }
}

fn remedy_of(name: RemedyName) -> Remedy {
    match name {
        RemedyName::Patched => Remedy::Patched,
        RemedyName::Removed => Remedy::Removed,
        RemedyName::Isolated => Remedy::Isolated,
        RemedyName::Retired => Remedy::Retired,
    }
}

fn decision(owed: &Obligation, until: Option<jiff::Timestamp>, why: String) -> Result<Answer> {
    if let Some(asked) = &owed.waiver_asked {
        let granted = until.map(|until| Term { until, control: asked.what.control.clone() });
        return Ok(Answer::DecideWaiver { granted, why });
    }
    if owed.extension_asked.is_some() {
        return Ok(Answer::DecideExtension { granted: until, why });
    }
    bail!("nothing was asked for: neither more time nor a waiver")
}

/// The SHA-256 of a file that backs what is said; the file itself stays where it is.
fn backed_by(file: &Path) -> Result<Evidence> {
    let bytes = files::whole(file)?;
    Ok(evidence(&bytes))
}
