//! Which addresses may be reached, as far as an address itself can tell.

use std::net::IpAddr;

use rustls::pki_types::CertificateDer;
use url::{Host, Url};

use crate::{
    Refused, SetUp,
    address::{Place, place},
};

/// Which addresses may be reached.
///
/// The default is the narrow one: `https`, ports 443 and 8443, public addresses, the authorities this machine trusts.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Ports of targets that nobody named.
    pub ports: Vec<u16>,
    /// Targets the operator named.
    pub own: Vec<Own>,
    /// Authorities to trust besides the machine's own.
    pub roots: Vec<CertificateDer<'static>>,
    /// Whether the authorities this machine trusts count.
    pub native_roots: bool,
    /// Exchanges at one time; further ones wait within their own patience.
    pub at_once: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            ports: vec![443, 8443],
            own: Vec::new(),
            roots: Vec::new(),
            native_roots: true,
            at_once: 256,
        }
    }
}

/// A target the operator named. It may be inside their network, on any port.
///
/// Link-local, multicast and cloud metadata addresses stay out of reach even then.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Own {
    /// A name or an address, as in a URL.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Whether plain `http` is good enough.
    pub plain: bool,
}

/// A target whose address was read and found fit to be resolved.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Target {
    pub(crate) host: Host<String>,
    pub(crate) port: u16,
    pub(crate) plain: bool,
    /// Named by the operator, so that its addresses may be private.
    pub(crate) own: bool,
}

impl Target {
    /// Whether this target may be at `address`.
    pub(crate) fn may_be_at(&self, address: IpAddr) -> Result<(), Refused> {
        match place(address) {
            None => Ok(()),
            Some(place) if self.own && place.can_be_own() => Ok(()),
            Some(place) => Err(self.misplaced(place)),
        }
    }

    fn misplaced(&self, place: Place) -> Refused {
        Refused::Address { host: self.host.to_string(), place }
    }
}

/// The rules, read.
#[derive(Debug)]
pub(crate) struct Gate {
    ports: Vec<u16>,
    own: Vec<(Host<String>, u16, bool)>,
}

/// What narrows the rules for one user of the client.
#[derive(Clone, Debug, Default)]
pub(crate) struct Narrowed {
    /// The operator's own targets are out of reach.
    pub(crate) strangers: bool,
    /// Only these hosts.
    pub(crate) hosts: Option<std::sync::Arc<[Host<String>]>>,
}

impl Gate {
    pub(crate) fn new(rules: &Rules) -> Result<Self, SetUp> {
        let own = rules.own.iter().map(|own| Ok((read(&own.host)?, own.port, own.plain)));
        Ok(Self { ports: rules.ports.clone(), own: own.collect::<Result<_, SetUp>>()? })
    }

    /// Reads the address of an HTTP request.
    pub(crate) fn url(&self, url: &Url, narrowed: &Narrowed) -> Result<Target, Refused> {
        if url.as_str().len() > MOST_URL_BYTES {
            return Err(Refused::TooLong { most: MOST_URL_BYTES });
        }
        let plain = match url.scheme() {
            "https" => false,
            "http" => true,
            other => return Err(Refused::Scheme { scheme: other.to_owned() }),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::UserInfo);
        }
        let host = url.host().ok_or(Refused::NoHost)?.to_owned();
        let port = url.port_or_known_default().ok_or(Refused::NoHost)?;
        self.target(host, port, plain, narrowed)
    }

    /// Reads the address of a bare connection, which its user makes safe.
    pub(crate) fn pair(
        &self,
        host: &str,
        port: u16,
        narrowed: &Narrowed,
    ) -> Result<Target, Refused> {
        let host = Host::parse(host).map_err(|_| Refused::NoHost)?;
        self.target(host, port, false, narrowed)
    }

    fn target(
        &self,
        host: Host<String>,
        port: u16,
        plain: bool,
        narrowed: &Narrowed,
    ) -> Result<Target, Refused> {
        if narrowed.hosts.as_ref().is_some_and(|hosts| !hosts.contains(&host)) {
            return Err(Refused::NotListed { host: host.to_string() });
        }
        let own = self.own.iter().find(|own| own.0 == host && own.1 == port);
        let own = own.filter(|_| !narrowed.strangers);
        if plain && !own.is_some_and(|own| own.2) {
            return Err(Refused::Plain { host: host.to_string() });
        }
        if own.is_none() {
            self.stranger(&host, port)?;
        }
        let target = Target { host, port, plain, own: own.is_some() };
        if let Some(address) = literal(&target.host) {
            target.may_be_at(address)?;
        }
        Ok(target)
    }

    /// What must hold of a target nobody named.
    fn stranger(&self, host: &Host<String>, port: u16) -> Result<(), Refused> {
        if !self.ports.contains(&port) {
            return Err(Refused::Port { host: host.to_string(), port });
        }
        match host {
            Host::Domain(name) if is_near(name) => Err(Refused::Near { host: name.clone() }),
            _ => Ok(()),
        }
    }
}

/// The address, when the host is one.
pub(crate) fn literal(host: &Host<String>) -> Option<IpAddr> {
    match host {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some((*address).into()),
        Host::Ipv6(address) => Some((*address).into()),
    }
}

/// A host as operators write it; IPv6 with or without brackets.
pub(crate) fn read(host: &str) -> Result<Host<String>, SetUp> {
    if let Ok(address) = host.parse::<std::net::Ipv6Addr>() {
        return Ok(Host::Ipv6(address));
    }
    Host::parse(host).map_err(|source| SetUp::Own { host: host.to_owned(), source })
}

/// Whether a name means something near us whatever it resolves to: no dot, a dot at the end (which the name of a
/// certificate cannot have), or a zone that is never public.
fn is_near(name: &str) -> bool {
    let within = |zone: &str| {
        name.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    !name.contains('.') || name.ends_with('.') || NEAR.into_iter().any(within)
}

/// Longest address that is looked at.
const MOST_URL_BYTES: usize = 8 * 1024;

/// Zones that are never public (RFC 6761, 6762, 7686, 8375; `internal` by ICANN in 2024).
const NEAR: [&str; 7] =
    ["localhost", "localdomain", "local", "internal", "home.arpa", "onion", "invalid"];
