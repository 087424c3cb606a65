//! How a node serves, as `bongsu.toml` says. Every setting has a default, and a key nobody knows is refused with the
//! nearest one.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bongsu_authority::access::Channel;
use bongsu_authority::names::{Name, StationNames};
use bongsu_authority::{Dated, Grade, NodeCode, ParseNodeCodeError, Table};
use bongsu_relay::feeds::Feed;
use bongsu_server::Listening;
use bongsu_server::listen::{Network, TlsSettings};
use jiff::Timestamp;
use serde::Deserialize;
use url::Url;

use super::identity::{self, Named};

/// The documented defaults, as `bongsu serve --print-config` prints them.
pub(crate) const DEFAULTS: &str = include_str!("default.toml");

/// How a node serves.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) coordinator: Coordinator,
    pub(crate) feeds: Option<Vec<Feed>>,
    pub(crate) listen: Listen,
    pub(crate) signin: Signin,
    pub(crate) mail: Mail,
    pub(crate) gateway: Gateway,
    pub(crate) deliveries: Deliveries,
    pub(crate) egress: Egress,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) station: BTreeMap<NodeCode, Called>,
}

/// What a station is called.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Called {
    pub(crate) ko: String,
    pub(crate) en: String,
}

impl Config {
    /// What the stations are called, from ever on; in a drill those that nobody named are called as in the sample nation.
    pub(crate) fn names(&self, drill: bool) -> StationNames {
        let sample = if drill { StationNames::gaon() } else { StationNames::default() };
        let sample = sample.stations(Timestamp::now());
        let mut names: BTreeMap<NodeCode, Name> =
            sample.map(|(code, name)| (code.clone(), name.clone())).collect();
        let named = self.station.iter().map(|(code, Called { ko, en })| {
            (code.clone(), Name { ko: ko.clone(), en: en.clone() })
        });
        names.extend(named);
        let ever = |name| Dated { from: Timestamp::MIN, until: None, value: name };
        let table = |name| Table::new(vec![ever(name)]).expect("one row overlaps nothing");
        StationNames::new(names.into_iter().map(|(code, name)| (code, table(name))).collect())
    }
}

/// A station, or nothing written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Coordinator(pub(crate) Option<NodeCode>);

impl TryFrom<String> for Coordinator {
    type Error = ParseNodeCodeError;

    fn try_from(text: String) -> Result<Self, ParseNodeCodeError> {
        (!text.is_empty()).then(|| text.parse()).transpose().map(Self)
    }
}

/// An address, or nothing written.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Operator(pub(crate) Option<SocketAddr>);

impl TryFrom<String> for Operator {
    type Error = std::net::AddrParseError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        (!text.is_empty()).then(|| text.parse()).transpose().map(Self)
    }
}

/// Where people and programs come in.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Listen {
    pub(crate) address: SocketAddr,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) client_certificates: bool,
    pub(crate) behind_proxy: bool,
    pub(crate) proxy: Vec<Network>,
    pub(crate) operator: Operator,
    pub(crate) connections: u32,
    pub(crate) grace_seconds: u64,
    pub(crate) internet: bool,
    pub(crate) ceiling: Grade,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 8787)),
            certificate: PathBuf::new(),
            key: PathBuf::new(),
            client_certificates: true,
            behind_proxy: false,
            proxy: Vec::new(),
            operator: Operator(Some(SocketAddr::from(([127, 0, 0, 1], 8788)))),
            connections: 60_000,
            grace_seconds: 20,
            internet: true,
            ceiling: Grade::Sensitive,
        }
    }
}

impl Listen {
    /// Certificate and key, where there are both.
    pub(crate) fn tls(&self) -> Option<(&Path, &Path)> {
        let there = |path: &PathBuf| !path.as_os_str().is_empty();
        (there(&self.certificate) && there(&self.key))
            .then_some((self.certificate.as_path(), self.key.as_path()))
    }

    /// The way by which answers travel.
    pub(crate) fn channel(&self) -> Channel {
        Channel { node: self.ceiling, ceiling: self.ceiling, internet: self.internet }
    }
}

/// Signing in.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Signin {
    pub(crate) origins: Vec<Url>,
    pub(crate) crisis: bool,
    pub(crate) provider: Vec<Named>,
}

impl Default for Signin {
    fn default() -> Self {
        let here = Url::parse("http://localhost").expect("it is an address");
        Self { origins: vec![here], crisis: false, provider: Vec::new() }
    }
}

