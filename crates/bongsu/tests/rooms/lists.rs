//! Names as a file: a page of them alone, a whole list when somebody else agreed; and an act as a CSAF document.

use crate::browser::is_here;
use crate::stage::Stage;
use crate::steps::closed;

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_list_is_downloaded_once_somebody_else_agreed() {
    if !is_here() {
        return;
    }
    let stage = Stage::after_the_story();
    let desk = stage.seat("LEAD_PRIV-ANALYST-01").await;
    let act = desk.own_campaign().await;
    desk.go(&format!("{act}/late")).await;
    desk.press("form.filters input[name=all]").await;
    desk.press("form.filters button").await;
    desk.until("table.cards tbody tr").await;
    desk.press("form[action$='/export'] button").await;
    let page = desk.downloaded("campaign.csv").await;
    let names = page.lines().count() - 1;
    assert!((1..=50).contains(&names), "{names}");
    assert!(page.lines().nth(1).unwrap().contains("LEAD_PRIV-ANALYST-01"), "whose copy it is");
    if !desk.has("#whole").await {
        eprintln!("skipped: this nation has fewer than 51 names under one act");
        desk.close().await;
        return;
    }
    desk.press("#whole > summary").await;
    desk.fill("#f-list-why", "reporting to the minister").await;
    desk.press("#whole form button").await;
    desk.told().await;
    assert!(!desk.has("#lists button").await, "whoever asked neither agrees nor takes");

    let approver = stage.seat("LEAD_PRIV-APPROVER-01").await;
    approver.go(&act).await;
    approver.press("#waiting a").await;
    assert!(approver.text().await.contains("reporting to the minister"));
    approver.press("#lists details > summary").await;
    approver.press("#lists details button.grave").await;
    approver.told().await;

    desk.go(&format!("{act}/late")).await;
    desk.press("#lists form button.main").await;
    let whole = desk.downloaded("campaign (1).csv").await;
    assert!(whole.lines().count() > 51, "{}", whole.lines().count());
    let last = whole.lines().last().unwrap();
    assert!(last.contains("released by LEAD_PRIV-APPROVER-01"), "{last}");
    assert!(last.ends_with("\"reporting to the minister\""), "{last}");
    closed([desk, approver]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issued_act_is_downloaded_as_csaf() {
    if !is_here() {
        return;
    }
    let stage = Stage::after_the_story();
    let desk = stage.seat("LEAD_PRIV-ANALYST-01").await;
    desk.own_campaign().await;
    desk.press("a[href$='/act.csaf.json']").await;
    let document = desk.downloaded("act.csaf.json").await;
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["document"]["category"], "csaf_base");
    desk.close().await;
}
