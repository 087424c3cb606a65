//! Alerts, reminders and requests.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::World;

const ALERTS: &str = "/api/v1/alerts";

fn alert(world: &World, domain: &str, level: u8, days: i64) -> Value {
    let until = world.start + SignedDuration::from_hours(24 * days);
    json!({
        "domain": domain, "level": level, "from": world.start.to_string(), "until": until.to_string(),
        "consulted": true, "text_ko": "감시를 강화한다.", "text_en": "Watch closely.",
    })
}

#[tokio::test]
async fn a_lead_sets_the_alert_of_its_own_domain_and_it_ends_by_itself() {
    let world = World::new();
    let raised = alert(&world, "private", 2, 10);
    for stranger in
        ["LEAD_PUB.director", "LEAD_PRIV.analyst", "SECTOR_FIN.director", "APEX.director"]
    {
        let answer = world.post(stranger, ALERTS, raised.clone()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{stranger}: {}", answer.text());
    }
    world.post("LEAD_PRIV.director", ALERTS, raised).await.good();
    world.post("LEAD_MIL.director", ALERTS, alert(&world, "military", 1, 10)).await.good();
    let seen = world.get("bank.ciso", ALERTS).await.good();
    assert_eq!(
        (&seen["items"][0]["scheme"], &seen["items"][0]["ordinal"]),
        (&json!("cpcon"), &json!(4))
    );
    assert_eq!(
        (&seen["items"][1]["level"], &seen["items"][1]["in_force"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(seen["items"][1]["station"], "LEAD_PRIV");
    let nation = world.get("APEX.director", "/api/v1/nation").await.good();
    assert_eq!(nation["alerts"][0]["domain"], "private");
    assert_eq!(nation["last_hour"]["news"][0]["kind"], "alert_set");

    let lower = alert(&world, "private", 1, 10);
    let refused = world.post("LEAD_PRIV.director", ALERTS, lower.clone()).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "it does not say that it lowers");
    let mut says = lower;
    says["lowers"] = json!(true);
    world.post("LEAD_PRIV.director", ALERTS, says).await.good();
    let replayed = world.app.desk().store().replay(&mut |_| ()).unwrap();
    assert!(replayed.difference.is_none(), "{:?}", replayed.difference);

    assert!(world.app.time().advance(world.start + SignedDuration::from_hours(24 * 11)));
    let seen = world.get("bank.ciso", ALERTS).await.good();
    let holds = |alert: &Value| alert["in_force"] == true;
    assert!(!seen["items"].as_array().unwrap().iter().any(holds), "{seen}");
}

#[tokio::test]
async fn nobody_signs_an_alert_about_which_nobody_was_asked() {
    let world = World::new();
    let mut alone = alert(&world, "private", 2, 10);
    alone["consulted"] = json!(false);
    let answer = world.post("LEAD_PRIV.director", ALERTS, alone).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let long = world.post("LEAD_PRIV.director", ALERTS, alert(&world, "private", 2, 120)).await;
    assert_eq!(long.status, StatusCode::CONFLICT, "{}", long.text());
}

#[tokio::test]
async fn whoever_is_late_is_reminded_once_in_four_hours_and_only_in_ones_scope() {
    let world = World::new();
    let (_, act) = world.night().await;
    let path = format!("/api/v1/acts/{act}/reminders");
    let everybody = json!({ "all_late": true, "why": "the date to acknowledge is past" });
    let remind = async |who: &str, body: Value| {
        world.post(who, &path, body).await.good()["reminded"].clone()
    };
    assert_eq!(remind("LEAD_PRIV.analyst", everybody.clone()).await, 0, "nobody is late yet");
    let hours = |hours: i64| {
        assert!(world.app.time().advance(world.start + SignedDuration::from_hours(hours)));
    };
    hours(24 * 7);
    let bank = world.institution("bank").to_string();
    let named = json!({ "institutions": [bank], "why": "the date to acknowledge is past" });
    assert_eq!(remind("SECTOR_HLT.director", named.clone()).await, 0, "none of theirs");
    assert_eq!(remind("LEAD_PRIV.analyst", everybody.clone()).await, 1);
    assert_eq!(remind("SECTOR_FIN.analyst", named.clone()).await, 0, "reminded already");
    let late = format!("/api/v1/acts/{act}/late");
    let asked = json!({ "limit": 10, "why": "who was reminded" });
    let list = world.post("SECTOR_FIN.analyst", &late, asked).await.good();
    let at = list["items"][0]["reminded_at"].as_str().expect("it was reminded");
    let then = world.start + SignedDuration::from_hours(24 * 7);
    assert_eq!(at.parse::<jiff::Timestamp>().unwrap(), then);
    hours(24 * 7 + 5);
    assert_eq!(remind("SECTOR_FIN.analyst", named).await, 1);
    let both = json!({ "institutions": [bank], "all_late": true, "why": "both" });
    let unclear = world.post("LEAD_PRIV.analyst", &path, both).await;
    assert_eq!(unclear.status, StatusCode::CONFLICT);
    let replayed = world.app.desk().store().replay(&mut |_| ()).unwrap();
    assert!(replayed.difference.is_none(), "{:?}", replayed.difference);
}

#[tokio::test]
async fn what_is_asked_for_waits_until_somebody_decides() {
    let world = World::new();
    let (_, act) = world.night().await;
    let bank = world.institution("bank");
    let answers = format!("/api/v1/obligations/{act}/{bank}/answers");
    let until = (world.start + SignedDuration::from_hours(24 * 20)).to_string();
    let ask = json!({ "answer": "ask_extension", "until": until, "why": "a stop of the line" });
    let measure = json!({ "answer": "mitigate", "how": "the port is closed" });
    let begin = [json!({ "answer": "acknowledge" }), json!({ "answer": "affected" }), measure];
    for answer in begin.into_iter().chain([ask]) {
        world.post("bank.ciso", &answers, answer).await.good();
    }
    let path = format!("/api/v1/acts/{act}/requests");
    let body = json!({ "limit": 50, "why": "deciding what is asked for" });
    let seen = world.post("SECTOR_FIN.director", &path, body.clone()).await.good();
    assert_eq!(seen["items"][0]["name_en"], "bank");
    assert!(seen["items"][0]["extension_until"].is_string(), "{seen}");
    assert_eq!(seen["items"][0]["extension_why"], "a stop of the line");
    assert_eq!(seen["items"][0]["mitigation"], "the port is closed");
    assert!(seen["items"][0]["exposure"].is_string(), "{seen}");
    let other = world.post("SECTOR_HLT.director", &path, body).await.good();
    assert_eq!(other["items"], json!([]));
}