/// The relay that takes mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Mail {
    pub(crate) relay: String,
    pub(crate) port: u16,
    pub(crate) security: Security,
    pub(crate) from: String,
    pub(crate) hello: String,
    pub(crate) user: String,
    pub(crate) password_file: PathBuf,
    pub(crate) connections: usize,
    pub(crate) drill: bool,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            relay: String::new(),
            port: 587,
            security: Security::Starttls,
            from: String::new(),
            hello: "localhost".to_owned(),
            user: String::new(),
            password_file: PathBuf::new(),
            connections: 8,
            drill: false,
        }
    }
}

/// How the way to the mail relay is kept.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Security {
    Starttls,
    Tls,
    None,
}

/// The gateway for short messages and calls.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Gateway {
    pub(crate) url: String,
    pub(crate) template: String,
    pub(crate) key_header: String,
    pub(crate) key_file: PathBuf,
    pub(crate) drill: bool,
}

impl Default for Gateway {
    fn default() -> Self {
        Self {
            url: String::new(),
            template: r#"{"to":"{to}","text":"{text}"}"#.to_owned(),
            key_header: "authorization".to_owned(),
            key_file: PathBuf::new(),
            drill: false,
        }
    }
}

/// What goes out.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Deliveries {
    pub(crate) at_once: usize,
    pub(crate) digest_minutes: u32,
    pub(crate) inside: bool,
}

impl Default for Deliveries {
    fn default() -> Self {
        Self { at_once: 512, digest_minutes: 60, inside: false }
    }
}

/// What may be reached outside.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Egress {
    pub(crate) ports: Vec<u16>,
    pub(crate) own: Vec<Own>,
}

impl Default for Egress {
    fn default() -> Self {
        Self { ports: vec![443, 8443], own: Vec::new() }
    }
}

/// A target inside.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Own {
    pub(crate) host: String,
    pub(crate) port: u16,
    #[serde(default)]
    pub(crate) plain: bool,
}

/// What goes by the clock.
#[allow(clippy::struct_field_names, reason = "they are the names in the file, with their unit")]
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Clock {
    pub(crate) tick_seconds: u64,
    pub(crate) follow_seconds: u64,
    pub(crate) behind_seconds: u32,
}

impl Default for Clock {
    fn default() -> Self {
        Self { tick_seconds: 60, follow_seconds: 1, behind_seconds: 60 }
    }
}

/// Bounds of this process.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Limits {
    pub(crate) threads: usize,
    pub(crate) free_mib: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { threads: 64, free_mib: 1_024 }
    }
}

impl Config {
    /// Reads a file; without a name the one in the node's folder, and the defaults where there is none.
    pub(crate) fn read(named: Option<&Path>, home: &Path) -> Result<Self> {
        let path = named.map_or_else(|| home.join("bongsu.toml"), Path::to_owned);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => {
                return Ok(Self::default());
            }
            other => other.with_context(|| path.display().to_string())?,
        };
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    /// Reads the text of one.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let config: Self = toml::from_str(text).map_err(|error| helped(&error))?;
        config.sound()?;
        Ok(config)
    }

    /// Where and how the node listens.
    pub(crate) fn listening(&self) -> Listening {
        let listen = &self.listen;
        let mut listening = Listening::at(listen.address);
        listening.most_connections = listen.connections;
        listening.leave_timeout = Duration::from_secs(listen.grace_seconds);
        listening.proxies.clone_from(&listen.proxy);
        listening.tls = listen.tls().map(|(certificate, key)| TlsSettings {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            ask_clients: listen.client_certificates,
        });
        listening
    }

    /// What no single value says.
    fn sound(&self) -> Result<()> {
        let Listen { address, certificate, key, behind_proxy, .. } = &self.listen;
        let (has_certificate, has_key) =
            (!certificate.as_os_str().is_empty(), !key.as_os_str().is_empty());
        if has_certificate != has_key {
            bail!("listen.certificate and listen.key belong together: name both files or neither");
        }
        if !has_certificate && !behind_proxy && !address.ip().is_loopback() {
            bail!(
                "listen.address {address} would speak plain HTTP to others: name certificate and key, or set behind_proxy = true"
            );
        }
        if self.listen.operator.0 == Some(*address) {
            bail!(
                "listen.address and listen.operator are the same: give the operator another port"
            );
        }
        identity::sound(&self.signin.provider)?;
        if self.clock.tick_seconds == 0 || self.clock.follow_seconds == 0 {
            bail!("clock.tick_seconds and clock.follow_seconds are at least 1");
        }
        Ok(())
    }
}

/// A secret that lies in a file of its own: the first line, without its end.
pub(crate) fn secret(path: &Path) -> Result<String> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("the secret in {} cannot be read", path.display()))?;
    let first = text.lines().next().unwrap_or_default().trim_end();
    if first.is_empty() {
        bail!("{} is empty: its first line is the secret", path.display());
    }
    Ok(first.to_owned())
}

