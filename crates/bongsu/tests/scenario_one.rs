//! Scenario 1 of the domain guide, end to end: a flaw in a library of a nation, from disclosure to verified fixes.
//!
//! Officers type commands; the exercise's clock is `--at`. What many do at once goes through the same desk in-process.
//! Each criterion of the guide is an assertion with its text. On SQLite, and on PostgreSQL where it is installed.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../../store-postgres/tests/cluster/mod.rs"]
mod cluster;
#[path = "scenario_one/drill.rs"]
mod drill;
#[path = "scenario_one/truth.rs"]
mod truth;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Instant;

use bongsu_authority::{ActId, Domain, InstitutionId, Mark, Post, Power};
use bongsu_desk::Who;
use bongsu_nation::{Change, Holding, newer_inventory, to_cyclonedx};
use bongsu_response::{Answer, Exposure, RemediationClass, Status, Wish};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use drill::{Drill, Owed};
use truth::{LOG4J, Truth};

#[test]
fn a_flaw_in_a_library_is_answered_by_the_whole_nation_on_sqlite() {
    play(&Drill::begin("scenario-sqlite", None, FRIDAY));
}

#[test]
fn a_flaw_in_a_library_is_answered_by_the_whole_nation_on_postgres() {
    let Some(cluster) = cluster::shared() else { return };
    play(&Drill::begin("scenario-postgres", Some(cluster.database()), FRIDAY));
}

const FRIDAY: &str = "2026-11-20T09:00+09:00";
const CVE: &str = "CVE-2021-44228";
const IN_TIME: SignedDuration = SignedDuration::from_hours(4);
const ANALYST: &str = "COORD_PRIV-ANALYST-01";

