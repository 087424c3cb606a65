//! Templates: HTML that a designer can read, filled with what the API said. Everything is escaped where it is written.
#![allow(clippy::needless_pass_by_value, reason = "functions of templates are given values")]

use std::sync::Arc;

use base64::Engine as _;
use jiff::Timestamp;
use minijinja::value::{Kwargs, Serde, Value as Filled};
use minijinja::{AutoEscape, Environment, Error, State, UndefinedBehavior};
use serde_json::{Map, Value, json};

use crate::Site;
use crate::assets;
use crate::charts;
use crate::pages::ROOMS;
use crate::said;
use crate::visitor::{Language, Visitor, Zone};
use crate::words;

/// Every template, compiled once.
pub(crate) struct Templates(Arc<Environment<'static>>);

/// Every template there is, by file.
fn files() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    ROOMS.iter().flat_map(|room| room.templates)
}

/// A folder of templates that are read at each page instead of those inside the binary, for whoever works on them.
pub(crate) const FOLDER: &str = "BONGSU_TEMPLATES";

impl Templates {
    /// Compiles the templates inside the binary.
    pub(crate) fn load() -> Self {
        Self(Arc::new(environment(|environment| {
            for (file, text) in files() {
                environment.add_template(file, text).expect("a test compiles every template");
            }
        })))
    }

    /// Fills the template of a page.
    ///
    /// # Errors
    /// [`Error`] where the template wants what is not there.
    pub(crate) fn fill(
        &self,
        site: &Site,
        visitor: &Visitor,
        page: &str,
        mut context: Map<String, Value>,
    ) -> Result<String, Error> {
        let doors: Vec<Value> = site.doors().iter().map(crate::Door::shown).collect();
        context.insert("doors".to_owned(), json!(doors));
        let stage = site.demonstration().is_some_and(|it| it.stage);
        context.insert("stage".to_owned(), json!(stage));
        let code = if matches!(page, "start" | "task") { site.code() } else { None };
        context.insert("sample_code".to_owned(), json!(code));
        let shown = json!({
            "lang": visitor.language.code(), "theme": visitor.theme.code(), "zone": visitor.zone.name(),
            "minutes": visitor.zone.minutes(), "told": visitor.told().map(|(word, _)| word), "told_of": visitor.told().and_then(|(_, count)| count),
            "own_zone": visitor.has_own_zone(),
        });
        // Macros see no context, so what all of them need is known everywhere.
        let everywhere = [
            ("visitor", shown),
            ("now", json!(site.now().to_string())),
            ("drill", json!(site.is_drill())),
            ("page", context.remove("page").unwrap_or_default()),
            ("kept", context.remove("kept").unwrap_or_else(|| json!({}))),
        ];
        let name = format!("{page}.html");
        let context = Filled::from(Serde(&context));
        let mut environment = match std::env::var_os(FOLDER) {
            None => (*self.0).clone(),
            Some(folder) => environment(|environment| {
                environment.set_loader(move |name| {
                    let read = std::fs::read_to_string(std::path::Path::new(&folder).join(name));
                    Ok(read.ok())
                });
            }),
        };
        for (name, value) in everywhere {
            environment.add_global(name, Filled::from(Serde(&value)));
        }
        environment.get_template(&name)?.render(context)
    }
}

