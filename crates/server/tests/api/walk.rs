//! Every route of the table, walked by people who may not: what is forbidden and what is absent are the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bongsu_server::right::{Right, Scope};
use bongsu_server::routes::{self, Route, Takes, Verb};
use bongsu_store::cabinet::{Drawer, Thing};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{Answer, FLAW, World, text};

/// Whoever asks for what is not theirs; nobody, too.
const STRANGERS: [&str; 9] = [
    "insurer.ciso",
    "hospital.head",
    "provider.operator",
    "LEAD_PRIV.sysadmin",
    "SECTOR_HLT.director",
    "APEX.director",
    "LEAD_PUB.director",
    "COORD_MIL.analyst",
    "",
];

/// What stands in a path.
type Names = BTreeMap<&'static str, String>;

/// What is there, and what is not.
struct Places {
    /// A draft about a case that is not public, and things of the bank.
    hidden: Names,
    /// An act that is issued.
    issued: Names,
    absent: Names,
}

async fn places(world: &World) -> Places {
    let (public, issued) = world.night().await;
    let opened = json!({
        "from": "hand", "title": "a flaw that nobody may know of", "origin": "human", "public": false,
        "label": { "tlp": "AMBER", "grade": "sensitive" },
    });
    let case = world.post("COORD_PRIV.analyst", "/api/v1/cases", opened).await.good()["id"].clone();
    let case = case.as_str().unwrap().to_owned();
    let path = format!("/api/v1/cases/{case}/steps");
    let member = |title: &str| json!({ "step": "add_member", "person": world.person(title).to_string(), "reason": "drafts the request" });
    for step in
        [json!({ "step": "screen" }), json!({ "step": "validate" }), member("LEAD_PRIV.analyst")]
    {
        world.post("COORD_PRIV.analyst", &path, step).await.good();
    }
    let draft = json!({ "case": case, "kind": "action_request", "text": text("hidden") });
    let draft = world.post("LEAD_PRIV.analyst", "/api/v1/acts", draft).await.good()["id"].clone();
    let bank = world.institution("bank");
    let systems =
        world.get("bank.ciso", &format!("/api/v1/institutions/{bank}/systems")).await.good();
    let job = world.publish("bank", "1.3.0").await;
    let officers =
        world.get("bank.ciso", &format!("/api/v1/institutions/{bank}/officers")).await.good();
    let delegation = json!({
        "provider": world.institution("city").to_string(), "powers": ["see"], "until": "2027-01-01T00:00:00Z",
    });
    let path = format!("/api/v1/institutions/{bank}/delegations");
    let delegation = world.post("bank.ciso", &path, delegation).await.good()["id"].clone();
    let plain = |value: &Value| value.as_str().unwrap().to_owned();
    let hidden = BTreeMap::from([
        ("act", plain(&draft)),
        ("case", case),
        ("institution", bank.to_string()),
        ("system", plain(&systems["items"][0]["id"])),
        ("job", plain(&job["id"])),
        ("appointment", plain(&officers["items"][0]["appointment"])),
        ("delegation", plain(&delegation)),
        ("list", "01040g2081040g2081040g2081".to_owned()),
        ("station", "SECTOR_FIN".to_owned()),
        ("identifier", FLAW.to_owned()),
        ("feed", "brought".to_owned()),
        ("entry", "1".to_owned()),
        ("number", "1".to_owned()),
        ("session", owned(world, Drawer::Sessions)),
        ("machine", owned(world, Drawer::Machines)),
        ("passkey", owned(world, Drawer::Credentials)),
    ]);
    let path = format!("/api/v1/acts/{issued}/lists");
    let list = json!({ "choice": { "all": true }, "why": "a report" });
    let list = world.post("LEAD_PRIV.analyst", &path, list).await.good()["id"].clone();
    let mut named = hidden.clone();
    named.extend([("act", issued), ("case", public), ("list", plain(&list))]);
    let nothing = |name: &&'static str| {
        let text = match *name {
            "station" => "SECTOR_NOWHERE".to_owned(),
            "identifier" => "CVE-1999-99999".to_owned(),
            "feed" => "nowhere".to_owned(),
            "entry" => "999999".to_owned(),
            "session" | "machine" | "passkey" => BASE64_URL_SAFE_NO_PAD.encode([8; 32]),
            _ => "7zzzzzzzzzzzzzzzzzzzzzzzzz".to_owned(),
        };
        (*name, text)
    };
    let absent = hidden.keys().map(nothing).collect();
    Places { hidden, issued: named, absent }
}

