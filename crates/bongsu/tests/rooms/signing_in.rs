//! Signing in at a provider of one's own house; and a grave act long after, which asks to be shown who it is again.

use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

use crate::browser::{Browser, View, is_here};
use crate::guest::{BANK, Guest};

/// Gives the browser a key to show, as the driver's own part of that standard has it.
#[derive(Debug)]
struct Authenticator;

impl WebDriverCompatibleCommand for Authenticator {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/webauthn/authenticator", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let key: Value = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserConsenting": true, "isUserVerified": true,
        });
        (Method::POST, Some(key.to_string()))
    }
}

/// The head of the bank links who the provider says they are to who they are here.
async fn linked(node: &Guest) -> Browser {
    let browser = Browser::open(&node.address, View::DESK).await;
    browser.go("/invitation").await;
    let code = node.invite().await;
    browser.fill("#invitation", &code).await;
    browser.press("form[data-provider=ministry] button").await;
    browser.until("a[href='/explorer']").await;
    browser
}

/// Names an operator; gives what the page says then.
async fn appoint(browser: &Browser, title: &str) {
    browser.go(&format!("/institutions/{BANK}/officers")).await;
    browser.choose("#post", "operator").await;
    browser.fill("#f-title", title).await;
    browser.press("form:has(#post) button.main").await;
    browser.until("main > [role=status], #went-wrong, [data-passkey=enter]").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_in_at_their_own_house_and_comes_back_to_the_act_that_asked_again() {
    if !is_here() {
        return;
    }
    let node = Guest::begin();
    let head = linked(&node).await;
    appoint(&head, "OPERATOR-FIRST").await;
    assert!(!head.has("#went-wrong").await, "{}", head.text().await);

    // Twenty minutes later a grave act asks who it is; the provider says so in another tab, and what was typed is sent.
    node.wait(20);
    appoint(&head, "OPERATOR-SECOND").await;
    let first = head.page.window().await.unwrap();
    head.press("a[target=_blank]").await;
    let windows = head.page.windows().await.unwrap();
    let second = windows.into_iter().find(|one| *one != first).unwrap();
    head.page.switch_to_window(second).await.unwrap();
    head.press("form[data-provider=ministry] button").await;
    head.until(".card p").await;
    head.reaches("/sign-in/shown").await;
    head.page.close_window().await.unwrap();
    head.page.switch_to_window(first).await.unwrap();
    head.press("#send").await;
    head.reaches(&format!("/institutions/{BANK}/officers")).await;
    assert!(head.text().await.contains("OPERATOR-SECOND"), "{}", head.text().await);

    // Signed out, the button of the provider signs in without any code.
    head.go("/").await;
    head.page.delete_all_cookies().await.unwrap();
    head.go("/sign-in").await;
    head.press("form[data-provider=ministry] button").await;
    head.until("a[href='/explorer']").await;
    head.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_shown_again_and_the_act_goes_on() {
    if !is_here() {
        return;
    }
    let node = Guest::begin();
    let head = linked(&node).await;
    head.page.issue_cmd(Authenticator).await.unwrap();
    head.go("/account").await;
    head.fill("#name", "a key of the test").await;
    head.press("form[data-passkey=new] button").await;
    head.until("table.cards td b").await;

    node.wait(20);
    appoint(&head, "OPERATOR-FIRST").await;
    let said = head.text().await;
    assert!(said.contains("15 minutes"), "{said}");
    head.press("button[data-passkey=enter]").await;
    head.reaches(&format!("/institutions/{BANK}/officers")).await;
    assert!(head.text().await.contains("OPERATOR-FIRST"), "{}", head.text().await);
    head.close().await;
}
