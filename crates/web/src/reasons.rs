//! Why something was not done, or is so, in the reader's language: a reason of the API is a row of the table, and its facts
//! fill the row. The API's own English is shown only where the table has no row.

use minijinja::State;
use minijinja::value::{Serde, Value as Filled};
use serde_json::Value;

use crate::render;
use crate::visitor::{Language, Zone};
use crate::words;

/// `wrong | told`: the sentence for something that has a `reason` with `facts`, else its English `detail`.
pub(crate) fn told(
    state: &State<'_, '_>,
    Serde(of): Serde<Value>,
    english: Option<String>,
) -> String {
    let (language, zone) = (render::language(state), render::zone(state));
    let or = english.or_else(|| of["detail"].as_str().map(str::to_owned));
    sentence(&of, language, &zone)
        .or(or.filter(|text| !text.is_empty()))
        .unwrap_or_else(|| words::find("wrong.unsaid", language).unwrap_or_default().to_owned())
}

/// The sentence; nothing where the table has none.
fn sentence(of: &Value, language: Language, zone: &Zone) -> Option<String> {
    let row = words::find(&format!("refused.{}", of["reason"].as_str()?), language)?;
    let facts = of["facts"].as_object();
    let fill = |text: String, (name, fact): (&String, &Value)| {
        text.replace(&format!("{{{name}}}"), &plain(fact, language, zone))
    };
    let text = facts.into_iter().flatten().fold(row.to_owned(), fill);
    // What was set aside long ago may not say of which format it was.
    Some(text.replace("{format}", words::find("fact.document", language).unwrap_or_default()))
}

/// A fact as people say it: an instant on their clock, a code by its word, a number with its thousands apart.
fn plain(fact: &Value, language: Language, zone: &Zone) -> String {
    match fact {
        Value::String(text) => said(text, language, zone),
        Value::Array(all) => {
            let all: Vec<String> = all.iter().map(|one| plain(one, language, zone)).collect();
            all.join(", ")
        }
        other => render::number(Filled::from(Serde(other))),
    }
}

fn said(text: &str, language: Language, zone: &Zone) -> String {
    if let Ok(at) = text.parse() {
        return render::on_calendar(at, language, zone);
    }
    let word = |table: &str| words::find(&format!("{table}.{text}"), language);
    word("fact").or_else(|| word("word")).unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_format_that_is_not_said_is_a_document() {
        let of = json!({ "reason": "format-field" });
        let said = |language| sentence(&of, language, &Zone::default()).unwrap();
        assert!(said(Language::Korean).starts_with("문서의 한 칸"));
        assert!(said(Language::English).starts_with("One field of the document"));
    }

    #[test]
    fn every_reason_of_the_api_is_said_in_both_languages() {
        for reason in bongsu_server::reasons() {
            for language in [Language::Korean, Language::English] {
                let row = words::find(&format!("refused.{reason}"), language);
                assert!(row.is_some(), "words/refusals.toml has no row for `{reason}`");
            }
        }
    }

    #[test]
    fn a_sentence_says_codes_and_instants_as_the_reader_does() {
        let late = json!({
            "reason": "too-late",
            "facts": { "what": "waiver-date", "given": "2026-12-01T00:00:00Z", "limit": "2026-11-01T00:00:00Z" },
        });
        let korean = sentence(&late, Language::Korean, &Zone::default()).unwrap();
        assert!(korean.contains("예외승인의 끝(2026.12.01 (화) 09:00 KST)"), "{korean}");
        let english = sentence(&late, Language::English, &Zone::default()).unwrap();
        assert!(english.contains("01 Nov 2026, Sun 09:00 KST"), "{english}");
        let case = json!({ "reason": "case-arrow", "facts": { "state": "closed", "nexts": ["reopened"] } });
        let korean = sentence(&case, Language::Korean, &Zone::default()).unwrap();
        assert!(korean.contains("‘종결’") && korean.ends_with("재개"), "{korean}");
        let open = json!({ "reason": "still-open", "facts": { "open": 12345 } });
        assert!(
            sentence(&open, Language::English, &Zone::default()).unwrap().starts_with("12,345 ")
        );
    }

    #[test]
    fn a_reason_without_a_row_has_no_sentence() {
        assert_eq!(
            sentence(&json!({ "reason": "new-one" }), Language::Korean, &Zone::default()),
            None
        );
        assert_eq!(sentence(&json!({}), Language::Korean, &Zone::default()), None);
    }
}
