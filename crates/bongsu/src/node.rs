//! A node on this machine: its folder, its keys, its store, its index.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bongsu_authority::access::Channel;
use bongsu_authority::{NodeCode, SystemId};
use bongsu_desk::{Desk, Holdings, TERMINAL};
use bongsu_shelf::{Residence, Shelf};
use bongsu_store::chance::System;
use bongsu_store::port::Engine;
use bongsu_store::{Clock, NodeSecrets, Options, Store};
use bongsu_store_postgres::{Postgres, PowerLoss};
use bongsu_store_sqlite::Sqlite;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::cli::desk::NodeArgs;
use crate::output::plain::plain;

/// What a node is, as `node.toml` in its folder says.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    /// The station whose record it keeps.
    pub(crate) station: NodeCode,
    /// The name its record is signed with.
    pub(crate) name: String,
    /// A drill's node lives on a clock of its own and has no path to the real world.
    pub(crate) drill: bool,
    /// Where state and record are, when not in a file of the folder.
    pub(crate) database: Option<String>,
    /// Nothing is recorded through a connection to a server that waits for no standby.
    #[serde(default)]
    pub(crate) synchronous: bool,
}

impl Profile {
    fn power_loss(&self) -> PowerLoss {
        if self.synchronous { PowerLoss::Replicated } else { PowerLoss::Survived }
    }
}

/// Places in and beside a node's folder.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    pub(crate) home: PathBuf,
    pub(crate) keys: PathBuf,
}

impl Places {
    pub(crate) fn of(args: &NodeArgs) -> Self {
        let beside = || {
            let mut name = args.home.file_name().unwrap_or_default().to_owned();
            name.push("-keys");
            args.home.with_file_name(name)
        };
        Self { home: args.home.clone(), keys: args.keys.clone().unwrap_or_else(beside) }
    }

    pub(crate) fn profile(&self) -> PathBuf {
        self.home.join("node.toml")
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.home.join("store.db")
    }

    /// Beside the keys: a node's folder that was put back whole is noticed, too.
    pub(crate) fn anchor(&self) -> PathBuf {
        self.keys.join("anchor")
    }

    pub(crate) fn index(&self) -> PathBuf {
        self.home.join("index")
    }

    /// There while a node is being made.
    pub(crate) fn unfinished(&self) -> PathBuf {
        self.home.join("unfinished")
    }

    pub(crate) fn secrets(&self) -> PathBuf {
        self.keys.join("node.secret")
    }

    pub(crate) fn public_key(&self) -> PathBuf {
        self.home.join("node.pub")
    }
}

/// An open node.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) places: Places,
    /// A drill's node writes a drill's acts.
    pub(crate) drill: bool,
    /// Its database can have other replicas of the node.
    pub(crate) shared: bool,
    /// The station whose record it keeps.
    pub(crate) station: NodeCode,
    pub(crate) desk: Desk,
    pub(crate) now: Timestamp,
}

/// Makes the folder, the keys and the empty store of a node.
pub(crate) fn found(args: &NodeArgs, profile: &Profile) -> Result<Node> {
    let places = Places::of(args);
    let empty = |folder: &Path| fs::read_dir(folder).map_or(true, |mut all| all.next().is_none());
    let fresh = empty(&places.home) && empty(&places.keys);
    if !fresh && !places.profile().exists() {
        bail!(
            "{} or {} is not empty: name a folder of its own with --home",
            places.home.display(),
            places.keys.display()
        );
    }
    if places.profile().exists() {
        bail!("{} is a node already: name another folder with --home", places.home.display());
    }
    let make = |folder: &Path| {
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))
    };
    make(&places.home)?;
    make(&places.keys)?;
    fs::write(places.unfinished(), "")
        .with_context(|| places.unfinished().display().to_string())?;
    let name = profile.name.parse().context("the name of the node's record")?;
    let secrets = NodeSecrets::create(&places.secrets(), name, &mut System)?;
    fs::write(places.public_key(), format!("{}\n", secrets.node.verifier()))
        .with_context(|| places.public_key().display().to_string())?;
    let text = toml::to_string(profile).context("node.toml")?;
    fs::write(places.profile(), text).with_context(|| places.profile().display().to_string())?;
    opened(args, places, profile, secrets, Manner::default())
}

/// The database that a profile names.
pub(crate) fn engine(places: &Places, profile: &Profile) -> Result<Box<dyn Engine>> {
    Ok(match &profile.database {
        Some(url) => Box::new(Postgres::open(url, profile.power_loss())?),
        None if profile.synchronous => {
            bail!(
                "node.toml says `synchronous = true`, but a file has no standby: name a database, or take the line out"
            )
        }
        None => Box::new(
            Sqlite::open(&places.store()).with_context(|| places.store().display().to_string())?,
        ),
    })
}

/// Opens the node on the database that this profile names, whatever `node.toml` says.
pub(crate) fn open_on(args: &NodeArgs, profile: &Profile) -> Result<Node> {
    let places = Places::of(args);
    let secrets = NodeSecrets::open(&places.secrets())?;
    opened(args, places, profile, secrets, Manner::default())
}

