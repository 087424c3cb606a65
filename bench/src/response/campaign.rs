//! How long from a disclosure until everybody who has it owes an answer?

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use bongsu_advisory::{
    Advisory, Affected, Place, Rule, Signal, Standing, Status, Subject, Versions, VulnerabilityId,
};
use bongsu_authority::{ActId, CaseId, Domain, Grade, Label, NodeCode, Post, Seat, SystemId, Tlp};
use bongsu_desk::audience::{self, Preview, preview};
use bongsu_desk::exposure::{Exposures, who_has};
use bongsu_desk::{Desk, TERMINAL, Who, text_of};
use bongsu_matching::Knowledge;
use bongsu_matching::index::Entry;
use bongsu_nation::Gaon;
use bongsu_package::PackageName;
use bongsu_response::case::Opening;
use bongsu_response::{ActKind, ActWish, Audience, Draft, Engine, Origin, Wish, clock};
use bongsu_shelf::{Residence, Shelf};
use bongsu_store::chance::System;
use bongsu_store_postgres::{Postgres, PowerLoss};
use bongsu_store_sqlite::Sqlite;
use jiff::{SignedDuration, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};

use super::open;
use crate::clock::Runs;
use crate::index::say;

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The sample nation: demo or nation.
    #[arg(long, default_value = "nation")]
    profile: String,
    /// How many should have it.
    #[arg(long, default_value_t = 12_000)]
    addressees: usize,
    /// Runs.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Where the nation is made; what is there is used again.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
}

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Idle {
    /// Where `campaign` made the nation.
    dir: PathBuf,
    /// Hold the index in memory; otherwise it is read on demand.
    #[arg(long)]
    memory: bool,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let dir = arguments.dir.join(format!("gaon-{}", arguments.profile));
    let gaon = Gaon::new(arguments.profile.parse()?, 7);
    if !dir.join("made").exists() {
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir)?;
        let mut made = Runs::default();
        made.run(|| make(&gaon, &dir))?;
        say("make the nation: register, index", &made.to_string());
        std::fs::write(dir.join("made"), "")?;
    }
    let seen = Nation::look(&gaon);
    let desk = desk(&dir)?;
    let shelf = Shelf::open(&dir.join("index"), Residence::Memory)?.0;
    let about = seen.package_of(arguments.addressees);
    say(
        "institutions, systems, rows",
        &format!("{}, {}, {}", gaon.institutions().len(), seen.systems, seen.rows),
    );
    say(
        "disclosed flaw is in",
        &format!("{} ({} institutions)", about.name, seen.having[&about].len()),
    );

    let (mut whole, mut asked, mut signed) = (Runs::default(), Runs::default(), Runs::default());
    let mut everybody = Runs::default();
    let mut told = (0, 0);
    let begin = gaon.today() + SignedDuration::from_hours(24 * 3);
    let officers = Officers::find(&desk, begin)?;
    for run in 0..arguments.runs {
        let now = begin + SignedDuration::from_mins(i64::try_from(run)? * 10);
        let step = Step { desk: &desk, gaon: &gaon, seen: &seen, officers, now };
        whole.run(|| -> anyhow::Result<()> {
            let case = step.open_case()?;
            let found = asked.run(|| step.who_has(&shelf, &about))?;
            let preview = step.preview(&Step::draft(false), &found);
            let act = step.reviewed(case, false)?;
            told.0 = preview.addressees.len();
            signed.run(|| step.sign(case, act, preview))
        })?;
        let case = step.open_case()?;
        let act = step.reviewed(case, true)?;
        let preview = step.preview(&Step::draft(true), &Exposures::default());
        told.1 = preview.addressees.len();
        everybody.run(|| step.sign(case, act, preview))?;
    }
    say(&format!("disclosure until {} owe an answer, durable", told.0), &whole.to_string());
    say("  of it: advisory read, index asked, by institution", &asked.to_string());
    say("  of it: signed, durable, in the outbox", &signed.to_string());
    say(&format!("sign to {}: durable, in the outbox", told.1), &everybody.to_string());
    let waiting = desk.store().outbox_waiting()?.messages;
    ensure!(waiting >= (told.0 + told.1) as u64 * arguments.runs as u64, "a message is missing");
    let mut checked = Runs::default();
    let replayed = checked.run(|| desk.store().replay(&mut |_| ()))?;
    ensure!(replayed.difference.is_none(), "{:?}", replayed.difference);
    say(&format!("replay, {} rows compared", replayed.rows), &checked.to_string());
    drop((desk, shelf));
    for memory in [false, true] {
        let mut idle = Command::new(std::env::current_exe()?);
        idle.args(["response", "idle"]).arg(&dir).args(memory.then_some("--memory"));
        ensure!(idle.status()?.success());
    }
    Ok(())
}