/// An instant of the Saturday of the disclosure, or of a later day of that month.
fn on(day: u8, time: &str) -> String {
    format!("2026-11-{day:02}T{time}+09:00")
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn play(drill: &Drill) {
    let truth = truth::affected(&drill.gaon);
    let cast = Cast::of(drill, &truth);
    let backup = drill.path("before.db");
    if !drill.is_on_a_server() {
        drill.run(&on(21, "01:00"), &["store", "backup", "--to", &backup]);
    }
    let acts = disclosure(drill, &truth);
    acknowledgements(drill, &acts);
    documents(drill, &cast);
    statements(drill, &cast, &acts);
    exploitation(drill, &acts);
    fixes(drill, &cast, &acts);
    exceptions(drill, &cast, &acts);
    the_clock(drill, &cast, &acts);
    picture(drill, &acts);
    record(drill);
    if drill.is_on_a_server() {
        let said = drill.refused(&on(29, "12:00"), &["store", "restore", "--from", &backup]);
        assert!(said.contains("tools of PostgreSQL"), "{said}");
    } else {
        restore(drill, &backup);
    }
}

/// Institutions that play a part of their own.
struct Cast {
    /// Its supplier clears it.
    cleared: InstitutionId,
    /// Its supplier clears it, but its officer said otherwise.
    insists: InstitutionId,
    /// Fixes, proves it by its inventory, and goes back to the old version later.
    fixes: InstitutionId,
    /// Claims and has not.
    claims: InstitutionId,
    /// Asks for time.
    waits: InstitutionId,
    /// Asks for a waiver.
    accepts: InstitutionId,
    /// Has an operator who claims and a CISO who countersigns.
    staffed: InstitutionId,
    /// Lets a provider act, under this title.
    delegates: (InstitutionId, String),
    /// The version that the supplier clears.
    version: String,
}

impl Cast {
    fn of(drill: &Drill, truth: &BTreeMap<InstitutionId, Truth>) -> Self {
        let simple = truth::simple(drill, truth);
        let version = |id: &InstitutionId| truth[id].affected[0].clone();
        let mut by_version: BTreeMap<String, Vec<InstitutionId>> = BTreeMap::new();
        for id in &simple {
            by_version.entry(version(id)).or_default().push(*id);
        }
        let (cleared_version, alike) =
            by_version.iter().find(|(_, ids)| ids.len() >= 2).expect("two have one version");
        let mut others = simple.iter().filter(|id| version(id) != *cleared_version).copied();
        let mut next = || others.next().expect("the nation has enough simple institutions");
        let taken = [next(), next(), next(), next()];
        let staffed = truth.keys().copied().find(|id| {
            let place = drill.gaon.place_of(*id).unwrap();
            drill.gaon.institutions()[place].domain() == Domain::Private
                && drill.officer(*id, Post::Operator).is_some()
                && drill.officer(*id, Post::Ciso).is_some()
        });
        Self {
            cleared: alike[0],
            insists: alike[1],
            fixes: taken[0],
            claims: taken[1],
            waits: taken[2],
            accepts: taken[3],
            staffed: staffed.expect("somebody has an operator"),
            delegates: delegates(drill, truth, &taken, alike),
            version: cleared_version.clone(),
        }
    }
}

/// An institution without inventory whose provider may acknowledge and claim, and an officer of the provider.
fn delegates(
    drill: &Drill,
    truth: &BTreeMap<InstitutionId, Truth>,
    taken: &[InstitutionId],
    alike: &[InstitutionId],
) -> (InstitutionId, String) {
    let is_asked = |id: InstitutionId| {
        let absent = drill.gaon.holding(drill.gaon.place_of(id).unwrap()) == Holding::Absent;
        let free = !taken.contains(&id) && !alike.contains(&id);
        free && (absent || truth.contains_key(&id))
    };
    let found = drill.gaon.delegations().iter().find_map(|delegation| {
        let powers = [Power::Acknowledge, Power::Answer, Power::ClaimFixed];
        let may = powers.iter().all(|power| delegation.powers.contains(power));
        let officer = drill.officer(delegation.provider, Post::Ciso)?;
        (may && is_asked(delegation.institution))
            .then(|| (delegation.institution, officer.to_owned()))
    });
    found.expect("somebody delegates")
}

/// 02:10 on Saturday: three leads ask everybody who has it, and everybody of whom nothing is known.
fn disclosure(drill: &Drill, truth: &BTreeMap<InstitutionId, Truth>) -> Vec<(ActId, String)> {
    let opened = drill.run(&on(21, "02:10"), &["case", "open", CVE, "--as", ANALYST]);
    assert_eq!(opened[0]["done"], "case opened");
    let triage = ["--automatable", "true", "--impact", "total", "--mission", "high"];
    let words = [&["case", "triage", CVE][..], &triage, &["--as", ANALYST]].concat();
    drill.run(&on(21, "02:12"), &words);

    let acts: Vec<(ActId, String)> = ["PRIV", "PUB", "MIL"].map(|lead| sign(drill, lead)).into();
    let owed = drill.owed(&acts, instant(&on(21, "02:20")));
    let found: BTreeMap<InstitutionId, u32> = owed
        .values()
        .filter(|owed| owed.exposure.is_affected())
        .map(|owed| (owed.institution, owed.systems))
        .collect();
    let wanted: BTreeMap<InstitutionId, u32> = truth
        .iter()
        .map(|(id, truth)| (*id, u32::try_from(truth.affected.len()).unwrap()))
        .collect();
    let transitive: u32 = truth.values().map(|truth| truth.transitive).sum();
    let all: u32 = wanted.values().sum();
    assert!(transitive > 0 && transitive < all, "{transitive} of {all} were brought by another");
    assert_eq!(
        found, wanted,
        "direct and transitive hits both found, 0 missed in the labelled set"
    );
    for (id, truth) in truth {
        let exposed = owed[id].exposure == Exposure::Exposed;
        assert_eq!(exposed, truth.exposed, "{id}: what faces the internet is known");
    }

    for (place, institution) in drill.gaon.institutions().iter().enumerate() {
        let asked = owed.get(&institution.id).map(|owed| owed.exposure);
        match drill.gaon.holding(place) {
            Holding::Absent => assert_eq!(
                asked,
                Some(Exposure::NoInventory),
                "institutions without SBOM get a question, not silence"
            ),
            Holding::Fresh if !truth.contains_key(&institution.id) => {
                assert_eq!(asked, None, "{}: a fresh inventory without it", institution.id);
            }
            _ => assert!(asked.is_some(), "{}: a stale inventory is asked about", institution.id),
        }
    }

    let letters = drill.path("letters");
    let sent = drill.run(&on(21, "02:21"), &["campaign", "deliver", "--to", &letters]);
    assert_eq!(sent[0]["delivered"], owed.len(), "obligations for all affected, and a letter each");
    read_letters(&letters, "새 조치가 내려졌습니다", "A new act asks you");
    let told = drill.owed(&acts, instant(&on(21, "02:22")));
    let waited = |owed: &bongsu_response::Obligation| {
        owed.marks.delivered.unwrap().duration_since(owed.created_at)
    };
    let mut waited: Vec<SignedDuration> = told.values().map(waited).collect();
    waited.sort_unstable();
    let p95 = waited[waited.len() * 95 / 100];
    assert!(p95 <= SignedDuration::from_mins(5), "TTN p95 <= 5 min");
    acts
}

/// Drafted, reviewed and signed by three persons.
fn sign(drill: &Drill, lead: &str) -> (ActId, String) {
    let (issuer, analyst) = (format!("LEAD_{lead}"), format!("LEAD_{lead}-ANALYST-01"));
    let (approver, director) =
        (format!("LEAD_{lead}-APPROVER-01"), format!("LEAD_{lead}-DIRECTOR-01"));
    let texts = ["--title-ko", "로그 라이브러리 긴급 조치", "--title-en", "Update Log4j at once"];
    let todo =
        ["--todo-ko", "2.17.1 이상으로 올리십시오", "--todo-en", "Update to 2.17.1 or later"];
    let head = ["campaign", "draft", CVE, "--issuer", &issuer, "--ask-unknown", "--as", &analyst];
    let at = on(21, "02:20");
    let drafted = drill.run(&at, &[&head[..], &texts, &todo].concat());
    let act = drafted[0]["id"].as_str().unwrap().to_owned();
    let alone = drill.refused(&at, &["campaign", "sign", &act, "--as", &director]);
    assert!(!alone.is_empty(), "nobody signs what nobody reviewed");
    drill.run(&at, &["campaign", "review", &act, "--as", &approver]);
    let started = Instant::now();
    let signed = drill.run(&at, &["campaign", "sign", &act, "--as", &director]);
    let (whole, known) = (started.elapsed().as_secs(), signed[0]["seconds_to_know"].as_f64());
    assert!(known.unwrap() <= 600.0, "TTK for institutions with SBOM <= 10 min");
    assert!(whole <= 60, "obligations for all affected created <= 60 s after signature");
    assert_eq!(signed[0]["without_officer"], 0);
    (act.parse().unwrap(), analyst)
}

fn read_letters(folder: &str, ko: &str, en: &str) {
    let mut read = 0;
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(text.contains(ko) && text.contains(en), "a letter says why it is written: {text}");
        let link = ["://", "www.", "href"].iter().any(|link| text.contains(link));
        assert!(!link, "own outgoing messages contain 0 URLs: {text}");
        read += 1;
    }
    assert!(read > 0);
    fs::remove_dir_all(folder).unwrap();
}

