//! The node under load, in a process of its own, so that its memory and its death are its own.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use anyhow::{Context, ensure};
use bongsu_advisory::Signal;
use bongsu_authority::{ActId, InstitutionId, PersonId, Post, Seat};
use bongsu_desk::Holdings;
use bongsu_matching::Knowledge;
use bongsu_nation::Gaon;
use bongsu_package::{Ecosystem, PackageName};
use bongsu_server::listen::{Listener, Listening};
use bongsu_server::right::Scope;
use bongsu_server::signin::Settings;
use bongsu_server::{App, Known, Matching, Time};
use bongsu_shelf::Residence;
use jiff::Timestamp;

use crate::response::campaign;

/// Serves a nation that is made already; says where, and tokens of so many officers.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Where the nation is.
    dir: PathBuf,
    /// The sample nation it was made from.
    #[arg(long, default_value = "demo")]
    profile: String,
    /// Officers who get a token.
    #[arg(long, default_value_t = 64)]
    officers: usize,
}

/// One officer, as load comes from them.
#[derive(Clone, Debug)]
pub(crate) struct Officer {
    pub(crate) institution: String,
    pub(crate) token: String,
}

/// A node that runs, until this is dropped.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) act: String,
    pub(crate) officers: Vec<Officer>,
}

impl Running {
    /// Starts a node in a folder.
    pub(crate) fn start(dir: &Path, profile: &str, officers: usize) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["server", "node", "--profile", profile, "--officers", &officers.to_string()])
            .arg(dir)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("its output")?).lines();
        let mut next = || {
            lines.next().context("the node ended before it served")?.map_err(anyhow::Error::from)
        };
        let first = next()?;
        let (address, act) = first.split_once(' ').context("address and act")?;
        let (address, act) = (address.parse()?, act.to_owned());
        let mut all = Vec::with_capacity(officers);
        for _ in 0..officers {
            let line = next()?;
            let (institution, token) = line.split_once(' ').context("institution and token")?;
            all.push(Officer { institution: institution.to_owned(), token: token.to_owned() });
        }
        Ok(Self { child, address, act, officers: all })
    }

    /// Its resident memory, in MiB.
    pub(crate) fn resident(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).context("no VmRSS")?;
        Ok(kib.parse::<f64>()? / 1024.0)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes the nation and its campaign, once.
pub(crate) fn made(dir: &Path, profile: &str) -> anyhow::Result<()> {
    if dir.join("act").exists() {
        return Ok(());
    }
    let _ = std::fs::remove_dir_all(dir);
    std::fs::create_dir_all(dir)?;
    let gaon = Gaon::new(profile.parse()?, 7);
    campaign::make(&gaon, dir)?;
    let desk = campaign::desk(dir)?;
    let act = campaign::to_everybody(&desk, &gaon, Timestamp::now())?;
    drop(desk);
    Ok(std::fs::write(dir.join("act"), act.to_string())?)
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let act: ActId = std::fs::read_to_string(arguments.dir.join("act"))?.parse()?;
    let desk = Arc::new(campaign::desk(&arguments.dir)?);
    let app =
        App::with(Arc::clone(&desk), Time::system(), Some(matching(&arguments.dir)?), &settings())?;
    let now = Timestamp::now();
    let mut told = Vec::new();
    for (person, institution) in officers(&desk, act, now).into_iter().take(arguments.officers) {
        let scopes = Scope::ALL.to_vec();
        let token =
            app.door().tokens().issue(person, scopes, bongsu_server::signin::token::LONGEST, now);
        let token = token.map_err(|problem| anyhow::anyhow!("no token: {problem:?}"))?;
        told.push(format!("{institution} {token}"));
    }
    ensure!(told.len() == arguments.officers, "the nation has fewer officers");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut listening = Listening::at(SocketAddr::from(([127, 0, 0, 1], 0)));
        listening.most_from_one = 60_000; // all of the load comes from this machine
        let listener = Listener::bind(listening)?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{} {act}", listener.address()?)?;
        told.iter().try_for_each(|line| writeln!(out, "{line}"))?;
        out.flush()?;
        listener.serve(bongsu_server::router(app), std::future::pending()).await;
        Ok(())
    })
}

/// A flaw in a package that no inventory of the nation has.
pub(crate) const FLAW: &str = "CVE-2026-88888";

pub(crate) fn matching(dir: &Path) -> anyhow::Result<Matching> {
    let holdings = Arc::new(Holdings::open(&dir.join("index"), Residence::OnDemand)?.0);
    let package = PackageName::new("npm".parse::<Ecosystem>()?, "part-7");
    let known =
        Knowledge::of([Signal::Advisory(Box::new(campaign::advisory(&FLAW.parse()?, &package)))]);
    let known: Arc<dyn Known> = Arc::new(known);
    Ok(Matching { holdings, known: Arc::new(move || Arc::clone(&known)) })
}

/// Room as it is meant; only one caller may come as often as the load does.
pub(crate) fn settings() -> Settings {
    let loopback = Settings::loopback();
    Settings { shares: loopback.shares.without_rates(), ..loopback }
}

/// CISOs of institutions that owe an answer.
pub(crate) fn officers(
    desk: &bongsu_desk::Desk,
    act: ActId,
    now: Timestamp,
) -> Vec<(PersonId, InstitutionId)> {
    let register = desk.register();
    let mut all: Vec<_> = register
        .appointments()
        .filter(|held| held.post == Post::Ciso && held.deputy_of.is_none() && held.holds_at(now))
        .filter_map(|held| match held.seat {
            Seat::Institution(institution) => Some((held.person, institution)),
            Seat::Node(_) => None,
        })
        .collect();
    all.sort_unstable_by_key(|(_, institution)| *institution);
    all.retain(|(person, institution)| {
        desk.obligation(bongsu_desk::Who::Person(*person), (act, *institution), now).is_ok()
    });
    all
}
