//! Random games: anybody wishes anything, and the laws hold.
//!
//! 10,000 games in CI, a million with `BONGSU_DEPTH=release`. A failure prints its seed; `BONGSU_SEED` plays it again.

mod laws;
mod wishes;
mod world;

use std::collections::BTreeMap;

use bongsu_response::{
    ActWish, Answer, By, CaseWish, Entry, Event, IssueClocks, Nation, Status, Wish,
};
use world::{ACTS, CASES, Chance, ENGINES, digest, draft, founded, hours, label, start};

/// Wishes a game has.
const WISHES: u64 = 120;

#[test]
fn whatever_anybody_wishes_the_laws_hold() {
    let founded = founded();
    let mut seen = Seen::default();
    for seed in seeds() {
        let played = std::panic::catch_unwind(|| play(seed, &founded));
        match played {
            Ok(game) => seen.add(&game),
            Err(panic) => {
                seen.report();
                std::panic::resume_unwind(Box::new(format!("seed {seed}: {}", words(&*panic))));
            }
        }
    }
    seen.report();
    if seen.games >= 10_000 {
        seen.everything();
    }
}

fn seeds() -> std::ops::Range<u64> {
    if let Some(seed) = std::env::var("BONGSU_SEED").ok().and_then(|seed| seed.parse().ok()) {
        return seed..seed + 1;
    }
    let release = std::env::var("BONGSU_DEPTH").is_ok_and(|depth| depth == "release");
    0..if release { 1_000_000 } else { 10_000 }
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default()
}

/// What a game came to.
struct Game {
    log: Vec<Entry>,
    refused: u64,
    nothing_new: u64,
    nation: Nation,
    reached: [bool; 15],
}

fn play(seed: u64, (nation, log): &(Nation, Vec<Entry>)) -> Game {
    let mut chance = Chance::new(seed);
    let (nation, log) = (nation.clone(), log.clone());
    let mut game = Game { log, refused: 0, nothing_new: 0, nation, reached: [false; 15] };
    let mut at = hours(start(), 1);
    if chance.once_in(2) {
        issue(&mut game, &mut chance);
    }
    let officers = world::officers();
    for _ in 0..WISHES {
        at = hours(at, i64::try_from(chance.below(30)).expect("small"));
        let wish = wishes::any(&mut chance, &game.nation, at);
        let by = match &wish {
            _ if chance.once_in(5) => chance.pick(&ENGINES),
            Wish::Obligation { wish, .. } if judges(wish) => chance.pick(&officers[..6]),
            Wish::Obligation { institution, .. } if !chance.once_in(4) => {
                chance.pick(world::officers_of(*institution, &officers))
            }
            _ => chance.pick(&officers),
        };
        step(&mut game, &wish, by, at);
    }
    the_same_entries_give_the_same_state(&game);
    game
}

fn step(game: &mut Game, wish: &Wish, by: By, at: jiff::Timestamp) {
    let events = match game.nation.wish(wish, by, at) {
        Err(refused) => {
            assert!(refused.to_string().contains([';', ',', ':']), "says no next step: {refused}");
            game.refused += 1;
            return;
        }
        Ok(events) if events.is_empty() => {
            game.nothing_new += 1;
            return;
        }
        Ok(events) => events,
    };
    let before = game.nation.clone();
    let news: Vec<Entry> =
        events.into_iter().map(|event| Entry { by, at, label: label(), event }).collect();
    for entry in &news {
        game.nation.apply(entry).expect("what a machine gives follows its state");
    }
    laws::hold(&game.log, &news, &before, &game.nation);
    if !once_more_is_news(wish) {
        let again = game.nation.wish(wish, by, at);
        assert_eq!(again, Ok(Vec::new()), "said twice: {wish:?}");
    }
    game.log.extend(news);
    for campaign in game.nation.campaigns() {
        for obligation in campaign.obligations() {
            game.reached[usize::from(obligation.status.number())] = true;
        }
    }
}

/// Is it for somebody else than the institution?
fn judges(answer: &Answer) -> bool {
    matches!(
        answer,
        Answer::DecideExtension { .. }
            | Answer::DecideWaiver { .. }
            | Answer::Verify { .. }
            | Answer::Refute { .. }
    )
}

