//! The operator's gateway for short messages and calls: one POST, in the shape that the gateway wants.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

use super::address::{Channel, Telephone};
use super::failure::Failure;
use super::letter::UNITS_OF_A_PART;
use super::way::{Post, Unsent, Way};

/// A gateway.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// Where it listens.
    pub url: Url,
    /// Headers, such as the one that carries the operator's key. Mark their values as sensitive.
    pub headers: HeaderMap,
    /// The body. In its strings `{to}`, `{text}`, `{id}` and `{channel}` are filled in.
    pub template: Value,
    /// Is it a sink for drills?
    pub drill: bool,
}

/// Why a gateway is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "the gateway's template is a JSON object in which {{to}} and {{text}} stand, such as {{\"to\":\"{{to}}\",\"body\":\"{{text}}\"}}"
)]
pub struct GatewayError;

const PATIENCE: Duration = Duration::from_secs(15);

impl Gateway {
    /// A gateway for real messages.
    ///
    /// # Errors
    /// [`GatewayError`] where the template has no place for the number or the text.
    pub fn new(
        url: Url,
        headers: Vec<(HeaderName, HeaderValue)>,
        template: Value,
    ) -> Result<Self, GatewayError> {
        let text = template.to_string();
        if !template.is_object() || !text.contains("{to}") || !text.contains("{text}") {
            return Err(GatewayError);
        }
        Ok(Self { url, headers: headers.into_iter().collect(), template, drill: false })
    }

    /// Sends one part.
    pub(crate) async fn send<W: Way>(
        &self,
        way: &W,
        channel: Channel,
        to: &Telephone,
        text: &str,
        id: &str,
    ) -> Result<(), Failure> {
        let text = cut(text);
        let fill = |hole: &str| match hole {
            "to" => Some(to.to_string()),
            "text" => Some(text.clone()),
            "id" => Some(id.to_owned()),
            "channel" => Some(channel.name().to_owned()),
            _ => None,
        };
        let mut headers = self.headers.clone();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        if let Ok(key) = HeaderValue::from_str(id) {
            headers.insert("idempotency-key", key);
        }
        let body = filled(&self.template, &fill).to_string().into_bytes();
        let post = Post { url: self.url.clone(), headers, body, patience: PATIENCE, own: true };
        match way.post(post).await {
            Ok(200..=299) => Ok(()),
            Ok(404 | 410 | 422) => {
                Err(Failure::Theirs("the gateway knows no such number".to_owned()))
            }
            Ok(status) => Err(Failure::Ours(format!("the gateway answered {status}"))),
            Err(Unsent::Barred(why) | Unsent::Failed(why)) => {
                Err(Failure::Ours(format!("the gateway was not reached: {why}")))
            }
        }
    }
}

/// A template with its holes filled; what is filled in is never read as a template again.
fn filled(template: &Value, fill: &impl Fn(&str) -> Option<String>) -> Value {
    match template {
        Value::String(text) => Value::String(holes(text, fill)),
        Value::Array(all) => all.iter().map(|one| filled(one, fill)).collect(),
        Value::Object(all) => {
            all.iter().map(|(name, one)| (name.clone(), filled(one, fill))).collect()
        }
        other => other.clone(),
    }
}

fn holes(text: &str, fill: &impl Fn(&str) -> Option<String>) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len() + 64), text);
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let hole = after.split_once('}').and_then(|(name, rest)| Some((fill(name)?, rest)));
        if let Some((value, after)) = hole {
            out.push_str(&value);
            rest = after;
        } else {
            out.push('{');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// What fits into one part.
fn cut(text: &str) -> String {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= UNITS_OF_A_PART
    };
    text.chars().take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_template_is_filled_and_never_read_twice() {
        let fill = |hole: &str| match hole {
            "text" => Some("\",\"to\":\"{to}\" \\".to_owned()),
            "to" => Some("+82212345678".to_owned()),
            _ => None,
        };
        let template = json!({"m": [{"n": "{to}", "t": "봉수 {text} {other}"}], "n": 1});
        let found = filled(&template, &fill);
        let expected = json!({"m": [{"n": "+82212345678", "t": "봉수 \",\"to\":\"{to}\" \\ {other}"}], "n": 1});
        assert_eq!(found, expected);
    }

    #[test]
    fn a_part_has_seventy_units_at_most() {
        assert_eq!(cut(&"가".repeat(90)).encode_utf16().count(), 70);
        assert_eq!(cut(&"😀".repeat(90)).encode_utf16().count(), 70);
    }
}
