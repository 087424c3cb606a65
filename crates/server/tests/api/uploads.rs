//! Inventories that come in: whole, cut off, too large, of somebody else.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http::{Method, StatusCode};
use http_body_util::BodyExt;
use serde_json::json;

use crate::world::{FLAW, World, sbom, text};

#[tokio::test]
async fn a_newer_inventory_says_what_changed_and_settles_what_is_owed() {
    let world = World::new();
    let (_, act) = world.night().await;
    let bank = world.institution("bank");
    let systems = format!("/api/v1/institutions/{bank}/systems");
    let system = world.get("bank.ciso", &systems).await.good()["items"][0]["id"].clone();
    let exposures =
        world.get("bank.ciso", &format!("/api/v1/institutions/{bank}/exposures")).await.good();
    assert_eq!(exposures["items"][0]["answer"], "affected");
    assert_eq!(exposures["items"][0]["fixed"], json!(["2.0.0"]));
    world.app.time().advance(world.start + jiff::SignedDuration::from_hours(2));
    let path =
        format!("{systems}/{}/inventory?wait=10&name=web.cdx.json", system.as_str().unwrap());
    let call = world.call("bank.operator", Method::PUT, &path);
    let job = call.body(sbom("2.0.0", world.app.now())).send().await;
    assert_eq!(job.status, StatusCode::ACCEPTED);
    let job = job.json();
    assert_eq!(job["state"], "done", "{job}");
    assert_eq!(
        job["report"]["changes"]["upgraded"],
        json!({ "count": 1, "first": ["gaon-widget"] })
    );
    assert_eq!(job["report"]["obligations"][0]["act"], act);
    let same =
        world.get("bank.ciso", &format!("/api/v1/jobs/{}", job["id"].as_str().unwrap())).await;
    assert_eq!(same.json(), job, "whoever comes later reads the same");
    let whole = world.get("bank.ciso", &format!("/api/v1/obligations/{act}/{bank}")).await.good();
    assert_eq!(whole["status"], "verified");
    let named = world.get("bank.ciso", &format!("{systems}?names=true")).await.good();
    assert_eq!(named["items"][0]["name"], "web.cdx.json");
}

#[tokio::test]
async fn an_inventory_for_somebody_else_is_told_as_if_there_were_nobody() {
    let world = World::new();
    let job = world.publish("bank", "1.2.0").await;
    let (bank, insurer) = (world.institution("bank"), world.institution("insurer"));
    let system = job["system"].as_str().unwrap();
    let put = |who: &'static str, institution: String, system: String| {
        let path = format!("/api/v1/institutions/{institution}/systems/{system}/inventory");
        world.call(who, Method::PUT, &path).body("{}").send()
    };
    let nowhere = "0".repeat(26);
    let absent = put("insurer.operator", insurer.to_string(), nowhere.clone()).await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
    for (institution, system) in [
        (bank.to_string(), system.to_owned()),
        (insurer.to_string(), system.to_owned()),
        (bank.to_string(), nowhere.clone()),
    ] {
        assert_eq!(put("insurer.operator", institution, system).await, absent);
    }
}

#[tokio::test]
async fn a_report_names_no_act_that_is_hidden_from_the_provider_who_reads_it() {
    let world = World::new();
    let (case, open) = world.night().await;
    let mut text = text("in confidence");
    text["label"] = json!({ "tlp": "AMBER+STRICT", "grade": "open" });
    let body = json!({ "case": case, "kind": "action_request", "text": text });
    let hidden = world.post("LEAD_PRIV.analyst", "/api/v1/acts", body).await.good();
    let hidden = hidden["id"].as_str().unwrap().to_owned();
    world.issue(&hidden).await;
    let (bank, provider) = (world.institution("bank"), world.institution("provider"));
    let powers = json!({
        "provider": provider.to_string(), "powers": ["see", "answer"],
        "until": "2027-01-01T00:00:00Z",
    });
    let path = format!("/api/v1/institutions/{bank}");
    world.post("bank.ciso", &format!("{path}/delegations"), powers).await.good();
    for (act, seen) in [(&open, StatusCode::OK), (&hidden, StatusCode::NOT_FOUND)] {
        let path = format!("/api/v1/obligations/{act}/{bank}");
        assert_eq!(world.get("provider.operator", &path).await.status, seen);
    }

    let systems = world.get("bank.ciso", &format!("{path}/systems")).await.good();
    let system = systems["items"][0]["id"].as_str().unwrap().to_owned();
    world.app.time().advance(world.start + jiff::SignedDuration::from_hours(2));
    let put = format!("{path}/systems/{system}/inventory?wait=10&name=web.cdx.json");
    let call = world.call("bank.ciso", Method::PUT, &put);
    let sent = call.body(sbom("2.0.0", world.app.now())).send().await.good();
    let job = format!("/api/v1/jobs/{}", sent["id"].as_str().unwrap());
    let acts = |job: &serde_json::Value| -> Vec<String> {
        assert_eq!(job["state"], "done", "{job}");
        let said = job["report"]["obligations"].as_array().unwrap().iter();
        said.map(|one| one["act"].as_str().unwrap().to_owned()).collect()
    };
    let theirs = world.get("provider.operator", &job).await.good();
    assert_eq!(acts(&theirs), std::slice::from_ref(&open), "{theirs}");
    assert!(!theirs.to_string().contains(&hidden), "{theirs}");
    let mut own = acts(&world.get("bank.ciso", &job).await.good());
    own.sort();
    let mut both = [open, hidden];
    both.sort();
    assert_eq!(own, both, "whose document it is reads of both");

    // What the provider itself sends is looked at under both acts, and names it no more.
    world.app.time().advance(world.start + jiff::SignedDuration::from_hours(3));
    let call = world.call("provider.operator", Method::PUT, &put);
    let sent = call.body(sbom("1.2.0", world.app.now())).send().await.good();
    assert_eq!(acts(&sent), acts(&theirs));
    let job = format!("/api/v1/jobs/{}", sent["id"].as_str().unwrap());
    assert_eq!(acts(&world.get("bank.ciso", &job).await.good()).len(), 2);
}

