//! `bongsu campaign`: one act, many institutions.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use bongsu_authority::access::{ROWS_ALONE, Scope};
use bongsu_authority::{ActId, Grade, InstitutionId, Label, Tlp};
use bongsu_desk::audience::Preview;
use bongsu_desk::{Who, campaign, text_of};
use bongsu_formats::packing::Patience;
use bongsu_matching::Knowledge;
use bongsu_relay::carry::Zone;
use bongsu_relay::carry::letter::Letter;
use bongsu_response::{
    Act, ActKind, ActWish, Audience, Case, Draft, Engine, Exposure, IssueClocks, Obligation,
    Status, Wish, clock, escalation,
};
use bongsu_store::{LatePlace, Message, RequestId};
use jiff::SignedDuration;
use serde_json::json;

use super::finding::plainly;
use super::{show, tick};
use crate::Outcome;
use crate::cli::Format;
use crate::cli::desk::{CampaignCommand, DraftArgs, KindName, KnowledgeArgs};
use crate::load::{self, Aside};
use crate::node::{self, Node};
use crate::output::plain::plain;

pub(crate) fn run(command: CampaignCommand, quiet: bool) -> Result<Outcome> {
    match command {
        CampaignCommand::Draft(args) => draft(&args)?,
        CampaignCommand::Preview { act, knowledge, officer, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            let who = node.who(&officer)?;
            let act = node.find_act(who, &act)?;
            let case = node.desk.case(who, act.case, node.now)?;
            let found = addressed(&node, &case, &act, &knowledge, quiet)?;
            let clocks = clock::issue_clocks(&case, act.kind, node.now, None);
            preview(&act, &found, &clocks, format)?;
        }
        CampaignCommand::Review { act, officer, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            let who = node.who(&officer)?;
            let act = node.find_act(who, &act)?;
            let text = act.amendment.as_ref().map_or(act.text, |amendment| amendment.text);
            wish(&node, who, &act, ActWish::Review { text }, "reviewed", format)?;
        }
        CampaignCommand::Sign { act, knowledge, officer, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            let who = node.who(&officer)?;
            let act = node.find_act(who, &act)?;
            sign(&node, who, &act, &knowledge, quiet, format)?;
        }
        CampaignCommand::Deliver { to, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            deliver(&node, &to, format)?;
        }
        CampaignCommand::Tick { node } => {
            let format = node.format;
            let node = node::open(&node)?;
            tick::tick(&node, format)?;
        }
        CampaignCommand::Progress { act, officer, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            let who = node.who(&officer)?;
            let act = node.find_act(who, &act)?;
            progress(&node, who, &act, format)?;
        }
        CampaignCommand::Late { act, first, officer, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            let who = node.who(&officer)?;
            let act = node.find_act(who, &act)?;
            late(&node, who, &act, first, format)?;
        }
        CampaignCommand::Withdraw { act, why, officer, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            let who = node.who(&officer)?;
            let act = node.find_act(who, &act)?;
            wish(&node, who, &act, ActWish::Withdraw { why }, "withdrawn", format)?;
        }
        CampaignCommand::Complete { act, officer, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            let who = node.who(&officer)?;
            let act = node.find_act(who, &act)?;
            wish(&node, who, &act, ActWish::Complete, "completed", format)?;
        }
    }
    Ok(Outcome::Done)
}

fn wish(node: &Node, who: Who, act: &Act, wish: ActWish, said: &str, format: Format) -> Result<()> {
    let wish = Wish::Act { act: act.id, wish };
    let receipt = node.desk.record(who, wish, node.now).map_err(plainly)?;
    show::receipt(format, said, Some(act.id.to_string()), &receipt)
}

fn draft(args: &DraftArgs) -> Result<()> {
    let node = node::open(&args.node)?;
    let who = node.who(&args.officer)?;
    let case = node.find_case(who, &args.case)?;
    if args.kind == KindName::Directive && args.basis.is_none() {
        bail!("a directive names the law it rests on: give --basis");
    }
    let sectors: Result<_, _> = args.sector.iter().map(|code| code.parse()).collect();
    let draft = Draft {
        issuer: args.issuer.parse()?,
        title_ko: args.title_ko.clone(),
        title_en: args.title_en.clone(),
        todo_ko: args.todo_ko.clone(),
        todo_en: args.todo_en.clone(),
        legal_basis: args.basis.clone(),
        audience: Audience {
            sectors: sectors?,
            ask_unknown: args.ask_unknown,
            everybody: args.everybody,
            ..Audience::default()
        },
        label: Label { tlp: Tlp::Green, grade: Grade::Open },
        drill: node.drill,
    };
    let act = match &args.act {
        Some(act) => {
            let act = node.find_act(who, act)?;
            if let Some(issued) = act.issued_at {
                bail!(
                    "{} was issued at {}: withdraw it and write a new act",
                    show::short(&act.id),
                    show::instant(issued)
                );
            }
            act.id
        }
        None => ActId(node.desk.draw()),
    };
    let kind = kind_of(args.kind);
    let text = text_of(&draft, act, case.id, kind);
    let wish = Wish::DraftAct { act, case: case.id, kind, draft, text };
    let receipt = node.desk.record(who, wish, node.now).map_err(plainly)?;
    show::receipt(args.node.format, "draft written", Some(act.to_string()), &receipt)
}

