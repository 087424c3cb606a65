//! From a wish to events: finds the machine, gives it the facts it cannot know, checks the register.

use std::collections::BTreeSet;

use jiff::Timestamp;

use bongsu_authority::register::RegisterError;
use bongsu_authority::{ActId, CaseId, Institution, InstitutionId, NodeCode, Role, Seat};

use super::{Campaign, Nation};
use crate::event::{By, Event};
use crate::guard::told;
use crate::refused::{Hand, Lack, Moment, Wait};
use crate::{
    Act, ActKind, ActState, ActWish, Addressee, Answer, Case, CaseWish, Refused, Wish, act, case,
    obligation,
};

type Events = Result<Vec<Event>, Refused>;

impl Nation {
    /// Says what happens when this is wished, or why it does not; the right to wish it is asked elsewhere.
    ///
    /// The events belong in the log in this order, all or none. No event at all means that it is so already.
    ///
    /// # Errors
    /// [`Refused`], whose message says what to do next; nothing is to be recorded.
    pub fn wish(&self, wish: &Wish, by: By, at: Timestamp) -> Events {
        if !self.register.holds(by, at) {
            return Err(Refused::NoPost(by.appointment().expect("the engine needs no post")));
        }
        match wish {
            Wish::Enrol(institutions) => Ok(self.register.enrol(institutions)),
            Wish::Appoint(appointments) => self.register.appoint(appointments),
            Wish::EndAppointment { appointment, until } => {
                self.register.end_appointment(*appointment, *until)
            }
            Wish::Delegate(delegation) => self.register.delegate(delegation),
            Wish::EndDelegation { delegation, until } => {
                self.register.end_delegation(*delegation, *until)
            }
            Wish::PublishInventory { .. } => self.wish_inventory(wish),
            Wish::OpenCase { case, opening } => {
                if self.case(*case).is_some() {
                    return Err(Refused::Taken { what: "case" });
                }
                told(Lack::CaseTitle, &opening.title)?;
                Ok(vec![Event::CaseOpened { case: *case, opening: opening.clone() }])
            }
            Wish::Case { case, wish } => self.wish_case(*case, wish, by, at),
            Wish::DraftAct { act, case, kind, draft, text } => {
                if let Some(standing) = self.act(*act) {
                    return standing.redraft(*case, *kind, draft, *text, by);
                }
                self.known_case(*case)?;
                Act::draft(*act, *case, *kind, draft, *text, by)
            }
            Wish::Act { act, wish } => self.wish_act(*act, wish, by, at),
            Wish::Obligation { act, institution, wish } => {
                self.wish_obligation(*act, *institution, wish, by, at)
            }
            Wish::SetAlert(new) => new.wish(&self.alerts, by, at),
            Wish::Deliver { act, institutions, channel } => {
                self.wish_receipts(*act, institutions, channel)
            }
        }
    }

    fn wish_inventory(&self, wish: &Wish) -> Events {
        let Wish::PublishInventory { institution, system, digest, components, exposed, as_of } =
            wish
        else {
            return Ok(Vec::new());
        };
        self.known_institution(*institution)?;
        if let Some(old) = self.inventory(*system) {
            if old.institution != *institution {
                return Err(Refused::NotYet(Wait::OthersSystem));
            }
            if (old.digest, old.exposed, old.as_of) == (*digest, *exposed, *as_of) {
                return Ok(Vec::new());
            }
            if *as_of < old.as_of {
                let (what, given, after) = (Moment::Inventory, *as_of, old.as_of);
                return Err(Refused::TooEarly { what, given, after });
            }
        }
        Ok(vec![Event::InventoryPublished {
            institution: *institution,
            system: *system,
            digest: *digest,
            components: *components,
            exposed: *exposed,
            as_of: *as_of,
        }])
    }

    fn wish_case(&self, case: CaseId, wish: &CaseWish, by: By, at: Timestamp) -> Events {
        let standing = self.known_case(case)?;
        let campaigns = || self.acts_of(case).iter().filter_map(|act| self.campaign(*act));
        let into = match wish {
            CaseWish::Merge { into, .. } => self.case(*into).map(|into| into.state),
            _ => None,
        };
        let running = campaigns().filter(|campaign| campaign.is_running()).count();
        let facts = case::Facts {
            running_acts: u32::try_from(running).unwrap_or(u32::MAX),
            open_obligations: match wish {
                CaseWish::Close => campaigns().map(|campaign| campaign.open_at(at)).sum(),
                _ => 0, // nothing else asks, and counting is a walk
            },
            into,
        };
        standing.wish(wish, &facts, by, at)
    }

