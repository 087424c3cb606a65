//! The owner of a small firm answers by a case code.

use bongsu_authority::access::Scope as Names;
use bongsu_authority::{ActId, InstitutionId};
use bongsu_desk::Who;
use bongsu_relay::carry::calls::{Why, call_list};
use http::{Method, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{Answer, World};

/// The factory runs the flaw and owes an answer: act and code.
async fn asked(world: &World) -> (String, String) {
    world.publish("factory", "1.2.0").await;
    let (_, act) = world.night().await;
    let code = code(world, &act, "factory");
    (act, code)
}

fn code(world: &World, act: &str, name: &str) -> String {
    let (desk, now) = (world.app.desk(), world.app.now());
    let institution = world.institution(name);
    let held = desk.register().accountable(institution, now).map(|held| held.id);
    desk.codes(now).unwrap().code(act.parse().unwrap(), institution, held).to_string()
}

async fn show(world: &World, code: &str) -> Answer {
    world.post("", "/api/v1/task", json!({ "code": code })).await
}

async fn say(world: &World, code: &str, said: Value) -> Answer {
    let mut body = json!({ "code": code });
    body.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
    world.post("", "/api/v1/task/answers", body).await
}

async fn owed(world: &World, act: &str) -> Value {
    let factory = world.institution("factory");
    world.get("factory.ciso", &format!("/api/v1/obligations/{act}/{factory}")).await.good()
}

fn can(task: &Value, word: &str) -> bool {
    let all = task["answers"].as_array().unwrap();
    all.iter().find(|one| one["answer"] == word).unwrap()["possible"].as_bool().unwrap()
}

#[tokio::test]
async fn a_code_shows_what_its_owner_must_know_and_nothing_of_anybody_else() {
    let world = World::new();
    let (_, code) = asked(&world).await;
    let task = show(&world, &code.to_lowercase().replace(' ', "-")).await;
    assert_eq!(task.headers["cache-control"], "no-store");
    let task = task.good();
    assert_eq!((&task["name_ko"], &task["name_en"]), (&json!("factory 기관"), &json!("factory")));
    assert_eq!(task["officer"], "factory.ciso");
    assert_eq!((&task["issuer"], &task["issuer_ko"]), (&json!("LEAD_PRIV"), &json!("디지털부")));
    assert_eq!(task["title_en"], "Urgent action first");
    assert_eq!(task["next"]["owed"], "acknowledgement");
    assert_eq!(task["drill"], true);
    assert_eq!(task["telephone"], Value::Null, "nobody has entered one");
    assert!(!can(&task, "clean") && !can(&task, "traces"), "it is not fixed yet: {task}");
    for word in
        ["done", "provider", "help", "not_affected", "removed", "isolated", "retired", "seen"]
    {
        assert!(can(&task, word), "{word}");
    }
    let names = |task: &Value| -> Vec<String> {
        let all = task["providers"].as_array().unwrap().iter();
        all.map(|one| one["name_en"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&task), ["city", "provider"]);
    let search = json!({ "code": code, "provider": "PROV" });
    let found = world.post("", "/api/v1/task", search).await.good();
    assert_eq!(names(&found), ["provider"]);
    assert!(!task.to_string().contains("bank"), "{task}");
}

#[tokio::test]
async fn whatever_is_wrong_with_a_code_the_bytes_are_the_same() {
    let world = World::new();
    let (act, code) = asked(&world).await;
    let wrong = {
        let last = if code.ends_with('0') { "1" } else { "0" };
        format!("{}{last}", &code[..code.len() - 1])
    };
    let absent = world.get("bank.ciso", "/api/v1/nowhere").await.body;
    let bank = self::code(&world, &act, "bank");
    for code in [wrong.as_str(), "hello", "", "0000 0000 0000 0000", bank.as_str()] {
        for answer in
            [show(&world, code).await, say(&world, code, json!({ "answer": "seen" })).await]
        {
            assert_eq!((answer.status, &answer.body), (StatusCode::NOT_FOUND, &absent), "{code}");
        }
    }
}

#[tokio::test]
async fn a_code_of_an_act_that_was_withdrawn_is_absent() {
    let world = World::new();
    let (act, code) = asked(&world).await;
    show(&world, &code).await.good();
    let step = json!({ "step": "withdraw", "why": "another act takes its place" });
    world.post("LEAD_PRIV.director", &format!("/api/v1/acts/{act}/steps"), step).await.good();
    let absent = world.get("bank.ciso", "/api/v1/nowhere").await.body;
    assert_eq!(show(&world, &code).await.body, absent);
    assert_eq!(say(&world, &code, json!({ "answer": "seen" })).await.body, absent);
}

#[tokio::test]
async fn one_request_acknowledges_assesses_and_claims_and_comes_again_as_one() {
    let world = World::new();
    let (act, code) = asked(&world).await;
    let how = "공유기를 새것으로 바꾸고 관리 포트를 닫음";
    let body = json!({ "code": code, "answer": "done", "how": how });
    let send = |body: Value| {
        world.call("", Method::POST, "/api/v1/task/answers").key("k1").json(&body).send()
    };
    let first = send(body.clone()).await.good();
    let whole = owed(&world, &act).await;
    assert_eq!(whole["status"], "remediated", "{whole}");
    assert_eq!(whole["mitigation"], how, "the sentence can be read by whoever verifies");
    let evidence = bongsu_desk::evidence(how.as_bytes()).to_string();
    assert_eq!(whole["claim"]["evidence"], evidence);
    assert!(!whole["marks"]["acknowledged"].is_null());

    let size = world.app.desk().store().head().unwrap().0;
    assert_eq!(send(body).await.good(), first, "the same receipt");
    let other = send(json!({ "code": code, "answer": "help" })).await;
    assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.text());
    assert_eq!(world.app.desk().store().head().unwrap().0, size, "one effect");
    let task = show(&world, &code).await.good();
    assert!(!can(&task, "done") && !can(&task, "not_affected"), "{task}");
}

#[tokio::test]
async fn what_was_said_with_a_code_is_told_apart_from_what_an_officer_did() {
    let world = World::new();
    let (act, code) = asked(&world).await;
    say(&world, &code, json!({ "answer": "seen" })).await.good();
    let factory = world.institution("factory");
    let answers = format!("/api/v1/obligations/{act}/{factory}/answers");
    world.post("factory.ciso", &answers, json!({ "answer": "affected" })).await.good();
    let path = format!("/api/v1/institutions/{factory}/timeline");
    let lines = world.get("factory.ciso", &path).await.good()["items"].clone();
    let by_code = |kind: &str| {
        let line = lines.as_array().unwrap().iter().find(|line| line["kind"] == kind);
        line.unwrap()["by"]["by_code"].clone()
    };
    assert_eq!(by_code("acknowledged"), true, "{lines}");
    assert_eq!((by_code("assessed"), by_code("inventory_published")), (json!(false), json!(false)));
}

#[tokio::test]
async fn a_receipt_is_given_again_after_everything_was_closed_and_to_nobody_else() {
    let world = World::new();
    let (act, code) = asked(&world).await;
    let body = json!({ "code": code, "answer": "retired" });
    let send = |key: &'static str, body: &Value| {
        world.call("", Method::POST, "/api/v1/task/answers").key(key).json(body).send()
    };
    let first = send("k1", &body).await.good();
    let answers = format!("/api/v1/obligations/{act}/{}/answers", world.institution("factory"));
    let proof =
        json!({ "answer": "verify", "evidence": "0".repeat(64), "how": "seen on the spot" });
    world.post("COORD_PRIV.analyst", &answers, proof).await.good();
    world.post("COORD_PRIV.analyst", &answers, json!({ "answer": "close" })).await.good();
    assert_eq!(send("k1", &body).await.good(), first);
    let absent = world.get("bank.ciso", "/api/v1/nowhere").await.body;
    assert_eq!(send("k2", &body).await.body, absent);
    assert_eq!(show(&world, &code).await.body, absent, "what is settled is absent");
}

