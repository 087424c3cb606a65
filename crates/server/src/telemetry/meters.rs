//! The numbers of a node, as Prometheus reads them.

use std::fmt;
use std::sync::atomic::AtomicI64;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::admission::Class;
use crate::app::App;
use crate::listen::Peer;
use crate::routes::Route;

/// What is counted and measured.
pub struct Meters {
    /// Read at each scrape, written at the start.
    registry: Mutex<Registry>,
    requests: Family<Answered, Counter>,
    seconds: Family<OfRoute, Histogram>,
    waiting: Family<OfClass, Gauge>,
    at_work: Family<OfClass, Gauge>,
    connections: Gauge,
    opened: Family<OfLine, Counter>,
    outbox: Gauge,
    oldest: Gauge<i64, AtomicI64>,
}

impl fmt::Debug for Meters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Meters(…)")
    }
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Answered {
    route: &'static str,
    class: &'static str,
    status: u16,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct OfRoute {
    route: &'static str,
    class: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct OfClass {
    class: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct OfLine {
    /// `post-quantum`, `classical` or `plain`.
    line: &'static str,
}

/// Upper ends in seconds: from an answer in memory to one that nobody waits for.
const SECONDS: [f64; 12] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

impl Meters {
    pub(crate) fn new() -> Self {
        let meters = Self {
            registry: Mutex::new(Registry::with_prefix("bongsu")),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            waiting: Family::default(),
            at_work: Family::default(),
            connections: Gauge::default(),
            opened: Family::default(),
            outbox: Gauge::default(),
            oldest: Gauge::default(),
        };
        meters.register(|all| {
            all.register("requests", "Requests that were answered", meters.requests.clone());
            all.register(
                "request_seconds",
                "Time to the head of the answer",
                meters.seconds.clone(),
            );
            all.register("waiting", "Requests that wait for a place", meters.waiting.clone());
            all.register("at_work", "Requests that are worked on", meters.at_work.clone());
            all.register("connections", "Connections held", meters.connections.clone());
            all.register("connections_opened", "Connections opened", meters.opened.clone());
            all.register("outbox_waiting", "Messages not delivered yet", meters.outbox.clone());
            all.register(
                "outbox_oldest_seconds",
                "Time since the oldest of them was due",
                meters.oldest.clone(),
            );
        });
        meters
    }

    /// Adds numbers of another part of the node, such as those of its feeds.
    pub fn register(&self, add: impl FnOnce(&mut Registry)) {
        add(&mut self.registry.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn answered(&self, route: Option<&Route>, status: u16, time: Duration) {
        let (class, route) = route.map_or(("none", "none"), |it| (it.class.as_str(), it.id));
        self.requests.get_or_create(&Answered { route, class, status }).inc();
        self.seconds.get_or_create(&OfRoute { route, class }).observe(time.as_secs_f64());
    }

    /// Counts a connection, until what is given back is dropped.
    pub(crate) fn connected(&self, peer: &Peer) -> Connected {
        let line = match (peer.tls, peer.post_quantum) {
            (true, true) => "post-quantum",
            (true, false) => "classical",
            (false, _) => "plain",
        };
        self.opened.get_or_create(&OfLine { line }).inc();
        self.connections.inc();
        Connected(self.connections.clone())
    }

    /// Everything, as text for Prometheus. Reads the store.
    pub(super) fn text(&self, app: &App) -> String {
        for class in Class::ALL {
            let of = OfClass { class: class.as_str() };
            self.waiting.get_or_create(&of).set(app.admission().waiting(class).into());
            self.at_work.get_or_create(&of).set(app.admission().at_work(class).into());
        }
        if let Ok(waiting) = app.desk().store().outbox_waiting() {
            self.outbox.set(i64::try_from(waiting.messages).unwrap_or(i64::MAX));
            let since = waiting.oldest.map_or(0, |at| app.now().duration_since(at).as_secs());
            self.oldest.set(since.max(0));
        }
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        text::encode(&mut text, &registry).expect("a string takes everything");
        text
    }
}

/// One connection, until it is dropped.
#[derive(Debug)]
pub(crate) struct Connected(Gauge);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.dec();
    }
}
