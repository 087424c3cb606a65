//! One file of a feed: asked for only if it changed, into the mirror.

use std::time::Duration;

use bongsu_egress::{Egress, Outgoing};
use http::{HeaderName, HeaderValue, StatusCode, header};
use url::Url;

use super::failed::Failed;
use super::line::Line;
use super::mirror::Incoming;
use super::state::Known;

/// What came back.
pub(super) enum Fetched {
    /// It has not changed since.
    Same,
    /// New bytes, not yet kept.
    New(Box<Incoming>, Known),
    /// There is no such file any more.
    Gone,
}

/// Asks for a file, if it changed since `known`.
pub(super) async fn fetch(
    line: &Line,
    url: &Url,
    known: Option<&Known>,
    name: &str,
    most_bytes: u64,
) -> Result<Fetched, Failed> {
    let mut request = Outgoing::get(url.clone());
    request.most_bytes = most_bytes;
    request.patience = line.patience;
    request.quiet = QUIET.min(line.patience);
    let mut ask = |header: HeaderName, value: Option<&String>| {
        if let Some(Ok(value)) = value.map(|value| HeaderValue::from_str(value)) {
            request.headers.insert(header, value);
        }
    };
    ask(header::IF_NONE_MATCH, known.and_then(|known| known.etag.as_ref()));
    ask(header::IF_MODIFIED_SINCE, known.and_then(|known| known.modified.as_ref()));
    let mut incoming = Incoming::begin(&line.folder, name)?;
    let answer = line.egress.fetch_to(request, &mut incoming).await?;
    let said = |name: HeaderName| Some(answer.headers.get(name)?.to_str().ok()?.to_owned());
    match answer.status {
        StatusCode::OK => {}
        StatusCode::NOT_MODIFIED if known.is_some() => return Ok(Fetched::Same),
        StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(Fetched::Gone),
        status => return Err(refused(url, status)),
    }
    let digest = incoming.digest();
    // Some servers know no conditions and send the same bytes again.
    if known.is_some_and(|known| known.digest == digest) {
        return Ok(Fetched::Same);
    }
    let (etag, modified) = (said(header::ETAG), said(header::LAST_MODIFIED));
    Ok(Fetched::New(Box::new(incoming), Known { etag, modified, digest, ..Known::default() }))
}

/// A small file, whole and in memory; nothing where there is none.
pub(super) async fn page(egress: &Egress, url: &Url, most: u64) -> Result<Option<Vec<u8>>, Failed> {
    let mut request = Outgoing::get(url.clone());
    request.most_bytes = most;
    request.patience = A_PAGE;
    let answer = egress.send(request).await?;
    match answer.status {
        StatusCode::OK => Ok(Some(answer.body.into())),
        StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
        status => Err(refused(url, status)),
    }
}

fn refused(url: &Url, status: StatusCode) -> Failed {
    let host = url.host_str().unwrap_or_default().to_owned();
    Failed::Status { host, status: status.as_u16() }
}

/// Longest silence in between.
const QUIET: Duration = Duration::from_secs(30);

/// For a list or a document.
const A_PAGE: Duration = Duration::from_mins(1);
