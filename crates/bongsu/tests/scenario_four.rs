//! Scenario 4 of the domain guide, through the API: a twelve-person factory with a storage box whose support has ended, a
//! few hundred like it, and nobody there who does security. Each criterion of the guide is an assertion with its text.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod house;

use std::collections::BTreeSet;

use bongsu_authority::access::Scope;
use bongsu_authority::{ActId, InstitutionId, NodeCode, Size};
use bongsu_desk::Who;
use bongsu_relay::carry::address::Holder;
use bongsu_relay::carry::calls::{Call, Why, call_list};
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use house::{House, has_link, id, mail_at, phone_at};

const ANALYST: &str = "COORD_PRIV-ANALYST-01";
const FLAW: &str = "CVE-2026-11111";

/// The flaw of the box, as a feed brings it. No inventory of the nation lists one: boxes are not in inventories.
fn advisory() -> String {
    json!({
        "schema_version": "1.6.0", "id": FLAW, "modified": "2026-11-22T00:00:00Z",
        "summary": "a storage box answers without a password",
        "affected": [{
            "package": { "ecosystem": "npm", "name": "gaon-storage-box" },
            "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }] }],
        }],
    })
    .to_string()
}

/// A small firm that was asked.
#[derive(Clone, Debug)]
struct Firm {
    id: InstitutionId,
    place: usize,
    relay: NodeCode,
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_of_small_firms_answer_by_a_code_from_a_telephone() {
    let house = House::begin("scenario-four", "2026-11-20T09:00:00+09:00").await;
    everybody_small_has_mail_and_a_telephone(&house);
    house.at("2026-11-23T09:00:00+09:00");
    let act = a_box_without_support(&house).await;
    let firms = asked(&house, act);
    assert!(firms.len() > 210, "enough small firms are asked: {}", firms.len());
    told_twice_and_without_a_link(&house, act, &firms).await;
    let chosen = my_provider_does_it(&house, act, &firms).await;
    calls_after_a_day(&house, act, &firms, &chosen).await;
    two_hundred_in_a_day(&house, act, &firms, &chosen).await;
    house.record_holds_together().await;
}

fn everybody_small_has_mail_and_a_telephone(house: &House) {
    let all = house.gaon.institutions().iter().enumerate();
    let small = all.filter(|(_, one)| one.size == Size::Small);
    let books = small
        .map(|(place, one)| (Holder::Institution(one.id), vec![mail_at(place), phone_at(place)]));
    house.reach(books.collect());
}

/// The coordinator knows that the box is attacked and that there will never be a fix; the lead asks every small firm of
/// which nothing is known.
async fn a_box_without_support(house: &House) -> ActId {
    house.publish("box.osv.json", &advisory()).await;
    let analyst = house.officer(ANALYST);
    let opened = json!({ "from": "library", "identifier": FLAW });
    let case = id(&house.api.post(analyst, "/api/v1/cases", &opened).await);
    let steps = format!("/api/v1/cases/{case}/steps");
    for step in [
        json!({ "step": "triage", "automatable": true, "impact": "total", "mission": "high" }),
        json!({ "step": "remedy", "fix": "no_fix_ever" }),
    ] {
        house.api.post(analyst, &steps, &step).await;
    }
    let text = json!({
        "issuer": "LEAD_PRIV", "drill": true, "ask_unknown": true, "sizes": ["small"],
        "title_ko": "지원이 끝난 저장장치 분리", "title_en": "Cut off storage boxes without support",
        "todo_ko": "인터넷에서 분리하거나 전원을 끄십시오. 새 펌웨어는 나오지 않습니다.",
        "todo_en": "Cut it off from the internet or switch it off. There will be no new firmware.",
    });
    house.issue("LEAD_PRIV", &case, text).await
}

/// The small firms that owe an answer, in the order of the register.
fn asked(house: &House, act: ActId) -> Vec<Firm> {
    let (owed, places) = (house.owed(&[act]), house.places());
    let mut firms: Vec<Firm> = owed
        .keys()
        .map(|(_, id)| {
            let one = &house.gaon.institutions()[places[id]];
            assert_eq!(one.size, Size::Small, "only small ones are asked");
            (*id, places[id], one.relay.clone())
        })
        .filter_map(|(id, place, relay)| Some(Firm { id, place, relay: relay? }))
        .filter(|firm| firm.relay.as_str().starts_with("RELAY_SME"))
        .collect();
    firms.sort_by_key(|firm| firm.place);
    firms
}

fn mailbox(firm: &Firm) -> String {
    format!("office-{}@gaon.example", firm.place)
}

/// The short messages that came to a firm's telephone.
fn short_messages(house: &House, firm: &Firm) -> Vec<String> {
    let number = format!("+8210{:08}", firm.place);
    let came = house.phones.came();
    let read = came.iter().map(|body| serde_json::from_str::<Value>(body).unwrap());
    let own = read.filter(|body| body["to"] == number);
    own.map(|body| body["msg"].as_str().unwrap().to_owned()).collect()
}

/// The code, as an owner reads it off the short message.
fn code(house: &House, firm: &Firm) -> String {
    let text = short_messages(house, firm).remove(0);
    let is_code =
        |word: &&str| word.len() == 16 && word.bytes().all(|it| it.is_ascii_alphanumeric());
    text.split_whitespace().find(is_code).unwrap_or_else(|| panic!("no code in {text}")).to_owned()
}

async fn told_twice_and_without_a_link(house: &House, act: ActId, firms: &[Firm]) {
    house.carry().await;
    let told = house.owed(&[act]);
    let mut waited: Vec<SignedDuration> = told
        .values()
        .map(|owed| owed.marks.delivered.unwrap().duration_since(owed.created_at))
        .collect();
    waited.sort_unstable();
    assert!(waited[waited.len() * 95 / 100] <= SignedDuration::from_mins(5), "TTN p95 <= 5 min");
    for firm in firms.iter().take(20) {
        let mails = house.mail.came_for(&mailbox(firm));
        assert_eq!(mails.len(), 1, "reached by mail");
        let texts = short_messages(house, firm);
        assert_eq!(texts.len(), 1, "and by short message: {texts:?}");
        assert!(texts[0].encode_utf16().count() <= 70, "in one part: {}", texts[0]);
        let shown = mails[0].text().replace(' ', "");
        assert!(shown.contains(&code(house, firm)), "one code in both");
        assert!(shown.contains("할일") && shown.contains("Todo"), "in Korean and in English");
    }
    let (letters, texts) = (house.mail.came(), house.phones.came());
    assert_eq!((letters.len(), texts.len()), (told.len(), told.len()), "two channels each, once");
    for text in letters.iter().map(house::sinks::Letter::text).chain(texts) {
        assert!(!has_link(&text), "message has no link: {text}");
    }
}

/// Four inputs: the code, the answer, the provider, and yes. The clock of the exercise stands meanwhile.
async fn my_provider_does_it(house: &House, act: ActId, firms: &[Firm]) -> Firm {
    let (register, now) = (house.desk.register(), house.now());
    let free = |firm: &&Firm| register.providers_of(firm.id, now).next().is_none();
    let firm = firms.iter().find(free).unwrap().clone();
    let (status, task) =
        house.api.anybody("/api/v1/task", &json!({ "code": code(house, &firm) })).await;
    assert_eq!(status, StatusCode::OK, "{task}");
    assert!(
        task["todo_ko"].as_str().unwrap().contains("전원을 끄십시오"),
        "plain language: {task}"
    );
    assert!(task["todo_en"].as_str().unwrap().contains("switch it off"));
    for word in ["isolated", "retired"] {
        let all = task["answers"].as_array().unwrap();
        let found = all.iter().find(|one| one["answer"] == word).unwrap();
        assert_eq!(
            found["possible"], true,
            "path \"isolate or retire\" available, for no patch exists"
        );
    }
    let provider = task["providers"][0].clone();
    assert_eq!(provider["chosen"], false);

    let said =
        json!({ "code": code(house, &firm), "answer": "provider", "institution": provider["id"] });
    let inputs = said.as_object().unwrap().len() + 1; // and to confirm
    assert!(inputs <= 4, "<= 4 inputs: {inputs}");
    let (status, done) = house.api.anybody("/api/v1/task/answers", &said).await;
    assert_eq!(status, StatusCode::OK, "{done}");
    let owed = house.owed(&[act])[&(act, firm.id)].clone();
    let took = owed.marks.acknowledged.unwrap().duration_since(now);
    assert!(took <= SignedDuration::from_mins(2), "acknowledges and picks in <= 2 min");

    let serves: InstitutionId = provider["id"].as_str().unwrap().parse().unwrap();
    let signed: Vec<_> =
        house.desk.register().providers_of(firm.id, house.now()).cloned().collect();
    assert_eq!(signed.len(), 1, "delegation signed once");
    assert_eq!((signed[0].provider, signed[0].signed_by), (serves, house.accountable(firm.id)));

    // The provider sees it and answers; the owner stands by the claim with the same code.
    let expert = house.accountable(serves);
    let list = house.api.get(expert, "/api/v1/obligations?open=true").await;
    let mine = list["items"].as_array().unwrap().iter();
    assert!(mine.clone().any(|one| one["institution"] == firm.id.to_string()), "it sees the task");
    let answers = format!("/api/v1/obligations/{act}/{}/answers", firm.id);
    let proof = "5".repeat(64);
    for said in [
        json!({ "answer": "affected" }),
        json!({ "answer": "claim", "remedy": "isolated", "evidence": proof }),
    ] {
        house.api.post(expert, &answers, &said).await;
    }
    let done =
        json!({ "code": code(house, &firm), "answer": "done", "how": "as my provider says" });
    let (status, _) = house.api.anybody("/api/v1/task/answers", &done).await;
    assert_eq!(status, StatusCode::OK);
    let whole = house.api.get(expert, &format!("/api/v1/obligations/{act}/{}", firm.id)).await;
    assert_eq!(
        (&whole["status"], &whole["claim"]["evidence"]),
        (&json!("remediated"), &json!(proof))
    );
    firm
}

fn calls(house: &House, act: ActId, relay: &NodeCode) -> Vec<Call> {
    let who = Who::Person(house.officer(&format!("{relay}-DUTY-01")));
    let scope = Scope::Relay(relay.clone());
    let (mut all, mut after) = (Vec::new(), InstitutionId([0; 16]));
    loop {
        let page = call_list(&house.desk, who, (act, &scope), 50, after, house.now()).unwrap();
        match page.last() {
            Some(last) => after = last.owed.institution,
            None => return all,
        }
        all.extend(page);
    }
}

async fn calls_after_a_day(house: &House, act: ActId, firms: &[Firm], chosen: &Firm) {
    let relay = &firms[0].relay;
    assert!(calls(house, act, relay).is_empty(), "nobody is called on the first day");
    let helped = firms.iter().find(|firm| firm.relay == *relay && firm.id != chosen.id).unwrap();
    let help = json!({ "code": code(house, helped), "answer": "help" });
    let (status, _) = house.api.anybody("/api/v1/task/answers", &help).await;
    assert_eq!(status, StatusCode::OK);
    house.at("2026-11-24T09:30:00+09:00");
    house.tick().await;
    let list = calls(house, act, relay);
    let of = |id: InstitutionId| list.iter().find(|call| call.owed.institution == id);
    assert!(matches!(of(helped.id).unwrap().why, Why::AskedForHelp(_)), "it asked for help");
    let silent = firms.iter().filter(|firm| firm.relay == *relay);
    let silent = silent.filter(|firm| ![helped.id, chosen.id].contains(&firm.id));
    for firm in silent {
        let call = of(firm.id).expect("no answer in 24 h -> regional centre call list");
        assert_eq!(call.why, Why::Silent);
        assert!(
            call.telephone.is_some() && call.title.is_some(),
            "with whom and a number: {call:?}"
        );
    }
    assert!(of(chosen.id).is_none(), "whoever has answered is not called");
    let named: BTreeSet<&NodeCode> = firms.iter().map(|firm| &firm.relay).collect();
    let elsewhere = named.into_iter().find(|other| *other != relay).unwrap();
    let there = calls(house, act, elsewhere);
    assert!(there.iter().all(|call| of(call.owed.institution).is_none()), "each region its own");
    let team = json!({ "answer": "assist", "team": "regional centre" });
    let duty = house.officer(&format!("{relay}-DUTY-01"));
    let answers = format!("/api/v1/obligations/{act}/{}/answers", helped.id);
    house.api.post(duty, &answers, &team).await;
    assert!(calls(house, act, relay).iter().all(|call| call.owed.institution != helped.id));
}

/// On the telephone: the owner reads the code, says what was done, and the officer looks from outside. Two minutes each.
async fn two_hundred_in_a_day(house: &House, act: ActId, firms: &[Firm], chosen: &Firm) {
    let officer = house.officer(ANALYST);
    let began = house.now();
    let called: Vec<&Firm> = firms.iter().filter(|firm| firm.id != chosen.id).take(200).collect();
    assert_eq!(called.len(), 200);
    for (number, firm) in called.iter().enumerate() {
        house.wait(SignedDuration::from_mins(2));
        let word = if number % 2 == 0 { "isolated" } else { "retired" };
        let said = json!({ "code": code(house, firm), "answer": word });
        let (status, done) = house.api.anybody("/api/v1/task/answers", &said).await;
        assert_eq!(status, StatusCode::OK, "{done}");
        let seen = json!({ "answer": "verify", "evidence": "7".repeat(64), "how": "no longer answers from outside" });
        let answers = format!("/api/v1/obligations/{act}/{}/answers", firm.id);
        house.api.post(officer, &answers, &seen).await;
    }
    house.tick().await;
    let took = house.now().duration_since(began);
    assert!(took <= SignedDuration::from_hours(24), "in a day: {took:?}");
    let progress = house.api.get(officer, &format!("/api/v1/acts/{act}/progress")).await;
    let rows = progress["items"].as_array().unwrap().iter();
    let closed: u64 = rows
        .filter(|row| row["status"] == "closed")
        .map(|row| row["obligations"].as_u64().unwrap())
        .sum();
    assert_eq!(closed, 200, "200 such firms closed by one support officer in a day: {progress}");
    let (status, _) =
        house.api.anybody("/api/v1/task", &json!({ "code": code(house, called[0]) })).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "a code of what is closed is absent");
}
