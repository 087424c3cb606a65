//! Kills of a real process under load: what it acknowledged must be there, once, and nothing else.
//!
//! A worker process answers obligations with [`WRITERS`] threads and says each receipt on a pipe once it has it. It is
//! killed at a random moment. Then the database is opened by somebody else, who was told only what came through the pipe.

use std::collections::{BTreeSet, HashMap};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bongsu_authority::ActId;
use bongsu_ledger::Hash;
use bongsu_response::{Answer, Assessment, Wish};
use jiff::SignedDuration;

use super::Ground;
use super::Seeded;
use super::faults::campaign;
use super::world::{On, Who, World, action_of, options, secrets};
use crate::chance;
use crate::store::Store;
use crate::writer::{Receipt, Request, RequestId};

/// Threads that answer at once.
pub const WRITERS: usize = 64;

/// Institutions that one of them answers for.
const EACH: usize = 4;

/// A kill counts when so many answers a second came before it.
const LEAST_A_SECOND: f64 = 100.0;

/// Kills of one database; the next ones begin with a fresh one, so that the last replay is not the longest by far.
const OF_ONE: u64 = 10;

/// Names the folder to a worker process.
pub const FOLDER: &str = "BONGSU_KILL_FOLDER";

/// How an engine's own is killed and looked at.
pub trait Scene: Ground {
    /// The process that answers; [`FOLDER`] is set by the caller.
    fn worker(&self) -> Command;
    /// Kills it, or what it depends on.
    fn kill(&self, worker: &mut Child);
    /// Brings back what a kill took away.
    fn mend(&self);
    /// Has the engine look at its own files.
    fn is_sound(&self);
}

/// How many times to kill: a few at a desk and in CI, more in a release run, or as the environment says.
pub fn how_many(few: u64, release: u64) -> u64 {
    let asked = std::env::var("BONGSU_KILLS").ok().map(|text| text.parse().expect("a number"));
    let deep = std::env::var("BONGSU_DEPTH").is_ok_and(|depth| depth == "release");
    asked.unwrap_or(if deep { release } else { few })
}

/// Kills again and again, and looks after each; says what came of it.
pub fn run<'a>(kills: u64, seed: u64, mut scene: impl FnMut() -> Box<dyn Scene + 'a>) {
    let mut chance = Seeded(seed);
    let mut total = Total::default();
    while total.kills < kills {
        let place = scene();
        let mut told = Told::begin(&*place);
        for _ in 0..OF_ONE.min(kills - total.kills) {
            one(place.as_ref(), &mut told, &mut chance, &mut total);
        }
    }
    let Total { kills, weak, answers, unheard, slowest, anchored } = total;
    eprintln!(
        "{kills} kills (seed {seed}), {answers} answers acknowledged, at least {slowest:.0} a second before each; \
         {unheard} recorded and not heard of, {anchored} opened against a newer anchor, {weak} kills not counted"
    );
}

#[derive(Default)]
struct Total {
    kills: u64,
    /// Kills before which too little came.
    weak: u64,
    answers: u64,
    /// Requests that were recorded, but whose answer was lost.
    unheard: u64,
    slowest: f64,
    /// Kills after which the anchor was of this round.
    anchored: u64,
}

fn one(scene: &dyn Scene, told: &mut Told, chance: &mut Seeded, total: &mut Total) {
    let wait = Duration::from_millis(40 + chance.below(1_200));
    let anchor = std::fs::read(scene.folder().join("anchor")).ok();
    let rate = told.until_killed(scene, wait);
    let newer = std::fs::read(scene.folder().join("anchor")).ok() != anchor;
    scene.mend();
    let heard = told.heard.len() as u64;
    total.unheard += told.look(scene);
    scene.is_sound();
    total.answers += heard;
    total.anchored += u64::from(newer);
    if rate < LEAST_A_SECOND {
        total.weak += 1;
        assert!(total.weak <= 5 + total.kills, "the machine is too slow for this: {rate:.0}/s");
        return;
    }
    total.slowest = if total.kills == 0 { rate } else { total.slowest.min(rate) };
    total.kills += 1;
}

/// What came through the pipe, of one database.
struct Told {
    cast: Cast,
    /// Entries before the first answer.
    base: u64,
    /// The number of the next answer of each writer.
    next: Vec<u64>,
    /// Receipts of this round.
    heard: HashMap<(usize, u64), Receipt>,
}

impl Told {
    fn begin(ground: &dyn Ground) -> Self {
        let base = prepare(ground);
        let (cast, _) = Cast::new();
        Self { cast, base, next: vec![0; WRITERS], heard: HashMap::new() }
    }

