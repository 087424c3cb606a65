//! What went wrong, as RFC 9457 has it: `application/problem+json`, and what to do next.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bongsu_desk::campaign::Unaddressed;
use bongsu_desk::exposure::ExposureError;
use bongsu_store::Error;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

mod cause;
pub use cause::all as reasons;
pub(crate) use cause::{Because, Cause, Facts, Own};

/// An answer that is no success.
///
/// What is forbidden and what is absent are one value, [`Problem::absent`], so their bytes are the same.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    status: StatusCode,
    /// Last part of the problem's type, such as `idempotency-key-reused`.
    kind: &'static str,
    title: &'static str,
    detail: String,
    cause: Cause,
    /// Seconds after which to come again.
    retry_after: Option<u32>,
}

#[derive(Serialize)]
struct Wire<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    reason: &'a str,
    #[serde(skip_serializing_if = "Facts::is_empty")]
    facts: &'a Facts,
}

impl Problem {
    /// Makes one.
    pub(crate) fn new(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        cause: impl Into<Cause>,
        detail: impl Into<String>,
    ) -> Self {
        let (detail, cause) = (detail.into(), cause.into());
        Self { status, kind, title, detail, cause, retry_after: None }
    }

    /// Nothing here that may be seen or done.
    pub fn absent() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "Not found",
            Own::NotFound,
            "there is nothing here that you may see or do; ask your coordinator if you expected something",
        )
    }

    /// Nobody is signed in.
    pub fn nobody() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "sign-in-needed",
            "Sign in",
            Own::SignIn,
            "sign in, or send a token that has not ended: Authorization: Bearer …",
        )
    }

    /// Signing in did not work; the same words whatever was wrong.
    pub fn not_signed_in() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "not-signed-in",
            "That did not let you in",
            Own::NotSignedIn,
            "begin again; if it fails again, ask whoever appointed you for a new invitation",
        )
    }

    /// A grave act wants the credential to be shown again.
    pub fn step_up() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "step-up",
            "Show your passkey again",
            Own::StepUp,
            "this needs a passkey shown within 15 minutes: sign in again, then repeat it",
        )
    }

    /// Too many from one place.
    pub fn too_often(after: std::time::Duration) -> Self {
        let seconds = u32::try_from(after.as_secs()).unwrap_or(3_600).clamp(1, 3_600);
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-often",
            "Too often",
            Own::TooOften,
            "slow down: come again after the time in Retry-After",
        )
        .after(seconds)
    }

    /// The request cannot be read.
    pub(crate) fn unreadable(cause: impl Into<Cause>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unreadable", "Unreadable request", cause, detail)
    }

    /// The request can be read, and what it says cannot be.
    pub(crate) fn unfit(cause: impl Into<Cause>, detail: impl Into<String>) -> Self {
        let title = "What it says does not fit";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unfit", title, cause, detail)
    }

    /// The rules do not allow it as things stand.
    pub(crate) fn refused(cause: impl Into<Cause>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "refused", "The rules do not allow it", cause, detail)
    }

    /// No room now.
    pub fn busy(seconds: u32) -> Self {
        let detail =
            "more is asked than can be answered now: come again after the time in Retry-After";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "No room now", Own::Busy, detail)
            .after(seconds)
    }

    /// Come again later.
    #[must_use]
    pub fn after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Last part of its type.
    pub fn kind(&self) -> &'static str {
        self.kind
    }
}

/// Where the types of problems are described.
const TYPES: &str = "urn:bongsu:problem:";

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let wire = Wire {
            r#type: format!("{TYPES}{}", self.kind),
            title: self.title,
            status: self.status.as_u16(),
            detail: &self.detail,
            reason: self.cause.reason,
            facts: &self.cause.facts,
        };
        let body = serde_json::to_vec(&wire).expect("a problem is text");
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let cause = Cause::from(&error);
        match error {
            Error::Denied(_) | Error::Missing(_) => Self::absent(),
            Error::Refused(refused) => Self::refused(cause, refused.to_string()),
            Error::OtherBody => Self::new(
                StatusCode::CONFLICT,
                "idempotency-key-reused",
                "This key was used for something else",
                cause,
                "send the same body again, or draw a new Idempotency-Key",
            ),
            Error::Document(unkept) => Self::unfit(cause, unkept.to_string()),
            // It could be said on a node of the other realm.
            Error::OtherRealm => Self::refused(cause, error.to_string()),
            Error::OtherText => Self::unfit(cause, error.to_string()),
            Error::NotInPost | Error::Stale => Self::new(
                StatusCode::FORBIDDEN,
                "not-in-post",
                "The post has ended",
                cause,
                error.to_string(),
            ),
            Error::Busy { .. } => Self::busy(1),
            // What the operator must do is in the log; whoever asked can only come again, with the same key.
            other => {
                tracing::error!(error = &other as &dyn std::error::Error, "the store");
                let (known, detail) = match other {
                    Error::Unknown(_) => (
                        Own::StoreUnknown,
                        "it is not known whether this was recorded: send it again with the same Idempotency-Key",
                    ),
                    _ => (
                        Own::Store,
                        "nothing was recorded: send it again with the same Idempotency-Key",
                    ),
                };
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "store",
                    "The store does not answer",
                    known,
                    detail,
                )
                .after(5)
            }
        }
    }
}

impl From<Unaddressed> for Problem {
    fn from(error: Unaddressed) -> Self {
        match error {
            Unaddressed::Store(error) => error.into(),
            Unaddressed::Exposure(ExposureError::Index(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the index");
                Self::busy(30)
            }
            Unaddressed::Behind { .. } => Self::busy(10),
            other => Self::refused(&other, other.to_string()),
        }
    }
}

impl From<bongsu_authority::access::Denied> for Problem {
    fn from(_: bongsu_authority::access::Denied) -> Self {
        Self::absent()
    }
}
