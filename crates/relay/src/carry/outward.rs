//! The carrier's way out over [`Egress`].

use std::error::Error as _;

use bongsu_egress::{Egress, Error, Outgoing};
use tokio::net::TcpStream;
use url::Url;

use super::way::{Post, Unsent, Way};

/// The way out, in two widths: to what the operator named, and to what others chose.
#[derive(Clone, Debug)]
pub struct Outward {
    own: Egress,
    webhooks: Egress,
}

impl Outward {
    /// A way out on which webhooks lead to public addresses only.
    pub fn new(egress: Egress) -> Self {
        Self { webhooks: egress.for_strangers(), own: egress }
    }

    /// A way out on which webhooks may lead to what the operator named, too: for a network of its own.
    pub fn inside(egress: Egress) -> Self {
        Self { webhooks: egress.clone(), own: egress }
    }
}

impl Way for Outward {
    fn check(&self, url: &Url) -> Result<(), Unsent> {
        self.webhooks.check(url).map_err(|refused| Unsent::Barred(refused.to_string()))
    }

    async fn post(&self, post: Post) -> Result<u16, Unsent> {
        let egress = if post.own { &self.own } else { &self.webhooks };
        let outgoing = Outgoing {
            headers: post.headers,
            patience: post.patience,
            quiet: post.patience,
            most_bytes: MOST_ANSWERED,
            ..Outgoing::post(post.url, post.body)
        };
        match egress.send(outgoing).await {
            Ok(answer) => Ok(answer.status.as_u16()),
            Err(error) => Err(unsent(&error)),
        }
    }

    async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, Unsent> {
        self.own.connect(host, port).await.map_err(|error| unsent(&error))
    }
}

/// Nobody reads what a webhook answers; more than this is not even received.
const MOST_ANSWERED: u64 = 64 << 10;

fn unsent(error: &Error) -> Unsent {
    let cause = error.source().map_or_else(String::new, |cause| format!(": {cause}"));
    let said = format!("{error}{cause}");
    if matches!(error, Error::Refused(_)) { Unsent::Barred(said) } else { Unsent::Failed(said) }
}
