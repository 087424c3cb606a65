//! What the exercise needs: a folder that goes away, a node with the sample nation, the server, and sinks that stand for
//! the mail relay and the programs of institutions.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bongsu_authority::{Appointment, AppointmentId, Domain, NodeCode, PersonId, Post, Seat, Size};
use bongsu_desk::{Desk, Holdings, Library, Who};
use bongsu_nation::Gaon;
use bongsu_relay::carry::address::{Holder, Reach, Secret};
use bongsu_relay::carry::book;
use bongsu_relay::feeds::{Feed, Kind};
use bongsu_response::{Engine, Wish};
use bongsu_server::Time;
use bongsu_server::listen::Listener;
use bongsu_web::Demonstration;
use jiff::Timestamp;

use super::api::Api;
use super::sinks::Sinks;
use super::tell::Teller;
use crate::cli::Format;
use crate::cli::desk::NodeArgs;
use crate::cli::serve::DemoArgs;
use crate::commands::nation;
use crate::node::{self, Node};
use crate::serve::Service;
use crate::serve::config::{Config, Own, Security};

/// Everything of the exercise on this machine's disk. Dropped, it is gone.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn make() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("bongsu-demo-{}", std::process::id()));
        fs::create_dir(&path).with_context(|| path.display().to_string())?;
        let folder = Self(path);
        fs::create_dir(folder.feed())?;
        Ok(folder)
    }

    /// Where what the world publishes arrives.
    pub(super) fn feed(&self) -> PathBuf {
        self.0.join("feed")
    }

    pub(super) fn node(&self) -> PathBuf {
        self.0.join("node")
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0); // where this fails the system empties its folder itself
    }
}

/// Friday morning, before anything happens.
const FRIDAY: &str = "2026-11-20T09:00:00+09:00";

/// The node and its port.
pub(super) struct Stage {
    pub(super) service: Service,
    pub(super) listener: Listener,
    pub(super) props: Props,
}

/// What the story works with.
pub(super) struct Props {
    pub(super) api: Api,
    pub(super) gaon: Arc<Gaon>,
    pub(super) desk: Arc<Desk>,
    pub(super) holdings: Arc<Holdings>,
    pub(super) books: Arc<Library>,
    pub(super) sinks: Sinks,
    pub(super) time: Time,
    pub(super) feed: PathBuf,
    pub(super) folder: PathBuf,
    pub(super) public_key: PathBuf,
    pub(super) doors: Arc<OnceLock<Demonstration>>,
}

/// How the demonstration serves.
pub(super) fn config(port: u16, folder: &Folder) -> Result<Config> {
    let mut config = Config::default();
    config.listen.address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    config.listen.grace_seconds = 3;
    config.listen.operator.0 = None;
    config.clock.tick_seconds = 1;
    config.coordinator.0 = Some("COORD_PRIV".parse()?);
    let mut feed = Feed::new("world", Kind::Folder);
    feed.path = Some(folder.feed());
    feed.every = Some("1s".to_owned());
    config.feeds = Some(vec![feed]);
    Ok(config)
}

impl Stage {
    /// Makes the nation and puts the node together; nothing is served yet.
    pub(super) async fn set(args: &DemoArgs, folder: &Folder, tell: &Teller) -> Result<Self> {
        let sinks = Sinks::open().await?;
        let mut config = config(args.port, folder)?;
        let here = Ipv4Addr::LOCALHOST.to_string();
        config.mail.relay.clone_from(&here);
        config.mail.port = sinks.mail.port();
        config.mail.security = Security::None;
        "watch@gaon.example".clone_into(&mut config.mail.from);
        config.mail.drill = true;
        config.deliveries.inside = true;
        config.egress.own.push(Own { host: here, port: sinks.hooks.port(), plain: true });

        let (profile, home) = (args.profile, folder.node());
        let (feed, path) = (folder.feed(), folder.path().to_owned());
        let hooks = sinks.hooks;
        let started = Instant::now();
        let made = tokio::task::spawn_blocking(move || -> Result<_> {
            let at: Timestamp = FRIDAY.parse()?;
            let described = node::Profile {
                station: NodeCode::apex(),
                name: "gaon.example/record".to_owned(),
                drill: true,
                database: None,
                synchronous: false,
            };
            let args = NodeArgs { home, keys: None, at: Some(at), format: Format::Table };
            let node = node::found(&args, &described)?;
            let gaon = Gaon::at(nation::kind(profile), 1, node.now);
            let filled = nation::fill(&node, &gaon, true)?;
            appoint_administrator(&node)?;
            node.finished()?;
            let public_key = node.places.public_key();
            let time = Time::drill(at);
            let service = Service::open(node, config, time.clone())?;
            enter_addresses(&service, &gaon, hooks, at)?;
            Ok((service, gaon, filled, time, public_key))
        });
        let (service, gaon, filled, time, public_key) = made.await.context("the nation")??;
        let listener = service.bind()?;
        let address = listener.address().context("the listener has no address")?;
        tell.nation(&gaon, filled, started.elapsed(), address);
        let props = Props {
            api: Api::new(address, service.app().clone()),
            gaon: Arc::new(gaon),
            desk: Arc::clone(service.app().desk()),
            holdings: Arc::clone(service.holdings()),
            books: Arc::clone(service.books()),
            sinks,
            time,
            feed,
            folder: path,
            public_key,
            doors: Arc::clone(service.doors()),
        };
        Ok(Self { service, listener, props })
    }
}

