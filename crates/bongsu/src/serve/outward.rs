//! The ways out of a node, as its file names them: what feeds may reach, what deliveries may, and through what.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use bongsu_egress::{Egress, Own, Rules};
use bongsu_relay::carry::gateway::Gateway;
use bongsu_relay::carry::smtp::{Relay, Security};
use bongsu_relay::carry::{self, Carrier, Digests, Now, Outward, Ways, Width};
use bongsu_relay::feeds::{self, Feed, Kind};
use http::{HeaderName, HeaderValue};
use jiff::SignedDuration;
use url::Url;

use super::config::{self, Config};

/// The one way out.
pub(super) fn egress(config: &Config) -> Result<Egress> {
    let mut own: Vec<Own> = config.egress.own.iter().map(one).collect();
    let mail = &config.mail;
    if !mail.relay.is_empty() {
        let plain = mail.security == config::Security::None;
        own.push(Own { host: mail.relay.clone(), port: mail.port, plain });
    }
    if let Some(url) = gateway_url(config)? {
        let host = url.host_str().context("gateway.url has no host")?.to_owned();
        let port = url.port_or_known_default().context("gateway.url has no port")?;
        own.push(Own { host, port, plain: url.scheme() == "http" });
    }
    // Slow webhooks keep their seats; feeds and relays have theirs beside them.
    let at_once = config.deliveries.at_once + Width::default().slow + OTHERS;
    let rules = Rules { ports: config.egress.ports.clone(), own, at_once, ..Rules::default() };
    Egress::new(rules).context("egress")
}

/// Connections of feeds, relays, gateways and identity providers.
const OTHERS: usize = 64;

fn one(own: &config::Own) -> Own {
    Own { host: own.host.clone(), port: own.port, plain: own.plain }
}

fn gateway_url(config: &Config) -> Result<Option<Url>> {
    let text = &config.gateway.url;
    (!text.is_empty()).then(|| text.parse().context("gateway.url")).transpose()
}

/// What carries messages out.
pub(super) fn carrier(
    config: &Config,
    egress: &Egress,
    desk: &Arc<bongsu_desk::Desk>,
    now: Now,
) -> Result<Carrier<Outward>> {
    let relays = relay(config)?.into_iter().collect();
    let gateways = gateway(config)?.into_iter().collect();
    let way = way(config, egress);
    Ok(Carrier::new(carrying(config), Arc::clone(desk), Ways::new(way, relays, gateways), now))
}

/// The way out to webhooks and to what the operator named.
pub(super) fn way(config: &Config, egress: &Egress) -> Outward {
    if config.deliveries.inside {
        Outward::inside(egress.clone())
    } else {
        Outward::new(egress.clone())
    }
}

/// How deliveries are carried.
pub(super) fn carrying(config: &Config) -> carry::Config {
    let every = SignedDuration::from_mins(config.deliveries.digest_minutes.into());
    carry::Config {
        width: Width { quick: config.deliveries.at_once, ..Width::default() },
        digests: Digests { every, ..Digests::default() },
        ..carry::Config::default()
    }
}

fn relay(config: &Config) -> Result<Option<Relay>> {
    let mail = &config.mail;
    if mail.relay.is_empty() {
        return Ok(None);
    }
    let from = mail.from.parse().context("mail.from")?;
    let security = match mail.security {
        config::Security::Starttls => Security::StartTls,
        config::Security::Tls => Security::Tls,
        config::Security::None => Security::Plain,
    };
    let credentials = match (mail.user.is_empty(), written(&mail.password_file)) {
        (true, _) => None,
        (false, None) => bail!("mail.user is there without mail.password_file: name the file"),
        (false, Some(file)) => Some((mail.user.clone(), config::secret(file)?)),
    };
    Ok(Some(Relay {
        host: mail.relay.clone(),
        port: mail.port,
        security,
        credentials,
        trusted: None,
        from,
        hello: mail.hello.clone(),
        connections: mail.connections.max(1),
        drill: mail.drill,
    }))
}

fn gateway(config: &Config) -> Result<Option<Gateway>> {
    let Some(url) = gateway_url(config)? else { return Ok(None) };
    let said = &config.gateway;
    let mut headers = Vec::new();
    if let Some(file) = written(&said.key_file) {
        let name: HeaderName = said.key_header.parse().context("gateway.key_header")?;
        let mut value = HeaderValue::try_from(config::secret(file)?).context("gateway.key_file")?;
        value.set_sensitive(true);
        headers.push((name, value));
    }
    let template = serde_json::from_str(&said.template).context("gateway.template")?;
    let mut gateway = Gateway::new(url, headers, template).context("gateway.template")?;
    gateway.drill = said.drill;
    Ok(Some(gateway))
}

fn written(path: &Path) -> Option<&Path> {
    (!path.as_os_str().is_empty()).then_some(path)
}

/// Which feeds a node has: those that are named, else the public ones; a drill's node only those that are named.
pub(super) fn feeds(config: &Config, drill: bool) -> feeds::Config {
    let public = || {
        let all =
            [("osv", Kind::Osv), ("cve", Kind::Cve), ("kev", Kind::Kev), ("epss", Kind::Epss)];
        all.map(|(name, kind)| Feed::new(name, kind)).to_vec()
    };
    let named = config.feeds.clone();
    let feeds = named.unwrap_or_else(|| if drill { Vec::new() } else { public() });
    feeds::Config { feeds, coordinator: config.coordinator.0.clone() }
}
