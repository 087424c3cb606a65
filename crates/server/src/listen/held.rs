//! Bodies on a connection: what comes must keep coming, and events end with a word when the node stops.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use http::{HeaderMap, header};
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

use super::pulse::Open;

/// A body on its way out. While it is there, its request is open.
pub(super) struct Outgoing {
    body: Body,
    _open: Open,
    /// For events: comes when the node stops.
    stop: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    over: bool,
}

impl Outgoing {
    /// Wraps a body; `stop` ends it where it is a stream of events.
    pub(super) fn wrap(
        headers: &HeaderMap,
        body: Body,
        open: Open,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let events = headers.get(header::CONTENT_TYPE);
        let events = events.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
        let stop: Option<Pin<Box<dyn Future<Output = ()> + Send>>> =
            if events { Some(Box::pin(stop)) } else { None };
        Self { body, _open: open, stop, over: false }
    }
}

impl hyper::body::Body for Outgoing {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.over {
            return Poll::Ready(None);
        }
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        let Some(stop) = &mut self.stop else { return frame };
        if frame.is_pending() && stop.as_mut().poll(cx).is_ready() {
            self.over = true;
            return Poll::Ready(Some(Ok(Frame::data(goodbye()))));
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.over || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Tells whoever listens when to come again; not everybody at once.
fn goodbye() -> Bytes {
    let after = 1_000 + u16::from(crate::chance::byte()) * 16; // up to five seconds
    format!("retry: {after}\n\n").into()
}

/// A body on its way in, from somebody who may be slow or may be holding our memory.
pub(super) fn incoming(body: Incoming, patience: Duration) -> Body {
    if body.is_end_stream() {
        return Body::empty();
    }
    let began = Instant::now();
    Body::new(Slow {
        body,
        patience,
        began,
        bytes: 0,
        next: Box::pin(tokio::time::sleep(patience)),
    })
}

struct Slow {
    body: Incoming,
    patience: Duration,
    began: Instant,
    bytes: u64,
    next: Pin<Box<Sleep>>,
}

/// Bytes a second, below which a body is no upload but a siege.
const SLOWEST: u64 = 1_024;

/// A body came too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the body came too slowly")]
struct TooSlow;

impl hyper::body::Body for Slow {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        if self.next.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Some(Err(TooSlow.into())));
        }
        let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(cx)) else {
            return Poll::Ready(None);
        };
        let frame = frame?;
        self.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
        // The next piece is due a while after this one, and all of them within the time the slowest line needs.
        let slowest = self.began + self.patience + Duration::from_secs(self.bytes / SLOWEST);
        let next = (Instant::now() + self.patience).min(slowest + self.patience);
        self.next.as_mut().reset(next);
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