/// CISOs of the major private institutions answer from 03:00 on, two a minute; one in twenty is silent.
///
/// They come through the desk in-process: hundreds of commands would be a test of how fast programs start.
fn acknowledgements(drill: &Drill, acts: &[(ActId, String)]) {
    let owed = drill.owed(&acts[..1], instant(&on(21, "02:30")));
    let desk = drill.desk();
    let register = desk.register();
    let is_major = |id: InstitutionId| {
        register.institution(id).is_some_and(|found| found.marks.contains(&Mark::Major))
    };
    let major: Vec<_> = owed.values().filter(|owed| is_major(owed.institution)).collect();
    let mut at = instant(&on(21, "03:00"));
    for (number, owed) in major.iter().enumerate() {
        if number % 20 == 19 {
            continue;
        }
        at += SignedDuration::from_secs(30);
        let officer = register.accountable(owed.institution, at).unwrap();
        let (act, institution, wish) = (owed.act, owed.institution, Answer::Acknowledge);
        let wish = Wish::Obligation { act, institution, wish };
        desk.record(Who::Person(officer.person), wish, at).unwrap();
    }
    drop(desk);
    assert!(at < instant(&on(21, "05:00")), "the exercise goes on at 05:00: {at}");
    let after = drill.owed(&acts[..1], at);
    let in_time = |owed: &&&bongsu_response::Obligation| {
        let seen = after[&owed.institution].marks.acknowledged;
        seen.is_some_and(|seen| seen.duration_since(owed.created_at) <= IN_TIME)
    };
    let seen = major.iter().filter(in_time).count();
    assert!(seen * 10 >= major.len() * 9, "acknowledgement in 4 h >= 90 % of major: {seen}");
}

