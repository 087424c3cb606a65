//! Scenario 1 of the domain guide, over HTTP: feeds bring a flaw in a library, the lead ministries ask, institutions
//! answer, the catalogue names it, suppliers speak, inventories prove and refute. Each criterion of the guide is an
//! assertion with its text; times are those of the exercise's clock. The command line plays it in `scenario_one.rs`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod house;

use std::collections::BTreeMap;

use bongsu_authority::{ActId, Domain, InstitutionId, Mark};
use bongsu_inventory::Component;
use bongsu_nation::{Change, Holding, System, newer_inventory, to_cyclonedx};
use bongsu_response::{Exposure, Obligation, RemediationClass, Status};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use house::{House, has_link, id};

const CVE: &str = "CVE-2021-44228";
const LOG4J: &str = "org.apache.logging.log4j:log4j-core";
const ANALYST: &str = "COORD_PRIV-ANALYST-01";

type Owed = BTreeMap<(ActId, InstitutionId), Obligation>;

#[tokio::test(flavor = "multi_thread")]
async fn a_flaw_in_a_library_is_answered_by_the_whole_nation_over_http() {
    let house = House::begin("scenario-one-api", "2026-11-20T09:00:00+09:00").await;
    house.mail_for_all();
    let case = disclosure(&house).await;
    let acts = asked(&house, &case).await;
    told(&house, &acts).await;
    acknowledged(&house, &acts).await;
    let cleared = suppliers(&house, &case, &acts).await;
    exploited(&house, &case, &acts).await;
    false_closure(&house, &acts, cleared).await;
    house.record_holds_together().await;
}

/// What the nation's own inventories say: no index, no matching, no version order of ours.
fn truth(house: &House) -> BTreeMap<InstitutionId, (u32, u32)> {
    let mut all: BTreeMap<InstitutionId, (u32, u32)> = BTreeMap::new();
    for system in house.gaon.systems() {
        if version(&system).is_some_and(|version| is_affected(&version)) {
            let sum = all.entry(system.institution.id).or_default();
            let brought = system.components().any(brings);
            *sum = (sum.0 + 1, sum.1 + u32::from(brought));
        }
    }
    all
}

fn version(system: &System<'_>) -> Option<String> {
    system.components().find(|one| one.name == LOG4J)?.version.clone()
}

/// A library that brings log4j with it.
fn brings(component: &Component) -> bool {
    let name = component.name.rsplit([':', '/']).next().unwrap_or_default();
    ["spring-boot-starter-log4j2", "elasticsearch", "solr-core", "flink-core", "ApacheJMeter_core"]
        .contains(&name)
}

/// 2.0-beta9 to before 2.3.1, 2.4 to before 2.12.2, 2.13.0 to before 2.15.0.
fn is_affected(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap());
    let version = [(); 3].map(|()| parts.next().unwrap_or(0));
    let within = |from: [u32; 3], before: [u32; 3]| from <= version && version < before;
    within([2, 0, 0], [2, 3, 1]) || within([2, 4, 0], [2, 12, 2]) || within([2, 13, 0], [2, 15, 0])
}

/// 02:10: the feed brings it, and a case is opened.
async fn disclosure(house: &House) -> String {
    house.at("2026-11-21T02:10:00+09:00");
    house.publish("disclosure.osv.json", &house::log4shell()).await;
    let analyst = house.officer(ANALYST);
    let opened = json!({ "from": "library", "identifier": CVE });
    let case = id(&house.api.post(analyst, "/api/v1/cases", &opened).await);
    let triage =
        json!({ "step": "triage", "automatable": true, "impact": "total", "mission": "high" });
    house.api.post(analyst, &format!("/api/v1/cases/{case}/steps"), &triage).await;
    case
}

