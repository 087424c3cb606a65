//! A drill's node: commands as officers type them, and a desk in-process to look at everything at once.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use bongsu_authority::{ActId, InstitutionId, Post};
use bongsu_desk::{Desk, TERMINAL, Who};
use bongsu_nation::{Gaon, Profile};
use bongsu_response::Obligation;
use bongsu_store::chance::System;
use bongsu_store::port::Engine;
use bongsu_store::{NodeSecrets, Options, Store};
use bongsu_store_postgres::{Postgres, PowerLoss};
use bongsu_store_sqlite::Sqlite;
use jiff::Timestamp;
use serde_json::Value;

/// The exercise, on one store.
pub(crate) struct Drill {
    folder: PathBuf,
    database: Option<String>,
    pub(crate) gaon: Gaon,
}

impl Drill {
    /// Makes the node of the exercise, filled with the sample nation as it is at `at`.
    pub(crate) fn begin(name: &str, database: Option<String>, at: &str) -> Self {
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let gaon = Gaon::at(Profile::Demo, 1, at.parse().unwrap());
        let drill = Self { folder, database, gaon };
        match drill.database.clone() {
            Some(url) => drill.run(at, &["nation", "generate", "--database", &url]),
            None => drill.run(at, &["nation", "generate"]),
        };
        drill
    }

    pub(crate) fn is_on_a_server(&self) -> bool {
        self.database.is_some()
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.folder.join(name), text).unwrap();
        self.path(name)
    }

    /// Runs a command at an instant of the exercise; gives its lines.
    pub(crate) fn run(&self, at: &str, words: &[&str]) -> Vec<Value> {
        let output = self.bongsu(at, words);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {said}");
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
    }

    /// Runs a command that is refused; gives the reason.
    pub(crate) fn refused(&self, at: &str, words: &[&str]) -> String {
        let output = self.bongsu(at, words);
        assert_eq!(output.status.code(), Some(2), "{words:?} should have been refused");
        String::from_utf8(output.stderr).unwrap()
    }

    fn bongsu(&self, at: &str, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bongsu"));
        command.args(words).args(["--format", "json", "--quiet", "--at", at]);
        command.env("BONGSU_HOME", self.folder.join("node"));
        command.stdin(Stdio::null()).output().unwrap()
    }

    /// A command that needs no node, such as `ledger verify`; gives whether it succeeded and what it said.
    pub(crate) fn plain(words: &[&str]) -> (bool, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bongsu"));
        let output = command.args(words).stdin(Stdio::null()).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(text).unwrap())
    }

    /// A desk at the same store, for looking and for what thousands do at once; gone before the next command.
    pub(crate) fn desk(&self) -> Desk {
        let engine: Box<dyn Engine> = match &self.database {
            Some(url) => Box::new(Postgres::open(url, PowerLoss::Survived).unwrap()),
            None => Box::new(Sqlite::open(&self.folder.join("node/store.db")).unwrap()),
        };
        let secrets = NodeSecrets::open(&self.folder.join("node-keys/node.secret")).unwrap();
        let mut options = Options::new("APEX".parse().unwrap());
        options.drill = true;
        options.anchor = Some(self.folder.join("node-keys/anchor"));
        let store = Store::open(engine, secrets, &options, Box::new(System)).unwrap();
        Desk::open(store, Box::new(System), TERMINAL).unwrap()
    }

    /// Everything that is or was owed under these acts, by institution.
    pub(crate) fn owed(&self, acts: &[(ActId, String)], at: Timestamp) -> Owed {
        let desk = self.desk();
        let mut all = BTreeMap::new();
        for (act, officer) in acts {
            let who = Who::Person(desk.officer(officer, at).unwrap().person);
            let it = desk.act(who, *act, at).unwrap();
            let found = desk.with(who, at, |asking| {
                desk.store().obligations_under(*act, |owed| asking.sees_obligation(owed, &it))
            });
            all.extend(found.unwrap().into_iter().map(|owed| (owed.institution, owed)));
        }
        all
    }

    /// The title of whoever holds a post at an institution.
    pub(crate) fn officer(&self, institution: InstitutionId, post: Post) -> Option<&str> {
        let place = self.gaon.place_of(institution)?;
        let held = self.gaon.officers_of(place).iter();
        let mut held = held.filter(|held| {
            held.post == post && held.deputy_of.is_none() && held.holds_at(self.gaon.today())
        });
        held.next().map(|held| held.title.as_str())
    }
}

/// Obligations by institution; in this exercise every institution has at most one.
pub(crate) type Owed = BTreeMap<InstitutionId, Obligation>;

impl Drop for Drill {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}
