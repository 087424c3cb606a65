//! Looking things up: one box, what is known of a flaw, who has it, and why.

use http::StatusCode;
use serde_json::json;

use crate::world::{FLAW, World};

#[tokio::test]
async fn one_box_finds_a_flaw_its_package_its_case_and_its_act() {
    let world = World::new();
    let (case, act) = world.night().await;
    let flaw = world.get("bank.ciso", "/api/v1/search?q=cve-2026-1111").await.good();
    assert_eq!(flaw["flaws"][0]["identifier"], FLAW);
    assert_eq!(flaw["flaws"][0]["summary"], "a flaw of a widget");
    assert_eq!(flaw["cases"][0]["id"], case, "it is public");
    let package = world.get("bank.ciso", "/api/v1/search?q=pkg:npm/gaon-widget@1.2.0").await.good();
    assert_eq!(package["products"][0]["ecosystem"], "npm");
    assert_eq!(package["products"][0]["name"], "gaon-widget");
    let title = world.get("LEAD_PRIV.analyst", "/api/v1/search?q=urgent%20action").await.good();
    assert_eq!(title["acts"][0]["id"], act);
    let own = world.get("LEAD_PRIV.analyst", &format!("/api/v1/search?q={}", &act[..12])).await;
    assert_eq!(own.good()["acts"][0]["id"], act);
}

