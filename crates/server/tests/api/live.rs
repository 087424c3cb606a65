//! Events, as they happen.

use std::time::Duration;

use axum::body::Body;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

use crate::world::World;

/// Somebody who listens.
struct Listener(Body, String);

impl Listener {
    async fn new(world: &World, title: &str, last: Option<&str>) -> Self {
        let token = world.token_for(title, bongsu_server::right::Scope::ALL);
        let mut request =
            Request::get("/api/v1/events").header("authorization", format!("Bearer {token}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Body::empty()).unwrap();
        let response: Response<Body> = world.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self(response.into_body(), String::new())
    }

    /// The next event: its name, its data, its id; nothing where it stays quiet.
    async fn next(&mut self) -> Option<(String, String, String)> {
        loop {
            if let Some((event, rest)) = self.1.clone().split_once("\n\n") {
                self.1 = String::from(rest);
                let field = |name: &str| {
                    let lines = event.lines().filter_map(|line| line.strip_prefix(name));
                    lines.map(str::trim).collect::<String>()
                };
                return Some((field("event:"), field("data:"), field("id:")));
            }
            let frame =
                tokio::time::timeout(Duration::from_millis(600), self.0.frame()).await.ok()??;
            let data = frame.unwrap().into_data().unwrap();
            self.1.push_str(std::str::from_utf8(&data).unwrap());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_listens_hears_of_their_own_and_of_nothing_else() {
    let world = World::new();
    let (_, act) = world.night().await;
    let (bank, insurer) = (world.institution("bank"), world.institution("insurer"));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut own = Listener::new(&world, "bank.ciso", None).await;
    let mut other = Listener::new(&world, "insurer.ciso", None).await;
    let mut desk = Listener::new(&world, "LEAD_PRIV.analyst", None).await;
    for listener in [&mut own, &mut other, &mut desk] {
        assert_eq!(listener.next().await.unwrap().0, "hello");
    }
    let path = format!("/api/v1/obligations/{act}/{bank}/answers");
    world.post("bank.ciso", &path, json!({ "answer": "acknowledge" })).await.good();
    let (event, data, first) = own.next().await.unwrap();
    assert_eq!(
        (event.as_str(), data),
        ("obligation", format!(r#"{{"act":"{act}","institution":"{bank}"}}"#))
    );
    assert_eq!(desk.next().await.unwrap().0, "act");
    assert_eq!(other.next().await, None, "what the bank answers is not for {insurer}");

    drop(own);
    world.post("bank.ciso", &path, json!({ "answer": "affected" })).await.good();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut back = Listener::new(&world, "bank.ciso", Some(&first)).await;
    assert_eq!(back.next().await.unwrap().0, "hello");
    let mut missed = Vec::new();
    while let Some((event, ..)) = back.next().await {
        missed.push(event);
    }
    assert!(missed.contains(&"obligation".to_owned()), "what was missed comes first: {missed:?}");
    let mut stranger = Listener::new(&world, "bank.ciso", Some("1")).await;
    assert_eq!(
        stranger.next().await.unwrap().0,
        "reset",
        "too much was missed: read everything again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_read_about_does_not_hear_of_it() {
    let world = World::new();
    let (_, act) = world.night().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut own = Listener::new(&world, "bank.ciso", None).await;
    assert_eq!(own.next().await.unwrap().0, "hello");
    let names = json!({ "limit": 50, "why": "calling whoever is silent", "all": true });
    world.post("LEAD_PRIV.analyst", &format!("/api/v1/acts/{act}/late"), names).await.good();
    assert_eq!(own.next().await, None, "names were read, nothing that is owed has changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shorter_clock_reaches_whoever_owes_something() {
    let world = World::new();
    world.publish("bank", "1.2.0").await;
    let case = world.case().await;
    let mild =
        json!({ "step": "triage", "automatable": false, "impact": "partial", "mission": "low" });
    let steps = format!("/api/v1/cases/{case}/steps");
    world.post("COORD_PRIV.analyst", &steps, mild).await.good();
    let act = world.draft(&case).await;
    world.issue(&act).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let before = world.get("bank.ciso", "/api/v1/obligations").await;
    let mut own = Listener::new(&world, "bank.ciso", None).await;
    assert_eq!(own.next().await.unwrap().0, "hello");
    let step = json!({ "step": "exploit", "exploitation": "active", "since": "2026-11-21T00:00:00Z", "said_by": "the national list" });
    world.post("COORD_PRIV.analyst", &steps, step).await.good();
    assert_eq!(own.next().await.unwrap().0, "obligation");
    let after = world.get("bank.ciso", "/api/v1/obligations").await;
    assert_ne!(before.tag(), after.tag());
    let fix_by = |answer: &crate::world::Answer| {
        answer.json()["items"][0]["clocks"]["fix_by"].as_str().map(str::to_owned)
    };
    assert!(
        fix_by(&after) < fix_by(&before) || fix_by(&before).is_none(),
        "{:?} {:?}",
        fix_by(&before),
        fix_by(&after)
    );
}
