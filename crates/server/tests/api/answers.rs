//! What is owed, and how it is answered.

use http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn one_disclosure_becomes_an_obligation_and_an_answer_that_is_proven() {
    let world = World::new();
    let (_, act) = world.night().await;
    let bank = world.institution("bank");
    let list = world.get("bank.ciso", "/api/v1/obligations").await.good();
    assert_eq!(list["items"][0]["act"], act);
    assert_eq!(list["items"][0]["exposure"], "exposed");
    assert_eq!(list["items"][0]["next"]["owed"], "acknowledgement");
    let path = format!("/api/v1/obligations/{act}/{bank}");
    let done = world
        .post("bank.ciso", &format!("{path}/answers"), json!({ "answer": "acknowledge" }))
        .await
        .good();
    assert_eq!(done["entries"], 1);
    let whole = world.get("bank.ciso", &path).await.good();
    assert_eq!(whole["status"], "acknowledged");

    let proof = |leaf: &str| format!("/api/v1/record/entries/{}/proof?leaf={leaf}", done["entry"]);
    let proven = world.get("bank.ciso", &proof(done["leaf"].as_str().unwrap())).await;
    let file: bongsu_ledger::proof::LogProof = proven.text().parse().unwrap();
    let (leaf, _) = file.open(world.app.desk().store().verifier()).unwrap();
    drop(leaf);
    let guessed = world.get("insurer.ciso", &proof(&"0".repeat(64))).await;
    assert_eq!(guessed.status, StatusCode::NOT_FOUND, "whoever has no receipt learns nothing");
}

#[tokio::test]
async fn a_poll_that_knows_the_answer_gets_its_tag_until_something_changes() {
    let world = World::new();
    let (_, act) = world.night().await;
    let bank = world.institution("bank");
    let poll = |tag: String| {
        let call = world.call("bank.ciso", Method::GET, "/api/v1/obligations");
        call.header("if-none-match", &tag).send()
    };
    let first = world.get("bank.ciso", "/api/v1/obligations").await;
    let again = poll(first.tag()).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(again.tag(), first.tag());
    let path = format!("/api/v1/obligations/{act}/{bank}/answers");
    world.post("bank.ciso", &path, json!({ "answer": "affected" })).await.good();
    let after = poll(first.tag()).await;
    assert_eq!(after.status, StatusCode::OK);
    assert_eq!(after.json()["items"][0]["status"], "affected");
    let other = world.get("insurer.ciso", "/api/v1/obligations").await;
    assert_eq!(other.json()["items"], json!([]), "nobody gets what is kept for somebody else");
}

#[tokio::test]
async fn a_key_that_comes_again_is_one_answer_and_with_another_body_it_is_refused() {
    let world = World::new();
    let (_, act) = world.night().await;
    let path = format!("/api/v1/obligations/{act}/{}/answers", world.institution("bank"));
    let send = |body: serde_json::Value, key: &'static str| {
        world.call("bank.ciso", Method::POST, &path).key(key).json(&body).send()
    };
    let plan =
        |day: &str| json!({ "answer": "plan", "until": format!("2026-12-{day}T00:00:00+09:00") });
    send(json!({ "answer": "affected" }), "k0").await.good();
    let first = send(plan("01"), "k1").await;
    let size = world.app.desk().store().head().unwrap().0;
    let again = send(plan("01"), "k1").await;
    assert_eq!(first.good(), again.good(), "the same receipt");
    assert_eq!(world.app.desk().store().head().unwrap().0, size, "one effect");
    let other = send(plan("02"), "k1").await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert_eq!(other.json()["type"], "urn:bongsu:problem:idempotency-key-reused");
    let bad = world.call("bank.ciso", Method::POST, &path).key("").json(&plan("03")).send().await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_answers_at_once_are_both_answered_and_one_is_news() {
    let world = World::new();
    let (_, act) = world.night().await;
    let path = format!("/api/v1/obligations/{act}/{}/answers", world.institution("bank"));
    let send = || world.post("bank.ciso", &path, json!({ "answer": "acknowledge" }));
    let (one, two) = tokio::join!(send(), send());
    let news = [one.good(), two.good()].map(|done| done["entries"].as_u64().unwrap());
    assert_eq!(news.iter().sum::<u64>(), 1, "{news:?}");
    assert_eq!(
        one.json()["leaf"],
        two.json()["leaf"],
        "both are told of the entry that made it so"
    );
}

