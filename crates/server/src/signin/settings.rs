//! What an operator says about signing in.

use std::time::Duration;

use bongsu_authority::names::StationNames;
use bongsu_egress::Egress;
use bongsu_relay::carry::{Carrier, Outward};
use bongsu_relay::feeds::Lookout;
use url::Url;

use super::limits::Rate;
use super::oidc::Provider;
use crate::admission::Shares;

/// How people and programs sign in.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where browsers reach the node, such as `https://bongsu.example.go.kr`. Passkeys are bound to the first one's
    /// host: another host later means new passkeys for everybody.
    pub origins: Vec<Url>,
    /// Is there a crisis, whatever the acts say?
    pub crisis: bool,
    /// Room for each class of requests.
    pub shares: Shares,
    /// Identity providers at which officers may sign in, too.
    pub providers: Vec<Provider>,
    /// The way out to them; without it there are none.
    pub egress: Option<Egress>,
    /// The way out to webhooks; without it nobody can put one.
    pub way: Option<Outward>,
    /// Is this a drill's node? Then addresses are of the drill.
    pub drill: bool,
    /// The feeds of the node, for whoever runs it.
    pub feeds: Option<Lookout>,
    /// What carries messages out: it sends tests to addresses. Without it none is sent.
    pub carrier: Option<Carrier<Outward>>,
    /// What stations are called.
    pub names: StationNames,
}

impl Settings {
    /// A node that is reached on this machine only, at any port of `http://localhost`.
    pub fn loopback() -> Self {
        let here = Url::parse("http://localhost").expect("it is an address");
        Self {
            origins: vec![here],
            crisis: false,
            shares: Shares::default(),
            providers: Vec::new(),
            egress: None,
            way: None,
            drill: false,
            feeds: None,
            carrier: None,
            names: StationNames::default(),
        }
    }
}

/// Why nobody could sign in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The origins are not such as passkeys can be bound to.
    #[error(
        "give the node an origin with https, such as https://bongsu.example.go.kr, or http://localhost"
    )]
    Origin(#[from] webauthn_rs::prelude::WebauthnError),
}

/// Tries to sign in from one address: an office of hundreds behind one address in the morning.
pub(crate) const TRIES_FROM_ONE: Rate = Rate { burst: 60, every: Duration::from_secs(1) };
/// Tries at one target, from wherever they come.
pub(crate) const TRIES_AT_ONE: Rate = Rate { burst: 10, every: Duration::from_secs(6) };
/// Wrong tokens and sessions from one address.
pub(crate) const FAILURES: Rate = Rate { burst: 60, every: Duration::from_secs(1) };
