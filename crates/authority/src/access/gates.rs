//! The three gates that every right passes besides its row: grade, compartment, TLP (domain guide, section 5).

use super::{Acting, Action, Ask, CaseFacts, Member, Object, Why};
use crate::{Label, Post, Tlp};

/// All three. `entitled` says whether a row named this post, and not only "anyone".
pub(super) fn all(ask: &Ask<'_>, acting: &Acting<'_>, entitled: bool) -> Result<(), Why> {
    grade(ask)?;
    if matches!(acting, Acting::Engine(_)) {
        return Ok(());
    }
    compartment(ask, acting)?;
    tlp(ask, acting, entitled)
}

/// Node and channel have a ceiling; what is classified never touches the internet.
fn grade(ask: &Ask<'_>) -> Result<(), Why> {
    match label(ask) {
        Some(label) if !ask.channel.carries(label.grade) => Err(Why::Grade),
        _ => Ok(()),
    }
}

/// A case that is not public, or whose embargo holds, is for its members; so is a raw report, always.
fn compartment(ask: &Ask<'_>, acting: &Acting<'_>) -> Result<(), Why> {
    let Object::Case(case) = ask.object else { return Ok(()) };
    let closed = ask.action == Action::SeeRawReport
        || !case.public
        || case.embargo.is_some_and(|embargo| embargo.holds_at(ask.at))
        || case.label.tlp > Tlp::Green;
    if closed && ask.action != Action::OpenCase && !is_member(ask, acting, case) {
        return Err(Why::Compartment);
    }
    Ok(())
}

fn tlp(ask: &Ask<'_>, acting: &Acting<'_>, entitled: bool) -> Result<(), Why> {
    let Some(label) = label(ask) else { return Ok(()) };
    let client = matches!(acting, Acting::Provider(..));
    let registered = !matches!(acting, Acting::Public);
    let reaches = match label.tlp {
        Tlp::Clear => true,
        Tlp::Green => registered || is_recipient(ask, acting),
        // A provider is on the client side: within AMBER, outside what stays in the organisation.
        Tlp::Amber => entitled || is_recipient(ask, acting),
        Tlp::AmberStrict => !client && (entitled || is_recipient(ask, acting)),
        Tlp::Red => !client && is_recipient(ask, acting),
    };
    if reaches { Ok(()) } else { Err(Why::Tlp) }
}

/// The label of what is read or written; none where the object carries no text.
fn label(ask: &Ask<'_>) -> Option<Label> {
    match ask.object {
        Object::Case(case) if ask.action == Action::SeeRawReport => Some(case.raw_label),
        Object::Case(case) => Some(case.label),
        Object::Act(act) => Some(act.label),
        Object::Obligation(obligation) => Some(obligation.label),
        Object::Names(names) => Some(names.label),
        Object::Institution(institution) => Some(institution.label),
        Object::Incident(incident) => Some(incident.label),
        Object::Export(export) => Some(export.label),
        Object::Nation
        | Object::Node(_)
        | Object::Seat(_)
        | Object::Alert(_)
        | Object::Drill(_)
        | Object::Record(_) => None,
    }
}

/// Is the person named, or addressed by virtue of the part they have in it?
fn is_recipient(ask: &Ask<'_>, acting: &Acting<'_>) -> bool {
    let Some(person) = ask.person() else { return false };
    let person = Some(person);
    match ask.object {
        Object::Case(case) => is_member(ask, acting, case),
        Object::Act(act) => {
            // A part in the text is a part of the office: whoever has left it was not told by name.
            let in_office = matches!(acting, Acting::Officer(_));
            let had_part = act.author == person || act.reviewer == person;
            ask.is_named_in(act.named) || in_office && had_part
        }
        Object::Obligation(owed) => {
            ask.is_named_in(owed.named) || owed.subject.accountable == person
        }
        Object::Names(names) => ask.is_named_in(names.named),
        Object::Institution(facts) => {
            ask.is_named_in(facts.named) || facts.subject.accountable == person
        }
        Object::Incident(incident) => ask.is_named_in(incident.named) || incident.lead == person,
        _ => false,
    }
}

/// By name, or by default as an analyst of the coordinator that works the case.
fn is_member(ask: &Ask<'_>, acting: &Acting<'_>, case: &CaseFacts<'_>) -> bool {
    let by_default =
        acting.station().is_some_and(|(code, post)| code == case.coord && post == Post::Analyst);
    by_default || ask.is_named_in(case.members)
}

impl Ask<'_> {
    /// Is the person named in this list, and is it not over?
    pub(super) fn is_named_in(&self, members: &[Member]) -> bool {
        let named =
            |member: &Member| Some(member.person) == self.person() && member.holds_at(self.at);
        members.iter().any(named)
    }

    /// Is the person named in the compartment of the case that is asked about?
    pub(super) fn is_named(&self) -> bool {
        matches!(self.object, Object::Case(case) if self.is_named_in(case.members))
    }
}
