//! Conditions of single rows, each with a name. What forbids here overrides whatever permits.

use super::{ActFacts, ActKind, Acting, Action, Ask, Engine, Object, ObligationFacts, Scope, Why};
use crate::{Domain, NodeCode, Post, Role, Seat, Tlp};

/// A condition.
pub(super) type Guard = fn(&Ask<'_>, &Acting<'_>) -> Result<(), Why>;

/// A sector ministry grants this many days; more is for the lead (domain guide, section 3.1).
pub const DAYS_OF_A_SECTOR: u32 = 30;

/// Names one person may read at once; more needs the approval of a second (threat model, T3).
pub const ROWS_ALONE: u32 = 50;

fn unless(wrong: bool, why: Why) -> Result<(), Why> {
    if wrong { Err(why) } else { Ok(()) }
}

// What forbids, whatever else permits.

/// Military detail never leaves the military (domain guide, section 13.8). Asked of every action.
pub(super) fn military_stays_inside(ask: &Ask<'_>, acting: &Acting<'_>) -> Result<(), Why> {
    let scope_is_military = matches!(
        ask.object,
        Object::Names(names) if *names.scope == Scope::Domain(Domain::Military)
    );
    let subject = ask.object.subject().filter(|subject| subject.is_military());
    if subject.is_none() && !scope_is_military {
        return Ok(());
    }
    let inside = match acting {
        Acting::Engine(_) => true,
        Acting::Officer(own) => match &own.seat {
            Seat::Node(code) => {
                matches!(code.role(), Role::Lead(Domain::Military) | Role::Coord(Domain::Military))
            }
            Seat::Institution(id) => subject.is_some_and(|subject| subject.institution.id == *id),
        },
        Acting::Provider(..) | Acting::Public => false,
    };
    unless(!inside, Why::Military)
}

/// Whoever runs the platform sees no content, in whatever other post they ask.
pub(super) fn no_sysadmin(ask: &Ask<'_>, _: &Acting<'_>) -> Result<(), Why> {
    unless(ask.posts_now().any(|own| own.post == Post::Sysadmin), Why::Never)
}

/// Neither the finder nor anybody at a supplier decides about the report.
pub(super) fn impartial(ask: &Ask<'_>, _: &Acting<'_>) -> Result<(), Why> {
    let Object::Case(case) = ask.object else { return Err(Why::Mismatch) };
    unless(case.finder.is_some() && case.finder == ask.person(), Why::OwnWork)?;
    let at_supplier =
        |seat: &Seat| matches!(seat, Seat::Institution(id) if case.suppliers.contains(id));
    unless(ask.posts_now().any(|own| at_supplier(&own.seat)), Why::Never)
}

/// The institution grants itself nothing and proves nothing of itself: nor does a provider that acts for it.
pub(super) fn disinterested(ask: &Ask<'_>, _: &Acting<'_>) -> Result<(), Why> {
    let Some(subject) = ask.object.subject() else { return Err(Why::Mismatch) };
    let id = subject.institution.id;
    let own = ask.posts_now().any(|own| own.seat == Seat::Institution(id));
    let client = ask.delegations_now().any(|signed| signed.institution == id);
    unless(own || client, Why::Never)
}

/// Nobody verifies, refutes or countersigns their own claim, in whatever post.
pub(super) fn not_the_claimant(ask: &Ask<'_>, _: &Acting<'_>) -> Result<(), Why> {
    let claimant = obligation(ask)?.claimant;
    unless(claimant.is_some() && claimant == ask.person(), Why::OwnWork)
}

/// Who is drilled does not direct the drill.
pub(super) fn no_player(ask: &Ask<'_>, _: &Acting<'_>) -> Result<(), Why> {
    let Object::Drill(drill) = ask.object else { return Err(Why::Mismatch) };
    unless(ask.person().is_some_and(|person| drill.players.contains(&person)), Why::Never)
}

// Two persons.

/// A second person proposed exactly this.
pub(super) fn second_person(ask: &Ask<'_>, _: &Acting<'_>) -> Result<(), Why> {
    let second = match ask.object {
        Object::Case(case) => case.second,
        Object::Institution(institution) => institution.second,
        Object::Names(names) => names.second,
        Object::Record(record) => record.second,
        _ => return Err(Why::Mismatch),
    };
    unless(second.is_none(), Why::SecondPerson)?;
    unless(second == ask.person(), Why::OwnWork)
}

/// A severe claim is rejected by two.
pub(super) fn second_person_if_severe(ask: &Ask<'_>, acting: &Acting<'_>) -> Result<(), Why> {
    match ask.object {
        Object::Case(case) if case.severe => second_person(ask, acting),
        _ => Ok(()),
    }
}

