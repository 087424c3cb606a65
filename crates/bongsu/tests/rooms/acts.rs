//! A campaign after it was issued: amended by three persons, not completed while somebody owes, reminded, called.

use crate::browser::{Browser, View, is_here};
use crate::stage::Stage;

pub(crate) async fn sit(stage: &Stage, title: &str) -> Browser {
    let browser = Browser::open(&stage.address, View::DESK).await;
    browser.sit(title).await;
    browser
}

/// The campaign of the reader's own ministry, of those that were issued at once; gives its place.
pub(crate) async fn campaign(browser: &Browser) -> String {
    browser.go("/campaigns").await;
    browser.until("main a[href^='/campaigns/']").await;
    let all = "return [...document.querySelectorAll(\"main a[href^='/campaigns/']\")].map((a) => a.pathname)";
    let all = browser.run(all).await.unwrap();
    for place in all.as_array().unwrap().iter().filter_map(|place| place.as_str()) {
        browser.go(place).await;
        if browser.has("#funnel").await {
            return place.to_owned();
        }
    }
    panic!("no campaign of theirs: {all}")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issued_act_is_amended_by_three_persons() {
    if !is_here() {
        return;
    }
    let stage = Stage::after_the_story();
    let desk = sit(&stage, "LEAD_PRIV-ANALYST-01").await;
    let act = campaign(&desk).await;
    desk.unfold("Amend").await;
    let amending = "details:has(input[value=PUT])";
    desk.fill(
        &format!("{amending} [name='text.title_en']"),
        "Urgent action, now with a workaround",
    )
    .await;
    desk.press(&format!("{amending} form > button")).await;
    desk.told().await;
    assert!(!desk.has("#steps button.main").await, "who wrote it does not review it");

    let approver = sit(&stage, "LEAD_PRIV-APPROVER-01").await;
    approver.go(&act).await;
    approver.press("#steps button.main").await;
    approver.told().await;

    let director = sit(&stage, "LEAD_PRIV-DIRECTOR-01").await;
    director.go(&act).await;
    director.press("details.grave-step summary").await;
    if director.has("details.grave-step [name=why]").await {
        director.fill("details.grave-step [name=why]", "a workaround is known").await;
    }
    director.press("details.grave-step button.grave").await;
    director.told().await;
    let page = director.text().await;
    assert!(page.contains("now with a workaround") && page.contains("edition 2"), "{page}");

    // Completed it is only when everybody is done.
    director.unfold("Complete").await;
    director.press("details:has(input[value=complete]) button").await;
    let why = director.refused().await;
    assert!(why.contains("still open") || why.contains("owe"), "{why}");
    for browser in [desk, approver, director] {
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_late_is_reminded_once_and_what_came_of_a_call_is_kept() {
    if !is_here() {
        return;
    }
    let stage = Stage::after_the_story();
    let desk = sit(&stage, "LEAD_PRIV-ANALYST-01").await;
    let act = campaign(&desk).await;
    desk.go(&format!("{act}/late")).await;
    desk.press("form.filters button").await;
    desk.until("table.cards tbody tr").await;
    desk.unfold("Remind everybody").await;
    desk.press("details[open]:has(input[name='all_late:flag']) button.grave").await;
    desk.told().await;

    desk.go(&format!("{act}/calls")).await;
    if desk.has("article.call").await {
        let before = desk.page.find_all(fantoccini::Locator::Css("article.call")).await.unwrap();
        desk.fill("article.call #n-1", "nobody there before nine").await;
        desk.press("article.call button:not(.main)").await;
        desk.told().await;
        let after = desk.page.find_all(fantoccini::Locator::Css("article.call")).await.unwrap();
        assert!(after.len() <= before.len());
    }
    desk.close().await;
}