#[tokio::test]
async fn what_is_owed_about_a_case_behind_closed_doors_is_looked_at_again_too() {
    let world = World::new();
    world.publish("bank", "1.2.0").await;
    let report = json!({
        "from": "hand", "title": "A login that can be left out", "origin": "human", "public": false,
        "identifiers": [FLAW], "label": { "tlp": "GREEN", "grade": "open" },
    });
    let done = world.post("COORD_PRIV.analyst", "/api/v1/cases", report).await.good();
    let case = done["id"].as_str().unwrap().to_owned();
    let steps = format!("/api/v1/cases/{case}/steps");
    let mut taken = vec![
        json!({ "step": "screen" }),
        json!({ "step": "validate" }),
        json!({ "step": "confirm", "why": "it answers to anybody" }),
    ];
    for who in ["LEAD_PRIV.analyst", "LEAD_PRIV.approver", "LEAD_PRIV.director"] {
        let person = world.person(who).to_string();
        taken.push(json!({ "step": "add_member", "person": person, "reason": "issues the act" }));
    }
    for step in taken {
        world.post("COORD_PRIV.analyst", &steps, step).await.good();
    }
    let act = world.draft(&case).await;
    world.issue(&act).await;
    let bank = world.institution("bank");
    let case = world.get("bank.ciso", &format!("/api/v1/cases/{case}")).await;
    assert_eq!(case.status, StatusCode::NOT_FOUND, "the institution knows the act alone");

    let path = format!("/api/v1/institutions/{bank}/systems");
    let systems = world.get("bank.ciso", &path).await.good();
    let system = systems["items"][0]["id"].as_str().unwrap();
    world.app.time().advance(world.start + jiff::SignedDuration::from_hours(2));
    let put = format!("{path}/{system}/inventory?wait=10&name=web.cdx.json");
    let call = world.call("bank.ciso", Method::PUT, &put);
    let sent = call.body(sbom("2.0.0", world.app.now())).send().await.good();
    assert_eq!(sent["state"], "done", "{sent}");
    assert_eq!(sent["report"]["obligations"][0]["act"], act.as_str(), "{sent}");
}

#[tokio::test]
async fn an_upload_that_stops_half_way_leaves_nothing() {
    let world = World::new();
    let path = format!("/api/v1/institutions/{}/systems", world.institution("bank"));
    let size = world.app.desk().store().head().unwrap().0;
    let torn = Torn(vec![Ok(Bytes::from_static(b"{\"bomFormat\":")), Err("the line went down")]);
    let call = world.call("bank.operator", Method::POST, &path);
    let answer = call.body(Body::new(torn)).send().await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
    assert_eq!(world.get("bank.ciso", &path).await.good()["items"], json!([]));
    assert_eq!(world.app.desk().store().head().unwrap().0, size);
    let left = std::fs::read_dir(std::env::temp_dir()).unwrap().filter_map(Result::ok);
    let left = left.filter(|file| {
        let name = file.file_name().into_string().unwrap_or_default();
        name.len() == "bongsu-".len() + 32 && name.starts_with("bongsu-")
    });
    assert_eq!(left.count(), 0);
}