    fn wish_act(&self, act: ActId, wish: &ActWish, by: By, at: Timestamp) -> Events {
        let campaign = self.campaign(act).ok_or(Refused::NoAct(act))?;
        let standing = campaign.act();
        let case = self.known_case(standing.case)?;
        let addressed = |institution| campaign.obligation(institution).is_some();
        let facts = act::Facts {
            case: case.state,
            open_obligations: campaign.open_at(at),
            addressed: &addressed,
        };
        let events = standing.wish(wish, &facts, by, at)?;
        for event in &events {
            if let Event::ActSigned { addressees: new, .. } | Event::ActAmended { added: new, .. } =
                event
            {
                self.may_address(standing, new, at)?;
            }
        }
        Ok(events)
    }

    /// [authority over every addressee; the officer named is accountable now].
    fn may_address(&self, act: &Act, new: &[Addressee], at: Timestamp) -> Result<(), Refused> {
        for addressee in new {
            // Of what another ministry has, and of what nobody has, the answer is one: ids are not to be tried out.
            let unknown = Refused::NoAuthority(addressee.institution);
            let institution = self.register.institution(addressee.institution).ok_or(unknown)?;
            if !has_authority(act.kind, &act.draft.issuer, institution) {
                return Err(Refused::NoAuthority(institution.id));
            }
            let accountable = self.register.accountable(institution.id, at).map(|post| post.id);
            if accountable != Some(addressee.accountable) {
                return Err(Refused::NotAccountable {
                    institution: institution.id,
                    appointment: addressee.accountable,
                });
            }
        }
        Ok(())
    }

    fn wish_obligation(
        &self,
        act: ActId,
        institution: InstitutionId,
        answer: &Answer,
        by: By,
        at: Timestamp,
    ) -> Events {
        let campaign = self.campaign(act).ok_or(Refused::NoAct(act))?;
        let standing =
            campaign.obligation(institution).ok_or(Refused::NotAddressed(institution))?;
        let facts = obligation::Facts {
            act: campaign.act().state,
            accountable: self.register.accountable(institution, at).map(|post| post.id),
        };
        let judges = matches!(
            answer,
            Answer::DecideExtension { .. }
                | Answer::DecideWaiver { .. }
                | Answer::Verify { .. }
                | Answer::Refute { .. }
        );
        if judges && self.seat_of(by) == Some(&Seat::Institution(institution)) {
            return Err(Refused::SamePerson(Hand::OwnInstitution));
        }
        standing.wish(answer, &facts, by, at)
    }

    /// Receipts are news for whoever has none yet; what is over is left alone.
    fn wish_receipts(&self, act: ActId, institutions: &[InstitutionId], channel: &str) -> Events {
        let campaign = self.campaign(act).ok_or(Refused::NoAct(act))?;
        told(Lack::Channel, channel)?;
        if !matches!(campaign.act().state, ActState::Issued | ActState::Completed) {
            return Ok(Vec::new());
        }
        let mut news = BTreeSet::new();
        for institution in institutions {
            let obligation = campaign.obligation(*institution);
            let obligation = obligation.ok_or(Refused::NotAddressed(*institution))?;
            if obligation.marks.delivered.is_none() && !obligation.status.is_over() {
                news.insert(*institution);
            }
        }
        if news.is_empty() {
            return Ok(Vec::new());
        }
        let institutions = news.into_iter().collect();
        Ok(vec![Event::Delivered { act, institutions, channel: channel.to_owned() }])
    }

    fn seat_of(&self, by: By) -> Option<&Seat> {
        self.register.appointment(by.appointment()?).map(|post| &post.seat)
    }

    fn known_case(&self, case: CaseId) -> Result<&Case, Refused> {
        self.case(case).ok_or(Refused::NoCase(case))
    }

    fn known_institution(&self, institution: InstitutionId) -> Result<&Institution, Refused> {
        let unknown = RegisterError::UnknownInstitution(institution);
        self.register.institution(institution).ok_or(Refused::Register(unknown))
    }
}

impl Campaign {
    /// Is it issued, and does it ask somebody?
    fn is_running(&self) -> bool {
        self.act.state == ActState::Issued && !self.obligations.is_empty()
    }
}

/// May this station address this institution with an act of this kind (domain guide, section 3.1)?
///
/// A directive is the lead's alone. An action request is the lead's, or the competent ministry's in its sector. What
/// binds nobody the coordinator may issue, too.
pub fn has_authority(kind: ActKind, issuer: &NodeCode, institution: &Institution) -> bool {
    let lead = *issuer == NodeCode::lead(institution.domain());
    let competent = issuer.role() == Role::Sector && institution.competent.contains(issuer);
    let coord = *issuer == NodeCode::coord(institution.domain());
    match kind {
        ActKind::Directive => lead,
        ActKind::ActionRequest => lead || competent,
        ActKind::Advisory | ActKind::Guideline => lead || competent || coord,
    }
}
