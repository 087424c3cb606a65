//! How long whoever asks is willing to wait: a clock that these crates do not have.

use std::io::{self, Read};

use crate::Error;

/// Says whether there is still time; asked before every document and every piece of one.
///
/// ```
/// use bongsu_formats::packing::{Patience, documents_while};
/// use bongsu_formats::{Error, Limits};
///
/// let mut refused = None;
/// let hurried = Patience::new(&|| false);
/// documents_while("a.json", &b"{}"[..], &Limits::default(), hurried, &mut |one| refused = one.err());
/// assert!(matches!(refused.unwrap().reason, Error::OutOfTime));
/// ```
#[derive(Clone, Copy)]
pub struct Patience<'p>(&'p dyn Fn() -> bool);

impl<'p> Patience<'p> {
    /// Patience for whoever waits to the end.
    pub const ENDLESS: Patience<'static> = Patience(&|| true);

    /// Patience that lasts while `is_left` says so; once it says no it must not say yes again.
    pub fn new(is_left: &'p dyn Fn() -> bool) -> Self {
        Self(is_left)
    }

    /// Whether there is still time.
    pub fn is_left(self) -> bool {
        (self.0)()
    }
}

/// A reader that fails once there is no time left.
pub(super) struct Patient<'p, R> {
    pub(super) inner: R,
    pub(super) patience: Patience<'p>,
}

impl<R: Read> Read for Patient<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.patience.is_left() {
            self.inner.read(into)
        } else {
            Err(io::Error::other(Error::OutOfTime))
        }
    }
}
