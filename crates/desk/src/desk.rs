//! A desk: the store, the register in memory, and the way its officers come in.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use aws_lc_rs::digest::{SHA256, digest};
use bongsu_authority::access::{Channel, Denied};
use bongsu_authority::register::RegisterError;
use bongsu_authority::{ActId, Appointment, CaseId, Grade, InstitutionId, Register};
use bongsu_response::{Act, ActWish, Case, Evidence, Obligation, Wish};
use bongsu_store::chance::Chance;
use bongsu_store::{Document, Error, Receipt, Request, RequestId, Store, text_of};
use jiff::Timestamp;
use rustc_hash::FxHashMap;

use crate::code::{self, Codes};
use crate::rights::{Asking, Who};

/// A desk at work: what it does goes through rights, rules and the record, in this order and in no other.
pub struct Desk {
    store: Store,
    register: RwLock<Arc<Register>>,
    /// Held while the register changes.
    changes: Mutex<()>,
    /// Set where nobody knows whether a change of the register was recorded: it is read again before the next.
    register_is_behind: AtomicBool,
    chance: Mutex<Box<dyn Chance>>,
    channel: Channel,
    watchers: RwLock<Vec<Watcher>>,
    /// What makes case codes; read or drawn when the first is needed.
    codes: OnceLock<Codes>,
}

type Watcher = Box<dyn Fn(Touched, Receipt) + Send + Sync>;

/// The name of a request, and what tells it from another with the same name.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    /// Its id.
    pub id: RequestId,
    /// SHA-256 of what was asked, where the wish is worked out anew each time.
    pub body: Option<[u8; 32]>,
}

impl From<RequestId> for Name {
    fn from(id: RequestId) -> Self {
        Self { id, body: None }
    }
}

/// What was touched by something that was recorded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Touched {
    /// The register.
    Register,
    /// The inventories of an institution.
    Inventory(InstitutionId),
    /// The alert of a domain.
    Alert,
    /// A case, and through its clocks what is owed under its acts.
    Case(CaseId),
    /// An act, and what is owed under it.
    Act(ActId),
    /// What one institution owes under an act.
    Obligation(ActId, InstitutionId),
    /// Only the record: names under an act were read, and nothing that is owed has changed.
    Names(ActId),
}

impl Touched {
    fn by(wish: &Wish) -> Self {
        match wish {
            Wish::Enrol(_)
            | Wish::Appoint(_)
            | Wish::EndAppointment { .. }
            | Wish::Delegate(_)
            | Wish::EndDelegation { .. } => Self::Register,
            Wish::PublishInventory { institution, .. } => Self::Inventory(*institution),
            Wish::SetAlert(_) => Self::Alert,
            Wish::OpenCase { case, .. } | Wish::Case { case, .. } => Self::Case(*case),
            Wish::Act { act, wish: ActWish::ReadNames { .. } } => Self::Names(*act),
            Wish::DraftAct { act, .. } | Wish::Act { act, .. } | Wish::Deliver { act, .. } => {
                Self::Act(*act)
            }
            Wish::Obligation { act, institution, .. } => Self::Obligation(*act, *institution),
        }
    }
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("channel", &self.channel).finish_non_exhaustive()
    }
}

