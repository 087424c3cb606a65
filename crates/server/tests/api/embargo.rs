//! An embargo ends before its time as one person proposed it and another agreed.

use http::StatusCode;
use serde_json::{Value, json};

use crate::world::World;

const ANALYST: &str = "COORD_PRIV.analyst";
const DIRECTOR: &str = "COORD_PRIV.director";

/// A case that is coordinated until the supplier releases its fix, with the director in its compartment; its place.
async fn coordinated(world: &World) -> String {
    let report = json!({
        "from": "hand", "title": "A parser that trusts its input", "origin": "human", "public": false,
        "label": { "tlp": "GREEN", "grade": "open" },
    });
    let done = world.post(ANALYST, "/api/v1/cases", report).await.good();
    let case = format!("/api/v1/cases/{}", done["id"].as_str().unwrap());
    let embargo = json!({ "event": "the supplier's release" });
    let director = world.person(DIRECTOR).to_string();
    for step in [
        json!({ "step": "screen" }),
        json!({ "step": "validate" }),
        json!({ "step": "confirm", "why": "it answers to anybody" }),
        json!({ "step": "coordinate", "embargo": embargo }),
        json!({ "step": "add_member", "person": director, "reason": "decides about it" }),
    ] {
        take(world, ANALYST, &case, step).await.unwrap();
    }
    case
}

async fn take(
    world: &World,
    who: &str,
    case: &str,
    step: Value,
) -> Result<Value, (StatusCode, Value)> {
    let answer = world.post(who, &format!("{case}/steps"), step).await;
    let body = answer.json();
    if answer.status.is_success() { Ok(body) } else { Err((answer.status, body)) }
}

fn propose(until: Option<&str>) -> Value {
    json!({ "step": "propose_lift", "until": until, "why": "the supplier published its fix" })
}

fn lift(until: Option<&str>) -> Value {
    json!({ "step": "lift_embargo", "until": until })
}

#[tokio::test]
async fn an_embargo_that_waits_for_an_event_is_lifted_by_two_and_the_case_published() {
    let world = World::new();
    let case = coordinated(&world).await;
    let publish = || json!({ "step": "publish", "why": "the supplier published its fix" });
    let (status, _) = take(&world, DIRECTOR, &case, publish()).await.unwrap_err();
    assert!(status.is_client_error(), "under embargo nobody publishes");
    take(&world, DIRECTOR, &case, lift(None)).await.expect_err("nobody proposed it");

    take(&world, ANALYST, &case, propose(None)).await.unwrap();
    take(&world, ANALYST, &case, lift(None)).await.expect_err("an analyst agrees to nothing");
    let seen = world.get(DIRECTOR, &case).await.good();
    assert_eq!(seen["decide"], "lift_embargo");
    assert_eq!(seen["lift"]["why"], "the supplier published its fix");
    assert_eq!(world.get(ANALYST, &case).await.good()["decide"], Value::Null);
    let list = world.get(DIRECTOR, "/api/v1/cases").await.good();
    assert_eq!(list["items"][0]["decide"], "lift_embargo", "the list says what waits for whom");
    let other = take(&world, DIRECTOR, &case, lift(Some("2099-01-01T00:00:00Z"))).await;
    assert_eq!(other.unwrap_err().1["reason"], "lift-proposed");

    take(&world, DIRECTOR, &case, lift(None)).await.unwrap();
    let now = world.get(DIRECTOR, &case).await.good();
    assert_eq!((&now["embargo_event"], &now["lift"]), (&Value::Null, &Value::Null));
    take(&world, DIRECTOR, &case, publish()).await.unwrap();
    for who in [DIRECTOR, "LEAD_PRIV.director", "APEX.director", "bank.ciso"] {
        let seen = world.get(who, &case).await.good();
        assert_eq!(
            (&seen["public"], &seen["label"]["tlp"]),
            (&json!(true), &json!("CLEAR")),
            "{who}"
        );
    }
}

