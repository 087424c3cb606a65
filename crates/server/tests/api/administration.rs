//! Running a node: feeds, calls, addresses, stations, tables, jobs, the record from outside, and who one is.

use bongsu_authority::access::Engine;
use bongsu_desk::Who;
use bongsu_response::{Answer, Wish};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn an_operator_sees_each_feed_and_what_it_had_to_set_aside() {
    let world = World::new();
    let feeds = world.get("LEAD_PRIV.sysadmin", "/api/v1/feeds").await.good();
    assert_eq!(feeds["items"][0]["name"], "brought");
    assert_eq!(feeds["items"][0]["kind"], "folder");
    assert_eq!(feeds["items"][0]["last_tried"], Value::Null, "nobody has looked yet");
    world.bring("torn.json", "{ \"schema_version\": \"1.6.0\", \"id\": ");
    world.feeds.once().await;
    let feeds = world.get("LEAD_PRIV.sysadmin", "/api/v1/feeds").await.good();
    assert!(feeds["items"][0]["last_tried"].is_string(), "{feeds}");
    let path = "/api/v1/feeds/brought/quarantine";
    let aside = world.get("LEAD_PRIV.sysadmin", path).await.good();
    assert_eq!(aside["items"][0]["file"], "torn.json", "{aside}");
    assert!(aside["items"][0]["reason"].as_str().is_some_and(|why| !why.is_empty()));
    assert!(aside.get("next").is_none());
    let again = world.call("LEAD_PRIV.sysadmin", Method::POST, "/api/v1/feeds/brought/retry");
    assert_eq!(again.send().await.status, StatusCode::NO_CONTENT);
    for path in ["/api/v1/feeds", path] {
        assert_eq!(world.get("LEAD_PRIV.director", path).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn whoever_calls_gets_names_recorded_first_and_tells_what_came_of_it() {
    let world = World::new();
    let (_, act) = world.night().await;
    let bank = world.institution("bank");
    let gone = Wish::Obligation {
        act: act.parse().unwrap(),
        institution: bank,
        wish: Answer::Unreachable,
    };
    world.app.desk().record(Who::Engine(Engine::Delivery), gone, world.start).unwrap();
    let entries = || world.app.desk().store().head().unwrap().0;
    let before = entries();
    let path = format!("/api/v1/acts/{act}/calls");
    let list = world.post("LEAD_PRIV.analyst", &path, json!({ "limit": 20 })).await.good();
    assert_eq!(list["items"][0]["institution"], bank.to_string());
    assert_eq!(list["items"][0]["telephone"], Value::Null);
    assert_eq!(entries(), before + 1, "that names were read");
    let call = format!("{path}/{bank}");
    let missed = json!({ "reached": false, "note": "nobody picks up" });
    let answer = world.post("LEAD_PRIV.analyst", &call, missed).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text());
    let owed = format!("/api/v1/obligations/{act}/{bank}");
    assert_eq!(world.get("bank.ciso", &owed).await.good()["status"], "unreachable");
    let reached = json!({ "reached": true, "note": "the owner looks today" });
    world.post("LEAD_PRIV.analyst", &call, reached.clone()).await;
    assert_eq!(world.get("bank.ciso", &owed).await.good()["status"], "delivered");
    let own = world.post("bank.ciso", &call, reached).await;
    assert_eq!(own.status, StatusCode::NOT_FOUND, "nobody says for themselves that they were told");
}

#[tokio::test]
async fn the_desk_of_a_station_and_an_officer_keep_their_own_addresses() {
    let world = World::new();
    let mail = json!({ "channel": "mail", "mailbox": "desk@office.example" });
    let desk = "/api/v1/stations/SECTOR_FIN/addresses";
    for (who, path) in [("SECTOR_FIN.analyst", desk), ("bank.ciso", "/api/v1/me/addresses")] {
        let put = world.post(who, path, mail.clone()).await;
        assert_eq!(put.status, StatusCode::CREATED, "{path}: {}", put.text());
        let number = put.json()["number"].as_u64().unwrap();
        assert_eq!(world.get(who, path).await.good()[0]["place"], "desk@office.example");
        let test = world.call(who, Method::POST, &format!("{path}/{number}/test")).send().await;
        assert_eq!(test.status, StatusCode::CONFLICT, "{}", test.text());
        assert!(test.text().contains("no mail relay is set up"), "{}", test.text());
        let revive = world.call(who, Method::POST, &format!("{path}/{number}/revive"));
        assert_eq!(revive.send().await.status, StatusCode::NO_CONTENT);
        let gone = world.call(who, Method::DELETE, &format!("{path}/{number}")).send().await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
        let twice = world.call(who, Method::POST, &format!("{path}/{number}/test")).send().await;
        assert_eq!(twice.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(world.get("SECTOR_HLT.director", desk).await.status, StatusCode::NOT_FOUND);
    let others = world.get("insurer.ciso", "/api/v1/me/addresses").await.good();
    assert_eq!(others, json!([]));
}

#[tokio::test]
async fn the_stations_stand_as_a_tree_and_officers_are_for_those_who_sit_there() {
    let world = World::new();
    let tree = world.get("SECTOR_FIN.analyst", "/api/v1/stations").await.good();
    let station = |tree: &Value, code: &str| {
        let all = tree["items"].as_array().unwrap();
        all.iter().find(|one| one["code"] == code).unwrap_or_else(|| panic!("{code}")).clone()
    };
    let own = station(&tree, "SECTOR_FIN");
    assert_eq!((&own["under"], &own["name_ko"]), (&json!("APEX"), &json!("금융감독위")));
    assert_eq!(own["officers"].as_array().unwrap().len(), 2);
    assert_eq!(own["head"], "SECTOR_FIN.director");
    let other = station(&tree, "SECTOR_HLT");
    assert_eq!((&other["head"], &other["officers"]), (&json!("SECTOR_HLT.director"), &Value::Null));
    let outside = station(&world.get("bank.ciso", "/api/v1/stations").await.good(), "SECTOR_FIN");
    assert_eq!((&outside["head"], &outside["officers"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn tables_and_deadlines_are_dated_data_with_their_sources() {
    let world = World::new();
    let tables = world.get("bank.ciso", "/api/v1/tables").await.good();
    let tables = tables["items"].as_array().unwrap();
    let first = tables.iter().find(|one| one["decides"] == "remediation").unwrap();
    assert!(first["rows"].as_array().unwrap().len() >= 8, "{first}");
    assert!(first["source"].as_str().is_some_and(|source| !source.is_empty()));
    assert!(first["rows"][0]["takes"][0][0].is_string() && first["rows"][0]["row"] == 1);
    let deadlines = world.get("bank.ciso", "/api/v1/deadlines").await.good();
    let of = |id: &str| {
        let all = deadlines["items"].as_array().unwrap();
        all.iter().find(|one| one["id"] == id).unwrap().clone()
    };
    assert_eq!(of("K01")["limit"], json!({ "runs": "within", "hours": 24 }));
    assert_eq!(of("K01")["kind"], "statute");
    assert_eq!(world.get("", "/api/v1/tables").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_record_is_listed_closed_for_those_who_run_or_verify_it() {
    let world = World::new();
    world.night().await;
    let first = world.get("LEAD_PRIV.sysadmin", "/api/v1/record/entries?limit=2").await.good();
    assert_eq!(first["items"][0]["kind"], "institutions_enrolled");
    assert_eq!(first["items"][0]["entry"], 0);
    let next = first["next"].as_u64().unwrap();
    assert_eq!(next, 1);
    let rest = format!("/api/v1/record/entries?after={next}");
    let rest = world.get("LEAD_PRIV.sysadmin", &rest).await.good();
    let kinds: Vec<_> = rest["items"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert!(kinds.contains(&&json!("act_signed")), "{kinds:?}");
    assert!(!rest.to_string().contains("Urgent action"), "what is said stays sealed");
    assert_eq!(rest["next"], Value::Null);
    let newest = "/api/v1/record/entries?newest=true&limit=2";
    let newest = world.get("LEAD_PRIV.sysadmin", newest).await.good();
    assert_eq!(newest["items"][1]["entry"], newest["size"].as_u64().unwrap() - 1);
    assert_eq!(newest["next"], Value::Null, "behind the newest there is nothing");
    let last = &rest["items"].as_array().unwrap().last().unwrap();
    let proof = format!(
        "/api/v1/record/entries/{}/proof?leaf={}",
        last["entry"],
        last["leaf"].as_str().unwrap()
    );
    assert_eq!(world.get("", &proof).await.status, StatusCode::OK);
    for who in ["APEX.director", "bank.ciso"] {
        let answer = world.get(who, "/api/v1/record/entries").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{who}");
    }
}

#[tokio::test]
async fn documents_of_one_s_own_institutions_are_listed_the_newest_first() {
    let world = World::new();
    let first = world.publish("bank", "1.2.0").await;
    world.app.time().advance(world.start + jiff::SignedDuration::from_mins(5));
    let second = world.publish("bank", "2.0.0").await;
    let jobs = world.get("bank.ciso", "/api/v1/jobs?limit=1").await.good();
    assert_eq!(jobs["items"][0]["id"], second["id"]);
    let next = jobs["next"].as_str().unwrap();
    let rest = world.get("bank.ciso", &format!("/api/v1/jobs?cursor={next}")).await.good();
    assert_eq!(rest["items"][0]["id"], first["id"]);
    assert_eq!(world.get("insurer.ciso", "/api/v1/jobs").await.good()["items"], json!([]));
}

#[tokio::test]
async fn a_newer_document_says_which_exposures_came_and_went() {
    let world = World::new();
    let job = world.publish("bank", "1.2.0").await;
    assert_eq!(job["report"]["changes"], Value::Null);
    let (bank, system) = (world.institution("bank"), job["system"].as_str().unwrap());
    let path =
        format!("/api/v1/institutions/{bank}/systems/{system}/inventory?wait=10&name=web.cdx.json");
    let newer = crate::world::sbom("2.0.0", world.app.now());
    let job = world.call("bank.operator", Method::PUT, &path).body(newer).send().await.good();
    let changes = &job["report"]["changes"];
    assert_eq!(changes["upgraded"]["first"], json!(["gaon-widget"]), "{job}");
    assert_eq!(changes["exposures_gone"]["first"], json!(["CVE-2026-11111 in gaon-widget"]));
    assert_eq!(changes["exposures_new"]["count"], 0);
}

#[tokio::test]
async fn one_is_told_one_s_posts_what_they_could_do_and_how_one_likes_to_read() {
    let world = World::new();
    let me = world.get("bank.ciso", "/api/v1/me").await.good();
    let post = &me["posts"][0];
    assert_eq!((&post["post"], &post["institution_en"]), (&json!("ciso"), &json!("bank")));
    assert_eq!(me["domains"], json!(["private"]));
    let could = post["could"].as_array().unwrap();
    assert!(could.contains(&json!("countersign")) && !could.contains(&json!("sign_directive")));
    assert_eq!(me["preferences"], Value::Null);
    let said = json!({ "language": "en", "zone": { "minutes": 540, "name": "KST" } });
    let put = |said: &Value| {
        world.call("bank.ciso", Method::PUT, "/api/v1/me/preferences").json(said).send()
    };
    assert_eq!(put(&said).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.get("bank.ciso", "/api/v1/me").await.good()["preferences"], said);
    assert_eq!(world.get("bank.head", "/api/v1/me").await.good()["preferences"], Value::Null);
    let nowhere = json!({ "language": "en", "zone": { "minutes": 5000, "name": "KST" } });
    assert_eq!(put(&nowhere).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
