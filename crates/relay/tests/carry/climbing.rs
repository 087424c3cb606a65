//! The ladder: each rung speaks once, to those it is for.

use bongsu_authority::Post;
use bongsu_relay::carry::address::{Holder, Reach};
use bongsu_relay::carry::climb::climb;
use bongsu_relay::carry::{Config, book};
use bongsu_response::escalation::Rung;

use crate::world::Town;

fn mailbox(town: &Town, holder: &Holder, to: &str) {
    let reach = Reach::Mail(to.parse().unwrap());
    book::put(town.desk.store(), &town.way, holder, reach, false, town.now()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_rung_is_said_once_to_those_it_is_for() {
    let mut town = Town::of(4).await;
    let ciso = town.world.appointments.iter().find(|it| it.post == Post::Ciso).unwrap().person;
    mailbox(&town, &Holder::Person(ciso), "officer@office0.example");
    mailbox(&town, &Holder::Station("SECTOR_FIN".parse().unwrap()), "desk@sector.example");
    mailbox(&town, &Holder::Station("LEAD_PRIV".parse().unwrap()), "desk@lead.example");
    town.plain("VPN");
    let config = Config::default();
    let go = |town: &Town| climb(&town.desk, &config, town.now()).unwrap();
    assert_eq!(go(&town).officers, 0, "nobody hears anything before half of the time is over");
    town.wait(37 * 60);
    let said = go(&town);
    assert_eq!(said.rungs.values().sum::<u64>(), 4, "{said:?}");
    assert_eq!(go(&town), bongsu_relay::carry::climb::Climbed::default(), "and once only");
    town.wait(66);
    let turned = town.turn().await;
    assert!(town.post.came().iter().any(|it| it.to.contains("officer@office0")), "{turned:?}");
    let before = town.post.came().len();
    town.wait(36 * 60);
    let said = go(&town);
    assert!(said.rungs.contains_key(&Rung::Sector), "{said:?}");
    assert!(said.stations >= 1, "one parcel for many institutions: {said:?}");
    town.turn().await;
    let came = town.post.came();
    let to_sector: Vec<_> =
        came[before..].iter().filter(|it| it.to.contains("desk@sector")).collect();
    assert_eq!(to_sector.len(), 1);
    assert!(to_sector[0].text().contains("institutions are late"), "{}", to_sector[0].text());
    town.wait(25 * 60);
    assert!(go(&town).rungs.contains_key(&Rung::Lead));
    town.turn().await;
    assert!(town.post.came().iter().any(|it| it.to.contains("desk@lead")));
}
