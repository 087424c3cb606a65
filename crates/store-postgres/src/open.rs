//! Where the server is, and why it may be refused.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bongsu_store::port::Fault;
use postgres::config::{Host, SslMode, TargetSessionAttrs};
use postgres::error::{DbError, Severity};
use postgres::{Config, NoTls};

use crate::fault::Doing;
use crate::server;
use crate::session::Session;
use crate::tls::Tls;
use crate::url;

/// Whether a loss of power on the server may take back what was acknowledged.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum PowerLoss {
    /// It may not: a server without `fsync` or `full_page_writes` is refused.
    #[default]
    Survived,
    /// Nor may the loss of the server itself: one that waits for no synchronous standby is refused, too.
    Replicated,
    /// It may: for drills and demonstrations on a server that is thrown away.
    Risked,
}

/// Why a database was not opened; each says what to change.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The URL cannot be read. It is not repeated here, for it may hold a password.
    #[error(
        "the URL of the database cannot be read: it looks like `postgres://user@localhost/bongsu`"
    )]
    Url(#[source] postgres::Error),
    /// TLS was asked for, with whoever has any certificate.
    #[error(
        "`sslmode=verify-ca` lets any server with a certificate answer for the database: \
         write `sslmode=verify-full`, and give the server a certificate with its name"
    )]
    AnyServer,
    /// The certificates to trust cannot be read.
    #[error(
        "`sslrootcert={path}` cannot be used: {said}; name a PEM file with the root certificate"
    )]
    Roots {
        /// The file as the URL names it.
        path: String,
        /// What is wrong with it.
        said: String,
    },
    /// This machine trusts nobody.
    #[error(
        "this machine trusts no certificate: install `ca-certificates`, \
         or name the root certificate of the database with `sslrootcert=FILE`"
    )]
    NoRoots,
    /// The server is elsewhere, and TLS was not asked for.
    #[error(
        "the database is on {host}, and without TLS its rows would cross the network in the clear: \
         add `sslmode=verify-full`, and `sslrootcert=FILE` where its certificate is of your own root"
    )]
    Elsewhere {
        /// The host as the URL names it.
        host: String,
    },
    /// The server has no standby that it waits for.
    #[error(
        "the server waits for no standby (`synchronous_standby_names` is empty), so what is acknowledged \
         would be lost with it: let a synchronous standby join and try again"
    )]
    Alone,
    /// The server is too old.
    #[error("the server is PostgreSQL {major}: upgrade it to 15 or newer")]
    Old {
        /// The major version.
        major: i64,
    },
    /// A setting of the server would lose what was acknowledged.
    #[error(
        "the server has `{setting} = {value}`, which can lose what was acknowledged: \
         set `{setting} = {wanted}` in postgresql.conf and restart it"
    )]
    Unsafe {
        /// The setting.
        setting: &'static str,
        /// What it is.
        value: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// The encoding of the database cannot hold what we write.
    #[error("the database is encoded in {encoding}: create it with ENCODING 'UTF8'")]
    Encoding {
        /// Its encoding.
        encoding: String,
    },
    /// The role is above row security.
    #[error(
        "the role `{role}` is a superuser or has BYPASSRLS, so the server would show it every row: \
         create a plain one (CREATE ROLE bongsu LOGIN), make it the owner of the database, and use it"
    )]
    AboveRowSecurity {
        /// The role.
        role: String,
    },
    /// The server cannot be reached, or failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A server and a database on it.
#[derive(Clone)]
pub(crate) struct Place {
    config: Config,
    tls: Option<Tls>,
    power_loss: PowerLoss,
}

impl Place {
    /// Reads a URL; without TLS only a server on this machine is taken.
    pub(crate) fn parse(url: &str, power_loss: PowerLoss) -> Result<Self, OpenError> {
        let said = url::read(url)?;
        let mut config: Config = said.rest.parse().map_err(OpenError::Url)?;
        let tls = said.tls || config.get_ssl_mode() == SslMode::Require;
        if !tls && let Some(host) = elsewhere(&config) {
            return Err(OpenError::Elsewhere { host });
        }
        let tls = tls.then(|| Tls::trusting(said.roots.as_deref())).transpose()?;
        if tls.is_some() {
            config.ssl_mode(SslMode::Require);
        }
        config
            .application_name("bongsu")
            .target_session_attrs(TargetSessionAttrs::ReadWrite)
            .connect_timeout(CONNECT)
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(PROBE)
            .keepalives_interval(PROBE);
        Ok(Self { config, tls, power_loss })
    }

