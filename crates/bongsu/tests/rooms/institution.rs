//! What an institution arranges for itself: who may act for it, who holds its posts, and a document dropped on the page.

use crate::browser::{Browser, is_here};
use crate::stage::Stage;

/// The officer of an institution that the demonstration offers; gives the place of their institution, too.
async fn ciso(stage: &Stage) -> (Browser, String) {
    let browser = stage.ciso().await;
    let own = browser.until("nav a[href^='/institutions/']").await;
    let place = own.attr("href").await.unwrap().unwrap();
    (browser, place)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_entrusted_and_the_trust_is_ended() {
    if !is_here() {
        return;
    }
    let stage = Stage::set();
    let (ciso, own) = ciso(&stage).await;
    ciso.go(&format!("{own}/delegations")).await;
    let before = ciso.count("#given form").await;
    ciso.press("input[type=radio][name=provider]").await;
    ciso.press("form:has([name=provider]) button.main").await;
    ciso.told().await;
    let given = ciso.count("#given form").await;
    assert_eq!(given, before + 1);
    ciso.press("#given details > summary").await;
    ciso.press("#given details[open] button.grave").await;
    ciso.told().await;
    let left = ciso.count("#given form").await;
    assert_eq!(left, before, "{}", ciso.text().await);
    ciso.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deputy_is_appointed_and_the_appointment_is_ended() {
    if !is_here() {
        return;
    }
    let stage = Stage::set();
    let (ciso, own) = ciso(&stage).await;
    ciso.go(&format!("{own}/officers")).await;
    ciso.until("#posts").await;
    // A head appoints whom they like. A CISO names a deputy, and nobody else: then no other post is offered.
    if ciso.has("#post").await {
        ciso.choose("#post", "ciso").await;
        ciso.run(
            "for (const one of document.querySelectorAll('#deputy option')) if (/CISO/.test(one.textContent)) one.selected = true",
        )
        .await
        .unwrap();
    }
    ciso.fill("#f-title", "CISO-DEPUTY").await;
    ciso.press("form:has(#f-title) button.main").await;
    ciso.told().await;
    assert!(ciso.text().await.contains("CISO-DEPUTY"), "{}", ciso.text().await);
    ciso.run(
        "for (const row of document.querySelectorAll('#posts tr')) if (/CISO-DEPUTY/.test(row.textContent)) row.querySelector('details').open = true",
    )
    .await
    .unwrap();
    // On a clock that stands it began this minute, and an end lies after a beginning.
    ciso.set_ahead("#posts details[open] input[type=datetime-local]", 1).await;
    ciso.press("#posts details[open] button.grave").await;
    ciso.told().await;
    ciso.close().await;
}

const SBOM: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,"metadata":{"component":{"type":"application","name":"dropped"}},"components":[{"type":"library","name":"left-pad","version":"1.3.0","purl":"pkg:npm/left-pad@1.3.0"}]}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_dropped_on_the_page_is_read() {
    if !is_here() {
        return;
    }
    let stage = Stage::set();
    let (ciso, own) = ciso(&stage).await;
    ciso.go(&format!("{own}/inventory")).await;
    ciso.until(".drop").await;
    let drop = "const all = new DataTransfer();\
        all.items.add(new File([arguments[0]], 'dropped.cdx.json', { type: 'application/json' }));\
        const box = document.querySelector('.drop');\
        for (const name of ['dragover', 'drop']) box.dispatchEvent(new DragEvent(name, { dataTransfer: all, bubbles: true, cancelable: true }));\
        return document.querySelector('#file').files.length";
    let held = ciso.page.execute(drop, vec![serde_json::json!(SBOM)]).await.unwrap();
    assert_eq!(held, 1, "the file is in the form");
    ciso.press("form[data-upload] button.main").await;
    ciso.until("a.main[href*='?system=']").await;
    assert!(ciso.place().await.contains("/uploads/"), "{}", ciso.place().await);
    ciso.close().await;
}
