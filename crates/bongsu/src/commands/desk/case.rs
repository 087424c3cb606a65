//! `bongsu case`: one flaw, one subject of work.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use bongsu_advisory::{Advisory, VulnerabilityId};
use bongsu_authority::{CaseId, Grade, Label, NodeCode, Seat, Tlp};
use bongsu_desk::Who;
use bongsu_formats::packing::Patience;
use bongsu_matching::Knowledge;
use bongsu_response::{
    Case, CaseState, CaseWish, Exploitation, Exposure, Impact, Mission, Opening, Origin, Triage,
    Wish, priority,
};
use serde_json::json;

use super::finding::plainly;
use super::{show, statements};
use crate::Outcome;
use crate::cli::Format;
use crate::cli::desk::{CaseCommand, ExploitationName, ImpactName, MissionName};
use crate::load::{self, Aside};
use crate::node::{self, Node};

pub(crate) fn run(command: CaseCommand, quiet: bool) -> Result<Outcome> {
    match command {
        CaseCommand::Open { vulnerability, title, knowledge, officer, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            let who = node.who(&officer)?;
            let mut aside = Aside::default();
            let mut known =
                load::knowledge(&knowledge.advisories, &mut aside, Patience::ENDLESS, quiet)?;
            known.settle();
            aside.report(None, quiet)?;
            open(&node, who, &officer.officer, &known, &vulnerability, title, format)?;
        }
        CaseCommand::List { officer, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            list(&node, node.who(&officer)?, format)?;
        }
        CaseCommand::Show { case, officer, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            let who = node.who(&officer)?;
            let case = node.find_case(who, &case)?;
            show_case(&node, who, &case, format)?;
        }
        CaseCommand::Triage { case, automatable, impact, mission, officer, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            let who = node.who(&officer)?;
            let case = node.find_case(who, &case)?;
            let triage = Triage {
                automatable: automatable.or(case.triage.automatable),
                impact: impact.map(impact_of).or(case.triage.impact),
                mission: mission.map(mission_of).or(case.triage.mission),
            };
            wish(&node, who, &case, CaseWish::Triage(triage), "triaged", format)?;
        }
        CaseCommand::Statements { case, advisories, officer, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            let who = node.who(&officer)?;
            let case = node.find_case(who, &case)?;
            statements::hear(&node, who, &case, &advisories, quiet, format)?;
        }
        CaseCommand::Exploited { case, level, said_by, officer, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            let who = node.who(&officer)?;
            let case = node.find_case(who, &case)?;
            let exploitation = match level {
                ExploitationName::Poc => Exploitation::Poc,
                ExploitationName::Active => Exploitation::Active,
            };
            if case.exploitation >= exploitation {
                let since = show::maybe(case.exploited_since);
                let by = case.exploitation_said_by.as_deref().unwrap_or("-");
                bail!(
                    "it is recorded already: {} since {since}, says {by}; nothing was changed",
                    case.exploitation
                );
            }
            let wanted = CaseWish::Exploit { exploitation, since: node.now, said_by };
            wish(&node, who, &case, wanted, "exploitation recorded, clocks shortened", format)?;
        }
    }
    Ok(Outcome::Done)
}

fn wish(
    node: &Node,
    who: Who,
    case: &Case,
    wish: CaseWish,
    said: &str,
    format: Format,
) -> Result<()> {
    let wish = Wish::Case { case: case.id, wish };
    let receipt = node.desk.record(who, wish, node.now).map_err(plainly)?;
    show::receipt(format, said, Some(case.id.to_string()), &receipt)
}

/// Opens a case about something public; what feeds say of it becomes its names and its triage.
fn open(
    node: &Node,
    who: Who,
    officer: &str,
    known: &Knowledge,
    vulnerability: &str,
    title: Option<String>,
    format: Format,
) -> Result<()> {
    let name: VulnerabilityId = vulnerability.parse().with_context(|| vulnerability.to_owned())?;
    let spoken = |advisory: &&Advisory| advisory.id == name || advisory.aliases.contains(&name);
    let advisory = known.advisories().iter().map(|one| &**one).find(spoken).with_context(|| {
        format!("no loaded advisory speaks of {name}; name more with --advisories")
    })?;
    let mut identifiers: BTreeSet<String> = BTreeSet::from([name.as_str().to_owned()]);
    identifiers.insert(advisory.id.as_str().to_owned());
    identifiers.extend(advisory.aliases.iter().map(|alias| alias.as_str().to_owned()));
    let open = |case: &Case| {
        let over =
            matches!(case.state, CaseState::Merged | CaseState::Rejected | CaseState::Closed);
        !over && case.identifiers.contains(name.as_str())
    };
    if let Some(case) = node.desk.cases(who, node.now)?.iter().find(|case| open(case)) {
        bail!("case {} about {name} is open already: work on that one", case.id);
    }
    let coord = coordinator(node, officer)?;
    let opening = Opening {
        title: title.unwrap_or_else(|| titled(advisory, &name)),
        summary: advisory.summary.clone(),
        identifiers,
        origin: Origin::Feed,
        coord,
        label: Label { tlp: Tlp::Green, grade: Grade::Open },
        public: true,
    };
    let case = CaseId(node.desk.draw());
    let receipt = node.desk.record(who, Wish::OpenCase { case, opening }, node.now)?;
    show::receipt(format, "case opened", Some(case.to_string()), &receipt)
}

