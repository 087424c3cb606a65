//! Who looks at a page: their line, their language, their zone, what they were told last.

use axum::extract::Request;
use http::{Extensions, HeaderMap, Uri, header};
use jiff::tz::{Offset, TimeZone};
use serde_json::Value;

/// What the listener knows of a line, and nothing of the route that was found: the API finds its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line(pub(crate) Extensions);

/// Somebody at a page.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    headers: HeaderMap,
    line: Line,
    /// Where they are: path and query.
    pub(crate) place: String,
    pub(crate) language: Language,
    pub(crate) zone: Zone,
    pub(crate) theme: Theme,
}

/// In which language somebody reads.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Language {
    /// 한국어.
    #[default]
    Korean,
    /// English.
    English,
}

/// In which colours somebody reads.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Theme {
    /// As their device has it.
    #[default]
    Device,
    /// Dark ink on light ground.
    Light,
    /// Light ink on dark ground.
    Dark,
}

/// In which zone somebody reads a clock: minutes east of UTC and a name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Zone {
    minutes: i16,
    name: String,
}

impl Language {
    /// As HTML writes it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Korean => "ko",
            Self::English => "en",
        }
    }

    pub(crate) fn of_code(code: &str) -> Option<Self> {
        match code {
            "ko" => Some(Self::Korean),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The first of a browser's languages that there is; Korean where there is none.
    fn accepted(header: &str) -> Self {
        let code = |item: &str| item.trim().get(..2).map(str::to_ascii_lowercase);
        let known = header.split(',').filter_map(code).find_map(|code| Self::of_code(&code));
        known.unwrap_or_default()
    }
}

impl Theme {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(crate) fn of_code(code: &str) -> Option<Self> {
        match code {
            "device" => Some(Self::Device),
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self { minutes: 540, name: "KST".to_owned() }
    }
}

impl Zone {
    /// Reads `540.KST`, as a cookie keeps it.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (minutes, name) = text.split_once('.')?;
        let minutes: i16 = minutes.parse().ok()?;
        let named = (1..=8).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-'));
        let fits = (-1080..=1080).contains(&minutes) && named;
        fits.then(|| Self { minutes, name: name.to_owned() })
    }

    pub(crate) fn minutes(&self) -> i16 {
        self.minutes
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn time_zone(&self) -> TimeZone {
        let offset = Offset::from_seconds(i32::from(self.minutes) * 60);
        TimeZone::fixed(offset.unwrap_or(Offset::UTC))
    }
}

impl Visitor {
    /// Who sent this.
    pub(crate) fn of(request: &Request) -> Self {
        let headers = request.headers().clone();
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let asked = asked(request.uri(), "lang").and_then(Language::of_code);
        let language = asked
            .or_else(|| cookie(&headers, "lang").and_then(Language::of_code))
            .unwrap_or_else(|| accepted.map_or_else(Language::default, Language::accepted));
        let place = request.uri().path_and_query().map_or("/", |place| place.as_str()).to_owned();
        Self {
            place,
            language,
            zone: cookie(&headers, "zone").and_then(Zone::read).unwrap_or_default(),
            theme: cookie(&headers, "theme").and_then(Theme::of_code).unwrap_or_default(),
            line: request.extensions().get::<Line>().cloned().unwrap_or_default(),
            headers,
        }
    }

    /// Did they say in the address how they read?
    pub(crate) fn chose_language(&self) -> bool {
        self.place.contains("lang=")
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The same, as they like to read where this browser was told nothing else: what they keep with the node.
    pub(crate) fn liking(&self, preferences: &Value) -> Self {
        let mut liking = self.clone();
        let said = |name: &str| cookie(&self.headers, name).is_some();
        let language = preferences["language"].as_str().and_then(Language::of_code);
        if let Some(language) = language.filter(|_| !said("lang") && !self.chose_language()) {
            liking.language = language;
        }
        let theme = preferences["theme"].as_str().and_then(Theme::of_code);
        if let Some(theme) = theme.filter(|_| !said("theme")) {
            liking.theme = theme;
        }
        let zone = &preferences["zone"];
        let zone = zone["name"].as_str().map(|name| format!("{}.{name}", zone["minutes"]));
        if let Some(zone) = zone.and_then(|zone| Zone::read(&zone)).filter(|_| !self.has_own_zone())
        {
            liking.zone = zone;
        }
        liking
    }

    /// Where they came from on this site, as their browser says.
    pub(crate) fn from(&self) -> Option<String> {
        let referer = self.headers.get(header::REFERER)?.to_str().ok()?;
        let place: Uri = referer.parse().ok()?;
        crate::said::here(place.path_and_query()?.as_str()).map(str::to_owned)
    }

    /// What the listener knows of the line, for whoever is asked in this visitor's name.
    pub(crate) fn lend_line(&self, to: &mut Extensions) {
        to.extend(self.line.0.clone());
    }

    /// Did they choose their zone, and not their device?
    pub(crate) fn has_own_zone(&self) -> bool {
        cookie(&self.headers, "own_zone").is_some()
    }

    /// What was said to them before they were sent here, once, and of how many.
    pub(crate) fn told(&self) -> Option<(&str, Option<u64>)> {
        cookie(&self.headers, "said").and_then(crate::said::read)
    }
}

/// A cookie that the pages keep; sessions are the API's.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs =
        lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.into_iter().find(|(one, _)| *one == name).map(|(_, value)| value)
}

fn asked<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    let mut pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(one, _)| *one == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_there_is_is_taken() {
        assert_eq!(Language::accepted("fr, en-GB;q=0.8, ko;q=0.5"), Language::English);
        assert_eq!(Language::accepted("ko-KR,ko;q=0.9,en;q=0.8"), Language::Korean);
        assert_eq!(Language::accepted("fr"), Language::Korean);
    }

    #[test]
    fn what_somebody_keeps_with_the_node_holds_where_a_browser_was_told_nothing() {
        let kept = serde_json::json!({
            "language": "en", "theme": "dark", "zone": { "minutes": 0, "name": "UTC" },
        });
        let seen = |cookies: &'static str| {
            let request = Request::builder().uri("/today").header(header::COOKIE, cookies);
            let request = request.body(axum::body::Body::empty()).unwrap();
            let seen = Visitor::of(&request).liking(&kept);
            (seen.language.code(), seen.theme.code(), seen.zone.name().to_owned())
        };
        // A zone that the device told is no choice.
        assert_eq!(seen("zone=540.KST"), ("en", "dark", "UTC".to_owned()));
        let chosen = seen("lang=ko; theme=light; zone=540.KST; own_zone=1");
        assert_eq!(chosen, ("ko", "light", "KST".to_owned()));
    }

    #[test]
    fn a_zone_that_is_none_is_not_read() {
        assert_eq!(Zone::read("540.KST"), Some(Zone::default()));
        assert!(Zone::read("60.GMT+1").is_some());
        for text in ["", "540", "9999.KST", "540.<b>", "540.TOOLONGNAME", "x.KST"] {
            assert_eq!(Zone::read(text), None, "{text}");
        }
    }
}
