//! A small nation behind a real router: a few institutions, their ministries, one flaw that one of them has.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use bongsu_advisory::Signal;
use bongsu_authority::access::Engine;
use bongsu_authority::names::StationNames;
use bongsu_authority::{
    Appointment, AppointmentId, Institution, InstitutionId, Mark, Ownership, PersonId, Post, Seat,
    Size,
};
use bongsu_desk::{Desk, Holdings, Library, TERMINAL, Who};
use bongsu_egress::{Egress, Rules};
use bongsu_formats::signals::{self, Inbox};
use bongsu_formats::{Limits, Quarantined};
use bongsu_ledger::NodeKey;
use bongsu_relay::carry::{self, Carrier, Outward, Ways};
use bongsu_relay::feeds::{Config, Feed, Feeds, Kind};
use bongsu_response::Wish;
use bongsu_server::listen::Peer;
use bongsu_server::right::Scope;
use bongsu_server::{App, Known, Matching, Settings, Time, router};
use bongsu_shelf::Residence;
use bongsu_store::chance::System;
use bongsu_store::{NodeSecrets, Options, Store};
use bongsu_store_sqlite::Sqlite;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt;

/// Institutions, by what they are called in tests.
pub(crate) const INSTITUTIONS: [(&str, Ownership, &[&str]); 6] = [
    ("bank", Ownership::Private, &["SECTOR_FIN"]),
    ("insurer", Ownership::Private, &["SECTOR_FIN"]),
    ("hospital", Ownership::Private, &["SECTOR_HLT"]),
    ("city", Ownership::Local, &[]),
    ("provider", Ownership::Private, &[]),
    // A small one, whose owner answers by a case code.
    ("factory", Ownership::Private, &["SECTOR_SME"]),
];

/// Officers of stations, by the title under which they are known.
const STATIONS: [(&str, Post); 16] = [
    ("APEX", Post::Director),
    ("LEAD_PRIV", Post::Analyst),
    ("LEAD_PRIV", Post::Approver),
    ("LEAD_PRIV", Post::Director),
    ("COORD_PRIV", Post::Analyst),
    ("COORD_PRIV", Post::Director),
    ("SECTOR_FIN", Post::Analyst),
    ("SECTOR_FIN", Post::Director),
    ("SECTOR_HLT", Post::Analyst),
    ("SECTOR_HLT", Post::Director),
    ("LEAD_PUB", Post::Director),
    ("COORD_PUB", Post::Analyst),
    ("LEAD_MIL", Post::Director),
    ("COORD_MIL", Post::Analyst),
    ("LEAD_PRIV", Post::Sysadmin),
    ("RELAY_SME_03", Post::Duty),
];

/// Officers of every institution.
const STAFF: [Post; 4] = [Post::Ciso, Post::Head, Post::Operator, Post::Cpo];

/// What a test sends and gets.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) start: Timestamp,
    pub(crate) feeds: Feeds,
    folder: Folder,
}

/// An answer, whole.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }

    /// The body of a success.
    pub(crate) fn good(&self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text());
        self.json()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn tag(&self) -> String {
        self.headers[header::ETAG].to_str().unwrap().to_owned()
    }
}

/// A request, before it is sent.
pub(crate) struct Call<'a> {
    world: &'a World,
    request: http::request::Builder,
    body: Body,
}

