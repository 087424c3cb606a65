//! The same games through a whole desk on each store: what it answers, what it keeps and what it exports is what the
//! rights and the rules alone come to.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bongsu_authority::access::Denied;
use bongsu_authority::{ActId, CaseId, InstitutionId};
use bongsu_desk::{Desk, Who, text_of};
use bongsu_ledger::audit::{Files, verify_log};
use bongsu_ledger::keys::DualSignature;
use bongsu_ledger::leaf::Leaf;
use bongsu_response::{Act, Case, Entry, Obligation, Status};
use bongsu_store::{ACT, Target};
use jiff::SignedDuration;

use crate::game::{Game, Seen};
use crate::grounds::{Ground, found};
use crate::is_release;
use crate::model::Outcome;
use crate::world::{TOGETHER, World};

/// Games on SQLite in CI; a hundred times as many in a release run.
const ON_SQLITE: u64 = 400;
/// Games on PostgreSQL in CI.
const ON_POSTGRES: u64 = 60;

#[test]
fn on_sqlite_a_desk_does_what_rights_and_rules_come_to() {
    play(&|| Some(Ground::sqlite()), ON_SQLITE);
}

#[test]
fn on_postgres_a_desk_does_what_rights_and_rules_come_to() {
    play(&Ground::postgres, ON_POSTGRES);
}

fn play(ground: &dyn Fn() -> Option<Ground>, games: u64) {
    let games = if is_release() { games * 100 } else { games };
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let games = number("BONGSU_GAMES").map_or(games, |given| games.min(given));
    let mut seen = Seen::default();
    let mut name = "";
    for first in (0..games).step_by(usize::try_from(TOGETHER).expect("small")) {
        let Some(ground) = ground() else { return };
        let ground = ground.of_realm(World::new(first).drill);
        name = ground.name();
        let mut desk = ground.desk();
        let mut log = Vec::new();
        for seed in first..games.min(first + TOGETHER) {
            let game = Game::play(seed);
            go_along(&desk, &game);
            the_state_is_the_same(&desk, &game);
            every_copy_is_as_signed(&desk, &game);
            seen.add(&game);
            log.extend(game.model.log);
        }
        drop(desk);
        desk = ground.desk();
        the_record_is_the_same(&desk, &log);
    }
    eprintln!("on {name}: {seen}");
    if seen.games >= 50 {
        seen.essentials();
    }
}

/// Every step has the same outcome, in the same words.
fn go_along(desk: &Desk, game: &Game) {
    found(desk, &game.world);
    let mut now = game.world.start;
    for (place, (step, outcome)) in game.steps.iter().zip(&game.outcomes).enumerate() {
        now += SignedDuration::from_mins(step.after_minutes);
        let answer = desk.record(step.who, step.wish.clone(), now);
        let seed = game.seed;
        assert_eq!(&Outcome::of(&answer), outcome, "seed {seed}, step {place}: {step:?}");
    }
}

/// Everything that is kept, read back.
fn the_state_is_the_same(desk: &Desk, game: &Game) {
    let nation = game.model.nation();
    for case in nation.cases() {
        assert_eq!(kept_case(desk, case.id).as_ref(), Some(case), "seed {}", game.seed);
    }
    for campaign in nation.campaigns() {
        let mut kept = kept_act(desk, campaign.act().id).expect("it is kept");
        kept.signature.clone_from(&campaign.act().signature); // the node's own, checked apart
        assert_eq!(&kept, campaign.act(), "seed {}", game.seed);
        let mut counts: BTreeMap<Status, u64> = BTreeMap::new();
        for owed in campaign.obligations() {
            let kept = kept_obligation(desk, owed.act, owed.institution);
            assert_eq!(kept.as_ref(), Some(owed), "seed {}", game.seed);
            let against = owed.contradicted && owed.status == Status::NotAffected;
            let stands = if against { Status::Unknown } else { owed.status };
            *counts.entry(stands).or_default() += 1;
        }
        the_picture_counts_what_is(desk, game, campaign.act().id, &counts);
    }
}

