//! Counting bytes on both sides of a decompressor.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use crate::{Error, Limits};

/// A reader that counts, and stops a stream that grows too much.
pub(super) struct Meter<R> {
    inner: R,
    count: Rc<Cell<u64>>,
    /// Bytes that may still be read before the owner looks again.
    allowance: Rc<Cell<u64>>,
    /// The packed side's count, with how many times larger this side may be.
    growth: Option<Growth>,
    /// Bytes there must be: an earlier end is an error.
    promised: u64,
}

/// What an unpacked stream is held against.
struct Growth {
    packed: Rc<Cell<u64>>,
    times: u64,
    limit: u64,
}

impl<R: Read> Meter<R> {
    pub(super) fn new(inner: R) -> Self {
        let allowance = Rc::new(Cell::new(u64::MAX));
        Self { inner, count: Rc::default(), allowance, growth: None, promised: 0 }
    }

    /// Holds this stream against the bytes it was unpacked from.
    pub(super) fn growing_from(self, packed: Rc<Cell<u64>>, limits: &Limits) -> Self {
        let (times, limit) = (limits.expansion, limits.archive_bytes);
        Self { growth: Some(Growth { packed, times, limit }), ..self }
    }

    /// Makes an end before so many bytes an error.
    pub(super) fn promising(self, promised: u64) -> Self {
        Self { promised, ..self }
    }

    /// The bytes read so far.
    pub(super) fn count(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.count)
    }

    /// The bytes that may still be read; reading them all is an error.
    pub(super) fn allowance(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.allowance)
    }
}

impl<R: Read> Read for Meter<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        let count = self.count.get() + read as u64;
        self.count.set(count);
        if read == 0 && !into.is_empty() && count < self.promised {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it ends in the middle"));
        }
        let left = self.allowance.get();
        if left < read as u64 {
            let what = "an archive's own header".to_owned();
            return Err(io::Error::other(Error::TooLarge { what, limit: left }));
        }
        self.allowance.set(left - read as u64);
        if let Some(growth) = &self.growth {
            growth.check(count)?;
        }
        Ok(read)
    }
}

impl Growth {
    fn check(&self, count: u64) -> io::Result<()> {
        if count > self.limit {
            let what = "the unpacked archive in bytes".to_owned();
            return Err(io::Error::other(Error::TooLarge { what, limit: self.limit }));
        }
        let packed = self.packed.get().max(1);
        if count > FREE_BYTES && count / packed > self.times {
            let what = "the unpacked size as a multiple of the packed size".to_owned();
            return Err(io::Error::other(Error::TooLarge { what, limit: self.times }));
        }
        Ok(())
    }
}

/// Our error out of an I/O error that carries one.
pub(super) fn error_of(error: io::Error) -> Error {
    match error.downcast::<Error>() {
        Ok(ours) => ours,
        Err(error) => Error::Read(error),
    }
}

/// So much may come out of any packing whatever its ratio: 4 MiB harms nobody.
const FREE_BYTES: u64 = 4 << 20;
