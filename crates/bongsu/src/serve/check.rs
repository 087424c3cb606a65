//! `bongsu serve --check`: whether the node could serve, one line a matter, and what to do about what is wrong.
//!
//! Nothing is changed. Where the node runs already, what only its process can open is said to be in use.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use bongsu_server::listen::Listener;
use jiff::{SignedDuration, Timestamp};

use super::config::Config;
use super::{identity, outward};
use crate::Outcome;
use crate::cli::desk::NodeArgs;
use crate::node::{self, Node, Places};

/// Says of each matter whether it is well.
pub(super) fn run(args: &NodeArgs, config: &Config) -> Outcome {
    let places = Places::of(args);
    let mut well = true;
    let mut say = |matter: &str, found: Result<String>| {
        well &= found.is_ok();
        match found {
            Ok(fact) => println!("ok     {matter:<14} {fact}"),
            Err(error) => println!("WRONG  {matter:<14} {error:#}"),
        }
    };
    say("configuration", Ok("read".to_owned()));
    say("folder", folder(&places));
    say("keys", keys(&places));
    say("disk", disk(&places, config));
    match node::open(args) {
        Ok(node) => {
            say("database", database(&node));
            say("clock", clock(&node));
            say("index", index(&node));
        }
        Err(error) => say("database", Err(error)),
    }
    say("certificate", certificate(config));
    say("port", port(config));
    say("mail relay", mail(config));
    say("ways out", outward::egress(config).map(|_| "the rules can be kept".to_owned()));
    for one in &config.signin.provider {
        say(&format!("sign-in {}", one.name), provider(config, one));
    }
    say("feeds", feeds(&places, config));
    if well { Outcome::Done } else { Outcome::Findings }
}

fn folder(places: &Places) -> Result<String> {
    let profile = node::profile(places)?;
    let home = places.home.display();
    let probe = places.home.join(".check");
    fs::write(&probe, "").with_context(|| {
        format!("{home} cannot be written to: give it to the user that serves (chown)")
    })?;
    fs::remove_file(&probe)?;
    ensure!(
        !places.unfinished().exists(),
        "{home} was never finished: delete it and its keys, and make the node again"
    );
    Ok(format!("{home} is the node of {} ({})", profile.station, profile.name))
}

fn keys(places: &Places) -> Result<String> {
    let (folder, file) = (&places.keys, places.secrets());
    let found = fs::metadata(&file).with_context(|| {
        format!(
            "the key file {} is not there: put it back from where its copy is kept; a new one would open nothing",
            file.display()
        )
    })?;
    let mode = found.permissions().mode() & 0o777;
    let others = mode % 0o100;
    ensure!(others == 0, "others can read {0}: run `chmod 600 {0}`", file.display());
    ensure!(
        !folder.starts_with(&places.home),
        "{} lies inside the node's folder and so in its backups: move it out, and name it with --keys",
        folder.display()
    );
    ensure!(
        places.anchor().exists(),
        "the anchor {} is missing: put it back from where the copy of the keys is",
        places.anchor().display()
    );
    Ok(format!("{} (only its owner reads them)", file.display()))
}

fn disk(places: &Places, config: &Config) -> Result<String> {
    let room = rustix::fs::statvfs(&places.home).context("the disk cannot be looked at")?;
    let free = (room.f_bavail * room.f_frsize) >> 20;
    let wanted = config.limits.free_mib;
    ensure!(
        free >= wanted,
        "{free} MiB are free, {wanted} are wanted (limits.free_mib): make room"
    );
    Ok(format!("{free} MiB are free"))
}

fn database(node: &Node) -> Result<String> {
    node.desk.store().writable()?;
    let (entries, _) = node.desk.store().head()?;
    let engine = if node.shared { "PostgreSQL" } else { "a file" };
    Ok(format!("{engine}, {entries} entries, this node's and not older than what was seen"))
}