/// A long list of names is read with the approval of a second person.
pub(super) fn second_person_if_many(ask: &Ask<'_>, acting: &Acting<'_>) -> Result<(), Why> {
    match ask.object {
        Object::Names(names) if names.rows > ROWS_ALONE => second_person(ask, acting),
        _ => Ok(()),
    }
}

/// The author does not review; there is an author.
pub(super) fn not_the_author(ask: &Ask<'_>, _: &Acting<'_>) -> Result<(), Why> {
    let act = act(ask)?;
    unless(act.author.is_none(), Why::SecondPerson)?;
    unless(act.author == ask.person(), Why::OwnWork)
}

/// Author, reviewer and signer are three persons.
pub(super) fn three_persons(ask: &Ask<'_>, acting: &Acting<'_>) -> Result<(), Why> {
    let act = act(ask)?;
    unless(act.reviewer.is_none(), Why::SecondPerson)?;
    unless(act.reviewer == act.author || act.reviewer == ask.person(), Why::OwnWork)?;
    not_the_author(ask, acting)
}

// Acts.

/// The action is about the kind of act it names.
pub(super) fn of_this_kind(ask: &Ask<'_>, _: &Acting<'_>) -> Result<(), Why> {
    let kind = act(ask)?.kind;
    let named = [Action::draft(kind), Action::review(kind), Action::sign(kind)];
    unless(!named.contains(&ask.action), Why::Mismatch)
}

/// The issuer may issue this kind of act, and has authority over every addressee.
pub(super) fn authority(ask: &Ask<'_>, _: &Acting<'_>) -> Result<(), Why> {
    let act = act(ask)?;
    let only = |domain: Domain| act.domains.iter().all(|addressed| *addressed == domain);
    let own_sector = |issuer: &NodeCode| {
        let military = act.domains.contains(&Domain::Military);
        !military && act.sectors.first() == Some(issuer) && act.sectors.len() == 1
    };
    let over_all = match act.issuer.role() {
        Role::Lead(domain) | Role::Coord(domain) => only(domain),
        _ => own_sector(act.issuer),
    };
    unless(!(issues(act.issuer.role(), act.kind) && over_all), Why::Authority)
}

/// Leads issue every kind, a competent ministry everything but what binds, a coordinating body advisories.
pub(super) fn issues(role: Role, kind: ActKind) -> bool {
    match role {
        Role::Lead(_) => true,
        Role::Sector => kind != ActKind::Directive,
        Role::Coord(_) => kind == ActKind::Advisory,
        _ => false,
    }
}

/// A directive names its law.
pub(super) fn legal_basis(ask: &Ask<'_>, _: &Acting<'_>) -> Result<(), Why> {
    let act = act(ask)?;
    unless(act.kind == ActKind::Directive && !act.legal_basis, Why::LegalBasis)
}

/// While the embargo holds nothing is issued that may go beyond organisations and their clients.
pub(super) fn embargo_is_kept(ask: &Ask<'_>, _: &Acting<'_>) -> Result<(), Why> {
    let act = act(ask)?;
    let held = act.embargo.is_some_and(|embargo| embargo.holds_at(ask.at));
    unless(held && act.label.tlp <= Tlp::Green, Why::Embargo)
}

/// Before it is issued only the issuer reads it.
pub(super) fn issued_or_issuer(ask: &Ask<'_>, acting: &Acting<'_>) -> Result<(), Why> {
    let act = act(ask)?;
    let issuer = acting.station().is_some_and(|(code, _)| code == act.issuer);
    unless(!act.issued && !issuer, Why::Condition)
}

/// It was issued.
pub(super) fn issued(ask: &Ask<'_>, _: &Acting<'_>) -> Result<(), Why> {
    unless(!act(ask)?.issued, Why::Condition)
}

// Cases.

/// A feed brings what is public; everything else takes a person.
pub(super) fn feeds_bring_public_only(ask: &Ask<'_>, acting: &Acting<'_>) -> Result<(), Why> {
    let Object::Case(case) = ask.object else { return Err(Why::Mismatch) };
    let feed = matches!(acting, Acting::Engine(Engine::Feed));
    unless(feed && !case.public, Why::Condition)
}

/// No embargo holds.
pub(super) fn no_embargo(ask: &Ask<'_>, _: &Acting<'_>) -> Result<(), Why> {
    let Object::Case(case) = ask.object else { return Err(Why::Mismatch) };
    unless(case.embargo.is_some_and(|embargo| embargo.holds_at(ask.at)), Why::Embargo)
}

