//! What can wait comes in one mail.

use bongsu_relay::carry::address::Channel;

use crate::world::Town;

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_of_twenty_is_one_mail_and_what_is_urgent_breaks_through() {
    let mut town = Town::of(3).await;
    town.put_mails(0..3);
    let acts: Vec<_> = (0..20).map(|number| town.plain(&format!("program {number}"))).collect();
    town.turn().await;
    assert_eq!(town.post.came().len(), 0, "nobody is disturbed before the digest");
    town.urgent("exploited VPN");
    let turned = town.turn().await;
    assert_eq!(turned.delivered.get(&Channel::Mail), Some(&3));
    assert_eq!(town.post.came().len(), 3);
    town.wait(66);
    town.turn().await;
    let came = town.post.came();
    assert_eq!(came.len(), 6, "one mail each");
    for letter in &came[3..] {
        let text = letter.text();
        (0..20).for_each(|number| assert!(text.contains(&format!("program {number}")), "{text}"));
    }
    for act in acts {
        assert_eq!(town.status(act, 1), bongsu_response::Status::Delivered);
    }
    assert_eq!(town.waiting(), 0);
}
