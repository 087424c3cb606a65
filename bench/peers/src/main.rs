//! Bongsu beside real peers: the same advisories, the same inventories, answers and costs.
//!
//! See `README.md` for what it needs.

mod bolt;
mod compare;
mod cost;
mod engine;
mod finding;
mod kit;
mod ours;
mod trivy;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use compare::{Differences, Records};
use cost::Contender;
use kit::SOURCES;
use trivy::Subject;

/// Bongsu beside Trivy and the rustsec crate.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Unpack the inventories and write the peers' databases
    Prepare(Folders),
    /// Compare the answers on every lock file of the kit that the advisories can speak of
    Locks(Peers),
    /// Compare the answers on every bill of materials of the kit that Trivy can read
    Sboms(Peers),
    /// Measure all sides in turn
    Measure {
        #[command(flatten)]
        peers: Peers,
        /// Rounds that count, for one lock file
        #[arg(long, default_value_t = 11)]
        rounds: usize,
        /// Rounds that count, for a hundred bills of materials
        #[arg(long, default_value_t = 5)]
        long_rounds: usize,
    },
    /// Run the rustsec crate once, as a whole process
    RustsecRun {
        /// Folder with its advisory files
        #[arg(long)]
        advisories: PathBuf,
        /// The lock file
        #[arg(long)]
        lock: PathBuf,
    },
    /// Run a command and print what it cost
    Cost {
        /// The command
        #[arg(last = true)]
        words: Vec<String>,
    },
}

#[derive(Args)]
struct Folders {
    /// The data kit
    #[arg(long, env = "BONGSU_DATA", default_value = "../../../shared/data")]
    data: PathBuf,
    /// Where databases and unpacked inventories go
    #[arg(long, default_value = "target/peers")]
    work: PathBuf,
}

#[derive(Args)]
struct Peers {
    #[command(flatten)]
    folders: Folders,
    /// The `bongsu` binary
    #[arg(long, env = "BONGSU", default_value = "../../target/dist/bongsu")]
    bongsu: PathBuf,
    /// The `trivy` binary
    #[arg(long, env = "TRIVY")]
    trivy: PathBuf,
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Task::Prepare(folders) => prepare(&folders),
        Task::Locks(peers) => locks(&peers),
        Task::Sboms(peers) => sboms(&peers),
        Task::Measure { peers, rounds, long_rounds } => measure(&peers, rounds, long_rounds),
        Task::RustsecRun { advisories, lock } => {
            for (part, ids) in engine::run(&advisories, &lock)? {
                println!("{part}: {}", ids.into_iter().collect::<Vec<_>>().join(" "));
            }
            Ok(())
        }
        Task::Cost { words } => cost::print(&words),
    }
}

/// Archives of bills of materials in the kit.
const ARCHIVES: [&str; 7] = [
    "bom-shelter-lab",
    "bom-shelter-wild",
    "redhat-trustify",
    "cyclonedx-examples",
    "spdx-examples",
    "dependency-track-fixtures",
    "scalibr-fixtures",
];

/// Lock files of the ecosystems whose advisories are compared.
const LOCKS: [&str; 5] = ["Cargo.lock", "go.mod", "uv.lock", "poetry.lock", "requirements.txt"];

/// The lock file that is measured: 886 packages.
const MEASURED_LOCK: &str = "locks/trustify/Cargo.lock";

/// How many bills of materials are measured, the first of the lab's by name.
const MEASURED_SBOMS: usize = 100;

impl Folders {
    fn rust_cache(&self) -> PathBuf {
        self.work.join("trivy-rust")
    }

    fn cache(&self) -> PathBuf {
        self.work.join("trivy-all")
    }

    fn rustsec(&self) -> PathBuf {
        self.work.join("rustsec")
    }

    /// The kit's advisory files, of Rust only or of all three.
    fn advisories(&self, count: usize) -> Vec<PathBuf> {
        SOURCES[..count].iter().map(|source| self.data.join(source.file)).collect()
    }
}

fn prepare(folders: &Folders) -> Result<()> {
    let Folders { data, work } = folders;
    trivy::write_cache(data, &SOURCES[..1], &folders.rust_cache())?;
    trivy::write_cache(data, &SOURCES, &folders.cache())?;
    engine::write_advisories(data, &SOURCES[0], &folders.rustsec())?;
    let is_lock = |path: &Path| LOCKS.iter().any(|name| path.ends_with(name));
    let locks = data.join("inventories/lockfiles.tar.zst");
    let locks = kit::unpack(&locks, &work.join("locks"), is_lock)?;
    println!("{} lock files", locks.len());
    for archive in ARCHIVES {
        let from = data.join(format!("sbom/{archive}.tar.zst"));
        let sboms = kit::unpack(&from, &work.join("sboms").join(archive), |_| true)?;
        println!("{} bills of materials of {archive}", sboms.len());
    }
    Ok(())
}

