//! Every label, in Korean and in English: one table, read once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::visitor::Language;

/// The files of the table: one a room.
const FILES: &[&str] = &[
    include_str!("../words/administration.toml"),
    include_str!("../words/api.toml"),
    include_str!("../words/campaigns.toml"),
    include_str!("../words/cases.toml"),
    include_str!("../words/explorer.toml"),
    include_str!("../words/frame.toml"),
    include_str!("../words/institution.toml"),
    include_str!("../words/refusals.toml"),
    include_str!("../words/situation.toml"),
    include_str!("../words/start.toml"),
    include_str!("../words/task.toml"),
];

/// The table: a key, then Korean and English.
static TABLE: LazyLock<BTreeMap<String, [String; 2]>> = LazyLock::new(|| {
    let read = |text: &&str| -> BTreeMap<String, [String; 2]> {
        toml::from_str(text).expect("a test reads the tables of words")
    };
    FILES.iter().flat_map(read).collect()
});

/// A label; nothing where the table has none.
pub(crate) fn find(key: &str, language: Language) -> Option<&'static str> {
    let [korean, english] = TABLE.get(key)?;
    Some(match language {
        Language::Korean => korean,
        Language::English => english,
    })
}

/// A word of the API, such as a status, as people say it; the word itself where the table has none.
pub(crate) fn word(code: &str, language: Language) -> String {
    find(&format!("word.{code}"), language).map_or_else(|| code.replace('_', " "), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_is_there_in_both_languages() {
        for (key, [korean, english]) in &*TABLE {
            assert!(!korean.trim().is_empty() && !english.trim().is_empty(), "{key}");
        }
    }

    #[test]
    fn a_label_stands_in_one_file() {
        let rows: usize = FILES
            .iter()
            .map(|text| text.lines().filter(|line| line.starts_with('"')).count())
            .sum();
        assert_eq!(rows, TABLE.len(), "a key stands twice");
    }
}
