//! Scenario 10 of the domain guide, through the API, as far as one node goes: in the third hour of scenario 1 the Finance
//! Commission and its relay are gone. The sample nation of this test has twenty of the 261 institutions of finance.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod house;

use std::collections::{BTreeMap, BTreeSet};

use bongsu_authority::{ActId, InstitutionId, NodeCode, Post, Seat};
use bongsu_relay::carry::address::{Holder, Reach};
use bongsu_response::Obligation;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use house::{House, id, mail_at};

const CVE: &str = "CVE-2021-44228";
const ANALYST: &str = "COORD_PRIV-ANALYST-01";
const LEAD: &str = "LEAD_PRIV-ANALYST-01";
const DIRECTOR: &str = "LEAD_PRIV-DIRECTOR-01";

#[tokio::test(flavor = "multi_thread")]
async fn a_ministry_burns_down_and_its_institutions_are_told_by_the_lead() {
    let house = House::begin("scenario-ten", "2026-11-20T09:00:00+09:00").await;
    house.mail_for_all();
    let (case, first) = the_night(&house).await;
    let finance = members(&house);
    assert!(finance.len() >= 10, "{}", finance.len());
    let enrolled = (house.desk.register().len(), register_entries(&house));

    // 05:10: the data centre burns. Nobody of the commission and of its relay acts; their mailboxes are gone.
    house.at("2026-11-21T05:10:00+09:00");
    burnt(&house, "@burnt.example");
    house.at("2026-11-21T05:15:00+09:00");
    let second = directly(&house, &case, &finance).await;
    assert_eq!(register_entries(&house), enrolled.1, "without re-enrolment");
    the_gap_is_unknown(&house, second, &finance).await;
    acting(&house, second, &finance).await;
    late_is_told_once(&house, &[first, second]).await;

    // Three days later it is back.
    house.at("2026-11-24T09:00:00+09:00");
    burnt(&house, "@gaon.example");
    back(&house, &[first, second], &finance).await;
    assert_eq!(house.desk.register().len(), enrolled.0);
    house.record_holds_together().await;
}

/// Disclosure, and the act of the lead to everybody who has it.
async fn the_night(house: &House) -> (String, ActId) {
    house.at("2026-11-21T02:10:00+09:00");
    house.publish("disclosure.osv.json", &house::log4shell()).await;
    let analyst = house.officer(ANALYST);
    let opened = json!({ "from": "library", "identifier": CVE });
    let case = id(&house.api.post(analyst, "/api/v1/cases", &opened).await);
    let triage =
        json!({ "step": "triage", "automatable": true, "impact": "total", "mission": "high" });
    house.api.post(analyst, &format!("/api/v1/cases/{case}/steps"), &triage).await;
    let act = house.issue("LEAD_PRIV", &case, text("Update Log4j at once", &[])).await;
    house.carry().await;
    (case, act)
}

fn text(title: &str, sectors: &[&str]) -> Value {
    let law = (!sectors.is_empty()).then_some("network-act-47-4");
    json!({
        "legal_basis": law,
        "issuer": "LEAD_PRIV", "drill": true, "ask_unknown": true, "sectors": sectors, "everybody": !sectors.is_empty(),
        "title_ko": "로그 라이브러리 긴급 조치", "title_en": title,
        "todo_ko": "2.17.1 이상으로 올리십시오", "todo_en": "Update to 2.17.1 or later",
    })
}

/// The private institutions that the commission oversees.
fn members(house: &House) -> BTreeMap<InstitutionId, usize> {
    let sector: NodeCode = "SECTOR_FIN".parse().unwrap();
    let all = house.gaon.institutions().iter().enumerate();
    let own = all.filter(|(_, one)| {
        one.competent.contains(&sector) && one.domain() == bongsu_authority::Domain::Private
    });
    own.map(|(place, one)| (one.id, place)).collect()
}

/// How many institutions, posts and delegations there are.
fn register_entries(house: &House) -> (usize, usize) {
    let register = house.desk.register();
    (register.len(), register.appointments().count())
}

