//! One game: played, looked at, and made small when it fails.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bongsu_response::Event;
use jiff::{SignedDuration, Timestamp};

use crate::checks::{Story, hold};
use crate::model::{Model, Outcome};
use crate::play::{Step, next, opening};
use crate::world::{Chance, World, hours};

/// Steps of a game after its opening.
const STEPS: usize = 70;

/// A game as it was played.
pub(crate) struct Game {
    pub(crate) seed: u64,
    pub(crate) world: World,
    pub(crate) steps: Vec<Step>,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) model: Model,
    pub(crate) end: Timestamp,
}

impl Game {
    /// Plays a game and looks at it.
    pub(crate) fn play(seed: u64) -> Self {
        let mut steps = Vec::new();
        let played = catch_unwind(AssertUnwindSafe(|| Self::invent(seed, &mut steps)));
        played.unwrap_or_else(|_| {
            let steps = smaller(seed, steps);
            panic!("seed {seed} fails; these steps are enough:\n{}", Code(seed, &steps));
        })
    }

    fn invent(seed: u64, steps: &mut Vec<Step>) -> Self {
        let mut chance = Chance::new(seed);
        let world = World::of_game(seed);
        let mut game = Self::new(seed, world);
        if !chance.once_in(8) {
            for step in opening(&mut chance, &game.world, &game.model) {
                steps.push(step.clone());
                game.take(step);
            }
        }
        for _ in 0..STEPS {
            let step = next(&mut chance, &game.world, &game.model, game.end);
            steps.push(step.clone());
            game.take(step);
        }
        game.look();
        game
    }

    /// Plays given steps in the world of a seed, and looks.
    pub(crate) fn replay(seed: u64, steps: &[Step]) -> Self {
        let mut game = Self::new(seed, World::of_game(seed));
        for step in steps {
            game.take(step.clone());
        }
        game.look();
        game
    }

    pub(crate) fn new(seed: u64, world: World) -> Self {
        let model = Model::founded(&world);
        let (steps, outcomes) = (Vec::new(), Vec::new());
        let end = world.start;
        Self { seed, world, steps, outcomes, model, end }
    }

    pub(crate) fn take(&mut self, step: Step) {
        self.end += SignedDuration::from_mins(step.after_minutes);
        let outcome = self.model.ask(step.who, &step.wish, self.end);
        self.outcomes.push(outcome);
        self.steps.push(step);
    }

    fn look(&self) {
        hold(&Story { world: &self.world, model: &self.model, end: hours(self.end, 1) });
    }
}

/// Leaves out what is not needed for the failure: halves first, then one step after another.
fn smaller(seed: u64, mut steps: Vec<Step>) -> Vec<Step> {
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ())); // the same failure, many times over
    let fails =
        |steps: &[Step]| catch_unwind(AssertUnwindSafe(|| Game::replay(seed, steps))).is_err();
    let mut size = steps.len().div_ceil(2);
    while size > 0 {
        let mut from = 0;
        while from < steps.len() {
            let mut fewer = steps.clone();
            let mut left = fewer.drain(from..(from + size).min(steps.len()));
            // Whatever comes later still comes at the same time.
            let minutes: i64 = left.by_ref().map(|step| step.after_minutes).sum();
            drop(left);
            if let Some(after) = fewer.get_mut(from) {
                after.after_minutes += minutes;
            }
            if fails(&fewer) { steps = fewer } else { from += size }
        }
        size /= 2;
    }
    std::panic::set_hook(loud);
    steps
}

/// Steps as code that plays them again.
struct Code<'a>(u64, &'a [Step]);

impl fmt::Display for Code<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "let world = World::of_game({});\nlet steps = [", self.0)?;
        for Step { after_minutes, who, wish } in self.1 {
            writeln!(
                f,
                "    Step {{ after_minutes: {after_minutes}, who: Who::{who:?}, wish: Wish::{wish:?} }},"
            )?;
        }
        writeln!(f, "];\nGame::replay({}, &steps);", self.0)
    }
}

/// What all games together came to: a test that meets nothing proves nothing.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) games: u64,
    entries: u64,
    nothing_new: u64,
    no_right: u64,
    no_rule: u64,
    signed: u64,
    verified: u64,
    waived: u64,
    extended: u64,
    regressed: u64,
    reclocked: u64,
    amended: u64,
    withdrawn: u64,
    merged: u64,
    split: u64,
    rejected: u64,
    drills: u64,
    military: u64,
    by_provider: u64,
}