    /// Lets a worker answer, kills it, and keeps what it said; gives the answers a second before.
    fn until_killed(&mut self, scene: &dyn Scene, wait: Duration) -> f64 {
        self.heard.clear();
        let from: Vec<_> = self.next.iter().map(u64::to_string).collect();
        std::fs::write(scene.folder().join("from"), from.join(" ")).unwrap();
        let mut command = scene.worker();
        let command = command.env(FOLDER, scene.folder()).stdin(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let pipe = BufReader::new(child.stdout.take().unwrap());
        let lines = Mutex::new((Vec::new(), None));
        let rate = std::thread::scope(|scope| {
            let reading = scope.spawn(|| read(pipe, &lines));
            let patience = Instant::now() + Duration::from_mins(2);
            let first = loop {
                if let Some(first) = lines.lock().unwrap_or_else(PoisonError::into_inner).1 {
                    break first;
                }
                assert!(Instant::now() < patience, "the worker never answered");
                std::thread::sleep(Duration::from_millis(1));
            };
            std::thread::sleep(wait);
            let rate = {
                let lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                let answers = u32::try_from(lines.0.len()).unwrap();
                f64::from(answers) / first.elapsed().as_secs_f64()
            };
            scene.kill(&mut child);
            child.wait().unwrap();
            reading.join().unwrap();
            rate
        });
        let (lines, _) = lines.into_inner().unwrap_or_else(PoisonError::into_inner);
        for line in &lines {
            self.hear(line);
        }
        rate
    }

    fn hear(&mut self, line: &str) {
        let mut words = line.split(' ');
        let mut number = || words.next().unwrap().parse::<u64>().unwrap();
        let (writer, answer, entry) = (number(), number(), number());
        let leaf: Hash = words.next().unwrap().parse().unwrap();
        let writer = usize::try_from(writer).unwrap();
        assert_eq!(answer, self.next[writer], "answers of writer {writer} come in order");
        self.next[writer] += 1;
        let receipt = Receipt { entry, leaf, entries: 1 };
        assert!(self.heard.insert((writer, answer), receipt).is_none());
    }

    /// Opens, as somebody who knows only what was said, and looks at everything; gives how many were recorded unheard.
    fn look(&mut self, scene: &dyn Scene) -> u64 {
        let store = open(scene);
        let answered = |told: &Self| told.base + told.next.iter().sum::<u64>();
        let (size, said) = (store.head().unwrap().0, answered(self));
        assert!(said <= size, "{} acknowledged answers are lost", said - size);
        let unheard = size - said;
        assert!(unheard <= WRITERS as u64, "{unheard} entries that nobody asked for");
        self.is_in_the_log(&store);

        // Whoever got no answer asks again, with the same id; twice, since the answer may be lost again.
        let last: Vec<_> = (0..WRITERS).map(|writer| (writer, self.next[writer])).collect();
        let receipts = ask_again(&self.cast, &store, &last);
        for (which, receipt) in last.iter().zip(&receipts) {
            assert_eq!(receipt.entries, 1, "{which:?}");
            self.next[which.0] += 1;
        }
        let places: BTreeSet<u64> = receipts.iter().map(|receipt| receipt.entry).collect();
        assert_eq!(places.len(), WRITERS, "an entry of its own for each");
        let size = store.head().unwrap().0;
        assert_eq!(size, answered(self), "each answer once");
        assert_eq!(ask_again(&self.cast, &store, &last), receipts);

        let mut all: Vec<_> = self.heard.keys().copied().collect();
        all.sort_unstable();
        let again = ask_again(&self.cast, &store, &all);
        for (which, receipt) in all.iter().zip(again) {
            assert_eq!(receipt, self.heard[which], "{which:?} gets the receipt it got before");
        }
        assert_eq!(store.head().unwrap().0, size, "asking again records nothing");
        assert_eq!(super::world::check(&store), size);
        drop(store);
        assert_eq!(open(scene).head().unwrap().0, size);
        unheard
    }

    /// Every receipt names its own entry, with the leaf that is there.
    fn is_in_the_log(&self, store: &Store) {
        let mut places: Vec<_> = self.heard.values().collect();
        places.sort_unstable_by_key(|receipt| receipt.entry);
        for pair in places.windows(2) {
            assert!(pair[0].entry < pair[1].entry, "entry {} answers two", pair[0].entry);
        }
        let (Some(first), Some(last)) = (places.first(), places.last()) else { return };
        let kept = store.entries(first.entry, last.entry - first.entry + 1).unwrap();
        for receipt in &places {
            let there = usize::try_from(receipt.entry - first.entry).unwrap();
            let there = kept.get(there).expect("an acknowledged entry is lost");
            assert_eq!((there.position, there.hash), (receipt.entry, receipt.leaf));
        }
    }
}

/// Complete lines only: the last one may be torn.
fn read(mut pipe: impl BufRead, lines: &Mutex<(Vec<String>, Option<Instant>)>) {
    let mut line = String::new();
    while pipe.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
        if let Some(said) = line.strip_suffix('\n').and_then(|line| line.strip_prefix(SAID)) {
            let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.0.push(said.to_owned());
            lines.1.get_or_insert_with(Instant::now);
        }
        line.clear();
    }
}