fn environment(fill: impl FnOnce(&mut Environment<'static>)) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_function("t", label);
    environment.add_function("key", || crate::fields::hex(&chance()));
    environment.add_function("asset", assets::address);
    environment.add_filter("here", |place: Option<String>| {
        place.as_deref().and_then(said::here).unwrap_or("/").to_owned()
    });
    environment.add_filter("word", |state: &State<'_, '_>, code: Option<String>| {
        code.map_or_else(String::new, |code| words::word(&code, language(state)))
    });
    environment.add_filter("name", name);
    environment.add_filter("when", when);
    environment.add_filter("since", since);
    environment.add_filter("hex", |text: String| -> String {
        let bytes = base64::engine::general_purpose::STANDARD.decode(text.as_bytes());
        bytes.map_or(text, |bytes| crate::fields::hex(&bytes))
    });
    environment.add_filter("day", |state: &State<'_, '_>, at: Option<String>| {
        local(state, at, "%Y-%m-%d")
    });
    environment
        .add_filter("clock", |state: &State<'_, '_>, at: Option<String>| local(state, at, "%H:%M"));
    environment.add_filter("field", |state: &State<'_, '_>, at: Option<String>| {
        local(state, at, "%Y-%m-%dT%H:%M")
    });
    environment.add_filter("away", away);
    environment.add_filter("past", |state: &State<'_, '_>, at: Option<String>| {
        matches!((instant(at.as_deref()), now(state)), (Some(at), Some(now)) if at < now)
    });
    environment.add_filter("number", number);
    environment.add_filter("urlencode", |text: String| -> String {
        url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
    });
    environment.add_filter("seen", count);
    environment.add_filter("told", crate::reasons::told);
    charts::register(&mut environment);
    fill(&mut environment);
    environment
}

fn chance() -> [u8; 16] {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

/// The language of whoever looks.
pub(crate) fn language(state: &State<'_, '_>) -> Language {
    let visitor = state.lookup("visitor").and_then(|visitor| visitor.get_attr("lang").ok());
    visitor.and_then(|lang| Language::of_code(lang.as_str()?)).unwrap_or_default()
}

pub(crate) fn zone(state: &State<'_, '_>) -> Zone {
    let visitor = state.lookup("visitor").unwrap_or_default();
    let minutes = visitor.get_attr("minutes").ok().map(|it| it.to_string()).unwrap_or_default();
    let name = visitor.get_attr("zone").ok().map(|it| it.to_string()).unwrap_or_default();
    Zone::read(&format!("{minutes}.{name}")).unwrap_or_default()
}

fn now(state: &State<'_, '_>) -> Option<Timestamp> {
    state.lookup("now").and_then(|now| now.as_str()?.parse().ok())
}

fn instant(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok()
}

/// A label of the table, with `{names}` filled in; `unsaid` is what stands there where the table has none.
fn label(state: &State<'_, '_>, key: &str, values: Kwargs) -> Result<String, Error> {
    // A newer node may say a word that this table has not: the word itself is better than no page.
    let unsaid: Option<String> = values.get("unsaid")?;
    let bare = || key.rsplit('.').next().unwrap_or(key).replace('_', " ");
    let text = words::find(key, language(state)).map(str::to_owned);
    let mut text = text.or(unsaid).unwrap_or_else(bare);
    for name in values.args() {
        let value: Filled = values.get(name)?;
        text = text.replace(&format!("{{{name}}}"), &value.to_string());
    }
    Ok(text)
}

/// The name of something that has two: `act | name("title")`, in the reader's language, else the other.
fn name(state: &State<'_, '_>, of: Filled, field: &str) -> String {
    let (first, second) = match language(state) {
        Language::Korean => ("ko", "en"),
        Language::English => ("en", "ko"),
    };
    let said = |lang: &str| {
        let value = of.get_attr(&format!("{field}_{lang}")).ok()?;
        value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    };
    said(first).or_else(|| said(second)).unwrap_or_default()
}

fn local(state: &State<'_, '_>, at: Option<String>, shape: &str) -> String {
    let at = instant(at.as_deref());
    at.map_or_else(String::new, |at| {
        at.to_zoned(zone(state).time_zone()).strftime(shape).to_string()
    })
}

/// An instant as a reader wants it: on their clock, with its zone, and as RFC 3339 for machines.
fn when(state: &State<'_, '_>, at: Option<String>) -> Filled {
    let Some(at) = instant(at.as_deref()) else { return Filled::from("") };
    let (language, zone) = (language(state), zone(state));
    let year = |at: Timestamp| at.to_zoned(zone.time_zone()).year();
    let text = match now(state) {
        Some(now) if year(now) != year(at) => on_calendar(at, language, &zone),
        _ => on_clock(at, language, &zone),
    };
    Filled::from_safe_string(format!("<time datetime=\"{at}\" title=\"{at}\">{text}</time>"))
}

/// Since when, as its source says it: a source that knows a day only gives the first instant of it, and no time is made up.
fn since(state: &State<'_, '_>, at: Option<String>) -> Filled {
    let day = instant(at.as_deref()).map(|at| at.to_zoned(jiff::tz::TimeZone::UTC));
    match day {
        Some(day) if day.time() == jiff::civil::Time::midnight() => {
            let day = day.date();
            Filled::from_safe_string(format!("<time datetime=\"{day}\">{day}</time>"))
        }
        _ => when(state, at),
    }
}

/// An instant on somebody's clock, with its zone.
fn on_clock(at: Timestamp, language: Language, zone: &Zone) -> String {
    let shape = match language {
        Language::Korean => "%m.%d (%a) %H:%M",
        Language::English => "%d %b, %a %H:%M",
    };
    written(at, shape, language, zone)
}

/// The same with its year, for sentences about any instant.
pub(crate) fn on_calendar(at: Timestamp, language: Language, zone: &Zone) -> String {
    let shape = match language {
        Language::Korean => "%Y.%m.%d (%a) %H:%M",
        Language::English => "%d %b %Y, %a %H:%M",
    };
    written(at, shape, language, zone)
}

fn written(at: Timestamp, shape: &str, language: Language, zone: &Zone) -> String {
    let mut text = at.to_zoned(zone.time_zone()).strftime(shape).to_string();
    if language == Language::Korean {
        for (english, korean) in DAYS {
            text = text.replace(english, korean);
        }
    }
    format!("{text} {}", zone.name())
}

const DAYS: [(&str, &str); 7] = [
    ("Mon", "월"),
    ("Tue", "화"),
    ("Wed", "수"),
    ("Thu", "목"),
    ("Fri", "금"),
    ("Sat", "토"),
    ("Sun", "일"),
];

/// How far away an instant is, in words: `3시간 남음`, `2 days late`.
fn away(state: &State<'_, '_>, at: Option<String>) -> String {
    let (Some(at), Some(now)) = (instant(at.as_deref()), now(state)) else { return String::new() };
    let seconds = at.duration_since(now).as_secs();
    let (number, unit) = match seconds.unsigned_abs() {
        0..60 => (0, "moment"),
        minutes @ 60..3_600 => (minutes / 60, "minutes"),
        hours @ 3_600..172_800 => (hours / 3_600, "hours"),
        days => (days / 86_400, "days"),
    };
    // What is of this very instant has happened.
    let side = if seconds <= 0 { "ago" } else { "left" };
    let text = words::find(&format!("away.{side}.{unit}"), language(state)).unwrap_or("{n}");
    text.replace("{n}", &number.to_string())
}

/// A number with its thousands apart.
pub(crate) fn number(value: Filled) -> String {
    let text = value.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return text;
    }
    let mut parts: Vec<&str> = Vec::new();
    let mut rest = digits;
    while rest.len() > 3 {
        let (head, tail) = rest.split_at(rest.len() - 3);
        parts.push(tail);
        rest = head;
    }
    parts.push(rest);
    parts.reverse();
    format!("{sign}{}", parts.join(","))
}

/// At least so many, in tens: a sum with a hidden part is no more exact than the sums beside it.
fn at_least(shown: u64) -> u64 {
    if shown > 10 { shown - shown % 10 } else { shown }
}

/// A count as it may be seen: a number, a number and more, or too small a group to be told.
fn count(state: &State<'_, '_>, Serde(count): Serde<Value>) -> String {
    match (&count["count"], count["more"].as_bool().unwrap_or(false)) {
        (Value::Number(shown), false) => number(Filled::from(Serde(shown))),
        (Value::Number(shown), true) => {
            let least = at_least(shown.as_u64().unwrap_or_default());
            format!("{}+", number(Filled::from(least)))
        }
        (_, true) => words::find("count.hidden", language(state)).unwrap_or("·").to_owned(),
        _ => "0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_with_a_hidden_part_is_said_in_tens() {
        assert_eq!([7, 10, 14, 731].map(at_least), [7, 10, 10, 730]);
    }

    #[test]
    fn every_template_compiles_and_its_labels_are_in_the_table() {
        let templates = Templates::load();
        for (file, text) in files() {
            assert!(templates.0.get_template(file).is_ok(), "{file}");
            for key in keys(text) {
                assert!(
                    words::find(&key, Language::Korean).is_some(),
                    "{file}: `{key}` is in no row of words.toml"
                );
            }
            assert!(
                !text.contains("|safe") && !text.contains("| safe"),
                "{file} writes something unescaped"
            );
            assert!(
                !text.contains(" style=") && !text.contains("<style") && !text.contains("onclick"),
                "{file}: the policy forbids it"
            );
        }
    }

    /// Keys of labels that stand whole in a template.
    fn keys(text: &str) -> Vec<String> {
        let call = |(at, _): (usize, &str)| {
            let before = text[..at].chars().next_back();
            let is_call = before.is_none_or(|before| !before.is_alphanumeric() && before != '_');
            is_call.then(|| &text[at + 3..])
        };
        let calls =
            text.match_indices("t(\"").filter_map(call).filter_map(|rest| rest.split_once('"'));
        let whole = calls.filter(|(_, after)| after.starts_with([')', ',']));
        whole.map(|(key, _)| key.to_owned()).filter(|key| key.contains('.')).collect()
    }

    #[test]
    fn every_event_of_the_record_has_a_name() {
        for event in bongsu_store::EVENTS {
            let key = format!("event.{event}");
            assert!(words::find(&key, Language::Korean).is_some(), "`{key}` is in no table");
        }
    }

    #[test]
    fn every_deadline_that_is_shipped_says_what_starts_it() {
        for row in bongsu_response::clock::all() {
            let key = format!("trigger.{}", row.id);
            assert!(words::find(&key, Language::Korean).is_some(), "`{key}` is in no table");
        }
    }

    #[test]
    fn thousands_stand_apart() {
        for (number_of, shown) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (28_000, "28,000"),
            (-1_234_567, "-1,234,567"),
        ] {
            assert_eq!(number(Filled::from(number_of)), shown);
        }
    }
}
