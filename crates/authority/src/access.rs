//! Who may do what: one pure function, and permits that only it can make.
//!
//! Default is no. `rules` is the table: a row an action, saying which posts may and under which conditions.
//! `guards` are those conditions, one a function; some of them forbid, and what forbids overrides what permits.
//! `gates` are the three gates every cell passes besides: TLP, grade, compartment. Where the domain guide is
//! silent, `docs/decisions/0005-who-may.md` says what we chose.

mod action;
mod gates;
mod grant;
mod guards;
mod object;
mod permit;
mod principal;
mod rules;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use crate::{Appointment, Delegation, NodeCode, PersonId, Post, Seat};

pub use action::{ActKind, Action};
pub use guards::{DAYS_OF_A_SECTOR, ROWS_ALONE};
pub use object::{
    ActFacts, AlertFacts, CaseFacts, DrillFacts, Embargo, ExportFacts, Exported, IncidentFacts,
    InstitutionFacts, Member, NamesFacts, Object, ObjectId, ObligationFacts, RecordFacts, Scope,
    SeatFacts, Subject,
};
pub use permit::{By, Denied, Permit, Why, WrongPermit};
pub use principal::{Channel, Engine, Officer, Principal};

/// Decides whether somebody may do something to something now, over this channel.
///
/// Every post that is held and every delegation that reaches the person is tried; the first that passes the row, its
/// guards and the gates is the one named in the permit.
///
/// ```
/// use bongsu_authority::Grade;
/// use bongsu_authority::access::{Action, Channel, Object, Principal, decide};
///
/// let channel = Channel { node: Grade::Sensitive, ceiling: Grade::Open, internet: true };
/// let at = "2026-03-02T09:00:00Z".parse()?;
/// let permit = decide(&Principal::Public, Action::SubmitReport, &Object::Nation, &channel, at)?;
/// assert_eq!(permit.person(), None);
/// let denied = decide(&Principal::Public, Action::SeeCounts, &Object::Nation, &channel, at);
/// assert!(denied.is_err());
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Denied`], with the nearest reason for the log. Nothing else is told.
pub fn decide(
    principal: &Principal<'_>,
    action: Action,
    object: &Object<'_>,
    channel: &Channel,
    at: Timestamp,
) -> Result<Permit, Denied> {
    let ask = Ask { principal, action, object, channel, at };
    let rule = rules::rule(action);
    if !rule.is_about(object, principal) {
        return Err(Denied::because(Why::Mismatch));
    }
    let mut nearest = Why::NoPost;
    for acting in ask.ways_to_act() {
        match passes(&ask, &rule, &acting) {
            Ok(()) => return Ok(Permit::new(action, object.id(), ask.by(&acting), at)),
            Err(why) => nearest = nearest.max(why),
        }
    }
    Err(Denied::because(nearest))
}

fn passes(ask: &Ask<'_>, rule: &rules::Rule, acting: &Acting<'_>) -> Result<(), Why> {
    let mut given = rule.grants.iter().filter(|grant| grant.admits(ask, acting)).peekable();
    given.peek().ok_or(Why::NoPost)?;
    let entitled = given.any(|grant| !matches!(grant, grant::Grant::Anyone));
    guards::military_stays_inside(ask, acting)?;
    rule.guards.iter().try_for_each(|guard| guard(ask, acting))?;
    gates::all(ask, acting, entitled)
}

/// One question, as the guards see it.
/// What a post at a seat could be allowed on some object or other: which rooms make sense for whoever holds it. It is no
/// right: what is asked for is decided about what it is asked on.
pub fn could(seat: &Seat, post: Post) -> impl Iterator<Item = Action> {
    let issues = move |action: &Action| match (seat, action.about_kind()) {
        (Seat::Node(code), Some(kind)) => guards::issues(code.role(), kind),
        _ => true,
    };
    let held = move |action: &Action| {
        let admits = rules::rule(*action).grants.iter().any(|grant| grant.could_admit(seat, post));
        admits && issues(action)
    };
    Action::ALL.iter().copied().filter(held)
}

struct Ask<'a> {
    principal: &'a Principal<'a>,
    action: Action,
    object: &'a Object<'a>,
    channel: &'a Channel,
    at: Timestamp,
}

/// One way in which the principal could act.
#[derive(Clone, Copy, Debug)]
enum Acting<'a> {
    /// In a post, for its own seat.
    Officer(&'a Appointment),
    /// In a post at a provider, for the institution that delegated.
    Provider(&'a Appointment, &'a Delegation),
    /// As the engine.
    Engine(Engine),
    /// As anybody.
    Public,
}

impl<'a> Ask<'a> {
    fn ways_to_act(&self) -> Vec<Acting<'a>> {
        match self.principal {
            Principal::Public => vec![Acting::Public],
            Principal::Engine(engine) => vec![Acting::Engine(*engine)],
            Principal::Person(officer) => {
                let mut ways: Vec<_> = officer.now(self.at).map(Acting::Officer).collect();
                let acts_for = officer.acts_for(self.at);
                ways.extend(acts_for.map(|(post, signed)| Acting::Provider(post, signed)));
                ways.push(Acting::Public);
                ways
            }
        }
    }

    fn by(&self, acting: &Acting<'_>) -> By {
        match acting {
            Acting::Officer(own) | Acting::Provider(own, _) => {
                By::Officer { person: own.person, appointment: own.id }
            }
            Acting::Engine(engine) => By::Engine(*engine),
            Acting::Public => By::Public(self.person()),
        }
    }

    /// The person, whatever they act as: what one person must not do twice is asked of the person.
    fn person(&self) -> Option<PersonId> {
        match self.principal {
            Principal::Person(officer) => Some(officer.person),
            Principal::Public | Principal::Engine(_) => None,
        }
    }

    /// Every post the person holds now, also those they do not act in.
    fn posts_now(&self) -> impl Iterator<Item = &'a Appointment> {
        let officer = match self.principal {
            Principal::Person(officer) => Some(officer),
            Principal::Public | Principal::Engine(_) => None,
        };
        officer.into_iter().flat_map(|officer| officer.now(self.at))
    }

    /// The delegations that reach the person now.
    fn delegations_now(&self) -> impl Iterator<Item = &'a Delegation> {
        let officer = match self.principal {
            Principal::Person(officer) => Some(officer),
            Principal::Public | Principal::Engine(_) => None,
        };
        officer.into_iter().flat_map(|officer| officer.acts_for(self.at)).map(|(_, signed)| signed)
    }
}

impl<'a> Acting<'a> {
    /// The station, where one acts in a post at a station.
    fn station(&self) -> Option<(&'a NodeCode, Post)> {
        match self {
            Self::Officer(Appointment { seat: Seat::Node(code), post, .. }) => Some((code, *post)),
            _ => None,
        }
    }
}
