//! More time, and leave to carry a risk: asked for by an institution, decided by the ministry's director.

use crate::browser::{Browser, is_here};
use crate::stage::Stage;
use crate::steps::{closed, fold};

/// The officer of an institution that owes an answer and is affected; gives the place of the obligation.
async fn affected(stage: &Stage) -> (Browser, String) {
    let ciso = stage.ciso().await;
    ciso.press("main a[href^='/obligations/']").await;
    ciso.until("#work").await;
    if ciso.has("form:has(input[value=acknowledge]) button.main").await {
        ciso.press("form:has(input[value=acknowledge]) button.main").await;
        ciso.told().await;
    }
    if ciso.has("form:has(input[value=affected]) button.main").await {
        ciso.press("form:has(input[value=affected]) button.main").await;
        ciso.told().await;
    }
    let owed = ciso.place().await;
    (ciso, owed)
}

#[tokio::test(flavor = "multi_thread")]
async fn more_time_is_asked_for_and_granted_and_a_risk_is_carried() {
    if !is_here() {
        return;
    }
    let stage = Stage::after_the_story();
    let (ciso, owed) = affected(&stage).await;
    let act = owed.split('/').nth(2).unwrap().to_owned();
    let director = stage.seat("LEAD_PRIV-DIRECTOR-01").await;
    let requests = format!("/campaigns/{act}/requests");

    ciso.open_up(&fold("ask_extension")).await;
    ciso.set_ahead("#f-time-until", 20).await;
    ciso.step("ask_extension", &[("why", "the supplier ships on Monday")]).await;
    ciso.told().await;
    decide(&director, &requests, "decide_extension").await;
    ciso.go(&owed).await;
    assert!(ciso.text().await.to_lowercase().contains("extended"), "{}", ciso.text().await);

    ciso.open_up(&fold("ask_waiver")).await;
    ciso.set_ahead("#f-waiver-until", 25).await;
    ciso.step("ask_waiver", &[("control", "behind a gateway that drops it")]).await;
    ciso.told().await;
    decide(&director, &requests, "decide_waiver").await;
    ciso.go(&owed).await;
    assert!(ciso.text().await.contains("behind a gateway"), "{}", ciso.text().await);
    closed([ciso, director]).await;
}

/// Grants the first request of this kind as it was asked for.
async fn decide(director: &Browser, requests: &str, kind: &str) {
    director.go(requests).await;
    // Names open by a button of a page of ours, never by an address that somebody sent.
    if director.has("main .empty a.button").await {
        director.press("main .empty a.button").await;
    }
    let granting = format!("{}:has(button.main)", fold(kind));
    director.open_up(&granting).await;
    director.fill(&format!("{granting} [name=why]"), "as long as the gateway stands").await;
    director.press(&format!("{granting} button.main")).await;
    director.told().await;
}