#[tokio::test]
async fn my_provider_does_it_is_signed_once_and_the_provider_answers() {
    let world = World::new();
    let (act, code) = asked(&world).await;
    let without = say(&world, &code, json!({ "answer": "provider" })).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    let stranger = world.institution("bank").to_string();
    let refused =
        say(&world, &code, json!({ "answer": "provider", "institution": stranger })).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let chosen = world.institution("provider").to_string();
    say(&world, &code, json!({ "answer": "provider", "institution": chosen })).await.good();
    let whole = owed(&world, &act).await;
    assert_eq!(whole["status"], "acknowledged");
    let path = format!("/api/v1/institutions/{}/delegations", world.institution("factory"));
    let signed = world.get("factory.ciso", &path).await.good()["items"].clone();
    assert_eq!(signed[0]["provider"], chosen);
    assert_eq!(signed[0]["powers"], json!(["see", "acknowledge", "answer", "claim_fixed"]));
    let year = world.app.now() + SignedDuration::from_hours(365 * 24);
    assert_eq!(signed[0]["until"], year.to_string());

    let list = world.get("provider.operator", "/api/v1/obligations?open=true").await.good();
    assert_eq!(list["items"][0]["institution"], world.institution("factory").to_string());
    let answers = format!("/api/v1/obligations/{act}/{}/answers", world.institution("factory"));
    world.post("provider.operator", &answers, json!({ "answer": "affected" })).await.good();
    let claim = json!({ "answer": "claim", "remedy": "patched", "evidence": "1".repeat(64) });
    world.post("provider.operator", &answers, claim).await.good();
    assert_eq!(owed(&world, &act).await["status"], "claimed", "the owner has yet to stand by it");
    say(&world, &code, json!({ "answer": "done", "how": "as the provider says" })).await.good();
    let whole = owed(&world, &act).await;
    assert_eq!(whole["status"], "remediated");
    assert_eq!(whole["claim"]["evidence"], "1".repeat(64), "the provider's evidence stays");

    // The next case: nothing needs to be chosen or signed.
    let draft = {
        let case = world.get("COORD_PRIV.analyst", "/api/v1/cases").await.good();
        world.draft(case["items"][0]["id"].as_str().unwrap()).await
    };
    world.issue(&draft).await;
    let next = self::code(&world, &draft, "factory");
    let task = show(&world, &next).await.good();
    assert_eq!(task["providers"][0]["chosen"], true);
    say(&world, &next, json!({ "answer": "provider" })).await.good();
    assert_eq!(owed(&world, &draft).await["status"], "acknowledged");
    let again = world.get("factory.ciso", &path).await.good()["items"].as_array().unwrap().len();
    assert_eq!(again, 1, "signed once");
}

