//! `bongsu picture`: how the nation stands, in counts.

use anyhow::Result;
use bongsu_authority::NodeCode;
use bongsu_authority::access::Action;
use bongsu_desk::Who;
use bongsu_response::Act;
use bongsu_response::picture::{By, Picture, Record, Row, Rule, Shown, Standing, Word};
use bongsu_store::PictureRow;
use serde_json::json;

use super::show;
use crate::Outcome;
use crate::cli::Format;
use crate::cli::desk::PictureArgs;
use crate::node::{self, Node};

pub(crate) fn run(args: &PictureArgs) -> Result<Outcome> {
    let node = node::open(&args.node)?;
    let who = node.who(&args.officer)?;
    let acts = match &args.act {
        Some(act) => vec![node.find_act(who, act)?],
        None => issued(&node, who)?,
    };
    if acts.is_empty() && args.node.format == Format::Table {
        println!("no act was issued");
    }
    for act in acts {
        let picture = drawn(&node, who, &act)?;
        match args.node.format {
            Format::Json => as_lines(&act, &picture)?,
            Format::Table => as_table(&act, &picture)?,
        }
    }
    Ok(Outcome::Done)
}

/// Every issued act that shows itself, the newest first.
fn issued(node: &Node, who: Who) -> Result<Vec<Act>> {
    let mut acts = Vec::new();
    for case in node.desk.cases(who, node.now)? {
        acts.extend(node.desk.acts_of(who, &case, node.now)?);
    }
    acts.retain(|act| act.issued_at.is_some());
    acts.sort_by_key(|act| std::cmp::Reverse(act.issued_at));
    Ok(acts)
}

/// One breakdown for everybody: two different ones could be subtracted from each other.
fn drawn(node: &Node, who: Who, act: &Act) -> Result<Picture> {
    let permit = node.desk.with(who, node.now, |asking| asking.see_picture())?;
    let rule = match permit.action() {
        Action::SeeNationalPicture => Rule::APEX,
        _ => Rule::OTHER_SECTORS,
    };
    let rows = node.desk.store().picture_rows(&permit, act.id)?;
    Ok(Picture::draw(rows.into_iter().map(record), [By::Sector], rule))
}

fn record(row: PictureRow) -> Record {
    let sector = row.sector.unwrap_or_else(|| NodeCode::lead(row.domain));
    Record {
        domain: row.domain,
        sector,
        province: row.province,
        size: row.size,
        status: row.status,
        exposure: row.exposure,
        count: row.count,
    }
}

fn as_table(act: &Act, picture: &Picture) -> Result<()> {
    println!("{} · {} of {}", act.draft.title_en, act.kind.label_en(), act.draft.issuer);
    let rows = picture.rows().iter().map(|row| {
        let mut cells = vec![name(row)];
        cells.extend(row.cells.iter().map(|cell| shown(*cell)));
        cells.push(shown(row.total));
        cells
    });
    let mut rows: Vec<Vec<String>> = rows.collect();
    let mut sum = vec!["all that is shown".to_owned()];
    sum.extend(Standing::ALL.map(|standing| shown(picture.count(standing, |_| true))));
    sum.push(shown(picture.institutions(|_| true)));
    rows.push(sum);
    let headings =
        ["", "SILENT", "UNKNOWN", "OPEN", "WAIVED", "CLAIMED", "SETTLED", "NOT AFFECTED", "ALL"];
    show::rows(&headings, rows)?;
    for (command, word) in picture.commands() {
        println!("{command}: {}", said(*word));
    }
    println!("· hidden, for a small group could be somebody; + so many or more");
    println!();
    Ok(())
}

fn as_lines(act: &Act, picture: &Picture) -> Result<()> {
    for row in picture.rows() {
        let cells: serde_json::Map<String, serde_json::Value> = Standing::ALL
            .into_iter()
            .zip(row.cells)
            .map(|(standing, cell)| (format!("{standing:?}").to_lowercase(), json!(shown(cell))))
            .collect();
        show::line(&json!({
            "act": act.id, "group": name(row), "domain": row.group.domain, "counts": cells, "all": shown(row.total),
        }))?;
    }
    for (command, word) in picture.commands() {
        show::line(&json!({ "act": act.id, "command": command, "status": said(*word) }))?;
    }
    Ok(())
}

fn name(row: &Row) -> String {
    let sector = row.group.sector.as_ref().map_or("small groups together", NodeCode::as_str);
    let domain = NodeCode::lead(row.group.domain);
    if sector == domain.as_str() {
        format!("{domain}, no competent ministry")
    } else {
        format!("{domain} {sector}")
    }
}

/// A count as it is published; what is hidden is not nothing.
fn shown(count: Shown) -> String {
    match count {
        Shown::Exactly(count) => count.to_string(),
        Shown::AtLeast(count) => format!("{count}+"),
        Shown::Hidden => "·".to_owned(),
    }
}

fn said(word: Word) -> &'static str {
    match word {
        Word::Silent => "somebody has not answered",
        Word::Unknown => "somebody does not know",
        Word::Working => "at work",
        Word::Done => "done",
    }
}
