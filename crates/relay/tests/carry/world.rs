//! A small nation with a carrier: a desk over a store in a folder, sinks, and a clock that stands until it is set.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use bongsu_authority::{ActId, CaseId, InstitutionId};
use bongsu_desk::{Desk, TERMINAL};
use bongsu_relay::carry::address::{Address, Holder, Reach, Secret};
use bongsu_relay::carry::smtp::{Relay, Security};
use bongsu_relay::carry::trail::{self, Trail};
use bongsu_relay::carry::{Carrier, Config, Turned, Ways, book};
use bongsu_response::{ActWish, Exploitation, Obligation, Status, Wish};
use bongsu_store::suite::Seeded;
use bongsu_store::suite::world::{DIRECTOR, World, on_act, secrets};
use bongsu_store::{Options, Store};
use bongsu_store_sqlite::Sqlite;
use jiff::{SignedDuration, Timestamp};

use crate::sinks::{Hooks, Loopback, Post250};

/// Everything of one test.
pub(crate) struct Town {
    pub(crate) world: World,
    pub(crate) desk: Arc<Desk>,
    pub(crate) case: CaseId,
    pub(crate) way: Loopback,
    pub(crate) hooks: Hooks,
    pub(crate) post: Post250,
    pub(crate) carrier: Carrier<Loopback>,
    pub(crate) gateways: Vec<bongsu_relay::carry::gateway::Gateway>,
    clock: Arc<Mutex<Timestamp>>,
    _folder: Folder,
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Town {
    pub(crate) async fn of(institutions: usize) -> Self {
        Self::with(institutions, Vec::new()).await
    }

    pub(crate) async fn with(
        institutions: usize,
        gateways: Vec<bongsu_relay::carry::gateway::Gateway>,
    ) -> Self {
        Self::in_realm(institutions, gateways, false).await
    }

    pub(crate) async fn in_realm(
        institutions: usize,
        gateways: Vec<bongsu_relay::carry::gateway::Gateway>,
        drill: bool,
    ) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("bongsu-carry-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let engine = Sqlite::open(&folder.join("node.db")).unwrap();
        let options = Options { readers: 2, drill, ..Options::new("COORD_PRIV".parse().unwrap()) };
        let store =
            Store::open(Box::new(engine), secrets(), &options, Box::new(Seeded(11))).unwrap();
        let mut world = World::new(3, institutions);
        world.drill = drill;
        world.settle(&store);
        let case = world.open_case(&store, "VPN appliance");
        let desk = Arc::new(Desk::open(store, Box::new(Seeded(5)), TERMINAL).unwrap());
        let (hooks, post) = (Hooks::open().await, Post250::open().await);
        let clock = Arc::new(Mutex::new(world.now));
        let way = Loopback::default();
        let carrier = carrier(Config::default(), &desk, &way, &gateways, &clock, post.port);
        Self {
            world,
            desk,
            case,
            way,
            hooks,
            post,
            carrier,
            gateways,
            clock,
            _folder: Folder(folder),
        }
    }

    /// Another carrier on the same desk: the one before was killed.
    pub(crate) fn another_carrier(&self) -> Carrier<Loopback> {
        self.carrier_of(Config::default())
    }

    /// A carrier with another relay.
    pub(crate) fn carrier_over(&self, relay: Relay) -> Carrier<Loopback> {
        let clock = Arc::clone(&self.clock);
        let ways = Ways::new(self.way.clone(), vec![relay], Vec::new());
        let now = Arc::new(move || *clock.lock().unwrap());
        Carrier::new(Config::default(), Arc::clone(&self.desk), ways, now)
    }

    /// A carrier that works in another way.
    pub(crate) fn carrier_of(&self, config: Config) -> Carrier<Loopback> {
        carrier(config, &self.desk, &self.way, &self.gateways, &self.clock, self.post.port)
    }

    /// An act to everybody, with the clocks of exploitation or without.
    pub(crate) fn sign(&mut self, title: &str, exploitation: Exploitation) -> ActId {
        let act = self.world.reviewed(self.desk.store(), self.case, title);
        let mut wish = self.world.signature(act);
        let new = self.world.clocks(exploitation);
        if let Wish::Act { wish: ActWish::Sign { clocks, .. }, .. } = &mut wish {
            *clocks = new;
            if exploitation != Exploitation::Active {
                // Nothing in it is urgent.
                for one in [&mut clocks.exposed, &mut clocks.inside] {
                    one.class = bongsu_response::RemediationClass::SixtyDays;
                    one.acknowledge_by = self.world.now + SignedDuration::from_hours(72);
                    one.assess_by = self.world.now + SignedDuration::from_hours(7 * 24);
                    one.fix_by = Some(self.world.now + SignedDuration::from_hours(60 * 24));
                }
            }
        }
        let sign = bongsu_authority::access::Action::SignActionRequest;
        self.world.ask(self.desk.store(), DIRECTOR, sign, on_act(act), wish).unwrap();
        act
    }

    pub(crate) fn urgent(&mut self, title: &str) -> ActId {
        self.sign(title, Exploitation::Active)
    }

    pub(crate) fn plain(&mut self, title: &str) -> ActId {
        self.sign(title, Exploitation::None)
    }

    pub(crate) fn institution(&self, place: usize) -> InstitutionId {
        self.world.institutions[place].id
    }

    pub(crate) fn holder(&self, place: usize) -> Holder {
        Holder::Institution(self.institution(place))
    }

    pub(crate) fn put(&self, place: usize, reach: Reach) -> u32 {
        let store = self.desk.store();
        book::put(store, &self.way, &self.holder(place), reach, false, self.now()).unwrap()
    }

    pub(crate) fn put_mail(&self, place: usize) -> u32 {
        self.put(place, Reach::Mail(format!("ciso@office{place}.example").parse().unwrap()))
    }

    pub(crate) fn put_hook(&self, place: usize) -> u32 {
        self.put(place, self.hook(&format!("hook{place}"), 7))
    }

    pub(crate) fn put_mails(&self, places: std::ops::Range<usize>) {
        for place in places {
            self.put_mail(place);
        }
    }

    pub(crate) fn put_hooks(&self, places: std::ops::Range<usize>) {
        for place in places {
            self.put_hook(place);
        }
    }

    pub(crate) fn hook(&self, path: &str, secret: u8) -> Reach {
        let url = self.hooks.url(path).parse().unwrap();
        Reach::Webhook { url, secret: Secret::of(&[secret; 32]).unwrap(), before: None }
    }

    pub(crate) fn address(&self, place: usize, number: u32) -> Address {
        let book = book::list(self.desk.store(), &self.holder(place), self.now()).unwrap();
        book.addresses.into_iter().find(|it| it.number == number).unwrap()
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.clock.lock().unwrap()
    }

    pub(crate) fn wait(&mut self, minutes: i64) {
        self.world.wait(minutes);
        *self.clock.lock().unwrap() = self.world.now;
    }

    pub(crate) async fn turn(&self) -> Turned {
        self.carrier.turn().await.unwrap()
    }

    pub(crate) fn owed(&self, act: ActId, place: usize) -> Obligation {
        let found = self.desk.store().told(act, &[self.institution(place)]).unwrap();
        found.unwrap().1.remove(0)
    }

    pub(crate) fn status(&self, act: ActId, place: usize) -> Status {
        self.owed(act, place).status
    }

    pub(crate) fn trails(&self, act: ActId, place: usize) -> Vec<Trail> {
        trail::attempts(self.desk.store(), act, self.institution(place), self.now()).unwrap()
    }

    pub(crate) fn waiting(&self) -> u64 {
        self.desk.store().outbox_waiting().unwrap().messages
    }

    /// Entries of the record so far; the record holds together.
    pub(crate) fn entries(&self) -> u64 {
        bongsu_store::suite::world::check(self.desk.store())
    }
}

pub(crate) fn relay(port: u16, drill: bool) -> Relay {
    Relay {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::Plain,
        credentials: None,
        trusted: None,
        from: "desk@bongsu.example".parse().unwrap(),
        hello: "bongsu.example".to_owned(),
        connections: 4,
        drill,
    }
}

fn carrier(
    config: Config,
    desk: &Arc<Desk>,
    way: &Loopback,
    gateways: &[bongsu_relay::carry::gateway::Gateway],
    clock: &Arc<Mutex<Timestamp>>,
    port: u16,
) -> Carrier<Loopback> {
    let clock = Arc::clone(clock);
    let now = Arc::new(move || *clock.lock().unwrap());
    let ways =
        Ways::new(way.clone(), vec![relay(port, false), relay(port, true)], gateways.to_vec());
    Carrier::new(config, Arc::clone(desk), ways, now)
}
