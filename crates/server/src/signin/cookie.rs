//! The cookie of a session, and whether a request came from our own pages.

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use url::Url;

use super::secret::Secret;
use crate::problem::{Own, Problem};

/// The name over TLS. The prefix makes browsers hold to Secure, Path=/ and no Domain.
pub(crate) const NAME: &str = "__Host-bongsu";
/// The name on plain loopback, where browsers would not keep the other.
pub(crate) const PLAIN_NAME: &str = "bongsu";

/// What a cookie of ours says, if it was sent exactly once.
pub(crate) fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(one, _)| *one == name)
        .map(|(_, value)| value);
    let first = found.next()?;
    // Two of one name: somebody has put one beside ours, and which is whose cannot be told.
    found.next().is_none().then_some(first)
}

/// The session's secret that was sent.
pub(crate) fn session(headers: &HeaderMap, secure: bool) -> Option<Secret> {
    value(headers, if secure { NAME } else { PLAIN_NAME }).and_then(Secret::read)
}

/// The header that sets a session's cookie.
pub(crate) fn set(secret: &Secret, secure: bool) -> HeaderValue {
    let seconds = (super::session::LIFE + super::session::IDLE_IN_CRISIS).as_secs();
    line(name(secure), &secret.text(), seconds, secure, "Strict")
}

/// The header that takes it away.
pub(crate) fn clear(secure: bool) -> HeaderValue {
    line(name(secure), "", 0, secure, "Strict")
}

fn name(secure: bool) -> &'static str {
    if secure { NAME } else { PLAIN_NAME }
}

/// A cookie that pages cannot read.
pub(crate) fn line(name: &str, value: &str, seconds: i64, secure: bool, site: &str) -> HeaderValue {
    let lock = if secure { "; Secure" } else { "" };
    let text =
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite={site}{lock}");
    HeaderValue::try_from(text).expect("names and secrets are visible ASCII")
}

/// Did this come from a page of ours? Asked of whatever changes something and carries a cookie.
///
/// # Errors
/// [`Problem`] 403 where it did not, or does not say so.
pub(crate) fn same_origin(
    method: &Method,
    headers: &HeaderMap,
    origins: &[Url],
) -> Result<(), Problem> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes);
    let ours = origin.map(|origin| is_ours(origin, headers, origins));
    match (site, ours) {
        (Some(b"same-origin"), None | Some(true)) | (None, Some(true)) => Ok(()),
        _ => Err(Problem::new(
            StatusCode::FORBIDDEN,
            "other-site",
            "This came from another site",
            Own::OtherSite,
            "do it on a page of this node; a program sends a token, not a cookie",
        )),
    }
}

fn is_ours(origin: &[u8], headers: &HeaderMap, origins: &[Url]) -> bool {
    let Ok(origin) = std::str::from_utf8(origin) else { return false };
    if origins.iter().any(|one| one.origin().ascii_serialization() == origin) {
        return true;
    }
    // On loopback any port is ours, if it is the one that was asked.
    let here = origins.iter().any(|one| one.host_str() == Some("localhost"));
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    here && host.is_some_and(|host| {
        is_loopback(host) && origin.strip_prefix("http://").is_some_and(|rest| rest == host)
    })
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    type Row = (&'static str, &'static [(&'static str, &'static str)], bool, &'static str);

    #[test]
    fn only_a_page_of_ours_may_change_something_with_a_cookie() {
        let origins = ["https://node.example".parse().unwrap()];
        #[rustfmt::skip]
        let table: [Row; 9] = [
            ("POST", &[("sec-fetch-site", "same-origin")], true, "our page"),
            ("POST", &[("origin", "https://node.example")], true, "an older browser on our page"),
            ("POST", &[("sec-fetch-site", "same-origin"), ("origin", "https://node.example")], true, "both"),
            ("POST", &[("sec-fetch-site", "cross-site"), ("origin", "https://node.example")], false, "they disagree"),
            ("POST", &[("sec-fetch-site", "same-site")], false, "a neighbour in the same domain"),
            ("POST", &[("sec-fetch-site", "none")], false, "nobody types a POST"),
            ("DELETE", &[("origin", "https://node.example.evil")], false, "another site"),
            ("PUT", &[("origin", "null")], false, "a sandbox"),
            ("POST", &[], false, "it does not say"),
        ];
        for (method, lines, good, why) in table {
            let method: Method = method.parse().unwrap();
            assert_eq!(same_origin(&method, &headers(lines), &origins).is_ok(), good, "{why}");
        }
        assert!(same_origin(&Method::GET, &headers(&[]), &origins).is_ok());
    }

    #[test]
    fn on_loopback_the_port_that_was_asked_is_ours() {
        let origins = ["http://localhost".parse().unwrap()];
        let ours = headers(&[("host", "localhost:8420"), ("origin", "http://localhost:8420")]);
        assert!(same_origin(&Method::POST, &ours, &origins).is_ok());
        let other = headers(&[("host", "localhost:8420"), ("origin", "http://localhost:3000")]);
        assert!(same_origin(&Method::POST, &other, &origins).is_err());
        let rebound = headers(&[("host", "evil.example"), ("origin", "http://evil.example")]);
        assert!(same_origin(&Method::POST, &rebound, &origins).is_err());
    }

    #[test]
    fn a_cookie_that_was_sent_twice_is_none() {
        let two = headers(&[("cookie", "a=1; bongsu=x"), ("cookie", "bongsu=y")]);
        assert_eq!(value(&two, "bongsu"), None);
        assert_eq!(value(&headers(&[("cookie", "a=1; bongsu=x")]), "bongsu"), Some("x"));
    }

    #[test]
    fn the_cookie_is_kept_from_pages_from_other_sites_and_from_plain_lines() {
        let secret = Secret::draw();
        let line = set(&secret, true);
        let line = line.to_str().unwrap();
        assert!(line.starts_with("__Host-bongsu="));
        for part in ["; Path=/", "; HttpOnly", "; SameSite=Strict", "; Secure"] {
            assert!(line.contains(part), "{line}");
        }
        assert!(!line.contains("Domain"));
    }
}