#[tokio::test]
async fn an_upload_of_two_gibibytes_is_cut_at_the_limit() {
    let world = World::new();
    let path = format!("/api/v1/institutions/{}/systems", world.institution("bank"));
    let said = world.call("bank.operator", Method::POST, &path);
    let said =
        said.header("content-length", "2147483648").body(Body::new(Flood::default())).send().await;
    assert_eq!(said.status, StatusCode::PAYLOAD_TOO_LARGE, "before anything of it is read");
    let flood = Flood::default();
    let read = std::sync::Arc::clone(&flood.read);
    let unsaid =
        world.call("bank.operator", Method::POST, &path).body(Body::new(flood)).send().await;
    assert_eq!(unsaid.status, StatusCode::PAYLOAD_TOO_LARGE);
    let read = read.load(std::sync::atomic::Ordering::Relaxed);
    assert!(read <= (64 << 20) + (2 << 20), "{read} bytes were read");
}

#[tokio::test]
async fn a_document_that_says_nothing_fails_with_its_reason_and_forms_are_refused() {
    let world = World::new();
    let path = format!("/api/v1/institutions/{}/systems?wait=10", world.institution("bank"));
    let job =
        world.call("bank.operator", Method::POST, &path).body("no inventory").send().await.good();
    assert_eq!(job["state"], "failed");
    assert!(job["reason"].as_str().unwrap().contains("could not be read"), "{job}");
    let form = world.call("bank.operator", Method::POST, &path);
    let form =
        form.header("content-type", "multipart/form-data; boundary=x").body("--x").send().await;
    assert_eq!(form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a_document_that_comes_again_under_its_key_is_one_job() {
    let world = World::new();
    let path =
        format!("/api/v1/institutions/{}/systems?wait=10&name=a.json", world.institution("bank"));
    let send = |version: &str| {
        let call = world.call("bank.operator", Method::POST, &path).key("one");
        call.body(sbom(version, world.start)).send()
    };
    let first = send("1.2.0").await.good();
    assert_eq!(first, send("1.2.0").await.good());
    assert_eq!(send("1.3.0").await.status, StatusCode::CONFLICT);
    let systems = world
        .get("bank.ciso", &format!("/api/v1/institutions/{}/systems", world.institution("bank")))
        .await;
    assert_eq!(systems.json()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_institution_has_its_share_of_the_hour_and_no_more() {
    let world = World::new();
    let path = format!("/api/v1/institutions/{}/systems", world.institution("bank"));
    let first = || world.call("bank.operator", Method::POST, &path).key("first").body("x");
    assert_eq!(first().send().await.status, StatusCode::ACCEPTED);
    for _ in 0..9 {
        let sent = world.call("bank.operator", Method::POST, &path).body("x").send().await;
        assert!(matches!(sent.status.as_u16(), 202 | 503), "{}", sent.text());
    }
    assert_eq!(first().send().await.status, StatusCode::ACCEPTED, "it counts once");
    let more = world.call("bank.operator", Method::POST, &path).body("x").send().await;
    assert_eq!(more.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(more.headers.contains_key("retry-after"));
    world.app.time().advance(world.start + jiff::SignedDuration::from_hours(1));
    let later = world.call("bank.operator", Method::POST, &path).body("x").send().await;
    assert_eq!(later.status, StatusCode::ACCEPTED);
}

/// A body in pieces, some of which fail.
struct Torn(Vec<Result<Bytes, &'static str>>);

impl axum::body::HttpBody for Torn {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, &'static str>>> {
        if self.0.is_empty() {
            return std::task::Poll::Ready(None);
        }
        let piece = self.0.remove(0);
        std::task::Poll::Ready(Some(piece.map(hyper::body::Frame::data)))
    }
}

/// Two gibibytes, made as they are read.
#[derive(Default)]
struct Flood {
    read: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

impl axum::body::HttpBody for Flood {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        const PIECE: usize = 1 << 20;
        let read = self.read.fetch_add(PIECE, std::sync::atomic::Ordering::Relaxed);
        let piece =
            (read < 2 << 30).then(|| Ok(hyper::body::Frame::data(Bytes::from(vec![b' '; PIECE]))));
        std::task::Poll::Ready(piece)
    }
}

#[tokio::test]
async fn a_job_that_a_restart_cut_off_says_so_and_can_be_sent_again() {
    let world = World::new();
    let job = world.publish("bank", "1.2.0").await;
    // The same store behind another process: nothing of what was in memory is there.
    let again =
        bongsu_server::App::new(std::sync::Arc::clone(world.app.desk()), world.app.time().clone());
    let router = bongsu_server::router(again);
    let token = world.token_for("bank.ciso", bongsu_server::right::Scope::ALL);
    let request = http::Request::get(format!("/api/v1/jobs/{}", job["id"].as_str().unwrap()))
        .header("authorization", format!("Bearer {token}"))
        .body(Body::empty())
        .unwrap();
    let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let kept: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(kept, job, "what is over stays as it was");
    tokio::time::sleep(Duration::from_millis(1)).await;
}