/// 02:19: three leads ask everybody who has it, and everybody of whom nothing is known.
async fn asked(house: &House, case: &str) -> Vec<ActId> {
    let first_signal = house.now();
    house.at("2026-11-21T02:19:00+09:00");
    let mut acts = Vec::new();
    for lead in ["LEAD_PRIV", "LEAD_PUB", "LEAD_MIL"] {
        let text = json!({
            "issuer": lead, "drill": true, "ask_unknown": true,
            "title_ko": "로그 라이브러리 긴급 조치", "title_en": "Update Log4j at once",
            "todo_ko": "2.17.1 이상으로 올리십시오", "todo_en": "Update to 2.17.1 or later",
        });
        acts.push(house.issue(lead, case, text).await);
    }
    let owed = house.owed(&acts);
    for owed in owed.values() {
        let signed = house.now();
        let known = owed.created_at.duration_since(first_signal);
        assert!(known <= SignedDuration::from_mins(10), "TTK for institutions with SBOM <= 10 min");
        let waited = owed.created_at.duration_since(signed).abs();
        assert!(waited <= SignedDuration::from_secs(60), "obligations <= 60 s after signature");
    }
    let found: BTreeMap<InstitutionId, u32> = owed
        .values()
        .filter(|owed| owed.exposure.is_affected())
        .map(|owed| (owed.institution, owed.systems))
        .collect();
    let truth = truth(house);
    let wanted: BTreeMap<_, u32> = truth.iter().map(|(id, (all, _))| (*id, *all)).collect();
    let (all, brought) = truth.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert!(brought > 0 && brought < all, "{brought} of {all} were brought by another library");
    assert_eq!(
        found, wanted,
        "direct and transitive hits both found, 0 missed in the labelled set"
    );
    let by_institution: BTreeMap<_, _> = owed.values().map(|it| (it.institution, it)).collect();
    for (place, one) in house.gaon.institutions().iter().enumerate() {
        if house.gaon.holding(place) == Holding::Absent {
            let exposure = by_institution.get(&one.id).map(|owed| owed.exposure);
            let question = Some(Exposure::NoInventory);
            assert_eq!(exposure, question, "without SBOM get a question, not silence");
        }
    }
    acts
}

async fn told(house: &House, acts: &[ActId]) {
    house.carry().await;
    let owed = house.owed(acts);
    let at =
        |owed: &Obligation| owed.marks.delivered.map(|told| told.duration_since(owed.created_at));
    let critical = owed.values().filter(|owed| {
        let soon = [RemediationClass::ThreeDays, RemediationClass::ThreeDaysForensic];
        let triaged = owed.clocks.acknowledge_by.duration_since(owed.created_at);
        soon.contains(&owed.clocks.class) || triaged <= SignedDuration::from_hours(4)
    });
    let mut waited: Vec<SignedDuration> =
        critical.map(|owed| at(owed).unwrap_or(SignedDuration::MAX)).collect();
    waited.sort_unstable();
    assert!(waited.len() > 100, "{}", waited.len());
    let p95 = waited[waited.len() * 95 / 100];
    assert!(
        p95 <= SignedDuration::from_mins(5),
        "TTN p95 <= 5 min of what no digest holds back: {p95:?}"
    );
    let letters = house.mail.came();
    assert!(letters.iter().all(|letter| !has_link(&letter.text())), "0 URLs in what goes out");
}

/// From 03:00 on: officers of the major institutions answer, two a minute; one in twenty is silent.
async fn acknowledged(house: &House, acts: &[ActId]) {
    house.at("2026-11-21T03:00:00+09:00");
    let owed = house.owed(acts);
    let register = house.desk.register();
    let is_major = |id: InstitutionId| {
        register.institution(id).is_some_and(|found| found.marks.contains(&Mark::Major))
    };
    let major: Vec<_> = owed.keys().copied().filter(|(_, id)| is_major(*id)).collect();
    for (number, (act, institution)) in major.iter().enumerate() {
        if number % 20 == 19 {
            continue;
        }
        house.wait(SignedDuration::from_secs(30));
        let path = format!("/api/v1/obligations/{act}/{institution}/answers");
        let person = house.accountable(*institution);
        house.api.post(person, &path, &json!({ "answer": "acknowledge" })).await;
    }
    let after = house.owed(acts);
    let in_time = |key: &&(ActId, InstitutionId)| {
        let owed = &after[key];
        let limit = SignedDuration::from_hours(4);
        owed.marks.acknowledged.is_some_and(|seen| seen.duration_since(owed.created_at) <= limit)
    };
    let seen = major.iter().filter(in_time).count();
    assert!(
        !major.is_empty() && seen * 10 >= major.len() * 9,
        "ack in 4 h >= 90 % of major: {seen}"
    );
}

