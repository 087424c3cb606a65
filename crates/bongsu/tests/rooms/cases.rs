//! The life of a case through its page: merged and split, rejected, published, closed when nothing is owed any more.

use crate::browser::{Browser, View, is_here};
use crate::stage::Stage;

pub(crate) async fn sit(stage: &Stage, title: &str) -> Browser {
    let browser = Browser::open(&stage.address, View::DESK).await;
    browser.sit(title).await;
    browser
}

/// Opens a case by hand; gives its place.
pub(crate) async fn open(browser: &Browser, title: &str) -> String {
    browser.go("/cases/new").await;
    browser.press("details:has(input[value=hand]) > summary").await;
    browser.fill("#f-hand-title", title).await;
    browser.press("form:has(input[value=hand]) button:last-of-type").await;
    browser.told().await;
    browser.place().await
}

/// Takes a step of a case's page that asks for a reason.
pub(crate) async fn step(browser: &Browser, step: &str, why: &str) {
    let form = format!("details:has(input[name=step][value={step}])");
    browser.press(&format!("{form} > summary")).await;
    browser.fill(&format!("#f-{step}-why"), why).await;
    browser.press(&format!("{form} button")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_reports_of_one_flaw_become_one_case_and_two_again() {
    if !is_here() {
        return;
    }
    let stage = Stage::set();
    let analyst = sit(&stage, "COORD_PRIV-ANALYST-01").await;
    let first = open(&analyst, "A parser that trusts its input").await;
    let second = open(&analyst, "The same parser, found by somebody else").await;

    analyst.press("details:has(input[value=merge]) > summary").await;
    analyst.fill("#f-merge-into", "7zzzzzzzzzzzzzzzzzzzzzzzzz").await;
    analyst.fill("#f-merge-why", "same function, same input").await;
    analyst.press("details:has(input[value=merge]) button").await;
    // A case that is not there: the page says so, and what was typed is kept.
    analyst.until("#went-wrong").await;
    let into = first.trim_start_matches("/cases/");
    analyst.fill("#f-merge-into", into).await;
    analyst.press("details:has(input[value=merge]) button").await;
    analyst.told().await;
    analyst.until(&format!("#what a[href='{first}']")).await;

    analyst.go(&second).await;
    step(&analyst, "split", "another function after all").await;
    analyst.told().await;
    assert!(!analyst.has(&format!("#what a[href='{first}']")).await);
    analyst.close().await;
}

/// Lets a colleague into the compartment, and looks at the case as them.
pub(crate) async fn let_in(stage: &Stage, analyst: &Browser, title: &str) -> Browser {
    let case = analyst.place().await;
    let colleague = sit(stage, title).await;
    colleague.go(&case).await;
    assert!(!colleague.has("#what").await, "a case that is not public shows itself to members");
    let form = "#members > details:has(input[name=step][value=add_member])";
    analyst.press(&format!("{form} > summary")).await;
    let who = format!(
        "return [...document.querySelectorAll('#f-add_member-who option')].find(one => one.textContent.startsWith('{title}')).value"
    );
    let who = analyst.run(&who).await.unwrap();
    analyst.choose("#f-add_member-who", who.as_str().unwrap()).await;
    analyst.fill("#f-add_member-reason", "decides about it").await;
    analyst.press(&format!("{form} form > button")).await;
    analyst.told().await;
    colleague.go(&case).await;
    colleague.until("#what").await;
    colleague
}

/// Presses the one thing to do next.
pub(crate) async fn next(browser: &Browser) {
    browser.press("#what form button.main, #what form[action^='/do/'] button").await;
    browser.told().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_is_none_is_rejected_by_two_and_a_new_fact_opens_it_again() {
    if !is_here() {
        return;
    }
    let stage = Stage::set();
    let analyst = sit(&stage, "COORD_PRIV-ANALYST-01").await;
    open(&analyst, "It crashes when it is told to").await;
    next(&analyst).await;
    next(&analyst).await;
    // How bad it would be is not known, so it counts as severe: one proposes, another rejects.
    step(&analyst, "reject", "it is documented").await;
    analyst.told().await;
    let colleague = sit(&stage, "COORD_PRIV-ANALYST-02").await;
    colleague.go(&analyst.place().await).await;
    step(&colleague, "reject", "I agree").await;
    colleague.told().await;
    assert!(colleague.text().await.to_lowercase().contains("rejected"));
    step(&colleague, "reopen", "it crashes when it is not told to, too").await;
    colleague.told().await;
    // The director sees what is not public only as a member.
    analyst.go(&analyst.place().await).await;
    let director = let_in(&stage, &analyst, "COORD_PRIV-DIRECTOR-01").await;
    for browser in [analyst, colleague, director] {
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_published_by_the_director_alone() {
    if !is_here() {
        return;
    }
    let stage = Stage::set();
    let analyst = sit(&stage, "COORD_PRIV-ANALYST-01").await;
    // What is public already is confirmed as it is opened.
    analyst.go("/cases/new").await;
    analyst.press("details:has(input[value=hand]) > summary").await;
    analyst.fill("#f-hand-title", "A gateway that lets strangers in").await;
    analyst.choose("#f-hand-public", "yes").await;
    analyst.choose("#f-hand-label-tlp", "GREEN").await;
    analyst.choose("#f-hand-label-grade", "open").await;
    analyst.press("form:has(input[value=hand]) button:last-of-type").await;
    analyst.told().await;
    let case = analyst.place().await;
    assert!(!analyst.has("input[value=publish]").await, "an analyst does not publish");

    let director = sit(&stage, "COORD_PRIV-DIRECTOR-01").await;
    director.go(&case).await;
    step(&director, "publish", "the supplier has published").await;
    director.until("main > [role=status], #went-wrong").await;
    assert!(!director.has("#went-wrong").await, "{}", director.text().await);
    assert!(!director.has("input[value=publish]").await, "once is enough");
    for browser in [analyst, director] {
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_not_closed_while_somebody_owes_an_answer() {
    if !is_here() {
        return;
    }
    let stage = Stage::after_the_story();
    let analyst = sit(&stage, "COORD_PRIV-ANALYST-01").await;
    analyst.go("/cases").await;
    analyst.press("main a[href^='/cases/']:not([href='/cases/new'])").await;
    analyst.until("#acts a[href^='/campaigns/']").await;
    let case = analyst.place().await;
    let director = sit(&stage, "COORD_PRIV-DIRECTOR-01").await;
    director.go(&case).await;
    step(&director, "publish", "a catalogue names it").await;
    director.told().await;
    director.close().await;
    analyst.go(&case).await;
    analyst.press("details:has(input[value=close]) > summary").await;
    analyst.press("details:has(input[value=close]) button").await;
    let why = analyst.refused().await;
    assert!(why.contains("still open"), "{why}");

    // Every ministry takes its act back; then nothing is owed.
    let acts = "return [...document.querySelectorAll(\"#acts a[href^='/campaigns/']\")].map((a) => a.pathname)";
    let acts = analyst.run(acts).await.unwrap();
    for title in ["LEAD_PRIV-DIRECTOR-01", "LEAD_PUB-DIRECTOR-01", "LEAD_MIL-DIRECTOR-01"] {
        let director = sit(&stage, title).await;
        for act in acts.as_array().unwrap().iter().filter_map(|act| act.as_str()) {
            director.go(act).await;
            if director.has("details:has(input[value=withdraw])").await {
                director.press("details:has(input[value=withdraw]) > summary").await;
                let why = "details:has(input[value=withdraw]) textarea";
                director.fill(why, "the supplier withdrew its advisory").await;
                director.press("details:has(input[value=withdraw]) button").await;
                director.told().await;
            }
        }
        director.close().await;
    }
    analyst.go(&case).await;
    analyst.press("details:has(input[value=close]) > summary").await;
    analyst.press("details:has(input[value=close]) button").await;
    analyst.until("main > [role=status], #went-wrong").await;
    assert!(!analyst.has("#went-wrong").await, "{}", analyst.text().await);
    analyst.close().await;
}
