//! Ranges in the notations of their ecosystems.

use super::{Comparator, Constraints, ParseVersError, VersRange, intervals, sort};
use crate::{Interval, IntervalSet, Scheme};

mod brackets;
mod lists;
mod semver;

/// Constraints that must all hold.
type All = Constraints;

/// Alternatives of which one must hold; an empty one is every version.
type Any = Vec<All>;

pub(super) fn read(scheme: Scheme, text: &str) -> Result<VersRange, ParseVersError> {
    let alternatives = match scheme {
        _ if text.len() > LONGEST_BYTES => None,
        Scheme::Npm | Scheme::Cargo | Scheme::Pub => semver::read(scheme, text),
        Scheme::Composer => semver::read_composer(text),
        Scheme::Conan => semver::read_conan(text),
        Scheme::Maven | Scheme::Nuget => brackets::read(scheme, text),
        Scheme::Gem | Scheme::Hex => lists::read_pessimistic(text),
        Scheme::Pypi => lists::read_pypi(text),
        Scheme::Openssl => lists::read_versions(text),
        Scheme::Nginx => lists::read_nginx(text),
        _ => lists::read_signs(text),
    };
    let few =
        |alternatives: &Any| alternatives.iter().map(Vec::len).sum::<usize>() <= MOST_CONSTRAINTS;
    let alternatives = alternatives.filter(few);
    let alternatives = alternatives
        .ok_or_else(|| ParseVersError::Native { scheme, text: text.chars().take(100).collect() })?;
    join(scheme, alternatives)
}

/// Puts the constraints of all alternatives side by side when VERS then means the same as the
/// native range; otherwise works the union out.
fn join(scheme: Scheme, alternatives: Any) -> Result<VersRange, ParseVersError> {
    if alternatives.iter().any(Vec::is_empty) {
        let any = vec![(Comparator::Any, String::new())];
        return Ok(VersRange::new(scheme.name().to_owned(), scheme, any));
    }
    let meant = meaning(scheme, &alternatives);
    let mut flat: Constraints = alternatives.into_iter().flatten().collect();
    sort(scheme, &mut flat);
    flat.dedup();
    if flat.is_empty() {
        return Err(ParseVersError::Empty);
    }
    let flat = VersRange::new(scheme.name().to_owned(), scheme, flat);
    match meant {
        Some(meant) if !flat.set.is_same(&meant) => {
            VersRange::from_intervals(scheme, &meant.intervals()).ok_or(ParseVersError::Empty)
        }
        _ => Ok(flat),
    }
}

/// The versions a native range holds; `None` when an end cannot be read.
fn meaning(scheme: Scheme, alternatives: &[All]) -> Option<IntervalSet> {
    let readable = |(_, version): &(Comparator, String)| scheme.parse(version).is_ok();
    if !alternatives.iter().flatten().all(readable) {
        return None;
    }
    let mut union = Vec::new();
    for all in alternatives {
        let mut set = IntervalSet::new(scheme, &[Interval::ALL]);
        for constraint in all {
            let one = intervals(scheme, std::slice::from_ref(constraint));
            set = set.intersection(&IntervalSet::new(scheme, &one));
        }
        union.extend(set.intervals());
    }
    Some(IntervalSet::new(scheme, &union))
}

/// Most constraints of a native range; an advisory that lists more lists versions.
const MOST_CONSTRAINTS: usize = 2_000;

/// Native ranges are short; whatever is longer is something else.
const LONGEST_BYTES: usize = 16_384;