/// What a line of a receipt begins with; the harness of tests says things of its own.
const SAID: &str = "receipt ";

/// Asks for the same things again, with all writers at once.
fn ask_again(cast: &Cast, store: &Store, which: &[(usize, u64)]) -> Vec<Receipt> {
    let share = which.len().div_ceil(WRITERS).max(1);
    let one = |&(writer, answer): &(usize, u64)| store.record(cast.answer(writer, answer)).unwrap();
    let ask = |share: &[(usize, u64)]| share.iter().map(one).collect::<Vec<_>>();
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            which.chunks(share).map(|share| scope.spawn(move || ask(share))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

/// Opens with the chance of the system: two processes that draw the same would hide mistakes.
fn open(ground: &dyn Ground) -> Store {
    let engine = ground.engine().unwrap();
    Store::open(engine, secrets(), &options(ground), Box::new(chance::System)).unwrap()
}

/// Records what comes before the first answer of a worker; gives how many entries that is.
pub fn prepare(ground: &dyn Ground) -> u64 {
    let (_, requests) = Cast::new();
    let store = open(ground);
    for request in requests {
        store.record(request).unwrap();
    }
    store.head().unwrap().0
}

/// What a worker process does until it is killed, or until nothing can be recorded any more.
pub fn work(ground: &dyn Ground) {
    let (cast, _) = Cast::new();
    let from = std::fs::read_to_string(ground.folder().join("from")).unwrap();
    let from: Vec<u64> = from.split(' ').map(|number| number.parse().unwrap()).collect();
    let store = open(ground);
    std::thread::scope(|scope| {
        for (writer, from) in from.into_iter().enumerate() {
            let (cast, store) = (&cast, &store);
            scope.spawn(move || {
                for number in from.. {
                    let Ok(receipt) = store.record(cast.answer(writer, number)) else { return };
                    let Receipt { entry, leaf, .. } = receipt;
                    let line = format!("{SAID}{writer} {number} {entry} {leaf}\n");
                    let mut out = std::io::stdout().lock();
                    if out.write_all(line.as_bytes()).and_then(|()| out.flush()).is_err() {
                        return;
                    }
                }
            });
        }
    });
}

/// Where a worker finds the folder it was told of; none in a run of the tests.
pub fn told_folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(|folder| Path::new(&folder).to_owned())
}

/// Who answers what: the same in every process.
#[derive(Debug)]
pub struct Cast {
    world: World,
    act: ActId,
}

impl Cast {
    /// Everybody, and what is asked before the first answer.
    pub fn new() -> (Self, Vec<Request>) {
        let mut world = World::new(64, WRITERS * EACH);
        let (act, requests) = campaign(&mut world);
        (Self { world, act }, requests)
    }

    /// The answer of a writer with this number: each institution acknowledges, is affected, and plans again and again.
    pub fn answer(&self, writer: usize, number: u64) -> Request {
        let round = number / EACH as u64;
        let place = writer + WRITERS * usize::try_from(number % EACH as u64).unwrap();
        let wish = match round {
            0 => Answer::Acknowledge,
            1 => Answer::Assess { assessment: Assessment::Affected, contradicts_inventory: false },
            _ => {
                let minutes = SignedDuration::from_mins(round.cast_signed());
                Answer::Plan { until: self.world.now + minutes }
            }
        };
        let institution = self.world.institutions[place].id;
        let on = On::Obligation(self.act, institution);
        let permit = self.world.permit(Who::Ciso(place), action_of(&wish), on).unwrap();
        let mut id = [0; 16];
        id[..8].copy_from_slice(&(writer as u64 + 1).to_be_bytes());
        id[8..].copy_from_slice(&number.to_be_bytes());
        let wish = Wish::Obligation { act: self.act, institution, wish };
        Request { id: RequestId(id), permit, wish, now: self.world.now, body: None }
    }
}
