//! What follows: fixes that are claimed, inventories that prove or refute them, and whoever is late.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use bongsu_authority::{Domain, InstitutionId, PersonId, Seat};
use bongsu_desk::evidence;
use bongsu_inventory::Component;
use bongsu_nation::{Change, Holding, System, newer_inventory, to_cyclonedx};
use bongsu_response::Status;
use serde_json::json;

use super::Issued;
use super::night::owed;
use crate::demo::stage::Props;
use crate::demo::tell::Teller;

const LOG4J: &str = "org.apache.logging.log4j:log4j-core";

/// How many claim a fix, and how many of them have done nothing.
const CLAIMS: usize = 24;
const FALSE: usize = 4;

/// 18:00: fixes are claimed; by the next morning new inventories say which are true.
pub(super) async fn fixes(props: &Props, tell: &Teller, issued: &Issued) -> Result<()> {
    props.at("2026-11-21T18:00:00+09:00")?;
    tell.scene(props.time.now(), "조치 완료 주장", "fixes are claimed").await;
    let cast = claimants(props, issued)?;
    ensure!(cast.len() > FALSE, "too few institutions have one affected system");
    let act = issued.acts[0];
    for (institution, person) in &cast {
        let path = format!("/api/v1/obligations/{act}/{institution}/answers");
        let proof = evidence(format!("change order of {institution}").as_bytes()).to_string();
        props.api.post(*person, &path, &json!({ "answer": "affected" })).await?;
        let claim = json!({ "answer": "claim", "remedy": "patched", "evidence": proof });
        props.api.post(*person, &path, &claim).await?;
    }
    tell.line(
        &format!("{}개 기관이 완료를 주장", cast.len()),
        &format!("{} institutions say it is done", cast.len()),
    );

    props.at("2026-11-22T09:00:00+09:00")?;
    tell.scene(props.time.now(), "재점검", "new inventories look again").await;
    let started = Instant::now();
    for (number, (institution, person)) in cast.iter().enumerate() {
        publish(props, *institution, *person, number >= FALSE).await?;
    }
    let seconds = started.elapsed().as_secs_f64();
    let after = owed(props, issued)?;
    let caught =
        cast.iter().filter(|(id, _)| after.get(id).is_some_and(|it| it.false_closures > 0));
    let proven = cast.iter().filter(|(id, _)| {
        after.get(id).is_none_or(|it| matches!(it.status, Status::Verified | Status::Closed))
    });
    let (proven, caught) = (proven.count(), caught.count());
    ensure!(caught == FALSE, "{caught} of {FALSE} false closures were found");
    tell.line(
        &format!("확인 {proven} · 허위 완료 {caught}건 적발, 15시간 만에 ({seconds:.1} s)"),
        &format!("{proven} proven, {caught} false closures found within 15 h ({seconds:.1} s)"),
    );
    Ok(())
}

/// The institution whose seat a visitor may take has sent what it runs: its systems have names, and what was found has reasons.
pub(super) async fn inventories(props: &Props, tell: &Teller) -> Result<()> {
    let (now, title) = (props.time.now(), props.some_ciso());
    let person = props.officer(&title)?;
    let register = props.desk.register();
    let mut seats = register.appointments_of(person).filter_map(|held| match held.seat {
        Seat::Institution(id) => Some(id),
        Seat::Node(_) => None,
    });
    let institution = seats.next().context("a CISO is of an institution")?;
    let place = props.gaon.place_of(institution).context("it is of the nation")?;
    let documents: Vec<_> = props
        .gaon
        .systems_of(place)
        .take(DOCUMENTS)
        .map(|system| {
            let as_it_was = newer_inventory(&system, &[], now);
            (system.id, system.name.clone(), system.exposed, to_cyclonedx(&as_it_was))
        })
        .collect();
    tell.scene(now, "자산 목록", "what runs where").await;
    let sent = documents.len();
    for (id, name, exposed, document) in documents {
        let path = format!(
            "/api/v1/institutions/{institution}/systems/{id}/inventory?name={name}.cdx.json&exposed={exposed}&wait=10"
        );
        let job = props.api.document(person, &path, document).await?;
        ensure!(job["state"] == "done", "the inventory was not taken: {job}");
    }
    tell.line(
        &format!("{title}: 시스템 {sent}대의 자산 목록을 올림"),
        &format!("{title}: the inventories of {sent} systems"),
    );
    Ok(())
}