/// 09:00: a supplier says that one version is not exploitable; where documents are kept, obligations flip by themselves.
async fn suppliers(house: &House, case: &str, acts: &[ActId]) -> InstitutionId {
    house.at("2026-11-21T09:00:00+09:00");
    let (cleared, version) = simple(house, acts, None);
    let place = house.places()[&cleared];
    for system in house.gaon.systems_of(place) {
        send(house, cleared, &system, &to_cyclonedx(&system.inventory())).await;
    }
    let vex = json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "urn:example:vex-1", "author": "Maru Software",
        "timestamp": "2026-11-21T00:00:00Z", "version": 1, "statements": [{
            "vulnerability": { "name": CVE }, "status": "not_affected",
            "products": [{ "@id": format!("pkg:maven/org.apache.logging.log4j/log4j-core@{version}") }],
            "justification": "vulnerable_code_not_in_execute_path",
        }],
    });
    let vex = vex.to_string();
    house.publish("supplier.openvex.json", &vex).await;
    let arrived = json!({ "evidence": bongsu_desk::evidence(vex.as_bytes()).to_string() });
    let path = format!("/api/v1/cases/{case}/statements");
    let (status, _) =
        house.api.try_post(house.officer("LEAD_PRIV-DIRECTOR-01"), &path, &arrived).await;
    assert_eq!(status, 404, "only the analyst of the station that works the case");
    let heard = house.api.post(house.officer(ANALYST), &path, &arrived).await;
    let changes = heard["changes"].as_array().unwrap();
    let own = changes.iter().find(|one| one["institution"] == cleared.to_string());
    let own = own.unwrap_or_else(|| panic!("suppliers' VEX flips obligations: {heard}"));
    let why = own["why"].as_str().unwrap();
    let traced =
        why.contains("vulnerable_code_not_in_execute_path") && why.contains("Maru Software");
    assert!(traced && own["moved"] == true, "with trace: {own}");
    let owed = house.owed(acts);
    let standing = owed.values().find(|owed| owed.institution == cleared).unwrap();
    assert_eq!(standing.status, Status::NotAffected);
    let again = house.api.post(house.officer(ANALYST), &path, &arrived).await;
    assert_eq!(again["changes"], json!([]), "hearing it twice changes nothing");
    cleared
}

/// 14:00: the catalogue names it, and the node does the rest by itself.
async fn exploited(house: &House, case: &str, acts: &[ActId]) {
    house.at("2026-11-21T14:00:00+09:00");
    let before = house.owed(acts);
    house.publish("kev.json", &kev(house.now())).await;
    let shown = house.api.get(house.officer(ANALYST), &format!("/api/v1/cases/{case}")).await;
    assert_eq!(shown["exploitation"], "active", "{shown}");
    let after: Owed = house.owed(acts);
    let mut open = 0;
    for (key, old) in &before {
        let (was, is) = (old.clocks, after[key].clocks);
        let sooner = is.acknowledge_by <= was.acknowledge_by
            && is.assess_by <= was.assess_by
            && was.fix_by.is_none_or(|fix| is.fix_by.is_some_and(|now| now <= fix));
        assert!(sooner, "none lengthened: {key:?}");
        if !old.status.is_over() {
            open += 1;
            let class = is.class;
            let forensic = RemediationClass::ThreeDaysForensic;
            assert_eq!(class, forensic, "KEV event re-clocks 100 % of open obligations: {key:?}");
            let limit = house.now() + SignedDuration::from_hours(72);
            assert!(is.fix_by.is_some_and(|fix| fix <= limit), "within the same minute");
        }
    }
    assert!(open > 100, "{open}");
}

