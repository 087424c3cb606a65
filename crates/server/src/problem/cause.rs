//! Why something went wrong, as a stable word and the facts that a sentence about it needs.

use bongsu_authority::reasons;
use bongsu_desk::campaign::Unaddressed;
use bongsu_desk::exposure::ExposureError;
use bongsu_desk::intake::Unpublished;
use bongsu_desk::statements::HearError;
use bongsu_relay::carry::TestError;
use bongsu_relay::carry::address::AddressError;
use bongsu_relay::carry::book::BookError;
use bongsu_response::{ActState, Refused, Status};
use bongsu_store::{Error, Unkept};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Figures, instants and codes by name.
pub(crate) type Facts = Map<String, Value>;

/// Why something went wrong: a stable word, and what a sentence about it needs to name.
///
/// It is made from a cause that an enum names, so that no word stands for itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Cause {
    pub(super) reason: &'static str,
    pub(super) facts: Facts,
}

/// A cause beside the English sentence that tells it.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub(crate) struct Because {
    /// A stable word for it.
    pub(crate) reason: String,
    /// What a sentence about it needs: figures, instants, codes.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) facts: Facts,
}

impl Because {
    /// One that was kept as its word alone.
    pub(crate) fn kept(reason: String) -> Self {
        Self { reason, facts: Facts::new() }
    }
}

impl<C: Into<Cause>> From<C> for Because {
    fn from(cause: C) -> Self {
        let Cause { reason, facts } = cause.into();
        Self { reason: reason.to_owned(), facts }
    }
}

/// A cause that only the API knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Own {
    AlertLevel,
    BodyField,
    BrokeDown,
    CaseOpen,
    CertificateDigest,
    CertificateTaken,
    CutOff,
    DocumentEmpty,
    DocumentName,
    EditedMeanwhile,
    FlawName,
    Identifier,
    Interrupted,
    Limit,
    NotConsulted,
    NotFound,
    NotIssued,
    NoAdvisory,
    NoIndex,
    NoSuchPlace,
    NoVersions,
    NotJson,
    NotReadBack,
    NothingGoesOut,
    NotSignedIn,
    OfficerTitle,
    OtherSite,
    PasskeyLast,
    PasskeysFull,
    ProgramName,
    ProgramScopes,
    ProgramsFull,
    Province,
    ProviderUnknown,
    CallbackNumber,
    ProviderUnsaid,
    Query,
    Reminded,
    Request,
    SearchShort,
    SignIn,
    StepUp,
    Store,
    StoreUnknown,
    Busy,
    TextChanged,
    TokenLife,
    TokenScope,
    TooLarge,
    TooManyDocuments,
    TooOften,
    TooSlow,
    VersionsOfFlaw,
    WhoHasName,
    WhoHasProduct,
    WhoHasPurl,
    WrongContentType,
    Zone,
}

reasons!(Own {
    Self::AlertLevel => "alert-level",
    Self::BodyField => "body-field",
    Self::BrokeDown => "document-broke-down",
    Self::CaseOpen => "case-open-already",
    Self::CertificateDigest => "certificate-digest",
    Self::CertificateTaken => "certificate-taken",
    Self::CutOff => "cut-off",
    Self::DocumentEmpty => "document-empty",
    Self::DocumentName => "document-name",
    Self::EditedMeanwhile => "edited-meanwhile",
    Self::FlawName => "flaw-name",
    Self::Identifier => "identifier",
    Self::Interrupted => "document-interrupted",
    Self::Limit => "limit",
    Self::NotConsulted => "alert-not-consulted",
    Self::NotFound => "not-found",
    Self::NotIssued => "act-nobody-owes",
    Self::NoAdvisory => "no-advisory",
    Self::NoIndex => "no-index",
    Self::NoSuchPlace => "no-such-place",
    Self::NoVersions => "no-versions-known",
    Self::NotJson => "not-json",
    Self::NotReadBack => "document-not-read-back",
    Self::NothingGoesOut => "nothing-goes-out",
    Self::NotSignedIn => "not-signed-in",
    Self::OfficerTitle => "officer-title",
    Self::OtherSite => "other-site",
    Self::PasskeyLast => "passkey-last",
    Self::PasskeysFull => "passkeys-full",
    Self::ProgramName => "name-length",
    Self::ProgramScopes => "program-scopes",
    Self::ProgramsFull => "programs-full",
    Self::Province => "province",
    Self::ProviderUnknown => "provider-unknown",
    Self::CallbackNumber => "callback-number",
    Self::ProviderUnsaid => "provider-unsaid",
    Self::Query => "query",
    Self::Reminded => "remind-whom",
    Self::Request => "request",
    Self::SearchShort => "search-short",
    Self::SignIn => "sign-in-needed",
    Self::StepUp => "step-up",
    Self::Store => "store",
    Self::StoreUnknown => "store-unknown",
    Self::Busy => "busy",
    Self::TextChanged => "text-changed",
    Self::TokenLife => "token-life",
    Self::TokenScope => "token-scope",
    Self::TooLarge => "too-large",
    Self::TooManyDocuments => "too-many-documents",
    Self::TooOften => "too-often",
    Self::TooSlow => "too-slow",
    Self::VersionsOfFlaw => "versions-of-flaw",
    Self::WhoHasName => "who-has-name",
    Self::WhoHasProduct => "who-has-product",
    Self::WhoHasPurl => "who-has-purl",
    Self::WrongContentType => "wrong-content-type",
    Self::Zone => "zone",
});

