//! Pages over answers that a test gives, in place of an API.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use http::{StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt;

/// The page at a place, in English: whoever looks is told what stands at a path, and that there is nothing at others.
async fn page(place: &str, answers: Value) -> String {
    let api = Router::new().fallback(async move |request: Request| -> Response {
        match answers.get(request.uri().path()) {
            Some(answer) => Json(answer.clone()).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    });
    let request = Request::get(place).header(header::ACCEPT_LANGUAGE, "en").body(Body::empty());
    let site = crate::site(api, crate::Settings::default());
    let answer = site.oneshot(request.unwrap()).await.unwrap();
    let page = to_bytes(answer.into_body(), 4 << 20).await.unwrap();
    String::from_utf8(page.to_vec()).unwrap()
}

fn me(could: &[&str]) -> Value {
    let post = json!({
        "appointment": "P", "title": "DESK-01", "post": "approver", "station": "LEAD_PRIV",
        "institution": null, "could": could,
    });
    json!({ "person": "P1", "posts": [post], "domains": [], "scopes": [], "preferences": null })
}

#[tokio::test]
async fn a_deadline_that_a_newer_table_brings_is_shown_in_the_words_of_the_table() {
    let row = |id: &str| {
        json!({
            "id": id, "trigger": "A satellite falls down", "limit": { "runs": "within", "hours": 24 },
            "owner": "institution", "to": "coordinator", "basis": "a law", "kind": "statute",
            "from": null, "until": null, "in_force": true, "source": "a book",
        })
    };
    let answers = json!({
        "/api/v1/me": me(&[]),
        "/api/v1/tables": { "items": [], "next": null },
        "/api/v1/deadlines": { "items": [row("K01"), row("Z99")], "next": null },
    });
    let page = page("/administration/tables", answers).await;
    assert!(page.contains("Service provider becomes aware of an incident"), "{page}");
    assert_eq!(page.matches("A satellite falls down").count(), 1, "{page}");
}

#[tokio::test]
async fn the_list_says_what_waits_for_whoever_reads_it() {
    let act = |id: &str, state: &str, did: Value| {
        json!({
            "id": id, "case": "C", "kind": "action_request", "state": state, "issuer": "LEAD_PRIV",
            "title_ko": "", "title_en": id, "issued_at": null, "drill": false, "edition": 0,
            "version": 1, "did": did,
        })
    };
    let shown = async |acts: Value| {
        let answers = json!({
            "/api/v1/me": me(&["review_action_request", "sign_action_request"]),
            "/api/v1/acts": { "items": acts, "next": null },
        });
        page("/campaigns", answers).await
    };
    let others = shown(json!([act("A", "draft", Value::Null)])).await;
    assert!(others.contains("Yours to review") && others.contains("Go to review"), "{others}");
    let own = shown(json!([act("A", "draft", json!("wrote"))])).await;
    assert!(!own.contains("Yours to review") && !own.contains("Go to review"), "{own}");
    assert!(own.contains("You wrote it. Waits for another approver"), "{own}");
    let signs = shown(json!([act("A", "reviewed", Value::Null)])).await;
    assert!(signs.contains("Go to sign"), "{signs}");
    let reviewed = shown(json!([act("A", "reviewed", json!("reviewed"))])).await;
    assert!(!reviewed.contains("Go to sign"), "{reviewed}");
    // Whose turn it is stands first.
    let both = json!([act("OWN", "draft", json!("wrote")), act("TURN", "draft", Value::Null)]);
    let both = shown(both).await;
    assert!(both.find("TURN") < both.find("OWN"), "{both}");
}

#[tokio::test]
async fn a_law_is_asked_for_where_a_directive_can_be_written_and_nowhere_else() {
    let asks = async |kinds: &[&str]| {
        let answers = json!({
            "/api/v1/me": me(kinds),
            "/api/v1/cases/C1": { "id": "C1", "title": "A flaw" },
        });
        let page = page("/campaigns/new?case=C1", answers).await;
        assert!(page.contains("name=\"text.todo_ko\""), "{page}");
        page.contains("text.legal_basis")
    };
    assert!(asks(&["draft_action_request", "draft_directive"]).await);
    assert!(!asks(&["draft_advisory", "draft_guideline"]).await, "a coordinator");
}
