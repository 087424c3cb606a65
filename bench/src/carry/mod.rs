//! How soon has a nation been told? A carrier, and sinks for webhooks and mail in a process of their own on the same cores.

mod sinks;
mod way;

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bongsu_authority::access::Action;
use bongsu_authority::{ActId, InstitutionId};
use bongsu_desk::{Desk, TERMINAL};
use bongsu_relay::carry::address::{Address, Book, Holder, Reach, Secret};
use bongsu_relay::carry::smtp::{Relay, Security};
use bongsu_relay::carry::{Carrier, Config, Ways, book};
use bongsu_response::{ActWish, Exploitation, Obligation, Wish};
use bongsu_store::suite::Seeded;
use bongsu_store::suite::world::{DIRECTOR, World, on_act, secrets};
use bongsu_store::{Options, Store};
use bongsu_store_sqlite::Sqlite;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use self::way::Loopback;
use crate::clock::{Spread, process_cpu};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Institutions to tell.
    #[arg(long, default_value_t = 28_000)]
    institutions: usize,
    /// Runs, each on a fresh store.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Be the sinks, until the standard input ends.
    #[arg(long, hide = true)]
    sinks: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if arguments.sinks {
        return runtime.block_on(sinks::run());
    }
    let mut told = Vec::new();
    for _ in 0..arguments.runs {
        told.push(runtime.block_on(once(arguments.institutions))?);
    }
    let (quick, slow): (Vec<f64>, Vec<f64>) = told.into_iter().unzip();
    let (quick, slow) = (Spread::of(&quick), Spread::of(&slow));
    println!("last receipt of those that answer at once {quick:.2} s, of the slow {slow:.2} s");
    Ok(())
}

/// How somebody behaves.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
enum Kind {
    Hook,
    SlowHook,
    /// Half of them refuse the connection, half never answer.
    DeadHook,
    Mail,
    DeadMail,
}

impl Kind {
    /// Six in ten have a webhook; of these one in twenty is dead and one in twenty slow, as of mailboxes one in twenty is dead.
    fn of(place: usize) -> Self {
        match (place % 10 < 6, place / 10 % 20) {
            (true, 0) => Self::DeadHook,
            (true, 1) => Self::SlowHook,
            (true, _) => Self::Hook,
            (false, 0) => Self::DeadMail,
            (false, _) => Self::Mail,
        }
    }

    fn lives(self) -> bool {
        !matches!(self, Self::DeadHook | Self::DeadMail)
    }
}

/// The sinks, which end with the one that started them.
struct Sinks {
    child: Child,
    hooks: u16,
    mail: u16,
}