/// 05:00: a proof of concept is public. Whoever wants an exact answer sends the documents of all systems.
fn documents(drill: &Drill, cast: &Cast) {
    drill.run(&on(21, "05:00"), &["case", "exploited", CVE, "--level", "poc", "--as", ANALYST]);
    for institution in [cast.cleared, cast.insists, cast.fixes, cast.claims] {
        for system in drill.gaon.systems_of(drill.gaon.place_of(institution).unwrap()) {
            let document = to_cyclonedx(&system.inventory());
            let said = publish(drill, &on(21, "06:00"), institution, &system, &document);
            let said = said["obligations_changed"].as_array().unwrap().iter();
            let said: Vec<&str> = said.map(|one| one["said"].as_str().unwrap()).collect();
            assert!(said.iter().all(|said| *said == "affected"), "{said:?}");
        }
    }
    let ciso = drill.officer(cast.insists, Post::Ciso).unwrap();
    let id = cast.insists.to_string();
    let owed = drill.run(&on(21, "06:10"), &["obligation", "list", &id, "--as", ciso]);
    let act = owed[0]["act"].as_str().unwrap();
    drill.run(&on(21, "06:10"), &["obligation", "answer", act, &id, "affected", "--as", ciso]);
}

fn publish(
    drill: &Drill,
    at: &str,
    institution: InstitutionId,
    system: &bongsu_nation::System<'_>,
    document: &str,
) -> Value {
    let file = drill.write("sbom.cdx.json", document);
    let (institution_id, system_id) = (institution.to_string(), system.id.to_string());
    let ciso = drill.officer(institution, Post::Ciso).unwrap();
    let mut words = vec!["inventory", "publish", &institution_id, "--system", &system_id];
    words.extend(["--file", &file, "--as", ciso]);
    if system.exposed {
        words.push("--exposed");
    }
    drill.run(at, &words).remove(0)
}

/// 09:00: a supplier states that one version is not exploitable in its product.
fn statements(drill: &Drill, cast: &Cast, acts: &[(ActId, String)]) {
    let vex = drill.write("supplier.openvex.json", &openvex(&cast.version));
    let at = on(21, "09:00");
    let words = ["case", "statements", CVE, "--advisories", &vex, "--as"];
    let wrong = drill.refused(&at, &[&words[..], &["LEAD_PRIV-DIRECTOR-01"]].concat());
    assert!(!wrong.is_empty(), "only the analyst of the station that works the case");
    let heard = drill.run(&at, &[&words[..], &[ANALYST]].concat());
    let (sum, changes) = heard.split_last().unwrap();
    assert_eq!(sum["judged"], 4);
    assert!(sum["no_document"].as_u64().unwrap() > 100, "those without a document are counted");
    let of = |id: InstitutionId| {
        changes.iter().find(|change| change["institution"] == id.to_string()).unwrap()
    };
    assert_eq!(changes.len(), 2, "{changes:?}");
    let flipped = of(cast.cleared);
    assert_eq!((&flipped["said"], &flipped["moved"]), (&"not affected".into(), &true.into()));
    let why = flipped["why"].as_str().unwrap();
    assert!(
        why.contains("vulnerable_code_not_in_execute_path") && why.contains("Maru Software"),
        "suppliers' VEX flips obligations automatically, with trace: {why}"
    );
    assert_eq!(of(cast.insists)["moved"], false, "an officer's word stands");
    let owed = drill.owed(acts, instant(&at));
    assert_eq!(owed[&cast.cleared].status, Status::NotAffected);
    assert_eq!(owed[&cast.insists].status, Status::Affected);
    assert!(owed[&cast.insists].engine_differs(), "and somebody should look");
    assert_eq!(owed[&cast.fixes].status, Status::Affected, "another version is not cleared");
    let again = drill.run(&at, &[&words[..], &[ANALYST]].concat());
    assert_eq!(again.last().unwrap()["changed"], 0, "hearing it twice changes nothing");
}

fn openvex(version: &str) -> String {
    format!(
        r#"{{"@context":"https://openvex.dev/ns/v0.2.0","@id":"urn:example:vex-1","author":"Maru Software",
"timestamp":"2026-11-21T00:00:00Z","version":1,"statements":[{{"vulnerability":{{"name":"{CVE}"}},
"products":[{{"@id":"pkg:maven/org.apache.logging.log4j/log4j-core@{version}"}}],"status":"not_affected",
"justification":"vulnerable_code_not_in_execute_path"}}]}}"#
    )
}

