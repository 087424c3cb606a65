//! The description of the API says what the API does.

use std::collections::BTreeSet;

use bongsu_server::right::Right;
use bongsu_server::routes::{self, Gives, Route, Takes};
use serde_json::{Value, json};

use crate::schema;
use crate::walk::{example, method, question};
use crate::world::{FLAW, World};

#[tokio::test]
async fn the_description_is_openapi_3_1_and_hangs_together() {
    let world = World::new();
    let whole = world.get("", "/api/openapi.json").await.good();
    assert_eq!(whole["openapi"], "3.1.0");
    for field in ["title", "version"] {
        assert!(whole["info"][field].is_string(), "{field}");
    }
    let mut ids = BTreeSet::new();
    for (path, operations) in whole["paths"].as_object().unwrap() {
        assert!(path.starts_with('/'), "{path}");
        for (verb, operation) in operations.as_object().unwrap() {
            let at = format!("{verb} {path}");
            assert!(["get", "post", "put", "delete"].contains(&verb.as_str()), "{at}");
            assert!(
                ids.insert(operation["operationId"].as_str().unwrap()),
                "{at}: its id stands twice"
            );
            assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 5), "{at}");
            assert!(operation["security"].is_array(), "{at}: who may come");
            let parameters = operation["parameters"].as_array().unwrap();
            let in_path: BTreeSet<&str> = parameters
                .iter()
                .filter(|one| one["in"] == "path")
                .map(|one| one["name"].as_str().unwrap())
                .collect();
            let named: BTreeSet<&str> = path
                .split('/')
                .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
                .collect();
            assert_eq!(in_path, named, "{at}");
            assert!(parameters.iter().all(|one| one["schema"].is_object()), "{at}");
            assert!(
                operation["responses"].as_object().unwrap().len() >= 2,
                "{at}: a success and problems"
            );
        }
    }
    let mut references = Vec::new();
    gather(&whole, &mut references);
    assert!(references.len() > 50);
    for path in references {
        let there = path.strip_prefix('#').and_then(|path| whole.pointer(path));
        assert!(there.is_some(), "{path} leads nowhere");
    }
}

fn gather<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    match value {
        Value::Object(all) => {
            into.extend(all.get("$ref").and_then(Value::as_str));
            all.values().for_each(|inside| gather(inside, into));
        }
        Value::Array(all) => all.iter().for_each(|inside| gather(inside, into)),
        _ => {}
    }
}

#[tokio::test]
async fn the_example_of_every_route_fits_its_schema_and_is_understood() {
    let world = World::new();
    let (case, act) = world.night().await;
    let whole = world.get("", "/api/openapi.json").await.good();
    for route in routes::all() {
        let (Takes::Json(_), Right::May(..)) = (route.takes, route.right) else { continue };
        if matches!(route.id, "machine-make" | "invite") {
            continue; // they are drawn anew each time
        }
        let example = example(&whole, route);
        let verb = format!("{:?}", route.method).to_lowercase();
        let schema = &whole["paths"][route.path][&verb]["requestBody"]["content"]["application/json"]
            ["schema"];
        schema::check(&whole, schema, &example)
            .unwrap_or_else(|error| panic!("{route:?}: {error}"));
        let answer = world
            .call("LEAD_PRIV.director", method(route.method), &place(&world, route, (&case, &act)))
            .json(&example)
            .send()
            .await;
        let understood = !matches!(answer.status.as_u16(), 400 | 415 | 422 | 500..);
        assert!(understood, "{route:?}: {} {}", answer.status, answer.text());
    }
}

fn place(world: &World, route: &Route, (case, act): (&str, &str)) -> String {
    let bank = world.institution("bank").to_string();
    let mut path = route.path.to_owned();
    for (name, value) in [
        ("case", case),
        ("act", act),
        ("institution", &bank),
        ("station", "SECTOR_FIN"),
        ("identifier", FLAW),
        ("feed", "brought"),
    ] {
        path = path.replace(&format!("{{{name}}}"), value);
    }
    // Whatever else is named need not be there.
    path.split('/')
        .map(|part| if part.starts_with('{') { "00000000000000000000000000" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn what_is_answered_fits_what_is_described() {
    let world = World::new();
    let (case, act) = world.night().await;
    let whole = world.get("", "/api/openapi.json").await.good();
    let bank = world.institution("bank");
    let published = world.publish("bank", "1.2.5").await;
    let plain = |name: &str| published[name].as_str().unwrap().to_owned();
    let (job, system) = (plain("id"), plain("system"));
    let late = world.start + jiff::SignedDuration::from_hours(24 * 6);
    let answers = format!("/api/v1/obligations/{act}/{bank}/answers");
    for said in [
        json!({ "answer": "affected" }),
        json!({ "answer": "mitigate", "how": "the port is closed at the firewall" }),
        json!({ "answer": "ask_waiver", "until": "2026-12-10T00:00:00Z", "control": "behind a firewall of its own" }),
        json!({ "answer": "claim", "remedy": "patched", "evidence": "cd".repeat(32) }),
    ] {
        world.post("bank.operator", &answers, said.clone()).await;
        world.post("bank.ciso", &answers, said).await;
    }
    world.app.time().advance(late);
    let mut checked = BTreeSet::new();
    let desks = ["LEAD_PRIV.analyst", "COORD_PRIV.analyst", "SECTOR_FIN.director", "APEX.director"];
    for who in ["bank.ciso", "LEAD_PRIV.sysadmin"].iter().chain(&desks) {
        for route in routes::all() {
            let Gives::Json(status, _) = route.gives else { continue };
            let path = place(&world, route, (&case, &act))
                .replace("/jobs/00000000000000000000000000", &format!("/jobs/{job}"))
                .replace("/exposures/00000000000000000000000000", &format!("/exposures/{system}"));
            let path = format!("{path}{}", question(route.id, &act));
            let call = world.call(who, method(route.method), &path);
            let answer = match (route.takes, route.id) {
                (Takes::Nothing, _) => call.send().await,
                (Takes::Json(_), "late" | "draft_act" | "enrol") => {
                    let mut body = example(&whole, route);
                    if route.id == "draft_act" {
                        body["case"] = case.clone().into();
                    }
                    call.json(&body).send().await
                }
                _ => continue,
            };
            let verb = format!("{:?}", route.method).to_lowercase();
            let responses = &whole["paths"][route.path][&verb]["responses"];
            let schema = if answer.status.as_u16() == status {
                checked.insert(route.id);
                &responses[status.to_string()]["content"]["application/json"]["schema"]
            } else {
                &responses["default"]["content"]["application/problem+json"]["schema"]
            };
            let fits = schema::check(&whole, schema, &answer.json());
            fits.unwrap_or_else(|error| panic!("{route:?} for {who}: {} {error}", answer.status));
        }
    }
    let reads = routes::all().filter(|route| {
        let shown = matches!((route.takes, route.gives), (Takes::Nothing, Gives::Json(..)));
        shown && matches!(route.right, Right::May(..))
    });
    let left: Vec<_> = reads.map(|route| route.id).filter(|id| !checked.contains(id)).collect();
    assert_eq!(left, [""; 0], "nobody got these");
}
