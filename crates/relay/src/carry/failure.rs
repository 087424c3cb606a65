//! Why a message did not arrive, as far as it matters for what to do next.

/// Why a try failed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Failure {
    /// Our own side: the relay or the gateway is down, or not set up. Nobody's address is blamed.
    #[error("{0}")]
    Ours(String),
    /// The other side, for now.
    #[error("{0}")]
    Theirs(String),
    /// The other side, for good: it said that there is nobody.
    #[error("{0}")]
    Gone(String),
}

bongsu_authority::reasons!(Failure {
    Self::Ours(_) => "test-ours",
    Self::Theirs(_) => "test-theirs",
    Self::Gone(_) => "test-gone",
});

impl Failure {
    /// What is noted of it: whether it is gone; nothing where it was our own side.
    pub(crate) fn blames(&self) -> Option<bool> {
        match self {
            Self::Ours(_) => None,
            Self::Theirs(_) => Some(false),
            Self::Gone(_) => Some(true),
        }
    }
}
