//! The pulse of one connection: what it last did, and by when it must do the next thing.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

/// What one connection last did. Times are milliseconds since it began, one more than they are, so that 0 is never.
#[derive(Debug)]
pub(super) struct Pulse {
    began: Instant,
    /// Requests whose answers are not finished.
    open: AtomicU32,
    /// When the last answer was finished.
    quiet_since: AtomicU64,
    /// When the first byte of the next head came.
    head_since: AtomicU64,
    /// Since when nothing could be written.
    blocked_since: AtomicU64,
    /// Frames of HTTP/2 come between requests, too, so there a byte is no head.
    frames: AtomicBool,
}

/// What is to be done about a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Due {
    /// Look again then.
    Look(Instant),
    /// It has been quiet for too long: say goodbye.
    Goodbye,
    /// It holds a place and does nothing with it.
    Cut,
}

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pub(super) head: Duration,
    pub(super) idle: Duration,
    pub(super) write: Duration,
}

impl Pulse {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            open: AtomicU32::new(0),
            quiet_since: AtomicU64::new(1),
            head_since: AtomicU64::new(0),
            blocked_since: AtomicU64::new(0),
            frames: AtomicBool::new(false),
        }
    }

    fn tick(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX - 1) + 1
    }

    fn instant(&self, tick: u64) -> Instant {
        self.began + Duration::from_millis(tick - 1)
    }

    /// A request is here whole, up to its body.
    pub(super) fn request(self: &Arc<Self>, frames: bool) -> Open {
        self.frames.store(frames, Relaxed);
        self.open.fetch_add(1, Relaxed);
        self.head_since.store(0, Relaxed);
        Open(Arc::clone(self))
    }

    /// Is a request being answered?
    pub(super) fn at_work(&self) -> bool {
        self.open.load(Relaxed) > 0
    }

    /// What is to be done now.
    pub(super) fn due(&self, patience: &Patience) -> Due {
        let (blocked, head) = (self.blocked_since.load(Relaxed), self.head_since.load(Relaxed));
        let (at, then) = if blocked > 0 {
            (self.instant(blocked) + patience.write, Due::Cut)
        } else if self.at_work() {
            // Nothing is asked of whoever waits for an answer; it may block later.
            return Due::Look(Instant::now() + patience.write);
        } else if head > 0 && !self.frames.load(Relaxed) {
            (self.instant(head) + patience.head, Due::Cut)
        } else {
            (self.instant(self.quiet_since.load(Relaxed)) + patience.idle, Due::Goodbye)
        };
        if at <= Instant::now() { then } else { Due::Look(at) }
    }
}

/// One request that is being answered, until it is dropped.
#[derive(Debug)]
pub(super) struct Open(Arc<Pulse>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.quiet_since.store(self.0.tick(), Relaxed);
        self.0.open.fetch_sub(1, Relaxed);
    }
}

/// A stream whose pulse is taken.
#[derive(Debug)]
pub(super) struct Watched<S> {
    stream: S,
    pulse: Arc<Pulse>,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, pulse: Arc<Pulse>) -> Self {
        Self { stream, pulse }
    }

    fn wrote<T>(&self, written: Poll<T>) -> Poll<T> {
        let blocked = &self.pulse.blocked_since;
        if written.is_ready() {
            blocked.store(0, Relaxed);
        } else if blocked.load(Relaxed) == 0 {
            blocked.store(self.pulse.tick(), Relaxed);
        }
        written
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        let pulse = &self.pulse;
        let came = buffer.filled().len() > before;
        if came && !pulse.at_work() && pulse.head_since.load(Relaxed) == 0 {
            pulse.head_since.store(pulse.tick(), Relaxed);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.wrote(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
