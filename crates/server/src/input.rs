//! What comes in: read once, bounded, and refused with words that help.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use bongsu_store::RequestId;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;

use crate::problem::{Own, Problem};

/// The largest JSON body, in bytes.
pub(crate) const LARGEST_BODY: usize = 1 << 20;

/// A JSON body.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "wrong-content-type",
                "Wrong content type",
                Own::WrongContentType,
                "send JSON, with Content-Type: application/json",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|_| too_large())?;
        read(&bytes).map(Self)
    }
}

/// Reads JSON; says where it does not fit. `6.0` is 6, as JSON Schema has it.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).or_else(|error| match error.classify() {
        Category::Data => with_whole_numbers(bytes)
            .ok_or_else(|| Problem::unfit(Own::BodyField, error.to_string())),
        _ => Err(Problem::unreadable(Own::NotJson, format!("the body is not JSON: {error}"))),
    })
}

/// Reads it once more with every number whole that has no fraction; nothing where that changes nothing.
fn with_whole_numbers<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let mut value: Value = serde_json::from_slice(bytes).ok()?;
    if !whole_inside(&mut value) {
        return None;
    }
    serde_json::from_value(value).ok()
}

/// Makes numbers whole; says whether there was one to be made so.
fn whole_inside(value: &mut Value) -> bool {
    match value {
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(float) => without_fraction(float).is_some_and(|whole| {
                *number = whole.into();
                true
            }),
            None => false,
        },
        Value::Array(all) => all.iter_mut().fold(false, |any, one| whole_inside(one) | any),
        Value::Object(all) => all.values_mut().fold(false, |any, one| whole_inside(one) | any),
        _ => false,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "it is whole and within 2^53, where every float is the number it says"
)]
fn without_fraction(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0).then_some(number as i64)
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
        || essence.to_ascii_lowercase().ends_with("+json")
}

pub(crate) fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too-large",
        "Too large",
        Own::TooLarge.with("most", LARGEST_BODY),
        format!("the body is cut off or larger than {LARGEST_BODY} bytes: send less at once"),
    )
}

/// What follows the question mark.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.uri)
    }
}

impl<T: DeserializeOwned> Asked<T> {
    /// Reads it from an address.
    pub(crate) fn of(uri: &Uri) -> Result<Self, Problem> {
        let asked = Query::<T>::try_from_uri(uri);
        asked
            .map(|Query(it)| Self(it))
            .map_err(|error| Problem::unreadable(Own::Query, error.body_text()))
    }
}

/// What stands in the path. What is no id names nothing, so it is absent.
pub(crate) struct Named<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found = Path::<T>::from_request_parts(parts, state).await;
        found.map(|Path(it)| Self(it)).map_err(|_| Problem::absent())
    }
}

/// The name of a request: the same key and body twice is one request.
#[derive(Clone, Debug)]
pub(crate) struct Key(Option<String>);

/// The longest key, in characters.
const LONGEST_KEY: usize = 200;

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(Self(None)) };
        let text = value.to_str().ok().filter(|text| {
            (1..=LONGEST_KEY).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_graphic())
        });
        let wrong = || {
            Problem::unreadable(
                Own::Request,
                format!(
                    "Idempotency-Key is 1 to {LONGEST_KEY} visible ASCII characters: draw a UUID"
                ),
            )
        };
        text.map(|text| Self(Some(text.to_owned()))).ok_or_else(wrong)
    }
}

/// Which tags of a thing whoever edits it has seen: `If-Match`. What is no list of tags is refused, not passed over.
#[derive(Clone, Debug)]
pub(crate) struct Seen(pub(crate) Option<HeaderValue>);

/// What `If-Match` looks like: visible ASCII, with spaces between tags.
pub(crate) const TAGS: &str = "^[!-~]([ -~]*[!-~])?$";

/// The longest `If-Match`, in characters.
pub(crate) const LONGEST_TAGS: usize = 200;

impl<S: Send + Sync> FromRequestParts<S> for Seen {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let bytes = value.as_bytes();
        let plain = bytes.iter().all(|byte| (b' '..=b'~').contains(byte));
        if plain && (1..=LONGEST_TAGS).contains(&bytes.len()) {
            return Ok(Self(Some(value.clone())));
        }
        Err(Problem::unreadable(
            Own::Request,
            "If-Match is the ETag of what was read, as it was given",
        ))
    }
}

impl Key {
    /// The id under which the store knows this request of this person at this place; drawn where no key was sent.
    pub(crate) fn id(
        &self,
        person: [u8; 16],
        place: &str,
        draw: impl FnOnce() -> [u8; 16],
    ) -> RequestId {
        let Some(key) = &self.0 else { return RequestId(draw()) };
        RequestId(named(&[b"bongsu/request/v1", &person, place.as_bytes(), key.as_bytes()]))
    }
}

/// Sixteen bytes that follow from these parts: an id that comes out the same when a request comes again.
pub(crate) fn named(parts: &[&[u8]]) -> [u8; 16] {
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let hash = context.finish();
    hash.as_ref()[..16].try_into().expect("SHA-256 is 32 bytes")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[test]
    fn six_point_zero_is_six_and_six_and_a_half_is_nothing() {
        #[derive(Debug, Deserialize, PartialEq)]
        struct Body {
            must: u8,
            may: Option<i16>,
            score: Option<f64>,
        }
        let read = |text: &str| super::read::<Body>(text.as_bytes()).ok();
        let body = |must, may, score| Some(Body { must, may, score });
        assert_eq!(read(r#"{"must":6.0}"#), body(6, None, None));
        assert_eq!(read(r#"{"must":6,"may":-2.5e1,"score":1.0}"#), body(6, Some(-25), Some(1.0)));
        assert_eq!(read(r#"{"must":6.0,"score":0.5}"#), body(6, None, Some(0.5)));
        for wrong in ["6.5", "-1", "-1.0", "256", "256.0", "1e300", "\"6.0\"", "null", "true"] {
            assert_eq!(read(&format!("{{\"must\":{wrong}}}")), None, "{wrong}");
        }
        let said = super::read::<Body>(br#"{"must":6.5}"#).unwrap_err();
        assert_eq!(said.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
}
