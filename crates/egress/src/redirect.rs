//! Being sent on: where to, and what comes along.

use http::{HeaderMap, HeaderName, Method, StatusCode, header};
use url::Url;

use crate::{Answer, Outgoing, Refused, rules::Target};

/// Where an answer sends us, when it does and the request may follow.
///
/// Only `GET` and `HEAD` follow everything; anything else follows what keeps its method and body.
pub(crate) fn onward(request: &Outgoing, answer: &Answer) -> Result<Option<Url>, Refused> {
    let safe = matches!(request.method, Method::GET | Method::HEAD);
    let follows = match answer.status {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => safe,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => true,
        _ => false,
    };
    let Some(location) = answer.headers.get(header::LOCATION).filter(|_| follows) else {
        return Ok(None);
    };
    let host = || request.url.host_str().unwrap_or_default().to_owned();
    let location = location.to_str().map_err(|_| Refused::Location { host: host() })?;
    let mut next = request.url.join(location).map_err(|_| Refused::Location { host: host() })?;
    next.set_fragment(None);
    if request.url.scheme() == "https" && next.scheme() == "http" {
        return Err(Refused::Downgrade { host: host() });
    }
    Ok(Some(next))
}

/// Whether `from` may send us on to `to`: nobody outside picks a target inside.
pub(crate) fn may_lead(from: &Target, to: &Target) -> Result<(), Refused> {
    if to.own && !from.own {
        return Err(Refused::Inward { host: from.host.to_string() });
    }
    Ok(())
}

/// Leaves behind everything another host has no business with.
pub(crate) fn leave_behind(headers: &mut HeaderMap) {
    let known = std::mem::take(headers);
    for name in TO_ANYBODY {
        if let Some(value) = known.get(&name) {
            headers.insert(name, value.clone());
        }
    }
}

/// What may be said to anybody. A list of what is secret would always lack one.
const TO_ANYBODY: [HeaderName; 8] = [
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::ACCEPT_LANGUAGE,
    header::IF_MODIFIED_SINCE,
    header::IF_NONE_MATCH,
    header::IF_RANGE,
    header::RANGE,
    header::USER_AGENT,
];

#[cfg(test)]
mod tests {
    use url::Host;

    use super::*;

    #[test]
    fn nobody_outside_leads_us_inside() {
        let target = |own| Target {
            host: Host::Domain("a.example".to_owned()),
            port: 443,
            plain: false,
            own,
        };
        assert!(may_lead(&target(false), &target(true)).is_err());
        assert!(may_lead(&target(true), &target(true)).is_ok());
        assert!(may_lead(&target(true), &target(false)).is_ok());
        assert!(may_lead(&target(false), &target(false)).is_ok());
    }
}
