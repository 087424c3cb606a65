//! pubspec.lock: `packages`, a block each.

use bongsu_package::Family;

use super::entries::{Entries, Entry, Origin};
use super::yaml::{self, Line};
use crate::Error;

struct Block<'a> {
    head: Line<'a>,
    source: Option<String>,
    version: Option<String>,
}

pub(super) fn read(text: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    let mut inside = false;
    let mut any = false;
    let mut block: Option<Block<'_>> = None;
    for line in yaml::lines(text) {
        if line.indent <= 2 {
            flush(block.take(), entries)?;
        }
        match (line.indent, &*line.key) {
            (0, key) => {
                inside = key == "packages";
                any |= inside;
            }
            (2, _) if inside => {
                block = Some(Block { head: line, source: None, version: None });
            }
            (4, key) => {
                if let Some(block) = &mut block {
                    match key {
                        "source" => block.source = Some(line.value.into_owned()),
                        "version" => block.version = Some(line.value.into_owned()),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    flush(block, entries)?;
    if any { Ok(()) } else { Err(entries.broken("it has no `packages:`")) }
}

fn flush(block: Option<Block<'_>>, entries: &mut Entries<'_>) -> Result<(), Error> {
    let Some(block) = block else { return Ok(()) };
    let origin = match block.source.as_deref() {
        Some("path" | "sdk") => Origin::Project,
        Some("git") => Origin::Repository("git"),
        _ => Origin::Registry,
    };
    let field = block.head.place();
    let (name, version) = (&*block.head.key, block.version.as_deref());
    entries.keep(Entry { family: Family::Pub, name, version, origin, field })
}
