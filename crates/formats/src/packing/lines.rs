//! One document, or a stream of JSON lines: told apart by looking at the first lines.

use std::io::{BufRead, Read};

use super::{Unpacker, file_of, meter::error_of};
use crate::Error;
use crate::bounded::{BYTE_ORDER_MARK, is_whole};

impl Unpacker<'_> {
    /// Reads unpacked text.
    pub(super) fn text(&mut self, name: &str, reader: &mut impl BufRead) {
        let mut bytes = Vec::new();
        let lines = match self.begins_lines(name, reader, &mut bytes) {
            Ok(lines) => lines,
            Err(reason) => return self.refuse(name, reason),
        };
        if lines {
            self.lines(name, reader, bytes);
        } else if let Err(reason) = self.rest(reader, &mut bytes) {
            self.refuse(name, reason);
        } else {
            self.hand_over(name, None, &bytes);
        }
    }

    /// Reads enough lines into `bytes` to know whether every line is a document.
    fn begins_lines(
        &self,
        name: &str,
        reader: &mut impl BufRead,
        bytes: &mut Vec<u8>,
    ) -> Result<bool, Error> {
        self.line(reader, bytes)?;
        let first = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes).trim_ascii();
        if is_named_lines(name) && first != b"{" && first != b"[" {
            return Ok(true);
        }
        if !first.starts_with(b"{") {
            return Ok(false);
        }
        let continues = first.ends_with(b",") || first.ends_with(b":") || first.ends_with(b"[");
        if first == b"{" || continues {
            return Ok(false);
        }
        loop {
            let start = bytes.len();
            self.line(reader, bytes)?;
            let (before, next) = bytes.split_at(start);
            if next.is_empty() {
                return Ok(false);
            }
            let next = next.trim_ascii();
            if !next.is_empty() {
                // Brackets are counted only now: most documents of one line end with it.
                let first = before.strip_prefix(BYTE_ORDER_MARK).unwrap_or(before).trim_ascii();
                return Ok(next.starts_with(b"{") && (is_whole(next) || is_whole(first)));
            }
        }
    }

    /// Appends one line; nothing at the end.
    fn line(&self, reader: &mut impl BufRead, bytes: &mut Vec<u8>) -> Result<(), Error> {
        let room = (self.limits.document_bytes + 1).saturating_sub(bytes.len() as u64);
        reader.take(room).read_until(b'\n', bytes).map_err(error_of)?;
        self.fits(bytes)
    }

    /// Appends everything that is left.
    pub(super) fn rest(&self, reader: &mut impl Read, bytes: &mut Vec<u8>) -> Result<(), Error> {
        let room = (self.limits.document_bytes + 1).saturating_sub(bytes.len() as u64);
        reader.take(room).read_to_end(bytes).map_err(error_of)?;
        self.fits(bytes)
    }

    fn fits(&self, bytes: &[u8]) -> Result<(), Error> {
        let limit = self.limits.document_bytes;
        if bytes.len() as u64 <= limit {
            return Ok(());
        }
        Err(Error::TooLarge { what: "the document in bytes".to_owned(), limit })
    }

    /// Hands over line by line: first those in `ahead`, then those still to be read.
    fn lines(&mut self, name: &str, reader: &mut impl BufRead, mut ahead: Vec<u8>) {
        if ahead.starts_with(BYTE_ORDER_MARK) {
            ahead.drain(..BYTE_ORDER_MARK.len());
        }
        let mut number = 0;
        for line in ahead.split_inclusive(|byte| *byte == b'\n') {
            number += 1;
            if !self.one_line(name, number, line) {
                return;
            }
        }
        let mut line = ahead;
        loop {
            line.clear();
            line.shrink_to(KEPT_BYTES);
            number += 1;
            match self.line(reader, &mut line) {
                Ok(()) if line.is_empty() => return,
                Ok(()) => {
                    if !self.one_line(name, number, &line) {
                        return;
                    }
                }
                Err(reason @ Error::TooLarge { .. })
                    if line.len() as u64 > self.limits.document_bytes =>
                {
                    self.refuse_line(name, Some(number), reason);
                    if let Err(reason) = skip_line(reader).map_err(error_of) {
                        return self.refuse_line(name, Some(number), reason);
                    }
                }
                Err(reason) => return self.refuse_line(name, Some(number), reason),
            }
        }
    }

    fn one_line(&mut self, name: &str, number: u64, line: &[u8]) -> bool {
        let line = line.trim_ascii();
        line.is_empty() || self.hand_over(name, Some(number), line)
    }
}

/// Reads to the end of the line without keeping it.
fn skip_line(reader: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let ahead = reader.fill_buf()?;
        if ahead.is_empty() {
            return Ok(());
        }
        let newline = ahead.iter().position(|byte| *byte == b'\n');
        let used = newline.map_or(ahead.len(), |at| at + 1);
        reader.consume(used);
        if newline.is_some() {
            return Ok(());
        }
    }
}

/// Whether the name promises JSON lines.
fn is_named_lines(name: &str) -> bool {
    let ending = file_of(name).rsplit_once('.').map_or("", |(_, ending)| ending);
    ["jsonl", "ndjson", "jsonlines"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// A line buffer keeps this much between lines: one giant line is not held to the end.
const KEPT_BYTES: usize = 1 << 20;
