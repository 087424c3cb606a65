//! An inventory comes in by a form: passed on as it arrives, never held whole.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::response::Response;
use futures_core::Stream;
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::Site;
use crate::api::{Refusal, Wanted, read};
use crate::rooms;
use crate::said;
use crate::visitor::Visitor;

/// Passes the document on and leads to its report.
pub(crate) async fn receive(
    State(site): State<Site>,
    Path(institution): Path<String>,
    request: Request,
) -> Response {
    let visitor = Visitor::of(&request);
    let from = format!("/institutions/{institution}/inventory");
    match passed(&site, &visitor, &institution, request).await {
        Ok(job) => {
            said::on(&format!("/institutions/{institution}/uploads/{job}"), "uploaded", None)
        }
        Err(refusal) if matches!(refusal.status.as_u16(), 401 | 404) => {
            rooms::refused(&site, &visitor, &from, &refusal).await
        }
        Err(refusal) => {
            rooms::show_at(&site, &visitor, &from, json!({ "wrong": refusal.shown() })).await
        }
    }
}

/// What stands in the form before the file.
#[derive(Default)]
struct Said {
    /// Of which system; a new one where nothing is said.
    system: Option<String>,
    name: Option<String>,
    exposed: bool,
    key: Option<String>,
}

/// Fields that may stand before the file.
const MOST: usize = 20;

/// How long they may take to come; the file itself is the API's to bound.
const UNTIL_THE_FILE: Duration = Duration::from_secs(20);

/// Reads the fields, then passes the file on in pieces. Who sends them is asked before anything is read.
async fn passed(
    site: &Site,
    visitor: &Visitor,
    institution: &str,
    request: Request,
) -> Result<String, Refusal> {
    site.api().ask(visitor, Wanted::get("/api/v1/me")).await?;
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| cut_off())?;
    let mut said = Said::default();
    let begun = Instant::now();
    for _ in 0..MOST {
        let part = in_time(begun, parts.next_field()).await?.map_err(|_| cut_off())?;
        let Some(part) = part else { break };
        match part.name().unwrap_or_default() {
            "exposed" => said.exposed = true,
            "system" => said.system = in_time(begun, word(part)).await?,
            "name" => said.name = in_time(begun, word(part)).await?,
            "_key" => said.key = in_time(begun, word(part)).await?,
            "file" if part.file_name().is_some_and(|name| !name.is_empty()) => {
                // Some formats are known by the name of their file.
                let name = part.file_name().map(str::to_owned);
                said.name = said.name.take().or(name);
                return send(site, visitor, (institution, said), part).await;
            }
            _ => {}
        }
    }
    Err(Refusal::own(StatusCode::UNPROCESSABLE_ENTITY, "no-file"))
}

/// What comes before the time for fields is over.
async fn in_time<T>(begun: Instant, what: impl Future<Output = T>) -> Result<T, Refusal> {
    tokio::time::timeout_at(begun + UNTIL_THE_FILE, what).await.map_err(|_| cut_off())
}

/// The longest word of the form, in bytes.
const LONGEST: usize = 1_000;

async fn word(mut part: Field<'_>) -> Option<String> {
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await.ok()? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > LONGEST {
            return None;
        }
    }
    let text = String::from_utf8(bytes).ok()?.trim().to_owned();
    Some(text).filter(|text| !text.is_empty())
}

async fn send(
    site: &Site,
    visitor: &Visitor,
    (institution, said): (&str, Said),
    mut file: Field<'_>,
) -> Result<String, Refusal> {
    let (give, take) = mpsc::channel(8);
    let mut request = Request::new(Body::from_stream(Pieces(take)));
    let headers = request.headers_mut();
    let kind = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, kind);
    if let Some(key) = said.key.as_deref().and_then(|key| HeaderValue::try_from(key).ok()) {
        headers.insert("idempotency-key", key);
    }
    let path = if let Some(system) = &said.system {
        *request.method_mut() = Method::PUT;
        format!("systems/{}/inventory", segment(system))
    } else {
        *request.method_mut() = Method::POST;
        "systems".to_owned()
    };
    let path = format!("/api/v1/institutions/{}/{path}?{}", segment(institution), query(&said));
    let sending = async move {
        while let Some(piece) = file.chunk().await.transpose() {
            if give.send(piece.map_err(io::Error::other)).await.is_err() {
                break;
            }
        }
    };
    let (answer, ()) = tokio::join!(site.api().pass(visitor, &path, request), sending);
    let body = read(answer?).await?;
    Ok(body["id"].as_str().unwrap_or_default().to_owned())
}

/// What is said of the document in the address.
fn query(said: &Said) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("exposed", if said.exposed { "true" } else { "false" });
    query.extend_pairs(said.name.iter().map(|name| ("name", name)));
    query.finish()
}

/// A piece of a path that stays one piece.
fn segment(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Pieces of a document, as they come.
struct Pieces(mpsc::Receiver<io::Result<Bytes>>);

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

fn cut_off() -> Refusal {
    Refusal::own(StatusCode::BAD_REQUEST, "cut-off")
}