fn kind_of(name: KindName) -> ActKind {
    match name {
        KindName::Advisory => ActKind::Advisory,
        KindName::Guideline => ActKind::Guideline,
        KindName::ActionRequest => ActKind::ActionRequest,
        KindName::Directive => ActKind::Directive,
    }
}

/// What the named advisories say.
pub(super) fn known(knowledge: &KnowledgeArgs, quiet: bool) -> Result<Knowledge> {
    let mut aside = Aside::default();
    let mut known = load::knowledge(&knowledge.advisories, &mut aside, Patience::ENDLESS, quiet)?;
    known.settle();
    aside.report(None, quiet)?;
    Ok(known)
}

/// Who an act would reach now.
fn addressed(
    node: &Node,
    case: &Case,
    act: &Act,
    knowledge: &KnowledgeArgs,
    quiet: bool,
) -> Result<Preview> {
    let known = known(knowledge, quiet)?;
    Ok(campaign::audience(&node.desk, &node.holdings()?, &known, (case, act), node.now)?)
}

fn preview(act: &Act, found: &Preview, clocks: &IssueClocks, format: Format) -> Result<()> {
    if format == Format::Json {
        return show::line(&json!({
            "act": act.id, "addressees": found.addressees.len(),
            "exposed": found.count(Exposure::Exposed), "inside": found.count(Exposure::Inside),
            "cannot_tell": found.count(Exposure::CannotTell), "no_inventory": found.count(Exposure::NoInventory),
            "not_affected": found.count(Exposure::NotAffected), "spared": found.spared, "unasked": found.unasked,
            "without_officer": found.without_officer.len(), "clocks": clocks,
        }));
    }
    show::facts(&[
        ("act", format!("{} · {} of {}", act.id, act.kind.label_en(), act.draft.issuer)),
        ("addressees", found.addressees.len().to_string()),
        ("  exposed", format!("{} affected, facing the internet", found.count(Exposure::Exposed))),
        ("  inside", format!("{} affected, inside", found.count(Exposure::Inside))),
        (
            "  cannot tell",
            format!("{} asked: the inventory cannot tell", found.count(Exposure::CannotTell)),
        ),
        (
            "  no inventory",
            format!("{} asked: none, or a stale one", found.count(Exposure::NoInventory)),
        ),
        ("not asked", format!("{} not affected, {} unknown", found.spared, found.unasked)),
        (
            "no officer",
            format!("{} cannot be reached: appoint somebody", found.without_officer.len()),
        ),
        ("exposed owe", owed(&clocks.exposed)),
        ("inside owe", owed(&clocks.inside)),
    ]);
    Ok(())
}

fn owed(clocks: &bongsu_response::Clocks) -> String {
    format!(
        "acknowledge by {}, assess by {}, fix by {} ({})",
        show::instant(clocks.acknowledge_by),
        show::instant(clocks.assess_by),
        clocks.fix_by.map_or_else(|| "the next upgrade".to_owned(), show::instant),
        clocks.class.label_en(),
    )
}

fn sign(
    node: &Node,
    who: Who,
    act: &Act,
    knowledge: &KnowledgeArgs,
    quiet: bool,
    format: Format,
) -> Result<()> {
    if let Some(issued) = act.issued_at {
        bail!(
            "{} was signed at {}: nothing was changed; withdraw it and write a new act, if it must say something else",
            show::short(&act.id),
            show::instant(issued)
        );
    }
    let known = known(knowledge, quiet)?;
    let holdings = node.holdings()?;
    let started = Instant::now();
    let name = RequestId(node.desk.draw()).into();
    let signed = campaign::sign(&node.desk, &holdings, &known, (name, who), act.id, node.now)
        .map_err(unaddressed)?;
    let (receipt, found) = (signed.receipt, signed.audience);
    let count = found.addressees.len();
    let (asked, all) = (signed.known_after.as_secs_f64(), started.elapsed().as_secs_f64());
    match format {
        Format::Json => show::line(&json!({
            "done": "signed", "id": act.id, "entry": receipt.entry, "leaf": receipt.leaf.to_string(), "addressees": count,
            "without_officer": found.without_officer.len(), "seconds_to_know": asked, "seconds": all,
        })),
        Format::Table => {
            println!(
                "signed {}: {count} obligations, entry {} of the record",
                act.id, receipt.entry
            );
            println!(
                "who has it was known after {asked:.2} s, every obligation was durable after {all:.2} s"
            );
            if !found.without_officer.is_empty() {
                println!(
                    "{} institutions have no accountable officer and were not reached",
                    found.without_officer.len()
                );
            }
            Ok(())
        }
    }
}

