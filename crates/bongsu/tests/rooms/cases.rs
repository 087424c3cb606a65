//! The life of a case through its page: merged and split, rejected, published, closed when nothing is owed any more.

use crate::browser::{Browser, is_here};
use crate::stage::Stage;
use crate::steps::{closed, fold};

/// Takes a step of a case that asks for a reason.
pub(crate) async fn step(browser: &Browser, step: &str, why: &str) {
    browser.step(step, &[("why", why)]).await;
    browser.told().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_reports_of_one_flaw_become_one_case_and_two_again() {
    if !is_here() {
        return;
    }
    let stage = Stage::set();
    let analyst = stage.seat("COORD_PRIV-ANALYST-01").await;
    let first = analyst.open_case("A parser that trusts its input").await;
    let second = analyst.open_case("The same parser, found by somebody else").await;

    let nowhere = ("into", "7zzzzzzzzzzzzzzzzzzzzzzzzz");
    analyst.step("merge", &[nowhere, ("why", "same function, same input")]).await;
    // A case that is not there: the page says so, and what was typed is kept.
    analyst.refused().await;
    analyst.step("merge", &[("into", first.trim_start_matches("/cases/"))]).await;
    analyst.told().await;
    analyst.until(&format!("#what a[href='{first}']")).await;

    analyst.go(&second).await;
    step(&analyst, "split", "another function after all").await;
    assert!(!analyst.has(&format!("#what a[href='{first}']")).await);
    analyst.close().await;
}

/// Lets a colleague into the compartment, and looks at the case as them.
pub(crate) async fn let_in(stage: &Stage, analyst: &Browser, title: &str) -> Browser {
    let case = analyst.place().await;
    let colleague = stage.seat(title).await;
    colleague.go(&case).await;
    assert!(!colleague.has("#what").await, "a case that is not public shows itself to members");
    analyst.open_up(&fold("add_member")).await;
    let who = format!(
        "return [...document.querySelectorAll('#f-add_member-who option')].find(one => one.textContent.startsWith('{title}')).value"
    );
    let who = analyst.run(&who).await.unwrap();
    analyst.choose("#f-add_member-who", who.as_str().unwrap()).await;
    analyst.step("add_member", &[("reason", "decides about it")]).await;
    analyst.told().await;
    colleague.go(&case).await;
    colleague.until("#what").await;
    colleague
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_is_none_is_rejected_by_two_and_a_new_fact_opens_it_again() {
    if !is_here() {
        return;
    }
    let stage = Stage::set();
    let analyst = stage.seat("COORD_PRIV-ANALYST-01").await;
    analyst.open_case("It crashes when it is told to").await;
    analyst.next().await;
    analyst.next().await;
    // How bad it would be is not known, so it counts as severe: one proposes, another rejects.
    step(&analyst, "reject", "it is documented").await;
    let colleague = stage.seat("COORD_PRIV-ANALYST-02").await;
    colleague.go(&analyst.place().await).await;
    step(&colleague, "reject", "I agree").await;
    assert!(colleague.text().await.to_lowercase().contains("rejected"));
    step(&colleague, "reopen", "it crashes when it is not told to, too").await;
    // The director sees what is not public only as a member.
    analyst.go(&analyst.place().await).await;
    let director = let_in(&stage, &analyst, "COORD_PRIV-DIRECTOR-01").await;
    closed([analyst, colleague, director]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_published_by_the_director_alone() {
    if !is_here() {
        return;
    }
    let stage = Stage::set();
    let analyst = stage.seat("COORD_PRIV-ANALYST-01").await;
    // What is public already is confirmed as it is opened.
    analyst.go("/cases/new").await;
    analyst.open_up(&fold("hand")).await;
    analyst.choose("#f-hand-public", "yes").await;
    analyst.choose("#f-hand-label-tlp", "GREEN").await;
    analyst.choose("#f-hand-label-grade", "open").await;
    analyst.step("hand", &[("title", "A gateway that lets strangers in")]).await;
    analyst.told().await;
    let case = analyst.place().await;
    assert!(!analyst.has("input[value=publish]").await, "an analyst does not publish");

    let director = stage.seat("COORD_PRIV-DIRECTOR-01").await;
    director.go(&case).await;
    step(&director, "publish", "the supplier has published").await;
    assert!(!director.has("input[value=publish]").await, "once is enough");
    closed([analyst, director]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_not_closed_while_somebody_owes_an_answer() {
    if !is_here() {
        return;
    }
    let stage = Stage::after_the_story();
    let analyst = stage.seat("COORD_PRIV-ANALYST-01").await;
    analyst.go("/cases").await;
    analyst.press("main a[href^='/cases/']:not([href='/cases/new'])").await;
    analyst.until("#acts a[href^='/campaigns/']").await;
    let case = analyst.place().await;
    let director = stage.seat("COORD_PRIV-DIRECTOR-01").await;
    director.go(&case).await;
    step(&director, "publish", "a catalogue names it").await;
    director.close().await;
    analyst.go(&case).await;
    analyst.step("close", &[]).await;
    let why = analyst.refused().await;
    assert!(why.contains("still open"), "{why}");

    // Every ministry takes its act back; then nothing is owed.
    let acts = analyst.places("#acts a[href^='/campaigns/']").await;
    for title in ["LEAD_PRIV-DIRECTOR-01", "LEAD_PUB-DIRECTOR-01", "LEAD_MIL-DIRECTOR-01"] {
        let director = stage.seat(title).await;
        for act in &acts {
            director.go(act).await;
            if director.has(&fold("withdraw")).await {
                step(&director, "withdraw", "the supplier withdrew its advisory").await;
            }
        }
        director.close().await;
    }
    analyst.go(&case).await;
    analyst.step("close", &[]).await;
    analyst.told().await;
    analyst.close().await;
}
