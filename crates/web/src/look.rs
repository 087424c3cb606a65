//! How somebody likes their pages: language, colours, zone. Kept in their browser, told to nobody.

use axum::Form;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderValue, header};
use serde::Deserialize;

use crate::said::here;
use crate::visitor::{Language, Theme, Zone};

/// What was chosen.
#[derive(Debug, Deserialize)]
pub(crate) struct Chosen {
    lang: Option<String>,
    theme: Option<String>,
    zone: Option<String>,
    #[serde(default)]
    from: String,
}

/// Keeps it for a year and goes back.
pub(crate) async fn choose(Form(chosen): Form<Chosen>) -> Response {
    let lang = chosen
        .lang
        .as_deref()
        .and_then(Language::of_code)
        .map(|lang| ("lang", lang.code().to_owned()));
    let theme = chosen
        .theme
        .as_deref()
        .and_then(Theme::of_code)
        .map(|theme| ("theme", theme.code().to_owned()));
    let asked = chosen.zone;
    let zone = asked.clone().filter(|zone| Zone::read(zone).is_some()).map(|zone| ("zone", zone));
    // A zone that was chosen is not the device's: the script leaves it alone.
    let own = zone.is_some().then(|| ("own_zone", "1".to_owned()));
    let device = (asked.as_deref() == Some("device")).then_some(("own_zone", String::new()));
    let mut response = Redirect::to(here(&chosen.from).unwrap_or("/")).into_response();
    for (name, value) in [lang, theme, zone, own, device].into_iter().flatten() {
        let age = if value.is_empty() { 0 } else { 31_536_000 };
        let line = format!("{name}={value}; Path=/; Max-Age={age}; SameSite=Lax");
        let line = HeaderValue::try_from(line).expect("a choice is visible ASCII");
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    response
}