/// Why nobody was addressed, to somebody who may see the act.
fn unaddressed(error: campaign::Unaddressed) -> anyhow::Error {
    match error {
        campaign::Unaddressed::Store(error) => plainly(error),
        other => other.into(),
    }
}

/// How long a carrier keeps what it took before somebody else may take it.
const LEASE: SignedDuration = SignedDuration::from_mins(10);

/// When a letter that could not be written is tried again.
const LATER: SignedDuration = SignedDuration::from_hours(1);

/// Messages taken at a time.
const LOAD: u32 = 4_096;

fn deliver(node: &Node, to: &Path, format: Format) -> Result<()> {
    fs::create_dir_all(to).with_context(|| to.display().to_string())?;
    let channel = "folder";
    let mut carried = 0;
    loop {
        let taken = node.desk.store().outbox_claim(LOAD, node.now, node.now + LEASE)?;
        if taken.is_empty() {
            break;
        }
        let mut reached: BTreeMap<ActId, Vec<InstitutionId>> = BTreeMap::new();
        let (mut carried_now, mut failed) = (Vec::new(), Vec::new());
        let told = told(node, &taken)?;
        for message in &taken {
            // One letter that cannot be written keeps nobody else's back.
            let text = match letter(node, message, &told) {
                Ok(text) => text,
                Err(error) => {
                    eprintln!("{}", plain(&format!("one letter waits an hour: {error:#}")));
                    failed.push(*message);
                    continue;
                }
            };
            let name = format!("{:08}-{:06}.txt", message.entry, message.number);
            // There whole or not at all, also when this is killed in the middle.
            let part = to.join(format!("{name}.part"));
            fs::write(&part, text)
                .and_then(|()| fs::rename(&part, to.join(&name)))
                .with_context(|| to.join(&name).display().to_string())?;
            reached.entry(message.act).or_default().push(message.institution);
            carried_now.push(*message);
        }
        fs::File::open(to)
            .and_then(|folder| folder.sync_all())
            .with_context(|| to.display().to_string())?;
        for (act, institutions) in reached {
            let wish = Wish::Deliver { act, institutions, channel: channel.to_owned() };
            node.desk.record(Who::Engine(Engine::Delivery), wish, node.now)?;
        }
        node.desk.store().outbox_done(&carried_now, node.now)?;
        node.desk.store().outbox_later(&failed, node.now + LATER)?;
        carried += carried_now.len();
    }
    match format {
        Format::Json => show::line(&json!({ "delivered": carried, "channel": channel })),
        Format::Table => {
            println!("{carried} messages delivered into {}", to.display());
            Ok(())
        }
    }
}

/// What an institution is told of what it owes.
fn letter(node: &Node, message: &Message, told: &Told) -> Result<String> {
    let register = node.desk.register();
    let officer = register
        .accountable(message.institution, node.now)
        .context("nobody is accountable there")?;
    let (act, owed) = told.get(&message.act).context("there is no such act")?;
    let owed = owed.get(&message.institution).context("nothing is owed there")?;
    let (name_ko, name_en) = node.names(message.institution);
    let letter = Letter {
        notice: message.notice,
        act,
        owed,
        code: node.desk.codes(node.now)?.code(owed.act, owed.institution, Some(officer.id)),
        name_ko: &name_ko,
        name_en: &name_en,
        title: &officer.title,
        zone: &Zone::default(),
        now: node.now,
    };
    Ok(letter.text())
}

/// Acts, and what is owed under each.
type Told = BTreeMap<ActId, (Act, BTreeMap<InstitutionId, Obligation>)>;