#[tokio::test]
async fn whoever_asks_for_help_or_is_silent_for_a_day_is_on_the_list_of_the_regional_centre() {
    let world = World::new();
    let (act, code) = asked(&world).await;
    let act: ActId = act.parse().unwrap();
    let relay = Names::Relay("RELAY_SME_03".parse().unwrap());
    let who = Who::Person(world.person("RELAY_SME_03.duty"));
    let list = || {
        let (desk, after) = (world.app.desk(), InstitutionId([0; 16]));
        let calls = call_list(desk, who, (act, &relay), 50, after, world.app.now()).unwrap();
        calls.into_iter().map(|call| (call.owed.institution, call.why)).collect::<Vec<_>>()
    };
    assert_eq!(list(), []);
    world.app.time().advance(world.start + SignedDuration::from_hours(25));
    let factory = world.institution("factory");
    assert_eq!(list(), [(factory, Why::Silent)], "a small one that is silent for a day");
    let at = world.app.now();
    say(&world, &code, json!({ "answer": "help" })).await.good();
    assert_eq!(list(), [(factory, Why::AskedForHelp(at))]);
    let task = show(&world, &code).await.good();
    assert_eq!(task["help_asked"], at.to_string());
    let answers = format!("/api/v1/obligations/{act}/{factory}/answers");
    let team = json!({ "answer": "assist", "team": "regional centre 3" });
    world.post("RELAY_SME_03.duty", &answers, team).await.good();
    assert_eq!(list(), [], "somebody helps");
    assert_eq!(show(&world, &code).await.good()["team"], "regional centre 3");
}