/// The title of whoever operates the node: the sample nation has institutions and stations, and no machine rooms.
pub(super) const ADMINISTRATOR: &str = "APEX-SYSADMIN-01";

/// Appoints who operates the node, at the station that runs it.
fn appoint_administrator(node: &Node) -> Result<()> {
    let appointment = Appointment {
        id: AppointmentId(node.desk.draw()),
        person: PersonId(node.desk.draw()),
        post: Post::Sysadmin,
        seat: Seat::Node(NodeCode::apex()),
        from: node.now,
        until: None,
        deputy_of: None,
        title: ADMINISTRATOR.to_owned(),
    };
    let wish = Wish::Appoint(vec![appointment]);
    node.desk.record(Who::Engine(Engine::Register), wish, node.now)?;
    Ok(())
}

/// Large institutions are told by a program of theirs, the others by mail; one in fifty has entered nothing.
fn enter_addresses(service: &Service, gaon: &Gaon, hooks: SocketAddr, at: Timestamp) -> Result<()> {
    let (desk, way) = (service.app().desk(), service.carrier().ways().way());
    for (place, institution) in gaon.institutions().iter().enumerate() {
        let reach = match institution.size {
            _ if place % 50 == 49 => continue,
            Size::Large => Reach::Webhook {
                url: format!("http://{hooks}/{place}").parse()?,
                secret: Secret::of(&[desk.draw(), desk.draw()].concat())?,
                before: None,
            },
            _ => Reach::Mail(format!("ciso-{place}@gaon.example").parse()?),
        };
        book::put(desk.store(), way, &Holder::Institution(institution.id), reach, true, at)?;
    }
    Ok(())
}

impl Props {
    /// The holder of a post, by title.
    pub(super) fn officer(&self, title: &str) -> Result<PersonId> {
        let held = self.desk.officer(title, self.time.now());
        held.map(|held| held.person).with_context(|| format!("nobody is {title}"))
    }
    /// An officer of an institution that owes an answer, by title; before anything is signed, the first of the register.
    pub(super) fn some_ciso(&self) -> String {
        let (register, now) = (self.desk.register(), self.time.now());
        let store = self.desk.store();
        let acts = store.acts().unwrap_or_default();
        let asks = acts.iter().filter(|act| act.kind.asks());
        let owed = asks.flat_map(|act| store.open_under(act.id).unwrap_or_default());
        let mut owed: Vec<_> = owed.collect();
        // What is typical first: a private institution that is affected.
        owed.sort_by_key(|owed| {
            let domain = register.institution(owed.institution).map(|one| one.domain());
            (domain != Some(Domain::Private), !owed.exposure.is_affected())
        });
        let mut officers =
            owed.into_iter().filter_map(|owed| register.accountable(owed.institution, now));
        officers.next().map_or_else(|| "CISO-00001".to_owned(), |held| held.title.clone())
    }

    /// Moves the clock of the exercise on.
    pub(super) fn at(&self, instant: &str) -> Result<()> {
        self.time.advance(instant.parse()?);
        Ok(())
    }

    /// Waits until something is so, at most half a minute.
    pub(super) async fn until<T>(
        &self,
        what: &str,
        mut look: impl FnMut() -> Option<T>,
    ) -> Result<T> {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(seen) = look() {
                return Ok(seen);
            }
            anyhow::ensure!(Instant::now() < until, "{what} did not come within half a minute");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Publishes something to the world: the feed finds a whole file.
    pub(super) fn publish(&self, name: &str, text: &str) -> Result<()> {
        let fresh = self.folder.join("being-written");
        fs::write(&fresh, text)?;
        fs::rename(&fresh, self.feed.join(name))?;
        Ok(())
    }
}
