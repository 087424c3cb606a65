//! From a wish to events: puts together the part of the nation that the rules ask about, and asks them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bongsu_authority::access::Scope;
use bongsu_authority::{
    ActId, Appointment, AppointmentId, CaseId, Delegation, DelegationId, Grade, Institution,
    InstitutionId, Label, Seat, SystemId, Tlp,
};
use bongsu_response::{
    About, Act, ActKind, ActState, ActWish, By, CaseWish, Draft, Entry, Event, Evidence,
    Exploitation, Nation, Obligation, SignedAlert, Wish, clock,
};
use jiff::{SignedDuration, Timestamp};

use crate::alerts;
use crate::apply::bytes;
use crate::codes::Code;
use crate::error::Error;
use crate::keep::{self, read_obligation};
use crate::port::{Ask, Row, ask, id};
use crate::read::within;
use crate::rights::{self, Standing};
use crate::rows;
use crate::sql;
use crate::work::Work;
use crate::writer::Request;

/// Says which entries follow from a request; none where it is so already.
pub(crate) fn decide(work: &mut Work<'_>, request: &Request) -> Result<Vec<Entry>, Error> {
    let by = rights::by(&request.permit)?;
    let age = request.now.duration_since(request.permit.at());
    if age.is_negative() || age > PERMIT_LASTS {
        return Err(Error::Stale);
    }
    let at = work.node.clock.time(work.log.last_at(), rows::cut(request.now))?;
    let wish = &sealed_by_us(work, &request.wish, at)?;
    let mut part = Part::default();
    part.gather(work, wish, (by, at))?;
    part.permits(request)?;
    if let By::Officer { person, appointment, .. } = by {
        let post = part.appointments.iter().find(|post| post.id == appointment);
        if !post.is_some_and(|post| post.person == person && post.holds_at(at)) {
            return Err(Error::NotInPost);
        }
    }
    let nation = part.nation();
    let mut events = nation.wish(wish, by, at)?;
    let sooner = sooner(work, &nation, &events, by, at)?;
    events.extend(sooner);
    let label = |event: &Event| label(&nation, event);
    Ok(events.into_iter().map(|event| Entry { by, at, label: label(&event), event }).collect())
}

/// The wish with what only the node can say: an act is signed by the node that issues it, whatever signature the wish
/// came with, and a draft has the digest of its own text.
fn sealed_by_us<'w>(
    work: &mut Work<'_>,
    wish: &'w Wish,
    at: Timestamp,
) -> Result<Cow<'w, Wish>, Error> {
    if let Wish::DraftAct { act, case, kind, draft, text } = wish {
        if draft.drill != work.node.drill {
            return Err(Error::OtherRealm);
        }
        let same = *text == text_of(draft, *act, *case, *kind);
        return if same { Ok(Cow::Borrowed(wish)) } else { Err(Error::OtherText) };
    }
    let mut wish = Cow::Borrowed(wish);
    if let Wish::Act { act, wish: ActWish::Remind { scope, institutions, why } } = &*wish {
        let institutions = to_remind(work, *act, (scope, institutions), at)?;
        let (scope, why) = (scope.clone(), why.clone());
        let wish = ActWish::Remind { scope, institutions, why };
        return Ok(Cow::Owned(Wish::Act { act: *act, wish }));
    }
    if let Wish::Act { wish: ActWish::Sign { .. } | ActWish::Amend { .. }, .. } = *wish
        && let Wish::Act {
            wish: ActWish::Sign { text, signature, .. } | ActWish::Amend { text, signature, .. },
            ..
        } = wish.to_mut()
    {
        let both = work.node.key.sign(ACT, &text.0);
        *signature = STANDARD.encode(both.to_bytes());
    }
    Ok(wish)
}

/// How long somebody who was reminded is left alone.
const REMINDED_LATELY: SignedDuration = SignedDuration::from_hours(4);

/// Those of these who are in the scope, owe something yet, and were not reminded lately.
fn to_remind(
    work: &mut Work<'_>,
    act: ActId,
    (scope, institutions): (&Scope, &[InstitutionId]),
    at: Timestamp,
) -> Result<Vec<InstitutionId>, Error> {
    work.flush()?;
    let lately = rows::micros(at - REMINDED_LATELY);
    let with = [&[id(act.0)][..], &within(scope), &[lately]].concat();
    let these = bytes(institutions);
    let rows = keep::rows(work.tx.as_mut(), ask(sql::TO_REMIND, &with).among(&these))?;
    Ok(rows.iter().map(|row| row.array(0).map(InstitutionId)).collect::<Result<_, _>>()?)
}