/// Why a desk could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The store did not give its register.
    #[error("the register could not be read")]
    Store(#[from] Error),
    /// What the register holds does not hang together.
    #[error("the register does not hang together: run `bongsu ledger replay --check`")]
    Register(#[from] RegisterError),
}

/// Why a part of the register was not loaded.
enum Loading {
    Refused(RegisterError),
    Store(Error),
}

/// A terminal on the node itself: no internet between, up to what is sensitive.
pub const TERMINAL: Channel =
    Channel { node: Grade::Sensitive, ceiling: Grade::Sensitive, internet: false };

impl Desk {
    /// Opens a desk at a store.
    ///
    /// # Errors
    /// [`OpenError`] when the register cannot be read.
    pub fn open(
        store: Store,
        chance: Box<dyn Chance>,
        channel: Channel,
    ) -> Result<Self, OpenError> {
        let register = RwLock::new(Arc::new(register(&store)?));
        let (changes, watchers) = (Mutex::default(), RwLock::default());
        let (chance, register_is_behind) = (Mutex::new(chance), AtomicBool::new(false));
        let codes = OnceLock::new();
        Ok(Self { store, register, changes, register_is_behind, chance, channel, watchers, codes })
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The register as it stands.
    pub fn register(&self) -> Arc<Register> {
        Arc::clone(&self.register.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Sixteen bytes that nobody can guess, for a new id.
    pub fn draw(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.chance.lock().unwrap_or_else(PoisonError::into_inner).fill(&mut bytes);
        bytes
    }

    /// What makes the case codes of this node.
    ///
    /// # Errors
    /// [`Error`] where its secret could neither be read nor drawn.
    pub fn codes(&self, now: Timestamp) -> Result<&Codes, Error> {
        if let Some(codes) = self.codes.get() {
            return Ok(codes);
        }
        let fresh = [self.draw(), self.draw()].concat();
        let codes = code::drawn(&self.store, fresh, now)?;
        Ok(self.codes.get_or_init(|| codes))
    }

    /// Records a wish of somebody, under a request id drawn here.
    ///
    /// # Errors
    /// [`Error`]; unless it says otherwise, nothing was recorded.
    pub fn record(&self, who: Who, wish: Wish, now: Timestamp) -> Result<Receipt, Error> {
        self.record_as(RequestId(self.draw()), who, wish, now)
    }

    /// The same under a name of the caller's, who may come again with it.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub fn record_as(
        &self,
        name: impl Into<Name>,
        who: Who,
        wish: Wish,
        now: Timestamp,
    ) -> Result<Receipt, Error> {
        let touched = Touched::by(&wish);
        let receipt = self.recorded(name.into(), who, wish, now)?;
        self.tell(touched, receipt);
        Ok(receipt)
    }

    fn recorded(
        &self,
        Name { id, body }: Name,
        who: Who,
        mut wish: Wish,
        now: Timestamp,
    ) -> Result<Receipt, Error> {
        if let Wish::DraftAct { act, case, kind, draft, text } = &mut wish {
            *text = text_of(draft, *act, *case, *kind); // whoever sent it may say what they like
        }
        let permit = self.with(who, now, |asking| asking.to(&wish))?;
        if !changes_the_register(&wish) {
            return self.store.record(Request { id, permit, wish, now, body });
        }
        // Held until what it decides about is recorded: the next change is tried against this one.
        let _one_at_a_time = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        self.mend_register()?;
        let refused = |error: RegisterError| Error::Refused(error.into());
        if let Who::Engine(_) = who {
            return self.load(Request { id, permit, wish, now, body }).map_err(
                |error| match error {
                    Loading::Refused(error) => refused(error),
                    Loading::Store(error) => error,
                },
            );
        }
        let mut register = Register::clone(&self.register());
        follow(&mut register, &wish).map_err(refused)?;
        let recorded = self.store.record(Request { id, permit, wish, now, body });
        if let Err(Error::Unknown(_)) = &recorded {
            self.register_is_behind.store(true, Ordering::Release);
        }
        let receipt = recorded?;
        *self.register.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(register);
        Ok(receipt)
    }

    /// Loads a part of the register. It is changed in place, for a copy of a nation at each step would take minutes;
    /// where the store does not record the step, the register is read again.
    fn load(&self, request: Request) -> Result<Receipt, Loading> {
        let wish = request.wish.clone();
        let mut held = self.register.write().unwrap_or_else(PoisonError::into_inner);
        let followed = follow(Arc::make_mut(&mut held), &wish).map_err(Loading::Refused);
        let recorded = followed.and_then(|()| self.store.record(request).map_err(Loading::Store));
        if recorded.is_err() {
            match register(&self.store) {
                Ok(before) => *held = Arc::new(before),
                Err(_) => self.register_is_behind.store(true, Ordering::Release),
            }
        }
        recorded
    }

    /// Records that an inventory was published, and keeps its document.
    ///
    /// # Errors
    /// As [`record`](Self::record); [`Error::Document`] where the document is not the one that the wish names.
    pub fn publish(
        &self,
        who: Who,
        wish: Wish,
        document: Document,
        now: Timestamp,
    ) -> Result<Receipt, Error> {
        self.publish_as(RequestId(self.draw()), who, wish, document, now)
    }

    /// The same under a name of the caller's.
    ///
    /// # Errors
    /// As [`publish`](Self::publish).
    pub fn publish_as(
        &self,
        name: impl Into<Name>,
        who: Who,
        wish: Wish,
        document: Document,
        now: Timestamp,
    ) -> Result<Receipt, Error> {
        let Name { id, body } = name.into();
        let permit = self.with(who, now, |asking| asking.to(&wish))?;
        let touched = Touched::by(&wish);
        let receipt = self.store.record_with(Request { id, permit, wish, now, body }, document)?;
        self.tell(touched, receipt);
        Ok(receipt)
    }

    /// Has somebody told of everything that is recorded here, after it is durable. What other replicas record is not
    /// told.
    pub fn watch(&self, watcher: impl Fn(Touched, Receipt) + Send + Sync + 'static) {
        self.watchers.write().unwrap_or_else(PoisonError::into_inner).push(Box::new(watcher));
    }

    fn tell(&self, touched: Touched, receipt: Receipt) {
        if receipt.entries > 0 {
            let watchers = self.watchers.read().unwrap_or_else(PoisonError::into_inner);
            watchers.iter().for_each(|watcher| watcher(touched, receipt));
        }
    }

    /// Reads the register again: another replica changed it.
    ///
    /// # Errors
    /// [`OpenError`] where it cannot be read; then the older one stays.
    pub fn read_register(&self) -> Result<(), OpenError> {
        let _one_at_a_time = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        self.reread()
    }

    fn reread(&self) -> Result<(), OpenError> {
        let read = Arc::new(register(&self.store)?);
        *self.register.write().unwrap_or_else(PoisonError::into_inner) = read;
        self.register_is_behind.store(false, Ordering::Release);
        Ok(())
    }

    /// Reads the register again where an outcome was unknown; with the changes held.
    fn mend_register(&self) -> Result<(), Error> {
        if !self.register_is_behind.load(Ordering::Acquire) {
            return Ok(());
        }
        self.reread().map_err(|error| match error {
            OpenError::Store(error) => error,
            OpenError::Register(error) => Error::Refused(error.into()),
        })
    }

    /// Reads the register again if it may be behind the record since an outcome was unknown.
    ///
    /// # Errors
    /// [`OpenError`] where it cannot be read; then the older one stays.
    pub fn catch_up(&self) -> Result<(), OpenError> {
        if self.register_is_behind.load(Ordering::Acquire) { self.read_register() } else { Ok(()) }
    }

    /// Asks about rights for somebody at an instant.
    pub fn with<T>(&self, who: Who, now: Timestamp, ask: impl FnOnce(Asking<'_>) -> T) -> T {
        let register = self.register();
        ask(Asking { store: &self.store, register: &register, who, channel: self.channel, now })
    }
}

/// Looking at things, as far as somebody may.
impl Desk {
    /// A case.
    pub fn case(&self, who: Who, case: CaseId, now: Timestamp) -> Result<Case, Error> {
        let permit = self.with(who, now, |asking| asking.see_case(case))?;
        self.store.case(&permit, case)
    }

    /// Every case that shows itself.
    pub fn cases(&self, who: Who, now: Timestamp) -> Result<Vec<Case>, Error> {
        self.with(who, now, |asking| self.store.cases(|case| asking.sees_case(case)))
    }

    /// An act.
    pub fn act(&self, who: Who, act: ActId, now: Timestamp) -> Result<Act, Error> {
        let permit = self.with(who, now, |asking| asking.see_act(act))?;
        self.store.act(&permit, act)
    }

    /// The acts of a case that show themselves.
    pub fn acts_of(&self, who: Who, case: &Case, now: Timestamp) -> Result<Vec<Act>, Error> {
        self.with(who, now, |asking| self.store.acts_of(case.id, |act| asking.sees_act(act, case)))
    }

    /// One obligation.
    pub fn obligation(
        &self,
        who: Who,
        (act, institution): (ActId, InstitutionId),
        now: Timestamp,
    ) -> Result<Obligation, Error> {
        let permit = self.with(who, now, |asking| asking.see_obligation(act, institution))?;
        self.store.obligation(&permit, act, institution)
    }

    /// What an institution owes or owed, with the acts that show themselves, too.
    pub fn obligations_of(
        &self,
        who: Who,
        institution: InstitutionId,
        now: Timestamp,
    ) -> Result<(Vec<Obligation>, FxHashMap<ActId, Act>), Error> {
        let mut acts: FxHashMap<ActId, Option<Act>> = FxHashMap::default();
        let owed = self.with(who, now, |asking| {
            self.store.obligations_of(institution, |owed| {
                let act = acts.entry(owed.act).or_insert_with(|| self.act(who, owed.act, now).ok());
                match act {
                    Some(act) => asking.sees_obligation(owed, act),
                    None => {
                        asking.see_obligation(owed.act, institution).map_err(|_| Denied::absent())
                    }
                }
            })
        })?;
        let seen = acts.into_iter().filter_map(|(id, act)| act.map(|act| (id, act)));
        Ok((owed, seen.collect()))
    }

    /// An officer by the title of the appointment, such as `CISO-00417`; of several, one that holds now.
    pub fn officer(&self, title: &str, now: Timestamp) -> Option<Appointment> {
        let register = self.register();
        let mut named: Vec<&Appointment> =
            register.appointments().filter(|appointment| appointment.title == title).collect();
        named.sort_by_key(|appointment| !appointment.holds_at(now));
        named.first().map(|appointment| (*appointment).clone())
    }
}

fn changes_the_register(wish: &Wish) -> bool {
    matches!(
        wish,
        Wish::Enrol(_)
            | Wish::Appoint(_)
            | Wish::EndAppointment { .. }
            | Wish::Delegate(_)
            | Wish::EndDelegation { .. }
    )
}

/// Brings a register after a wish.
///
/// # Errors
/// [`RegisterError`] for what the register would not hold when it is opened again; the record's rules ask for less.
fn follow(register: &mut Register, wish: &Wish) -> Result<(), RegisterError> {
    match wish {
        Wish::Enrol(all) => all.iter().try_for_each(|one| register.enrol(one).map(|_| ())),
        Wish::Appoint(all) => {
            // A deputy stands in for an appointment that must be known first.
            let (deputies, others): (Vec<_>, Vec<_>) =
                all.iter().partition(|one| one.deputy_of.is_some());
            others.into_iter().chain(deputies).try_for_each(|one| register.appoint(one.clone()))
        }
        Wish::EndAppointment { appointment, until } => {
            register.end_appointment(*appointment, *until)
        }
        Wish::Delegate(delegation) => register.delegate(delegation.clone()),
        Wish::EndDelegation { delegation, until } => register.end_delegation(*delegation, *until),
        _ => Ok(()),
    }
}

/// SHA-256 of something that backs a claim, or of a text.
pub fn evidence(bytes: &[u8]) -> Evidence {
    let hash = digest(&SHA256, bytes);
    Evidence(hash.as_ref().try_into().expect("SHA-256 is 32 bytes"))
}

fn register(store: &Store) -> Result<Register, OpenError> {
    let found = store.register()?;
    let mut register = Register::default();
    register.reserve(found.institutions.len());
    for institution in &found.institutions {
        register.restore(institution)?;
    }
    for appointment in found.appointments {
        register.restore_appointment(appointment)?;
    }
    for delegation in found.delegations {
        register.restore_delegation(delegation)?;
    }
    Ok(register)
}