/// Every word that a problem, or a document that was not published, may give as its reason; each once, in order.
pub fn all() -> Vec<&'static str> {
    let mut all = [
        Own::reasons(),
        Unaddressed::reasons(),
        HearError::reasons(),
        Unpublished::reasons(),
        BookError::reasons(),
        TestError::reasons(),
        bongsu_relay::feeds::Failed::reasons(),
        bongsu_formats::Error::REASONS.to_vec(),
    ]
    .concat();
    all.sort_unstable();
    all.dedup();
    all
}

impl Cause {
    fn of(reason: &'static str) -> Self {
        Self { reason, facts: Facts::new() }
    }

    /// With a figure, an instant or a code that the sentence names.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, fact: impl Serialize) -> Self {
        let fact = serde_json::to_value(fact).expect("a fact is plain");
        self.facts.insert(name.to_owned(), fact);
        self
    }
}

impl Own {
    /// With a figure, an instant or a code that the sentence names.
    pub(crate) fn with(self, name: &str, fact: impl Serialize) -> Cause {
        Cause::from(self).with(name, fact)
    }
}

impl From<Own> for Cause {
    fn from(own: Own) -> Self {
        Self::of(own.reason())
    }
}

impl From<&Refused> for Cause {
    fn from(refused: &Refused) -> Self {
        let cause = Self::of(refused.reason());
        match refused {
            Refused::Case { state, .. } => {
                let nexts: Vec<_> = state.nexts().collect();
                cause.with("state", state).with("nexts", nexts)
            }
            Refused::Act { state, .. } => cause.with("state", state).with("next", act_next(*state)),
            Refused::Obligation { status, .. } => {
                cause.with("state", status).with("next", answer_next(*status))
            }
            Refused::TooEarly { what, given, after } => cause
                .with("what", what.reason())
                .with("given", given.to_string())
                .with("after", after.to_string()),
            Refused::TooLate { what, given, limit } => cause
                .with("what", what.reason())
                .with("given", given.to_string())
                .with("limit", limit.to_string()),
            Refused::NothingAsked { what } => cause.with("what", what),
            Refused::StillOpen { open } => cause.with("open", open),
            Refused::ListGrew { asked, now } => cause.with("asked", asked).with("now", now),
            Refused::AddressedTwice(institution)
            | Refused::NotAddressed(institution)
            | Refused::NoAuthority(institution)
            | Refused::NotAccountable { institution, .. } => {
                cause.with("institution", institution.to_string())
            }
            Refused::Merged { into } | Refused::MergeInto { into } => {
                cause.with("case", into.to_string())
            }
            _ => cause,
        }
    }
}

/// What to do with an act that stands so, as a code.
fn act_next(state: ActState) -> &'static str {
    match state {
        ActState::Draft => "act-review",
        ActState::Reviewed => "act-sign",
        ActState::Issued => "act-amend",
        ActState::Completed | ActState::Withdrawn => "act-new",
    }
}

/// What to do with an obligation that stands so, as a code.
fn answer_next(status: Status) -> &'static str {
    match status {
        Status::Created | Status::Delivered | Status::Unreachable => "answer-acknowledge",
        Status::Acknowledged | Status::Unknown => "answer-assess",
        Status::NotAffected => "answer-say-affected",
        Status::Affected | Status::Planned | Status::Mitigated => "answer-work",
        Status::Claimed => "answer-countersign",
        Status::Remediated => "answer-verify",
        Status::Verified => "answer-close",
        Status::Waived => "answer-renew",
        Status::Closed => "answer-over",
        Status::Released => "answer-released",
    }
}

impl From<&Error> for Cause {
    fn from(error: &Error) -> Self {
        match error {
            Error::Refused(refused) => refused.into(),
            Error::Document(unkept) => unkept.into(),
            other => Self::of(other.reason()),
        }
    }
}

impl From<&Unkept> for Cause {
    fn from(unkept: &Unkept) -> Self {
        let cause = Self::of(unkept.reason());
        match unkept {
            Unkept::TooLarge { bytes } => {
                cause.with("bytes", bytes).with("most", bongsu_store::LARGEST)
            }
            _ => cause,
        }
    }
}

impl From<&Unpublished> for Cause {
    fn from(unpublished: &Unpublished) -> Self {
        let cause = Self::of(unpublished.reason());
        match unpublished {
            Unpublished::Unread { what, .. } => cause.with("what", what),
            Unpublished::Several { count, .. } => cause.with("count", count),
            Unpublished::Hides { components, before } => {
                cause.with("components", components).with("before", before)
            }
            Unpublished::Older { made, before } => {
                cause.with("made", made.to_string()).with("before", before.to_string())
            }
            Unpublished::Store(error) => error.into(),
            _ => cause,
        }
    }
}

impl From<&Unaddressed> for Cause {
    fn from(unaddressed: &Unaddressed) -> Self {
        let cause = Self::of(unaddressed.reason());
        match unaddressed {
            Unaddressed::Signed(at) => cause.with("at", at.to_string()),
            Unaddressed::Store(error) => error.into(),
            _ => cause,
        }
    }
}

impl From<&bongsu_formats::Error> for Cause {
    fn from(error: &bongsu_formats::Error) -> Self {
        let cause = Self::of(error.reason());
        match error {
            bongsu_formats::Error::Syntax { format, .. }
            | bongsu_formats::Error::Field { format, .. } => cause.with("format", format),
            bongsu_formats::Error::TooLarge { limit, .. } => cause.with("limit", limit),
            _ => cause,
        }
    }
}

macro_rules! plain {
    ($($error:ty),+) => {
        $(impl From<&$error> for Cause {
            fn from(error: &$error) -> Self {
                Self::of(error.reason())
            }
        })+
    };
}

plain!(ExposureError, HearError, AddressError, BookError, TestError);
