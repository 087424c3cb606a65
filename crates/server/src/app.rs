//! What every handler has at hand.

use std::sync::Arc;

use bongsu_authority::names::StationNames;
use bongsu_desk::library::News;
use bongsu_desk::{Desk, Holdings, Roll};
use bongsu_matching::Knowledge;
use bongsu_relay::carry::{Carrier, Outward};
use bongsu_relay::feeds::Lookout;
use jiff::Timestamp;

use crate::admission::{Admission, PLACE};
use crate::live::Live;
use crate::problem::Problem;
use crate::resources::Judged;
use crate::resources::public::Board;
use crate::resources::record::Signed;
use crate::signin::{Door, Settings, SettingsError};
use crate::telemetry::Meters;
use crate::time::Time;
use crate::uploads::Uploads;

/// The running node, as handlers see it. Cloned, it is the same node.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    desk: Arc<Desk>,
    door: Door,
    time: Time,
    live: Arc<Live>,
    admission: Admission,
    meters: Arc<Meters>,
    matching: Option<Matching>,
    edits: tokio::sync::Mutex<()>,
    uploads: Arc<Uploads>,
    judged: Judged,
    way: Option<Outward>,
    drill: bool,
    board: Board,
    signed: Signed,
    feeds: Option<Lookout>,
    carrier: Option<Carrier<Outward>>,
    names: StationNames,
    roll: Roll,
}

/// What is known of flaws at this moment.
pub trait Known: Send + Sync {
    /// It.
    fn knowledge(&self) -> &Knowledge;

    /// Its edition: a greater number where more is known. What never changes has none.
    fn edition(&self) -> u64 {
        0
    }

    /// What came in by itself, the newest first.
    fn news(&self) -> &[News] {
        &[]
    }
}

impl Known for Knowledge {
    fn knowledge(&self) -> &Knowledge {
        self
    }
}

impl Known for bongsu_desk::library::Known {
    fn knowledge(&self) -> &Knowledge {
        &self.knowledge
    }

    fn edition(&self) -> u64 {
        self.edition
    }

    fn news(&self) -> &[News] {
        &self.news
    }
}

/// What answers who is affected: what runs where, and what is known.
#[derive(Clone)]
pub struct Matching {
    /// The index.
    pub holdings: Arc<Holdings>,
    /// Gives what is known now.
    pub known: Arc<dyn Fn() -> Arc<dyn Known> + Send + Sync>,
}

impl std::fmt::Debug for Matching {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Matching").field("holdings", &self.holdings).finish_non_exhaustive()
    }
}

impl App {
    /// Puts a node together that is reached on this machine only and has no index: it answers nothing about who is affected.
    pub fn new(desk: Arc<Desk>, time: Time) -> Self {
        Self::assembled(desk, time, None)
    }

    /// Puts a node together that is reached on this machine only.
    pub fn assembled(desk: Arc<Desk>, time: Time, matching: Option<Matching>) -> Self {
        let settings = Settings::loopback();
        Self::with(desk, time, matching, &settings).expect("passkeys can be bound to localhost")
    }

    /// Puts a node together.
    ///
    /// # Errors
    /// [`SettingsError`] where nobody could sign in.
    pub fn with(
        desk: Arc<Desk>,
        time: Time,
        matching: Option<Matching>,
        settings: &Settings,
    ) -> Result<Self, SettingsError> {
        let door = Door::new(&desk, settings)?;
        let live = Arc::new(Live::begin(&desk));
        let uploads = Arc::new(Uploads::new(desk.draw()));
        let edits = tokio::sync::Mutex::default();
        let roll = Roll::of(&desk);
        let admission = Admission::new(&settings.shares);
        let meters = Arc::new(Meters::new());
        let inner = Inner {
            desk,
            door,
            time,
            live,
            admission,
            meters,
            matching,
            edits,
            uploads,
            judged: Judged::default(),
            way: settings.way.clone(),
            drill: settings.drill,
            board: Board::default(),
            signed: Signed::default(),
            feeds: settings.feeds.clone(),
            carrier: settings.carrier.clone(),
            names: settings.names.clone(),
            roll,
        };
        Ok(Self(Arc::new(inner)))
    }

    /// The desk.
    pub fn desk(&self) -> &Arc<Desk> {
        &self.0.desk
    }

    /// Where people and programs come in.
    pub fn door(&self) -> &Door {
        &self.0.door
    }

    /// The clock.
    pub fn time(&self) -> &Time {
        &self.0.time
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.0.time.now()
    }

    /// Room for everybody.
    pub fn admission(&self) -> &Admission {
        &self.0.admission
    }

    /// What is counted and measured.
    pub fn meters(&self) -> &Arc<Meters> {
        &self.0.meters
    }

    /// The way out to webhooks, where there is one.
    pub(crate) fn way(&self) -> Option<&Outward> {
        self.0.way.as_ref()
    }

    /// Is this a drill's node?
    pub(crate) fn is_drill(&self) -> bool {
        self.0.drill
    }

    /// The advisories that anybody may read.
    pub(crate) fn board(&self) -> &Board {
        &self.0.board
    }

    /// The feeds, where this node has any.
    pub(crate) fn feeds(&self) -> Option<&Lookout> {
        self.0.feeds.as_ref()
    }

    /// What carries messages out, where something does.
    pub(crate) fn carrier(&self) -> Option<&Carrier<Outward>> {
        self.0.carrier.as_ref()
    }

    /// The systems of the nation, in memory.
    pub(crate) fn roll(&self) -> &Roll {
        &self.0.roll
    }

    /// What stations are called.
    pub(crate) fn names(&self) -> &StationNames {
        &self.0.names
    }

    /// The last checkpoint.
    pub(crate) fn signed(&self) -> &Signed {
        &self.0.signed
    }

    /// What follows from the record as it grows.
    pub(crate) fn live(&self) -> &Arc<Live> {
        &self.0.live
    }

    /// Whom to ask who is affected.
    ///
    /// # Errors
    /// [`Problem`] 503 where this node has no index.
    pub(crate) fn matching(&self) -> Result<&Matching, Problem> {
        self.0.matching.as_ref().ok_or_else(|| Problem::busy(60))
    }

    /// Held from the look at what stands to the writing of what takes its place.
    pub(crate) fn edits(&self) -> &tokio::sync::Mutex<()> {
        &self.0.edits
    }

    /// Documents that came in and are being read.
    pub(crate) fn uploads(&self) -> &Arc<Uploads> {
        &self.0.uploads
    }

    /// What documents were judged to say.
    pub(crate) fn judged(&self) -> &Judged {
        &self.0.judged
    }

    /// Tells whoever listens for an institution that something lies in its inbox.
    pub fn tell_of_inbox(&self, institution: bongsu_authority::InstitutionId) {
        self.0.live.inbox(institution);
    }

    /// Follows what other replicas on the same database record, for as long as it is polled. Where this node is alone on
    /// its database, nobody needs to.
    pub async fn follow(&self) {
        Arc::clone(&self.0.live).follow(Arc::clone(&self.0.desk)).await;
    }

    /// Does something that may wait for the disk, beside the threads that serve everybody.
    ///
    /// # Errors
    /// What it says; [`Problem`] 503 where it broke down.
    pub async fn ask<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let app = self.clone();
        let place = PLACE.try_with(Clone::clone).ok();
        let work = move || {
            let _until_it_is_done = place;
            act(&app)
        };
        let done = tokio::task::spawn_blocking(work).await;
        done.unwrap_or_else(|_| Err(Problem::busy(5)))
    }
}
