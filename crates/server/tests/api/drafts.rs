//! Acts: drafts that nobody loses, previews, signatures, late lists.

use http::{Method, StatusCode};
use jiff::SignedDuration;
use serde_json::json;

use crate::world::{World, text};

#[tokio::test]
async fn an_edit_that_would_write_over_somebody_else_s_is_refused() {
    let world = World::new();
    let case = world.case().await;
    let act = world.draft(&case).await;
    let path = format!("/api/v1/acts/{act}");
    let seen = world.get("LEAD_PRIV.analyst", &path).await.tag();
    let edit = |title: &str, tag: &str| {
        let body = json!({ "text": text(title) });
        let call = world.call("LEAD_PRIV.analyst", Method::PUT, &format!("{path}/draft"));
        call.header("if-match", tag).json(&body).send()
    };
    edit("second", &seen).await.good();
    let lost = edit("third", &seen).await;
    assert_eq!(lost.status, StatusCode::PRECONDITION_FAILED);
    let again = edit("second", &seen).await.good();
    assert_eq!(again["entries"], 0, "the same edit once more is no news, and no conflict");
    let now = world.get("LEAD_PRIV.analyst", &path).await;
    assert_eq!(now.json()["title_en"], "Urgent action second");
    edit("third", &now.tag()).await.good();
}

#[tokio::test]
async fn a_preview_counts_and_a_signature_that_comes_again_is_one() {
    let world = World::new();
    world.publish("bank", "1.2.0").await;
    world.publish("insurer", "2.0.0").await;
    let case = world.case().await;
    let act = world.draft(&case).await;
    let path = format!("/api/v1/acts/{act}");
    let preview = world.get("LEAD_PRIV.analyst", &format!("{path}/preview")).await.good();
    assert_eq!(
        (&preview["addressees"], &preview["exposed"], &preview["spared"]),
        (&json!(1), &json!(1), &json!(1))
    );
    let whole = world.get("LEAD_PRIV.director", &path).await.good();
    let review = json!({ "step": "review", "text": whole["text"] });
    world.post("LEAD_PRIV.approver", &format!("{path}/steps"), review).await.good();
    let other = json!({ "step": "sign", "text": "00".repeat(32) });
    let refused = world.post("LEAD_PRIV.director", &format!("{path}/steps"), other).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text());
    let sign = json!({ "step": "sign", "text": whole["text"] });
    let send = || {
        let call = world.call("LEAD_PRIV.director", Method::POST, &format!("{path}/steps"));
        call.key("night").json(&sign).send()
    };
    let first = send().await.good();
    world.app.time().advance(world.start + SignedDuration::from_mins(10));
    assert_eq!(
        first,
        send().await.good(),
        "the same receipt, although whom it addresses was worked out anew"
    );
}