/// What keeps the signature of an act apart from every other: it is over the SHA-256 of its text.
pub const ACT: &str = "bongsu/act/v1";

/// What is reviewed and signed of an act: the SHA-256 of its canonical text.
pub fn text_of(draft: &Draft, act: ActId, case: CaseId, kind: ActKind) -> Evidence {
    let hash = digest(&SHA256, &draft.canonical(act, case, kind));
    Evidence(hash.as_ref().try_into().expect("SHA-256 is 32 bytes"))
}

/// How old a permit may be: what it was decided from may have changed since.
const PERMIT_LASTS: SignedDuration = SignedDuration::from_mins(5);

/// When exploitation becomes known, every issued act of the case gets shorter clocks, at once.
///
/// The new clocks count from now. Each obligation keeps those of its own that are sooner, run out or not; so a clock that
/// has run out holds up none of the others, and an extension is cut to what is due now, not to a date that is past.
fn sooner(
    work: &mut Work<'_>,
    nation: &Nation,
    events: &[Event],
    by: By,
    at: Timestamp,
) -> Result<Vec<Event>, Error> {
    let mut more = Vec::new();
    for event in events {
        let Event::ExploitationSet { case, exploitation: Exploitation::Active, .. } = event else {
            continue;
        };
        let Some(case) = nation.case(*case) else { continue };
        if case.exploitation == Exploitation::Active {
            continue; // another source says what is known
        }
        let mut known = case.clone();
        let label = known.label;
        let entry = Entry { by, at, label, event: event.clone() };
        if known.apply(&entry).is_err() {
            continue; // the rules said it fits; if not, the entry itself will say so
        }
        for act in acts_of(work, known.id)? {
            if !matches!(act.state, ActState::Issued | ActState::Completed) {
                continue;
            }
            let clocks = clock::issue_clocks(&known, act.kind, at, None);
            let wish = ActWish::Reclock { clocks, why: "exploitation became known".to_owned() };
            let mut part = Nation::new();
            part.place_case(known.clone());
            let id = act.id;
            part.place_act(act, Vec::new());
            let engine = By::Engine(bongsu_response::Engine::Clock);
            more.extend(part.wish(&Wish::Act { act: id, wish }, engine, at)?);
        }
    }
    Ok(more)
}

/// Acts about a case, as they stand in this transaction.
fn acts_of(work: &mut Work<'_>, case: CaseId) -> Result<Vec<Act>, Error> {
    work.flush()?;
    let rows = keep::rows(work.tx.as_mut(), ask(sql::ACTS_OF, &[id(case.0)]))?;
    let mut acts = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(kept) = work.act(ActId(row.array(0)?))? {
            acts.push(kept.it.clone());
        }
    }
    Ok(acts)
}

/// How far an entry may go: as far as what it is about.
fn label(nation: &Nation, event: &Event) -> Label {
    let of_act = |act: ActId| nation.act(act).map(|act| act.draft.label);
    let known = match event {
        Event::CaseOpened { opening, .. } => Some(opening.label),
        Event::ActDrafted { draft, .. } => Some(draft.label),
        other => match other.about() {
            About::Case(case) => nation.case(case).map(|case| case.label),
            About::Act(act) | About::Obligation(act, _) => of_act(act),
            About::Alert(_) => Some(Label { tlp: Tlp::Clear, grade: Grade::Open }),
            About::Register | About::Inventory(_) => None,
        },
    };
    known.unwrap_or(Label { tlp: Tlp::AmberStrict, grade: Grade::Sensitive })
}

/// What a wish is about, as it stands.
#[derive(Debug, Default)]
struct Part {
    institutions: Vec<Institution>,
    appointments: Vec<Appointment>,
    delegations: Vec<Delegation>,
    inventories: Vec<(SystemId, bongsu_response::PublishedInventory)>,
    cases: Vec<bongsu_response::Case>,
    acts: Vec<(Act, Vec<Obligation>)>,
    alerts: Vec<SignedAlert>,
}

impl Part {
    fn nation(self) -> Nation {
        let mut nation = Nation::new();
        nation.place_register(self.institutions, self.appointments, self.delegations);
        self.inventories.into_iter().for_each(|(system, it)| nation.place_inventory(system, it));
        self.alerts.into_iter().for_each(|alert| nation.place_alert(alert));
        self.cases.into_iter().for_each(|case| nation.place_case(case));
        self.acts.into_iter().for_each(|(act, owed)| nation.place_act(act, owed));
        nation
    }

