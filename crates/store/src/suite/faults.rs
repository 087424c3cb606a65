//! Failures at every write step, in both forms: failed and not written, failed but written.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bongsu_authority::access::Action;
use bongsu_authority::{ActId, CaseId};
use bongsu_response::{ActKind, ActWish, Answer, Assessment, Wish};
use jiff::SignedDuration;

use super::Ground;
use super::world::{
    ANALYST, APPROVER, DIRECTOR, On, WRITER, Who, World, check, on_act, open, open_on,
};
use crate::decide::text_of;
use crate::error::Error;
use crate::port::{Ask, Each, Engine, Fault, FaultKind, Read, Reader, Tx, Value};
use crate::schema::Table;
use crate::store::Store;
use crate::writer::Request;

/// In which form a step fails.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// It is not done, and says so.
    NotWritten,
    /// It is done, and says that it failed.
    Written,
}

/// When to fail, and what was done so far.
#[derive(Debug, Default)]
pub struct Plan {
    /// Steps taken.
    pub steps: u64,
    /// The step to fail, once.
    pub fail: Option<(u64, Form)>,
    /// Fail only when making durable.
    pub only_commits: bool,
}

/// An engine that fails at one step.
pub struct Faulty {
    inner: Box<dyn Engine>,
    plan: Arc<Mutex<Plan>>,
}

impl Faulty {
    /// An engine that fails as planned.
    pub fn new(inner: Box<dyn Engine>, plan: Arc<Mutex<Plan>>) -> Self {
        Self { inner, plan }
    }
}

fn step(plan: &Mutex<Plan>, commit: bool) -> Option<Form> {
    let mut plan = plan.lock().unwrap_or_else(PoisonError::into_inner);
    if plan.only_commits && !commit {
        return None;
    }
    plan.steps += 1;
    match plan.fail {
        Some((at, form)) if at + 1 == plan.steps => Some(form),
        _ => None,
    }
}

fn injected() -> Fault {
    Fault::new("do a step of a test", FaultKind::System, "the test had it fail")
}

impl Engine for Faulty {
    fn migrate(&mut self) -> Result<(), Fault> {
        self.inner.migrate()
    }

    fn begin(&mut self) -> Result<Box<dyn Tx + '_>, Fault> {
        if step(&self.plan, false).is_some() {
            return Err(injected());
        }
        Ok(Box::new(FaultyTx { inner: self.inner.begin()?, plan: Arc::clone(&self.plan) }))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, Fault> {
        self.inner.reader()
    }

    fn backup(&mut self, to: &Path) -> Result<(), Fault> {
        self.inner.backup(to)
    }
}

struct FaultyTx<'a> {
    inner: Box<dyn Tx + 'a>,
    plan: Arc<Mutex<Plan>>,
}

impl FaultyTx<'_> {
    fn around<T>(&mut self, act: impl FnOnce(&mut dyn Tx) -> Result<T, Fault>) -> Result<T, Fault> {
        match step(&self.plan, false) {
            None => act(self.inner.as_mut()),
            Some(Form::NotWritten) => Err(injected()),
            Some(Form::Written) => act(self.inner.as_mut()).and(Err(injected())),
        }
    }
}

impl Read for FaultyTx<'_> {
    fn rows(&mut self, ask: Ask<'_>, each: Each<'_>) -> Result<(), Fault> {
        self.around(|tx| tx.rows(ask, each))
    }
}

impl Tx for FaultyTx<'_> {
    fn run(&mut self, ask: Ask<'_>) -> Result<u64, Fault> {
        self.around(|tx| tx.run(ask))
    }

    fn put(&mut self, table: &'static Table, rows: &[Vec<Value>]) -> Result<(), Fault> {
        self.around(|tx| tx.put(table, rows))
    }

    fn commit(self: Box<Self>) -> Result<(), Fault> {
        match step(&self.plan, true) {
            None => self.inner.commit(),
            Some(Form::NotWritten) => Err(injected()),
            Some(Form::Written) => self.inner.commit().and(Err(injected())),
        }
    }
}

