//! Kills of a process that answers, on a real file.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod folder;

use std::process::{Child, Command};

use bongsu_store::suite::kills;
use folder::Folder;

impl kills::Scene for Folder {
    fn worker(&self) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "the_worker_that_is_killed", "--nocapture"]);
        command
    }

    fn kill(&self, worker: &mut Child) {
        worker.kill().unwrap();
    }

    fn mend(&self) {}

    fn is_sound(&self) {
        let connection = rusqlite::Connection::open(self.database()).unwrap();
        let check = "PRAGMA integrity_check";
        let said: String = connection.query_row(check, (), |row| row.get(0)).unwrap();
        assert_eq!(said, "ok");
    }
}

#[test]
fn no_acknowledged_answer_is_lost_or_doubled_when_the_process_is_killed() {
    kills::run(kills::how_many(10, 100), 2026, || Box::new(Folder::new()));
}

/// Does nothing unless the test above started it.
#[test]
fn the_worker_that_is_killed() {
    if let Some(path) = kills::told_folder() {
        kills::work(&Folder::of(path));
    }
}
