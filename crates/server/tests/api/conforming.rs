//! What was found when the API was asked by its own description: each once, so that it stays mended.

use bongsu_server::routes::{self, Takes, Verb};
use http::{HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use crate::world::World;

/// Places in paths that are there.
fn path(world: &World, template: &str, case: &str, act: &str) -> String {
    let bank = world.institution("bank").to_string();
    [("{case}", case), ("{act}", act), ("{institution}", &bank), ("{station}", "SECTOR_FIN")]
        .into_iter()
        .fold(template.to_owned(), |path, (name, value)| path.replace(name, value))
}

#[tokio::test]
async fn a_cursor_that_was_never_given_out_names_nothing_on_any_list() {
    let world = World::new();
    let (case, act) = world.night().await;
    let whole = world.get("", "/api/openapi.json").await.good();
    let mut lists = 0;
    for route in routes::all().filter(|route| route.method == Verb::Get) {
        let parameters = whole["paths"][route.path]["get"]["parameters"].as_array().unwrap();
        if !parameters.iter().any(|one| one["name"] == "cursor") {
            continue;
        }
        lists += 1;
        for who in ["bank.ciso", "LEAD_PRIV.director", "COORD_PRIV.analyst", "APEX.director"] {
            for cursor in ["", "0", "AAAA", "!", "%EA%B0%80", &"0".repeat(120), &"A".repeat(86)] {
                let asked = format!("{}?cursor={cursor}", path(&world, route.path, &case, &act));
                let status = world.get(who, &asked).await.status;
                let fine = matches!(status, StatusCode::OK | StatusCode::NOT_FOUND);
                assert!(fine, "{route:?} {who} {cursor}: {status}");
            }
        }
    }
    assert!(lists > 4, "{lists}");
    let late = format!("/api/v1/acts/{act}/late");
    let ask = json!({ "limit": 1, "why": "calls", "cursor": "!" });
    let answer = world.post("LEAD_PRIV.analyst", &late, ask).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.text());
    assert!(answer.text().contains("begin again without one"));
}

fn institution(more: &Value) -> Value {
    let mut all = json!({
        "name_ko": "가온은행", "name_en": "Gaon Bank", "ownership": "private",
        "competent": ["SECTOR_FIN"], "size": "large", "province": 1, "marks": ["major"],
    });
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

#[tokio::test]
async fn six_point_zero_is_six_wherever_a_body_takes_a_number() {
    let world = World::new();
    let (_, act) = world.night().await;
    let six: Value = serde_json::from_str("6.0").unwrap();
    assert!(six.is_f64());
    let made = institution(&json!({ "province": six }));
    world.post("LEAD_PRIV.director", "/api/v1/institutions", made).await.good();
    let half = institution(&json!({ "province": 6.5 }));
    let answer = world.post("LEAD_PRIV.director", "/api/v1/institutions", half).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let ask = json!({ "limit": six, "why": "calls" });
    world.post("LEAD_PRIV.analyst", &format!("/api/v1/acts/{act}/late"), ask).await.good();
    let token = json!({ "client_id": "x", "client_secret": "y", "minutes": six });
    let answer = world.post("", "/api/v1/tokens", token).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text());
}