fn burnt(house: &House, host: &str) {
    let desk = |code: &str| {
        let mailbox = format!("desk-{}{host}", code.to_lowercase().replace('_', "-"));
        (Holder::Station(code.parse().unwrap()), vec![Reach::Mail(mailbox.parse().unwrap())])
    };
    house.reach(vec![desk("SECTOR_FIN"), desk("RELAY_FIN")]);
}

/// The lead speaks to the institutions of the commission itself: the copy does not travel through a dead link.
async fn directly(house: &House, case: &str, finance: &BTreeMap<InstitutionId, usize>) -> ActId {
    let before = house.mail.came().len();
    let act = house.issue("LEAD_PRIV", case, text("From the lead directly", &["SECTOR_FIN"])).await;
    house.carry().await;
    let owed = house.owed(&[act]);
    let asked: BTreeSet<InstitutionId> = owed.keys().map(|(_, id)| *id).collect();
    assert_eq!(asked, finance.keys().copied().collect(), "all of them, and nobody else");
    for owed in owed.values() {
        let told = owed.marks.delivered.expect("its institutions get acts through the lead");
        assert!(told.duration_since(owed.created_at) <= SignedDuration::from_mins(5), "<= 5 min");
    }
    let came = house.mail.came();
    for place in finance.values() {
        let Reach::Mail(mailbox) = mail_at(*place) else { unreachable!("it is mail") };
        let own = came[before..].iter().filter(|letter| letter.to == mailbox.to_string());
        let own = own.filter(|letter| letter.text().contains("From the lead directly"));
        assert_eq!(own.count(), 1, "one letter each, at the address that was there before");
    }
    act
}

/// The acting authority: an officer whom the director of the lead appoints, from now until a date, under a title that
/// says for whom. It is in the register and in the record.
async fn acting(house: &House, act: ActId, finance: &BTreeMap<InstitutionId, usize>) {
    let director = house.officer(DIRECTOR);
    let until = "2026-12-05T00:00:00Z";
    let said = json!({ "post": "director", "title": "SECTOR_FIN-ACTING-01", "until": until });
    let path = "/api/v1/stations/LEAD_PRIV/officers";
    let (status, refused) = house.api.try_post(house.officer(LEAD), path, &said).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "an analyst appoints nobody: {refused}");
    let done = house.api.post(director, path, &said).await["entry"].as_u64().unwrap();
    let held = house.desk.officer("SECTOR_FIN-ACTING-01", house.now()).unwrap();
    let seat = Seat::Node("LEAD_PRIV".parse().unwrap());
    assert_eq!((held.post, &held.seat), (Post::Director, &seat), "of the lead");
    assert_eq!((held.from, held.until), (house.now(), Some(until.parse().unwrap())), "dated");
    let (size, _) = house.desk.store().head().unwrap();
    assert!(done < size, "and in the record that everybody can check");

    // It does what the commission would have done: more time for one that has begun.
    let asks = finance.keys().find(|id| house.owed(&[act])[&(act, **id)].clocks.fix_by.is_some());
    let asks = *asks.unwrap();
    let answers = format!("/api/v1/obligations/{act}/{asks}/answers");
    let owner = house.accountable(asks);
    house.api.post(owner, &answers, &json!({ "answer": "affected" })).await;
    let fix_by = house.owed(&[act])[&(act, asks)].clocks.fix_by.unwrap();
    let later = fix_by + SignedDuration::from_hours(48);
    let ask = json!({ "answer": "ask_extension", "until": later.to_string(), "why": "the vault opens on Monday" });
    house.api.post(owner, &answers, &ask).await;
    let grant = json!({ "answer": "decide_extension", "granted": later.to_string(), "why": "mitigated meanwhile" });
    house.api.post(held.person, &answers, &grant).await;
    assert_eq!(house.owed(&[act])[&(act, asks)].clocks.fix_by, Some(later));
}