impl Call<'_> {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// From this address.
    pub(crate) fn from(mut self, address: [u8; 4]) -> Self {
        let address = (address, 50_000).into();
        let peer = Peer { address, tls: false, certificate: None, post_quantum: false };
        self.request = self.request.extension(peer);
        self
    }

    /// A header of any bytes.
    pub(crate) fn raw(mut self, name: &str, value: HeaderValue) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub(crate) fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    pub(crate) async fn send(self) -> Answer {
        let request = self.request.body(self.body).unwrap();
        let response = self.world.router.clone().oneshot(request).await.unwrap();
        let (mut parts, body) = response.into_parts();
        // The name of the request: the one header that is never the same.
        parts.headers.remove("x-request-id");
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

impl World {
    /// The nation on its first day: everybody in office, nothing published.
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let start: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let folder = Folder::new(NUMBER.fetch_add(1, Ordering::Relaxed));
        let options = Options {
            drill: true,
            anchor: Some(folder.0.join("anchor")),
            ..Options::new("APEX".parse().unwrap())
        };
        let key = NodeKey::from_seed("gaon.example/test".parse().unwrap(), [7; 32]);
        let secrets = NodeSecrets::new([9; 32], key);
        let engine = Sqlite::open(&folder.0.join("store.db")).unwrap();
        let store = Store::open(Box::new(engine), secrets, &options, Box::new(System)).unwrap();
        let desk = Arc::new(Desk::open(store, Box::new(System), TERMINAL).unwrap());
        found(&desk, start);
        let (holdings, _) = Holdings::open(&folder.0.join("index"), Residence::OnDemand).unwrap();
        let known: Arc<dyn Known> = known(start);
        let matching =
            Matching { holdings: Arc::new(holdings), known: Arc::new(move || Arc::clone(&known)) };
        // A test asks more often than a person does.
        let loopback = Settings::loopback();
        let egress = Egress::new(Rules::default()).unwrap();
        let way = Outward::new(egress.clone());
        let shares = loopback.shares.without_rates();
        let feeds = feeds(&folder, &desk, &egress);
        let settings = Settings {
            shares,
            way: Some(way.clone()),
            drill: true,
            feeds: Some(feeds.lookout()),
            carrier: Some(carrier(&desk, way, start)),
            names: StationNames::gaon(),
            ..loopback
        };
        let app = App::with(desk, Time::drill(start), Some(matching), &settings).unwrap();
        Self { router: router(app.clone()), app, start, feeds, folder }
    }

    /// Puts a file into the folder that a feed looks at.
    pub(crate) fn bring(&self, name: &str, text: &str) {
        std::fs::write(self.folder.0.join("brought").join(name), text).unwrap();
    }

    #[allow(clippy::unused_self, reason = "it is this world's")]
    pub(crate) fn institution(&self, name: &str) -> InstitutionId {
        let place = INSTITUTIONS.iter().position(|(it, ..)| *it == name).unwrap();
        InstitutionId([u8::try_from(place + 1).unwrap(); 16])
    }

    /// A person by title, such as `bank.ciso` or `LEAD_PRIV.director`.
    pub(crate) fn person(&self, title: &str) -> PersonId {
        self.app.desk().officer(title, self.app.now()).unwrap_or_else(|| panic!("{title}")).person
    }

    /// A token with these scopes.
    pub(crate) fn token_for(&self, title: &str, scopes: &[Scope]) -> String {
        let life = SignedDuration::from_mins(15);
        let tokens = self.app.door().tokens();
        tokens.issue(self.person(title), scopes.to_vec(), life, self.app.now()).unwrap()
    }

    /// A request of somebody with every scope; of nobody, where the title is empty.
    pub(crate) fn call(&self, title: &str, method: Method, path: &str) -> Call<'_> {
        let mut request = Request::builder().method(method).uri(path);
        if !title.is_empty() {
            let token = self.token_for(title, Scope::ALL);
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        Call { world: self, request, body: Body::empty() }
    }

    pub(crate) async fn get(&self, title: &str, path: &str) -> Answer {
        self.call(title, Method::GET, path).send().await
    }

    pub(crate) async fn post(&self, title: &str, path: &str, body: Value) -> Answer {
        self.call(title, Method::POST, path).json(&body).send().await
    }

    /// Publishes what runs on a new system of an institution; gives the job.
    pub(crate) async fn publish(&self, name: &str, version: &str) -> Value {
        let path = format!(
            "/api/v1/institutions/{}/systems?wait=10&name=web.cdx.json",
            self.institution(name)
        );
        let call = self.call(&format!("{name}.operator"), Method::POST, &path);
        let job = call.body(sbom(version, self.app.now())).send().await.good();
        assert_eq!(job["state"], "done", "{job}");
        job
    }

    /// A case about the flaw.
    pub(crate) async fn case(&self) -> String {
        let body = json!({ "from": "library", "identifier": FLAW });
        let done = self.post("COORD_PRIV.analyst", "/api/v1/cases", body).await.good();
        done["id"].as_str().unwrap().to_owned()
    }

    /// The draft of an action request about a case.
    pub(crate) async fn draft(&self, case: &str) -> String {
        let body = json!({ "case": case, "kind": "action_request", "text": text("first") });
        let done = self.post("LEAD_PRIV.analyst", "/api/v1/acts", body).await.good();
        done["id"].as_str().unwrap().to_owned()
    }

    /// Reviews and signs.
    pub(crate) async fn issue(&self, act: &str) {
        let path = format!("/api/v1/acts/{act}");
        let text = self.get("LEAD_PRIV.director", &path).await.good()["text"].clone();
        for (who, step) in [("LEAD_PRIV.approver", "review"), ("LEAD_PRIV.director", "sign")] {
            let body = json!({ "step": step, "text": text });
            self.post(who, &format!("{path}/steps"), body).await.good();
        }
    }

    /// The bank runs the flaw, and owes an answer: case and act.
    pub(crate) async fn night(&self) -> (String, String) {
        self.publish("bank", "1.2.0").await;
        let case = self.case().await;
        let act = self.draft(&case).await;
        self.issue(&act).await;
        (case, act)
    }
}

