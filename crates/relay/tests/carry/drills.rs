//! A drill never reaches a real channel, nothing real reaches a sink of drills, and what is not to leave does not.

use bongsu_authority::Grade;
use bongsu_relay::carry::address::Reach;
use bongsu_relay::carry::{Config, book, inbox};
use bongsu_response::Status;

use crate::world::Town;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_real_is_sent_to_a_sink_of_drills() {
    let mut town = Town::of(1).await;
    let store = town.desk.store();
    for reach in [town.hook("sink", 7), Reach::Mail("sink@drill.example".parse().unwrap())] {
        book::put(store, &town.way, &town.holder(0), reach, true, town.now()).unwrap();
    }
    let act = town.urgent("VPN");
    town.turn().await;
    assert!(town.hooks.came().is_empty() && town.post.came().is_empty());
    assert_eq!(town.status(act, 0), Status::Created);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_drill_is_sent_to_a_real_channel() {
    let mut town = Town::in_realm(2, Vec::new(), true).await;
    town.put_hook(0);
    town.put_mail(0);
    town.put_hook(1);
    let sink = Reach::Mail("sink@drill.example".parse().unwrap());
    book::put(town.desk.store(), &town.way, &town.holder(1), sink, true, town.now()).unwrap();
    let act = town.urgent("훈련");
    town.turn().await;
    assert!(town.hooks.came().is_empty());
    let came = town.post.came();
    assert_eq!(came.len(), 1);
    assert!(came[0].to.contains("sink@drill.example"));
    assert!(came[0].text().starts_with("[훈련] "), "{}", came[0].text());
    assert_eq!((town.status(act, 0), town.status(act, 1)), (Status::Created, Status::Delivered));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_above_the_ceiling_lies_in_the_inbox_and_nowhere_else() {
    let mut town = Town::of(1).await;
    town.put_hook(0);
    town.put_mail(0);
    let act = town.urgent("VPN");
    let mut config = Config::default();
    config.outside.ceiling = Grade::Open;
    let carrier = town.carrier_of(config);
    carrier.turn().await.unwrap();
    assert!(town.hooks.came().is_empty() && town.post.came().is_empty());
    let found = inbox::list(town.desk.store(), town.institution(0), None, 10, town.now()).unwrap();
    assert_eq!(found.len(), 1);
    town.wait(31);
    carrier.turn().await.unwrap();
    assert_eq!(town.status(act, 0), Status::Unreachable, "somebody calls");
}