/// Nobody has answered from finance: the picture counts them all, as silent or in a cell too small to be shown, and never
/// as safe. Whoever may read more sees the same.
async fn the_gap_is_unknown(house: &House, act: ActId, finance: &BTreeMap<InstitutionId, usize>) {
    let apex = house.officer("APEX-ANALYST-01");
    let drawn = house.api.get(apex, &format!("/api/v1/acts/{act}/picture")).await;
    let rows = drawn["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["sector"] == "SECTOR_FIN").unwrap_or(&rows[0]);
    let counts = &row["counts"];
    let shown = |name: &str| counts[name]["count"].as_u64();
    assert_eq!(shown("institutions"), Some(finance.len() as u64), "{drawn}");
    for safe in ["settled", "not_affected", "waived", "claimed"] {
        let none = shown(safe).is_none_or(|count| count == 0);
        assert!(
            none,
            "national picture marks the gap as unknown, never as safe: {safe} in {drawn}"
        );
    }
    let waits: u64 = ["silent", "unknown", "open"].iter().filter_map(|name| shown(name)).sum();
    let hidden = counts["silent"]["more"] == true;
    assert!(waits == finance.len() as u64 || hidden, "{drawn}");
    let lead = house.officer(LEAD);
    let progress = house.api.get(lead, &format!("/api/v1/acts/{act}/progress")).await;
    for row in progress["items"].as_array().unwrap() {
        let open = ["delivered", "unknown", "affected"].contains(&row["status"].as_str().unwrap());
        assert!(open, "nobody of whom nothing is heard is safe: {progress}");
    }
}

/// What the ladder has to say to the commission waits; nobody hears anything twice.
async fn late_is_told_once(house: &House, acts: &[ActId]) {
    house.at("2026-11-21T12:00:00+09:00");
    house.tick().await;
    house.carry().await;
    let came = house.mail.came();
    assert!(came.iter().all(|letter| !letter.to.ends_with("@burnt.example")), "nobody is there");
    let before = came.len();
    house.tick().await;
    house.carry().await;
    assert_eq!(house.mail.came().len(), before, "nothing doubled");
    let _ = house.owed(acts); // nobody owes the same twice
}

/// The commission is back: it sees what was done meanwhile, works on, and nothing happens twice.
async fn back(house: &House, acts: &[ActId; 2], finance: &BTreeMap<InstitutionId, usize>) {
    let before: BTreeMap<_, Obligation> = house.owed(acts);
    let (analyst, second) = (house.officer("SECTOR_FIN-ANALYST-01"), acts[1]);
    let progress = house.api.get(analyst, &format!("/api/v1/acts/{second}/progress")).await;
    let rows = progress["items"].as_array().unwrap().iter();
    let seen: u64 = rows.map(|row| row["obligations"].as_u64().unwrap()).sum();
    assert_eq!(seen, finance.len() as u64, "it sees every obligation of its own");
    house.tick().await;
    house.carry().await;
    let after = house.owed(acts);
    let keys = |all: &BTreeMap<(ActId, InstitutionId), Obligation>| {
        all.keys().copied().collect::<Vec<_>>()
    };
    assert_eq!(keys(&after), keys(&before), "0 duplicate obligations; signed acts lost: 0");
    let came = house.mail.came();
    for place in finance.values() {
        let Reach::Mail(mailbox) = mail_at(*place) else { unreachable!("it is mail") };
        let own = came.iter().filter(|letter| letter.to == mailbox.to_string());
        let issued = own.filter(|letter| letter.text().contains("From the lead directly"));
        let issued = issued.filter(|letter| letter.text().contains("A new act asks you"));
        assert_eq!(issued.count(), 1, "on return nothing doubled");
    }
    let some = *finance.keys().next().unwrap();
    let team = json!({ "answer": "assist", "team": "the commission's own" });
    let answers = format!("/api/v1/obligations/{second}/{some}/answers");
    let writer = house.officer("SECTOR_FIN-ANALYST-01");
    house.api.post(writer, &answers, &team).await;
    assert!(house.owed(&[second])[&(second, some)].assisted(), "and it works on");
}
