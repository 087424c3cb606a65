//! Rights and rules without a store: the desk's own questions about rights, asked over a fold of the log in memory.

use bongsu_authority::access::{self, Denied, Permit};
use bongsu_authority::{ActId, CaseId, Grade, InstitutionId, Label, Register, Tlp};
use bongsu_desk::{Asking, Judges, TERMINAL, Who, text_of};
use bongsu_response::{
    Act, ActWish, By, Case, Entry, Event, Exploitation, Nation, Obligation, Wish, clock,
};
use bongsu_store::Error;
use jiff::Timestamp;

use crate::world::{World, follow};

/// What became of a wish.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// So many entries were recorded.
    Done(u32),
    /// A right was missing; the words are what was told.
    NoRight(String),
    /// A rule said no; the words are what was told.
    NoRule(String),
}

impl Outcome {
    /// As a desk's answer is seen from outside.
    pub(crate) fn of(answer: &Result<bongsu_store::Receipt, Error>) -> Self {
        match answer {
            Ok(receipt) => Self::Done(receipt.entries),
            Err(error @ Error::Refused(_)) => Self::NoRule(error.to_string()),
            Err(error) => Self::NoRight(error.to_string()),
        }
    }
}

/// The state as a fold, the register as rights are decided from it, and the log that both follow from.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) kept: Kept,
    pub(crate) register: Register,
    pub(crate) log: Vec<Entry>,
    /// Entries of the founding, before the game.
    pub(crate) founding: usize,
    /// Is it the realm of drills?
    drill: bool,
}

/// A fold that can be asked about rights.
#[derive(Clone, Debug)]
pub(crate) struct Kept(pub(crate) Nation);

impl Judges for Kept {
    fn judge_case(
        &self,
        case: CaseId,
        decide: impl FnOnce(&Case) -> Result<Permit, Denied>,
    ) -> Result<Permit, Error> {
        Ok(decide(self.0.case(case).ok_or_else(Denied::absent)?)?)
    }

    fn judge_act(
        &self,
        act: ActId,
        decide: impl FnOnce(&Act, &Case) -> Result<Permit, Denied>,
    ) -> Result<Permit, Error> {
        let act = self.0.act(act).ok_or_else(Denied::absent)?;
        let case = self.0.case(act.case).ok_or_else(Denied::absent)?;
        Ok(decide(act, case)?)
    }

    fn judge_obligation(
        &self,
        act: ActId,
        institution: InstitutionId,
        decide: impl FnOnce(&Obligation, &Act) -> Result<Permit, Denied>,
    ) -> Result<Permit, Error> {
        let campaign = self.0.campaign(act).ok_or_else(Denied::absent)?;
        let owed = campaign.obligation(institution).ok_or_else(Denied::absent)?;
        Ok(decide(owed, campaign.act())?)
    }
}

impl Model {
    /// A nation with its register loaded.
    pub(crate) fn founded(world: &World) -> Self {
        let (register, log) = (Register::default(), Vec::new());
        let mut model =
            Self { kept: Kept(Nation::new()), register, log, founding: 0, drill: world.drill };
        for wish in world.founding() {
            let outcome = model.ask(Who::Engine(access::Engine::Register), &wish, world.start);
            assert_eq!(outcome, Outcome::Done(1), "{wish:?}");
        }
        model.founding = model.log.len();
        model
    }

    pub(crate) fn nation(&self) -> &Nation {
        &self.kept.0
    }