#[tokio::test]
async fn a_set_that_names_something_twice_or_too_much_is_refused() {
    let world = World::new();
    let post = async |more: Value| {
        let answer =
            world.post("LEAD_PRIV.director", "/api/v1/institutions", institution(&more)).await;
        answer.status
    };
    assert_eq!(post(json!({ "marks": ["major", "critical"] })).await, StatusCode::CREATED);
    for wrong in [
        json!({ "marks": ["major", "major"] }),
        json!({ "marks": vec!["major"; 9] }),
        json!({ "competent": ["SECTOR_FIN", "SECTOR_FIN"] }),
    ] {
        assert_eq!(post(wrong.clone()).await, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn an_if_match_that_is_no_tag_is_refused_and_one_of_another_version_is_412() {
    let world = World::new();
    let path = format!("/api/v1/institutions/{}", world.institution("bank"));
    let put = async |tag: &[u8], province: u8| {
        let tag = HeaderValue::from_bytes(tag).unwrap();
        let call = world.call("LEAD_PRIV.director", Method::PUT, &path).raw("if-match", tag);
        call.json(&institution(&json!({ "province": province }))).send().await.status
    };
    assert_eq!(put(b"\xc3\x97\xc2\x9b", 2).await, StatusCode::BAD_REQUEST);
    assert_eq!(put(b"a\tb", 2).await, StatusCode::BAD_REQUEST);
    assert_eq!(put(&[b'a'; 201], 2).await, StatusCode::BAD_REQUEST);
    assert_eq!(put(b"\"made-up\"", 2).await, StatusCode::PRECONDITION_FAILED);
    assert_eq!(put(b"\"made-up\", *", 2).await, StatusCode::OK);
    // It is so already: nothing is written over, and still no tag is no tag.
    assert_eq!(put(b"\"made-up\"", 2).await, StatusCode::OK);
    assert_eq!(put(b"\xc3\x97\xc2\x9b", 2).await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_identifier_is_visible_ascii_and_not_empty() {
    let world = World::new();
    let case = world.case().await;
    let path = format!("/api/v1/cases/{case}/steps");
    for (name, status) in [("CVE-2026-22222", 200), ("", 422), ("a b", 422), ("가", 422)] {
        let step = json!({ "step": "identify", "identifiers": [name] });
        let answer = world.post("COORD_PRIV.analyst", &path, step).await;
        assert_eq!(answer.status.as_u16(), status, "{name:?}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_looks_absent_and_the_description_says_so() {
    let world = World::new();
    let absent = world.get("bank.ciso", "/api/v1/nothing").await;
    let method = world.call("bank.ciso", Method::PUT, "/api/v1/obligations").send().await;
    assert_eq!((method.status, &method.body), (StatusCode::NOT_FOUND, &absent.body));
    let whole = world.get("", "/api/openapi.json").await.good();
    assert!(whole["info"]["description"].as_str().unwrap().contains("404, never 405"));
}

#[tokio::test]
async fn every_id_in_a_path_is_described_and_what_is_none_is_absent() {
    let world = World::new();
    let whole = world.get("", "/api/openapi.json").await.good();
    let absent = world.get("LEAD_PRIV.director", "/api/v1/nothing").await;
    for route in
        routes::all().filter(|it| matches!((it.method, it.takes), (Verb::Get, Takes::Nothing)))
    {
        let parameters = whole["paths"][route.path]["get"]["parameters"].as_array().unwrap();
        let ids = parameters.iter().filter(|one| one["schema"]["pattern"].is_string());
        if ids.filter(|one| one["in"] == "path").count() == 0 {
            continue;
        }
        let parts = route.path.split('/').map(|it| if it.starts_with('{') { "no-id" } else { it });
        let asked = parts.collect::<Vec<_>>().join("/");
        let answer = world.get("LEAD_PRIV.director", &asked).await;
        assert_eq!(answer.body, absent.body, "{route:?}");
    }
}

#[tokio::test]
async fn an_address_that_is_put_again_under_its_key_has_the_same_number_and_the_same_secret() {
    let world = World::new();
    let path = format!("/api/v1/institutions/{}/addresses", world.institution("bank"));
    let put = async |key: &str, url: &str| {
        let body = json!({ "channel": "webhook", "url": url });
        let call = world.call("bank.ciso", Method::POST, &path).key(key);
        call.json(&body).send().await.good()
    };
    let first = put("one", "https://hook.bank.example/a").await;
    assert_eq!(put("one", "https://hook.bank.example/a").await, first);
    let rotated = put("two", "https://hook.bank.example/a").await;
    assert_eq!(rotated["number"], first["number"], "the same place");
    assert_ne!(rotated["secret"], first["secret"], "another request");
    let other = put("one", "https://hook.bank.example/b").await;
    assert_ne!(other["secret"], first["secret"], "another address");
    assert_eq!(world.get("bank.ciso", &path).await.good().as_array().unwrap().len(), 2);
    let mail = json!({ "channel": "mail", "mailbox": "ciso@bank.example" });
    let once = world.post("bank.ciso", &path, mail.clone()).await.good();
    assert_eq!(world.post("bank.ciso", &path, mail).await.good(), once);
}

#[tokio::test]
async fn a_route_that_says_it_keeps_keys_reads_them() {
    let world = World::new();
    let whole = world.get("", "/api/openapi.json").await.good();
    for route in routes::all() {
        let verb = format!("{:?}", route.method).to_lowercase();
        let operation = &whole["paths"][route.path][&verb];
        let parameters = operation["parameters"].as_array().unwrap();
        if !parameters.iter().any(|one| one["name"] == "Idempotency-Key") {
            continue;
        }
        let absent = "00000000000000000000000000";
        let parts = route.path.split('/').map(|it| match it {
            "{station}" => "SECTOR_FIN",
            it if it.starts_with('{') => absent,
            it => it,
        });
        let asked = parts.collect::<Vec<_>>().join("/");
        let call = world.call("LEAD_PRIV.director", crate::walk::method(route.method), &asked);
        let answer = call.key("no key: it has spaces").json(&json!({})).send().await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{route:?}: {}", answer.text());
        assert!(answer.text().contains("Idempotency-Key"), "{route:?}");
    }
}

#[tokio::test]
async fn a_token_of_another_institution_opens_nothing_here() {
    let world = World::new();
    let (_, act) = world.night().await;
    let (bank, absent) = (world.institution("bank"), "00000000000000000000000000");
    let here = [
        format!("/api/v1/obligations/{act}/{bank}"),
        format!("/api/v1/institutions/{bank}/systems"),
        format!("/api/v1/institutions/{bank}/exposures"),
        format!("/api/v1/institutions/{bank}/inbox"),
        format!("/api/v1/institutions/{bank}/addresses"),
    ];
    for path in here {
        assert_eq!(world.get("bank.ciso", &path).await.status, StatusCode::OK, "{path}");
        let nowhere = world.get("insurer.ciso", &path.replace(&bank.to_string(), absent)).await;
        assert_eq!(world.get("insurer.ciso", &path).await, nowhere, "{path}");
    }
    let before = world.app.desk().store().head().unwrap().0;
    let answers = format!("/api/v1/obligations/{act}/{bank}/answers");
    let answer = world.post("insurer.ciso", &answers, json!({ "answer": "acknowledge" })).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(world.app.desk().store().head().unwrap().0, before, "nothing was recorded");
}

#[tokio::test]
async fn exposures_name_the_inventory_and_a_page_more_judges_nothing_anew() {
    let world = World::new();
    world.publish("bank", "1.2.3").await;
    let path = format!("/api/v1/institutions/{}/exposures", world.institution("bank"));
    let first = world.get("bank.ciso", &path).await.good();
    assert!(!first["items"].as_array().unwrap().is_empty());
    assert_eq!(first["items"][0]["name"], "web.cdx.json");
    assert_eq!(world.get("bank.ciso", &path).await.good(), first);
    world.publish("bank", "1.3.0").await;
    let more = world.get("bank.ciso", &path).await.good();
    assert_ne!(more, first, "another document is judged");
}
