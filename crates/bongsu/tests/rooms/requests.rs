//! More time, and leave to carry a risk: asked for by an institution, decided by the ministry's director.

use crate::acts::sit;
use crate::browser::{Browser, View, is_here};
use crate::stage::Stage;

/// The officer of an institution that owes an answer and is affected; gives the place of the obligation.
async fn affected(stage: &Stage) -> (Browser, String) {
    let ciso = Browser::open(&stage.address, View::DESK).await;
    ciso.go("/").await;
    ciso.press("button[data-door=ciso]").await;
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
    let director = sit(&stage, "LEAD_PRIV-DIRECTOR-01").await;
    let requests = format!("/campaigns/{act}/requests");

    let asking = "details:has(input[value=ask_extension])";
    ciso.press(&format!("{asking} > summary")).await;
    ciso.set_ahead("#f-time-until", 20).await;
    ciso.fill("#f-time-why", "the supplier ships on Monday").await;
    ciso.press(&format!("{asking} button")).await;
    ciso.told().await;
    decide(&director, &requests, "decide_extension").await;
    ciso.go(&owed).await;
    assert!(ciso.text().await.to_lowercase().contains("extended"), "{}", ciso.text().await);

    let asking = "details:has(input[value=ask_waiver])";
    ciso.press(&format!("{asking} > summary")).await;
    ciso.set_ahead("#f-waiver-until", 25).await;
    ciso.fill("#f-control", "behind a gateway that drops it").await;
    ciso.press(&format!("{asking} button")).await;
    ciso.told().await;
    decide(&director, &requests, "decide_waiver").await;
    ciso.go(&owed).await;
    assert!(ciso.text().await.contains("behind a gateway"), "{}", ciso.text().await);
    for browser in [ciso, director] {
        browser.close().await;
    }
}

/// Grants the first request of this kind as it was asked for.
async fn decide(director: &Browser, requests: &str, kind: &str) {
    director.go(requests).await;
    // Names open by a button of a page of ours, never by an address that somebody sent.
    if director.has("main .empty a.button").await {
        director.press("main .empty a.button").await;
    }
    let granting = format!("details:has(input[value={kind}]):has(button.main)");
    director.until(&granting).await;
    if !director.has(&format!("{granting}[open]")).await {
        director.press(&format!("{granting} > summary")).await;
    }
    director.fill(&format!("{granting} [name=why]"), "as long as the gateway stands").await;
    director.press(&format!("{granting} button.main")).await;
    director.told().await;
}