impl Seen {
    pub(crate) fn add(&mut self, game: &Game) {
        self.games += 1;
        for outcome in &game.outcomes {
            match outcome {
                Outcome::Done(0) => self.nothing_new += 1,
                Outcome::Done(_) => {}
                Outcome::NoRight(_) => self.no_right += 1,
                Outcome::NoRule(_) => self.no_rule += 1,
            }
        }
        let log = &game.model.log[game.model.founding..];
        self.entries += log.len() as u64;
        let any = |sees: &dyn Fn(&Event) -> bool| u64::from(log.iter().any(|it| sees(&it.event)));
        self.signed += any(&|event| matches!(event, Event::ActSigned { .. }));
        self.verified += any(&|event| matches!(event, Event::Verified { .. }));
        self.waived += any(&|event| matches!(event, Event::WaiverDecided { granted: Some(_), .. }));
        self.extended +=
            any(&|event| matches!(event, Event::ExtensionDecided { granted: Some(_), .. }));
        self.regressed += any(&|event| matches!(event, Event::Regressed { .. }));
        self.reclocked += any(&|event| matches!(event, Event::ActReclocked { .. }));
        self.amended += any(&|event| matches!(event, Event::ActAmended { .. }));
        self.withdrawn += any(&|event| matches!(event, Event::ActWithdrawn { .. }));
        self.merged += any(&|event| matches!(event, Event::CaseMerged { .. }));
        self.split += any(&|event| matches!(event, Event::CaseSplit { .. }));
        self.rejected += any(&|event| {
            matches!(event, Event::CaseMoved { to: bongsu_response::CaseState::Rejected, .. })
        });
        let campaigns = || game.model.nation().campaigns();
        self.drills += u64::from(campaigns().any(|it| it.act().draft.drill));
        self.military += u64::from(campaigns().any(|it| {
            it.obligations()
                .iter()
                .any(|owed| game.world.place(owed.institution) == Some(crate::world::MILITARY))
        }));
        let provider = game.world.operator(crate::world::PROVIDER);
        self.by_provider += u64::from(log.iter().any(|it| it.by.person() == Some(provider)));
    }

    /// A run that never met one of these looked at nothing.
    pub(crate) fn essentials(&self) {
        #[rustfmt::skip]
        let table = [
            (self.signed, "an act was signed"),          (self.verified, "a fix was verified"),
            (self.waived, "a waiver was granted"),       (self.regressed, "a flaw came back"),
            (self.no_right, "a right was missing"),      (self.no_rule, "a rule said no"),
        ];
        for (count, what) in table {
            assert!(count > 0, "never: {what}");
        }
    }

    /// A long run meets these, too.
    pub(crate) fn everything(&self) {
        self.essentials();
        #[rustfmt::skip]
        let table = [
            (self.extended, "time was granted"),         (self.reclocked, "clocks became shorter"),
            (self.amended, "an act was amended"),        (self.withdrawn, "an act was withdrawn"),
            (self.merged, "a case was merged"),          (self.split, "a merge was taken back"),
            (self.rejected, "a case was rejected"),      (self.drills, "there was a drill"),
            (self.military, "the military was asked"),   (self.by_provider, "a provider answered"),
            (self.nothing_new, "something was said twice"),
        ];
        for (count, what) in table {
            assert!(count > 0, "never: {what}");
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { games, entries, no_right, no_rule, nothing_new, .. } = self;
        writeln!(f, "{games} games, {entries} entries;")?;
        writeln!(
            f,
            "  wishes refused: {no_right} by right, {no_rule} by rule; {nothing_new} said nothing new;"
        )?;
        writeln!(
            f,
            "  games with: act signed {}, verified {}, waived {}, extended {}, regressed {}, clocks shortened {},",
            self.signed, self.verified, self.waived, self.extended, self.regressed, self.reclocked
        )?;
        write!(
            f,
            "  amended {}, withdrawn {}, merged {}, split {}, rejected {}, drill {}, military {}, provider {}",
            self.amended,
            self.withdrawn,
            self.merged,
            self.split,
            self.rejected,
            self.drills,
            self.military,
            self.by_provider
        )
    }
}