#[tokio::test]
async fn a_claim_is_verified_by_somebody_else_and_a_desk_does_it_on_the_same_path() {
    let world = World::new();
    let (_, act) = world.night().await;
    let path = format!("/api/v1/obligations/{act}/{}/answers", world.institution("bank"));
    let evidence = "ab".repeat(32);
    let claim = json!({ "answer": "claim", "remedy": "patched", "evidence": evidence });
    world.post("bank.ciso", &path, json!({ "answer": "acknowledge" })).await.good();
    world.post("bank.operator", &path, json!({ "answer": "affected" })).await.good();
    world.post("bank.operator", &path, claim).await.good();
    world.post("bank.ciso", &path, json!({ "answer": "countersign" })).await.good();
    let verify = json!({ "answer": "verify", "evidence": evidence, "how": "the port answers with the new version" });
    let own = world.post("bank.ciso", &path, verify.clone()).await;
    assert_eq!(own.status, StatusCode::NOT_FOUND, "nobody verifies for themselves");
    world.post("COORD_PRIV.analyst", &path, verify).await.good();
    let whole = world.get("COORD_PRIV.analyst", path.trim_end_matches("/answers")).await.good();
    assert_eq!(whole["status"], "verified");
    assert_eq!(whole["settled"], true);
}

#[tokio::test]
async fn what_is_no_json_or_does_not_fit_is_refused_with_words_that_help() {
    let world = World::new();
    let (_, act) = world.night().await;
    let path = format!("/api/v1/obligations/{act}/{}/answers", world.institution("bank"));
    #[rustfmt::skip]
    let table = [
        // content type        body                                                  status  why
        ("text/plain",         r#"{"answer":"acknowledge"}"#,                        415, "wrong content type"),
        ("application/json",   "{",                                                  400, "no JSON"),
        ("application/json",   r#"{"answer":"acknowledge","more":1}"#,               422, "unknown fields"),
        ("application/json",   r#"{"answer":"plan","until":"2026-12-01T00:00"}"#,    422, "a time without an offset"),
        ("application/json",   r#"{"answer":"claim","remedy":"patched","evidence":"x"}"#, 422, "no digest"),
        ("application/json",   r#"{"answer":"plan","until":"2020-01-01T00:00:00Z"}"#, 409, "the rules"),
    ];
    for (kind, body, status, why) in table {
        let call = world.call("bank.ciso", Method::POST, &path);
        let answer = call.header("content-type", kind).body(body).send().await;
        assert_eq!(answer.status.as_u16(), status, "{why}: {}", answer.text());
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json", "{why}");
        assert!(answer.json()["detail"].as_str().unwrap().len() > 10, "{why}");
    }
}

#[tokio::test]
async fn a_long_list_comes_in_pages_that_lose_and_repeat_nothing() {
    let world = World::new();
    world.publish("bank", "1.2.0").await;
    let case = world.case().await;
    for _ in 0..5 {
        let act = world.draft(&case).await;
        world.issue(&act).await;
    }
    let (mut seen, mut path) = (Vec::new(), "/api/v1/obligations?limit=2".to_owned());
    loop {
        let page = world.get("bank.head", &path).await.good();
        seen.extend(page["items"].as_array().unwrap().iter().map(|it| it["act"].to_string()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/obligations?limit=2&cursor={next}");
    }
    assert_eq!(seen.len(), 5);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5);
    for bad in ["limit=0", "limit=201", "limit=x", "cursor=!", "more=1"] {
        let answer = world.get("bank.head", &format!("/api/v1/obligations?{bad}")).await;
        assert!(answer.status.is_client_error(), "{bad}: {}", answer.status);
    }
}

#[tokio::test]
async fn what_the_rules_refuse_says_a_stable_reason_and_its_facts() {
    let world = World::new();
    let (case, act) = world.night().await;
    let path = format!("/api/v1/obligations/{act}/{}/answers", world.institution("bank"));
    let refused = async |who: &str, path: &str, body: Value| {
        let answer = world.post(who, path, body).await.json();
        (answer["reason"].as_str().unwrap().to_owned(), answer["facts"].clone())
    };
    let early = json!({ "answer": "plan", "until": "2020-01-01T00:00:00Z" });
    let (reason, facts) = refused("bank.ciso", &path, early).await;
    assert_eq!(reason, "obligation-arrow");
    assert_eq!(facts, json!({ "state": "created", "next": "answer-acknowledge" }));
    world.post("bank.ciso", &path, json!({ "answer": "affected" })).await.good();
    let early = json!({ "answer": "plan", "until": "2020-01-01T00:00:00Z" });
    let (reason, facts) = refused("bank.ciso", &path, early).await;
    assert_eq!((reason.as_str(), &facts["what"]), ("too-early", &json!("plan-date")));
    assert_eq!(facts["given"], "2020-01-01T00:00:00Z");
    let steps = format!("/api/v1/cases/{case}/steps");
    let (reason, _) =
        refused("COORD_PRIV.analyst", &steps, json!({ "step": "split", "why": "x" })).await;
    assert_eq!(reason, "not-merged");
    let (reason, facts) = refused("bank.ciso", &path, json!({ "answer": "never" })).await;
    assert_eq!((reason.as_str(), facts), ("body-field", Value::Null));
    // What may not be known says no more than what is not there.
    let (reason, facts) = refused("insurer.ciso", &path, json!({ "answer": "acknowledge" })).await;
    assert_eq!((reason.as_str(), facts), ("not-found", Value::Null));
}