#[tokio::test]
async fn a_number_left_with_a_call_for_help_is_for_whoever_calls_and_stands_in_no_record() {
    let world = World::new();
    let (act, code) = asked(&world).await;
    let help = |number: &str| json!({ "answer": "help", "telephone": number });
    for wrong in ["12345", "전화 주세요", "+82<b>1012345678"] {
        let refused = say(&world, &code, help(wrong)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {}", refused.text());
    }
    assert_eq!(show(&world, &code).await.good()["help_asked"], Value::Null, "all or nothing");
    say(&world, &code, help("010-1234-5678")).await.good();
    assert_eq!(
        show(&world, &code).await.good()["telephone"],
        "5678",
        "its end, to whoever left it"
    );
    // They may ask again, with another number or with none: the last they left counts.
    say(&world, &code, help("+82 10 9999 1111")).await.good();
    say(&world, &code, json!({ "answer": "help" })).await.good();
    let list = world
        .post("RELAY_SME_03.duty", &format!("/api/v1/acts/{act}/calls"), json!({ "limit": 20 }))
        .await
        .good();
    let left = &list["items"][0]["callbacks"];
    assert_eq!(left[0], "+82 10 9999 1111");
    assert!(left[1].as_str().unwrap().ends_with("5678"), "none takes another's place: {left}");
    assert_eq!(list["items"][0]["telephone"], Value::Null, "no address book has it");
    for title in ["factory.ciso", "RELAY_SME_03.duty", "LEAD_PRIV.director"] {
        let path = format!("/api/v1/obligations/{act}/{}", world.institution("factory"));
        let whole = world.get(title, &path).await.good().to_string();
        assert!(!whole.contains("9999") && !whole.contains("5678"), "{title}: {whole}");
    }
}

#[tokio::test]
async fn a_right_code_gets_in_from_a_neighbourhood_that_is_full_of_wrong_ones() {
    let world = World::new();
    let (_, code) = asked(&world).await;
    let from = |address: [u8; 4], code: String| {
        let call = world.call("", Method::POST, "/api/v1/task").from(address);
        call.json(&json!({ "code": code })).send()
    };
    let (here, there) = ([192, 0, 2, 1], [192, 0, 2, 2]);
    let mut answers = Vec::new();
    for number in 0..40 {
        answers.push(from(here, format!("{number:08} 00000000")).await.status.as_u16());
    }
    assert_eq!(answers.iter().filter(|status| **status == 404).count(), 10, "{answers:?}");
    assert!(answers[10..].iter().all(|status| *status == 429), "{answers:?}");
    from(here, code.clone()).await.good();
    // Whoever tries many codes that begin as this one does keeps nobody out, either.
    for number in 0..50 {
        from(here, format!("{} {number:012}", &code[..4])).await;
    }
    from(here, code.clone()).await.good();
    from(there, code).await.good();
}

#[tokio::test]
async fn a_code_opens_one_task_and_no_other_route() {
    let world = World::new();
    let (act, code) = asked(&world).await;
    let factory = world.institution("factory");
    for path in ["/api/v1/obligations".to_owned(), format!("/api/v1/obligations/{act}/{factory}")] {
        let call = world.call("", Method::GET, &path);
        let answer = call.header("authorization", &format!("Bearer {code}")).send().await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn with_the_appointment_of_its_officer_a_code_ends() {
    let world = World::new();
    let (act, code) = asked(&world).await;
    show(&world, &code).await.good();
    let factory = world.institution("factory");
    let register = world.app.desk().register();
    let held = register.accountable(factory, world.app.now()).unwrap().id;
    let until = world.start + SignedDuration::from_mins(10);
    let end = json!({ "until": until });
    world.post("LEAD_PRIV.director", &format!("/api/v1/appointments/{held}/end"), end).await.good();
    let officers = format!("/api/v1/institutions/{factory}/officers");
    let next = json!({ "post": "ciso", "title": "CISO-2" });
    assert!(world.app.time().advance(until));
    world.post("LEAD_PRIV.director", &officers, next).await.good();
    assert_eq!(show(&world, &code).await.status, StatusCode::NOT_FOUND, "who held it has left");
    assert_eq!(say(&world, &code, json!({ "answer": "seen" })).await.status, StatusCode::NOT_FOUND);
    let task = show(&world, &self::code(&world, &act, "factory")).await.good();
    assert_eq!(task["officer"], "CISO-2", "who came after has a code of their own");
}
