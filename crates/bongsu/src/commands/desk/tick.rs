//! `bongsu campaign tick`: what time alone does.

use anyhow::Result;
use bongsu_desk::clock;
use serde_json::json;

use super::{campaign, show};
use crate::cli::Format;
use crate::node::Node;

pub(super) fn tick(node: &Node, format: Format) -> Result<()> {
    let ticked = clock::tick(&node.desk, node.now)?;
    if format == Format::Json {
        for (act, rungs) in &ticked.rungs {
            let rungs: serde_json::Map<_, _> = rungs
                .iter()
                .map(|(rung, count)| (campaign::heard(*rung).to_owned(), json!(count)))
                .collect();
            show::line(&json!({ "act": act, "told": rungs }))?;
        }
        return show::line(&json!({
            "done": "ticked", "waivers_expired": ticked.expired, "closed": ticked.closed,
            "verified_waiting": ticked.waiting,
        }));
    }
    println!("{} waivers ran out, {} verified fixes closed", ticked.expired, ticked.closed);
    if ticked.waiting > 0 {
        println!("{} are verified and wait for their forensic check", ticked.waiting);
    }
    let mut rows = Vec::new();
    for (act, rungs) in &ticked.rungs {
        for (rung, count) in rungs {
            let told = campaign::heard(*rung).to_owned();
            rows.push(vec![show::short(act), told, count.to_string()]);
        }
    }
    if !rows.is_empty() {
        show::rows(&["ACT", "WHO MUST HEAR", "OBLIGATIONS"], rows)?;
    }
    Ok(())
}
