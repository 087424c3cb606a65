//! What is told arrives, once, and the record says so.

use bongsu_relay::carry::address::Channel;
use bongsu_relay::carry::inbox;
use bongsu_response::Status;

use crate::world::Town;

#[tokio::test(flavor = "multi_thread")]
async fn an_urgent_act_reaches_webhooks_and_mailboxes_at_once() {
    let mut town = Town::of(4).await;
    town.put_hooks(0..2);
    town.put_mails(1..3);
    let act = town.urgent("VPN");
    let turned = town.turn().await;
    assert_eq!(turned.delivered.get(&Channel::Webhook), Some(&2), "{turned:?}");
    assert_eq!(turned.delivered.get(&Channel::Mail), Some(&1), "only who has no webhook");
    for place in 0..3 {
        assert_eq!(town.status(act, place), Status::Delivered);
    }
    assert_eq!(town.status(act, 3), Status::Created, "nothing leads there yet");
    let came = &town.hooks.came()[0];
    assert!(came.headers["webhook-signature"].starts_with("v1,"));
    assert!(came.body.contains("acknowledge_by"), "{}", came.body);
    let letter = &town.post.came()[0];
    assert!(letter.to.contains("ciso@office2.example"));
    let text = letter.text();
    assert!(text.contains("KST (2026-11-2") && text.contains("+09:00)"), "{text}");
    assert!(text.contains("Acknowledge by: ") && text.contains("수신확인 기한: "), "{text}");
    let trails = town.trails(act, 0);
    assert_eq!(trails.len(), 1);
    assert_eq!(trails[0].receipt.map(|it| it.0), Some(Channel::Webhook));
    assert_eq!(town.waiting(), 1);
    let before = town.entries();
    town.turn().await;
    assert_eq!((town.hooks.came().len(), town.post.came().len(), town.entries()), (2, 1, before));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_in_the_inbox_counts_once_it_was_fetched() {
    let mut town = Town::of(2).await;
    let act = town.plain("VPN");
    town.turn().await;
    let found = inbox::list(town.desk.store(), town.institution(0), None, 10, town.now()).unwrap();
    assert_eq!((found.len(), found[0].act, found[0].fetched_at), (1, act, None));
    assert_eq!(town.status(act, 0), Status::Created);
    // Nobody fetches what lies in somebody else's inbox.
    let theirs = inbox::fetched(&town.desk, town.institution(1), &[found[0].place()], town.now());
    assert_eq!(theirs.unwrap(), 0);
    for news in [1, 0] {
        let own = inbox::fetched(&town.desk, town.institution(0), &[found[0].place()], town.now());
        assert_eq!(own.unwrap(), news);
    }
    assert_eq!((town.status(act, 0), town.status(act, 1)), (Status::Delivered, Status::Created));
    assert_eq!(town.trails(act, 0)[0].receipt.map(|it| it.0), Some(Channel::Inbox));
    town.wait(24 * 60 + 1);
    town.turn().await;
    assert_eq!(
        (town.status(act, 0), town.status(act, 1)),
        (Status::Delivered, Status::Unreachable)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_was_tested_counts_for_ninety_days() {
    let mut town = Town::of(1).await;
    let (mail, hook) = (town.put_mail(0), town.put_hook(0));
    assert!(!town.address(0, mail).is_tested(town.now()));
    for number in [mail, hook] {
        town.carrier.send_test(town.holder(0), number).await.unwrap();
        assert!(town.address(0, number).is_tested(town.now()));
    }
    assert_eq!((town.post.came().len(), town.hooks.came().len()), (1, 1));
    assert!(town.carrier.send_test(town.holder(0), 99).await.is_err());
    town.wait(91 * 24 * 60);
    assert!(!town.address(0, mail).is_tested(town.now()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_of_thousands_is_one_entry_for_a_batch_of_receipts() {
    let mut town = Town::of(3000).await;
    (0..3000).for_each(|place| {
        if place % 2 == 0 {
            town.put_hook(place);
        }
    });
    let before = town.entries();
    town.urgent("VPN");
    let turned = town.turn().await;
    let again = std::cell::Cell::new(turned.delivered[&Channel::Webhook]);
    // One host has so many turns: the rest is taken again a little later.
    while again.get() < 1500 {
        town.wait(1);
        again.set(again.get() + town.turn().await.delivered[&Channel::Webhook]);
    }
    assert_eq!(town.hooks.came().len(), 1500);
    assert!(town.entries() - before < 60, "{}", town.entries() - before);
}
