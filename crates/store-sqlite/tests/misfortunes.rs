//! What befalls a node, and what it says then: each with the words an operator reads.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]
#![allow(clippy::print_stdout, reason = "a worker speaks to the test that started it")]

mod folder;

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bongsu_ledger::NodeKey;
use bongsu_response::Answer;
use bongsu_store::chance::System;
use bongsu_store::suite::faults::campaign;
use bongsu_store::suite::world::{Who, World, check, open, options, secrets, try_open};
use bongsu_store::suite::{Ground, kills};
use bongsu_store::{Error, NodeSecrets, Request, Store};
use bongsu_store_sqlite::Sqlite;
use folder::Folder;

/// The whole chain of an error, as a command prints it.
fn said(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}

fn says(error: &dyn std::error::Error, expected: &[&str]) {
    let words = said(error);
    for expected in expected {
        assert!(words.contains(expected), "{words}\ndoes not say: {expected}");
    }
}

/// A store with a campaign, and acknowledgements that nobody has made yet.
fn ready(ground: &Folder, institutions: usize) -> (Store, Vec<Request>) {
    let mut world = World::new(7, institutions);
    let (act, requests) = campaign(&mut world);
    let store = open(ground);
    for request in requests {
        store.record(request).unwrap();
    }
    let answers = (0..institutions)
        .map(|place| world.answering(Who::Ciso(place), act, place, Answer::Acknowledge))
        .collect();
    (store, answers)
}

#[test]
fn a_full_disk_stops_the_record_until_there_is_room_and_loses_nothing() {
    let ground = Folder::new();
    let Some(_small) = Small::mount(ground.folder(), "3m") else { return };
    let (store, answers) = ready(&ground, 200);
    let mut acknowledged = Vec::new();
    let mut refused = None;
    for (number, answer) in answers.iter().enumerate() {
        match store.record(answer.clone()) {
            Ok(receipt) => acknowledged.push((number, receipt)),
            Err(error) => {
                refused.get_or_insert(error);
                break;
            }
        }
    }
    let refused = refused.expect("three mebibytes are soon full");
    assert!(!acknowledged.is_empty());
    says(&refused, &["the disk is full: free some space; it happened"]);
    let unknown = matches!(refused, Error::Unknown(_));
    if unknown {
        says(&refused, &["send the same request again with the same id"]);
        // A fresh connection may find a little room in the log of SQLite; without any it says what to do.
        if let Err(away) = store.record(answers[0].clone()) {
            says(&away, &["the disk is full", "send the same request again with the same id"]);
        }
    }
    Small::grow(ground.folder(), "64m");
    // With room the same process goes on by itself, within a second.
    std::thread::sleep(Duration::from_millis(1_100));
    assert!(store.writable().is_ok());
    for (number, receipt) in &acknowledged {
        assert_eq!(store.record(answers[*number].clone()).unwrap(), *receipt);
    }
    let before = store.head().unwrap().0;
    let first = acknowledged[0].1.entry;
    for answer in &answers {
        store.record(answer.clone()).unwrap();
    }
    assert!(before - first <= acknowledged.len() as u64 + 1);
    assert_eq!(check(&store), first + answers.len() as u64, "each answer once");
}

/// A small file system in memory, mounted on a folder; unmounted at the end.
struct Small(std::path::PathBuf);

