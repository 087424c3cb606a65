//! The owner of a small firm answers on a phone, with the code of a message and nothing else: with and without a script.

use crate::browser::{Browser, View, is_here};
use crate::stage::Stage;

const PHONE: View = View { wide: 360, language: "ko", theme: "light", script: true };

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_answers_on_a_phone_with_four_inputs_at_most() {
    if !is_here() {
        return;
    }
    let stage = Stage::after_the_story();
    for view in [PHONE, View { wide: 320, script: false, ..PHONE }] {
        let phone = Browser::open(&stage.address, view).await;
        phone.go("/task").await;
        let code = phone.until("b.code").await.text().await.unwrap();
        // First input: the code.
        phone.write("code", &code.to_lowercase().replace(' ', "")).await;
        phone.press("form.card button.main").await;
        phone.until("#choose").await;
        let fits = "return document.documentElement.scrollWidth <= window.innerWidth";
        if view.script {
            assert_eq!(phone.run(fits).await.unwrap(), true, "the page is wider than the phone");
        }
        let place = phone.page.current_url().await.unwrap();
        let bare = code.replace(' ', "");
        assert!(!place.as_str().to_uppercase().contains(&bare), "the code stands in the address");
        // Second, third and fourth: what was done, how, and sent.
        phone.unfold("☎").await;
        phone.press("details[open] button.main").await;
        phone.until("section.finish").await;
        phone.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_is_told_what_to_do() {
    if !is_here() {
        return;
    }
    let stage = Stage::set();
    let phone = Browser::open(&stage.address, View { language: "en", ..PHONE }).await;
    phone.go("/task").await;
    phone.write("code", "AAAA AAAA AAAA AAAA").await;
    phone.press("form.card button.main").await;
    phone.until("#trouble").await;
    phone.close().await;
}
