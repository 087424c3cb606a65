//! The sample nation behind a real server: a listener, the carrier, feeds and sinks, on a clock that stands until it is
//! set. Officers send requests over HTTP, each with a token of theirs; owners of small firms send a case code.
#![allow(dead_code, unreachable_pub, reason = "each scenario uses a part of the house")]

pub mod api;
pub mod sinks;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bongsu_authority::access::Engine as Part;
use bongsu_authority::{ActId, InstitutionId, PersonId};
use bongsu_desk::{Desk, Holdings, Library, TERMINAL, Who, evidence};
use bongsu_egress::{Egress, Own, Rules};
use bongsu_ledger::NodeKey;
use bongsu_nation::{Gaon, Profile, System};
use bongsu_relay::carry::address::{Address, Book, Holder, Reach};
use bongsu_relay::carry::gateway::Gateway;
use bongsu_relay::carry::smtp::{Relay, Security};
use bongsu_relay::carry::{Carrier, Config, Outward, Ways, book, climb};
use bongsu_relay::feeds::{self, Feed, Feeds, Kind};
use bongsu_response::{Obligation, Wish};
use bongsu_server::listen::{Listener, Listening};
use bongsu_server::{App, Known, Matching, Settings, Time, router};
use bongsu_shelf::{Residence, Shelf};
use bongsu_store::chance::System as Dice;
use bongsu_store::{NodeSecrets, Options, Store};
use bongsu_store_sqlite::Sqlite;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use api::Api;
use sinks::{Hooks, Mailbox};

/// Everything of one exercise.
pub struct House {
    pub desk: Arc<Desk>,
    pub holdings: Arc<Holdings>,
    pub library: Arc<Library>,
    pub app: App,
    pub api: Api,
    pub gaon: Gaon,
    pub mail: Mailbox,
    pub phones: Hooks,
    carrier: Carrier<Outward>,
    feeds: Feeds,
    time: Time,
    folder: Folder,
}

/// A folder that goes away with the exercise.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// An edition of the library, as handlers ask it.
struct Edition(Arc<bongsu_desk::Known>);

impl Known for Edition {
    fn knowledge(&self) -> &bongsu_matching::Knowledge {
        &self.0.knowledge
    }

    fn news(&self) -> &[bongsu_desk::library::News] {
        &self.0.news
    }
}

