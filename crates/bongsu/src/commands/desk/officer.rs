//! `bongsu officer`: who holds which post.

use anyhow::Result;
use bongsu_authority::{Appointment, Seat};
use serde_json::json;

use super::show;
use crate::Outcome;
use crate::cli::Format;
use crate::cli::desk::OfficerCommand;
use crate::node;

fn one(format: Format, seat: String, held: &Appointment) -> Result<Outcome> {
    let post = serde_json::to_value(held.post)?;
    match format {
        Format::Json => show::line(&json!({
            "seat": seat, "post": post, "title": held.title, "since": show::instant(held.from),
        }))?,
        Format::Table => {
            let post = post.as_str().unwrap_or_default().to_owned();
            let row = vec![seat, post, held.title.clone(), show::instant(held.from)];
            show::rows(&["SEAT", "POST", "TITLE", "SINCE"], vec![row])?;
        }
    }
    Ok(Outcome::Done)
}

/// Stations whose officers are listed when nobody says where.
const STATIONS: [&str; 7] =
    ["APEX", "LEAD_PRIV", "LEAD_PUB", "LEAD_MIL", "COORD_PRIV", "COORD_PUB", "COORD_MIL"];

pub(crate) fn run(command: OfficerCommand) -> Result<Outcome> {
    let OfficerCommand::List { seat, node } = command;
    let format = node.format;
    let node = node::open(&node)?;
    let named = seat.as_ref().map_or_else(|| STATIONS.to_vec(), |seat| vec![seat.as_str()]);
    let register = node.desk.register();
    let mut rows = Vec::new();
    if let Some(title) = &seat
        && let Some(held) = node.desk.officer(title, node.now)
    {
        let seat = match &held.seat {
            Seat::Node(code) => code.to_string(),
            Seat::Institution(institution) => {
                format!("{institution} {}", node.names(*institution).0)
            }
        };
        return one(format, seat, &held);
    }
    for name in named {
        let seat = node.find_seat(name)?;
        for held in register.appointments_at(&seat, node.now) {
            let post = serde_json::to_value(held.post)?;
            let post = post.as_str().unwrap_or_default().to_owned();
            rows.push([name.to_owned(), post, held.title.clone(), show::instant(held.from)]);
        }
    }
    rows.sort();
    match format {
        Format::Table => show::rows(
            &["SEAT", "POST", "TITLE", "SINCE"],
            rows.into_iter().map(Vec::from).collect(),
        )?,
        Format::Json => {
            for [seat, post, title, since] in rows {
                show::line(&json!({ "seat": seat, "post": post, "title": title, "since": since }))?;
            }
        }
    }
    Ok(Outcome::Done)
}