/// All that letters about these messages need, read once an act.
fn told(node: &Node, taken: &[Message]) -> Result<Told> {
    let mut institutions: BTreeMap<ActId, Vec<InstitutionId>> = BTreeMap::new();
    for message in taken {
        institutions.entry(message.act).or_default().push(message.institution);
    }
    let mut told = Told::new();
    for (act, institutions) in institutions {
        if let Some((it, owed)) = node.desk.store().told(act, &institutions)? {
            let owed = owed.into_iter().map(|owed| (owed.institution, owed)).collect();
            told.insert(act, (it, owed));
        }
    }
    Ok(told)
}

fn progress(node: &Node, who: Who, act: &Act, format: Format) -> Result<()> {
    let scope = scope(node, who, act)?;
    let permit = node.desk.with(who, node.now, |asking| asking.see_names(act.id, &scope, 0))?;
    let mut by_status: BTreeMap<Status, (u64, u64)> = BTreeMap::new();
    for row in node.desk.store().progress(&permit, (act.id, &scope))? {
        let sum = by_status.entry(row.status).or_default();
        sum.0 += row.obligations;
        sum.1 += row.systems;
    }
    let all: u64 = by_status.values().map(|(obligations, _)| obligations).sum();
    let mut rows = Vec::new();
    for (status, (obligations, systems)) in &by_status {
        match format {
            Format::Json => show::line(&json!({
                "status": status, "obligations": obligations, "systems": systems,
            }))?,
            Format::Table => rows.push(vec![
                status.label_en().to_owned(),
                status.label_ko().to_owned(),
                obligations.to_string(),
                format!("{:.1} %", percent(*obligations, all)),
                systems.to_string(),
            ]),
        }
    }
    if format == Format::Table {
        println!("{} · {} · {all} obligations", act.draft.title_en, act.state.label_en());
        show::rows(&["STATUS", "상태", "OBLIGATIONS", "SHARE", "SYSTEMS AT ISSUE"], rows)?;
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "a share for a person, of counts far below 2^52")]
fn percent(part: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { part as f64 * 100.0 / all as f64 }
}

fn late(node: &Node, who: Who, act: &Act, first: usize, format: Format) -> Result<()> {
    let scope = scope(node, who, act)?;
    let rows = u32::try_from(first).unwrap_or(u32::MAX);
    if rows > ROWS_ALONE {
        bail!(
            "one person reads at most {ROWS_ALONE} names at once: give --first {ROWS_ALONE} or less"
        );
    }
    let permit = node.desk.with(who, node.now, |asking| asking.see_names(act.id, &scope, rows))?;
    // That names are read is recorded before they are shown.
    let why = "late list".to_owned();
    let read = Wish::Act { act: act.id, wish: ActWish::ReadNames { rows, why } };
    node.desk.record(who, read, node.now)?;
    let found =
        node.desk.store().late(&permit, (act.id, &scope), node.now, rows, LatePlace::START)?;
    let mut shown = Vec::new();
    for late in &found {
        let owed = &late.obligation;
        let (ko, en) = node.names(owed.institution);
        let rung = escalation::level(owed, node.now);
        match format {
            Format::Json => show::line(&json!({
                "institution": owed.institution, "name_ko": ko, "name_en": en, "status": owed.status,
                "exposure": owed.exposure, "class": owed.clocks.class, "missed": late.missed, "rung": heard(rung),
            }))?,
            Format::Table => shown.push(vec![
                show::short(&owed.institution),
                ko,
                owed.status.label_en().to_owned(),
                owed.exposure.label_en().to_owned(),
                owed.clocks.class.label_en().to_owned(),
                show::span(node.now.duration_since(late.missed)),
                heard(rung).to_owned(),
            ]),
        }
    }
    if format == Format::Table {
        let headings = ["CODE", "INSTITUTION", "STATUS", "EXPOSURE", "CLASS", "LATE BY", "TOLD"];
        if shown.is_empty() { println!("nobody is late") } else { show::rows(&headings, shown)? }
    }
    Ok(())
}

/// Who hears next of an obligation that is late.
pub(super) fn heard(rung: escalation::Rung) -> &'static str {
    match rung {
        escalation::Rung::Quiet => "nobody",
        escalation::Rung::Officer => "officer",
        escalation::Rung::Head => "officer, head",
        escalation::Rung::Sector => "head, relay, sector ministry",
        escalation::Rung::Lead => "lead ministry",
        escalation::Rung::JointTeam => "joint response team",
    }
}

/// Whose names an officer is about to read: those of the station at which they sit, as it stands to the act.
fn scope(node: &Node, who: Who, act: &Act) -> Result<Scope> {
    campaign::scope(&node.desk, who, node.now).with_context(|| {
        format!("names of {} are for the lead ministry, its coordinator, the competent ministry and the relay; counts are in `bongsu picture`", show::short(&act.id))
    })
}
