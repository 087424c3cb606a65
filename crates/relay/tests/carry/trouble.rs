//! What goes wrong in the world.

use std::collections::BTreeSet;
use std::time::Duration;

use bongsu_relay::carry::address::{Channel, Reach};
use bongsu_relay::carry::book::{self, BookError};
use bongsu_relay::carry::smtp::{Relay, Security};
use bongsu_relay::carry::{Config, Width};
use bongsu_response::Status;

use crate::sinks::{Hooks, Post250};
use crate::world::{Town, relay};

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_is_down_for_an_hour_loses_nothing_and_blames_nobody() {
    let mut town = Town::of(5).await;
    let number = town.put_mail(0);
    town.put_mails(1..5);
    *town.way.down.lock().unwrap() = true;
    let act = town.urgent("VPN");
    for _ in 0..12 {
        let turned = town.turn().await;
        assert_eq!(turned.delivered.get(&Channel::Mail), None);
        town.wait(5);
    }
    assert_eq!(town.address(0, number).failures, 0);
    assert!(
        town.trails(act, 0)[0].tries.iter().any(|it| it.channel == Channel::Mail && it.count > 1)
    );
    *town.way.down.lock().unwrap() = false;
    // Nobody tries a relay for five seconds after it failed.
    tokio::time::sleep(Duration::from_secs(6)).await;
    for _ in 0..12 {
        town.turn().await;
        town.wait(5);
    }
    assert_eq!(town.post.came().len(), 5);
    (0..5).for_each(|place| assert_eq!(town.status(act, place), Status::Delivered));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_to_a_private_address_is_not_taken_and_one_that_redirects_is_not_followed() {
    let mut town = Town::of(1).await;
    let Reach::Webhook { secret, .. } = town.hook("x", 1) else { unreachable!() };
    let url = "https://10.0.0.7/hook".parse().unwrap();
    let inside = Reach::Webhook { url, secret, before: None };
    let put = book::put(town.desk.store(), &town.way, &town.holder(0), inside, false, town.now());
    assert!(matches!(put, Err(BookError::Barred(_))), "{put:?}");
    let number = town.put_hook(0);
    town.hooks.answer(302);
    let act = town.urgent("VPN");
    town.turn().await;
    assert!(town.hooks.came().iter().all(|came| came.path == "/hook0"));
    assert_eq!(town.status(act, 0), Status::Created);
    assert_eq!(town.address(0, number).failures, 1);
    let trails = town.trails(act, 0);
    let tries = trails[0].tries.iter().find(|it| it.channel == Channel::Webhook).unwrap();
    let said = &tries.said;
    assert!(said.contains("302"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_whose_secret_rotates_is_signed_with_both() {
    let mut town = Town::of(1).await;
    let number = town.put_hook(0);
    assert_eq!(town.put(0, town.hook("hook0", 8)), number);
    town.urgent("VPN");
    town.turn().await;
    town.wait(25 * 60);
    town.urgent("Mail gateway");
    town.turn().await;
    let signatures: Vec<_> =
        town.hooks.came().iter().map(|came| came.headers["webhook-signature"].clone()).collect();
    let counts: Vec<_> = signatures.iter().map(|it| it.split(' ').count()).collect();
    assert_eq!(counts, [2, 1], "{signatures:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_endpoint_is_parked_and_carries_on_when_it_is_revived() {
    let mut town = Town::of(1).await;
    let number = town.put_hook(0);
    town.hooks.answer(500);
    let act = town.urgent("VPN");
    // Pauses are drawn: twelve tries take a day and a half or three.
    for _ in 0..120 {
        town.turn().await;
        town.wait(60);
    }
    let parked = town.address(0, number).parked.expect("it is dead");
    assert!(parked.why.contains("500"), "{parked:?}");
    let tries = town.hooks.came().len();
    assert_eq!(tries, 12);
    assert_eq!(town.status(act, 0), Status::Unreachable);
    town.hooks.answer(200);
    town.wait(12 * 60);
    town.turn().await;
    assert_eq!(town.hooks.came().len(), tries, "nothing is sent to the dead");
    assert!(book::revive(town.desk.store(), &town.holder(0), number, town.now()).unwrap());
    town.turn().await;
    assert_eq!(town.status(act, 0), Status::Delivered);
    let names: BTreeSet<_> =
        town.hooks.came().iter().map(|came| came.headers["webhook-id"].clone()).collect();
    assert_eq!(names.len(), 1, "one message has one name, however often it is sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_gone_is_parked_at_once() {
    let mut town = Town::of(1).await;
    let number = town.put_hook(0);
    town.put_mail(0);
    town.hooks.answer(410);
    let act = town.urgent("VPN");
    town.turn().await;
    assert!(town.address(0, number).parked.is_some());
    assert_eq!(town.status(act, 0), Status::Delivered, "by mail");
    assert_eq!(town.post.came().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_endpoint_keeps_nobody_else_back() {
    let mut town = Town::of(50).await;
    let silent = Hooks::open().await;
    for place in 0..40 {
        let Reach::Webhook { secret, .. } = town.hook("x", 7) else { unreachable!() };
        let url = silent.url("slow").parse().unwrap();
        town.put(place, Reach::Webhook { url, secret, before: None });
    }
    town.put_hooks(40..50);
    let act = town.urgent("VPN");
    let width = Width { quick: 4, slow: 64, a_host: 8, waiting: 16 };
    let carrier = town.carrier_of(Config { width, ..Config::default() });
    let turn = tokio::spawn(async move { carrier.turn().await });
    // Those that are silent have every turn at first, and would keep it for as long as they are waited for.
    while town.hooks.came().len() < 10 || town.status(act, 49) != Status::Delivered {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(!turn.is_finished(), "the silent are still waited for");
    assert_eq!(town.status(act, 0), Status::Created);
    turn.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_killed_between_sending_and_receipt_tells_twice_under_one_name_with_one_effect() {
    let mut town = Town::of(3).await;
    town.put_hooks(0..3);
    let act = town.urgent("VPN");
    // All have arrived, and nobody lives to note it.
    *town.way.deaf.lock().unwrap() = true;
    let carrier = town.carrier.clone();
    let doomed = tokio::spawn(async move { carrier.turn().await });
    while town.hooks.came().len() < 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    doomed.abort();
    let _ = doomed.await;
    *town.way.deaf.lock().unwrap() = false;
    (0..3).for_each(|place| assert_eq!(town.status(act, place), Status::Created));
    let town_now = town.now();
    let lease = town.desk.store().outbox_claim(10, town_now, town_now).unwrap();
    assert!(lease.is_empty(), "what was taken is not taken by others meanwhile");
    town.wait(11);
    let before = town.entries();
    town.another_carrier().turn().await.unwrap();
    let came = town.hooks.came();
    let names: BTreeSet<_> = came.iter().map(|came| &came.headers["webhook-id"]).collect();
    assert_eq!(names.len(), 3);
    assert_eq!(came.len(), 6, "each came twice");
    (0..3).for_each(|place| assert_eq!(town.status(act, place), Status::Delivered));
    assert_eq!(town.entries() - before, 1, "a receipt is recorded once");
    assert_eq!(town.waiting(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_unreachable_is_told_as_soon_as_there_is_an_address() {
    let mut town = Town::of(2).await;
    let act = town.urgent("VPN");
    town.turn().await;
    town.wait(31);
    let turned = town.turn().await;
    assert_eq!(turned.unreachable, 2);
    assert_eq!(town.status(act, 0), Status::Unreachable);
    town.put_mail(0);
    town.turn().await;
    assert_eq!(
        (town.status(act, 0), town.status(act, 1)),
        (Status::Delivered, Status::Unreachable)
    );
    assert!(!town.owed(act, 0).unreachable);
    assert!(town.trails(act, 0)[0].gave_up.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_refuses_leads_to_the_next_channel() {
    let mut town = Town::of(2).await;
    town.put(0, Reach::Mail("nobody@office0.example".parse().unwrap()));
    town.put_mail(1);
    let act = town.urgent("VPN");
    let turned = town.turn().await;
    assert_eq!(turned.failed.get(&Channel::Mail), Some(&1));
    assert_eq!((town.status(act, 0), town.status(act, 1)), (Status::Created, Status::Delivered));
    town.wait(121);
    for _ in 0..3 {
        town.turn().await;
        town.wait(60);
    }
    assert_eq!(town.status(act, 0), Status::Unreachable);
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_goes_out_under_tls_and_nowhere_where_a_relay_offers_none() {
    let mut town = Town::of(1).await;
    town.put_mail(0);
    let act = town.urgent("VPN");
    for (security, first, trusts, arrives) in [
        (Security::Tls, true, true, true),
        (Security::StartTls, false, true, true),
        (Security::Tls, true, false, false),
        (Security::StartTls, false, false, false),
    ] {
        let (post, certificate) = Post250::secure(first).await;
        let trusted = trusts.then_some(certificate);
        let relay =
            Relay { host: "localhost".to_owned(), security, trusted, ..relay(post.port, false) };
        let sent = town.carrier_over(relay).send_test(town.holder(0), 0).await;
        assert_eq!((sent.is_ok(), post.came().len()), (arrives, usize::from(arrives)), "{sent:?}");
    }
    let relay = Relay { security: Security::StartTls, ..relay(town.post.port, false) };
    town.carrier_over(relay).turn().await.unwrap();
    assert!(town.post.came().is_empty(), "nothing is said to a relay that offers no TLS");
    assert_eq!(town.status(act, 0), Status::Created);
}