impl Small {
    /// Only root may.
    fn mount(folder: &Path, size: &str) -> Option<Self> {
        let mut mount = Command::new("mount");
        let mount = mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "none"]).arg(folder);
        let mounted = mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        if !mounted {
            eprintln!("skipped: only root can mount a small file system to fill");
            return None;
        }
        Some(Self(folder.to_owned()))
    }

    fn grow(folder: &Path, size: &str) {
        let mut mount = Command::new("mount");
        let mount = mount.args(["-o", &format!("remount,size={size}")]).arg(folder);
        assert!(mount.status().unwrap().success());
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn a_second_process_is_told_which_one_has_the_store() {
    let ground = Folder::new();
    drop(ready(&ground, 1));
    let mut other = worker("a_process_that_has_the_store", &ground, Stdio::piped());
    wait_for(&mut other, "open");
    let fault = Sqlite::open(&ground.database()).unwrap_err();
    let words = format!("process {} has {}", other.id(), ground.database().display());
    says(&fault, &["another process uses the database: stop it first", &words]);
    drop(other.stdin.take());
    other.wait().unwrap();
    let store = open(&ground);

    // The other way round: this process has it, and the other one is told.
    let mut other = worker("a_process_that_has_the_store", &ground, Stdio::null());
    let mut words = String::new();
    other.stdout.take().unwrap().read_to_string(&mut words).unwrap();
    other.wait().unwrap();
    assert!(words.contains(&format!("process {} has", std::process::id())), "{words}");
    drop(store);
}

/// Does nothing unless the test above started it.
#[test]
fn a_process_that_has_the_store() {
    let Some(path) = kills::told_folder() else { return };
    match try_open(&Folder::of(path)) {
        Ok(_store) => {
            println!("open");
            let _ = std::io::stdin().read(&mut [0]);
        }
        Err(error) => println!("{}", said(&error)),
    }
}

fn worker(test: &str, ground: &Folder, stdin: Stdio) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(kills::FOLDER, ground.folder());
    command.stdin(stdin).stdout(Stdio::piped()).spawn().unwrap()
}

fn wait_for(child: &mut Child, line: &str) {
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|it| it == line), "it never said `{line}`");
}

#[test]
fn a_restored_old_backup_is_refused_with_both_sizes() {
    let ground = Folder::new();
    let (store, answers) = ready(&ground, 3);
    let backup = ground.folder().join("backup");
    store.backup(&backup).unwrap();
    let size = store.head().unwrap().0;
    for answer in answers {
        store.record(answer).unwrap();
    }
    drop(store);
    restore(&ground, &backup);
    let words = format!("the log has {size} entries, but {} were seen before", size + 3);
    let behind = try_open(&ground).unwrap_err();
    says(&behind, &[&words, "restore a newer one, or fetch the missing entries from a mirror"]);
}

#[test]
fn a_copy_that_went_its_own_way_is_refused() {
    let ground = Folder::new();
    let (store, answers) = ready(&ground, 3);
    let backup = ground.folder().join("backup");
    store.backup(&backup).unwrap();
    store.record(answers[0].clone()).unwrap();
    drop(store);
    let anchor = ground.folder().join("anchor");
    let ours = std::fs::read(&anchor).unwrap();
    restore(&ground, &backup);
    std::fs::remove_file(&anchor).unwrap();
    let store = open(&ground);
    store.record(answers[1].clone()).unwrap();
    store.record(answers[2].clone()).unwrap();
    drop(store);
    std::fs::write(&anchor, ours).unwrap();
    let forked = try_open(&ground).unwrap_err();
    assert!(matches!(forked, Error::Forked { .. }));
    says(&forked, &["this database is not the node's; restore the right one"]);
}

fn restore(ground: &Folder, backup: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let mut path = ground.database().into_os_string();
        path.push(ending);
        let _ = std::fs::remove_file(path);
    }
    std::fs::copy(backup, ground.database()).unwrap();
}

#[test]
fn an_anchor_that_somebody_changed_is_not_trusted() {
    let ground = Folder::new();
    drop(ready(&ground, 1));
    let anchor = ground.folder().join("anchor");
    let text = std::fs::read_to_string(&anchor).unwrap();
    let lines: Vec<_> = text.lines().collect();
    let shorter = text.replacen(&format!("\n{}\n", lines[1]), "\n1\n", 1);
    std::fs::write(&anchor, shorter).unwrap();
    let words = "have an officer confirm the size of the log and remove it";
    says(&try_open(&ground).unwrap_err(), &["cannot be used: restore it", words]);
}

#[test]
fn a_missing_key_file_says_that_nothing_can_be_read_without_it() {
    let ground = Folder::new();
    let missing = NodeSecrets::open(&ground.folder().join("node.key")).unwrap_err();
    says(&missing, &["is not there: restore it from where you keep its copy"]);
}

