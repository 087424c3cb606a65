//! What a page says once after something was done: a word in a cookie, and nothing of what it was about.

use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderValue, header};

use crate::visitor::Language;
use crate::words;

/// Sends somebody on, with a word of the table to say there, and how many it is about where that is said.
pub(crate) fn on(to: &str, word: &str, count: Option<u64>) -> Response {
    let mut response = Redirect::to(to).into_response();
    let said = count.map_or_else(|| word.to_owned(), |count| format!("{word}.{count}"));
    if is_known(word)
        && let Ok(line) = HeaderValue::try_from(line(&said, 60))
    {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    response
}

/// Is it a word of the table? What somebody else put into the cookie is not said.
pub(crate) fn is_known(word: &str) -> bool {
    words::find(&format!("said.{word}"), Language::English).is_some()
}

/// What is to be said, and of how many: `reminded.12` as the cookie has it.
pub(crate) fn read(said: &str) -> Option<(&str, Option<u64>)> {
    let (word, count) = match said.split_once('.') {
        Some((word, count)) => (word, Some(count.parse().ok()?)),
        None => (said, None),
    };
    is_known(word).then_some((word, count))
}

/// Takes the word away once it was said.
pub(crate) fn forget(response: &mut Response) {
    response.headers_mut().append(
        header::SET_COOKIE,
        HeaderValue::from_static("said=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"),
    );
}

fn line(word: &str, seconds: u32) -> String {
    format!("said={word}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict")
}

/// A place on this site, and on no other: what a form may send somebody on to.
pub(crate) fn here(place: &str) -> Option<&str> {
    let one = place.starts_with('/') && !place.starts_with("//") && !place.starts_with("/\\");
    let plain = place.bytes().all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\');
    (one && plain && place.len() <= 2_000).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_a_word_of_the_table_and_a_number() {
        assert_eq!(read("reminded.12"), Some(("reminded", Some(12))));
        assert_eq!(read("done"), Some(("done", None)));
        assert_eq!((read("reminded.<b>"), read("evil.1"), read("")), (None, None, None));
    }

    #[test]
    fn nobody_is_sent_to_another_site() {
        for place in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "",
            "x",
            "/a\r\nb",
            "/\t/evil",
        ] {
            assert_eq!(here(place), None, "{place:?}");
        }
        assert_eq!(here("/campaigns?sort=due"), Some("/campaigns?sort=due"));
    }
}
