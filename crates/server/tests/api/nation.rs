//! The nation at a glance.

use bongsu_authority::{Appointment, AppointmentId, Post, Seat};
use bongsu_desk::Who;
use bongsu_response::{Engine, Wish};
use http::{Method, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::World;

const NATION: &str = "/api/v1/nation";

#[tokio::test]
async fn a_glance_shows_campaigns_and_news_and_no_count_of_a_few() {
    let world = World::new();
    let (case, act) = world.night().await;
    let seen = world.get("APEX.director", NATION).await.good();
    let campaign = &seen["campaigns"][0];
    assert_eq!((&campaign["act"], &campaign["case"]), (&json!(act), &json!(case)));
    assert_eq!(campaign["next"]["owed"], "acknowledgement");
    let gravest = &seen["gravest"];
    assert_eq!((&gravest["act"], &gravest["case"]), (&json!(act), &json!(case)));
    assert!(gravest["exploitation"].is_string() && gravest["identifiers"].is_array(), "{gravest}");
    let whole = world.get("APEX.director", &format!("/api/v1/acts/{act}")).await.good();
    assert_eq!(whole["clocks"]["exposed"]["acknowledge_by"], campaign["next"]["due"]);
    assert_eq!(campaign["counts"]["silent"], json!({ "count": null, "more": true }), "one bank");
    assert_eq!(campaign["late"], json!({ "count": null, "more": true }));
    let kinds: Vec<&str> = seen["last_hour"]["news"].as_array().unwrap().iter().map(kind).collect();
    assert_eq!(kinds.first(), Some(&"act_signed"), "{kinds:?}");
    assert!(kinds.contains(&"case_opened"), "{kinds:?}");
    let size = world.app.desk().store().head().unwrap().0;
    assert_eq!(seen["node"]["entries"], size);
    for hidden in [&seen["provinces"], &seen["sectors"], &seen["lanes"], &seen["unknown"]] {
        no_small_count(hidden);
    }
}

fn kind(news: &Value) -> &str {
    news["kind"].as_str().unwrap()
}

/// No number below the smallest that is shown stands anywhere under `count`.
fn no_small_count(value: &Value) {
    match value {
        Value::Object(fields) => {
            assert!(fields.get("count").and_then(Value::as_u64).is_none_or(|count| count >= 5));
            fields.values().for_each(no_small_count);
        }
        Value::Array(items) => items.iter().for_each(no_small_count),
        _ => {}
    }
}

#[tokio::test]
async fn institutions_and_whoever_runs_the_platform_have_no_glance_of_the_nation() {
    let world = World::new();
    world.night().await;
    let absent = world.get("bank.ciso", "/api/v1/nowhere").await;
    for stranger in ["bank.ciso", "provider.operator"] {
        assert_eq!(world.get(stranger, NATION).await, absent, "{stranger}");
    }
    assert_eq!(world.get("", NATION).await.status, StatusCode::UNAUTHORIZED);
    for station in ["LEAD_PUB.director", "SECTOR_HLT.analyst", "COORD_MIL.analyst"] {
        world.get(station, NATION).await.good();
    }
}

#[tokio::test]
async fn a_case_that_is_not_public_is_no_news_to_whoever_does_not_see_it() {
    let world = World::new();
    let opened = json!({
        "from": "hand", "title": "a flaw that nobody may know of", "origin": "human", "public": false,
        "label": { "tlp": "AMBER", "grade": "sensitive" },
    });
    let case = world.post("COORD_PRIV.analyst", "/api/v1/cases", opened).await.good()["id"].clone();
    let news = async |who: &str| world.get(who, NATION).await.good()["last_hour"]["news"].clone();
    assert_eq!(news("COORD_PRIV.analyst").await[0]["case"], case);
    assert_eq!(news("APEX.director").await, json!([]));
}

#[tokio::test]
async fn a_glance_that_has_not_changed_is_its_tag_and_a_new_act_is_seen_at_once() {
    let world = World::new();
    let first = world.get("APEX.director", NATION).await;
    let again = world.call("APEX.director", Method::GET, NATION);
    let again = again.header("if-none-match", &first.tag()).send().await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    let (_, act) = world.night().await;
    let after = world.get("APEX.director", NATION).await.good();
    assert_eq!(after["campaigns"][0]["act"], act);
}

#[tokio::test]
async fn a_glance_is_for_the_posts_that_are_held_now() {
    let world = World::new();
    world.night().await;
    let over = world.start + SignedDuration::from_hours(1);
    let second = Appointment {
        id: AppointmentId([200; 16]),
        person: world.person("LEAD_PRIV.director"),
        post: Post::Director,
        seat: Seat::Node("APEX".parse().unwrap()),
        from: world.start,
        until: Some(over),
        deputy_of: None,
        title: "APEX.deputy".to_owned(),
    };
    let loader = Who::Engine(Engine::Register);
    world.app.desk().record(loader, Wish::Appoint(vec![second]), world.start).unwrap();
    world.app.time().advance(over - SignedDuration::from_secs(1));
    let both = world.get("LEAD_PRIV.director", NATION).await.good();
    world.app.time().advance(over);
    // Nothing was recorded meanwhile: only the clock ended the post.
    let one = world.get("LEAD_PRIV.director", NATION).await.good();
    assert_eq!(one["lanes"], world.get("LEAD_PRIV.analyst", NATION).await.good()["lanes"]);
    assert_ne!(both, one, "a glance of a post that ended");
}