#[test]
fn a_key_file_that_others_can_read_is_refused_with_the_command_that_mends_it() {
    let ground = Folder::new();
    let path = ground.folder().join("node.key");
    NodeSecrets::create(&path, "coord.example.kr/log".parse().unwrap(), &mut System).unwrap();
    assert!(NodeSecrets::open(&path).is_ok());
    for mode in [0o640, 0o604, 0o644, 0o620, 0o601] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let words = format!("run `chmod 600 {}`", path.display());
        says(&NodeSecrets::open(&path).unwrap_err(), &[&format!("has mode {mode:o}"), &words]);
    }
}

#[test]
fn a_key_file_is_never_made_over_another() {
    let ground = Folder::new();
    let path = ground.folder().join("node.key");
    let name = || "coord.example.kr/log".parse().unwrap();
    NodeSecrets::create(&path, name(), &mut System).unwrap();
    let before = std::fs::read(&path).unwrap();
    let there = NodeSecrets::create(&path, name(), &mut System).unwrap_err();
    says(&there, &["is there already: a new one would make its database unreadable"]);
    assert_eq!(std::fs::read(&path).unwrap(), before);
    std::fs::write(&path, &before[..before.len() / 2]).unwrap();
    says(&NodeSecrets::open(&path).unwrap_err(), &["cannot be understood: restore it"]);
}

#[test]
fn another_key_file_is_refused_and_the_right_one_still_works() {
    let ground = Folder::new();
    drop(ready(&ground, 1));
    let key = |name: &str| NodeKey::from_seed(name.parse().unwrap(), [9; 32]);
    let open_with = |secrets| {
        Store::open(ground.engine().unwrap(), secrets, &options(&ground), Box::new(System))
    };
    let other = open_with(NodeSecrets::new([8; 32], key("coord.example.kr/log"))).unwrap_err();
    says(&other, &["belongs to another key file: give the one it was made with"]);
    let other = open_with(NodeSecrets::new([7; 32], key("lead.example.kr/log"))).unwrap_err();
    says(&other, &["is the log of `coord.example.kr/log`: give that node's key file"]);
    assert!(open_with(secrets()).is_ok());
}

/// Between two answers of one writer the kernel was asked to put the log of SQLite on the disk, and had said yes.
#[test]
fn the_kernel_has_synced_before_anybody_is_answered() {
    const ANSWERS: usize = 40;
    let there = Command::new("strace").arg("--version").stdout(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        eprintln!("skipped: strace is not installed");
        return;
    }
    let ground = Folder::new();
    kills::prepare(&ground);
    std::fs::write(ground.folder().join("from"), "0").unwrap();
    let trace = ground.folder().join("trace");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-y", "-s", "64", "-e", "trace=fsync,fdatasync,write", "-o"]).arg(&trace);
    strace.arg(std::env::current_exe().unwrap());
    strace.args(["--exact", "the_worker_that_is_traced", "--nocapture"]);
    strace.env(kills::FOLDER, ground.folder()).stdout(Stdio::piped());
    let mut child = strace.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let receipts = lines.map_while(Result::ok).filter(|line| line.starts_with("receipt "));
    assert_eq!(receipts.take(ANSWERS).count(), ANSWERS);
    // The pipe is closed now, so the worker stops by itself.
    child.wait().unwrap();
    let (mut synced, mut answers) = (false, 0);
    for line in std::fs::read_to_string(&trace).unwrap().lines() {
        if line.contains("sync") && line.contains("node.db-wal") && !line.contains("unfinished") {
            synced = line.ends_with("= 0");
        } else if line.contains("sync resumed") {
            synced |= line.ends_with("= 0");
        } else if line.contains("\"receipt ") {
            assert!(synced, "answer {answers} came before the disk had it: {line}");
            (synced, answers) = (false, answers + 1);
        }
    }
    assert!(answers >= ANSWERS, "{answers} answers in the trace");
}

/// Does nothing unless the test above started it.
#[test]
fn the_worker_that_is_traced() {
    if let Some(path) = kills::told_folder() {
        kills::work(&Folder::of(path));
    }
}