/// Every reading is recorded; a case can be opened, or split, once.
fn once_more_is_news(wish: &Wish) -> bool {
    matches!(
        wish,
        Wish::OpenCase { .. }
            | Wish::Case { wish: CaseWish::Read { .. } | CaseWish::Split { .. }, .. }
            | Wish::Act { wish: ActWish::ReadNames { .. }, .. }
    )
}

/// Brings a directive to issue by the shortest way, so that half of the games are about answers.
fn issue(game: &mut Game, chance: &mut Chance) {
    let (case, act, at) = (CASES[0], ACTS[0], start());
    let officers = world::officers();
    let feed = ENGINES[1];
    let Wish::OpenCase { mut opening, .. } = (loop {
        let wish = wishes::any(chance, &game.nation, at);
        if matches!(wish, Wish::OpenCase { .. }) {
            break wish;
        }
    }) else {
        unreachable!("the loop ends with it")
    };
    opening.public = true;
    let draft = draft(0, true);
    let kind = bongsu_response::ActKind::Directive;
    let text = digest(&draft.canonical(act, case, kind));
    let clocks: IssueClocks = world::clocks(chance, at);
    let addressees = world::INSTITUTIONS[..3].iter().map(|institution| {
        let accountable = game.nation.register().accountable(*institution, at).expect("one").id;
        let exposure = chance.pick(bongsu_response::Exposure::ALL);
        bongsu_response::Addressee { institution: *institution, exposure, systems: 1, accountable }
    });
    let sign = ActWish::Sign {
        text,
        signature: "signature".to_owned(),
        clocks,
        addressees: addressees.collect(),
    };
    let publish = CaseWish::Publish { why: "a feed carries it".to_owned() };
    let wishes = [
        (feed, Wish::OpenCase { case, opening }),
        (feed, Wish::Case { case, wish: publish }),
        (officers[2], Wish::DraftAct { act, case, kind, draft, text }),
        (officers[1], Wish::Act { act, wish: ActWish::Review { text } }),
        (officers[0], Wish::Act { act, wish: sign }),
    ];
    for (by, wish) in wishes {
        step(game, &wish, by, at);
    }
    assert!(game.nation.campaign(act).is_some_and(|campaign| campaign.obligations().len() == 3));
}

fn the_same_entries_give_the_same_state(game: &Game) {
    let mut again = Nation::new();
    for entry in &game.log {
        again.apply(entry).expect("it was applied before");
    }
    assert_eq!(again, game.nation);
}

/// What all games together came to: a test that meets nothing proves nothing.
#[derive(Default)]
struct Seen {
    games: u64,
    refused: u64,
    nothing_new: u64,
    events: BTreeMap<&'static str, u64>,
    reached: [u64; 15],
}

impl Seen {
    fn add(&mut self, game: &Game) {
        self.games += 1;
        self.refused += game.refused;
        self.nothing_new += game.nothing_new;
        for entry in &game.log {
            *self.events.entry(entry.event.name()).or_default() += 1;
        }
        for (count, reached) in self.reached.iter_mut().zip(game.reached) {
            *count += u64::from(reached);
        }
    }

    fn report(&self) {
        let Self { games, refused, nothing_new, events, reached } = self;
        eprintln!("{games} games, {refused} wishes refused, {nothing_new} said twice");
        eprintln!("{events:?}\n{reached:?}");
    }

    fn everything(&self) {
        for status in Status::ALL {
            assert!(self.reached[usize::from(status.number())] > 0, "never {status}");
        }
        let missing: Vec<_> =
            EVENTS.iter().filter(|name| !self.events.contains_key(*name)).collect();
        assert!(missing.is_empty(), "never met: {missing:?}");
    }
}

/// Every event but the register's.
#[rustfmt::skip]
const EVENTS: [&str; 44] = [
    "inventory_published", "case_opened", "case_moved", "rejection_proposed", "case_merged", "case_split",
    "case_identified", "case_triaged", "exploitation_set", "fix_set", "embargo_set", "lift_proposed", "embargo_kept", "case_labelled",
    "member_added", "member_removed", "case_read", "act_drafted", "act_reviewed", "act_signed", "act_amended", "act_withdrawn", "act_completed",
    "act_reclocked", "names_read", "delivered", "unreachable", "acknowledged", "assessed", "planned", "mitigated",
    "claimed", "countersigned", "verified", "refuted", "forensic_checked", "extension_asked", "extension_decided",
    "waiver_asked", "waiver_decided", "waiver_expired", "assisted", "regressed", "closed",
];
const _: fn(&Event) -> &'static str = Event::name;