/// What is asked in each run; the same every time.
fn script(world: &mut World) -> Vec<Request> {
    let (act, mut requests) = campaign(world);
    let affected =
        Answer::Assess { assessment: Assessment::Affected, contradicts_inventory: false };
    requests.push(world.answering(Who::Ciso(0), act, 0, Answer::Acknowledge));
    requests.push(world.answering(Who::Ciso(0), act, 0, affected));
    requests
}

/// From an empty record to an act that everybody has received; which act, and the requests in order.
pub fn campaign(world: &mut World) -> (ActId, Vec<Request>) {
    let (all, posts) = (world.institutions.clone(), world.appointments.clone());
    let (case, act) = (CaseId(world.id()), ActId(world.id()));
    let opening = World::opening("VPN appliance");
    let (title, kind) = ("Update", ActKind::ActionRequest);
    let draft = World::draft(title);
    let text = text_of(&draft, act, case, kind);
    world.texts.insert(act, text);
    let draft = Wish::DraftAct { act, case, kind, draft, text };
    let review = Wish::Act { act, wish: ActWish::Review { text } };
    let sign = world.signature(act);
    let institutions: Vec<_> = all.iter().map(|it| it.id).collect();
    let deliver = Wish::Deliver { act, institutions, channel: "mail".to_owned() };
    let on = on_act(act);
    let requests = vec![
        world.request(Who::Register, Action::Enrol, On::Nation, Wish::Enrol(all)),
        world.request(Who::Register, Action::Appoint, On::Nation, Wish::Appoint(posts)),
        world.request(ANALYST, Action::OpenCase, On::Case(case), Wish::OpenCase { case, opening }),
        world.request(WRITER, Action::DraftActionRequest, on, draft),
        world.request(APPROVER, Action::ReviewActionRequest, on, review),
        world.request(DIRECTOR, Action::SignActionRequest, on, sign),
        world.request(Who::Delivery, Action::Deliver, on, deliver),
    ];
    (act, requests)
}

/// One run: asks until everything is recorded, opening again where it must; gives positions and steps taken.
fn run(ground: &dyn Ground, fail: Option<(u64, Form)>, only_commits: bool) -> (Vec<u64>, u64) {
    let plan = Arc::new(Mutex::new(Plan { steps: 0, fail, only_commits }));
    let faulty = || -> Result<Store, Error> {
        let engine = Box::new(Faulty::new(ground.engine()?, Arc::clone(&plan)));
        open_on(engine, ground)
    };
    let mut store = faulty().or_else(|_| faulty()).unwrap();
    let mut positions = Vec::new();
    for request in script(&mut World::new(3, 3)) {
        let mut outcome = store.record(request.clone());
        if let Err(Error::Unknown(_) | Error::Stopped) = outcome {
            assert!(matches!(store.record(request.clone()), Err(Error::Stopped)), "{fail:?}");
            drop(store);
            store = faulty().unwrap();
            outcome = Err(Error::Stopped);
        }
        let receipt = match outcome {
            Ok(receipt) => receipt,
            Err(_) => store.record(request).unwrap(),
        };
        positions.push(receipt.entry);
    }
    let entries = check(&store);
    assert_eq!(Some(entries - 1), positions.last().copied(), "{fail:?}");
    drop(store);
    assert_eq!(check(&open(ground)), entries, "{fail:?}");
    let waiting = open(ground).outbox_waiting().unwrap().messages;
    assert_eq!(waiting, 3, "{fail:?}");
    let steps = plan.lock().unwrap_or_else(PoisonError::into_inner).steps;
    (positions, steps)
}