impl House {
    /// The nation on the day before, in a node of its own.
    pub async fn begin(name: &str, at: &str) -> Self {
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("feed")).unwrap();
        let at: Timestamp = at.parse().unwrap();
        let made = folder.clone();
        let filled = tokio::task::spawn_blocking(move || fill(&made, at)).await.unwrap();
        let (gaon, desk, holdings) = filled;
        let (desk, holdings) = (Arc::new(desk), Arc::new(holdings));
        let (mail, phones, time) = (Mailbox::open().await, Hooks::open().await, Time::drill(at));
        let egress = egress(&[mail.address, phones.address]);
        let library = Arc::new(Library::new());
        let books = Arc::clone(&library);
        let matching = Matching {
            holdings: Arc::clone(&holdings),
            known: Arc::new(move || Arc::new(Edition(books.known())) as Arc<dyn Known>),
        };
        let loopback = Settings::loopback();
        // An exercise asks more often than people do.
        let shares = loopback.shares.without_rates();
        let settings = Settings { drill: true, shares, ..loopback };
        let app = App::with(Arc::clone(&desk), time.clone(), Some(matching), &settings).unwrap();
        let listener = Listener::bind(Listening::at((Ipv4Addr::LOCALHOST, 0).into())).unwrap();
        let address = listener.address().unwrap();
        tokio::spawn(listener.serve(router(app.clone()), std::future::pending()));
        let carrier = carrier(&desk, &egress, &time, (mail.address, phones.address));
        let feeds = feeds(&desk, &egress, &library, &holdings, &time, &folder);
        let api = Api::new(address, app.clone());
        let folder = Folder(folder);
        Self { desk, holdings, library, app, api, gaon, mail, phones, carrier, feeds, time, folder }
    }

    pub fn now(&self) -> Timestamp {
        self.time.now()
    }

    /// Moves the clock on to an instant.
    pub fn at(&self, instant: &str) {
        self.time.advance(instant.parse().unwrap());
    }

    /// Moves the clock on.
    pub fn wait(&self, span: SignedDuration) {
        self.time.advance(self.now() + span);
    }

    /// The holder of a post, by title.
    pub fn officer(&self, title: &str) -> PersonId {
        let held = self.desk.officer(title, self.now());
        held.unwrap_or_else(|| panic!("nobody is {title}")).person
    }

    /// Who answers for an institution.
    pub fn accountable(&self, institution: InstitutionId) -> PersonId {
        self.desk.register().accountable(institution, self.now()).unwrap().person
    }

    /// Publishes something to the world, and lets the feeds look.
    pub async fn publish(&self, name: &str, text: &str) {
        let (fresh, feed) = (self.folder.0.join("fresh"), self.folder.0.join("feed").join(name));
        fs::write(&fresh, text).unwrap();
        fs::rename(&fresh, feed).unwrap();
        self.feeds.once().await;
    }

    /// Everything that is due is carried. Where a host has no room the clock moves on by seconds.
    pub async fn carry(&self) {
        loop {
            self.carrier.turn().await.unwrap();
            let next = self.desk.store().outbox_waiting().unwrap().oldest;
            match next {
                Some(next) if next <= self.now() + SOON => self.wait(SignedDuration::from_secs(1)),
                _ => return,
            }
        }
    }

    /// What time alone does.
    pub async fn tick(&self) {
        let (desk, now) = (Arc::clone(&self.desk), self.now());
        let ticked = move || {
            bongsu_desk::clock::tick(&desk, now).unwrap();
            climb::climb(&desk, &Config::default(), now).unwrap();
        };
        tokio::task::spawn_blocking(ticked).await.unwrap();
    }

    /// Gives institutions their addresses.
    pub fn reach(&self, books: Vec<(Holder, Vec<Reach>)>) {
        let book = |reaches: Vec<Reach>| {
            let addresses = (1..).zip(reaches).map(|(number, reach)| Address {
                number,
                reach,
                drill: true,
                since: self.now(),
                tested_at: Some(self.now()),
                failures: 0,
                parked: None,
            });
            let addresses: Vec<Address> = addresses.collect();
            let next = u32::try_from(addresses.len()).unwrap() + 1;
            Book { next, addresses, ..Book::default() }
        };
        let books = books.into_iter().map(|(holder, reaches)| (holder, book(reaches))).collect();
        book::load(self.desk.store(), books, self.now()).unwrap();
    }

    /// Mail for everybody.
    pub fn mail_for_all(&self) {
        let all = self.gaon.institutions().iter().enumerate();
        let books = all.map(|(place, one)| (Holder::Institution(one.id), vec![mail_at(place)]));
        self.reach(books.collect());
    }

    /// Drafts, reviews and signs an act of a lead, a directive where it names its law; gives its id.
    pub async fn issue(&self, lead: &str, case: &str, text: Value) -> ActId {
        let kind = if text["legal_basis"].is_string() { "directive" } else { "action_request" };
        let officer = |post: &str| self.officer(&format!("{lead}-{post}-01"));
        let (analyst, approver, director) =
            (officer("ANALYST"), officer("APPROVER"), officer("DIRECTOR"));
        let draft = json!({ "case": case, "kind": kind, "text": text });
        let act = id(&self.api.post(analyst, "/api/v1/acts", &draft).await);
        let path = format!("/api/v1/acts/{act}");
        let text = self.api.get(approver, &path).await["text"].clone();
        for (who, step) in [(approver, "review"), (director, "sign")] {
            let body = json!({ "step": step, "text": text });
            self.api.post(who, &format!("{path}/steps"), &body).await;
        }
        act.parse().unwrap()
    }

    /// What is or was owed under acts, by act and institution.
    pub fn owed(&self, acts: &[ActId]) -> BTreeMap<(ActId, InstitutionId), Obligation> {
        let mut all = BTreeMap::new();
        for act in acts {
            let addressed = self.desk.store().addressed(*act).unwrap();
            let once: BTreeSet<_> = addressed.iter().copied().collect();
            assert_eq!(once.len(), addressed.len(), "nobody owes the same twice");
            let (_, owed) = self.desk.store().told(*act, &addressed).unwrap().unwrap();
            all.extend(owed.into_iter().map(|owed| ((*act, owed.institution), owed)));
        }
        all
    }

    /// Places of the register, by institution.
    pub fn places(&self) -> HashMap<InstitutionId, usize> {
        let all = self.gaon.institutions().iter().enumerate();
        all.map(|(place, one)| (one.id, place)).collect()
    }

    /// The record folded again says what every row says.
    pub async fn record_holds_together(&self) {
        let desk = Arc::clone(&self.desk);
        let replayed =
            tokio::task::spawn_blocking(move || desk.store().replay(&mut |_| {}).unwrap());
        let replayed = replayed.await.unwrap();
        assert!(replayed.difference.is_none(), "{:?}", replayed.difference);
    }
}

/// What is due so soon waits for nothing but room.
const SOON: SignedDuration = SignedDuration::from_secs(5);

/// The mail address of the institution at a place of the register.
pub fn mail_at(place: usize) -> Reach {
    Reach::Mail(format!("office-{place}@gaon.example").parse().unwrap())
}

/// Its telephone, which takes short messages.
pub fn phone_at(place: usize) -> Reach {
    let number = format!("+8210{place:08}").parse().unwrap();
    Reach::Telephone { number, sms: true, voice: false }
}

/// The advisory of the flaw of scenario 1, as a feed brings it.
pub fn log4shell() -> String {
    let known = include_str!("../../../../fixtures/advisories/well-known.osv.jsonl");
    known.lines().find(|line| line.contains("CVE-2021-44228")).unwrap().to_owned()
}

