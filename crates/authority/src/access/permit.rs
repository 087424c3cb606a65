//! What a decision gives: a permit that only a decision can make, or a denial that tells nothing.

use std::fmt;

use jiff::Timestamp;

use super::{Action, Engine, ObjectId};
use crate::{AppointmentId, PersonId};

/// Who acts under a permit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum By {
    /// An officer, with the appointment that gave the right.
    Officer {
        /// Who.
        person: PersonId,
        /// In which post.
        appointment: AppointmentId,
    },
    /// The engine, by a rule.
    Engine(Engine),
    /// Anybody: a finder, a citizen; known to us or not.
    Public(Option<PersonId>),
}

/// A right that was asked for and given; the store demands one for every change and every read of names.
///
/// Its fields are private, so [`decide`](super::decide) is the only way to get one.
///
/// ```compile_fail,E0451
/// use bongsu_authority::access::{Action, By, ObjectId, Permit};
///
/// fn forged(action: Action, object: ObjectId, by: By, at: jiff::Timestamp) -> Permit {
///     Permit { action, object, by, at, by_code: false }
/// }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use]
pub struct Permit {
    action: Action,
    object: ObjectId,
    by: By,
    at: Timestamp,
    by_code: bool,
}

impl Permit {
    pub(super) fn new(action: Action, object: ObjectId, by: By, at: Timestamp) -> Self {
        Self { action, object, by, at, by_code: false }
    }

    /// The same right, used with a case code and not signed in: it gives no more, and the record tells it apart.
    pub fn with_a_code(self) -> Self {
        Self { by_code: true, ..self }
    }

    /// Is it used with a case code?
    pub fn by_code(&self) -> bool {
        self.by_code
    }

    /// What it is for.
    pub fn action(&self) -> Action {
        self.action
    }

    /// On what.
    pub fn object(&self) -> &ObjectId {
        &self.object
    }

    /// Who acts.
    pub fn by(&self) -> By {
        self.by
    }

    /// The person who acts, if it is one and we know them.
    pub fn person(&self) -> Option<PersonId> {
        match self.by {
            By::Officer { person, .. } => Some(person),
            By::Public(person) => person,
            By::Engine(_) => None,
        }
    }

    /// The appointment that gave the right, if it took one.
    pub fn appointment(&self) -> Option<AppointmentId> {
        match self.by {
            By::Officer { appointment, .. } => Some(appointment),
            By::Engine(_) | By::Public(_) => None,
        }
    }

    /// The engine that acts, if it is one.
    pub fn engine(&self) -> Option<Engine> {
        match self.by {
            By::Engine(engine) => Some(engine),
            By::Officer { .. } | By::Public(_) => None,
        }
    }

    /// When it was decided; it holds for this instant and the transaction that asked.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Is it for exactly this?
    ///
    /// A permit for the nation covers every object where the register is loaded whole, and nothing else does.
    ///
    /// # Errors
    /// [`WrongPermit`]: it was given for something else; ask [`decide`](super::decide) about this.
    pub fn covers(&self, action: Action, object: &ObjectId) -> Result<(), WrongPermit> {
        let whole = self.object == ObjectId::Nation && self.by == By::Engine(Engine::Register);
        if self.action == action && (self.object == *object || whole) {
            return Ok(());
        }
        Err(WrongPermit {
            given: self.action,
            given_on: self.object.clone(),
            wanted: action,
            wanted_on: object.clone(),
        })
    }
}

/// A permit was shown for something it was not given for: a mistake in the calling code.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "a permit to {given} on {given_on:?} was shown to {wanted} on {wanted_on:?}: \
     ask for a permit for exactly what is done"
)]
pub struct WrongPermit {
    /// What the permit is for.
    pub given: Action,
    /// On what.
    pub given_on: ObjectId,
    /// What was going to be done.
    pub wanted: Action,
    /// On what.
    pub wanted_on: ObjectId,
}

/// Not permitted.
///
/// Printed, it is the same words for what is forbidden and for what does not exist: no need to know looks exactly
/// like nothing to know. [`why`](Self::why) is for the log and the operator, never for whoever asked. Use
/// [`Denied::absent`] where nothing was found, so that both ways are one.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Denied {
    why: Why,
}

impl Denied {
    /// The answer where the thing that was asked about does not exist.
    pub fn absent() -> Self {
        Self { why: Why::Absent }
    }

    pub(super) fn because(why: Why) -> Self {
        Self { why }
    }

    /// The reason, for the log and the operator only.
    pub fn why(&self) -> Why {
        self.why
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is nothing here that you may see or do; ask your coordinator if you expected something")
    }
}

/// Also the same words: a `{:?}` that slips into an answer tells nothing.
impl fmt::Debug for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Denied")
    }
}

impl std::error::Error for Denied {}

/// Why something was denied; the later in this list, the nearer it was.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, thiserror::Error)]
#[non_exhaustive]
pub enum Why {
    /// Nothing was found.
    #[error("there is no such thing")]
    Absent,
    /// No post that is held now gives the right.
    #[error("no post held now, and no delegation in force, gives this right over this object")]
    NoPost,
    /// The "Never" column.
    #[error("the rules exclude whoever holds this post from this, whatever else they hold")]
    Never,
    /// Military detail.
    #[error("military detail stays with the institution, LEAD_MIL and COORD_MIL")]
    Military,
    /// The case's compartment.
    #[error("the person is not a member of the compartment, or no longer")]
    Compartment,
    /// TLP.
    #[error("the label does not reach this far")]
    Tlp,
    /// Grade.
    #[error(
        "the grade is above the ceiling of the node or the channel, or classified on the internet"
    )]
    Grade,
    /// Embargo.
    #[error("the embargo holds")]
    Embargo,
    /// The issuer has no authority over every addressee, or not for this kind of act.
    #[error("the issuing station may not issue this kind of act to every addressee")]
    Authority,
    /// A directive without a legal basis.
    #[error("a directive names the law it rests on")]
    LegalBasis,
    /// The same person twice.
    #[error("nobody approves, reviews, signs, countersigns or verifies their own work")]
    OwnWork,
    /// A second person is missing.
    #[error("a second person must have proposed, reviewed or approved exactly this first")]
    SecondPerson,
    /// Longer than this station may grant.
    #[error("a sector ministry grants up to 30 days; more is for the lead ministry")]
    Term,
    /// A condition of this one row.
    #[error("a condition of this action is not met")]
    Condition,
    /// The action makes no sense on this kind of thing.
    #[error("this action is not done to this kind of thing: the calling code is wrong")]
    Mismatch,
}