/// Every step × both forms.
pub fn no_fault_forks_loses_or_doubles_anything(ground: &dyn Ground) {
    let (clean, steps) = run(ground, None, false);
    eprintln!("{steps} steps to fail at, in 2 forms each");
    for at in 0..steps {
        for form in [Form::NotWritten, Form::Written] {
            let (positions, _) = run(ground.another().as_ref(), Some((at, form)), false);
            assert_eq!(positions, clean, "step {at} of {steps}, {form:?}");
        }
    }
}

/// Sixteen answer at once while a step fails: whoever gets no receipt asks again, and each answer is there once.
pub fn no_fault_in_a_crowd_loses_or_doubles_anything(ground: &dyn Ground) {
    const CROWD: usize = 16;
    const FAULTS: u64 = 12;
    let mut chance = super::Seeded(5);
    let ground = ground.another();
    let mut world = World::new(4, CROWD);
    let (act, requests) = campaign(&mut world);
    let store = open(ground.as_ref());
    for request in requests {
        store.record(request).unwrap();
    }
    let mut size = store.head().unwrap().0;
    drop(store);
    for number in 0..2 * FAULTS {
        let form = if number % 2 == 0 { Form::NotWritten } else { Form::Written };
        let fail = Some((3 + chance.below(2 * CROWD as u64), form));
        let plan = Arc::new(Mutex::new(Plan { steps: 0, fail, only_commits: number % 5 == 0 }));
        let wish = |place| match number {
            0 => world.answering(Who::Ciso(place), act, place, Answer::Acknowledge),
            1 => {
                let affected = Assessment::Affected;
                let answer = Answer::Assess { assessment: affected, contradicts_inventory: false };
                world.answering(Who::Ciso(place), act, place, answer)
            }
            _ => {
                let until = world.now + SignedDuration::from_mins(number.cast_signed());
                world.answering(Who::Ciso(place), act, place, Answer::Plan { until })
            }
        };
        let requests: Vec<Request> = (0..CROWD).map(wish).collect();
        let engine = Faulty::new(ground.engine().unwrap(), plan);
        let receipts: Vec<_> = match open_on(Box::new(engine), ground.as_ref()) {
            Err(_) => vec![None; CROWD],
            Ok(store) => std::thread::scope(|scope| {
                let ask = |request: &Request| store.record(request.clone()).ok();
                let threads: Vec<_> =
                    requests.iter().map(|it| scope.spawn(move || ask(it))).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            }),
        };
        let store = open(ground.as_ref());
        for (request, receipt) in requests.iter().zip(receipts) {
            let again = store.record(request.clone()).unwrap();
            assert_eq!(again.entries, 1, "fault {number}");
            assert!(receipt.is_none_or(|receipt| receipt == again), "fault {number}");
        }
        size += CROWD as u64;
        assert_eq!(check(&store), size, "fault {number} {fail:?}");
    }
}

/// Whether or not it was written, the writer says that nobody knows, and stops.
pub fn after_a_commit_that_failed_the_writer_has_stopped(ground: &dyn Ground) {
    let (clean, commits) = run(ground, None, true);
    assert!(commits >= clean.len() as u64);
    for form in [Form::NotWritten, Form::Written] {
        let ground = ground.another();
        let plan = Plan { steps: 0, fail: Some((1, form)), only_commits: true };
        let engine = Faulty::new(ground.engine().unwrap(), Arc::new(Mutex::new(plan)));
        let store = open_on(Box::new(engine), ground.as_ref()).unwrap();
        let mut requests = script(&mut World::new(3, 3)).into_iter();
        let first = requests.next().unwrap();
        assert!(matches!(store.record(first.clone()), Err(Error::Unknown(_))));
        assert!(matches!(store.record(first.clone()), Err(Error::Stopped)));
        assert!(matches!(store.checkpoint(), Err(Error::Stopped)));
        drop(store);
        let store = open(ground.as_ref());
        assert_eq!(store.record(first).unwrap().entry, 0);
        assert_eq!(check(&store), 1);
    }
}