fn locks(peers: &Peers) -> Result<()> {
    let Peers { folders, bongsu, trivy } = peers;
    let records = Records::load(&folders.data)?;
    let files = files_below(&folders.work.join("locks"))?;
    let ours = ours::run(bongsu, &folders.advisories(SOURCES.len()), &files)?;
    let mut differences = [Differences::default(), Differences::default()];
    let count = |found: &finding::Found| found.values().map(BTreeSet::len).sum::<usize>();
    for file in &files {
        let name = file.display().to_string();
        let claims = ours.get(&name).cloned().unwrap_or_default();
        let affected = claims.values().flatten().filter(|claim| claim.answer == "affected");
        print!("{name}: bongsu {} flaws", affected.count());
        if file.ends_with("Cargo.lock") {
            let found = engine::run(&folders.rustsec(), file)?;
            print!(", rustsec {} records", count(&found));
            differences[0].add(&records, ("rustsec", &found), &claims, &name);
        }
        let found = trivy::run(trivy, &folders.cache(), Subject::Lock, file)?;
        let found = found.map_err(anyhow::Error::msg).with_context(|| name.clone())?;
        println!(", trivy {} records", count(&found));
        differences[1].add(&records, ("trivy", &found), &claims, &name);
    }
    for one in &differences {
        one.print(&records);
    }
    Ok(())
}

fn sboms(peers: &Peers) -> Result<()> {
    let Peers { folders, bongsu, trivy } = peers;
    let records = Records::load(&folders.data)?;
    let files = files_below(&folders.work.join("sboms"))?;
    let ours = ours::run(bongsu, &folders.advisories(SOURCES.len()), &files)?;
    let mut differences = Differences::default();
    let mut unread = 0;
    for file in &files {
        let name = file.display().to_string();
        match trivy::run(trivy, &folders.cache(), Subject::Sbom, file)? {
            Ok(found) => {
                let claims = ours.get(&name).cloned().unwrap_or_default();
                differences.add(&records, ("trivy", &found), &claims, &name);
            }
            Err(said) => {
                unread += 1;
                let last = said.lines().last().unwrap_or_default();
                eprintln!("Trivy cannot read {name}: {last}");
            }
        }
    }
    differences.print(&records);
    println!("{} read by Trivy, {unread} not", files.len() - unread);
    Ok(())
}

fn measure(peers: &Peers, rounds: usize, long_rounds: usize) -> Result<()> {
    let Peers { folders, bongsu, trivy } = peers;
    let lock = folders.work.join(MEASURED_LOCK);
    let ourselves = std::env::current_exe()?.display().to_string();
    let rustsec = [
        ourselves,
        "rustsec-run".to_owned(),
        "--advisories".to_owned(),
        folders.rustsec().display().to_string(),
        "--lock".to_owned(),
        lock.display().to_string(),
    ];
    let of_bongsu = ours::command(bongsu, &folders.advisories(1), std::slice::from_ref(&lock));
    let of_trivy = trivy::command(trivy, &folders.rust_cache(), Subject::Lock, &lock);
    let floor = vec![trivy.display().to_string(), "--version".to_owned()];
    println!("\n{} against RustSec, {rounds} rounds\n", lock.display());
    let contenders = [
        Contender { name: "bongsu match", commands: vec![of_bongsu] },
        Contender { name: "rustsec crate", commands: vec![rustsec.to_vec()] },
        Contender { name: "trivy fs", commands: vec![of_trivy] },
        Contender { name: "trivy --version", commands: vec![floor] },
    ];
    cost::race(&contenders, rounds)?;

    let mut files = files_below(&folders.work.join("sboms/bom-shelter-lab"))?;
    files.truncate(MEASURED_SBOMS);
    let mut bytes = 0;
    for file in &files {
        bytes += fs::metadata(file)?.len();
    }
    println!(
        "\n{} bills of materials, {} KiB, against RustSec, PyPA and Go, {long_rounds} rounds\n",
        files.len(),
        bytes / 1024
    );
    let advisories = folders.advisories(SOURCES.len());
    let of_bongsu = ours::command(bongsu, &advisories, &files);
    let of_trivy =
        files.iter().map(|file| trivy::command(trivy, &folders.cache(), Subject::Sbom, file));
    let contenders = [
        Contender { name: "bongsu match", commands: vec![of_bongsu] },
        Contender { name: "trivy sbom", commands: of_trivy.collect() },
    ];
    cost::race(&contenders, long_rounds)
}

/// Every file below a folder, in order.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("{}: run `prepare` first", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}
