//! Who asks, and over what.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Appointment, Delegation, Grade, PersonId, Post, Seat};

/// Which part of the engine acts by rule.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// Reads feeds.
    Feed,
    /// Meets inventories with what is known.
    Matching,
    /// Carries messages.
    Delivery,
    /// Sees times pass.
    Clock,
    /// Loads the register.
    Register,
}

impl Engine {
    /// Every engine.
    pub const ALL: &[Self] =
        &[Self::Feed, Self::Matching, Self::Delivery, Self::Clock, Self::Register];
}

/// Who asks.
#[derive(Clone, Debug)]
pub enum Principal<'a> {
    /// Anybody who is not signed in.
    Public,
    /// A person who is signed in; one person, however many accounts and posts.
    Person(Officer<'a>),
    /// The engine, by rule.
    Engine(Engine),
}

/// A person with the posts they hold and the delegations that reach them.
///
/// Appointments and delegations may be past or future; what does not hold at the instant asked about gives nothing.
#[derive(Clone, Debug)]
pub struct Officer<'a> {
    /// Who.
    pub person: PersonId,
    /// Their appointments.
    pub appointments: Vec<&'a Appointment>,
    /// Delegations to providers at which the person is appointed.
    pub delegations: Vec<&'a Delegation>,
}

impl<'a> Officer<'a> {
    /// The appointments that hold.
    pub(super) fn now(&self, at: Timestamp) -> impl Iterator<Item = &'a Appointment> {
        let own = self.appointments.iter().copied();
        own.filter(move |appointment| appointment.person == self.person && appointment.holds_at(at))
    }

    /// The delegations that hold, each with the appointment at the provider through which it reaches the person.
    pub(super) fn acts_for(
        &self,
        at: Timestamp,
    ) -> impl Iterator<Item = (&'a Appointment, &'a Delegation)> {
        let held =
            self.delegations.iter().copied().filter(move |delegation| delegation.holds_at(at));
        held.flat_map(move |delegation| {
            let there = Seat::Institution(delegation.provider);
            let working = |post| matches!(post, Post::Operator | Post::Ciso);
            let posts = self.now(at).filter(move |own| own.seat == there && working(own.post));
            posts.map(move |appointment| (appointment, delegation))
        })
    }
}

/// The way by which the answer or the request travels.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Channel {
    /// The highest grade of the node that answers.
    pub node: Grade,
    /// The highest grade of the channel.
    pub ceiling: Grade,
    /// Does it touch the internet?
    pub internet: bool,
}

impl Channel {
    /// May a text of this grade travel on it?
    pub fn carries(&self, grade: Grade) -> bool {
        let classified_outside = grade == Grade::Classified && self.internet;
        grade <= self.node && grade <= self.ceiling && !classified_outside
    }
}