/// 14:00: it is in the catalogue of exploited vulnerabilities.
fn exploitation(drill: &Drill, acts: &[(ActId, String)]) {
    let at = on(21, "14:00");
    let before = drill.owed(acts, instant(&at));
    let started = Instant::now();
    drill.run(&at, &["case", "exploited", CVE, "--as", ANALYST]);
    let took = started.elapsed();
    assert!(took.as_secs() <= 60, "KEV event re-clocks within 60 s: {took:?}");
    let after = drill.owed(acts, instant(&at));
    let latest = instant(&at) + SignedDuration::from_hours(72);
    let mut open = 0;
    for (id, old) in &before {
        let new = &after[id];
        let sooner = new.clocks.acknowledge_by <= old.clocks.acknowledge_by
            && new.clocks.assess_by <= old.clocks.assess_by
            && old.clocks.fix_by.is_none_or(|fix| new.clocks.fix_by.is_some_and(|new| new <= fix));
        assert!(sooner, "{id}: none lengthened");
        if !old.status.is_over() {
            open += 1;
            assert_eq!(
                new.clocks.class,
                RemediationClass::ThreeDaysForensic,
                "{id}: 100 % of open obligations are re-clocked"
            );
            assert!(new.clocks.fix_by.is_some_and(|fix| fix <= latest), "{id}: three days");
        }
    }
    let letters = drill.path("sooner");
    let sent = drill.run(&on(21, "14:01"), &["campaign", "deliver", "--to", &letters]);
    assert_eq!(sent[0]["delivered"], open, "everybody hears that it is sooner");
    read_letters(&letters, "기한이 앞당겨졌습니다", "Your deadlines became sooner");
}

/// Claims, countersignatures, proofs; a false closure; a provider who cannot claim alone.
fn fixes(drill: &Drill, cast: &Cast, acts: &[(ActId, String)]) {
    let act = acts[0].0.to_string();
    let proof = drill.write("change.txt", "log4j-core 2.17.1 rolled out");
    let answer = |at: &str, id: InstitutionId, officer: &str, words: &[&str]| {
        let id = id.to_string();
        let words = [&["obligation", "answer", &act, &id][..], words, &["--as", officer]].concat();
        drill.run(at, &words)
    };
    let fixed = ["fixed", "--evidence", &proof];
    for id in [cast.fixes, cast.claims] {
        answer(&on(21, "18:00"), id, drill.officer(id, Post::Ciso).unwrap(), &fixed);
    }
    let update = [Change { package: LOG4J, version: "2.17.1" }];
    let said = renew(drill, &on(21, "20:00"), cast.fixes, &update);
    assert!(said.contains("verified"), "a new inventory proves the fix: {said}");
    let said = renew(drill, &on(22, "09:00"), cast.claims, &[]);
    assert!(said.contains("refuted"), "false closure found by re-scan within 24 h: {said}");
    let owed = drill.owed(acts, instant(&on(22, "09:00")));
    assert_eq!(owed[&cast.claims].status, Status::Affected);
    assert_eq!(owed[&cast.claims].false_closures, 1);

    let (operator, ciso) = (
        drill.officer(cast.staffed, Post::Operator).unwrap(),
        drill.officer(cast.staffed, Post::Ciso).unwrap(),
    );
    let at = on(22, "10:00");
    answer(&at, cast.staffed, ciso, &["affected"]);
    answer(&at, cast.staffed, operator, &fixed);
    assert_eq!(status(drill, acts, cast.staffed, &at), Status::Claimed, "not yet countersigned");
    answer(&at, cast.staffed, ciso, &["countersign"]);
    assert_eq!(status(drill, acts, cast.staffed, &at), Status::Remediated);
    let id = cast.staffed.to_string();
    let verify = ["obligation", "verify", &act, &id, "--evidence", &proof, "--how", "scan"];
    let own = drill.refused(&at, &[&verify[..], &["--as", ciso]].concat());
    assert!(!own.is_empty(), "nobody verifies their own claim");
    drill.run(&at, &[&verify[..], &["--as", "COORD_PRIV-ANALYST-02"]].concat());
    assert_eq!(status(drill, acts, cast.staffed, &at), Status::Verified);

    let (customer, provider) = (cast.delegates.0, cast.delegates.1.as_str());
    answer(&on(22, "11:00"), customer, provider, &["acknowledge"]);
    answer(&on(22, "11:00"), customer, provider, &["affected"]);
    answer(&on(22, "11:05"), customer, provider, &fixed);
    let claimed = status(drill, acts, customer, &on(22, "11:05"));
    assert_eq!(claimed, Status::Claimed, "a provider cannot claim alone");
    let id = customer.to_string();
    let countersign = ["obligation", "answer", &act, &id, "countersign", "--as", provider];
    assert!(!drill.refused(&on(22, "11:06"), &countersign).is_empty());
    answer(
        &on(22, "12:00"),
        customer,
        drill.officer(customer, Post::Ciso).unwrap(),
        &["countersign"],
    );
    assert_eq!(status(drill, acts, customer, &on(22, "12:00")), Status::Remediated);
}

