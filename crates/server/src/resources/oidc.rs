//! Signing in at an identity provider.

use axum::extract::{Extension, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, HeaderValue, Method, header};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::session;
use crate::admission::Class;
use crate::app::App;
use crate::input::{Asked, Json, Named};
use crate::listen::Peer;
use crate::output;
use crate::problem::Problem;
use crate::right::Right;
use crate::routes::{Gives, Route, Takes, Verb, schema};
use crate::signin::cookie;
use crate::signin::oidc::{Back, CEREMONY, Wanted};
use crate::signin::secret::Secret;

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        ("oidc-providers", "/api/v1/oidc", "Lists the identity providers at which one can sign in"),
        Right::Anybody,
        schema::<Vec<String>>,
        || get(providers),
    )
    .of(Class::Vital),
    Route::post(
        (
            "oidc-begin",
            "/api/v1/oidc/{provider}/begin",
            "Begins to sign in at an identity provider: says where the browser goes",
        ),
        Right::Anybody,
        (schema::<Beginning>, schema::<Begun>),
        || post(begin),
    )
    .of(Class::Vital),
    Route {
        id: "oidc-callback",
        method: Verb::Get,
        path: "/api/v1/oidc/{provider}/callback",
        summary: "Where the provider sends the browser back; sets the cookie",
        right: Right::Anybody,
        class: Class::Vital,
        query: Some(schema::<Came>),
        takes: Takes::Nothing,
        gives: Gives::Text("text/html"),
        handler: || get(callback),
    },
];

/// On what grounds one signs in.
#[derive(Deserialize, JsonSchema)]
struct Beginning {
    /// The code of an invitation, the first time: it links whoever the provider says came to a person here.
    invitation: Option<String>,
    /// Shall the provider be shown a credential now? Grave acts want it.
    #[serde(default)]
    fresh: bool,
    /// The place of this node to come back to, such as the page of what is to be signed; its first page, where it is none.
    #[schemars(length(max = 2000))]
    then: Option<String>,
}

/// Where to go.
#[derive(Debug, JsonSchema, Serialize)]
struct Begun {
    /// The address at the provider.
    url: String,
}

/// What the provider says.
#[derive(Deserialize, JsonSchema)]
struct Came {
    /// The code, where it went well.
    code: Option<String>,
    /// The state that was sent along.
    state: Option<String>,
    /// Which provider it is (RFC 9207).
    iss: Option<String>,
}

/// The cookie that binds a browser to its ceremony.
const NAME: &str = "__Host-bongsu-oidc";
const PLAIN_NAME: &str = "bongsu-oidc";

async fn providers(State(app): State<App>) -> Response {
    output::ok(&app.door().oidc().names().collect::<Vec<_>>())
}

async fn begin(
    State(app): State<App>,
    Named(provider): Named<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    Json(beginning): Json<Beginning>,
) -> Result<Response, Problem> {
    app.door().same_origin(&Method::POST, &headers)?;
    let peer = peer.map(|Extension(peer)| peer);
    app.door().tried(peer.as_ref(), "")?;
    let now = app.now();
    let invitation = match beginning.invitation {
        None => None,
        Some(code) => {
            let look = move |app: &App| app.door().invitations().look(&code, now);
            Some(app.ask(look).await?.ok_or_else(Problem::not_signed_in)?)
        }
    };
    let then = beginning.then.filter(|place| is_place(place));
    let wanted = Wanted { invitation, fresh: beginning.fresh, then };
    let (begun, pending) = app.door().oidc().begin(&provider, wanted).await?;
    app.ask(move |app| app.door().oidc().keep(&pending, now)).await?;
    let secure = app.door().is_secure(peer.as_ref());
    let mut response = session::once(output::ok(&Begun { url: begun.to.into() }));
    let line = kept(&begun.secret.text(), CEREMONY.as_secs(), secure);
    response.headers_mut().insert(header::SET_COOKIE, line);
    Ok(response)
}

/// The browser brings it when the provider sends it back, so it cannot be Strict.
fn kept(value: &str, seconds: i64, secure: bool) -> HeaderValue {
    cookie::line(if secure { NAME } else { PLAIN_NAME }, value, seconds, secure, "Lax")
}

async fn callback(
    State(app): State<App>,
    Named(provider): Named<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    Asked(came): Asked<Came>,
) -> Result<Response, Problem> {
    let peer = peer.map(|Extension(peer)| peer);
    app.door().tried(peer.as_ref(), "")?;
    let secure = app.door().is_secure(peer.as_ref());
    let secret = cookie::value(&headers, if secure { NAME } else { PLAIN_NAME });
    let secret = secret.and_then(Secret::read).ok_or_else(Problem::not_signed_in)?;
    let (Some(code), Some(state)) = (came.code, came.state) else {
        return Err(Problem::not_signed_in());
    };
    let (back, now) = (std::sync::Arc::new(Back { code, state, issuer: came.iss }), app.now());
    let pending = {
        let back = std::sync::Arc::clone(&back);
        app.ask(move |app| app.door().oidc().take(&secret, &provider, &back, now)).await?
    };
    let then = pending.then().unwrap_or("/").to_owned();
    let identity = app.door().oidc().identify(&pending, &back, now).await?;
    let came = app
        .ask(move |app| {
            let came = app.door().oidc().recognise(&pending, &identity, now)?;
            if came.invited {
                app.door().forget_all(); // whoever used to sign in as them is out
            }
            Ok(came)
        })
        .await?;
    let by = (came.person, "oidc", came.shown_at);
    let session = session::welcome(&app, (&headers, peer), by).await?;
    Ok(on(&then, session.headers(), secure))
}

/// Is it a place of this node, and nothing that means something else inside a page?
fn is_place(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~%?&=+,:@#".contains(&byte);
    text.starts_with('/')
        && !text.starts_with("//")
        && text.len() <= 2_000
        && text.bytes().all(plain)
}

/// A page that goes on by itself: from a page of ours the browser sends the new cookie, from a redirect it would not.
fn on(then: &str, session: &HeaderMap, secure: bool) -> Response {
    let then = then.replace('&', "&amp;");
    let page = format!(
        "<!doctype html><meta charset=utf-8><meta http-equiv=refresh content=\"0;url={then}\">\
         <title>Bongsu</title><a href=\"{then}\">Bongsu</a>"
    );
    let mut response = session::once(Html(page).into_response());
    for cookie in session.get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    response.headers_mut().append(header::SET_COOKIE, kept("", 0, secure));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_back_stays_on_this_node() {
        assert!(is_place("/campaigns/01040g2081040g2081040g2081?limit=50&all=true#lists"));
        for other in ["", "campaigns", "//evil.example", "/\\evil", "/a\"b", "/a;b", "/<b>", "/ㄱ"]
        {
            assert!(!is_place(other), "{other:?}");
        }
    }
}
