//! What a hostile reader found once: slow bodies, keys that come again, lines that outlive what opened them.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use bongsu_relay::carry::inbox;
use bongsu_server::right::Scope;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Frame;
use jiff::SignedDuration;
use serde_json::json;
use tower::ServiceExt;

use crate::world::World;

/// A body that never comes.
struct Never;

impl HttpBody for Never {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Pending
    }
}

#[tokio::test]
async fn bodies_that_never_come_hold_up_nobody() {
    let world = World::new();
    let token = world.token_for("bank.ciso", Scope::ALL);
    for path in ["/api/v1/acts", "/api/v1/tokens"] {
        for _ in 0..300 {
            let request = Request::post(path)
                .header("authorization", format!("Bearer {token}"))
                .header("content-type", "application/json")
                .body(Body::new(Never));
            tokio::spawn(world.router.clone().oneshot(request.unwrap()));
        }
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let soon = async {
        for path in ["/health/live", "/api/v1/obligations"] {
            assert_eq!(world.get("insurer.ciso", path).await.status, StatusCode::OK, "{path}");
        }
        let opened = json!({ "from": "library", "identifier": crate::world::FLAW });
        world.post("COORD_PRIV.analyst", "/api/v1/cases", opened).await.good();
    };
    tokio::time::timeout(Duration::from_secs(10), soon).await.expect("others are served");
}

#[tokio::test]
async fn each_page_of_names_is_an_entry_of_its_own_whatever_key_it_has() {
    let world = World::new();
    let (_, act) = world.night().await;
    world.app.time().advance(world.start + SignedDuration::from_hours(24 * 8));
    let (path, ask) = (format!("/api/v1/acts/{act}/late"), json!({ "limit": 1, "why": "calls" }));
    let before = world.app.desk().store().head().unwrap().0;
    for _ in 0..3 {
        let call = world.call("LEAD_PRIV.analyst", Method::POST, &path);
        call.key("the-same").json(&ask).send().await.good();
    }
    assert_eq!(world.app.desk().store().head().unwrap().0, before + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_says_only_what_its_token_may_come_for() {
    let world = World::new();
    let (_, act) = world.night().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let token = world.token_for("LEAD_PRIV.analyst", &[Scope::ObligationRead]);
    let request = Request::get("/api/v1/events").header("authorization", format!("Bearer {token}"));
    let response = world.router.clone().oneshot(request.body(Body::empty()).unwrap()).await;
    let mut line = response.unwrap().into_body();
    let hello = line.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(hello.starts_with(b"retry:"));
    let path = format!("/api/v1/obligations/{act}/{}/answers", world.institution("bank"));
    world.post("bank.ciso", &path, json!({ "answer": "acknowledge" })).await.good();
    let heard = tokio::time::timeout(Duration::from_millis(800), line.frame()).await;
    assert!(heard.is_err(), "an act is told to whoever may read acts: {heard:?}");
}

#[tokio::test]
async fn an_institution_keeps_its_own_addresses_and_no_others() {
    let world = World::new();
    let bank = format!("/api/v1/institutions/{}/addresses", world.institution("bank"));
    let hook = json!({ "channel": "webhook", "url": "https://hook.bank.example/bongsu" });
    let put = world.post("bank.operator", &bank, hook.clone()).await;
    assert_eq!(put.status, StatusCode::CREATED, "{}", put.text());
    let secret = put.json()["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"));
    let mail = json!({ "channel": "mail", "mailbox": "ciso@bank.example" });
    world.post("bank.ciso", &bank, mail).await.good();
    let listed = world.get("bank.head", &bank).await;
    assert_eq!(listed.good().as_array().unwrap().len(), 2);
    assert!(!listed.text().contains(&secret), "a secret is shown once");
    for inside in ["https://127.0.0.1/", "http://hook.bank.example/", "https://10.0.0.8/x"] {
        let to = json!({ "channel": "webhook", "url": inside });
        let answer = world.post("bank.ciso", &bank, to).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{inside}");
    }
    for stranger in ["insurer.ciso", "LEAD_PRIV.director", "SECTOR_FIN.analyst"] {
        assert_eq!(world.get(stranger, &bank).await.status, StatusCode::NOT_FOUND, "{stranger}");
        let answer = world.post(stranger, &bank, hook.clone()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{stranger}");
    }
    let number = listed.json()[0]["number"].clone();
    let one = format!("{bank}/{number}");
    let gone = world.call("bank.ciso", Method::DELETE, &one).send().await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let again = world.call("bank.ciso", Method::DELETE, &one).send().await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_inbox_is_read_by_its_institution_and_an_empty_one_is_empty() {
    let world = World::new();
    let path = format!("/api/v1/institutions/{}/inbox", world.institution("bank"));
    assert_eq!(world.get("bank.ciso", &path).await.good()["items"], json!([]));
    assert_eq!(world.get("insurer.ciso", &path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get("LEAD_PRIV.analyst", &path).await.status, StatusCode::NOT_FOUND);
    let (bank, now) = (world.institution("bank"), world.app.now());
    assert!(inbox::list(world.app.desk().store(), bank, None, 10, now).unwrap().is_empty());
}