/// Says anew what a node is; whole or not at all.
pub(crate) fn rewrite(places: &Places, profile: &Profile) -> Result<()> {
    let path = places.profile();
    let text = toml::to_string(profile).context("node.toml")?;
    let fresh = path.with_extension("toml.new");
    let write = || {
        let mut file = fs::File::create(&fresh)?;
        io::Write::write_all(&mut file, text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&fresh, &path)?;
        fs::File::open(&places.home)?.sync_all()
    };
    write().with_context(|| path.display().to_string())
}

/// How a node is opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// The way by which answers travel.
    pub(crate) channel: Channel,
    /// How far the clock may be off.
    pub(crate) clock: Clock,
}

impl Default for Manner {
    /// For a terminal on the node itself.
    fn default() -> Self {
        Self { channel: TERMINAL, clock: Clock::default() }
    }
}

/// Opens a node that is there.
pub(crate) fn open(args: &NodeArgs) -> Result<Node> {
    open_as(args, Manner::default())
}

/// Opens a node that is there, in a manner.
pub(crate) fn open_as(args: &NodeArgs, manner: Manner) -> Result<Node> {
    let places = Places::of(args);
    let profile = profile(&places)?;
    if places.unfinished().exists() {
        let (home, keys) = (places.home.display(), places.keys.display());
        bail!("{home} was never finished: delete {home} and {keys}, and make it again");
    }
    if !places.anchor().exists() {
        bail!(
            "the anchor {} is missing, so an older store would not be noticed: put it back from where you keep the copy of the keys",
            places.anchor().display()
        );
    }
    // The engine would make an empty one in its place.
    if profile.database.is_none() && !places.store().exists() {
        bail!(
            "the store {} is missing: put it back where it was, or restore the newest backup by `bongsu store restore --from FILE --home {}`",
            places.store().display(),
            places.home.display()
        );
    }
    let secrets = NodeSecrets::open(&places.secrets())?;
    opened(args, places, &profile, secrets, manner)
}

/// What a node's folder says it is.
pub(crate) fn profile(places: &Places) -> Result<Profile> {
    let path = places.profile();
    let text = fs::read_to_string(&path).map_err(|error| unopened(error, places))?;
    toml::from_str(&text).with_context(|| path.display().to_string())
}

/// Why a node's folder does not open, and what to do about it.
fn unopened(error: io::Error, places: &Places) -> anyhow::Error {
    let home = places.home.display();
    let said = match error.kind() {
        io::ErrorKind::NotFound => format!(
            "{home} is no node: name its folder with --home, put its node.toml back where only the file is lost, or make a node \
             by `bongsu node create --home {home}` (with the sample nation, `bongsu nation generate --home {home}`)"
        ),
        io::ErrorKind::PermissionDenied => {
            format!(
                "{home} cannot be read: ask as the user who made it, or name another folder with --home"
            )
        }
        _ => format!("{home} is no folder of a node: name another one with --home"),
    };
    anyhow::Error::new(error).context(said)
}

fn opened(
    args: &NodeArgs,
    places: Places,
    profile: &Profile,
    secrets: NodeSecrets,
    manner: Manner,
) -> Result<Node> {
    let now = match args.at {
        Some(at) if profile.drill => at,
        Some(_) => bail!("--at is for a drill's node: this one lives on the clock of the machine"),
        None => Timestamp::now(),
    };
    let engine = engine(&places, profile)?;
    let mut options = Options::new(profile.station.clone());
    options.drill = profile.drill;
    options.anchor = Some(places.anchor());
    options.clock = manner.clock;
    let store = Store::open(engine, secrets, &options, Box::new(System))?;
    let desk = Desk::open(store, Box::new(System), manner.channel)?;
    Ok(Node {
        places,
        drill: profile.drill,
        shared: profile.database.is_some(),
        station: profile.station.clone(),
        desk,
        now,
    })
}

impl Node {
    /// Says that it is made.
    pub(crate) fn finished(&self) -> Result<()> {
        let mark = self.places.unfinished();
        fs::remove_file(&mark).with_context(|| mark.display().to_string())
    }

    /// What runs where; what the index lost or another replica published is made anew from kept documents.
    pub(crate) fn holdings(&self) -> Result<Holdings> {
        let dir = self.places.index();
        let systems = self.desk.store().systems()?.len();
        let lost = !dir.exists() && systems > 0;
        let (holdings, notes) =
            Holdings::open(&dir, Residence::OnDemand).with_context(|| dir.display().to_string())?;
        for note in &notes {
            eprintln!("{}", plain(note));
        }
        let followed = holdings.follow(&self.desk, self.now)?;
        let held = holdings.snapshot().size().systems;
        if lost && followed.behind > 0 || held < systems as u64 {
            bail!(
                "the index {} holds {held} systems, the record {systems}: put its copy back, or publish the inventories again",
                dir.display()
            );
        }
        Ok(holdings)
    }

    /// The index of what runs where, to be filled.
    pub(crate) fn index(&self) -> Result<Shelf> {
        let dir = self.places.index();
        Shelf::create(&dir, Residence::OnDemand).with_context(|| dir.display().to_string())
    }

    /// A new id for a system.
    pub(crate) fn new_system(&self) -> SystemId {
        SystemId(self.desk.draw())
    }
}
