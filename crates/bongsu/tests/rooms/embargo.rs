//! An embargo that waits for an event is lifted through the page of its case: an analyst proposes, the director agrees.

use crate::browser::{Browser, View, is_here};
use crate::cases::{let_in, step};
use crate::stage::Stage;
use crate::steps::closed;

/// Takes a report to where its supplier is told, under an embargo that ends with an event.
async fn coordinate(analyst: &Browser) {
    analyst.open_case("A gateway that lets strangers in").await;
    analyst.next().await;
    analyst.next().await;
    step(analyst, "confirm", "it answers to anybody").await;
    analyst.step("coordinate", &[("embargo.event?", "the supplier's release")]).await;
    analyst.told().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_embargo_is_lifted_by_two_and_then_the_case_is_published() {
    if !is_here() {
        return;
    }
    let stage = Stage::set();
    let analyst = stage.seat("COORD_PRIV-ANALYST-01").await;
    coordinate(&analyst).await;
    let director = let_in(&stage, &analyst, "COORD_PRIV-DIRECTOR-01").await;
    assert!(!director.has("input[value=publish]").await, "nothing is published under embargo");

    step(&analyst, "propose_lift", "the supplier published its fix").await;
    analyst.until("#lift").await;
    assert!(!analyst.has("#lift input[value=lift_embargo]").await, "one is one person");

    // The director's list says that it waits, and the case what for.
    director.go("/cases").await;
    assert!(director.text().await.contains("End of embargo waits for you"));
    director.go(&analyst.place().await).await;
    assert!(director.text().await.contains("the supplier published its fix"));
    director.step("lift_embargo", &[]).await;
    director.told().await;
    assert!(!director.has("#lift").await, "it is over");
    step(&director, "publish", "the supplier published its fix").await;
    assert!(!director.has("input[value=publish]").await, "it is public");
    closed([analyst, director]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_agree_says_why_and_the_embargo_stays() {
    if !is_here() {
        return;
    }
    let stage = Stage::set();
    let analyst = Browser::open(&stage.address, View { language: "ko", ..View::DESK }).await;
    analyst.sit("COORD_PRIV-ANALYST-01").await;
    coordinate(&analyst).await;
    let colleague = stage.seat("COORD_PRIV-ANALYST-02").await;
    analyst.set_ahead("#f-propose_lift-until", 7).await;
    step(&analyst, "propose_lift", "공급자가 다음 주에 공개한다").await;
    colleague.go(&analyst.place().await).await;
    step(&colleague, "keep_embargo", "the supplier asks for two more days").await;
    assert!(!colleague.has("#lift").await && colleague.has("#step-lift").await);
    assert!(colleague.text().await.contains("the supplier's release"), "it stands as it was");
    closed([analyst, colleague]).await;
}
