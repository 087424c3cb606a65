//! Kills of a process that answers, and of the server it answers to.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod cluster;

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs};

use bongsu_store::port::{Engine, Fault, FaultKind};
use bongsu_store::suite::{Ground, kills};
use bongsu_store_postgres::{OpenError, Postgres, PowerLoss};
use cluster::Cluster;

/// What is killed.
#[derive(Clone, Copy, Debug)]
enum Victim {
    Client,
    Server,
}

/// A database, a folder beside it, and who will be killed.
struct Plot<'a> {
    /// None in the process that is killed.
    server: Option<(&'a Cluster, Victim)>,
    url: String,
    folder: PathBuf,
}

impl<'a> Plot<'a> {
    fn new(cluster: &'a Cluster, victim: Victim) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("bongsu-postgres-kills-{}-{number}", std::process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir(&folder).unwrap();
        let url = cluster.database();
        fs::write(folder.join("url"), &url).unwrap();
        Self { server: Some((cluster, victim)), url, folder }
    }

    fn of(folder: PathBuf) -> Self {
        let url = fs::read_to_string(folder.join("url")).unwrap();
        Self { server: None, url, folder }
    }
}

impl Drop for Plot<'_> {
    fn drop(&mut self) {
        if self.server.is_some() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

impl Ground for Plot<'_> {
    fn engine(&self) -> Result<Box<dyn Engine>, Fault> {
        match Postgres::open(&self.url, PowerLoss::Survived) {
            Ok(engine) => Ok(Box::new(engine)),
            Err(OpenError::Fault(fault)) => Err(fault),
            Err(refused) => Err(Fault::new("be opened", FaultKind::System, refused)),
        }
    }

    fn folder(&self) -> &Path {
        &self.folder
    }

    fn bytes(&self) -> Vec<u8> {
        Vec::new()
    }

    fn another(&self) -> Box<dyn Ground> {
        unreachable!("one database is enough here")
    }

    fn restore(&self, _: &Path) -> bool {
        false
    }
}

impl kills::Scene for Plot<'_> {
    fn worker(&self) -> Command {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "the_worker_that_is_killed", "--nocapture"]);
        command
    }

    fn kill(&self, worker: &mut Child) {
        match self.server {
            Some((cluster, Victim::Server)) => cluster.kill(),
            _ => worker.kill().unwrap(),
        }
    }

    fn mend(&self) {
        if let Some((cluster, Victim::Server)) = self.server {
            cluster.run();
        }
    }

    /// The server has checksums on its pages; replay has read every row of ours.
    fn is_sound(&self) {}
}

#[test]
fn no_acknowledged_answer_is_lost_or_doubled_when_the_process_is_killed() {
    let Some(cluster) = cluster::shared() else { return };
    kills::run(kills::how_many(4, 50), 15, || Box::new(Plot::new(cluster, Victim::Client)));
}

#[test]
fn no_acknowledged_answer_is_lost_or_doubled_when_the_server_is_killed() {
    let Some(cluster) = Cluster::start() else { return };
    kills::run(kills::how_many(2, 20), 16, || Box::new(Plot::new(&cluster, Victim::Server)));
}

/// Does nothing unless a test above started it.
#[test]
fn the_worker_that_is_killed() {
    if let Some(folder) = kills::told_folder() {
        kills::work(&Plot::of(folder));
    }
}
