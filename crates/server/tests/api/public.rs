//! What anybody reads who is not signed in, and nothing beyond it.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{World, text};

/// Issues an advisory with this label.
async fn advise(world: &World, case: &str, title: &str, tlp: &str) -> String {
    let mut words = text(title);
    words["everybody"] = true.into();
    words["label"] = json!({ "tlp": tlp, "grade": "open" });
    let body = json!({ "case": case, "kind": "advisory", "text": words });
    let done = world.post("LEAD_PRIV.analyst", "/api/v1/acts", body).await.good();
    let act = done["id"].as_str().unwrap().to_owned();
    world.issue(&act).await;
    act
}

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn anybody_reads_advisories_that_are_clear_and_no_other_act() {
    let world = World::new();
    let (case, request) = world.night().await;
    let green = advise(&world, &case, "green", "GREEN").await;
    let list = "/api/v1/public/advisories";
    assert_eq!(ids(&world.get("", list).await.good()), [""; 0]);
    let clear = advise(&world, &case, "<clear> & present", "CLEAR").await;
    let page = world.get("", list).await;
    assert_eq!(page.headers["cache-control"], "public, max-age=60");
    assert_eq!(ids(&page.good()), [clear.as_str()]);
    let one = world.get("", &format!("{list}/{clear}")).await.good();
    assert_eq!(one["title_en"], "Urgent action <clear> & present");
    assert_eq!(
        one["identifiers"],
        json!([]),
        "its case is GREEN, which is for those who are signed in"
    );
    let absent = world.get("", &format!("{list}/7zzzzzzzzzzzzzzzzzzzzzzzzz")).await;
    for hidden in [&green, &request] {
        assert_eq!(world.get("", &format!("{list}/{hidden}")).await, absent);
    }
    let feed = world.get("", "/api/v1/public/advisories.atom").await;
    assert_eq!(feed.headers["content-type"], "application/atom+xml; charset=utf-8");
    assert!(feed.text().contains("&lt;clear&gt; &amp; present"), "{}", feed.text());
    assert!(feed.text().contains("훈련"), "a drill says so");
    assert!(!feed.text().contains(&green));
}

#[tokio::test]
async fn public_advisories_come_in_pages_the_newest_first() {
    let world = World::new();
    let case = world.case().await;
    let mut acts = Vec::new();
    for number in 0..3 {
        acts.push(advise(&world, &case, &format!("no. {number}"), "CLEAR").await);
        world.app.time().advance(world.start + jiff::SignedDuration::from_mins(number + 1));
    }
    let first = world.get("", "/api/v1/public/advisories?limit=2").await.good();
    assert_eq!(ids(&first), [acts[2].as_str(), acts[1].as_str()]);
    let next = first["next"].as_str().unwrap();
    let rest = world.get("", &format!("/api/v1/public/advisories?cursor={next}")).await.good();
    assert_eq!(ids(&rest), [acts[0].as_str()]);
    assert!(rest.get("next").is_none());
    let known = world.get("", "/api/v1/public/advisories").await;
    let again = world.call("", Method::GET, "/api/v1/public/advisories");
    let again = again.header("if-none-match", &known.tag()).send().await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn whoever_has_a_receipt_proves_it_without_signing_in() {
    let world = World::new();
    let (_, act) = world.night().await;
    let bank = world.institution("bank");
    let path = format!("/api/v1/obligations/{act}/{bank}/answers");
    let done = world.post("bank.ciso", &path, json!({ "answer": "acknowledge" })).await.good();
    let head = world.get("", "/api/v1/public/record").await.good();
    assert_eq!(head["entries"], done["entry"].as_u64().unwrap() + 1);
    let verifier: bongsu_ledger::keys::NodeVerifier =
        head["verifier"].as_str().unwrap().parse().unwrap();
    let (entry, leaf) = (&done["entry"], done["leaf"].as_str().unwrap());
    let proof = world.get("", &format!("/api/v1/record/entries/{entry}/proof?leaf={leaf}")).await;
    let proof: bongsu_ledger::proof::LogProof = proof.text().parse().unwrap();
    proof.open(&verifier).unwrap();
    let guess = format!("/api/v1/record/entries/{entry}/proof?leaf={}", "0".repeat(64));
    assert_eq!(world.get("", &guess).await.status, StatusCode::NOT_FOUND);
}