#[tokio::test]
async fn a_search_finds_institutions_in_ones_scope_and_no_others() {
    let world = World::new();
    let found = async |who| {
        let found = world.get(who, "/api/v1/search?q=%EA%B8%B0%EA%B4%80").await.good();
        let names = found["institutions"].as_array().unwrap().iter();
        names.map(|one| one["name_en"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("bank.ciso").await, ["bank"]);
    assert_eq!(found("LEAD_PUB.director").await, ["city"]);
    assert_eq!(found("LEAD_PRIV.director").await.len(), 5);
    assert_eq!(found("LEAD_PRIV.sysadmin").await, [""; 0]);
}

#[tokio::test]
async fn a_draft_is_not_found_by_whoever_may_not_read_it() {
    let world = World::new();
    let case = world.case().await;
    let act = world.draft(&case).await;
    let path = "/api/v1/search?q=urgent";
    let issuer = world.get("LEAD_PRIV.approver", path).await.good();
    assert_eq!(issuer["acts"][0]["id"], act);
    assert_eq!(world.get("bank.ciso", path).await.good()["acts"], json!([]));
}

#[tokio::test]
async fn one_letter_is_not_looked_for() {
    let world = World::new();
    let answer = world.get("bank.ciso", "/api/v1/search?q=%20a%20").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_is_known_of_a_flaw_is_told_source_by_source_with_its_case() {
    let world = World::new();
    let path = format!("/api/v1/known/{}", FLAW.to_lowercase());
    let before = world.get("insurer.ciso", &path).await.good();
    assert_eq!((&before["identifier"], &before["documents"]), (&json!(FLAW), &json!(1)));
    assert_eq!(before["cases"], json!([]));
    assert_eq!(before["entries"][0]["standing"], "stands");
    let thing = &before["entries"][0]["affected"][0];
    assert_eq!(thing["versions"][0], json!({ "status": "affected", "versions": "< 2.0.0" }));
    let case = world.case().await;
    let after = world.get("insurer.ciso", &path).await.good();
    assert_eq!(after["cases"][0]["id"], case);
    let unknown = world.get("insurer.ciso", "/api/v1/known/CVE-1999-0001").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_came_in_and_runs_somewhere_waits_for_a_case_before_whoever_opens_one() {
    let world = World::new();
    let path = "/api/v1/known/recent";
    let analyst = async || world.get("COORD_PRIV.analyst", path).await.good()["items"].clone();
    assert_eq!(analyst().await, json!([]), "it runs nowhere");
    world.publish("bank", "1.2.0").await;
    let items = analyst().await;
    assert_eq!(items.as_array().unwrap().len(), 1, "{items}");
    assert_eq!(items[0]["identifier"], FLAW);
    assert_eq!(items[0]["summary"], "a flaw of a widget");
    for outside in ["bank.ciso", "SECTOR_FIN.analyst", "APEX.director"] {
        let answer = world.get(outside, path).await;
        assert_eq!(answer.body, world.get(outside, "/api/v1/nowhere").await.body, "{outside}");
    }
    world.case().await;
    assert_eq!(analyst().await, json!([]), "somebody works on it");
}

#[tokio::test]
async fn a_flaw_is_found_by_what_its_documents_call_it() {
    let world = World::new();
    let found = world.get("bank.ciso", "/api/v1/search?q=Of%20a%20Widget").await.good();
    assert_eq!(found["flaws"][0]["identifier"], FLAW);
}

#[tokio::test]
async fn exposures_of_one_flaw_leave_out_every_other() {
    let world = World::new();
    world.publish("bank", "1.2.0").await;
    let bank = world.institution("bank");
    let of = async |flaw: &str| {
        let path = format!("/api/v1/institutions/{bank}/exposures?flaw={flaw}");
        world.get("bank.ciso", &path).await.good()["items"].as_array().unwrap().len()
    };
    assert_eq!((of(FLAW).await, of("CVE-1999-0001").await), (1, 0));
}

#[tokio::test]
async fn small_groups_are_hidden_from_whoever_counts_and_outsiders_count_nothing() {
    let world = World::new();
    world.night().await;
    let path = format!("/api/v1/who-has?q={FLAW}");
    let has = world.get("LEAD_PRIV.director", &path).await.good();
    assert_eq!((&has["kind"], &has["name"]), (&json!("flaw"), &json!(FLAW)));
    assert!(has["took_us"].is_u64());
    for row in has["rows"].as_array().unwrap() {
        assert_eq!(row["has"], json!({ "count": null, "more": true }), "one bank is too few");
    }
    for q in ["pkg:npm/gaon-widget", "pkg:npm/gaon-widget@1.2.0", "gaon/widget&below=2"] {
        let answer = world.get("APEX.director", &format!("/api/v1/who-has?q={q}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{q}: {}", answer.text());
    }
    let unknown = world.get("APEX.director", "/api/v1/who-has?q=CVE-1999-0001").await;
    assert_eq!(unknown.status, StatusCode::CONFLICT, "silence is not `nobody`");
    assert_eq!(world.get("bank.ciso", &path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_has_it_by_name_is_told_under_an_act_and_recorded_first() {
    let world = World::new();
    let (_, act) = world.night().await;
    let ask = json!({ "act": act, "limit": 50, "why": "who must be helped first" });
    let entries = || world.app.desk().store().head().unwrap().0;
    let before = entries();
    let names = world.post("LEAD_PRIV.analyst", "/api/v1/who-has/names", ask.clone()).await.good();
    assert_eq!(entries(), before + 1);
    assert_eq!(names["items"].as_array().unwrap().len(), 1);
    assert_eq!(names["items"][0]["name_en"], "bank");
    assert_eq!(names["items"][0]["systems"], 1);
    let other =
        world.post("SECTOR_HLT.director", "/api/v1/who-has/names", ask.clone()).await.good();
    assert_eq!(other["items"], json!([]), "the bank is none of theirs");
    for who in ["APEX.director", "bank.ciso", "LEAD_PRIV.sysadmin", "LEAD_PUB.director"] {
        let answer = world.post(who, "/api/v1/who-has/names", ask.clone()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{who}");
    }
    assert_eq!(entries(), before + 2, "nothing is recorded of who may not");
}

#[tokio::test]
async fn the_whole_reasoning_of_a_match_is_shown_to_those_whose_system_it_is() {
    let world = World::new();
    let job = world.publish("bank", "1.2.0").await;
    let (bank, system) = (world.institution("bank"), job["system"].as_str().unwrap());
    let path = format!("/api/v1/institutions/{bank}/exposures/{system}/why?flaw={FLAW}");
    let why = world.get("bank.operator", &path).await.good();
    let one = &why["items"][0];
    assert_eq!((&one["component"], &one["answer"]), (&json!("gaon-widget"), &json!("affected")));
    let decided = &one["decided"];
    assert_eq!((&decided["rule"], &decided["range"]), (&json!("in_range"), &json!("< 2.0.0")));
    assert_eq!((&decided["judged"], &decided["document"]), (&json!("1.2.0"), &json!("flaw.json")));
    assert!(decided["order"].is_string() && decided["field"].is_string(), "{decided}");
    assert_eq!(world.get("insurer.ciso", &path).await.status, StatusCode::NOT_FOUND);
    let none = world.get("bank.operator", &format!("{path}&component=other")).await.good();
    assert_eq!(none["items"], json!([]));
}
