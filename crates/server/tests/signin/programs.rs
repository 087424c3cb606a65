//! Programs: secrets, tokens, certificates.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{Browser, World};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const FORGOTTEN: std::time::Duration = std::time::Duration::from_millis(4_200);

/// A program of an officer's, and a token of it.
async fn program(world: &World, browser: &mut Browser) -> (Value, String) {
    let making = json!({
        "appointment": world.operator.id.to_string(), "name": "nightly inventory",
        "scopes": ["inventory-write", "obligation-read"],
    });
    let (status, made) = browser.post("/api/v1/machines", making).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let token = token(world, &made).await;
    (made, token)
}

async fn token(world: &World, made: &Value) -> String {
    let (status, given) = world.browser().post("/api/v1/tokens", made.clone()).await;
    assert_eq!(status, StatusCode::CREATED, "{given}");
    given["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_program_gets_a_token_for_its_secret_and_loses_it_in_fifteen_minutes() {
    let world = World::new();
    let (mut browser, _) = world.signed_in(world.operator.person).await;
    let (_, token) = program(&world, &mut browser).await;
    let mut program = world.browser();
    program.site = false; // a program is no page
    program.carry(&token);
    let (status, me) = program.get("/api/v1/me").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(me["scopes"], json!(["inventory-write", "obligation-read"]));
    world.pass(14 * MINUTE);
    assert_eq!(program.me().await, StatusCode::OK);
    world.pass(2 * MINUTE);
    assert_eq!(program.me().await, StatusCode::UNAUTHORIZED, "also where it was remembered");
}

#[tokio::test]
async fn a_program_comes_for_what_it_was_let_in_for_and_for_nothing_grave() {
    let world = World::new();
    let (mut browser, _) = world.signed_in(world.operator.person).await;
    let (made, token) = program(&world, &mut browser).await;
    let mut program = world.browser();
    program.carry(&token);
    let invite = json!({ "appointment": world.ciso.id.to_string() });
    assert_eq!(program.post("/api/v1/invitations", invite).await.0, StatusCode::NOT_FOUND);
    let machine =
        json!({ "appointment": world.operator.id.to_string(), "name": "x", "scopes": ["operate"] });
    assert_eq!(program.post("/api/v1/machines", machine).await.0, StatusCode::FORBIDDEN);
    let mut more = made.clone();
    more["scopes"] = json!(["case-work"]);
    assert_eq!(
        world.browser().post("/api/v1/tokens", more).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let mut fewer = made;
    fewer["scopes"] = json!(["obligation-read"]);
    let (_, given) = world.browser().post("/api/v1/tokens", fewer).await;
    assert_eq!(given["scopes"], json!(["obligation-read"]));
}

#[tokio::test]
async fn whatever_is_wrong_with_a_secret_the_answer_is_the_same() {
    let world = World::new();
    let (mut browser, _) = world.signed_in(world.operator.person).await;
    let (made, _) = program(&world, &mut browser).await;
    let (id, secret) = (made["client_id"].clone(), made["client_secret"].clone());
    let wrong = [
        json!({ "client_id": id, "client_secret": "A".repeat(43) }),
        json!({ "client_id": id, "client_secret": "" }),
        json!({ "client_id": "AAAAAAAAAAAAAAAAAAAAAA", "client_secret": secret }),
        json!({ "client_id": "", "client_secret": secret }),
        json!({ "client_id": "'; DROP TABLE cabinet", "client_secret": "\r\n" }),
    ];
    let mut said = Vec::new();
    for one in wrong {
        said.push(world.browser().post("/api/v1/tokens", one).await);
    }
    for one in &said {
        assert_eq!(one.0, StatusCode::UNAUTHORIZED);
        assert_eq!(one, &said[0]);
    }
}

#[tokio::test]
async fn a_program_ends_with_its_officer_s_post() {
    let world = World::new();
    let (mut browser, _) = world.signed_in(world.operator.person).await;
    let (made, token) = program(&world, &mut browser).await;
    let mut program = world.browser();
    program.carry(&token);
    assert_eq!(program.me().await, StatusCode::OK);
    world.end(&world.operator);
    world.pass(MINUTE);
    tokio::time::sleep(FORGOTTEN).await;
    assert_eq!(program.me().await, StatusCode::UNAUTHORIZED);
    assert_eq!(world.browser().post("/api/v1/tokens", made).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_of_a_revoked_program_is_over() {
    let world = World::new();
    let (mut browser, _) = world.signed_in(world.operator.person).await;
    let (made, token) = program(&world, &mut browser).await;
    let mut program = world.browser();
    program.carry(&token);
    assert_eq!(program.me().await, StatusCode::OK);
    let this = format!("/api/v1/machines/{}", made["client_id"].as_str().unwrap());
    let (mut other, _) = world.signed_in(world.other.person).await;
    assert_eq!(other.delete(&this).await, StatusCode::NOT_FOUND);
    assert_eq!(other.get("/api/v1/machines").await.1, json!([]));
    assert_eq!(browser.delete(&this).await, StatusCode::NO_CONTENT);
    assert_eq!(program.me().await, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.delete(&this).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nobody_lets_a_program_in_for_a_post_of_somebody_else() {
    let world = World::new();
    let (mut browser, _) = world.signed_in(world.operator.person).await;
    for post in [&world.ciso, &world.other] {
        let making =
            json!({ "appointment": post.id.to_string(), "name": "x", "scopes": ["operate"] });
        assert_eq!(browser.post("/api/v1/machines", making).await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_pinned_certificate_lets_a_program_in_and_any_other_is_nobody() {
    let world = World::new();
    let (mut browser, _) = world.signed_in(world.operator.person).await;
    let making = json!({
        "appointment": world.operator.id.to_string(), "name": "scanner", "scopes": ["inventory-write"],
        "certificate": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
    });
    let (status, made) = browser.post("/api/v1/machines", making.clone()).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    assert_eq!(made.get("client_secret"), None);
    assert_eq!(browser.post("/api/v1/machines", making).await.0, StatusCode::CONFLICT);
    let mut program = world.browser();
    program.peer.certificate = Some([7; 32]);
    let (status, me) = program.get("/api/v1/me").await;
    assert_eq!((status, &me["scopes"]), (StatusCode::OK, &json!(["inventory-write"])));
    let mut stranger = world.browser();
    stranger.peer.certificate = Some([8; 32]);
    assert_eq!(stranger.me().await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_that_was_stolen_from_a_line_with_a_certificate_is_good_on_no_other() {
    let world = World::new();
    let (mut browser, _) = world.signed_in(world.operator.person).await;
    let (made, _) = program(&world, &mut browser).await;
    let mut program = world.browser();
    program.peer.certificate = Some([9; 32]);
    let (_, given) = program.post("/api/v1/tokens", made).await;
    let token = given["token"].as_str().unwrap();
    program.carry(token);
    assert_eq!(program.me().await, StatusCode::OK);
    let mut thief = world.browser();
    thief.carry(token);
    assert_eq!(thief.me().await, StatusCode::UNAUTHORIZED);
    thief.peer.certificate = Some([8; 32]);
    assert_eq!(thief.me().await, StatusCode::UNAUTHORIZED);
}
