//! What the case room and the campaign room ask.

use bongsu_authority::Domain;
use bongsu_authority::access::Scope;
use bongsu_desk::Who;
use bongsu_response::{ActWish, Wish};
use http::{StatusCode, header};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::World;

/// A week later everything is late.
async fn week(world: &World) -> String {
    let (_, act) = world.night().await;
    assert!(world.app.time().advance(world.start + SignedDuration::from_hours(24 * 7)));
    act
}

fn asked(more: &Value) -> Value {
    let mut body = json!({ "limit": 50, "why": "calling whoever is silent" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn a_late_list_is_ordered_and_filtered_and_names_are_recorded_first() {
    let world = World::new();
    let act = week(&world).await;
    let path = format!("/api/v1/acts/{act}/late");
    let list = async |more: Value| {
        world.post("LEAD_PRIV.analyst", &path, asked(&more)).await.good()["items"].clone()
    };
    for sort in ["risk", "due", "name", "sector"] {
        let items = list(json!({ "sort": sort })).await;
        assert_eq!(items[0]["name_en"], "bank", "{sort}");
        assert_eq!(items[0]["sector"], "SECTOR_FIN");
    }
    for (only, found) in [
        (json!({ "sector": "SECTOR_FIN", "size": "medium", "province": 1, "exposed": true }), 1),
        (json!({ "status": "created" }), 1),
        (json!({ "sector": "SECTOR_HLT" }), 0),
        (json!({ "exposed": false }), 0),
        (json!({ "province": 9 }), 0),
    ] {
        let items = list(json!({ "only": only })).await;
        assert_eq!(items.as_array().unwrap().len(), found, "{only}");
    }
    let before = world.app.desk().store().head().unwrap().0;
    list(json!({})).await;
    assert_eq!(world.app.desk().store().head().unwrap().0, before + 1, "names read");
}

#[tokio::test]
async fn a_late_list_that_was_read_before_is_still_of_now_and_of_ones_own_scope() {
    let world = World::new();
    let act = week(&world).await;
    let path = format!("/api/v1/acts/{act}/late");
    let list = async |who: &str| {
        let items = world.post(who, &path, asked(&json!({}))).await.good()["items"].clone();
        items.as_array().unwrap().iter().map(|one| one["status"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(list("LEAD_PRIV.analyst").await, ["created"]);
    assert_eq!(list("SECTOR_HLT.director").await, Vec::<Value>::new(), "none of theirs");
    let answers = format!("/api/v1/obligations/{act}/{}/answers", world.institution("bank"));
    world.post("bank.ciso", &answers, json!({ "answer": "acknowledge" })).await.good();
    assert_eq!(list("LEAD_PRIV.analyst").await, ["acknowledged"], "answered since");
}

#[tokio::test]
async fn an_export_is_the_same_page_as_a_table_and_is_recorded_like_one() {
    let world = World::new();
    let act = week(&world).await;
    let path = format!("/api/v1/acts/{act}/export.csv");
    let before = world.app.desk().store().head().unwrap().0;
    let table = world.post("LEAD_PRIV.analyst", &path, asked(&json!({ "all": true }))).await;
    assert_eq!(table.status, StatusCode::OK, "{}", table.text());
    assert_eq!(table.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    assert!(table.text().starts_with("\u{feff}\"institution\",\"name_ko\""), "{}", table.text());
    assert_eq!(table.text().lines().count(), 2, "{}", table.text());
    assert_eq!(world.app.desk().store().head().unwrap().0, before + 1);
    let many = json!({ "limit": 51, "why": "everybody at once" });
    let refused = world.post("LEAD_PRIV.analyst", &path, many).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_second_person_says_no_to_a_long_list_and_whoever_asked_reads_why() {
    let world = World::new();
    let act = week(&world).await;
    let lists = format!("/api/v1/acts/{act}/lists");
    let new = json!({ "choice": { "all": true }, "why": "for the minister" });
    let list = world.post("LEAD_PRIV.analyst", &lists, new).await.good()["id"].clone();
    let no = format!("{lists}/{}/decline", list.as_str().unwrap());
    let why = json!({ "why": "the counts say as much" });
    let own = world.post("LEAD_PRIV.analyst", &no, why.clone()).await;
    assert_eq!(own.status, StatusCode::CONFLICT, "{}", own.text());
    let mute = world.post("LEAD_PRIV.approver", &no, json!({ "why": " " })).await;
    assert_eq!(mute.status, StatusCode::CONFLICT, "{}", mute.text());
    let stranger = world.post("SECTOR_HLT.director", &no, why.clone()).await;
    let nowhere = format!("{lists}/{}/decline", "0".repeat(26));
    let absent = world.post("SECTOR_HLT.director", &nowhere, why.clone()).await;
    assert_eq!((stranger.status, &stranger.body), (StatusCode::NOT_FOUND, &absent.body));
    world.post("LEAD_PRIV.approver", &no, why).await.good();

    let told = world.get("LEAD_PRIV.analyst", &lists).await.good()["items"][0].clone();
    assert_eq!(told["declined_by"], "LEAD_PRIV.approver", "{told}");
    assert_eq!(
        (&told["declined_why"], &told["left"]),
        (&json!("the counts say as much"), &json!(0))
    );
    let take = format!("{lists}/{}/list.csv", list.as_str().unwrap());
    let taken = world.post("LEAD_PRIV.analyst", &take, json!({})).await;
    assert_eq!(taken.status, StatusCode::NOT_FOUND, "{}", taken.text());
}

#[tokio::test]
async fn a_long_list_leaves_when_a_second_person_agreed_and_every_row_says_whose_it_is() {
    let world = World::new();
    let act = week(&world).await;
    let lists = format!("/api/v1/acts/{act}/lists");
    let new = json!({ "choice": { "all": true, "sort": "name" }, "why": "=for the minister" });
    let list = world.post("LEAD_PRIV.analyst", &lists, new).await.good()["id"].clone();
    let list = format!("{lists}/{}", list.as_str().unwrap());
    let seen = world.get("LEAD_PRIV.approver", &lists).await.good()["items"][0].clone();
    assert_eq!((&seen["rows"], &seen["own"]), (&json!(1), &json!(false)), "{seen}");
    assert_eq!(
        (&seen["by"], &seen["choice"]["sort"]),
        (&json!("LEAD_PRIV.analyst"), &json!("name"))
    );
    for stranger in ["SECTOR_FIN.analyst", "SECTOR_HLT.director"] {
        let seen = world.get(stranger, &lists).await.good();
        assert_eq!(seen["items"], json!([]), "another scope: {stranger}");
    }

    let take = format!("{list}/list.csv");
    let early = world.post("LEAD_PRIV.analyst", &take, json!({})).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.text());
    assert!(early.text().contains("a second person"), "{}", early.text());
    let program = world.post("LEAD_PRIV.approver", &format!("{list}/release"), json!({})).await;
    assert_eq!(program.status, StatusCode::FORBIDDEN, "a person agrees, who is there");
    release(&world, &act, &list);

    let before = world.app.desk().store().head().unwrap().0;
    let table = world.post("LEAD_PRIV.analyst", &take, json!({})).await;
    assert_eq!(table.status, StatusCode::OK, "{}", table.text());
    assert_eq!(world.app.desk().store().head().unwrap().0, before + 1, "taken, so recorded");
    let row = table.text().lines().nth(1).unwrap().to_owned();
    let copy = format!("\"entry {before}, LEAD_PRIV.analyst, ");
    assert!(row.contains(&copy), "{row} {copy}");
    assert!(row.ends_with(", released by LEAD_PRIV.approver\",\"'=for the minister\""), "{row}");
    let others = world.post("LEAD_PRIV.approver", &take, json!({})).await;
    assert_eq!(others.status, StatusCode::NOT_FOUND, "whoever agrees takes nothing");
    for _ in 0..2 {
        assert_eq!(world.post("LEAD_PRIV.analyst", &take, json!({})).await.status, StatusCode::OK);
    }
    let worn = world.post("LEAD_PRIV.analyst", &take, json!({})).await;
    assert_eq!(worn.status, StatusCode::NOT_FOUND, "three times are enough");
}

/// Agrees as the ministry's approver: over the API only a person who is there can.
fn release(world: &World, act: &str, path: &str) {
    let (act, list) = (act.parse().unwrap(), path.rsplit('/').next().unwrap().parse().unwrap());
    let scope = Scope::Domain(Domain::Private);
    let wish = Wish::Act { act, wish: ActWish::ReleaseNames { list, scope } };
    let desk = world.app.desk();
    let release =
        |title| desk.record(Who::Person(world.person(title)), wish.clone(), world.app.now());
    assert!(release("LEAD_PRIV.analyst").is_err(), "whoever asked does not agree");
    release("LEAD_PRIV.approver").unwrap();
}

#[tokio::test]
async fn an_issued_act_is_a_csaf_document_and_a_draft_is_none() {
    let world = World::new();
    let (case, act) = world.night().await;
    let path = |act: &str| format!("/api/v1/acts/{act}/act.csaf.json");
    let answer = world.get("bank.ciso", &path(&act)).await;
    let document = answer.good();
    assert_eq!(document["document"]["csaf_version"], "2.0");
    assert_eq!(document["document"]["tracking"]["version"], "1");
    assert_eq!(document["vulnerabilities"][0]["cve"], crate::world::FLAW);
    assert!(!answer.text().contains("bank"), "never who has it: {}", answer.text());
    let draft = world.draft(&case).await;
    let none = world.get("LEAD_PRIV.analyst", &path(&draft)).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn sectors_are_compared_in_the_scope_of_whoever_asks() {
    let world = World::new();
    let act = week(&world).await;
    let path = format!("/api/v1/acts/{act}/sectors");
    let seen = world.get("LEAD_PRIV.analyst", &path).await.good();
    assert_eq!(seen["items"][0]["sector"], "SECTOR_FIN");
    assert_eq!(
        (&seen["items"][0]["obligations"], &seen["items"][0]["late"]),
        (&json!(1), &json!(1))
    );
    let health = world.get("SECTOR_HLT.director", &path).await.good();
    assert_eq!(health["items"], json!([]), "none of theirs owes anything");
    assert_eq!(world.get("APEX.director", &path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_curve_of_a_few_is_not_drawn() {
    let world = World::new();
    let (_, act) = world.night().await;
    for by in ["", "?by=sector", "?by=size"] {
        let path = format!("/api/v1/acts/{act}/survival{by}");
        let seen = world.get("APEX.director", &path).await.good();
        assert_eq!(seen["curves"], json!([]), "one bank is no group");
        assert_eq!(world.get("bank.ciso", &path).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_time_line_of_a_case_is_the_record_as_far_as_one_may_know_it() {
    let world = World::new();
    let (case, act) = world.night().await;
    let path = format!("/api/v1/cases/{case}/timeline");
    let lines = async |who: &str| world.get(who, &path).await.good()["items"].clone();
    let inside = lines("COORD_PRIV.analyst").await;
    let kinds = |items: &Value| -> Vec<String> {
        items
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["kind"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(kinds(&inside).contains(&"act_drafted".to_owned()), "{inside}");
    let opened =
        inside.as_array().unwrap().iter().find(|one| one["kind"] == "case_opened").unwrap();
    assert_eq!(opened["by"]["station"], "COORD_PRIV");
    assert_eq!(opened["by"]["title"], "COORD_PRIV.analyst", "a colleague");
    let outside = lines("bank.ciso").await;
    let signed = &outside[0];
    assert_eq!((&signed["kind"], &signed["act"]), (&json!("act_signed"), &json!(act)));
    assert_eq!((&signed["by"]["post"], &signed["by"]["title"]), (&json!("director"), &Value::Null));
    assert!(!kinds(&outside).iter().any(|kind| kind == "act_drafted"), "{outside}");
    let proof = format!(
        "/api/v1/record/entries/{}/proof?leaf={}",
        signed["entry"],
        signed["leaf"].as_str().unwrap()
    );
    assert_eq!(world.get("bank.ciso", &proof).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_institution_shows_a_regulator_what_it_did_and_nobody_else_sees_it() {
    let world = World::new();
    let (_, act) = world.night().await;
    let bank = world.institution("bank");
    let answers = format!("/api/v1/obligations/{act}/{bank}/answers");
    world.post("bank.ciso", &answers, json!({ "answer": "acknowledge" })).await.good();
    let path = format!("/api/v1/institutions/{bank}/timeline");
    let items = world.get("bank.ciso", &path).await.good()["items"].clone();
    assert_eq!((&items[0]["kind"], &items[0]["act"]), (&json!("acknowledged"), &json!(act)));
    assert_eq!(items[0]["by"]["title"], "bank.ciso");
    assert!(items.as_array().unwrap().iter().any(|one| one["kind"] == "inventory_published"));
    for stranger in ["insurer.ciso", "LEAD_PRIV.director", "APEX.director"] {
        assert_eq!(world.get(stranger, &path).await.status, StatusCode::NOT_FOUND, "{stranger}");
    }
}

#[tokio::test]
async fn a_provider_reads_nothing_of_acts_that_are_hidden_from_it() {
    let world = World::new();
    let (bank, provider) = (world.institution("bank"), world.institution("provider"));
    let powers = json!({ "provider": provider.to_string(), "powers": ["see"], "until": "2027-01-01T00:00:00Z" });
    let delegations = format!("/api/v1/institutions/{bank}/delegations");
    world.post("bank.ciso", &delegations, powers).await.good();
    let (_, act) = world.night().await;
    let answers = format!("/api/v1/obligations/{act}/{bank}/answers");
    world.post("bank.ciso", &answers, json!({ "answer": "acknowledge" })).await.good();
    let path = format!("/api/v1/institutions/{bank}/timeline");
    let own = world.get("bank.ciso", &path).await.good();
    assert!(own.to_string().contains(&act), "{own}");
    let seen = world.get("provider.ciso", &format!("/api/v1/obligations/{act}/{bank}")).await;
    let told = world.get("provider.ciso", &path).await;
    assert_eq!(told.text().contains(&act), seen.status == StatusCode::OK, "{}", told.text());
}

#[tokio::test]
async fn a_case_names_the_steps_that_whoever_looks_may_take_from_here() {
    let world = World::new();
    let report = json!({
        "from": "hand", "title": "A parser that trusts its input", "origin": "human", "public": false,
        "label": { "tlp": "GREEN", "grade": "open" },
    });
    let done = world.post("COORD_PRIV.analyst", "/api/v1/cases", report).await.good();
    let path = format!("/api/v1/cases/{}", done["id"].as_str().unwrap());
    let open = async |who: &str| -> Vec<String> {
        let steps = world.get(who, &path).await.good()["steps"].clone();
        serde_json::from_value(steps).unwrap()
    };
    let first = open("COORD_PRIV.analyst").await;
    assert!(first.contains(&"screen".to_owned()), "{first:?}");
    for later in ["validate", "confirm", "publish", "close", "split", "lift_embargo"] {
        assert!(!first.contains(&later.to_owned()), "{later} cannot be taken from here: {first:?}");
    }
    world
        .post("COORD_PRIV.analyst", &format!("{path}/steps"), json!({ "step": "screen" }))
        .await
        .good();
    let then = open("COORD_PRIV.analyst").await;
    assert!(then.contains(&"validate".to_owned()), "{then:?}");
    assert!(
        !then.contains(&"confirm".to_owned()),
        "what is not public is validated first: {then:?}"
    );
    assert!(!then.contains(&"screen".to_owned()), "it was: {then:?}");
    let public = world.case().await;
    let steps = world.get("bank.ciso", &format!("/api/v1/cases/{public}")).await.good();
    assert_eq!(steps["steps"], json!([]), "whoever only sees it takes none");
}