/// What the advisory calls itself, or else the flaw's name.
fn titled(advisory: &Advisory, name: &VulnerabilityId) -> String {
    let summary = &advisory.summary;
    if summary.is_empty() { name.as_str().to_owned() } else { summary.clone() }
}

/// The station at which the officer sits; a case is opened by a coordinator.
fn coordinator(node: &Node, officer: &str) -> Result<NodeCode> {
    let found = node.desk.officer(officer, node.now).context("the officer holds no post")?;
    match found.seat {
        Seat::Node(code) => Ok(code),
        Seat::Institution(_) => anyhow::bail!(
            "cases are opened by the desk of a coordinating body: `bongsu officer list COORD_PRIV` shows its officers"
        ),
    }
}

fn list(node: &Node, who: Who, format: Format) -> Result<()> {
    let mut cases = node.desk.cases(who, node.now)?;
    cases.sort_by_key(|case| std::cmp::Reverse((case.exploitation, case.opened_at)));
    let mut rows = Vec::new();
    for case in &cases {
        let names: Vec<&str> = case.identifiers.iter().map(String::as_str).collect();
        match format {
            Format::Json => show::line(&json!({
                "case": case.id, "title": case.title, "identifiers": case.identifiers, "state": case.state,
                "exploitation": case.exploitation, "opened_at": case.opened_at,
            }))?,
            Format::Table => rows.push(vec![
                show::short(&case.id),
                case.state.label_en().to_owned(),
                case.exploitation.label_en().to_owned(),
                show::instant(case.opened_at),
                names.join(" "),
                case.title.clone(),
            ]),
        }
    }
    if format == Format::Table {
        show::rows(&["CASE", "STATE", "EXPLOITATION", "OPENED", "NAMES", "TITLE"], rows)?;
    }
    Ok(())
}

fn show_case(node: &Node, who: Who, case: &Case, format: Format) -> Result<()> {
    let exposed = priority::Inputs::of(case, Exposure::Exposed);
    let triage = priority::triage(&priority::Inputs::of_case(case), node.now, None);
    let class = priority::remediation(&exposed, node.now, None);
    let inside =
        priority::remediation(&priority::Inputs::of(case, Exposure::Inside), node.now, None);
    let acts = node.desk.acts_of(who, case, node.now)?;
    if format == Format::Json {
        return show::line(&json!({
            "case": case.id, "title": case.title, "identifiers": case.identifiers, "state": case.state,
            "label": case.label, "exploitation": case.exploitation, "exploited_since": case.exploited_since,
            "said_by": case.exploitation_said_by, "fix": case.fix, "opened_at": case.opened_at,
            "triage": triage.outcome.to_string(),
            "class": { "exposed": class.outcome, "inside": inside.outcome },
            "acts": acts.iter().map(|act| json!({
                "act": act.id, "kind": act.kind, "state": act.state, "issuer": act.draft.issuer, "title": act.draft.title_en,
            })).collect::<Vec<_>>(),
        }));
    }
    let names: Vec<&str> = case.identifiers.iter().map(String::as_str).collect();
    show::facts(&[
        ("case", case.id.to_string()),
        ("title", case.title.clone()),
        ("names", names.join(" ")),
        ("state", format!("{} · {}", case.state.label_en(), case.state.label_ko())),
        ("exploitation", exploitation(case)),
        ("remedy", case.fix.label_en().to_owned()),
        ("attention", decided(&triage)),
        ("class exposed", decided(&class)),
        ("class inside", decided(&inside)),
        ("opened", show::instant(case.opened_at)),
    ]);
    let rows = acts.iter().map(|act| {
        vec![
            show::short(&act.id),
            act.kind.label_en().to_owned(),
            act.state.label_en().to_owned(),
            act.draft.issuer.to_string(),
            show::maybe(act.issued_at),
            act.draft.title_en.clone(),
        ]
    });
    if !acts.is_empty() {
        println!();
        show::rows(&["ACT", "KIND", "STATE", "ISSUER", "ISSUED", "TITLE"], rows.collect())?;
    }
    Ok(())
}

fn exploitation(case: &Case) -> String {
    let by =
        case.exploitation_said_by.as_ref().map_or_else(String::new, |by| format!(", says {by}"));
    let since =
        case.exploited_since.map_or_else(String::new, |at| format!(" since {}", show::instant(at)));
    format!("{}{since}{by}", case.exploitation.label_en())
}

/// An outcome, with the row of the table that decided and what was assumed.
fn decided<O: std::fmt::Display>(decision: &priority::Decision<O>) -> String {
    let assumed: Vec<&str> = decision.assumed.iter().map(|input| input.name()).collect();
    let assumed = if assumed.is_empty() {
        String::new()
    } else {
        format!(", assumed worst: {}", assumed.join(", "))
    };
    format!(
        "{} ({} {} row {}{assumed})",
        decision.outcome, decision.table, decision.version, decision.row
    )
}

fn impact_of(name: ImpactName) -> Impact {
    match name {
        ImpactName::Partial => Impact::Partial,
        ImpactName::Total => Impact::Total,
    }
}

fn mission_of(name: MissionName) -> Mission {
    match name {
        MissionName::Low => Mission::Low,
        MissionName::Medium => Mission::Medium,
        MissionName::High => Mission::High,
    }
}