#[tokio::test]
async fn nobody_ends_an_embargo_alone_in_whatever_words() {
    let world = World::new();
    let case = coordinated(&world).await;
    let soon = (world.start + jiff::SignedDuration::from_hours(24)).to_string();
    let bare = json!({ "step": "set_embargo" });
    let refused = take(&world, DIRECTOR, &case, bare).await.unwrap_err();
    assert_eq!(refused.1["reason"], "lacks-embargo-end", "said as what it lacks");
    for (who, step) in
        [(DIRECTOR, "set_embargo"), (ANALYST, "set_embargo"), (ANALYST, "coordinate")]
    {
        let sooner = json!({ "step": step, "embargo": { "until": soon } });
        let refused = take(&world, who, &case, sooner).await.unwrap_err();
        assert_eq!(refused.1["reason"], "sooner-takes-two", "{step}");
    }
    // Nor by way of another coordination: what was agreed before stands.
    for step in [
        json!({ "step": "reopen", "why": "the fix can be bypassed" }),
        json!({ "step": "validate" }),
        json!({ "step": "confirm", "why": "it answers to anybody" }),
    ] {
        take(&world, ANALYST, &case, step).await.unwrap();
    }
    let again = json!({ "step": "coordinate", "embargo": { "until": soon } });
    let refused = take(&world, ANALYST, &case, again).await.unwrap_err();
    assert_eq!(refused.1["reason"], "sooner-takes-two");
    let same = json!({ "step": "coordinate", "embargo": { "event": "the supplier's release" } });
    take(&world, ANALYST, &case, same).await.unwrap();
    // Whoever proposed it is not the second, director or not.
    take(&world, DIRECTOR, &case, propose(Some(&soon))).await.unwrap();
    take(&world, DIRECTOR, &case, lift(Some(&soon))).await.expect_err("one is one person");
    assert_eq!(world.get(DIRECTOR, &case).await.good()["decide"], Value::Null);
    // The colleague does not agree, and says why; then there is nothing to agree to.
    let keep = json!({ "step": "keep_embargo", "why": "the supplier asks for two more days" });
    take(&world, ANALYST, &case, keep).await.unwrap();
    assert_eq!(world.get(ANALYST, &case).await.good()["embargo_event"], "the supplier's release");
    let told = world.get(ANALYST, &format!("{case}/timeline")).await.good();
    let kinds: Vec<&str> =
        told["items"].as_array().unwrap().iter().filter_map(|one| one["kind"].as_str()).collect();
    assert_eq!(kinds[..2], ["embargo_kept", "lift_proposed"]);
}

#[tokio::test]
async fn nobody_rejects_what_they_proposed_to_reject_though_it_looks_milder_by_now() {
    let world = World::new();
    let case = coordinated(&world).await;
    for step in [
        json!({ "step": "reopen", "why": "the fix can be bypassed" }),
        json!({ "step": "validate" }),
        json!({ "step": "reject", "why": "it is documented" }),
        json!({ "step": "triage", "impact": "partial" }),
    ] {
        take(&world, ANALYST, &case, step).await.unwrap();
    }
    let again = json!({ "step": "reject", "why": "it is documented" });
    let _ = take(&world, ANALYST, &case, again).await;
    assert_eq!(world.get(ANALYST, &case).await.good()["state"], "validating");
}

#[tokio::test]
async fn a_proposal_to_lift_shows_itself_to_the_compartment_alone() {
    let world = World::new();
    let case = coordinated(&world).await;
    take(&world, ANALYST, &case, propose(None)).await.unwrap();
    let absent = world.get("LEAD_PRIV.director", "/api/v1/cases/0000000000000000000000000a").await;
    for who in ["LEAD_PRIV.director", "APEX.director", "bank.ciso"] {
        let seen = world.get(who, &case).await;
        assert_eq!((seen.status, seen.text()), (StatusCode::NOT_FOUND, absent.text()), "{who}");
        let (status, _) = take(&world, who, &case, lift(None)).await.unwrap_err();
        assert_eq!(status, StatusCode::NOT_FOUND, "{who}");
    }
}
