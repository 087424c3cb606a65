//! People: passkeys, sessions, invitations.

use bongsu_server::Time;
use http::{Method, StatusCode};
use jiff::SignedDuration;
use serde_json::json;

use crate::authenticator::Device;
use crate::world::{ORIGIN, World};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const MINUTE: SignedDuration = SignedDuration::from_mins(1);
/// Longer than an answer is remembered without asking the store.
const FORGOTTEN: std::time::Duration = std::time::Duration::from_millis(4_200);

#[tokio::test]
async fn an_officer_enters_a_passkey_with_an_invitation_and_signs_in_with_it() {
    let world = World::new();
    let (mut browser, mut device) = world.signed_in(world.ciso.person).await;
    let (status, me) = browser.get("/api/v1/me").await;
    assert_eq!((status, &me["person"]), (StatusCode::OK, &json!(world.ciso.person.to_string())));
    let mut elsewhere = world.browser();
    assert_eq!(elsewhere.me().await, StatusCode::UNAUTHORIZED);
    let (status, said) = elsewhere.show(&mut device).await;
    assert_eq!(status, StatusCode::CREATED, "{said}");
    assert_eq!(elsewhere.me().await, StatusCode::OK);
    let (_, sessions) = elsewhere.get("/api/v1/sessions").await;
    assert_eq!(sessions.as_array().unwrap().len(), 2);
    assert_eq!(elsewhere.delete("/api/v1/session").await, StatusCode::NO_CONTENT);
    assert_eq!(elsewhere.cookie, None);
    assert_eq!(browser.me().await, StatusCode::OK);
}

#[tokio::test]
async fn a_code_is_good_once_and_for_three_days_and_only_the_newest() {
    let world = World::new();
    let now = world.app.now();
    let first = world.app.door().invite(world.ciso.person, now).unwrap();
    let second = world.app.door().invite(world.ciso.person, now).unwrap();
    let mut browser = world.browser();
    let refused = |said: (StatusCode, serde_json::Value)| said.0 == StatusCode::UNAUTHORIZED;
    assert!(refused(browser.enter(&mut Device::new(ORIGIN), Some(&first)).await));
    let spelled = format!(" {} ", second.to_uppercase());
    let (status, _) = browser.enter(&mut Device::new(ORIGIN), Some(&spelled)).await;
    assert_eq!(status, StatusCode::CREATED);
    assert!(refused(world.browser().enter(&mut Device::new(ORIGIN), Some(&second)).await));
    let late = world.app.door().invite(world.ciso.person, now).unwrap();
    world.pass(73 * HOUR);
    assert!(refused(world.browser().enter(&mut Device::new(ORIGIN), Some(&late)).await));
}

#[tokio::test]
async fn two_who_race_with_one_code_enter_one_passkey() {
    let world = World::new();
    let code = world.app.door().invite(world.ciso.person, world.app.now()).unwrap();
    let (mut one, mut two) = (world.browser(), world.browser());
    let (mut first, mut second) = (Device::new(ORIGIN), Device::new(ORIGIN));
    let (a, b) =
        tokio::join!(one.enter(&mut first, Some(&code)), two.enter(&mut second, Some(&code)),);
    let entered = [a.0, b.0].iter().filter(|status| **status == StatusCode::CREATED).count();
    assert_eq!(entered, 1, "{a:?} {b:?}");
}

#[tokio::test]
async fn whoever_comes_back_with_an_invitation_comes_back_alone() {
    let world = World::new();
    let (mut stolen, mut lost) = world.signed_in(world.ciso.person).await;
    let (mut browser, _) = world.signed_in(world.ciso.person).await;
    assert_eq!(stolen.me().await, StatusCode::UNAUTHORIZED);
    assert_eq!(world.browser().show(&mut lost).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.me().await, StatusCode::OK);
}

