//! A node of one institution inside the test, on a clock that the test moves; and an identity provider beside it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::extract::{Query, State};
use axum::response::Redirect;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use bongsu_authority::access::Engine;
use bongsu_authority::{
    Appointment, AppointmentId, Institution, InstitutionId, Ownership, PersonId, Post, Seat, Size,
};
use bongsu_desk::{Desk, TERMINAL, Who};
use bongsu_egress::{Egress, Own, Rules};
use bongsu_ledger::NodeKey;
use bongsu_response::Wish;
use bongsu_server::listen::Listener;
use bongsu_server::signin::oidc::{ClientSecret, Provider};
use bongsu_server::{App, Listening, Settings, Time, router};
use bongsu_store::chance::System as Dice;
use bongsu_store::{NodeSecrets, Options, Store};
use bongsu_store_sqlite::Sqlite;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use url::Url;

/// The institution.
pub(crate) const BANK: InstitutionId = InstitutionId([1; 16]);
const HEAD: PersonId = PersonId([2; 16]);

/// A node that serves pages.
pub(crate) struct Guest {
    pub(crate) app: App,
    pub(crate) address: String,
    time: Time,
    folder: PathBuf,
}

impl Guest {
    /// A bank and its head, who signs in at a provider of their own.
    pub(crate) fn begin() -> Self {
        let start: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let house = House::open();
        let listener = Listener::bind(Listening::at(([127, 0, 0, 1], 0).into())).unwrap();
        let port = listener.address().unwrap().port();
        let folder = std::env::temp_dir().join(format!("bongsu-guest-{port}"));
        std::fs::create_dir_all(&folder).unwrap();
        let desk = Arc::new(desk(&folder, start));
        let own = vec![Own { host: "127.0.0.1".to_owned(), port: house.port, plain: true }];
        let rules = Rules { own, native_roots: false, ..Rules::default() };
        let loopback = Settings::loopback();
        let provider = Provider {
            name: "ministry".to_owned(),
            issuer: Url::parse(&house.issuer).unwrap(),
            client_id: CLIENT.to_owned(),
            client_secret: ClientSecret("between us".to_owned()),
            redirect: format!("http://localhost:{port}/api/v1/oidc/ministry/callback")
                .parse()
                .unwrap(),
        };
        let settings = Settings {
            shares: loopback.shares.without_rates(),
            providers: vec![provider],
            egress: Some(Egress::new(rules).unwrap()),
            ..loopback
        };
        let time = Time::drill(start);
        *house.time.lock().unwrap() = Some(time.clone());
        let app = App::with(desk, time.clone(), None, &settings).unwrap();
        let clock = time.clone();
        let pages = bongsu_web::Settings {
            clock: Some(Arc::new(move || clock.now())),
            ..bongsu_web::Settings::default()
        };
        let site = bongsu_web::site(router(app.clone()), pages);
        tokio::spawn(listener.serve(site, std::future::pending()));
        Self { app, address: format!("http://localhost:{port}"), time, folder }
    }

    /// The code of an invitation for the head.
    pub(crate) async fn invite(&self) -> String {
        let code = self.app.ask(|app| app.door().invite(HEAD, app.now()));
        code.await.unwrap()
    }