/// What the reader says, and which key may have been meant.
fn helped(error: &toml::de::Error) -> anyhow::Error {
    let said = error.to_string();
    let meant = said.contains("unknown field").then(|| meant(error.message())).flatten();
    match meant {
        Some(meant) => anyhow::anyhow!("{said}did you mean `{meant}`?"),
        None => anyhow::anyhow!("{said}"),
    }
}

/// The known key that is nearest to the unknown one, out of what the reader says: unknown field, then every
/// known one, each in backticks.
fn meant(message: &str) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let wrong = quoted.next()?;
    let near = quoted.map(|known| (distance(wrong, known), known)).min()?;
    (near.0 <= 1 + wrong.len() / 3).then(|| near.1.to_owned())
}

/// How many letters must change to make one word of another.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.bytes().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in to.bytes().enumerate() {
            let changed = corner + usize::from(a != b);
            corner = row[j + 1];
            row[j + 1] = changed.min(corner + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The printed file with the `#` taken away before every setting.
    fn spelled_out() -> String {
        let setting = |line: &str| {
            line.strip_prefix("# ").is_some_and(|rest| {
                let key = rest.split(" = ").next().unwrap_or_default();
                rest.contains(" = ") && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
            })
        };
        let lines = DEFAULTS
            .lines()
            .map(|line| if setting(line) { line.trim_start_matches("# ") } else { line });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_printed_file_says_the_defaults_and_every_line_of_it_is_one() {
        let default = format!("{:?}", Config::default());
        assert_eq!(format!("{:?}", Config::parse(DEFAULTS).unwrap()), default);
        let text = spelled_out();
        assert_eq!(format!("{:?}", Config::parse(&text).unwrap()), default, "{text}");
        assert!(
            text.lines().filter(|line| line.contains(" = ") && !line.starts_with('#')).count() > 20
        );
    }

    #[test]
    fn stations_are_called_as_the_file_says_and_in_a_drill_as_the_sample_nation_does() {
        let text = "[station.LEAD_PRIV]\nko = \"디지털부\"\nen = \"Ministry of Bits\"\n";
        let config = Config::parse(text).unwrap();
        let called = |drill, code: &str| {
            let names = config.names(drill);
            names.name(&code.parse().unwrap(), Timestamp::now()).map(|name| name.en.clone())
        };
        assert_eq!(called(false, "LEAD_PRIV").as_deref(), Some("Ministry of Bits"));
        assert_eq!(called(false, "APEX"), None);
        assert_eq!(called(true, "LEAD_PRIV").as_deref(), Some("Ministry of Bits"));
        assert_eq!(called(true, "APEX").as_deref(), Some("Security Coordination Office"));
        assert!(Config::parse("[station.NOWHERE]\nko = \"a\"\nen = \"b\"\n").is_err());
    }

    #[test]
    fn every_setting_is_in_the_printed_file() {
        // A wrong key makes the reader name every right one.
        let sections = [
            "",
            "[listen]",
            "[signin]",
            "[mail]",
            "[sms]",
            "[webhooks]",
            "[feeds]",
            "[egress]",
            "[clock]",
            "[limits]",
        ];
        let text = spelled_out();
        for section in sections {
            let error = toml::from_str::<Config>(&format!("{section}\nzzz = 1")).unwrap_err();
            for known in error.message().split('`').skip(3).step_by(2) {
                let there = text.contains(&format!("\n{known} = "))
                    || text.contains(&format!("[{known}]"))
                    || text.contains(&format!("[{known}.CODE]"))
                    || text.contains(&format!(".{known}]]"));
                assert!(there, "{section} {known}");
            }
        }
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_one() {
        let said = Config::parse("[listen]\nadress = \"127.0.0.1:1\"").unwrap_err().to_string();
        assert!(said.contains("did you mean `address`?"), "{said}");
        let said = Config::parse("[lisen]").unwrap_err().to_string();
        assert!(said.contains("did you mean `listen`?"), "{said}");
        let said = Config::parse("quite_another = 1").unwrap_err().to_string();
        assert!(said.contains("unknown field") && !said.contains("did you mean"), "{said}");
    }

    #[test]
    fn plain_http_is_for_this_machine_or_behind_a_proxy() {
        let open = "[listen]\naddress = \"0.0.0.0:80\"";
        let said = Config::parse(open).unwrap_err().to_string();
        assert!(said.contains("behind_proxy"), "{said}");
        assert!(Config::parse(&format!("{open}\nbehind_proxy = true")).is_ok());
        let half = "[listen]\ncertificate = \"a.pem\"";
        assert!(Config::parse(half).unwrap_err().to_string().contains("belong together"));
    }
}