    /// Connects and checks that this server and this role will do.
    pub(crate) fn connect(&self) -> Result<Session, OpenError> {
        let warning = Warning::default();
        let mut config = self.config.clone();
        let heard = warning.clone();
        config.notice_callback(move |notice| heard.hear(&notice));
        let client = match &self.tls {
            Some(tls) => config.connect(tls.clone()),
            None => config.connect(NoTls),
        };
        let mut client = client.doing("be reached")?;
        server::check(&mut client, self.power_loss)?;
        Ok(Session::new(client, warning))
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { config, tls, power_loss } = self;
        let (hosts, name) = (config.get_hosts(), config.get_dbname());
        let tls = if tls.is_some() { "TLS" } else { "no TLS" };
        write!(f, "Place({hosts:?}, {name:?}, {tls}, {power_loss:?})")
    }
}

/// The first host that is not this machine.
fn elsewhere(config: &Config) -> Option<String> {
    let addresses = config.get_hostaddrs();
    if let Some(address) = addresses.iter().find(|address| !address.is_loopback()) {
        return Some(address.to_string());
    }
    // With an address beside it, a host is only a name to verify.
    if !addresses.is_empty() {
        return None;
    }
    config.get_hosts().iter().find_map(|host| match host {
        Host::Unix(_) => None,
        Host::Tcp(name) if name == "localhost" => None,
        Host::Tcp(name) if name.parse().is_ok_and(|address: IpAddr| address.is_loopback()) => None,
        Host::Tcp(name) => Some(name.clone()),
    })
}

/// The last warning that a server gave on a connection.
///
/// A commit whose wait for a synchronous standby was cut short is a success with a warning.
#[derive(Clone, Debug, Default)]
pub(crate) struct Warning(Arc<Mutex<Option<String>>>);

impl Warning {
    fn hear(&self, notice: &DbError) {
        if notice.parsed_severity() == Some(Severity::Warning) {
            self.set(Some(notice.message().to_owned()));
        }
    }

    /// Takes the warning, so that the next one is seen to be new.
    pub(crate) fn take(&self) -> Option<String> {
        self.set(None)
    }

    fn set(&self, to: Option<String>) -> Option<String> {
        // Held for one move of a pointer; nothing can panic in between.
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut last, to)
    }
}

/// How long to wait for each address of the server; behind one that burned stands one that answers.
const CONNECT: Duration = Duration::from_secs(5);

/// How long nothing may come back from the other machine before a connection counts as lost. A commit that waits for a
/// standby says nothing, so the machine is asked meanwhile; the system's own 75 seconds between two questions are too long.
const SILENCE: Duration = Duration::from_secs(20);
const PROBE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_server_on_this_machine_is_taken_without_tls() {
        #[rustfmt::skip]
        let table = [
            // url                                               what is refused
            ("postgres:///bongsu?host=/run/postgresql",          ""),
            ("postgres://bongsu@localhost/bongsu",               ""),
            ("postgres://bongsu@127.0.0.1:5433/bongsu",          ""),
            ("postgres://bongsu@[::1]/bongsu?sslmode=prefer",    ""),
            ("host=db.example hostaddr=127.0.0.1 user=bongsu",   ""),
            ("postgres://bongsu@db.example/bongsu",              "db.example"),
            ("postgres://bongsu@localhost,192.0.2.1/bongsu",     "192.0.2.1"),
            ("host=localhost hostaddr=192.0.2.1 user=bongsu",    "192.0.2.1"),
            ("postgres://bongsu@db.example/b?sslmode=prefer",    "db.example"),
            ("postgres://bongsu@a.example,b.example/b?sslmode=verify-ca", "verify-full"),
            ("host=db.example sslmode=verify-full sslrootcert=/nowhere/ca.pem", "/nowhere/ca.pem"),
            ("postgres://bongsu:hunter2@localhost:port/b",       "cannot be read"),
        ];
        for (url, refused) in table {
            let said = Place::parse(url, PowerLoss::Survived)
                .map_or_else(|e| e.to_string(), |_| String::new());
            assert_eq!(said.is_empty(), refused.is_empty(), "{url}: {said}");
            assert!(said.contains(refused), "{url}: {said}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }

    #[test]
    fn a_place_never_prints_its_password() {
        let url = "postgres://bongsu:hunter2@localhost/bongsu";
        let place = Place::parse(url, PowerLoss::Survived).unwrap();
        assert!(!format!("{place:?}").contains("hunter2"));
    }
}