/// Puts something of the bank's officer into a drawer; gives its name in a path.
fn owned(world: &World, drawer: Drawer) -> String {
    let (key, owner) = ([7; 32].to_vec(), world.person("bank.ciso").0);
    let thing = Thing { key: key.clone(), owner, value: b"{}".to_vec(), until: None };
    let put = move |all: &mut bongsu_store::cabinet::Cabinet<'_, '_>| all.put(drawer, &thing);
    world.app.desk().store().cabinet(world.app.now(), put).unwrap();
    BASE64_URL_SAFE_NO_PAD.encode(key)
}

/// What somebody may do although it is none of theirs: to know that a public act or case is there.
fn is_open(route: &Route, stranger: &str, issued: bool) -> bool {
    let reads_what_is_public = matches!(route.id, "act" | "act_csaf" | "case" | "case_timeline");
    // They run the node.
    if route.id.starts_with("feed_") && stranger == "LEAD_PRIV.sysadmin" {
        return true;
    }
    // What the feeds say of a flaw is for everybody who is signed in.
    if route.id == "known" && !stranger.is_empty() {
        return true;
    }
    let counts = ["APEX.director", "SECTOR_HLT.director", "LEAD_PUB.director", "COORD_MIL.analyst"];
    let sees_counts =
        matches!(route.id, "picture" | "case_exposure" | "survival") && counts.contains(&stranger);
    // The table of rights shows a station's drafts to everybody who sits there.
    let sits_there = route.id == "act" && stranger == "LEAD_PRIV.sysadmin";
    // It was addressed to their sector, too, so they may read the names of those under them.
    let follows = [
        "progress",
        "late",
        "export",
        "act_sectors",
        "calls",
        "requests",
        "remind",
        "lists",
        "ask_list",
    ];
    let reaches = follows.contains(&route.id) && stranger == "SECTOR_HLT.director";
    sits_there || issued && (reads_what_is_public || sees_counts || reaches)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forbidden_and_what_is_absent_are_the_same_bytes_on_every_route() {
    let world = World::new();
    let places = places(&world).await;
    let described = world.get("", "/api/openapi.json").await.good();
    let size = world.app.desk().store().head().unwrap().0;
    let (mut walked, mut let_in) = (BTreeSet::new(), Vec::new());
    for route in named_routes() {
        for stranger in STRANGERS {
            for (issued, there) in [(false, &places.hidden), (true, &places.issued)] {
                let real = ask(&world, &described, route, stranger, there, &places).await;
                let absent =
                    ask(&world, &described, route, stranger, &places.absent, &places).await;
                assert!(
                    is_nothing(&absent, stranger),
                    "{route:?} for {stranger}: {}",
                    absent.text()
                );
                walked.insert(route.id);
                if is_open(route, stranger, issued) {
                    let_in.push((route.id, stranger, real.status.as_u16()));
                    continue;
                }
                assert_eq!(
                    real,
                    absent,
                    "{route:?} for {stranger}, issued: {issued}: {}",
                    real.text()
                );
                for one in names(route.path) {
                    let mut half = there.clone();
                    half.insert(one, places.absent[one].clone());
                    let half = ask(&world, &described, route, stranger, &half, &places).await;
                    assert_eq!(half, absent, "{route:?} for {stranger} without {one}");
                }
            }
        }
    }
    let all: BTreeSet<_> = named_routes().map(|route| route.id).collect();
    assert_eq!(walked, all, "every route is walked");
    assert!(let_in.iter().any(|(id, ..)| *id == "act"), "{let_in:?}");
    let names_read = let_in
        .iter()
        .filter(|(id, ..)| ["late", "export", "calls", "requests", "ask_list"].contains(id))
        .count() as u64;
    let now = world.app.desk().store().head().unwrap().0;
    assert_eq!(now, size + names_read, "nothing else was recorded");
}

/// Every route that names something, for which somebody must come who may: what is for anybody is forbidden to nobody.
fn named_routes() -> impl Iterator<Item = &'static Route> {
    routes::all().filter(|route| route.path.contains('{') && route.right != Right::Anybody)
}

