//! The id of one request: the trace it belongs to, or one of its own.

use std::fmt;

use http::{HeaderMap, HeaderValue};

use crate::chance;

/// A trace.
///
/// - **Shape:** 16 bytes, not all zero; printed as 32 hexadecimal digits.
/// - **Source:** W3C Trace Context 1, section 3.2.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Trace([u8; 16]);

impl Trace {
    /// The trace that a request says it belongs to; a new one, where it says none that can be read.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut said = headers.get_all("traceparent").iter();
        let (first, second) = (said.next(), said.next());
        let parent = first.filter(|_| second.is_none()).and_then(|value| read(value.as_bytes()));
        parent.unwrap_or_else(|| Self(chance::bytes()))
    }

    /// As a header says it.
    pub(crate) fn header(self) -> HeaderValue {
        HeaderValue::try_from(self.to_string()).expect("digits")
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Reads `00-<trace>-<parent>-<flags>`, or what a later version begins with.
fn read(value: &[u8]) -> Option<Trace> {
    let (head, more) = value.split_at_checked(55)?;
    let dashes = [2, 35, 52].iter().all(|place| head[*place] == b'-');
    let version = byte(&head[..2])?;
    let fits = match version {
        0 => more.is_empty(),
        0xff => false,
        _ => more.is_empty() || more[0] == b'-',
    };
    let mut trace = [0; 16];
    for (place, digits) in trace.iter_mut().zip(head[3..35].chunks(2)) {
        *place = byte(digits)?;
    }
    let mut parent = 0_u8;
    for digits in head[36..52].chunks(2) {
        parent |= byte(digits)?;
    }
    byte(&head[53..55])?;
    (dashes && fits && parent != 0 && trace != [0; 16]).then_some(Trace(trace))
}

fn byte(digits: &[u8]) -> Option<u8> {
    let digit = |one: u8| match one {
        b'0'..=b'9' => Some(one - b'0'),
        b'a'..=b'f' => Some(one - b'a' + 10),
        _ => None,
    };
    Some(digit(digits[0])? << 4 | digit(digits[1])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_read_as_the_standard_writes_it() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        #[rustfmt::skip]
        let table = [
            (format!("00-{trace}-00f067aa0ba902b7-01"), true, "the standard's own example"),
            (format!("01-{trace}-00f067aa0ba902b7-01-more"), true, "a later version with more"),
            (format!("00-{trace}-00f067aa0ba902b7-01-more"), false, "this version has no more"),
            (format!("ff-{trace}-00f067aa0ba902b7-01"), false, "a version that cannot be"),
            (format!("00-{trace}-0000000000000000-01"), false, "no parent"),
            (format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)), false, "no trace"),
            (format!("00-{}-00f067aa0ba902b7-01", trace.to_uppercase()), false, "upper case"),
            (format!("00-{trace}-00f067aa0ba902b7"), false, "cut off"),
            ("x".repeat(55), false, "anything"),
            (String::new(), false, "nothing"),
        ];
        for (text, good, why) in table {
            let read = read(text.as_bytes()).map(|read| read.to_string());
            assert_eq!(read, good.then(|| trace.to_owned()), "{why}");
        }
    }
}