/// The flaw that the library knows.
pub(crate) const FLAW: &str = "CVE-2026-11111";

/// The text of a draft.
pub(crate) fn text(title: &str) -> Value {
    json!({
        "issuer": "LEAD_PRIV", "title_ko": format!("긴급 조치 {title}"), "title_en": format!("Urgent action {title}"),
        "todo_ko": "제조사 공지에 따라 수정 버전으로 올린다.", "todo_en": "Upgrade as the supplier says.",
        "ask_unknown": false, "drill": true,
    })
}

/// A document that lists one component.
pub(crate) fn sbom(version: &str, at: Timestamp) -> String {
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": { "timestamp": at.to_string(), "component": { "type": "application", "name": "web" } },
        "components": [{
            "type": "library", "bom-ref": "one", "name": "gaon-widget", "version": version,
            "purl": format!("pkg:npm/gaon-widget@{version}"),
        }],
    })
    .to_string()
}

/// One feed: a folder of files.
fn feeds(folder: &Folder, desk: &Arc<Desk>, egress: &Egress) -> Feeds {
    let path = folder.0.join("brought");
    std::fs::create_dir_all(&path).unwrap();
    let feed = Feed { path: Some(path), ..Feed::new("brought", Kind::Folder) };
    let config = Config { feeds: vec![feed], coordinator: None };
    let (desk, library) = (Arc::clone(desk), Arc::default());
    Feeds::new(&config, egress, desk, library, &folder.0.join("feeds")).unwrap()
}

/// What carries messages where nothing is set up.
fn carrier(desk: &Arc<Desk>, way: Outward, now: Timestamp) -> Carrier<Outward> {
    let ways = Ways::new(way, Vec::new(), Vec::new());
    Carrier::new(carry::Config::default(), Arc::clone(desk), ways, Arc::new(move || now))
}

fn known(start: Timestamp) -> Arc<bongsu_desk::library::Known> {
    #[derive(Default)]
    struct All(Vec<Signal>);
    impl Inbox for All {
        fn signal(&mut self, signal: Signal) {
            self.0.push(signal);
        }
        fn quarantined(&mut self, quarantined: Quarantined) {
            panic!("{quarantined}");
        }
    }
    let advisory = json!({
        "schema_version": "1.6.0", "id": FLAW, "modified": "2026-11-20T00:00:00Z", "summary": "a flaw of a widget",
        "affected": [{
            "package": { "ecosystem": "npm", "name": "gaon-widget" },
            "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "fixed": "2.0.0" }] }],
        }],
    });
    let mut all = All::default();
    signals::read("flaw.json", advisory.to_string().as_bytes(), &Limits::default(), &mut all);
    let library = Library::new();
    library.install("world", all.0, start);
    library.known()
}

fn found(desk: &Desk, start: Timestamp) {
    let loader = Who::Engine(Engine::Register);
    let institution =
        |(place, (name, ownership, competent)): (u8, &(&str, Ownership, &[&str]))| Institution {
            id: InstitutionId([place; 16]),
            name_ko: format!("{name} 기관"),
            name_en: (*name).to_owned(),
            ownership: *ownership,
            competent: competent.iter().map(|code| code.parse().unwrap()).collect(),
            relay: (*name == "factory").then(|| "RELAY_SME_03".parse().unwrap()),
            size: if *name == "factory" { Size::Small } else { Size::Medium },
            province: 1,
            marks: if competent.is_empty() { [Mark::ServiceProvider].into() } else { [].into() },
        };
    let all = (1..).zip(&INSTITUTIONS).map(institution).collect();
    desk.record(loader, Wish::Enrol(all), start).unwrap();
    let mut number = 0;
    let mut appointment = |seat: Seat, post: Post, title: String| {
        number += 1;
        Appointment {
            id: AppointmentId([number; 16]),
            person: PersonId([100 + number; 16]),
            post,
            seat,
            from: start - SignedDuration::from_hours(24),
            until: None,
            deputy_of: None,
            title,
        }
    };
    let mut all = Vec::new();
    for (station, post) in STATIONS {
        all.push(appointment(Seat::Node(station.parse().unwrap()), post, title(station, post)));
    }
    for (place, (name, ..)) in (1..).zip(&INSTITUTIONS) {
        let seat = Seat::Institution(InstitutionId([place; 16]));
        all.extend(STAFF.map(|post| appointment(seat.clone(), post, title(name, post))));
    }
    desk.record(loader, Wish::Appoint(all), start).unwrap();
}

fn title(place: &str, post: Post) -> String {
    format!("{place}.{}", format!("{post:?}").to_lowercase())
}

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(number: u32) -> Self {
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = place.join(format!("bongsu-server-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