/// The clock against the last entry: one that is behind records nothing.
fn clock(node: &Node) -> Result<String> {
    if node.drill {
        return Ok("a drill's own".to_owned());
    }
    let Some(last) = node.desk.store().last_recorded_at()? else {
        return Ok("nothing was recorded yet".to_owned());
    };
    let ahead = Timestamp::now().duration_since(last);
    ensure!(
        ahead >= SignedDuration::from_secs(-60),
        "it is {} by this machine and the last entry is of {last}: set the clock",
        Timestamp::now()
    );
    Ok(format!("the last entry is of {last}"))
}

fn index(node: &Node) -> Result<String> {
    let size = node.holdings()?.snapshot().size();
    Ok(format!("{} systems, {} components, whole", size.systems, size.rows))
}

fn certificate(config: &Config) -> Result<String> {
    let Some((certificate, _)) = config.listen.tls() else {
        return Ok("none: plain HTTP for this machine".to_owned());
    };
    let mut listening = config.listening();
    listening.address.set_port(0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async { Listener::bind(listening) }).context(
        "certificate and key cannot be used: are they PEM, and do they belong together?",
    )?;
    Ok(format!("{} and its key fit", certificate.display()))
}

fn port(config: &Config) -> Result<String> {
    let address = config.listen.address;
    match TcpListener::bind(address) {
        Ok(_) => Ok(format!("{address} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            bail!(
                "{address} is in use: stop who listens there, or name another with listen.address"
            )
        }
        Err(error) => Err(error).with_context(|| format!("{address} cannot be had")),
    }
}

fn mail(config: &Config) -> Result<String> {
    let mail = &config.mail;
    if mail.relay.is_empty() {
        return Ok("none: nothing is mailed".to_owned());
    }
    let place = (mail.relay.as_str(), mail.port);
    let found = place.to_socket_addrs().with_context(|| {
        format!("{} is not known: is mail.relay spelt well, and does DNS answer?", mail.relay)
    })?;
    let reached = found.into_iter().any(|it| TcpStream::connect_timeout(&it, PATIENCE).is_ok());
    ensure!(reached, "{}:{} does not answer: is the way open?", mail.relay, mail.port);
    Ok(format!("{}:{} answers", mail.relay, mail.port))
}

/// Its secret can be read, and it is who the file says.
fn provider(config: &Config, one: &identity::Named) -> Result<String> {
    let provider = identity::provider(config, one)?;
    let egress = outward::egress(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(identity::answers(&provider, &egress))
}

fn feeds(places: &Places, config: &Config) -> Result<String> {
    let drill = node::profile(places).is_ok_and(|profile| profile.drill);
    let feeds = outward::feeds(config, drill).feeds;
    let mut away = Vec::new();
    for feed in &feeds {
        let host = feed.url.as_deref().and_then(|url| url.parse::<url::Url>().ok());
        let named = host.and_then(|url| url.host_str().map(str::to_owned));
        let answers = |host: &String| (host.as_str(), 443).to_socket_addrs().is_ok();
        let there = feed.path.as_ref().is_none_or(|path| path.is_dir());
        if !there || named.is_some_and(|host| !answers(&host)) {
            away.push(feed.name.as_str());
        }
    }
    ensure!(
        away.is_empty(),
        "{} cannot be reached now: is the way open? The others go on",
        away.join(", ")
    );
    Ok(format!("{} feeds", feeds.len()))
}

const PATIENCE: Duration = Duration::from_secs(5);

/// Asks the node that runs at the configured address whether it is ready.
pub(super) fn health(config: &Config) -> Result<Outcome> {
    ensure!(
        config.listen.tls().is_none(),
        "this node speaks TLS: ask it with curl, https://…/health/ready"
    );
    let address: SocketAddr = config.listen.address;
    let asked = || -> std::io::Result<String> {
        let mut line = TcpStream::connect_timeout(&address, PATIENCE)?;
        line.set_read_timeout(Some(PATIENCE))?;
        let host = address.ip();
        write!(line, "GET /health/ready HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        line.take(4_096).read_to_string(&mut answer)?;
        Ok(answer)
    };
    let answer = asked().with_context(|| format!("nobody answers at {address}"))?;
    let first = answer.lines().next().unwrap_or_default();
    if first.split(' ').nth(1) == Some("200") {
        println!("ready");
        return Ok(Outcome::Done);
    }
    println!("not ready: {first}");
    Ok(Outcome::Findings)
}
