//! A cursor over the bytes of a version.

/// What is left to read.
#[derive(Clone, Copy)]
pub(super) struct Scan<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text.as_bytes() }
    }

    pub(super) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next byte, still to be read.
    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Takes bytes as long as they please; perhaps none.
    pub(super) fn take_while(&mut self, pleases: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.rest.iter().position(|byte| !pleases(*byte)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// Takes ASCII digits; perhaps none.
    pub(super) fn digits(&mut self) -> &'a [u8] {
        self.take_while(|byte| byte.is_ascii_digit())
    }

    /// Takes ASCII digits, at least one.
    pub(super) fn number(&mut self) -> Option<&'a [u8]> {
        some(self.digits())
    }

    /// Takes ASCII letters; perhaps none.
    pub(super) fn letters(&mut self) -> &'a [u8] {
        self.take_while(|byte| byte.is_ascii_alphabetic())
    }

    /// Takes this byte if it is next.
    pub(super) fn eat(&mut self, wanted: u8) -> bool {
        self.eat_any(&[wanted]).is_some()
    }

    /// Takes the next byte if it is one of these.
    pub(super) fn eat_any(&mut self, wanted: &[u8]) -> Option<u8> {
        let next = self.peek().filter(|byte| wanted.contains(byte))?;
        self.rest = &self.rest[1..];
        Some(next)
    }

    /// Takes this word, ASCII letters without case, if it is next.
    pub(super) fn eat_word(&mut self, wanted: &[u8]) -> bool {
        let found =
            self.rest.get(..wanted.len()).is_some_and(|next| next.eq_ignore_ascii_case(wanted));
        if found {
            self.rest = &self.rest[wanted.len()..];
        }
        found
    }

    /// Takes `1.2.3`: numbers with one of `separators` between them, at least one number.
    ///
    /// A separator that no digit follows is left where it is.
    pub(super) fn dotted(&mut self, separators: &[u8]) -> Option<&'a [u8]> {
        let all = self.rest;
        self.number()?;
        loop {
            let before = *self;
            if self.eat_any(separators).is_none() || self.digits().is_empty() {
                *self = before;
                break;
            }
        }
        Some(&all[..all.len() - self.rest.len()])
    }
}

/// The numbers of a run taken by [`Scan::dotted`].
pub(super) fn numbers(dotted: &[u8]) -> impl Iterator<Item = &[u8]> {
    dotted.split(|byte| !byte.is_ascii_digit())
}

/// `None` for no bytes.
pub(super) fn some(bytes: &[u8]) -> Option<&[u8]> {
    (!bytes.is_empty()).then_some(bytes)
}

/// `Some(())` when it is so, for use with `?`.
pub(super) fn sure(is_so: bool) -> Option<()> {
    is_so.then_some(())
}