/// A campaign that everybody of the private domain owes an answer under; for load upon it.
pub(crate) fn to_everybody(desk: &Desk, gaon: &Gaon, now: Timestamp) -> anyhow::Result<ActId> {
    let newest = vec![None; gaon.institutions().len()];
    let (seen, officers) = (Nation { newest, ..Nation::default() }, Officers::find(desk, now)?);
    let step = Step { desk, gaon, seen: &seen, officers, now };
    let case = step.open_case()?;
    let act = step.reviewed(case, true)?;
    step.sign(case, act, step.preview(&Step::draft(true), &Exposures::default()))?;
    Ok(act)
}

/// What a node holds between two events: the register, the store, the index.
pub(crate) fn idle(arguments: &Idle) -> anyhow::Result<()> {
    let residence = if arguments.memory { Residence::Memory } else { Residence::OnDemand };
    let empty = resident()?;
    let desk = desk(&arguments.dir)?;
    let register = resident()?;
    let shelf = Shelf::open(&arguments.dir.join("index"), residence)?.0;
    let all = resident()?;
    say(
        &format!("resident, index {residence:?}").to_lowercase(),
        &format!(
            "{:.0} MiB: program {empty:.0}, store and register {:.0}, index {:.0} ({} institutions)",
            all,
            register - empty,
            all - register,
            desk.register().len()
        ),
    );
    drop((desk, shelf));
    Ok(())
}

/// Resident memory of this process in MiB.
fn resident() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).context("no VmRSS")?;
    Ok(kib.parse::<f64>()? / 1024.0)
}

pub(crate) fn desk(dir: &Path) -> anyhow::Result<Desk> {
    let store = match std::fs::read_to_string(database(dir)) {
        Ok(url) => open(Box::new(Postgres::open(&url, PowerLoss::Survived)?), dir)?,
        Err(_) => open(Box::new(Sqlite::open(&dir.join("node.db"))?), dir)?,
    };
    Ok(Desk::open(store, Box::new(System), TERMINAL)?)
}

/// The file beside a nation's folder that names its database, where it has one of its own.
pub(crate) fn database(dir: &Path) -> PathBuf {
    dir.with_extension("database")
}

/// Enters the register, and every inventory into the index.
pub(crate) fn make(gaon: &Gaon, dir: &Path) -> anyhow::Result<()> {
    let desk = desk(dir)?;
    let (who, now) = (Who::Engine(Engine::Register), gaon.today());
    for some in gaon.institutions().chunks(10_000) {
        desk.record(who, Wish::Enrol(some.to_vec()), now)?;
    }
    for some in gaon.appointments().chunks(10_000) {
        desk.record(who, Wish::Appoint(some.to_vec()), now)?;
    }
    let shelf = Shelf::create(&dir.join("index"), Residence::OnDemand)?;
    let mut load = shelf.load();
    for system in gaon.systems() {
        let entries: Vec<Entry<'_>> = system.entries().collect();
        load.add(system.index_name().borrowed(), &entries)?;
    }
    load.finish()?;
    Ok(())
}

/// What a run needs to know of the nation besides its register.
#[derive(Default)]
struct Nation {
    systems: usize,
    rows: usize,
    facing: FxHashSet<SystemId>,
    /// The newest inventory of each institution, by its place.
    newest: Vec<Option<Timestamp>>,
    /// Private institutions that have a package.
    having: FxHashMap<PackageName, FxHashSet<u32>>,
}

impl Nation {
    fn look(gaon: &Gaon) -> Self {
        let mut nation = Self { newest: vec![None; gaon.institutions().len()], ..Self::default() };
        for system in gaon.systems() {
            nation.systems += 1;
            nation.rows += system.component_count();
            if system.exposed {
                nation.facing.insert(system.id);
            }
            let newest = &mut nation.newest[system.place];
            *newest = (*newest).max(Some(system.as_of));
            if system.institution.domain() != Domain::Private {
                continue;
            }
            for package in system.components().filter_map(|component| component.package.as_ref()) {
                if let Some(having) = nation.having.get_mut(package) {
                    having.insert(system.place as u32);
                } else {
                    let one = FxHashSet::from_iter([system.place as u32]);
                    nation.having.insert(package.clone(), one);
                }
            }
        }
        nation
    }

    /// The package that about so many private institutions have.
    fn package_of(&self, wanted: usize) -> PackageName {
        let off = |package: &&PackageName| {
            (self.having[*package].len().abs_diff(wanted), package.name.clone())
        };
        self.having.keys().min_by_key(off).expect("a nation has packages").clone()
    }
}

/// Who opens, writes, reviews and signs.
#[derive(Clone, Copy)]
struct Officers {
    analyst: Who,
    writer: Who,
    approver: Who,
    director: Who,
}