/// Invariant 10: the numbers that are shown are the numbers there are, each under its own word.
fn the_picture_counts_what_is(
    desk: &Desk,
    game: &Game,
    act: ActId,
    counts: &BTreeMap<Status, u64>,
) {
    let apex = Who::Person(
        game.world.at(&"APEX".parse().expect("a station"), bongsu_authority::Post::Analyst),
    );
    // In some games the analyst of the apex has left by now.
    let Ok(permit) = desk.with(apex, game.end, |asking| asking.see_picture()) else { return };
    let mut shown: BTreeMap<Status, u64> = BTreeMap::new();
    for row in desk.store().picture_rows(&permit, act).expect("rows") {
        *shown.entry(row.status).or_default() += row.count;
    }
    assert_eq!(&shown, counts, "seed {}: the picture", game.seed);
}

/// Invariant 11: a copy has the digest that was signed, and the signature of the node over it.
fn every_copy_is_as_signed(desk: &Desk, game: &Game) {
    for campaign in game.model.nation().campaigns() {
        let act = campaign.act();
        if act.edition == 0 {
            continue;
        }
        let copy = kept_act(desk, act.id).expect("it is kept");
        assert_eq!(copy.text, text_of(&copy.draft, copy.id, copy.case, copy.kind), "11: the text");
        let signature = STANDARD.decode(copy.signature.expect("it is signed")).expect("base64");
        let signature = DualSignature::from_bytes(&signature).expect("two signatures");
        desk.store().verifier().verify(ACT, &copy.text.0, &signature).expect("11: the signature");
    }
}

/// Invariants 3, 11 and 12: the log verifies, replays to the rows, and its leaves say signer's time and label.
fn the_record_is_the_same(desk: &Desk, log: &[Entry]) {
    let replayed = desk.store().replay(&mut |_| ()).expect("it is read");
    assert_eq!(replayed.difference, None);
    assert_eq!(replayed.entries, log.len() as u64);
    let mut files = Exported::default();
    desk.store().export(&mut files, 0).expect("it is exported");
    let audited = verify_log(&files, desk.store().verifier(), |_| ()).expect("it verifies");
    assert_eq!((audited.size(), audited.withheld), (log.len() as u64, 0));
    let sealed = desk.store().entries(0, log.len() as u64).expect("they are read");
    // Those of one request share an instant and may stand in another order.
    let mut leaves: Vec<_> = sealed.iter().map(|it| facts(&it.leaf)).collect();
    let mut entries: Vec<_> = log
        .iter()
        .map(|it| (it.at.as_microsecond(), it.label.tlp as u8, it.label.grade as u8))
        .collect();
    leaves.sort_unstable();
    entries.sort_unstable();
    assert_eq!(leaves, entries, "3 and 5: time and label of the leaves");
}

fn facts(leaf: &[u8]) -> (i64, u8, u8) {
    let leaf = Leaf::from_bytes(leaf).expect("a leaf of ours");
    (leaf.at, leaf.routing.tlp, leaf.routing.grade)
}

/// Files of an exported log, in memory.
#[derive(Debug, Default)]
pub(crate) struct Exported(pub(crate) HashMap<String, Vec<u8>>);

impl Target for Exported {
    fn write(&mut self, path: &str, bytes: &[u8]) -> std::io::Result<()> {
        self.0.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }
}

impl Files for Exported {
    type Error = Infallible;

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.0.get(path).cloned())
    }
}

/// A look at everything takes no right here: a judge sees what it decides about, and denies.
pub(crate) fn kept_case(desk: &Desk, case: CaseId) -> Option<Case> {
    let mut kept = None;
    let _ = desk.store().judge_case(case, |case| {
        kept = Some(case.clone());
        Err(Denied::absent())
    });
    kept
}

pub(crate) fn kept_act(desk: &Desk, act: ActId) -> Option<Act> {
    let mut kept = None;
    let _ = desk.store().judge_act(act, |act, _| {
        kept = Some(act.clone());
        Err(Denied::absent())
    });
    kept
}

pub(crate) fn kept_obligation(
    desk: &Desk,
    act: ActId,
    institution: InstitutionId,
) -> Option<Obligation> {
    let mut kept = None;
    let _ = desk.store().judge_obligation(act, institution, |owed, _| {
        kept = Some(owed.clone());
        Err(Denied::absent())
    });
    kept
}
