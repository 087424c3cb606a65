//! Random walks: the store and the pure nation are asked the same things and must say the same.

use bongsu_authority::access::Action;
use bongsu_authority::{ActId, CaseId, SystemId};
use bongsu_response::{
    ActKind, ActWish, Answer, Assessment, CaseWish, Entry, Event, Exploitation, Fix, Nation,
    Remedy, Term, Wish, clock,
};
use jiff::SignedDuration;

use super::Ground;
use super::world::{
    ANALYST, APPROVER, DIRECTOR, LABEL, On, WRITER, Who, World, action_of, check, evidence, on_act,
    open, text,
};
use crate::decide::text_of;
use crate::rights;
use crate::store::Store;

/// Walks in a run of CI, and steps in each.
const WALKS: u64 = 10;
const STEPS: usize = 150;

/// What is accepted, what is refused, what is news and what is not: the same, and the rows follow.
pub fn the_store_agrees_with_the_pure_nation(ground: &dyn Ground) {
    let release = std::env::var("BONGSU_DEPTH").is_ok_and(|depth| depth == "release");
    for seed in 0..if release { WALKS * 20 } else { WALKS } {
        let ground = ground.another();
        walk(ground.as_ref(), seed);
    }
}

struct Walk {
    world: World,
    nation: Nation,
    cases: Vec<CaseId>,
    acts: Vec<(ActId, CaseId)>,
}

fn walk(ground: &dyn Ground, seed: u64) {
    let store = open(ground);
    let world = World::new(seed, 5);
    let mut walk = Walk { world, nation: Nation::new(), cases: Vec::new(), acts: Vec::new() };
    let all = walk.world.institutions.clone();
    let posts = walk.world.appointments.clone();
    walk.ask(&store, Who::Register, Action::Enrol, On::Nation, &Wish::Enrol(all), seed);
    walk.ask(&store, Who::Register, Action::Appoint, On::Nation, &Wish::Appoint(posts), seed);
    for _ in 0..2 {
        let case = CaseId(walk.world.id());
        walk.cases.push(case);
        let wish = Wish::OpenCase { case, opening: World::opening("a flaw") };
        walk.ask(&store, ANALYST, Action::OpenCase, On::Case(case), &wish, seed);
    }
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..STEPS {
        let minutes = walk.world.chance.below(200).cast_signed();
        walk.world.wait(minutes);
        match walk.step(&store, seed) {
            Some(true) => accepted += 1,
            Some(false) => refused += 1,
            None => {}
        }
    }
    assert_eq!(check(&store), walk.nation.entries(), "seed {seed}");
    assert!(accepted > 20 && refused > 5, "seed {seed}: {accepted} accepted, {refused} refused");
}

impl Walk {
    fn step(&mut self, store: &Store, seed: u64) -> Option<bool> {
        let (who, action, on, wish) = self.something();
        self.ask(store, who, action, on, &wish, seed)
    }

    /// Asks both; none where the rights already say no.
    fn ask(
        &mut self,
        store: &Store,
        who: Who,
        action: Action,
        on: On,
        wish: &Wish,
        seed: u64,
    ) -> Option<bool> {
        let _ = self.world.permit(who, action, on).ok()?;
        let request = self.world.request(who, action, on, wish.clone());
        let (by, at) = (rights::by(&request.permit).ok()?, self.world.now);
        let expected = self.nation.wish(wish, by, at);
        let outcome = store.record(request);
        let context = || format!("seed {seed}: {wish:?}\npure: {expected:?}\nstore: {outcome:?}");
        assert_eq!(expected.is_ok(), outcome.is_ok(), "{}", context());
        let Ok(events) = &expected else { return Some(false) };
        let before = self.nation.entries();
        for event in events {
            let entry = Entry { by, at, label: LABEL, event: event.clone() };
            let known = self.is_known(&entry);
            self.nation.apply(&entry).unwrap();
            if !known {
                self.sooner(&entry);
            }
        }
        let news = self.nation.entries() - before;
        assert_eq!(outcome.as_ref().map(|it| it.entries.into()).ok(), Some(news), "{}", context());
        Some(true)
    }

    /// Was it known before this entry that the case is exploited?
    fn is_known(&self, entry: &Entry) -> bool {
        let Event::ExploitationSet { case, .. } = &entry.event else { return false };
        self.nation.case(*case).is_some_and(|case| case.exploitation == Exploitation::Active)
    }

    /// What the store does by itself when exploitation becomes known.
    fn sooner(&mut self, entry: &Entry) {
        let Event::ExploitationSet { case, exploitation: Exploitation::Active, .. } = &entry.event
        else {
            return;
        };
        let case = self.nation.case(*case).unwrap().clone();
        for act in self.nation.acts_of(case.id).to_vec() {
            let standing = self.nation.act(act).unwrap();
            let clocks = clock::issue_clocks(&case, standing.kind, entry.at, None);
            let wish = ActWish::Reclock { clocks, why: "exploitation became known".to_owned() };
            let events = self.nation.wish(&Wish::Act { act, wish }, entry.by, entry.at);
            for event in events.unwrap_or_default() {
                self.nation.apply(&Entry { event, ..entry.clone() }).unwrap();
            }
        }
    }

