//! SPDX 2.2 and 2.3 in JSON.

use serde::Deserialize;

use super::Found;
use super::gathering::Gathering;
use super::spdx2::{self, Document};
use super::text::json_error;
use crate::{Error, Limits};

/// Reads one document into `found`; an error means nothing of it went in.
pub(super) fn read(
    text: &str,
    document: &str,
    limits: &Limits,
    found: &mut Found,
) -> Result<(), Error> {
    let mut gathering = Gathering::new(FORMAT, document, limits);
    let mut parser = serde_json::Deserializer::from_str(text);
    let read = Document::deserialize(&mut parser)
        .and_then(|read| parser.end().map(|()| read))
        .map_err(|error| json_error(FORMAT, &error))?;
    spdx2::gather(&read, &mut gathering)?;
    gathering.finish(found);
    Ok(())
}

const FORMAT: &str = "SPDX 2 JSON";
