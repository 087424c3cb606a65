//! The call list, and telephones.

use bongsu_authority::access::Scope;
use bongsu_authority::{Domain, InstitutionId, Post, Seat};
use bongsu_desk::Who;
use bongsu_relay::carry::address::{Channel, Reach};
use bongsu_relay::carry::calls::call_list;
use bongsu_relay::carry::gateway::Gateway;
use bongsu_response::Status;
use serde_json::{Value, json};

use crate::sinks::Hooks;
use crate::world::Town;

#[tokio::test(flavor = "multi_thread")]
async fn whom_nobody_reached_is_on_the_list_of_the_lead_and_of_nobody_else() {
    let mut town = Town::of(3).await;
    let telephone =
        Reach::Telephone { number: "+82212345678".parse().unwrap(), sms: false, voice: false };
    town.put(0, telephone);
    town.put_hook(1);
    let act = town.urgent("VPN");
    town.turn().await;
    town.wait(31);
    town.turn().await;
    let seat = |code: &str| Seat::Node(code.parse().unwrap());
    let person = |code: &str, post: Post| {
        let found =
            town.world.appointments.iter().find(|it| it.seat == seat(code) && it.post == post);
        Who::Person(found.unwrap().person)
    };
    let scope = Scope::Domain(Domain::Private);
    let list =
        |who| call_list(&town.desk, who, (act, &scope), 50, InstitutionId([0; 16]), town.now());
    let before = town.entries();
    let calls = list(person("LEAD_PRIV", Post::Analyst)).unwrap();
    assert_eq!(town.entries(), before + 1, "that names were read is recorded");
    let mut numbers: Vec<_> = calls
        .iter()
        .map(|it| (it.name_en.clone(), it.telephone.as_ref().map(ToString::to_string)))
        .collect();
    numbers.sort();
    assert_eq!(numbers[0], ("Institution 00000".to_owned(), Some("+82212345678".to_owned())));
    assert_eq!(numbers[1], ("Institution 00002".to_owned(), None));
    assert_eq!(numbers.len(), 2);
    let ciso = town.world.appointments.iter().find(|it| it.post == Post::Ciso).unwrap().person;
    let refused = list(Who::Person(ciso)).unwrap_err();
    let absent = call_list(
        &town.desk,
        Who::Person(ciso),
        (bongsu_authority::ActId([9; 16]), &scope),
        50,
        InstitutionId([0; 16]),
        town.now(),
    );
    assert_eq!(refused.to_string(), absent.unwrap_err().to_string(), "forbidden looks like absent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_message_says_the_case_and_the_date_and_carries_no_link() {
    let gateway_sink = Hooks::open().await;
    let url = gateway_sink.url("send").parse().unwrap();
    let template = json!({"to": "{to}", "msg": "{text}", "kind": "{channel}"});
    let gateway = Gateway::new(url, Vec::new(), template).unwrap();
    let mut town = Town::with(1, vec![gateway]).await;
    let number = "+82212345678".parse().unwrap();
    town.put(0, Reach::Telephone { number, sms: true, voice: false });
    let act = town.urgent("VPN of evil corporation");
    town.turn().await;
    assert_eq!(town.status(act, 0), Status::Delivered);
    let came = gateway_sink.came();
    let body: Value = serde_json::from_str(&came[0].body).unwrap();
    let text = body["msg"].as_str().unwrap();
    assert!(text.encode_utf16().count() <= 70, "{text}");
    assert!(!text.contains("evil") && text.starts_with("[봉수] "), "{text}");
    assert_eq!((body["to"].as_str(), body["kind"].as_str()), (Some("+82212345678"), Some("sms")));
    assert_eq!(town.trails(act, 0)[0].receipt.map(|it| it.0), Some(Channel::Sms));
}