    pub(crate) fn asking(&self, who: Who, now: Timestamp) -> Asking<'_, Kept> {
        Asking { store: &self.kept, register: &self.register, who, channel: TERMINAL, now }
    }

    /// Asks for something: rights, then rules, then the record.
    pub(crate) fn ask(&mut self, who: Who, wish: &Wish, now: Timestamp) -> Outcome {
        let mut wish = wish.clone();
        if let Wish::DraftAct { act, case, kind, draft, text } = &mut wish {
            *text = text_of(draft, *act, *case, *kind);
        }
        let permit = match self.asking(who, now).to(&wish) {
            Ok(permit) => permit,
            Err(error) => return Outcome::NoRight(error.to_string()),
        };
        if matches!(&wish, Wish::DraftAct { draft, .. } if draft.drill != self.drill) {
            return Outcome::NoRight(Error::OtherRealm.to_string());
        }
        let changed = match self.changed(&wish) {
            Ok(changed) => changed,
            Err(said) => return Outcome::NoRule(said),
        };
        let Some(by) = by(&permit) else { return Outcome::NoRight(Error::Nameless.to_string()) };
        let mut events = match self.nation().wish(&wish, by, now) {
            Ok(events) => events,
            Err(refused) => return Outcome::NoRule(refused.to_string()),
        };
        events.extend(self.sooner(&events, by, now));
        let count = u32::try_from(events.len()).expect("few");
        let label = |event: &Event| label(self.nation(), event);
        let entries: Vec<Entry> = events
            .into_iter()
            .map(|event| Entry { by, at: now, label: label(&event), event })
            .collect();
        for entry in entries {
            self.kept.0.apply(&entry).expect("what a machine gives follows its state");
            self.log.push(entry);
        }
        if let Some(register) = changed {
            self.register = register;
        }
        Outcome::Done(count)
    }

    fn changed(&self, wish: &Wish) -> Result<Option<Register>, String> {
        let registers = matches!(
            wish,
            Wish::Enrol(_)
                | Wish::Appoint(_)
                | Wish::EndAppointment { .. }
                | Wish::Delegate(_)
                | Wish::EndDelegation { .. }
        );
        if !registers {
            return Ok(None);
        }
        let mut register = self.register.clone();
        follow(&mut register, wish)?;
        Ok(Some(register))
    }

    /// When exploitation becomes known, every issued act of the case gets shorter clocks.
    fn sooner(&self, events: &[Event], by: By, at: Timestamp) -> Vec<Event> {
        let mut more = Vec::new();
        for event in events {
            let Event::ExploitationSet { case, exploitation: Exploitation::Active, .. } = event
            else {
                continue;
            };
            let before = self.nation().case(*case).map(|case| case.exploitation);
            if before == Some(Exploitation::Active) {
                continue; // another source says what is known
            }
            let mut after = self.nation().clone();
            let label = label(&after, event);
            let entry = Entry { by, at, label, event: event.clone() };
            after.apply(&entry).expect("it follows");
            let case = after.case(*case).expect("it was told of");
            for act in after.acts_of(case.id) {
                let standing = after.act(*act).expect("it is listed");
                let clocks = clock::issue_clocks(case, standing.kind, at, None);
                let wish = ActWish::Reclock { clocks, why: "exploitation became known".to_owned() };
                let wish = Wish::Act { act: *act, wish };
                let clock = By::Engine(bongsu_response::Engine::Clock);
                more.extend(after.wish(&wish, clock, at).unwrap_or_default());
            }
        }
        more
    }
}

/// Who acts under a permit; none where it is anybody.
fn by(permit: &Permit) -> Option<By> {
    match permit.by() {
        access::By::Officer { person, appointment } => Some(By::officer(person, appointment)),
        access::By::Engine(engine) => Some(By::Engine(engine)),
        access::By::Public(_) => None,
    }
}

/// How far an entry may go: as far as what it is about; what is about nobody's text stays in the organisation.
pub(crate) fn label(nation: &Nation, event: &Event) -> Label {
    let inside = Label { tlp: Tlp::AmberStrict, grade: Grade::Sensitive };
    let (case, act) = crate::checks::about(event);
    match (event, case, act) {
        (Event::CaseOpened { opening, .. }, ..) => opening.label,
        (Event::ActDrafted { draft, .. }, ..) => draft.label,
        (_, Some(case), _) => nation.case(case).map_or(inside, |case| case.label),
        (_, _, Some(act)) => nation.act(act).map_or(inside, |act| act.draft.label),
        _ => inside,
    }
}
