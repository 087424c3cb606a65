//! Many at once: each gets their share, and nobody another's.

use http::StatusCode;
use serde_json::json;

use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_thousand_polls_of_one_caller_are_limited_and_others_are_served() {
    let world = World::new();
    let (mut loud, _) = world.signed_in(world.ciso.person).await;
    let (mut calm, _) = world.signed_in(world.other.person).await;
    let (mut served, mut limited) = (0, 0);
    for number in 0..50_000 {
        let (status, headers, _) = loud.call(http::Method::GET, "/api/v1/me", None).await;
        match status {
            StatusCode::OK => served += 1,
            StatusCode::TOO_MANY_REQUESTS => {
                limited += 1;
                let after: u32 = headers["retry-after"].to_str().unwrap().parse().unwrap();
                assert!((1..=60).contains(&after), "{after}");
            }
            other => panic!("{other}"),
        }
        if number % 500 == 0 {
            assert_eq!(calm.me().await, StatusCode::OK, "after {number}");
        }
    }
    assert!(served >= 2_000 && limited > 20_000, "{served} served, {limited} limited");
}

#[tokio::test]
async fn whoever_guesses_is_slowed_down_by_address_and_locks_out_nobody_else() {
    let world = World::new();
    let guess = |id: &str| json!({ "client_id": id, "client_secret": "A".repeat(43) });
    let mut one = world.browser();
    for _ in 0..15 {
        let (status, _) = one.post("/api/v1/tokens", guess("BwcHBwcHBwcHBwcHBwcHBw")).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
    // From elsewhere the program itself is still heard: whoever knows its id cannot lock it out.
    let mut other = world.browser();
    other.peer.address = "198.51.100.9:1".parse().unwrap();
    let (status, _) = other.post("/api/v1/tokens", guess("BwcHBwcHBwcHBwcHBwcHBw")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    // Another target is tried until the address has tried enough.
    let mut limited = 0;
    for number in 0..80 {
        let (status, _) = one.post("/api/v1/tokens", guess(&format!("id{number}"))).await;
        limited += usize::from(status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(limited > 0);
    let (status, _) = other.post("/api/v1/tokens", guess("another")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "other addresses still may try");
}

#[tokio::test]
async fn invented_tokens_shut_the_door_to_their_address_and_to_no_signed_in_neighbour() {
    let world = World::new();
    let (mut neighbour, _) = world.signed_in(world.ciso.person).await;
    assert_eq!(neighbour.me().await, StatusCode::OK);
    let mut guessing = world.browser();
    let mut shut = false;
    for number in 0..100_u8 {
        use base64::Engine as _;
        let token = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode([number; 32]);
        guessing.carry(&token);
        shut |= guessing.me().await == StatusCode::TOO_MANY_REQUESTS;
    }
    assert!(shut);
    assert_eq!(neighbour.me().await, StatusCode::OK, "known a moment ago, from the same address");
}