/// Absent; or not told before a passkey is shown again, whatever there is.
fn is_nothing(answer: &Answer, stranger: &str) -> bool {
    match answer.status {
        StatusCode::UNAUTHORIZED => stranger.is_empty(),
        StatusCode::FORBIDDEN => answer.text().contains("urn:bongsu:problem:step-up"),
        status => status == StatusCode::NOT_FOUND,
    }
}

fn names(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// Sends the example of a route, with these names in its path.
async fn ask(
    world: &World,
    described: &Value,
    route: &Route,
    who: &str,
    with: &Names,
    places: &Places,
) -> Answer {
    let mut path = route.path.to_owned();
    for name in names(route.path) {
        let value = with.get(name).unwrap_or_else(|| {
            panic!(
                "{route:?} names a {name}: put one that is there and one that is not into Places"
            )
        });
        path = path.replace(&format!("{{{name}}}"), value);
    }
    path.push_str(&question(route.id, &places.issued["act"]));
    let call = world.call(who, method(route.method), &path);
    match route.takes {
        Takes::Nothing => call.send().await,
        Takes::Document => call.body("x").send().await,
        Takes::Json(_) => call.json(&example(described, route)).send().await,
    }
}

/// What follows the question mark, where a route cannot be asked without.
pub(crate) fn question(id: &str, act: &str) -> String {
    match id {
        "benchmark" => format!("?act={act}"),
        "search" => "?q=widget".to_owned(),
        "who_has" => format!("?q={FLAW}"),
        "why" => format!("?flaw={FLAW}"),
        _ => String::new(),
    }
}

pub(crate) fn method(verb: Verb) -> Method {
    match verb {
        Verb::Get => Method::GET,
        Verb::Post => Method::POST,
        Verb::Put => Method::PUT,
        Verb::Delete => Method::DELETE,
    }
}

/// The example of what a route takes; of what signs people in there is none, for each is drawn anew.
pub(crate) fn example(described: &Value, route: &Route) -> Value {
    let ceremony = ["session-", "passkey-", "token-", "machine-", "invite", "oidc-"];
    if ceremony.iter().any(|begin| route.id.starts_with(begin)) {
        return json!({ "name": "a key", "appointment": "00000000000000000000000000" });
    }
    let verb = format!("{:?}", route.method).to_lowercase();
    let schema = &described["paths"][route.path][&verb]["requestBody"]["content"]["application/json"]
        ["schema"];
    let path = schema["$ref"].as_str().and_then(|path| path.strip_prefix('#'));
    let schema = path.and_then(|path| described.pointer(path)).unwrap_or(schema);
    let example = schema["examples"].get(0);
    example.unwrap_or_else(|| panic!("{route:?} has no example of what it takes")).clone()
}

#[tokio::test]
async fn a_token_without_the_scope_is_told_as_if_there_were_nothing_and_nobody_is_asked_to_sign_in()
{
    let world = World::new();
    let places = places(&world).await;
    let described = world.get("", "/api/openapi.json").await.good();
    let nothing = world.get("bank.ciso", "/api/v1/nowhere").await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    for route in routes::all() {
        let Right::May(scope, _) = route.right else { continue };
        let others: Vec<Scope> = Scope::ALL.iter().copied().filter(|one| *one != scope).collect();
        let token = world.token_for("bank.ciso", &others);
        let mut path = route.path.to_owned();
        for name in names(route.path) {
            path = path.replace(&format!("{{{name}}}"), &places.issued[name]);
        }
        let send = |token: Option<&str>| {
            let mut call = world.call("", method(route.method), &path);
            if let Some(token) = token {
                call = call.header("authorization", &format!("Bearer {token}"));
            }
            match route.takes {
                Takes::Json(_) => call.json(&example(&described, route)).send(),
                _ => call.send(),
            }
        };
        assert_eq!(send(Some(&token)).await, nothing, "{route:?} without {scope}");
        assert_eq!(send(None).await.status, StatusCode::UNAUTHORIZED, "{route:?} for nobody");
    }
}
