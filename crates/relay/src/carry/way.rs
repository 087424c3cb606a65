//! The way out, as the carrier needs it: post to an address, or open a stream to a host.
//!
//! What may be written to is decided behind this trait, once for all of Bongsu; nothing in here resolves a name.

use std::future::Future;
use std::time::Duration;

use http::HeaderMap;
use tokio::net::TcpStream;
use url::Url;

/// One way out.
pub trait Way: Send + Sync + 'static {
    /// May this address be written to at all?
    ///
    /// # Errors
    /// [`Unsent::Barred`] with the reason.
    fn check(&self, url: &Url) -> Result<(), Unsent>;

    /// Posts; gives the status of the answer. A redirect is an answer like any other and is never followed.
    fn post(&self, post: Post) -> impl Future<Output = Result<u16, Unsent>> + Send;

    /// Opens a stream to a host that the operator named.
    fn connect(
        &self,
        host: &str,
        port: u16,
    ) -> impl Future<Output = Result<TcpStream, Unsent>> + Send;
}

/// Something to post.
#[derive(Clone, Debug)]
pub struct Post {
    /// Where to.
    pub url: Url,
    /// Headers beside those of the protocol.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// How long it may take in all.
    pub patience: Duration,
    /// Did the operator name it? Else somebody else chose the address, and it may lead to nothing of ours.
    pub own: bool,
}

/// Why nothing was sent, or nobody answered.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unsent {
    /// The address is not one to write to: private, not https, not on the operator's list.
    #[error("{0}")]
    Barred(String),
    /// The network did not carry it, or nobody answered in time.
    #[error("{0}")]
    Failed(String),
}

bongsu_authority::reasons!(Unsent {
    Self::Barred(_) => "address-barred",
    Self::Failed(_) => "test-theirs",
});