    fn something(&mut self) -> (Who, Action, On, Wish) {
        let case = self.cases[self.world.chance.place(self.cases.len())];
        let dice = self.world.chance.below(100);
        if dice < 6 || self.acts.is_empty() {
            let act = ActId(self.world.id());
            self.acts.push((act, case));
            return Self::draft(act, case, "first");
        }
        let (act, of) = self.acts[self.world.chance.place(self.acts.len())];
        match dice {
            6..10 => Self::draft(act, of, "second"),
            10..20 => {
                let text = self.nation.act(act).map_or(text("none"), |act| act.text);
                let wish = Wish::Act { act, wish: ActWish::Review { text } };
                (APPROVER, Action::ReviewActionRequest, on_act(act), wish)
            }
            20..30 => {
                let text = self.nation.act(act).map_or(text("none"), |act| act.text);
                let mut wish = self.world.signature(act);
                if let Wish::Act { wish: ActWish::Sign { text: signed, .. }, .. } = &mut wish {
                    *signed = text;
                }
                (DIRECTOR, Action::SignActionRequest, on_act(act), wish)
            }
            30..32 => {
                let wish = ActWish::Withdraw { why: "it was a mistake".to_owned() };
                (DIRECTOR, Action::WithdrawAct, on_act(act), Wish::Act { act, wish })
            }
            32..35 => {
                let wish = Wish::Act { act, wish: ActWish::Complete };
                (DIRECTOR, Action::CompleteAct, on_act(act), wish)
            }
            35..42 => {
                let all = self.world.institutions.iter().map(|it| it.id);
                let few = self.world.chance.place(6);
                let institutions = all.take(few).collect();
                let wish = Wish::Deliver { act, institutions, channel: "mail".to_owned() };
                (Who::Delivery, Action::Deliver, on_act(act), wish)
            }
            42..50 => self.about_case(case),
            50..53 => self.inventory(),
            _ => self.answer(act),
        }
    }

    fn draft(act: ActId, case: CaseId, title: &str) -> (Who, Action, On, Wish) {
        let (kind, draft) = (ActKind::ActionRequest, World::draft(title));
        let text = text_of(&draft, act, case, kind);
        let wish = Wish::DraftAct { act, case, kind, draft, text };
        (WRITER, Action::DraftActionRequest, on_act(act), wish)
    }

    fn about_case(&mut self, case: CaseId) -> (Who, Action, On, Wish) {
        let since = self.world.now;
        let (action, wish) = match self.world.chance.below(5) {
            0 => {
                let exploitation = Exploitation::Active;
                let said_by = "feed".to_owned();
                (Action::SetExploitation, CaseWish::Exploit { exploitation, since, said_by })
            }
            1 => {
                let exploitation = Exploitation::Poc;
                let said_by = "analyst".to_owned();
                (Action::SetExploitation, CaseWish::Exploit { exploitation, since, said_by })
            }
            2 => (Action::WorkCase, CaseWish::Remedy(Fix::Patch)),
            3 => (Action::CloseCase, CaseWish::Close),
            _ => (Action::ReopenCase, CaseWish::Reopen { why: "it came back".to_owned() }),
        };
        (ANALYST, action, On::Case(case), Wish::Case { case, wish })
    }

    fn inventory(&mut self) -> (Who, Action, On, Wish) {
        let place = self.world.chance.place(5);
        let institution = self.world.institutions[place].id;
        let wish = Wish::PublishInventory {
            institution,
            system: SystemId([b'0' + u8::from(self.world.chance.below(2) == 0); 16]),
            digest: evidence("inventory"),
            components: 10,
            exposed: true,
            as_of: self.world.now,
        };
        (Who::Ciso(place), Action::PublishInventory, On::Institution(institution), wish)
    }

    fn answer(&mut self, act: ActId) -> (Who, Action, On, Wish) {
        let place = self.world.chance.place(5);
        let institution = self.world.institutions[place].id;
        let days = |world: &mut World| {
            world.now + SignedDuration::from_hours(24 * (1 + world.chance.below(9).cast_signed()))
        };
        let until = days(&mut self.world);
        let (why, how) = ("the supplier is late".to_owned(), "scanned".to_owned());
        let control = "cut off from the internet".to_owned();
        let evidence = evidence("document");
        let answer = match self.world.chance.below(19) {
            0 => Answer::Unreachable,
            1 | 2 => Answer::Acknowledge,
            3 | 4 => {
                Answer::Assess { assessment: Assessment::Affected, contradicts_inventory: false }
            }
            5 => Answer::Assess {
                assessment: Assessment::NotAffected {
                    justification: "component_not_present".to_owned(),
                },
                contradicts_inventory: self.world.chance.below(2) == 0,
            },
            6 => Answer::Plan { until },
            7 => Answer::Mitigate { how },
            8 | 9 => Answer::Claim { remedy: Remedy::Patched, evidence },
            10 => Answer::Countersign,
            11 | 12 => Answer::Verify { evidence, how },
            13 => Answer::Refute { evidence, how },
            14 => Answer::ForensicCheck { clean: true, evidence },
            15 => Answer::AskWaiver { until, control },
            16 => Answer::DecideWaiver { granted: Some(Term { until, control }), why },
            17 => Answer::Regress { evidence },
            _ => Answer::Close { remedy: Some(Remedy::Patched) },
        };
        let who = match (&answer, self.world.chance.below(3)) {
            (Answer::Unreachable, _) => Who::Delivery,
            (Answer::Verify { .. } | Answer::Refute { .. } | Answer::Regress { .. }, 0) => {
                Who::Matching
            }
            (
                Answer::Verify { .. }
                | Answer::Refute { .. }
                | Answer::Regress { .. }
                | Answer::Close { .. },
                _,
            ) => ANALYST,
            (Answer::DecideWaiver { .. }, _) => DIRECTOR,
            (_, 0) => Who::Operator(place),
            _ => Who::Ciso(place),
        };
        let action = action_of(&answer);
        let wish = Wish::Obligation { act, institution, wish: answer };
        (who, action, On::Obligation(act, institution), wish)
    }
}