/// The id of what was made.
pub fn id(done: &Value) -> String {
    done["id"].as_str().unwrap_or_else(|| panic!("{done}")).to_owned()
}

/// Does a text hold anything that could be followed?
pub fn has_link(text: &str) -> bool {
    let text = text.to_lowercase();
    ["://", "www.", "href", "mailto:", "tel:"].iter().any(|it| text.contains(it))
}

fn fill(folder: &Path, at: Timestamp) -> (Gaon, Desk, Holdings) {
    let gaon = Gaon::at(Profile::Demo, 1, at);
    let key = NodeKey::from_seed("gaon.example/exercise".parse().unwrap(), [7; 32]);
    let options = Options { drill: true, ..Options::new("APEX".parse().unwrap()) };
    let engine = Box::new(Sqlite::open(&folder.join("store.db")).unwrap());
    let secrets = NodeSecrets::new([9; 32], key);
    let store = Store::open(engine, secrets, &options, Box::new(Dice)).unwrap();
    let desk = Desk::open(store, Box::new(Dice), TERMINAL).unwrap();
    let record = |wish| desk.record(Who::Engine(Part::Register), wish, at).unwrap();
    record(Wish::Enrol(gaon.institutions().to_vec()));
    let (deputies, others): (Vec<_>, Vec<_>) =
        gaon.appointments().iter().cloned().partition(|held| held.deputy_of.is_some());
    record(Wish::Appoint(others));
    record(Wish::Appoint(deputies));
    for delegation in gaon.delegations() {
        record(Wish::Delegate(delegation.clone()));
    }
    let wishes: Vec<Wish> = gaon.systems().map(|system| published(&system)).collect();
    std::thread::scope(|scope| {
        for part in wishes.chunks(wishes.len().div_ceil(32)) {
            scope.spawn(move || {
                for wish in part {
                    record(wish.clone());
                }
            });
        }
    });
    let shelf = Shelf::create(&folder.join("index"), Residence::OnDemand).unwrap();
    let mut load = shelf.load();
    for system in gaon.systems() {
        let entries: Vec<_> = system.entries().collect();
        load.add(system.index_name().borrowed(), &entries).unwrap();
    }
    load.finish().unwrap();
    drop(shelf);
    let (holdings, _) = Holdings::open(&folder.join("index"), Residence::OnDemand).unwrap();
    (gaon, desk, holdings)
}

fn published(system: &System<'_>) -> Wish {
    Wish::PublishInventory {
        institution: system.institution.id,
        system: system.id,
        digest: evidence(format!("{} {}", system.id, system.as_of).as_bytes()),
        components: u32::try_from(system.component_count()).unwrap(),
        exposed: system.exposed,
        as_of: system.as_of,
    }
}

fn egress(own: &[SocketAddr]) -> Egress {
    let named = |address: &SocketAddr| Own {
        host: address.ip().to_string(),
        port: address.port(),
        plain: true,
    };
    let own = own.iter().map(named).collect();
    Egress::new(Rules { own, at_once: 512, native_roots: false, ..Rules::default() }).unwrap()
}

fn carrier(
    desk: &Arc<Desk>,
    egress: &Egress,
    time: &Time,
    (mail, phones): (SocketAddr, SocketAddr),
) -> Carrier<Outward> {
    let relay = Relay {
        host: mail.ip().to_string(),
        port: mail.port(),
        security: Security::Plain,
        credentials: None,
        trusted: None,
        from: "watch@gaon.example".parse().unwrap(),
        hello: "gaon.example".to_owned(),
        connections: 8,
        drill: true,
    };
    let template = json!({ "to": "{to}", "msg": "{text}" });
    let url = format!("http://{phones}/send").parse().unwrap();
    let mut gateway = Gateway::new(url, Vec::new(), template).unwrap();
    gateway.drill = true;
    let ways = Ways::new(Outward::inside(egress.clone()), vec![relay], vec![gateway]);
    let time = time.clone();
    Carrier::new(Config::default(), Arc::clone(desk), ways, Arc::new(move || time.now()))
}

fn feeds(
    desk: &Arc<Desk>,
    egress: &Egress,
    library: &Arc<Library>,
    holdings: &Arc<Holdings>,
    time: &Time,
    folder: &Path,
) -> Feeds {
    let mut world = Feed::new("world", Kind::Folder);
    world.path = Some(folder.join("feed"));
    let coordinator = Some("COORD_PRIV".parse().unwrap());
    let config = feeds::Config { feeds: vec![world], coordinator };
    let (desk, library) = (Arc::clone(desk), Arc::clone(library));
    let feeds = Feeds::new(&config, egress, desk, library, &folder.join("feeds")).unwrap();
    let (index, time) = (Arc::clone(holdings), time.clone());
    feeds.with_index(Arc::new(move || index.snapshot())).with_clock(Arc::new(move || time.now()))
}
