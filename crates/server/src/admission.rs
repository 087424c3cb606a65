//! Who goes first when there is no room for everybody.

/// How urgent a route is; the last is the first to be sent away.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Class {
    /// Health, signing in: without them nobody can help.
    Vital,
    /// Answers and directives: these are never sent away while anything else is served.
    Answer,
    /// Reading what one owes.
    Read,
    /// Pictures, lists, uploads: what can come again in a minute.
    Later,
}

impl Class {
    /// Every class, the most urgent first.
    pub const ALL: [Self; 4] = [Self::Vital, Self::Answer, Self::Read, Self::Later];
}