impl Sinks {
    fn start() -> Result<Self> {
        let mut command = std::process::Command::new(std::env::current_exe()?);
        command.args(["carry", "--sinks"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context("the sinks did not start")?;
        let mut line = String::new();
        let out = child.stdout.take().context("the sinks say nothing")?;
        BufReader::new(out).read_line(&mut line)?;
        let mut ports = line.split_whitespace().filter_map(|port| port.parse().ok());
        let (Some(hooks), Some(mail)) = (ports.next(), ports.next()) else {
            bail!("no ports: {line}")
        };
        Ok(Self { child, hooks, mail })
    }

    /// CPU seconds they took.
    fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        let stat = stat.unwrap_or_default();
        let after = stat.rsplit(')').next().unwrap_or_default();
        let ticks: f64 =
            after.split_whitespace().skip(11).take(2).filter_map(|it| it.parse::<f64>().ok()).sum();
        ticks / 100.0
    }
}

impl Drop for Sinks {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Tells a nation once; gives when the last live one was reached, of those that answer at once and of the slow.
async fn once(institutions: usize) -> Result<(f64, f64)> {
    let sinks = Sinks::start()?;
    let folder = std::env::temp_dir().join(format!("bongsu-bench-carry-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let engine = Sqlite::open(&folder.join("node.db"))?;
    let options = Options::new("COORD_PRIV".parse()?);
    let store = Store::open(Box::new(engine), secrets(), &options, Box::new(Seeded(11)))?;
    let mut world = World::new(3, institutions);
    world.settle(&store);
    book::load(&store, books(&world, &sinks)?, world.now)?;
    let case = world.open_case(&store, "VPN appliance");
    let act = sign(&mut world, &store, case)?;
    let desk = Arc::new(Desk::open(store, Box::new(Seeded(5)), TERMINAL)?);
    let rss_before = memory("VmRSS");
    let (start, began) = (Instant::now(), world.now);
    let now =
        Arc::new(move || began + SignedDuration::try_from(start.elapsed()).unwrap_or_default());
    let ways = Ways::new(Loopback, vec![relay(sinks.mail)?], Vec::new());
    let carrier = Carrier::new(Config::default(), Arc::clone(&desk), ways, now);
    let (stop, stopped) = watch::channel(false);
    let (cpu, cpu_sinks) = (process_cpu(), sinks.cpu());
    let own = carrier.clone();
    let running = tokio::spawn(async move { own.run(stopped).await });
    let ids: Vec<_> = world.institutions.iter().map(|it| it.id).collect();
    let live = (0..institutions).filter(|place| Kind::of(*place).lives()).count();
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let reached: u64 = carrier.sum().delivered.values().sum();
        if reached >= live as u64 || start.elapsed() > Duration::from_mins(3) {
            break;
        }
    }
    let (cpu, cpu_sinks) = (process_cpu().saturating_sub(cpu), sinks.cpu() - cpu_sinks);
    let rss = memory("VmHWM");
    let turned = carrier.sum();
    stop.send(true)?;
    running.await?;
    let last = receipts(&desk, act, &ids, began)?;
    println!("{institutions} institutions, {live} live");
    for (kind, (count, last)) in &last {
        println!("  {kind:?}: {count} receipts, the last after {last:.2} s");
    }
    println!("  delivered {:?}, failed {:?}", turned.delivered, turned.failed);
    println!(
        "  carrier {:.1} s of CPU, sinks {cpu_sinks:.1} s; memory {rss_before} MiB before, {rss} MiB at most",
        cpu.as_secs_f64()
    );
    let entries = bongsu_store::suite::world::check(desk.store());
    println!("  the record has {entries} entries and holds together");
    drop(desk);
    std::fs::remove_dir_all(&folder)?;
    let of = |kind: Kind| last.get(&kind).map_or(0.0, |it| it.1);
    Ok((of(Kind::Hook).max(of(Kind::Mail)), of(Kind::SlowHook)))
}

/// How many have a receipt, and when the last came, by kind.
fn receipts(
    desk: &Desk,
    act: ActId,
    ids: &[InstitutionId],
    began: Timestamp,
) -> Result<std::collections::BTreeMap<Kind, (u32, f64)>> {
    let places: HashMap<_, _> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    let (_, owed) = desk.store().told(act, ids)?.context("there is an act")?;
    let mut last = std::collections::BTreeMap::new();
    let when =
        |it: &Obligation| it.marks.delivered.map(|at| at.duration_since(began).as_secs_f64());
    for it in &owed {
        let entry: &mut (u32, f64) = last.entry(Kind::of(places[&it.institution])).or_default();
        if let Some(at) = when(it) {
            *entry = (entry.0 + 1, entry.1.max(at));
        }
    }
    Ok(last)
}

fn sign(world: &mut World, store: &Store, case: bongsu_authority::CaseId) -> Result<ActId> {
    let act = world.reviewed(store, case, "VPN appliance, login bypass");
    let mut wish = world.signature(act);
    let new = world.clocks(Exploitation::Active);
    if let Wish::Act { wish: ActWish::Sign { clocks, .. }, .. } = &mut wish {
        *clocks = new;
    }
    world.ask(store, DIRECTOR, Action::SignActionRequest, on_act(act), wish)?;
    Ok(act)
}

/// Each webhook is on a host of its own, each mailbox behind the one relay.
fn books(world: &World, sinks: &Sinks) -> Result<Vec<(Holder, Book)>> {
    let mut all = Vec::with_capacity(world.institutions.len());
    for (place, institution) in world.institutions.iter().enumerate() {
        let kind = Kind::of(place);
        let host = format!("127.{}.{}.{}", 16 + place / 60_000, place / 250 % 240, 1 + place % 250);
        let hook = |port: u16, path: &str| -> Result<Reach> {
            let url = format!("http://{host}:{port}/{path}").parse()?;
            Ok(Reach::Webhook { url, secret: Secret::of(&[7; 32])?, before: None })
        };
        let reach = match kind {
            Kind::Hook => hook(sinks.hooks, "hook")?,
            Kind::SlowHook => hook(sinks.hooks, "slow")?,
            Kind::DeadHook if place % 2 == 0 => hook(9, "refused")?,
            Kind::DeadHook => hook(sinks.hooks, "silent")?,
            Kind::Mail => Reach::Mail(format!("ciso@office{place}.example").parse()?),
            Kind::DeadMail => Reach::Mail(format!("nobody@office{place}.example").parse()?),
        };
        let address = Address {
            number: 0,
            reach,
            drill: false,
            since: world.now,
            tested_at: None,
            failures: 0,
            parked: None,
        };
        let book = Book { next: 1, addresses: vec![address], ..Book::default() };
        all.push((Holder::Institution(institution.id), book));
    }
    Ok(all)
}

fn relay(port: u16) -> Result<Relay> {
    Ok(Relay {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::Plain,
        credentials: None,
        trusted: None,
        from: "desk@bongsu.example".parse()?,
        hello: "bongsu.example".to_owned(),
        connections: 16,
        drill: false,
    })
}

/// Memory of this process, in MiB.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|it| it.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
