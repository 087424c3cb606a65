//! Every page says what a browser may do with it, and whatever sends a form from elsewhere is refused.

use crate::browser::is_here;
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn every_page_says_what_a_browser_may_do_and_no_other_site_sends_a_form() {
    if !is_here() {
        return;
    }
    let stage = Stage::set();
    let browser = stage.seat("COORD_PRIV-ANALYST-01").await;
    let said = browser
        .page
        .execute_async(
            r#"
            const done = arguments[arguments.length - 1];
            (async () => {
              const said = [];
              for (const place of ["/", "/cases", "/task", "/no/such/page", "/sign-in"]) {
                const answer = await fetch(place);
                said.push([place, answer.headers.get("content-security-policy"), answer.headers.get("x-content-type-options"), answer.headers.get("referrer-policy"), answer.headers.get("x-frame-options"), answer.headers.get("cache-control")]);
              }
              done(said);
            })();
            "#,
            Vec::new(),
        )
        .await
        .unwrap();
    for row in said.as_array().unwrap() {
        let policy = row[1].as_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{row}");
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"),
            "{row}"
        );
        assert_eq!(
            (&row[2], &row[3], &row[4]),
            (&"nosniff".into(), &"same-origin".into(), &"DENY".into()),
            "{row}"
        );
        assert!(row[5].as_str().unwrap().contains("no-store"), "{row}");
    }
    // A page of another origin (another name of this machine) sends a form with whatever cookies go along.
    let port = stage.address.rsplit(':').next().unwrap();
    browser.page.goto(&format!("http://127.0.0.1:{port}/")).await.unwrap();
    browser
        .run(&format!(
            r#"
            const form = document.createElement("form");
            form.method = "post";
            form.action = "{}/do/v1/cases";
            form.innerHTML = '<input name=from value=hand><input name=title value=forged><input name="public:flag" value=no>';
            document.body.append(form);
            form.submit();
            "#,
            stage.address
        ))
        .await
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    browser.go("/cases").await;
    assert!(!browser.text().await.contains("forged"));
    browser.close().await;
}