    /// Is the permit for exactly this?
    fn permits(&self, request: &Request) -> Result<(), Error> {
        let wish = &request.wish;
        let standing = Standing {
            kind: self.acts.first().map(|(act, _)| act.kind),
            case: self.cases.first(),
            appointment: match wish {
                Wish::EndAppointment { appointment, .. } => {
                    self.appointments.iter().find(|it| it.id == *appointment)
                }
                _ => None,
            },
            delegator: self.delegations.first().map(|it| it.institution),
        };
        rights::check(&request.permit, wish, standing)
    }

    fn gather(
        &mut self,
        work: &mut Work<'_>,
        wish: &Wish,
        (by, at): (By, Timestamp),
    ) -> Result<(), Error> {
        match wish {
            Wish::Enrol(institutions) => {
                let these: Vec<_> = institutions.iter().map(|it| it.id).collect();
                self.institutions(work, &these, true)?;
            }
            Wish::Appoint(appointments) => self.seats(work, appointments)?,
            Wish::EndAppointment { appointment, .. } => self.appointment(work, *appointment)?,
            Wish::Delegate(delegation) => {
                self.delegation(work, delegation.id)?;
                let parties = [delegation.institution, delegation.provider];
                self.institutions(work, &parties, false)?;
                self.officers(work, &parties[..1])?;
            }
            Wish::EndDelegation { delegation, .. } => self.delegation(work, *delegation)?,
            Wish::PublishInventory { institution, system, .. } => {
                self.institutions(work, &[*institution], false)?;
                let with = [id(system.0)];
                for row in keep::rows(work.tx.as_mut(), ask(sql::INVENTORY, &with))? {
                    self.inventories.push(rows::read_inventory(&row)?);
                }
            }
            Wish::OpenCase { case, .. } => self.case(work, *case)?,
            Wish::Case { case, wish } => {
                self.case(work, *case)?;
                if let CaseWish::Merge { into, .. } = wish {
                    self.case(work, *into)?;
                }
                for act in acts_of(work, *case)? {
                    let owed = first_owed(work, act.id, matches!(wish, CaseWish::Close))?;
                    self.acts.push((act, owed));
                }
            }
            Wish::DraftAct { act, case, .. } => {
                self.case(work, *case)?;
                self.act(work, *act, Vec::new())?;
            }
            Wish::Act { act, wish } => self.about_act(work, *act, wish)?,
            Wish::Obligation { act, institution, .. } => {
                let owed = work.obligation(*act, *institution)?.map(|kept| kept.it.clone());
                self.act(work, *act, owed.into_iter().collect())?;
                self.officers(work, &[*institution])?;
            }
            Wish::SetAlert(new) => {
                let with = [new.alert.scope.code().into(), rows::micros(at)];
                self.alerts = alerts::read(work, ask(sql::ALERTS_OF, &with))?;
            }
            Wish::Deliver { act, institutions, .. } => {
                work.flush()?;
                let with = [id(act.0)];
                let these = bytes(institutions);
                let owed = bare(work, ask(sql::OBLIGATIONS_AMONG, &with).among(&these))?;
                self.act(work, *act, owed)?;
            }
        }
        match by {
            By::Officer { appointment, .. }
                if !self.appointments.iter().any(|it| it.id == appointment) =>
            {
                self.appointment(work, appointment)
            }
            _ => Ok(()),
        }
    }

    fn about_act(&mut self, work: &mut Work<'_>, act: ActId, wish: &ActWish) -> Result<(), Error> {
        work.flush()?;
        let with = [id(act.0)];
        let (owed, new) = match wish {
            ActWish::Sign { addressees, .. } => (Vec::new(), addressees.as_slice()),
            ActWish::Amend { added, released, .. } => {
                let mut these: Vec<_> = added.iter().map(|it| it.institution.0).collect();
                these.extend(released.iter().map(|it| it.0));
                let these = ask(sql::OBLIGATIONS_AMONG, &with).among(&these);
                (bare(work, these)?, added.as_slice())
            }
            ActWish::Complete => (first_owed(work, act, true)?, &[][..]),
            _ => (Vec::new(), &[][..]),
        };
        let new: Vec<_> = new.iter().map(|addressee| addressee.institution).collect();
        self.institutions(work, &new, false)?;
        self.officers(work, &new)?;
        self.act(work, act, owed)?;
        if let Some(case) = self.acts.first().map(|(act, _)| act.case) {
            self.case(work, case)?;
        }
        Ok(())
    }

