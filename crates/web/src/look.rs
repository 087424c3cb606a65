//! How somebody likes their pages: language, colours, zone. Kept in their browser, told to nobody.

use axum::extract::Request;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderValue, header};

use crate::fields::Fields;
use crate::said::here;
use crate::visitor::{Language, Theme, Zone};

/// The largest form, in bytes.
const LARGEST: usize = 8 << 10;

/// Keeps what was chosen for a year and goes back.
pub(crate) async fn choose(request: Request) -> Response {
    let fields = Fields::receive(request.into_body(), LARGEST).await.unwrap_or_default();
    let chosen = |name| fields.find(name);
    let lang = chosen("lang").and_then(Language::of_code);
    let lang = lang.map(|lang| ("lang", lang.code().to_owned()));
    let theme = chosen("theme").and_then(Theme::of_code);
    let theme = theme.map(|theme| ("theme", theme.code().to_owned()));
    let asked = chosen("zone");
    let zone = asked.filter(|zone| Zone::read(zone).is_some());
    let zone = zone.map(|zone| ("zone", zone.to_owned()));
    // A zone that was chosen is not the device's: the script leaves it alone.
    let own = zone.is_some().then(|| ("own_zone", "1".to_owned()));
    let device = (asked == Some("device")).then_some(("own_zone", String::new()));
    let mut response = Redirect::to(chosen("from").and_then(here).unwrap_or("/")).into_response();
    for (name, value) in [lang, theme, zone, own, device].into_iter().flatten() {
        let age = if value.is_empty() { 0 } else { 31_536_000 };
        let line = format!("{name}={value}; Path=/; Max-Age={age}; SameSite=Lax");
        let line = HeaderValue::try_from(line).expect("a choice is visible ASCII");
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    response
}
