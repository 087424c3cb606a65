//! Ways in which a row gives a right.

use super::{Acting, Ask, Engine, Object, Scope};
use crate::{Domain, InstitutionId, NodeCode, Post, Power, Role, Seat};

/// One cell of the "Allowed" column.
#[derive(Clone, Copy, Debug)]
pub(super) enum Grant {
    /// Whoever asks, except a provider for its customer and the engine.
    Anyone,
    /// A part of the engine.
    Engine(Engine),
    /// A post at a station that stands in this relation to the object.
    Station(Office, &'static [Post]),
    /// A post at the institution the object is about.
    Own(&'static [Post]),
    /// The accountable person of that institution, in the post that makes them so.
    Accountable,
    /// A provider the institution gave this power.
    Provider(Power),
    /// A supplier of what the case is about.
    Supplier,
    /// A named expert of a station, as the joint response team has them.
    Expert,
    /// A member of the compartment by name, in any post.
    Named,
    /// The institution's coordinator, on a case that touches it.
    OnCase,
    /// The coordinator's person in charge of the incident.
    IncidentLead,
    /// The director of the drill.
    DrillDirector,
}

/// How a station stands to an object.
#[derive(Clone, Copy, Debug)]
pub(super) enum Office {
    /// It works the case.
    CaseCoord,
    /// It issues the act.
    Issuer,
    /// It leads the domain.
    Lead,
    /// It coordinates for that lead.
    Coord,
    /// It is a competent ministry.
    Sector,
    /// It relays.
    Relay,
    /// It is the station the object is about, or at.
    Here,
    /// It is the apex.
    Apex,
    /// It leads any domain.
    AnyLead,
    /// It coordinates in any domain.
    AnyCoord,
    /// It is any station of the nation.
    AnyStation,
    /// It is the crisis unit.
    CrisisUnit,
    /// It is the foreign ministry.
    Diplo,
    /// It is the personal-data regulator.
    PrivacyReg,
}

/// Posts at a station that see content.
pub(super) const DESK: &[Post] =
    &[Post::Duty, Post::Analyst, Post::Approver, Post::Director, Post::Liaison];

impl Grant {
    pub(super) fn admits(self, ask: &Ask<'_>, acting: &Acting<'_>) -> bool {
        match (self, acting) {
            (Self::Anyone, Acting::Officer(_) | Acting::Public) => true,
            (Self::Engine(engine), Acting::Engine(asking)) => engine == *asking,
            (Self::Station(office, posts), _) => acting.station().is_some_and(|(code, post)| {
                posts.contains(&post) && office.is_held(code, ask.object)
            }),
            (Self::Own(posts), Acting::Officer(own)) => {
                posts.contains(&own.post) && is_seat(&own.seat, about(ask.object))
            }
            (Self::Accountable, Acting::Officer(own)) => {
                let accountable = ask.object.subject().and_then(|subject| subject.accountable);
                accountable == Some(own.person)
                    && matches!(own.post, Post::Ciso | Post::Head)
                    && is_seat(&own.seat, about(ask.object))
            }
            (Self::Provider(power), Acting::Provider(_, signed)) => {
                signed.powers.contains(&power) && about(ask.object) == Some(signed.institution)
            }
            (Self::Supplier, Acting::Officer(own)) => {
                let Object::Case(case) = ask.object else { return false };
                let here = |supplier: &InstitutionId| is_seat(&own.seat, Some(*supplier));
                matches!(own.post, Post::Operator | Post::Ciso) && case.suppliers.iter().any(here)
            }
            (Self::Expert, _) => acting.station().is_some_and(|(code, post)| {
                let expert = !matches!(code.role(), Role::Sector | Role::Partner);
                expert && DESK.contains(&post) && ask.is_named()
            }),
            (Self::Named, Acting::Officer(_)) => ask.is_named(),
            (Self::OnCase, _) => is_on_case(ask, acting),
            (Self::IncidentLead, _) => {
                let Object::Incident(incident) = ask.object else { return false };
                let coord = Office::Coord;
                let there = acting.station().is_some_and(|(code, post)| {
                    DESK.contains(&post) && coord.is_held(code, ask.object)
                });
                there && incident.lead.is_some() && incident.lead == ask.person()
            }
            (Self::DrillDirector, _) => {
                let Object::Drill(drill) = ask.object else { return false };
                let there = acting.station().is_some_and(|(code, post)| {
                    let may_hold = matches!(code.role(), Role::Apex | Role::Lead(_) | Role::Sector);
                    may_hold && post == Post::Director && code == drill.host
                });
                there && ask.person() == Some(drill.director)
            }
            _ => false,
        }
    }
}

impl Grant {
    /// Is there an object on which this grant admits a post at this seat? What a name or a delegation gives is no part of a
    /// post.
    pub(super) fn could_admit(self, seat: &Seat, post: Post) -> bool {
        match (self, seat) {
            (Self::Anyone, _) => true,
            (Self::Station(office, posts), Seat::Node(code)) => {
                posts.contains(&post) && office.could_be_held(code.role())
            }
            (Self::Own(posts), Seat::Institution(_)) => posts.contains(&post),
            (Self::Accountable, Seat::Institution(_)) => matches!(post, Post::Ciso | Post::Head),
            (Self::OnCase, Seat::Node(code)) => {
                let works = matches!(code.role(), Role::Coord(_) | Role::Lead(Domain::Military));
                works && post == Post::Analyst
            }
            (Self::DrillDirector, Seat::Node(code)) => {
                let may_hold = matches!(code.role(), Role::Apex | Role::Lead(_) | Role::Sector);
                may_hold && post == Post::Director
            }
            _ => false,
        }
    }
}

impl Office {
    /// Is there an object to which a station of this role stands so?
    fn could_be_held(self, role: Role) -> bool {
        match self {
            Self::CaseCoord | Self::Coord | Self::AnyCoord => matches!(role, Role::Coord(_)),
            Self::Lead | Self::AnyLead => matches!(role, Role::Lead(_)),
            Self::Issuer => matches!(role, Role::Lead(_) | Role::Coord(_) | Role::Sector),
            Self::Sector => role == Role::Sector,
            Self::Relay => role == Role::Relay,
            Self::Here => true,
            Self::AnyStation => role != Role::Partner,
            Self::Apex => role == Role::Apex,
            Self::CrisisUnit => role == Role::CrisisUnit,
            Self::Diplo => role == Role::Diplo,
            Self::PrivacyReg => role == Role::PrivacyReg,
        }
    }

    fn is_held(self, code: &NodeCode, object: &Object<'_>) -> bool {
        match (self, code.role()) {
            (Self::CaseCoord, Role::Coord(_)) => {
                matches!(object, Object::Case(case) if case.coord == code)
            }
            (Self::Issuer, _) => matches!(object, Object::Act(act) if act.issuer == code),
            (Self::Lead, Role::Lead(domain)) | (Self::Coord, Role::Coord(domain)) => {
                has_domain(object, domain)
            }
            (Self::Sector, Role::Sector) => has_sector(object, code),
            (Self::Relay, Role::Relay) => has_relay(object, code),
            (Self::Here, _) => is_here(object, code),
            (Self::AnyStation, role) => role != Role::Partner,
            (Self::Apex, Role::Apex)
            | (Self::AnyLead, Role::Lead(_))
            | (Self::AnyCoord, Role::Coord(_))
            | (Self::CrisisUnit, Role::CrisisUnit)
            | (Self::Diplo, Role::Diplo)
            | (Self::PrivacyReg, Role::PrivacyReg) => true,
            _ => false,
        }
    }
}

fn has_domain(object: &Object<'_>, domain: Domain) -> bool {
    match object {
        Object::Act(act) => act.domains.contains(&domain),
        Object::Alert(alert) => alert.domain == domain,
        Object::Names(names) if matches!(names.scope, Scope::Domain(_)) => {
            *names.scope == Scope::Domain(domain)
        }
        _ => object.subject().is_some_and(|subject| subject.lead == domain),
    }
}

fn has_sector(object: &Object<'_>, code: &NodeCode) -> bool {
    match object {
        Object::Act(act) => act.sectors.contains(code),
        Object::Names(names) if matches!(names.scope, Scope::Sector(_)) => {
            matches!(names.scope, Scope::Sector(sector) if sector == code)
        }
        _ => object.subject().is_some_and(|subject| subject.institution.competent.contains(code)),
    }
}

fn has_relay(object: &Object<'_>, code: &NodeCode) -> bool {
    match object {
        Object::Act(act) => act.relays.contains(code),
        Object::Names(names) if matches!(names.scope, Scope::Relay(_)) => {
            matches!(names.scope, Scope::Relay(relay) if relay == code)
        }
        _ => {
            object.subject().is_some_and(|subject| subject.institution.relay.as_ref() == Some(code))
        }
    }
}

fn is_here(object: &Object<'_>, code: &NodeCode) -> bool {
    match object {
        Object::Node(node) => *node == code,
        Object::Seat(facts) => matches!(facts.seat, Seat::Node(node) if node == code),
        Object::Record(facts) => matches!(facts.seat, Seat::Node(node) if node == code),
        _ => false,
    }
}

/// An institution's coordinator is on a case if it works the case or its analyst is named in it; `LEAD_MIL` if named.
fn is_on_case(ask: &Ask<'_>, acting: &Acting<'_>) -> bool {
    let Object::Institution(facts) = ask.object else { return false };
    let (Some(case), Some((code, Post::Analyst))) = (facts.touched_by, acting.station()) else {
        return false;
    };
    let named = ask.is_named_in(case.members);
    match code.role() {
        Role::Coord(domain) => facts.subject.lead == domain && (code == case.coord || named),
        Role::Lead(Domain::Military) => facts.subject.is_military() && named,
        _ => false,
    }
}

fn about(object: &Object<'_>) -> Option<InstitutionId> {
    object.subject().map(|subject| subject.institution.id)
}

fn is_seat(seat: &Seat, institution: Option<InstitutionId>) -> bool {
    matches!(seat, Seat::Institution(id) if Some(*id) == institution)
}
