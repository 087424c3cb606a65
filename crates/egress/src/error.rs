//! What can go wrong on the way out, and what to do about it.

use std::{io, time::Duration};

use crate::Place;

/// An address that is not reached, whoever asks.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// Neither `https` nor `http`.
    #[error("`{scheme}` addresses are not reached; write one that begins with https://")]
    Scheme {
        /// As written.
        scheme: String,
    },
    /// Plain `http`, to a target nobody named.
    #[error(
        "{host} would be reached without encryption; write https://, or name it as a plain target of your own"
    )]
    Plain {
        /// As written.
        host: String,
    },
    /// A name and a password inside the address.
    #[error(
        "the address carries a user name; leave it out and give credentials where they are asked for"
    )]
    UserInfo,
    /// No host, or one that cannot be read.
    #[error(
        "the address names no host that can be read; write one like https://example.org/feed.json"
    )]
    NoHost,
    /// A port that is not open to everybody.
    #[error(
        "port {port} of {host} is not reached; use 443 or 8443, or name {host} and the port as your own"
    )]
    Port {
        /// As written.
        host: String,
        /// TCP port.
        port: u16,
    },
    /// A name that is never public.
    #[error("`{host}` is a name inside a network; write a public one, or name it as your own")]
    Near {
        /// As written.
        host: String,
    },
    /// A name with an address that is not public.
    #[error(
        "{host} is at a {place} address, which is not reached; name it as your own if it is meant"
    )]
    Address {
        /// As written.
        host: String,
        /// Where it is.
        place: Place,
    },
    /// A host outside the list of this user of the client.
    #[error(
        "{host} is not on the list of hosts for this; add it to the configuration if it is meant"
    )]
    NotListed {
        /// As written.
        host: String,
    },
    /// A redirect that gives up encryption.
    #[error("{host} sends us on to an address without encryption; ask them to mend the redirect")]
    Downgrade {
        /// Who redirects.
        host: String,
    },
    /// A redirect from outside to a target of the operator.
    #[error("{host} sends us on into your own network; give the address it should have been")]
    Inward {
        /// Who redirects.
        host: String,
    },
    /// A redirect that cannot be read.
    #[error("{host} sends us on to an address that cannot be read; ask them to mend the redirect")]
    Location {
        /// Who redirects.
        host: String,
    },
    /// An address nobody would type.
    #[error("the address is longer than {most} bytes; shorten it")]
    TooLong {
        /// Bytes.
        most: usize,
    },
}

/// Why nothing came back. The host is named; the rest of the address may be a secret and is not.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not reached, whoever asks. Trying again changes nothing.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The name has no address.
    #[error("{host} has no address; check the name and this machine's resolver")]
    Resolve {
        /// Which name.
        host: String,
        /// What the resolver said.
        source: io::Error,
    },
    /// Nobody listens, or nobody can be reached.
    #[error("{host} cannot be reached; check that it is up and that this machine may reach it")]
    Connect {
        /// Which host.
        host: String,
        /// What the system said.
        source: io::Error,
    },
    /// The other side is not who it should be, or speaks no TLS 1.3.
    #[error(
        "no secure connection with {host}; check its certificate, or give the authority that signed it as a root"
    )]
    Tls {
        /// Which host.
        host: String,
        /// What went wrong.
        source: io::Error,
    },
    /// The whole exchange took too long.
    #[error(
        "{host} did not finish within {patience:?}; it is tried again later, or give it more time"
    )]
    Late {
        /// Which host.
        host: String,
        /// How long it had.
        patience: Duration,
    },
    /// Nothing came for too long.
    #[error("{host} fell silent for {quiet:?}; it is tried again later")]
    Silent {
        /// Which host.
        host: String,
        /// How long nothing came.
        quiet: Duration,
    },
    /// More bytes than were asked for.
    #[error("{host} answers with more than {most} bytes; raise the limit if that is meant")]
    TooLarge {
        /// Which host.
        host: String,
        /// Bytes.
        most: u64,
    },
    /// Sent on and on.
    #[error("{host} sends us on more than {most} times; give the address at the end")]
    Redirects {
        /// Which host.
        host: String,
        /// How often we follow.
        most: u8,
    },
    /// What came back is not HTTP, or broke off.
    #[error("{host} broke off or does not speak HTTP; it is tried again later")]
    Http {
        /// Which host.
        host: String,
        /// What went wrong.
        source: hyper::Error,
    },
    /// What came could not be written.
    #[error("what came cannot be kept; check the disk")]
    Sink(#[source] io::Error),
}

impl Error {
    /// Whether the same request may succeed later without anybody changing anything.
    pub fn is_passing(&self) -> bool {
        !matches!(self, Self::Refused(_) | Self::TooLarge { .. } | Self::Redirects { .. })
    }
}

/// Why there is no way out at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetUp {
    /// A target of one's own that cannot be read.
    #[error(
        "`{host}` is not a host; write a name such as feeds.example.org or an address such as 10.0.0.7"
    )]
    Own {
        /// As written.
        host: String,
        /// What is wrong.
        source: url::ParseError,
    },
    /// A root that is no certificate.
    #[error("root {number} is not a certificate; give it as DER")]
    Root {
        /// Counted from one.
        number: usize,
        /// What is wrong.
        source: rustls::Error,
    },
    /// The cryptography refuses to start.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
}
