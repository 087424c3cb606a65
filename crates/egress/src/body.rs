//! Reading an answer's body, no longer and no later than asked for.

use std::{io::Write, time::Duration};

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Incoming};
use tokio::time::timeout;

use crate::Error;

/// Limits of one body.
pub(crate) struct Limits<'a> {
    pub(crate) host: &'a str,
    pub(crate) most: u64,
    pub(crate) quiet: Duration,
}

/// The whole body in memory.
pub(crate) async fn whole(body: Incoming, limits: &Limits<'_>) -> Result<Bytes, Error> {
    let mut bytes = Vec::new();
    pour(body, limits, &mut bytes).await?;
    Ok(bytes.into())
}

/// What comes with a failure, when it is short, and whether it ended.
pub(crate) async fn complaint(body: Incoming, limits: &Limits<'_>) -> (Bytes, bool) {
    let short = Limits { most: limits.most.min(MOST_COMPLAINT_BYTES), ..*limits };
    whole(body, &short).await.map_or_else(|_| (Bytes::new(), false), |body| (body, true))
}

/// The body into a sink, piece by piece.
///
/// # Errors
/// Then the sink holds the beginning; whoever keeps it throws it away.
pub(crate) async fn pour(
    mut body: Incoming,
    limits: &Limits<'_>,
    sink: &mut (dyn Write + Send),
) -> Result<(), Error> {
    let too_large = || Error::TooLarge { host: limits.host.to_owned(), most: limits.most };
    if body.size_hint().lower() > limits.most {
        return Err(too_large());
    }
    let mut left = limits.most;
    loop {
        let frame = timeout(limits.quiet, body.frame())
            .await
            .map_err(|_| Error::Silent { host: limits.host.to_owned(), quiet: limits.quiet })?;
        let Some(frame) = frame else { return Ok(()) };
        let frame = frame.map_err(|source| Error::Http { host: limits.host.to_owned(), source })?;
        if let Ok(piece) = frame.into_data() {
            left = left.checked_sub(piece.len() as u64).ok_or_else(too_large)?;
            sink.write_all(&piece).map_err(Error::Sink)?;
        }
    }
}

/// Longest page that comes with a failure and is kept.
const MOST_COMPLAINT_BYTES: u64 = 64 * 1024;