/// 18:00: a fix is claimed that nobody made; a new inventory the next morning says so.
async fn false_closure(house: &House, acts: &[ActId], cleared: InstitutionId) {
    house.at("2026-11-21T18:00:00+09:00");
    let (claims, _) = simple(house, acts, Some(cleared));
    let (person, act) = (house.accountable(claims), acts[0]);
    let path = format!("/api/v1/obligations/{act}/{claims}/answers");
    let proof = bongsu_desk::evidence(b"change order").to_string();
    house.api.post(person, &path, &json!({ "answer": "affected" })).await;
    let claim = json!({ "answer": "claim", "remedy": "patched", "evidence": proof });
    house.api.post(person, &path, &claim).await;
    let claimed_at = house.now();
    assert_eq!(house.owed(acts)[&(act, claims)].status, Status::Remediated);
    house.at("2026-11-22T09:00:00+09:00");
    let place = house.places()[&claims];
    let none: [Change<'_>; 0] = [];
    for system in house.gaon.systems_of(place) {
        let document = to_cyclonedx(&newer_inventory(&system, &none, house.now()));
        send(house, claims, &system, &document).await;
    }
    let owed = house.owed(acts)[&(act, claims)].clone();
    assert_eq!((owed.status, owed.false_closures), (Status::Affected, 1), "false closure found");
    let took = house.now().duration_since(claimed_at);
    assert!(took <= SignedDuration::from_hours(24), "by re-scan within 24 h");
}

/// A private institution with a fresh inventory, one affected system, one version, and few systems; not this one.
fn simple(house: &House, acts: &[ActId], but: Option<InstitutionId>) -> (InstitutionId, String) {
    let owed = house.owed(&acts[..1]);
    let all = house.gaon.institutions().iter().enumerate();
    let mut found = all.filter_map(|(place, one)| {
        let owed = owed.get(&(acts[0], one.id))?;
        let plain = one.domain() == Domain::Private
            && house.gaon.holding(place) == Holding::Fresh
            && owed.exposure.is_affected()
            && owed.status == Status::Delivered
            && house.gaon.systems_of(place).count() <= 4;
        let mut with = house.gaon.systems_of(place).filter_map(|system| version(&system));
        match (with.next(), with.next()) {
            (Some(version), None) if plain && but != Some(one.id) => Some((one.id, version)),
            _ => None,
        }
    });
    found.next().expect("the nation has a simple institution")
}

async fn send(house: &House, institution: InstitutionId, system: &System<'_>, document: &str) {
    let path = format!(
        "/api/v1/institutions/{institution}/systems/{}/inventory?name=sbom.cdx.json&wait=10&exposed={}",
        system.id, system.exposed
    );
    let person = house.accountable(institution);
    let job: Value = house.api.document(person, &path, document.to_owned()).await;
    assert_eq!(job["state"], "done", "{job}");
}

/// The catalogue with one row, in the words of its publisher.
fn kev(now: Timestamp) -> String {
    json!({
        "title": "Known Exploited Vulnerabilities", "catalogVersion": "2026.11.21",
        "dateReleased": now.to_string(), "count": 1,
        "vulnerabilities": [{
            "cveID": CVE, "vendorProject": "Apache", "product": "Log4j2",
            "vulnerabilityName": "Remote code execution", "dateAdded": "2026-11-21",
            "shortDescription": "Lookups in log messages run code.", "requiredAction": "Update.",
            "dueDate": "2026-11-24", "knownRansomwareCampaignUse": "Known", "notes": "",
        }],
    })
    .to_string()
}
