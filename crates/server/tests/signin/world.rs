//! A node with one firm, its officers, and browsers and programs that ask it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::Body;
use bongsu_authority::access::Engine;
use bongsu_authority::{
    Appointment, AppointmentId, Institution, InstitutionId, Ownership, PersonId, Post, Seat, Size,
};
use bongsu_desk::{Desk, TERMINAL, Who};
use bongsu_response::Wish;
use bongsu_server::{App, Peer, Settings, Time, router};
use bongsu_store::suite::{Seeded, world::secrets};
use bongsu_store::{Options, Store};
use bongsu_store_sqlite::Sqlite;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::authenticator::Device;

pub(crate) const ORIGIN: &str = "https://node.example";

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) time: Time,
    pub(crate) router: Router,
    pub(crate) head: Appointment,
    pub(crate) ciso: Appointment,
    pub(crate) operator: Appointment,
    pub(crate) other: Appointment,
    folder: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub(crate) fn start() -> Timestamp {
    "2026-11-21T02:10:00+09:00".parse().unwrap()
}

pub(crate) fn settings() -> Settings {
    Settings { origins: vec![ORIGIN.parse().unwrap()], ..Settings::loopback() }
}

impl World {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("bongsu-door-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let options = Options { readers: 2, ..Options::new("COORD_PRIV".parse().unwrap()) };
        let engine = Sqlite::open(&folder.join("node.db")).unwrap();
        let store = Store::open(Box::new(engine), secrets(), &options, Box::new(Seeded(11)));
        let desk = Desk::open(store.unwrap(), Box::new(Seeded(12)), TERMINAL).unwrap();
        let (firm, neighbour) = (InstitutionId([1; 16]), InstitutionId([2; 16]));
        let at = start() - SignedDuration::from_hours(24);
        let posts = [
            (Post::Head, firm),
            (Post::Ciso, firm),
            (Post::Operator, firm),
            (Post::Ciso, neighbour),
        ];
        let mut held: Vec<Appointment> = Vec::new();
        for (place, (post, seat)) in (10..).zip(posts) {
            held.push(Appointment {
                id: AppointmentId([place; 16]),
                person: PersonId([place + 100; 16]),
                post,
                seat: Seat::Institution(seat),
                from: at,
                until: None,
                deputy_of: None,
                title: format!("{post:?}-{place:05}"),
            });
        }
        let load = |wish| desk.record(Who::Engine(Engine::Register), wish, at).unwrap();
        load(Wish::Enrol([firm, neighbour].map(institution).to_vec()));
        load(Wish::Appoint(held.clone()));
        let time = Time::drill(start());
        let app = App::with(Arc::new(desk), time.clone(), None, &settings()).unwrap();
        let router = router(app.clone());
        let [head, ciso, operator, other] = held.try_into().unwrap();
        Self { app, time, router, head, ciso, operator, other, folder }
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        assert!(self.time.advance(self.time.now() + time));
    }

    /// Ends an appointment, as the register does.
    pub(crate) fn end(&self, post: &Appointment) {
        let now = self.time.now();
        let wish = Wish::EndAppointment { appointment: post.id, until: now };
        self.app.desk().record(Who::Person(self.head.person), wish, now).unwrap();
    }

    pub(crate) fn browser(&self) -> Browser {
        let router = self.router.clone();
        Browser {
            router,
            cookie: None,
            ceremony: None,
            extra: HeaderMap::new(),
            peer: peer(),
            site: true,
        }
    }

    /// A browser that asks another node on the same database, with a clock of its own.
    pub(crate) fn elsewhere(&self, time: Time) -> Browser {
        self.with(time, &settings())
    }

    /// The same, with settings of its own.
    pub(crate) fn with(&self, time: Time, settings: &Settings) -> Browser {
        let app = App::with(Arc::clone(self.app.desk()), time, None, settings).unwrap();
        Browser { router: router(app), ..self.browser() }
    }

