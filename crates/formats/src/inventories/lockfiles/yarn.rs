//! yarn.lock: the first form, and berry's, which is YAML.
//!
//! A block's heading lists what was asked for; its `version` is what was resolved. In the first
//! form the name is that of the first request, unless it is an alias (`x@npm:real@1`); berry says
//! the name in `resolution`. Workspaces, links and portals are the project's own.

use bongsu_package::Family;

use super::entries::{Entries, Entry, Origin};
use super::npm::split_at_version;
use super::yaml;
use crate::Error;

#[derive(Default)]
struct Block {
    field: String,
    heading: String,
    version: Option<String>,
    resolution: Option<String>,
    resolved: Option<String>,
}

pub(super) fn read(text: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    let mut block: Option<Block> = None;
    let mut any = text.contains("# yarn lockfile v1");
    for (number, line) in text.lines().enumerate() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        if !line.starts_with(' ') {
            flush(block.take(), entries)?;
            // A quote that is not closed means that the file was cut off.
            let whole = |heading: &&str| heading.starts_with('"') == heading.ends_with('"');
            let Some(heading) = bare.strip_suffix(':').filter(whole) else {
                entries.set_aside_because(
                    format!("line {}", number + 1),
                    "neither a heading such as `a@^1.0.0:` nor a line below one",
                );
                continue;
            };
            any = any || heading == "__metadata" || split_at_version(unquoted(heading)).is_some();
            let (field, heading) = (format!("line {}", number + 1), heading.to_owned());
            block = Some(Block { field, heading, ..Block::default() });
        } else if let (Some(block), Some(pair)) = (&mut block, line.strip_prefix("  ")) {
            block.take(pair);
        }
    }
    flush(block, entries)?;
    if any { Ok(()) } else { Err(entries.broken("it has no block such as `a@^1.0.0:`")) }
}

impl Block {
    /// `version "1.0.0"` in the first form, `version: 1.0.0` in berry's.
    fn take(&mut self, pair: &str) {
        let Some((key, value)) = pair.split_once(' ') else { return };
        let value = || Some(yaml::scalar(value.trim()).0.into_owned());
        match key.trim_end_matches(':') {
            "version" => self.version = value(),
            "resolution" => self.resolution = value(),
            "resolved" => self.resolved = value(),
            _ => {}
        }
    }
}

fn flush(block: Option<Block>, entries: &mut Entries<'_>) -> Result<(), Error> {
    let Some(block) = block.filter(|block| block.heading != "__metadata") else { return Ok(()) };
    let heading = first_request(&block.heading);
    let request = block.resolution.as_deref().unwrap_or(heading);
    let Some((asked, range)) = split_at_version(request) else {
        let detail = "the heading is not name@range, such as `a@^1.0.0:`";
        entries.set_aside_because(block.field, detail);
        return Ok(());
    };
    let is_own = |range: &str| OWN.iter().any(|own| range.starts_with(own));
    if is_own(range) || split_at_version(heading).is_some_and(|(_, range)| is_own(range)) {
        return Ok(());
    }
    let alias = range.strip_prefix("npm:").and_then(split_at_version).map(|(real, _)| real);
    let name = alias.unwrap_or(asked);
    let source = block.resolved.as_deref().unwrap_or(range);
    let origin = if is_repository(source) { Origin::Repository(source) } else { Origin::Registry };
    let version = block.version.as_deref();
    entries.keep_once(Entry { family: Family::Npm, name, version, origin, field: block.field })
}

/// The first of `"a@^1.0.0", a@^1.1.0` or `"a@npm:^1, a@npm:^2"`.
fn first_request(heading: &str) -> &str {
    let heading = unquoted(heading);
    heading.split([',', '"']).next().unwrap_or(heading).trim()
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix(['"', '\'']).unwrap_or(text)
}

fn is_repository(source: &str) -> bool {
    source.starts_with("git") || source.contains(".git#") || source.contains("codeload.github.com")
}

/// Ranges that mean the project's own folders.
const OWN: [&str; 6] = ["workspace:", "link:", "portal:", "file:", "exec:", "."];