/// A person moves a lead only where it is disputed, and two decide; the rule engine needs neither.
pub(super) fn disputed_by_two(ask: &Ask<'_>, acting: &Acting<'_>) -> Result<(), Why> {
    let Object::Institution(facts) = ask.object else { return Err(Why::Condition) };
    if matches!(acting, Acting::Engine(_)) {
        return Ok(());
    }
    unless(!facts.disputed, Why::Condition)?;
    second_person(ask, acting)
}

// Obligations.

/// A deputy answers only for what was issued after they were named.
pub(super) fn deputy_named_before(ask: &Ask<'_>, acting: &Acting<'_>) -> Result<(), Why> {
    let issued_at = obligation(ask)?.issued_at;
    let late = |own: &crate::Appointment| own.deputy_of.is_some() && own.from >= issued_at;
    unless(matches!(acting, Acting::Officer(own) if late(own)), Why::Condition)
}

/// An operator alone does not acknowledge what leadership must know.
pub(super) fn operator_not_alone(ask: &Ask<'_>, acting: &Acting<'_>) -> Result<(), Why> {
    let operator = matches!(acting, Acting::Officer(own) if own.post == Post::Operator);
    unless(operator && obligation(ask)?.triaged_act, Why::Never)
}

/// There is a claim.
pub(super) fn claimed(ask: &Ask<'_>, _: &Acting<'_>) -> Result<(), Why> {
    unless(obligation(ask)?.claimant.is_none(), Why::Condition)
}

/// A sector ministry grants up to 30 days.
pub(super) fn term(ask: &Ask<'_>, acting: &Acting<'_>) -> Result<(), Why> {
    let sector = acting.station().is_some_and(|(code, _)| code.role() == Role::Sector);
    unless(sector && obligation(ask)?.asked_days > DAYS_OF_A_SECTOR, Why::Term)
}

// The rest.

/// The other leads and the apex were asked.
pub(super) fn consulted(ask: &Ask<'_>, _: &Acting<'_>) -> Result<(), Why> {
    unless(!matches!(ask.object, Object::Alert(alert) if alert.consulted), Why::Condition)
}

/// Nobody appoints themself, except the owner who takes the post of CISO as the law has it.
pub(super) fn not_oneself(ask: &Ask<'_>, acting: &Acting<'_>) -> Result<(), Why> {
    let Object::Seat(facts) = ask.object else { return Ok(()) };
    let head =
        matches!(acting, Acting::Officer(own) if own.post == Post::Head && own.seat == *facts.seat);
    let owner = head && facts.post == Post::Ciso && !facts.deputy;
    unless(ask.person() == Some(facts.person) && !owner, Why::OwnWork)
}

/// A CISO names their deputy, and nobody else; a deputy names none.
pub(super) fn ciso_names_deputies_only(ask: &Ask<'_>, acting: &Acting<'_>) -> Result<(), Why> {
    let Object::Seat(facts) = ask.object else { return Ok(()) };
    let Acting::Officer(own) = acting else { return Ok(()) };
    let deputy = facts.deputy && facts.post == Post::Ciso && own.deputy_of.is_none();
    unless(own.post == Post::Ciso && !deputy, Why::Condition)
}

/// Nothing military, embargoed, above the partner's ceiling, AMBER+STRICT or RED leaves the country; above GREEN the
/// originator consents, and a person sends it.
pub(super) fn may_leave(ask: &Ask<'_>, acting: &Acting<'_>) -> Result<(), Why> {
    let Object::Export(export) = ask.object else { return Err(Why::Mismatch) };
    unless(export.partner.role() != Role::Partner, Why::Mismatch)?;
    unless(export.military, Why::Military)?;
    unless(export.embargo.is_some_and(|embargo| embargo.holds_at(ask.at)), Why::Embargo)?;
    unless(export.label.tlp > export.ceiling || export.label.tlp > Tlp::Amber, Why::Tlp)?;
    let by_hand = export.consent && !matches!(acting, Acting::Engine(_));
    unless(export.label.tlp > Tlp::Green && !by_hand, Why::Condition)
}

fn act<'a>(ask: &Ask<'a>) -> Result<&'a ActFacts<'a>, Why> {
    match ask.object {
        Object::Act(act) => Ok(act),
        _ => Err(Why::Mismatch),
    }
}

fn obligation<'a>(ask: &Ask<'a>) -> Result<&'a ObligationFacts<'a>, Why> {
    match ask.object {
        Object::Obligation(obligation) => Ok(obligation),
        _ => Err(Why::Mismatch),
    }
}