impl Officers {
    fn find(desk: &Desk, now: Timestamp) -> anyhow::Result<Self> {
        let register = desk.register();
        let find = |station: &str, post| -> anyhow::Result<Who> {
            let seat = Seat::Node(station.parse().map_err(anyhow::Error::msg)?);
            let mut all = register.appointments();
            let found = all.find(|one| one.seat == seat && one.post == post && one.holds_at(now));
            Ok(Who::Person(found.context("a post at a station is vacant")?.person))
        };
        Ok(Self {
            analyst: find("COORD_PRIV", Post::Analyst)?,
            writer: find("LEAD_PRIV", Post::Analyst)?,
            approver: find("LEAD_PRIV", Post::Approver)?,
            director: find("LEAD_PRIV", Post::Director)?,
        })
    }
}

const KIND: ActKind = ActKind::ActionRequest;
const LABEL: Label = Label { tlp: Tlp::Green, grade: Grade::Open };
const CVE: &str = "CVE-2026-99999";

/// One disclosure on its way.
struct Step<'a> {
    desk: &'a Desk,
    gaon: &'a Gaon,
    seen: &'a Nation,
    officers: Officers,
    now: Timestamp,
}

impl Step<'_> {
    fn open_case(&self) -> anyhow::Result<CaseId> {
        let case = CaseId(self.desk.draw());
        let opening = Opening {
            title: "login bypass".to_owned(),
            summary: "a request without a session is taken for one with".to_owned(),
            identifiers: BTreeSet::from([CVE.to_owned()]),
            origin: Origin::Feed,
            coord: station("COORD_PRIV"),
            label: LABEL,
            public: true,
        };
        self.desk.record(self.officers.analyst, Wish::OpenCase { case, opening }, self.now)?;
        Ok(case)
    }

    /// From the advisory as it was read to institutions.
    fn who_has(&self, shelf: &Shelf, package: &PackageName) -> anyhow::Result<Exposures> {
        let id: VulnerabilityId = CVE.parse()?;
        let mut knowledge = Knowledge::of([Signal::Advisory(Box::new(advisory(&id, package)))]);
        knowledge.settle();
        Ok(who_has(&shelf.snapshot(), &knowledge, &[id], &self.seen.facing)?)
    }

    fn preview(&self, draft: &Draft, found: &Exposures) -> Preview {
        let register = self.desk.register();
        let all = self.gaon.institutions().iter().zip(&self.seen.newest);
        let all = all.map(|(institution, newest)| audience::Standing {
            institution,
            accountable: register.accountable(institution.id, self.now).map(|it| it.id),
            inventory: *newest,
        });
        preview(draft, found, all, self.now)
    }

    fn draft(everybody: bool) -> Draft {
        Draft {
            issuer: station("LEAD_PRIV"),
            title_ko: "로그인 우회 취약점 조치 요청".to_owned(),
            title_en: "Fix the login bypass".to_owned(),
            todo_ko: "최신 버전으로 올리십시오".to_owned(),
            todo_en: "update to the latest version".to_owned(),
            legal_basis: Some("network-act-47-4".to_owned()),
            audience: Audience { everybody, ..Audience::default() },
            label: LABEL,
            drill: false,
        }
    }

    fn reviewed(&self, case: CaseId, everybody: bool) -> anyhow::Result<ActId> {
        let act = ActId(self.desk.draw());
        let draft = Self::draft(everybody);
        let text = text_of(&draft, act, case, KIND);
        let wish = Wish::DraftAct { act, case, kind: KIND, draft, text };
        self.desk.record(self.officers.writer, wish, self.now)?;
        let wish = Wish::Act { act, wish: ActWish::Review { text } };
        self.desk.record(self.officers.approver, wish, self.now)?;
        Ok(act)
    }

    fn sign(&self, case: CaseId, act: ActId, preview: Preview) -> anyhow::Result<()> {
        let known = self.desk.case(self.officers.analyst, case, self.now)?;
        let drafted = self.desk.act(self.officers.director, act, self.now)?;
        let wish = ActWish::Sign {
            text: drafted.text,
            signature: "the node's".to_owned(),
            clocks: clock::issue_clocks(&known, KIND, self.now, None),
            addressees: preview.addressees,
        };
        self.desk.record(self.officers.director, Wish::Act { act, wish }, self.now)?;
        Ok(())
    }
}

fn station(code: &str) -> NodeCode {
    code.parse().expect("a station's code is a code")
}

/// Every version of a package is affected.
pub(crate) fn advisory(id: &VulnerabilityId, package: &PackageName) -> Advisory {
    let rule = Rule { status: Status::Affected, versions: Versions::All, field: String::new() };
    let affected = Affected {
        subject: Subject::Package(package.clone()),
        scheme: package.ecosystem.scheme(),
        rules: vec![rule],
        otherwise: Status::Unaffected,
        fixed: Vec::new(),
        advice: None,
        architectures: Vec::new(),
        field: String::new(),
    };
    Advisory {
        id: id.clone(),
        asserter: "bench".to_owned(),
        place: Place::default(),
        aliases: Vec::new(),
        upstream: Vec::new(),
        summary: String::new(),
        published: None,
        modified: None,
        standing: Standing::Valid,
        informational: None,
        severity: Vec::new(),
        ssvc: Vec::new(),
        affected: vec![affected],
    }
}