/// The most documents of one institution that the story sends.
const DOCUMENTS: usize = 12;

/// Private institutions with a fresh inventory and one affected system, with whoever answers for them.
fn claimants(props: &Props, issued: &Issued) -> Result<Vec<(InstitutionId, PersonId)>> {
    let owed = owed(props, issued)?;
    let register = props.desk.register();
    let mut cast = Vec::new();
    for (place, institution) in props.gaon.institutions().iter().enumerate() {
        let Some(owed) = owed.get(&institution.id) else { continue };
        let simple = institution.domain() == Domain::Private
            && props.gaon.holding(place) == Holding::Fresh
            && owed.act == issued.acts[0]
            && owed.exposure.is_affected()
            && owed.systems == 1;
        if !simple || props.gaon.systems_of(place).filter(has_it).count() != 1 {
            continue;
        }
        if let Some(officer) = register.accountable(institution.id, props.time.now()) {
            cast.push((institution.id, officer.person));
        }
        if cast.len() == CLAIMS {
            break;
        }
    }
    Ok(cast)
}

fn has_it(system: &System<'_>) -> bool {
    system.components().any(|one: &Component| one.name == LOG4J)
}

/// Sends the inventory of the system again, updated or as it was.
async fn publish(
    props: &Props,
    institution: InstitutionId,
    person: PersonId,
    fixed: bool,
) -> Result<()> {
    let place = props.gaon.place_of(institution).context("it is of the nation")?;
    let (id, name, document) = {
        let mut systems = props.gaon.systems_of(place);
        let system = systems.find(has_it).context("it has an affected system")?;
        let update = [Change { package: LOG4J, version: "2.17.1" }];
        let changes: &[Change<'_>] = if fixed { &update } else { &[] };
        let newer = newer_inventory(&system, changes, props.time.now());
        (system.id, system.name.clone(), to_cyclonedx(&newer))
    };
    let path = format!(
        "/api/v1/institutions/{institution}/systems/{id}/inventory?name={name}.cdx.json&wait=10"
    );
    let job = props.api.document(person, &path, document).await?;
    ensure!(job["state"] == "done", "the inventory was not taken: {job}");
    Ok(())
}

/// Sunday evening: whoever is late is named to those who must hear, and that the names were read is in the record.
pub(super) async fn late(props: &Props, tell: &Teller, issued: &Issued) -> Result<()> {
    props.at("2026-11-22T20:00:00+09:00")?;
    tell.scene(props.time.now(), "지연", "who is late").await;
    let lead = props.officer("LEAD_PRIV-ANALYST-01")?;
    let path = format!("/api/v1/acts/{}/late", issued.acts[0]);
    let asked = json!({ "limit": 50, "why": "calling whoever is silent" });
    let list = props.api.post(lead, &path, &asked).await?;
    let items = list["items"].as_array().context("a list has items")?;
    let hears = |who: &str| items.iter().filter(|item| item["hears"] == who).count();
    let (head, sector) = (hears("head"), hears("sector"));
    let (ministry, joint) = (hears("lead"), hears("joint_team"));
    let first = items.first().map_or("-", |item| item["name_ko"].as_str().unwrap_or("-"));
    tell.line(
        &format!(
            "위험 순 {}곳이 어디까지 보고되었나: 기관장 {head} · 소관 {sector} · 부처 {ministry} · 합동팀 {joint}; 첫째 {first}",
            items.len()
        ),
        &format!(
            "{} riskiest, told on to: head {head}, sector {sector}, lead ministry {ministry}, joint team {joint}",
            items.len()
        ),
    );
    Ok(())
}