    fn case(&mut self, work: &mut Work<'_>, case: CaseId) -> Result<(), Error> {
        self.cases.extend(work.case(case)?.map(|kept| kept.it.clone()));
        Ok(())
    }

    fn act(&mut self, work: &mut Work<'_>, act: ActId, owed: Vec<Obligation>) -> Result<(), Error> {
        self.acts.extend(work.act(act)?.map(|kept| (kept.it.clone(), owed)));
        Ok(())
    }

    fn institutions(
        &mut self,
        work: &mut Work<'_>,
        these: &[InstitutionId],
        names: bool,
    ) -> Result<(), Error> {
        if these.is_empty() {
            return Ok(());
        }
        let these = bytes(these);
        let found = keep::rows(work.tx.as_mut(), ask(sql::THESE_INSTITUTIONS, &[]).among(&these))?;
        for row in found {
            let it = if names {
                rows::read_institution(&row, &mut keep::working(work))?
            } else {
                rows::read_institution(&row, &mut |_, _, _, _| Ok(None))?
            };
            self.institutions.push(it);
        }
        Ok(())
    }

    /// Everybody who is, was or will be accountable for these institutions.
    fn officers(&mut self, work: &mut Work<'_>, at: &[InstitutionId]) -> Result<(), Error> {
        if at.is_empty() {
            return Ok(());
        }
        let at = bytes(at);
        self.posts(work, ask(sql::ACCOUNTABLE_AT, &[]).among(&at), false)
    }

    /// What stands at the seats of new appointments, and under their ids.
    fn seats(&mut self, work: &mut Work<'_>, new: &[Appointment]) -> Result<(), Error> {
        let at = new.iter().filter_map(|it| match it.seat {
            Seat::Institution(institution) => Some(institution),
            Seat::Node(_) => None,
        });
        let at: Vec<_> = at.collect::<BTreeSet<_>>().into_iter().collect();
        self.institutions(work, &at, false)?;
        let ids: Vec<_> = new.iter().map(|it| it.id.0).collect();
        self.posts(work, ask(sql::THESE_APPOINTMENTS, &[]).among(&ids), true)?;
        if !at.is_empty() {
            self.posts(work, ask(sql::APPOINTMENTS_AT, &[]).among(&bytes(&at)), true)?;
        }
        let mut seen = BTreeSet::new();
        self.appointments.retain(|it| seen.insert(it.id));
        Ok(())
    }

    fn appointment(&mut self, work: &mut Work<'_>, this: AppointmentId) -> Result<(), Error> {
        self.posts(work, ask(sql::APPOINTMENT, &[id(this.0)]), false)
    }

    fn posts(&mut self, work: &mut Work<'_>, ask: Ask<'_>, titles: bool) -> Result<(), Error> {
        for row in keep::rows(work.tx.as_mut(), ask)? {
            let it = if titles {
                rows::read_appointment(&row, &mut keep::working(work))?
            } else {
                rows::read_appointment(&row, &mut |_, _, _, _| Ok(None))?
            };
            self.appointments.push(it);
        }
        Ok(())
    }

    fn delegation(&mut self, work: &mut Work<'_>, this: DelegationId) -> Result<(), Error> {
        for row in keep::rows(work.tx.as_mut(), ask(sql::DELEGATION, &[id(this.0)]))? {
            self.delegations.push(rows::read_delegation(&row)?);
        }
        Ok(())
    }
}

/// Obligations that keep an act from being over; one is enough to know that there are any.
fn first_owed(work: &mut Work<'_>, act: ActId, all: bool) -> Result<Vec<Obligation>, Error> {
    work.flush()?;
    let with = [id(act.0)];
    if all {
        return full(work, ask(sql::OBLIGATIONS_OPEN, &with));
    }
    bare(work, ask(sql::OBLIGATION_ANY, &with))
}

/// Obligations as their open columns have them: enough for receipts, releases and counts.
fn bare(work: &mut Work<'_>, ask: Ask<'_>) -> Result<Vec<Obligation>, Error> {
    let mut found = Vec::new();
    work.tx.rows(ask, &mut |row: &Row| {
        found.push(read_obligation(row, &mut |_, _, _, _| Ok(None))?.0);
        Ok(())
    })?;
    Ok(found)
}

/// Obligations with what was answered.
fn full(work: &mut Work<'_>, ask: Ask<'_>) -> Result<Vec<Obligation>, Error> {
    let rows = keep::rows(work.tx.as_mut(), ask)?;
    let open = |row: &Row| Ok(read_obligation(row, &mut keep::working(work))?.0);
    rows.iter().map(open).collect()
}
