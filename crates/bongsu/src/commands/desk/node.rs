//! `bongsu node`: a node of one's own, and its first officers.

use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use bongsu_authority::{Appointment, AppointmentId, NodeCode, PersonId, Post, Seat};
use bongsu_desk::Who;
use bongsu_response::{Engine, Wish};
use bongsu_server::right::Scope;
use bongsu_server::{App, Time};
use serde_json::json;

use super::{enrol, show};
use crate::Outcome;
use crate::cli::Format;
use crate::cli::desk::NodeArgs;
use crate::cli::serve::NodeCommand;
use crate::node::{self, Node, Profile};

pub(crate) fn run(command: NodeCommand) -> Result<Outcome> {
    match command {
        NodeCommand::Create { station, name, database, drill, node } => {
            let station = station.parse().context("--station")?;
            create(&node, &Profile { station, name, drill, database, synchronous: false })?;
        }
        NodeCommand::Admin { title, recover, node } => admin(&node, &title, recover)?,
        NodeCommand::Program { officer, name, node } => program(&node, &officer, name)?,
        NodeCommand::Enrol { institutions, officers, invite, node } => {
            enrol::run(&node, institutions.as_deref(), officers.as_deref(), invite)?;
        }
    }
    Ok(Outcome::Done)
}

fn create(args: &NodeArgs, profile: &Profile) -> Result<()> {
    let node = node::found(args, profile)?;
    node.finished()?;
    let (home, keys) = (node.places.home.display(), node.places.keys.display());
    match args.format {
        Format::Json => show::line(&json!({
            "home": node.places.home, "keys": node.places.keys, "public_key": node.places.public_key(),
        })),
        Format::Table => {
            println!("the node of {} stands in {home}, empty", profile.station);
            println!("its keys are in {keys}: keep a copy where the backups are not, today");
            println!("next: bongsu node admin --home {home}");
            Ok(())
        }
    }
}

/// Gives the station a director, who lets everybody else in.
///
/// Whoever holds the node's keys may do anything to it; so this is done with them and not with a password. It is
/// recorded like every appointment.
fn admin(args: &NodeArgs, title: &str, recover: bool) -> Result<()> {
    let node = node::open(args)?;
    let station = node.station.clone();
    let person = match (director(&node, &station), recover) {
        (Some(held), true) => held.person,
        (None, false) => appoint(&node, &station, title)?,
        (Some(held), false) => bail!(
            "{station} has a director already ({}): who sits there lets others in; if nobody can sign in any more, add --recover",
            held.title
        ),
        (None, true) => bail!("{station} has no director to recover: leave out --recover"),
    };
    let code = invite(node, &[person])?.remove(0);
    match args.format {
        Format::Json => show::line(&json!({ "person": person, "station": station, "code": code })),
        Format::Table => {
            println!("the director of {station} signs in with this code, once, within 72 hours:");
            println!("\n    {code}\n");
            println!(
                "it is shown here and nowhere else; a passkey takes its place at the first use"
            );
            Ok(())
        }
    }
}

fn director(node: &Node, station: &NodeCode) -> Option<Appointment> {
    let register = node.desk.register();
    let seat = Seat::Node(station.clone());
    let mut held = register.appointments_at(&seat, node.now);
    held.find(|held| held.post == Post::Director).cloned()
}

fn appoint(node: &Node, station: &NodeCode, title: &str) -> Result<PersonId> {
    let person = PersonId(node.desk.draw());
    let appointment = Appointment {
        id: AppointmentId(node.desk.draw()),
        person,
        post: Post::Director,
        seat: Seat::Node(station.clone()),
        from: node.now,
        until: None,
        deputy_of: None,
        title: title.to_owned(),
    };
    let wish = Wish::Appoint(vec![appointment]);
    node.desk.record(Who::Engine(Engine::Register), wish, node.now)?;
    Ok(person)
}

/// Lets a program act for an officer; by whoever holds the node's keys.
fn program(args: &NodeArgs, officer: &str, name: String) -> Result<()> {
    let node = node::open(args)?;
    let held = node.desk.officer(officer, node.now);
    let held = held.with_context(|| format!("nobody is {officer}: `bongsu officer list`"))?;
    let now = node.now;
    let app = App::new(Arc::new(node.desk), Time::system());
    let scopes = Scope::ALL.to_vec();
    let made = app.door().machines().set_up(held.person, held.id, (name, scopes), now);
    let (id, secret) = made.map_err(|problem| {
        anyhow!(
            "no program may act for {officer} ({}): name an analyst, a CISO or an operator",
            problem.kind()
        )
    })?;
    let secret = secret.unwrap_or_default();
    match args.format {
        Format::Json => show::line(&json!({ "client_id": id, "client_secret": secret })),
        Format::Table => {
            println!("a program acts for {officer} from now on, until the post ends:");
            println!("\n    client_id      {id}\n    client_secret  {secret}\n");
            println!("the secret is shown here and nowhere else");
            Ok(())
        }
    }
}

/// A code for a first credential; only its digest is kept.
pub(super) fn invite(node: Node, people: &[PersonId]) -> Result<Vec<String>> {
    let now = node.now;
    let app = App::new(Arc::new(node.desk), Time::system());
    let one = |person: &PersonId| {
        let code = app.door().invite(*person, now);
        code.map_err(|problem| anyhow!("the code was not kept: {}", problem.kind()))
    };
    people.iter().map(one).collect()
}
