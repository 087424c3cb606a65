//! A campaign after it was issued: amended by three persons, not completed while somebody owes, reminded, called.

use crate::browser::is_here;
use crate::stage::Stage;
use crate::steps::closed;

#[tokio::test(flavor = "multi_thread")]
async fn an_issued_act_is_amended_by_three_persons() {
    if !is_here() {
        return;
    }
    let stage = Stage::after_the_story();
    let desk = stage.seat("LEAD_PRIV-ANALYST-01").await;
    let act = desk.own_campaign().await;
    desk.step("PUT", &[("text.title_en", "Urgent action, now with a workaround")]).await;
    desk.told().await;
    assert!(!desk.has("#steps button.main").await, "who wrote it does not review it");

    let approver = stage.seat("LEAD_PRIV-APPROVER-01").await;
    approver.review(&act).await;

    let director = stage.seat("LEAD_PRIV-DIRECTOR-01").await;
    director.sign(&act, Some("a workaround is known")).await;
    let page = director.text().await;
    assert!(page.contains("now with a workaround") && page.contains("edition 2"), "{page}");

    // Completed it is only when everybody is done.
    director.step("complete", &[]).await;
    let why = director.refused().await;
    assert!(why.contains("still open") || why.contains("owe"), "{why}");
    closed([desk, approver, director]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_late_is_reminded_once_and_what_came_of_a_call_is_kept() {
    if !is_here() {
        return;
    }
    let stage = Stage::after_the_story();
    let desk = stage.seat("LEAD_PRIV-ANALYST-01").await;
    let act = desk.own_campaign().await;
    desk.go(&format!("{act}/late")).await;
    desk.press("form.filters button").await;
    desk.until("table.cards tbody tr").await;
    desk.unfold("Remind everybody").await;
    desk.press("details[open]:has(input[name='all_late:flag']) button.grave").await;
    desk.told().await;

    desk.go(&format!("{act}/calls")).await;
    if desk.has("article.call").await {
        let before = desk.count("article.call").await;
        desk.fill("article.call #n-1", "nobody there before nine").await;
        desk.press("article.call button:not(.main)").await;
        desk.told().await;
        let after = desk.count("article.call").await;
        assert!(after <= before);
    }
    desk.close().await;
}
