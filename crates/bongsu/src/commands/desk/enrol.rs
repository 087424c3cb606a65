//! `bongsu node enrol`: institutions and officers from CSV files, with the node's own keys, before there is anybody who
//! could do it through the API.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use bongsu_authority::{
    Appointment, AppointmentId, Institution, InstitutionId, Mark, NodeCode, Ownership, PersonId,
    Post, Seat, Size,
};
use bongsu_desk::Who;
use bongsu_response::{Engine, Wish};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{node as first, show};
use crate::cli::Format;
use crate::cli::desk::NodeArgs;
use crate::node::{self, Node};

/// The longest file, in bytes.
const LONGEST: u64 = 64 << 20;

/// Rows in one entry of the record.
const CHUNK: usize = 1_000;

/// An institution, as a row has it. Lists are separated by spaces. An empty id follows from the registration number, else
/// from both names and the domain: the same row twice is one institution.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InstitutionRow {
    #[serde(default)]
    id: String,
    #[serde(default)]
    registration: String,
    name_ko: String,
    name_en: String,
    ownership: Ownership,
    #[serde(default)]
    competent: String,
    #[serde(default)]
    relay: String,
    size: Size,
    province: u8,
    #[serde(default)]
    marks: String,
}

/// An officer: the seat is a station's code or an institution's id.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfficerRow {
    seat: String,
    post: Post,
    title: String,
}

pub(super) fn run(
    args: &NodeArgs,
    institutions: Option<&Path>,
    officers: Option<&Path>,
    invite: bool,
) -> Result<()> {
    ensure!(
        institutions.is_some() || officers.is_some(),
        "name a file with --institutions or --officers"
    );
    let node = node::open(args)?;
    let enrolled = institutions.map(|file| enrol(&node, file)).transpose()?.unwrap_or_default();
    let appointed = officers.map(|file| appoint(&node, file)).transpose()?.unwrap_or_default();
    let format = args.format;
    for institution in &enrolled {
        let (id, name) = (institution.id.to_string(), &institution.name_en);
        match format {
            Format::Json => show::line(&json!({ "institution": id, "name_en": name }))?,
            Format::Table => println!("enrolled   {id}  {name}"),
        }
    }
    let people: Vec<PersonId> = appointed.iter().map(|held| held.person).collect();
    let codes = if invite { first::invite(node, &people)? } else { Vec::new() };
    for (place, held) in appointed.iter().enumerate() {
        let code = codes.get(place).map_or("", String::as_str);
        match format {
            Format::Json => show::line(&json!({
                "appointment": held.id, "person": held.person, "title": held.title, "code": code,
            }))?,
            Format::Table => println!("appointed  {}  {code}", held.title),
        }
    }
    if invite && !appointed.is_empty() && format == Format::Table {
        println!("the codes are good once, for 72 hours, and are shown here and nowhere else");
    }
    Ok(())
}

fn enrol(node: &Node, file: &Path) -> Result<Vec<Institution>> {
    let read = |row: InstitutionRow| -> Result<Institution> {
        let station = |text: &str| text.parse::<NodeCode>().context("a station's code");
        let mark = |text: &str| -> Result<Mark> {
            serde_json::from_value(json!(text)).with_context(|| format!("`{text}` is no mark"))
        };
        let id = row.id()?;
        Ok(Institution {
            id,
            name_ko: row.name_ko,
            name_en: row.name_en,
            ownership: row.ownership,
            competent: row.competent.split_whitespace().map(station).collect::<Result<_>>()?,
            relay: (!row.relay.is_empty()).then(|| station(&row.relay)).transpose()?,
            size: row.size,
            province: row.province,
            marks: row.marks.split_whitespace().map(mark).collect::<Result<BTreeSet<_>>>()?,
        })
    };
    let mut seen = BTreeSet::new();
    let all = rows(file, |row| {
        let one = read(row)?;
        ensure!(
            seen.insert(one.id),
            "{} stands twice in this file: where they are two, give each its registration number or an id",
            one.name_en
        );
        Ok(one)
    })?;
    for chunk in all.chunks(CHUNK) {
        node.desk.record(Who::Engine(Engine::Register), Wish::Enrol(chunk.to_vec()), node.now)?;
    }
    Ok(all)
}

impl InstitutionRow {
    fn id(&self) -> Result<InstitutionId> {
        if !self.id.is_empty() {
            return self.id.parse().context("id");
        }
        let domain = json!(self.ownership.domain()).to_string();
        let parts: &[&str] = match self.registration.as_str() {
            "" => &["names", &self.name_ko, &self.name_en, &domain],
            number => &["registration", number],
        };
        let mut text = "bongsu/institution/v1".to_owned();
        for part in parts {
            let _ = write!(text, "/{}:{part}", part.len()); // a text takes whatever is written
        }
        let hash = bongsu_desk::evidence(text.as_bytes()).0;
        Ok(InstitutionId(hash[..16].try_into().expect("SHA-256 is 32 bytes")))
    }
}

fn appoint(node: &Node, file: &Path) -> Result<Vec<Appointment>> {
    let read = |row: OfficerRow| -> Result<Appointment> {
        let seat = match row.seat.parse::<InstitutionId>() {
            Ok(institution) => Seat::Institution(institution),
            Err(_) => {
                Seat::Node(row.seat.parse().context("a station's code or an institution's id")?)
            }
        };
        ensure!(!row.title.trim().is_empty(), "an officer has a title");
        Ok(Appointment {
            id: AppointmentId(node.desk.draw()),
            person: PersonId(node.desk.draw()),
            post: row.post,
            seat,
            from: node.now,
            until: None,
            deputy_of: None,
            title: row.title,
        })
    };
    let mut all = rows(file, read)?;
    // The same row twice is one officer: whoever holds the post under this title already is not appointed again.
    let post = |held: &Appointment| (held.title.clone(), held.seat.clone(), held.post);
    let register = node.desk.register();
    let standing = register.appointments().filter(|held| held.holds_at(node.now));
    let mut held: BTreeSet<_> = standing.map(post).collect();
    all.retain(|new| held.insert(post(new)));
    for chunk in all.chunks(CHUNK) {
        node.desk.record(Who::Engine(Engine::Register), Wish::Appoint(chunk.to_vec()), node.now)?;
    }
    Ok(all)
}

/// Every row of a file, or the first line that is wrong: nothing is recorded before all of them were read.
fn rows<R: DeserializeOwned, T>(
    file: &Path,
    mut read: impl FnMut(R) -> Result<T>,
) -> Result<Vec<T>> {
    let name = file.display().to_string();
    let bytes = File::open(file).with_context(|| name.clone())?.take(LONGEST);
    let mut table = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let headings = table.headers().with_context(|| name.clone())?.clone();
    let mut all = Vec::new();
    for record in table.records() {
        let record = record.with_context(|| name.clone())?;
        let line = record.position().map_or(0, csv::Position::line);
        let row = record.deserialize(Some(&headings)).map_err(anyhow::Error::new);
        all.push(row.and_then(&mut read).with_context(|| format!("{name}, line {line}"))?);
    }
    Ok(all)
}