    /// A browser of somebody's who was invited and has entered a passkey.
    pub(crate) async fn signed_in(&self, person: PersonId) -> (Browser, Device) {
        let code = self.app.door().invite(person, self.app.now()).unwrap();
        let (mut browser, mut device) = (self.browser(), Device::new(ORIGIN));
        let (status, said) = browser.enter(&mut device, Some(&code)).await;
        assert_eq!(status, StatusCode::CREATED, "{said}");
        (browser, device)
    }
}

fn institution(id: InstitutionId) -> Institution {
    Institution {
        id,
        name_ko: format!("기관{}", id.0[0]),
        name_en: format!("Institution {}", id.0[0]),
        ownership: Ownership::Private,
        competent: ["SECTOR_SME".parse().unwrap()].into(),
        relay: None,
        size: Size::Small,
        province: 1,
        marks: [].into(),
    }
}

pub(crate) fn peer() -> Peer {
    let address: SocketAddr = ([192, 0, 2, 7], 4_000).into();
    Peer { address, tls: true, certificate: None, post_quantum: true }
}

/// Somebody who asks: a browser with a cookie, or a program.
pub(crate) struct Browser {
    router: Router,
    pub(crate) cookie: Option<String>,
    /// While it is at an identity provider.
    pub(crate) ceremony: Option<String>,
    pub(crate) extra: HeaderMap,
    pub(crate) peer: Peer,
    /// Does it say that it comes from our own page?
    pub(crate) site: bool,
}

impl Browser {
    pub(crate) async fn call(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (StatusCode, HeaderMap, Value) {
        let mut request = Request::builder().method(method).uri(path);
        if self.site {
            request = request.header("sec-fetch-site", "same-origin").header("origin", ORIGIN);
        }
        let cookies = [("__Host-bongsu", &self.cookie), ("__Host-bongsu-oidc", &self.ceremony)];
        for (name, value) in cookies {
            if let Some(value) = value {
                request = request.header(header::COOKIE, format!("{name}={value}"));
            }
        }
        request = request.extension(self.peer);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let mut request = request.body(body).unwrap();
        request.headers_mut().extend(self.extra.clone());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        for line in head.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            assert!(line.contains("HttpOnly") && line.contains("Secure"), "{line}");
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().filter(|value| !value.is_empty());
            let value = value.map(ToOwned::to_owned);
            match name {
                "__Host-bongsu" => self.cookie = value,
                "__Host-bongsu-oidc" => self.ceremony = value,
                other => panic!("{other}"),
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        let said = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        (head.status, head.headers, said)
    }

    pub(crate) async fn get(&mut self, path: &str) -> (StatusCode, Value) {
        let (status, _, said) = self.call(Method::GET, path, None).await;
        (status, said)
    }

    pub(crate) async fn post(&mut self, path: &str, body: Value) -> (StatusCode, Value) {
        let (status, _, said) = self.call(Method::POST, path, Some(body)).await;
        (status, said)
    }

    pub(crate) async fn delete(&mut self, path: &str) -> StatusCode {
        self.call(Method::DELETE, path, None).await.0
    }

    pub(crate) async fn me(&mut self) -> StatusCode {
        self.get("/api/v1/me").await.0
    }

    /// Enters a passkey.
    pub(crate) async fn enter(
        &mut self,
        device: &mut Device,
        code: Option<&str>,
    ) -> (StatusCode, Value) {
        let (status, begun) =
            self.post("/api/v1/passkeys/begin", json!({ "invitation": code })).await;
        if status != StatusCode::OK {
            return (status, begun);
        }
        let credential = device.create(&begun["options"]);
        let entered =
            json!({ "ceremony": begun["ceremony"], "name": "my key", "credential": credential });
        self.post("/api/v1/passkeys", entered).await
    }

    /// Signs in.
    pub(crate) async fn show(&mut self, device: &mut Device) -> (StatusCode, Value) {
        let (status, begun) = self.post("/api/v1/session/begin", json!({})).await;
        assert_eq!(status, StatusCode::OK, "{begun}");
        let credential = device.show(&begun["options"]);
        let shown = json!({ "ceremony": begun["ceremony"], "credential": credential });
        self.post("/api/v1/session", shown).await
    }

    /// Carries a token from now on.
    pub(crate) fn carry(&mut self, token: &str) {
        self.extra.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
    }
}