fn status(drill: &Drill, acts: &[(ActId, String)], id: InstitutionId, at: &str) -> Status {
    drill.owed(acts, instant(at))[&id].status
}

/// Publishes the affected system of an institution anew, with these changes; gives what that changed.
fn renew(drill: &Drill, at: &str, institution: InstitutionId, changes: &[Change<'_>]) -> String {
    let systems = drill.gaon.systems_of(drill.gaon.place_of(institution).unwrap());
    let mut systems = systems.filter(|system| truth::log4j(system).is_some());
    let system = systems.next().unwrap();
    let document = to_cyclonedx(&newer_inventory(&system, changes, instant(at)));
    publish(drill, at, institution, &system, &document)["obligations_changed"].to_string()
}

/// More time, and a risk that is accepted for a while; a flaw that comes back.
fn exceptions(drill: &Drill, cast: &Cast, acts: &[(ActId, String)]) {
    let act = acts[0].0.to_string();
    let at = on(22, "13:00");
    let (until, later) = (on(28, "12:00"), on(27, "12:00"));
    let asks: [(InstitutionId, &str, [&str; 2]); 2] = [
        (cast.waits, "ask-extension", ["--why", "the fix needs a stop of the line"]),
        (cast.accepts, "ask-waiver", ["--control", "behind an application firewall"]),
    ];
    for (id, ask, reason) in asks {
        let ciso = drill.officer(id, Post::Ciso).unwrap();
        let (id, granted) = (id.to_string(), if ask == "ask-waiver" { &later } else { &until });
        let head = ["obligation", "answer", &act, &id];
        drill.run(&at, &[&head[..], &["affected", "--as", ciso]].concat());
        let ask = [ask, "--until", granted, "--as", ciso];
        drill.run(&at, &[&head[..], &ask, &reason].concat());
        let decide = ["obligation", "decide", &act, &id, "--until", granted, "--why", "mitigated"];
        let own = drill.refused(&at, &[&decide[..], &["--as", ciso]].concat());
        assert!(!own.is_empty(), "the institution grants itself nothing");
        drill.run(&at, &[&decide[..], &["--as", "LEAD_PRIV-DIRECTOR-01"]].concat());
    }
    let owed = drill.owed(acts, instant(&at));
    assert_eq!(owed[&cast.waits].clocks.fix_by, Some(instant(&until)));
    assert_eq!(owed[&cast.accepts].status, Status::Waived);

    let said = renew(drill, &on(23, "09:00"), cast.fixes, &[]);
    assert!(said.contains("it came back"), "a regression is found: {said}");
    let owed = drill.owed(acts, instant(&on(23, "09:00")));
    let back = &owed[&cast.fixes];
    assert_eq!((back.status, back.regressions), (Status::Affected, 1));
}

/// The last days: late ones climb the ladder, a waiver runs out, what is proven is closed.
fn the_clock(drill: &Drill, cast: &Cast, acts: &[(ActId, String)]) {
    let act = acts[0].0.to_string();
    let told = |at: &str| {
        let lines = drill.run(at, &["campaign", "tick"]);
        let (sum, rungs) = lines.split_last().unwrap();
        let ours = rungs.iter().find(|line| line["act"] == act.as_str()).unwrap();
        (sum.clone(), ours["told"].clone())
    };
    let (sum, rungs) = told(&on(25, "15:00"));
    assert_eq!(sum["waivers_expired"], 0);
    assert_eq!(
        sum["verified_waiting"], 1,
        "three-day class: a forensic check comes before closing"
    );
    assert!(rungs["lead ministry"].as_u64().unwrap() > 0, "late ones escalate: {rungs}");
    let late = drill.run(&on(25, "15:00"), &["campaign", "late", &act, "--as", ANALYST]);
    assert_eq!(late.len(), 20, "a page of names");
    assert_eq!(late[0]["exposure"], "exposed", "the greatest risk first");
    assert_eq!(
        late[0]["rung"], "joint response team",
        "what faces the internet climbs a step sooner"
    );
    assert!(
        !drill
            .refused(&on(25, "15:00"), &["campaign", "late", &act, "--as", "APEX-ANALYST-01"])
            .is_empty()
    );

    let (id, proof) = (cast.staffed.to_string(), drill.path("change.txt"));
    let ciso = drill.officer(cast.staffed, Post::Ciso).unwrap();
    let forensic = ["forensic", "--clean", "--evidence", &proof, "--as", ciso];
    let words = [&["obligation", "answer", &act, &id][..], &forensic].concat();
    drill.run(&on(26, "09:00"), &words);
    let (sum, _) = told(&on(28, "13:00"));
    assert_eq!((&sum["waivers_expired"], &sum["closed"]), (&1.into(), &1.into()));
    let owed = drill.owed(acts, instant(&on(28, "13:00")));
    assert_eq!(owed[&cast.accepts].status, Status::Affected, "a waiver that ran out");
    assert_eq!(owed[&cast.staffed].status, Status::Closed);
    let (sum, rungs) = told(&on(28, "13:00"));
    assert_eq!((&sum["waivers_expired"], &sum["closed"]), (&0.into(), &0.into()), "once is enough");
    assert!(rungs["joint response team"].as_u64().unwrap() > 0, "after three days: {rungs}");
}

/// The apex sees counts: no small group by name, and of the military only words.
fn picture(drill: &Drill, acts: &[(ActId, String)]) {
    let lines = drill.run(&on(28, "14:00"), &["picture", "--as", "APEX-ANALYST-01"]);
    let owed: Owed = drill.owed(acts, instant(&on(28, "14:00")));
    let mut words = 0;
    for line in &lines {
        if line.get("command").is_some() {
            words += 1;
            assert!(line["status"].as_str().unwrap().parse::<u64>().is_err());
            continue;
        }
        assert!(!line["group"].as_str().unwrap().contains("MIL"), "{line}");
        let counts = line["counts"].as_object().unwrap().values().chain([&line["all"]]);
        let exact = counts.filter_map(|count| count.as_str().unwrap().parse::<u64>().ok());
        for count in exact {
            assert!(count == 0 || count >= 5, "a group of {count} could be somebody: {line}");
        }
    }
    assert!(words > 0, "military as one status per command");
    let military: BTreeSet<ActId> = [acts[2].0].into();
    assert!(owed.values().any(|owed| military.contains(&owed.act)));
}

/// The record leaves as files, verifies with the public key alone, and says what the store says.
fn record(drill: &Drill) {
    let at = on(29, "10:00");
    let (files, key) = (drill.path("record"), drill.path("node/node.pub"));
    let exported = drill.run(&at, &["ledger", "export", "--to", &files]);
    let size = exported[0]["entries"].as_u64().unwrap();
    let (fine, said) = Drill::plain(&["ledger", "verify", &files, "--key", &key]);
    assert!(fine && said.contains(&size.to_string()), "{said}");
    let replayed = drill.run(&at, &["ledger", "replay", "--check"]);
    assert_eq!(replayed[0]["difference"], Value::Null, "{replayed:?}");
    assert_eq!(replayed[0]["entries"], size);
}

/// The newest backup takes the place of a lost store; an older one is refused.
fn restore(drill: &Drill, older: &str) {
    let at = on(29, "11:00");
    let newest = drill.path("newest.db");
    drill.run(&at, &["store", "backup", "--to", &newest]);
    for name in ["store.db", "store.db-wal", "store.db-shm"] {
        let _ = fs::remove_file(drill.path(&format!("node/{name}")));
    }
    let refused = drill.refused(&at, &["store", "restore", "--from", older]);
    assert!(refused.contains("this is an older copy"), "{refused}");
    let restored = drill.run(&at, &["store", "restore", "--from", &newest]);
    assert_eq!(restored[0]["done"], "restored");
    let replayed = drill.run(&at, &["ledger", "replay", "--check"]);
    assert_eq!(replayed[0]["difference"], Value::Null);
}