    /// Moves the clock on.
    pub(crate) fn wait(&self, minutes: i64) {
        self.time.advance(self.time.now() + SignedDuration::from_mins(minutes));
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn desk(folder: &std::path::Path, start: Timestamp) -> Desk {
    let key = NodeKey::from_seed("bank.example/guest".parse().unwrap(), [7; 32]);
    let options = Options { drill: true, ..Options::new("APEX".parse().unwrap()) };
    let engine = Box::new(Sqlite::open(&folder.join("store.db")).unwrap());
    let store =
        Store::open(engine, NodeSecrets::new([9; 32], key), &options, Box::new(Dice)).unwrap();
    let desk = Desk::open(store, Box::new(Dice), TERMINAL).unwrap();
    let bank = Institution {
        id: BANK,
        name_ko: "한별은행".to_owned(),
        name_en: "Hanbyeol Bank".to_owned(),
        ownership: Ownership::Private,
        competent: ["SECTOR_FIN".parse().unwrap()].into(),
        relay: None,
        size: Size::Medium,
        province: 1,
        marks: [].into(),
    };
    let held = |number: u8, person, post, title: &str| Appointment {
        id: AppointmentId([number; 16]),
        person,
        post,
        seat: Seat::Institution(BANK),
        from: start - SignedDuration::from_hours(24),
        until: None,
        deputy_of: None,
        title: title.to_owned(),
    };
    let head = held(1, HEAD, Post::Head, "HEAD-BANK");
    let ciso = held(2, PersonId([3; 16]), Post::Ciso, "CISO-BANK");
    let record = |wish| desk.record(Who::Engine(Engine::Register), wish, start).unwrap();
    record(Wish::Enrol(vec![bank]));
    record(Wish::Appoint(vec![head, ciso]));
    desk
}

const CLIENT: &str = "bongsu of a bank";

/// An identity provider at which everybody is the same officer.
struct House {
    port: u16,
    issuer: String,
    time: Arc<Mutex<Option<Time>>>,
}

/// What the provider knows.
struct Counter {
    issuer: String,
    key: EcdsaKeyPair,
    nonce: Mutex<String>,
    challenge: Mutex<String>,
    time: Arc<Mutex<Option<Time>>>,
}

impl House {
    fn open() -> Self {
        let listener = Listener::bind(Listening::at(([127, 0, 0, 1], 0).into())).unwrap();
        let port = listener.address().unwrap().port();
        let issuer = format!("http://127.0.0.1:{port}");
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let time = Arc::new(Mutex::new(None));
        let desk = Counter {
            issuer: issuer.clone(),
            key: EcdsaKeyPair::generate(algorithm).unwrap(),
            nonce: Mutex::default(),
            challenge: Mutex::default(),
            time: Arc::clone(&time),
        };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/authorize", get(authorize))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(Arc::new(desk));
        tokio::spawn(listener.serve(router, std::future::pending()));
        Self { port, issuer, time }
    }
}

type Shared = State<Arc<Counter>>;

async fn discovery(State(desk): Shared) -> Json<Value> {
    let issuer = &desk.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
    }))
}

/// Whoever comes is known already, and is sent back at once.
async fn authorize(State(desk): Shared, Query(asked): Query<BTreeMap<String, String>>) -> Redirect {
    desk.nonce.lock().unwrap().clone_from(&asked["nonce"]);
    desk.challenge.lock().unwrap().clone_from(&asked["code_challenge"]);
    let mut back = Url::parse(&asked["redirect_uri"]).unwrap();
    back.query_pairs_mut().append_pair("code", "once").append_pair("state", &asked["state"]);
    Redirect::to(back.as_str())
}

async fn keys(State(desk): Shared) -> Json<Value> {
    let point = desk.key.public_key().as_ref();
    let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..]));
    let key = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "one", "use": "sig", "alg": "ES256" });
    Json(json!({ "keys": [key] }))
}

async fn token(State(desk): Shared, form: String) -> Json<Value> {
    let form: BTreeMap<String, String> =
        url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    let shown = BASE64.encode(digest(&SHA256, form["code_verifier"].as_bytes()));
    assert_eq!(shown, *desk.challenge.lock().unwrap());
    let now = desk.time.lock().unwrap().as_ref().unwrap().now().as_second();
    let claims = json!({
        "iss": desk.issuer, "sub": "officer 7", "aud": CLIENT, "exp": now + 300, "iat": now,
        "nonce": *desk.nonce.lock().unwrap(), "auth_time": now,
    });
    let head = json!({ "alg": "ES256", "typ": "JWT", "kid": "one" });
    let said = format!("{}.{}", BASE64.encode(head.to_string()), BASE64.encode(claims.to_string()));
    let signature = desk.key.sign(&SystemRandom::new(), said.as_bytes()).unwrap();
    let id_token = format!("{said}.{}", BASE64.encode(signature));
    Json(json!({ "id_token": id_token, "token_type": "Bearer" }))
}