#[tokio::test]
async fn whoever_is_late_is_named_to_the_desk_and_that_is_recorded() {
    let world = World::new();
    let (_, act) = world.night().await;
    let path = format!("/api/v1/acts/{act}/late");
    let ask = json!({ "limit": 50, "why": "calling whoever is silent" });
    assert_eq!(
        world.post("LEAD_PRIV.analyst", &path, ask.clone()).await.good()["items"],
        json!([])
    );
    world.app.time().advance(world.start + SignedDuration::from_hours(24 * 8));
    let before = world.app.desk().store().head().unwrap().0;
    let late = world.post("LEAD_PRIV.analyst", &path, ask.clone()).await.good();
    assert_eq!(late["items"][0]["institution"], world.institution("bank").to_string());
    assert_eq!(
        world.app.desk().store().head().unwrap().0,
        before + 1,
        "that names were read is recorded"
    );
    let progress =
        world.get("LEAD_PRIV.analyst", &format!("/api/v1/acts/{act}/progress")).await.good();
    assert_eq!(progress["items"][0]["obligations"], 1);
    let many = json!({ "limit": 51, "why": "all of them" });
    assert_eq!(
        world.post("LEAD_PRIV.analyst", &path, many).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    for stranger in ["bank.ciso", "SECTOR_HLT.director.x"].map(|it| it.trim_end_matches(".x")) {
        let answer = world.post(stranger, &path, ask.clone()).await;
        let nobody = answer.status == StatusCode::NOT_FOUND || answer.good()["items"] == json!([]);
        assert!(nobody, "{stranger}");
    }
}

#[tokio::test]
async fn an_amendment_reaches_who_came_in_and_the_picture_hides_the_few() {
    let world = World::new();
    let (case, act) = world.night().await;
    world.publish("insurer", "1.0.0").await;
    let path = format!("/api/v1/acts/{act}");
    let edit = world.call("LEAD_PRIV.analyst", Method::PUT, &format!("{path}/draft"));
    edit.json(&json!({ "text": text("amended") })).send().await.good();
    let inside = world.get("LEAD_PRIV.director", &path).await.good()["inside"].clone();
    let new = inside["amendment"]["text"].clone();
    assert!(new.is_string(), "{inside}");
    world
        .post(
            "LEAD_PRIV.approver",
            &format!("{path}/steps"),
            json!({ "step": "review", "text": new }),
        )
        .await
        .good();
    let amend = json!({ "step": "amend", "text": new, "reach": true, "why": "more of them run it than was known" });
    world.post("LEAD_PRIV.director", &format!("{path}/steps"), amend).await.good();
    let owed = world.get("insurer.ciso", "/api/v1/obligations").await.good();
    assert_eq!(owed["items"][0]["title_en"], "Urgent action amended");
    let picture = world.get("APEX.director", &format!("{path}/picture")).await.good();
    assert!(picture["rows"].to_string().contains("\"count\":null"), "{picture}");
    let counts =
        world.get("LEAD_PRIV.director", &format!("/api/v1/cases/{case}/exposure")).await.good();
    assert!(!counts.to_string().contains("\"count\":2"), "two are hidden: {counts}");
    let bank = world.institution("bank");
    let beside = world
        .get("bank.ciso", &format!("/api/v1/institutions/{bank}/benchmark?act={act}"))
        .await
        .good();
    assert_eq!(beside["own"], "delivered".replace("delivered", beside["own"].as_str().unwrap()));
}

#[tokio::test]
async fn the_register_is_kept_by_whoever_may_and_every_change_has_a_receipt() {
    let world = World::new();
    let body = json!({
        "name_ko": "새 은행", "name_en": "New bank", "ownership": "private", "competent": ["SECTOR_FIN"], "size": "small",
    });
    let made = world.post("LEAD_PRIV.analyst", "/api/v1/institutions", body.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(
        world.post("bank.ciso", "/api/v1/institutions", body).await.status,
        StatusCode::NOT_FOUND
    );
    let path = format!("/api/v1/institutions/{id}");
    let shown = world.get("COORD_PRIV.analyst", &path).await.good();
    assert_eq!((&shown["lead"], &shown["accountable"]), (&json!("LEAD_PRIV"), &json!(null)));
    let ciso = json!({ "post": "ciso", "title": "CISO-1" });
    let appointed =
        world.post("LEAD_PRIV.director", &format!("{path}/officers"), ciso).await.good();
    let shown = world.get("COORD_PRIV.analyst", &path).await.good();
    assert_eq!(shown["accountable"]["appointment"], appointed["id"]);
    let list = world.get("CISO-1", "/api/v1/institutions").await.good();
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "one's own, and no other");
    let provider = world.institution("provider").to_string();
    let found = world.get("CISO-1", &format!("{path}/providers")).await.good();
    let found = found["items"].as_array().unwrap();
    let found = found.iter().find(|one| one["id"] == json!(provider));
    let found = found.expect("found by whoever may delegate");
    let none = world.get("CISO-1", &format!("{path}/providers?q=zzzz")).await.good();
    assert_eq!(none["items"], json!([]));
    let others = world.get("bank.ciso", &format!("{path}/providers")).await;
    assert_eq!(others.status, StatusCode::NOT_FOUND, "one's own, and no other");
    let delegation = json!({ "provider": provider, "powers": ["see", "acknowledge"], "until": "2027-01-01T00:00:00Z" });
    let signed = world.post("CISO-1", &format!("{path}/delegations"), delegation).await.good();
    let given = world
        .get("provider.ciso", &format!("/api/v1/institutions/{provider}/delegations"))
        .await
        .good();
    assert_eq!(given["items"][0]["id"], signed["id"]);
    assert_eq!(given["items"][0]["institution_en"], json!("New bank"), "with its name");
    assert_eq!(given["items"][0]["provider_en"], found["name_en"]);
    // What is ended now ends now, also in the minute in which it began.
    world.app.time().advance(world.start + jiff::SignedDuration::from_secs(10));
    let short = json!({ "post": "operator", "title": "OPS-1" });
    let short = world.post("LEAD_PRIV.director", &format!("{path}/officers"), short).await.good();
    world.app.time().advance(world.start + jiff::SignedDuration::from_secs(20));
    let ended = format!("/api/v1/appointments/{}/end", short["id"].as_str().unwrap());
    world.post("LEAD_PRIV.director", &ended, json!({})).await.good();
    let held = world.get("CISO-1", &format!("{path}/officers")).await.good();
    assert!(held.to_string().contains("CISO-1") && !held.to_string().contains("OPS-1"), "{held}");
    let end = json!({ "until": "2026-12-01T00:00:00Z" });
    let ended = format!("/api/v1/delegations/{}/end", signed["id"].as_str().unwrap());
    world.post("CISO-1", &ended, end.clone()).await.good();
    let ended = format!("/api/v1/appointments/{}/end", appointed["id"].as_str().unwrap());
    world.post("LEAD_PRIV.director", &ended, end).await.good();
}

#[tokio::test]
async fn a_list_says_what_its_reader_did_with_a_text_and_nothing_of_others() {
    let world = World::new();
    let case = world.case().await;
    let act = world.draft(&case).await;
    let did = async |who: &str| {
        let list = world.get(who, "/api/v1/acts").await.good();
        list["items"][0]["did"].clone()
    };
    assert_eq!(did("LEAD_PRIV.analyst").await, "wrote");
    assert_eq!(did("LEAD_PRIV.approver").await, json!(null));
    let path = format!("/api/v1/acts/{act}");
    let text = world.get("LEAD_PRIV.approver", &path).await.good()["text"].clone();
    let review = json!({ "step": "review", "text": text });
    world.post("LEAD_PRIV.approver", &format!("{path}/steps"), review).await.good();
    assert_eq!(did("LEAD_PRIV.analyst").await, "wrote");
    assert_eq!(did("LEAD_PRIV.approver").await, "reviewed");
    assert_eq!(did("LEAD_PRIV.director").await, json!(null));
}