#[tokio::test]
async fn an_invitation_comes_from_whoever_might_appoint_and_from_nobody_else() {
    let world = World::new();
    let invite =
        |post: &bongsu_authority::Appointment| json!({ "appointment": post.id.to_string() });
    let (mut head, _) = world.signed_in(world.head.person).await;
    let (status, said) = head.post("/api/v1/invitations", invite(&world.ciso)).await;
    assert_eq!(status, StatusCode::CREATED, "{said}");
    let code = said["code"].as_str().unwrap().to_owned();
    let entered = world.browser().enter(&mut Device::new(ORIGIN), Some(&code)).await;
    assert_eq!(entered.0, StatusCode::CREATED);
    let forbidden = head.post("/api/v1/invitations", invite(&world.other)).await;
    let absent = head.post("/api/v1/invitations", json!({ "appointment": "nothing" })).await;
    assert_eq!(forbidden, absent);
    assert_eq!(forbidden.0, StatusCode::NOT_FOUND);
    assert_eq!(head.post("/api/v1/invitations", invite(&world.head)).await, absent);
    let (mut operator, _) = world.signed_in(world.operator.person).await;
    assert_eq!(operator.post("/api/v1/invitations", invite(&world.ciso)).await, absent);
    world.pass(16 * MINUTE);
    let (status, said) = head.post("/api/v1/invitations", invite(&world.ciso)).await;
    assert_eq!(
        (status, &said["type"]),
        (StatusCode::FORBIDDEN, &json!("urn:bongsu:problem:step-up"))
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_passkey_is_not_said() {
    let world = World::new();
    let (_, mut device) = world.signed_in(world.ciso.person).await;
    let mut said = Vec::new();
    said.push(world.browser().show(&mut device.forged()).await);
    let mut stranger = Device::new(ORIGIN);
    said.push(world.browser().show(&mut stranger).await);
    device.origin = "https://n0de.example".to_owned();
    said.push(world.browser().show(&mut device).await);
    device.origin = ORIGIN.to_owned();
    // An answer to a ceremony is good once.
    let mut browser = world.browser();
    let (_, begun) = browser.post("/api/v1/session/begin", json!({})).await;
    let shown =
        json!({ "ceremony": begun["ceremony"], "credential": device.show(&begun["options"]) });
    assert_eq!(browser.post("/api/v1/session", shown.clone()).await.0, StatusCode::CREATED);
    said.push(world.browser().post("/api/v1/session", shown).await);
    // And for five minutes.
    let (_, begun) = browser.post("/api/v1/session/begin", json!({})).await;
    let shown =
        json!({ "ceremony": begun["ceremony"], "credential": device.show(&begun["options"]) });
    world.pass(6 * MINUTE);
    said.push(world.browser().post("/api/v1/session", shown).await);
    said.push(world.browser().enter(&mut Device::new(ORIGIN), Some("no such code")).await);
    for one in &said {
        assert_eq!(one.0, StatusCode::UNAUTHORIZED);
        assert_eq!(one, &said[0]);
    }
}

#[tokio::test]
async fn a_passkey_is_added_named_and_removed_but_the_last_one_stays() {
    let world = World::new();
    let (mut browser, _) = world.signed_in(world.ciso.person).await;
    let (_, passkeys) = browser.get("/api/v1/passkeys").await;
    let first = format!("/api/v1/passkeys/{}", passkeys[0]["id"].as_str().unwrap());
    assert_eq!(browser.delete(&first).await, StatusCode::CONFLICT);
    let mut second = Device::new(ORIGIN);
    assert_eq!(browser.enter(&mut second, None).await.0, StatusCode::CREATED);
    let (status, _, _) =
        browser.call(Method::PUT, &first, Some(json!({ "name": "예비 키" }))).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (_, passkeys) = browser.get("/api/v1/passkeys").await;
    assert!(passkeys.to_string().contains("예비 키"));
    let (mut other, _) = world.signed_in(world.other.person).await;
    assert_eq!(other.delete(&first).await, StatusCode::NOT_FOUND);
    assert_eq!(browser.delete(&first).await, StatusCode::NO_CONTENT);
    assert_eq!(world.browser().show(&mut second).await.0, StatusCode::CREATED);
    world.pass(16 * MINUTE);
    let late = browser.enter(&mut Device::new(ORIGIN), None).await;
    assert_eq!(late.0, StatusCode::FORBIDDEN, "a new key wants an old one shown lately");
}

#[tokio::test]
async fn a_session_s_secret_is_drawn_at_sign_in_and_the_one_before_ends() {
    let world = World::new();
    let (mut browser, mut device) = world.signed_in(world.ciso.person).await;
    // Fixation: somebody else's cookie in this browser does not become this person's session.
    let (mut attacker, _) = world.signed_in(world.other.person).await;
    let planted = attacker.cookie.clone();
    browser.cookie.clone_from(&planted);
    assert_eq!(browser.show(&mut device).await.0, StatusCode::CREATED);
    assert_ne!(browser.cookie, planted);
    assert_eq!(attacker.me().await, StatusCode::UNAUTHORIZED, "the planted one ended");
    let mut invented = world.browser();
    invented.cookie = Some("A".repeat(43));
    assert_eq!(invented.me().await, StatusCode::UNAUTHORIZED);
    assert_eq!(invented.show(&mut device).await.0, StatusCode::CREATED);
    assert_ne!(invented.cookie, Some("A".repeat(43)));
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing_with_a_session() {
    let world = World::new();
    let (mut browser, mut device) = world.signed_in(world.ciso.person).await;
    browser.site = false;
    let machine = json!({ "appointment": world.ciso.id.to_string(), "name": "x", "scopes": ["obligation-read"] });
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("x-nothing", "said"),
    ] {
        browser.extra.clear();
        browser.extra.insert(name, value.parse().unwrap());
        let (status, _) = browser.post("/api/v1/machines", machine.clone()).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{name}: {value}");
        assert_eq!(browser.get("/api/v1/me").await.0, StatusCode::OK, "reading is no change");
        // Nobody signs somebody in from another site, either.
        let (status, _) = browser.show(&mut device).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{name}: {value}");
    }
}

#[tokio::test]
async fn an_idle_session_ends_and_in_a_crisis_that_of_an_officer_lives_seven_days() {
    let world = World::new();
    let (mut browser, mut device) = world.signed_in(world.ciso.person).await;
    let (mut nobody, _) = world.signed_in(bongsu_authority::PersonId([200; 16])).await;
    world.app.door().crisis().declare(true);
    world.pass(6 * 24 * HOUR);
    tokio::time::sleep(FORGOTTEN).await;
    assert_eq!(browser.me().await, StatusCode::OK, "no sign-out in a crisis");
    assert_eq!(nobody.me().await, StatusCode::UNAUTHORIZED, "only for whoever holds a post");
    world.app.door().crisis().declare(false);
    assert_eq!(browser.me().await, StatusCode::OK, "it was used just now");
    world.pass(13 * HOUR);
    tokio::time::sleep(FORGOTTEN).await;
    assert_eq!(browser.me().await, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.show(&mut device).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn a_revoked_session_is_over_within_five_seconds_on_another_replica() {
    let world = World::new();
    let (mut browser, _) = world.signed_in(world.ciso.person).await;
    assert_eq!(browser.me().await, StatusCode::OK);
    // The other replica has the same database and a memory of its own.
    let mut there = world.elsewhere(world.time.clone());
    there.cookie.clone_from(&browser.cookie);
    assert_eq!(there.me().await, StatusCode::OK);
    let (_, sessions) = browser.get("/api/v1/sessions").await;
    let this = format!("/api/v1/sessions/{}", sessions[0]["id"].as_str().unwrap());
    assert_eq!(browser.delete(&this).await, StatusCode::NO_CONTENT);
    assert_eq!(browser.me().await, StatusCode::UNAUTHORIZED, "here at once");
    tokio::time::sleep(FORGOTTEN).await;
    assert_eq!(there.me().await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_of_somebody_else_cannot_be_ended_or_seen() {
    let world = World::new();
    let (mut browser, _) = world.signed_in(world.ciso.person).await;
    let (mut other, _) = world.signed_in(world.other.person).await;
    let (_, sessions) = browser.get("/api/v1/sessions").await;
    let this = format!("/api/v1/sessions/{}", sessions[0]["id"].as_str().unwrap());
    assert_eq!(other.delete(&this).await, StatusCode::NOT_FOUND);
    assert_eq!(other.get("/api/v1/sessions").await.1.as_array().unwrap().len(), 1);
    assert_eq!(browser.me().await, StatusCode::OK);
}

#[tokio::test]
async fn a_clock_that_jumps_ahead_and_comes_back_ends_nobody_s_session_for_good() {
    let world = World::new();
    let (mut browser, _) = world.signed_in(world.ciso.person).await;
    let mut there = world.elsewhere(Time::drill(world.app.now() + 24 * HOUR));
    there.cookie.clone_from(&browser.cookie);
    assert_eq!(there.me().await, StatusCode::UNAUTHORIZED);
    tokio::time::sleep(FORGOTTEN).await;
    assert_eq!(browser.me().await, StatusCode::OK);
    // And what was shown at a time still to come counts for nothing grave.
    let mut there = world.elsewhere(Time::drill(world.app.now() - HOUR));
    there.cookie.clone_from(&browser.cookie);
    assert_eq!(there.me().await, StatusCode::OK);
    let (status, _) = there.post("/api/v1/passkeys/begin", json!({})).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_name_with_a_line_break_or_a_header_in_it_goes_nowhere() {
    let world = World::new();
    let (mut browser, _) = world.signed_in(world.ciso.person).await;
    let (_, passkeys) = browser.get("/api/v1/passkeys").await;
    let path = format!("/api/v1/passkeys/{}", passkeys[0]["id"].as_str().unwrap());
    for name in ["a\r\nSet-Cookie: x=y", "a\nb", "\u{0}", "", &"가".repeat(61)] {
        let (status, headers, _) =
            browser.call(Method::PUT, &path, Some(json!({ "name": name }))).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name:?}");
        assert!(!headers.contains_key("set-cookie"));
    }
    let path = "/api/v1/sessions/x%0d%0aSet-Cookie:%20a=b";
    let (status, headers, _) = browser.call(Method::DELETE, path, None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(!headers.contains_key("set-cookie"));
}
