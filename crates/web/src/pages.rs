//! The table: every page with what it asks the API, and nothing beside it. A page shows what its answers say.

mod administration;
mod campaigns;
mod cases;
mod explorer;
mod institution;
#[cfg(test)]
mod shown;
mod situation;
mod start;

/// One page: a row of the table.
#[derive(Debug)]
pub(crate) struct Page {
    /// Its name; `page.NAME` is its title in the table of words, `NAME.html` its template.
    pub(crate) name: &'static str,
    /// Its path, with `{names}`.
    pub(crate) path: &'static str,
    /// The room it stands in, for the way there.
    pub(crate) room: &'static str,
    /// Who may come to look; what they see is up to the API.
    pub(crate) who: Who,
    /// What it asks.
    pub(crate) asks: &'static [Ask],
}

/// Who may come to look.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Who {
    /// Anybody.
    Anybody,
    /// Somebody who is signed in.
    Known,
    /// Somebody in a post that could do one of these; for others there is no such page.
    Could(&'static [&'static str]),
}

/// One thing that a page asks.
#[derive(Debug)]
pub(crate) struct Ask {
    /// Under which name its answer stands in the template.
    pub(crate) name: &'static str,
    /// Where: `{names}` are of the page's path or its question; with a dot, of answers that came before.
    pub(crate) path: &'static str,
    /// What of the page's question is passed on, where it is asked; `name=value` says what is meant where it is not.
    pub(crate) query: &'static [&'static str],
    /// A read that is recorded first is a POST; the question is its body.
    pub(crate) recorded: bool,
    /// Is the page nothing without it?
    pub(crate) must: bool,
}

/// Rows, written short.
impl Ask {
    const fn must(name: &'static str, path: &'static str) -> Self {
        Self { name, path, query: &[], recorded: false, must: true }
    }

    pub(crate) const fn may(name: &'static str, path: &'static str) -> Self {
        Self { must: false, ..Self::must(name, path) }
    }

    pub(crate) const fn with(self, query: &'static [&'static str]) -> Self {
        Self { query, ..self }
    }

    pub(crate) const fn recorded(self) -> Self {
        Self { recorded: true, ..self }
    }
}

const fn page(
    name: &'static str,
    path: &'static str,
    room: &'static str,
    asks: &'static [Ask],
) -> Page {
    Page { name, path, room, who: Who::Known, asks }
}

const fn open(
    name: &'static str,
    path: &'static str,
    room: &'static str,
    asks: &'static [Ask],
) -> Page {
    Page { who: Who::Anybody, ..page(name, path, room, asks) }
}

/// A room: its pages, and the files of their templates.
pub(crate) struct Room {
    pub(crate) pages: &'static [Page],
    pub(crate) templates: &'static [(&'static str, &'static str)],
}

/// Templates by their files.
macro_rules! templates {
    ($($file:literal),* $(,)?) => {
        &[$(($file, include_str!(concat!("../../templates/", $file)))),*]
    };
}
use templates;

/// Every room there is.
pub(crate) const ROOMS: &[Room] = &[
    administration::ROOM,
    campaigns::ROOM,
    cases::ROOM,
    explorer::ROOM,
    institution::ROOM,
    situation::ROOM,
    start::ROOM,
];

/// Every page there is.
pub(crate) fn all() -> impl Iterator<Item = &'static Page> {
    ROOMS.iter().flat_map(|room| room.pages)
}

/// What stands in a page's path, by name.
pub(crate) type Names<'a> = Vec<(&'static str, &'a str)>;

/// The page at a path, and what stands in it.
pub(crate) fn find(path: &str) -> Option<(&'static Page, Names<'_>)> {
    all().find_map(|page| Some((page, names(page.path, path)?)))
}

fn names<'a>(pattern: &'static str, path: &'a str) -> Option<Names<'a>> {
    let (mut ours, mut theirs) = (pattern.split('/'), path.split('/'));
    let mut names = Vec::new();
    loop {
        match (ours.next(), theirs.next()) {
            (None, None) => return Some(names),
            (Some(one), Some(other)) => match one.strip_prefix('{') {
                Some(name) if !other.is_empty() => names.push((name.trim_end_matches('}'), other)),
                None if one == other => {}
                _ => return None,
            },
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::visitor::Language;
    use crate::words;

    #[test]
    fn every_page_has_a_name_a_place_and_a_title_of_its_own() {
        let (mut pages, mut places) = (BTreeSet::new(), BTreeSet::new());
        for page in all() {
            assert!(pages.insert(page.name) && places.insert(page.path), "{page:?}");
            assert!(
                words::find(&format!("page.{}", page.name), Language::Korean).is_some(),
                "{page:?}"
            );
            assert!(
                words::find(&format!("room.{}", page.room), Language::Korean).is_some(),
                "{page:?}"
            );
        }
    }

    #[test]
    fn a_page_that_is_open_to_anybody_was_meant_to_be() {
        let open: Vec<_> =
            all().filter(|page| page.who == Who::Anybody).map(|page| page.name).collect();
        assert_eq!(open, MEANT, "say so in MEANT, or let the page ask who comes");
    }

    /// Pages that anybody may see; what stands on them the API decides.
    const MEANT: &[&str] =
        &["advisories", "advisory", "record", "record_entry", "start", "sign_in", "invitation"];

    #[test]
    fn a_path_finds_its_page() {
        let (page, names) = find("/obligations/A/B").unwrap();
        assert_eq!((page.name, names), ("obligation", vec![("act", "A"), ("institution", "B")]));
        assert!(find("/obligations/A").is_none() && find("/obligations/A/").is_none());
        assert_eq!(find("/").unwrap().0.name, "start");
    }
}
