//! A node that runs: it starts, says how it is, stops in order, is killed and loses nothing, and the demonstration leaves
//! nothing behind.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("bongsu-{name}-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn home(&self) -> PathBuf {
        self.0.join("node")
    }

    fn bongsu(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bongsu"));
        command.args(words).arg("--home").arg(self.home()).output().unwrap()
    }

    fn done(&self, words: &[&str]) -> String {
        let output = self.bongsu(words);
        let said = String::from_utf8_lossy(&output.stderr);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{words:?}: {said}{text}");
        text.into_owned()
    }

    fn refused(&self, words: &[&str]) -> String {
        let output = self.bongsu(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn create(&self) {
        self.done(&["node", "create", "--station", "COORD_PRIV", "--name", "coord.example/record"]);
        fs::write(
            self.home().join("bongsu.toml"),
            "feeds = []\n[listen]\noperator = \"\"\n[limits]\nfree_mib = 1\n",
        )
        .unwrap();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A node that serves, and where.
struct Running {
    child: Child,
    address: String,
}

impl Running {
    fn start(home: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bongsu"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--home"]).arg(home);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = lines
            .by_ref()
            .map(Result::unwrap)
            .find(|line| line.contains("the node answers"))
            .expect("it says where it answers");
        let (_, rest) = line.split_once("127.0.0.1:").unwrap();
        let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
        // Whoever does not read what it says would stop it.
        thread::spawn(move || lines.for_each(drop));
        Self { child, address: format!("127.0.0.1:{port}") }
    }

    fn ask(&self, path: &str) -> String {
        let mut line = TcpStream::connect(&self.address).unwrap();
        write!(line, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        line.read_to_string(&mut answer).unwrap();
        answer
    }

    fn tell(&mut self, signal: &str) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_node_is_made_served_and_stopped_in_order() {
    let place = Place::new("serve");
    place.create();
    let mut running = Running::start(&place.home());
    assert!(running.ask("/health/ready").starts_with("HTTP/1.1 200"));
    assert!(running.ask("/api/v1/me").starts_with("HTTP/1.1 401"));
    assert!(running.ask("/nothing").starts_with("HTTP/1.1 404"));
    let address = running.address.clone();
    let health = ["serve", "--health", "--listen", &address];
    assert_eq!(place.done(&health), "ready\n");
    let second = place.refused(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(second.contains("another process uses the database"), "{second}");
    assert_eq!(running.tell("-TERM"), Some(0), "stopped as asked");
    assert!(TcpStream::connect(&address).is_err(), "the port is free");
    assert!(!place.bongsu(&health).status.success(), "nobody answers any more");
}

#[test]
fn the_first_director_is_let_in_once_and_again_only_by_whoever_holds_the_keys() {
    let place = Place::new("admin");
    place.create();
    let first = place.done(&["node", "admin"]);
    let code = |said: &str| {
        let mut words = said.split_whitespace().filter(|word| word.len() == 26);
        words.next().expect("a code").to_owned()
    };
    let again = place.refused(&["node", "admin"]);
    assert!(again.contains("--recover"), "{again}");
    let recovered = place.done(&["node", "admin", "--recover"]);
    assert_ne!(code(&first), code(&recovered));
    // The code is nowhere in the clear.
    let bytes = fs::read(place.home().join("store.db")).unwrap();
    assert!(!bytes.windows(26).any(|window| window == code(&first).as_bytes()));
}

#[test]
fn institutions_and_officers_come_from_files_whole_or_not_at_all() {
    let place = Place::new("enrol");
    place.create();
    let institutions = place.0.join("institutions.csv");
    let text = "name_ko,name_en,ownership,competent,relay,size,province,marks\n\
                가온전력,Gaon Power,private,SECTOR_ENERGY,,large,1,major critical\n\
                한빛공업,Hanbit Works,private,SECTOR_SME,RELAY_SME_01,small,2,\n";
    fs::write(&institutions, text).unwrap();
    let path = institutions.to_str().unwrap();
    let said = place.done(&["node", "enrol", "--institutions", path]);
    let id = said.lines().next().unwrap().split_whitespace().nth(1).unwrap().to_owned();
    let officers = place.0.join("officers.csv");
    fs::write(
        &officers,
        format!("seat,post,title\n{id},ciso,CISO-1\nCOORD_PRIV,analyst,ANALYST-1\n"),
    )
    .unwrap();
    let path = officers.to_str().unwrap();
    let said = place.done(&["node", "enrol", "--officers", path, "--invite"]);
    assert_eq!(said.lines().filter(|line| line.starts_with("appointed")).count(), 2, "{said}");
    fs::write(&officers, "seat,post,title\nCOORD_PRIV,analyst,ANALYST-2\nnowhere,analyst,X\n")
        .unwrap();
    let wrong = place.refused(&["node", "enrol", "--officers", path]);
    assert!(wrong.contains("line 3"), "{wrong}");
    let listed = place.done(&["officer", "list", "COORD_PRIV"]);
    assert!(listed.contains("ANALYST-1") && !listed.contains("ANALYST-2"), "{listed}");
}

#[test]
fn a_file_that_is_enrolled_twice_is_enrolled_once() {
    let place = Place::new("twice");
    place.create();
    let institutions = place.0.join("institutions.csv");
    let heading = "registration,name_ko,name_en,ownership,size,province";
    let rows =
        "110-81,가온전력,Gaon Power,private,large,1\n,한빛공업,Hanbit Works,private,small,2\n";
    fs::write(&institutions, format!("{heading}\n{rows}")).unwrap();
    let path = institutions.to_str().unwrap();
    let first = place.done(&["node", "enrol", "--institutions", path]);
    assert_eq!(place.done(&["node", "enrol", "--institutions", path]), first);
    let renamed = rows.replace("Gaon Power", "Gaon Electric").replace(",2", ",3");
    fs::write(&institutions, format!("{heading}\n{renamed}")).unwrap();
    let ids = |said: &str| -> Vec<String> {
        said.lines().map(|line| line.split_whitespace().nth(1).unwrap().to_owned()).collect()
    };
    let again = place.done(&["node", "enrol", "--institutions", path]);
    assert_eq!(ids(&again), ids(&first), "the number names it, or the names do");
    fs::write(&institutions, format!("{heading}\n{rows}{rows}")).unwrap();
    let wrong = place.refused(&["node", "enrol", "--institutions", path]);
    assert!(wrong.contains("stands twice") && wrong.contains("line 4"), "{wrong}");

    let officers = place.0.join("officers.csv");
    let row = format!("{},ciso,CISO-1\n", ids(&first)[0]);
    fs::write(&officers, format!("seat,post,title\n{row}{row}COORD_PRIV,analyst,ANALYST-1\n"))
        .unwrap();
    let path = officers.to_str().unwrap();
    assert_eq!(place.done(&["node", "enrol", "--officers", path]).lines().count(), 2);
    assert_eq!(place.done(&["node", "enrol", "--officers", path]), "", "they hold their posts");
}

#[test]
fn a_store_that_was_lost_is_not_made_again_and_a_backup_says_where_it_cannot_go() {
    let place = Place::new("lost");
    place.create();
    let nowhere = place.0.join("nowhere/node.db");
    let said = place.refused(&["store", "backup", "--to", nowhere.to_str().unwrap()]);
    assert!(said.contains("mkdir -p") && said.contains("nowhere"), "{said}");
    let backup = place.0.join("backup.db");
    place.done(&["store", "backup", "--to", backup.to_str().unwrap()]);
    for ending in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(place.home().join(format!("store.db{ending}")));
    }
    let said = String::from_utf8(place.bongsu(&["serve", "--check"]).stdout).unwrap();
    let line = said.lines().find(|line| line.starts_with("WRONG  database")).expect("it says so");
    assert!(line.contains("store restore --from"), "{line}");
    assert!(place.refused(&["serve"]).contains("is missing"));
    assert!(!place.home().join("store.db").exists(), "nothing was made in its place");
    place.done(&["store", "restore", "--from", backup.to_str().unwrap()]);
    assert!(place.done(&["ledger", "replay", "--check"]).contains("what the record says"));
}

#[test]
fn a_check_says_of_each_identity_provider_whether_people_could_sign_in() {
    let place = Place::new("provider");
    place.create();
    let secret = place.0.join("secret");
    let config = place.home().join("bongsu.toml");
    let text = format!(
        "feeds = []\n[limits]\nfree_mib = 1\n[signin]\norigins = [\"https://bongsu.example\"]\n[[signin.provider]]\n\
         name = \"ministry\"\nissuer = \"https://localhost:1\"\nclient_id = \"node\"\nsecret_file = \"{}\"\n",
        secret.display()
    );
    fs::write(&config, text).unwrap();
    let line = || {
        let said = place.bongsu(&["serve", "--check", "--listen", "127.0.0.1:0"]).stdout;
        let said = String::from_utf8(said).unwrap();
        said.lines().find(|line| line.contains("sign-in ministry")).expect("a line").to_owned()
    };
    assert!(line().starts_with("WRONG") && line().contains("cannot be read"), "{}", line());
    fs::write(&secret, "between-us\n").unwrap();
    assert!(line().starts_with("WRONG") && line().contains("does not answer"), "{}", line());
    assert!(!line().contains("between-us"));
}

#[test]
fn a_missing_key_is_not_made_again() {
    let place = Place::new("keyless");
    place.create();
    let key = place.0.join("node-keys/node.secret");
    fs::rename(&key, place.0.join("elsewhere")).unwrap();
    let said = place.refused(&["serve"]);
    assert!(said.contains("restore it from where you keep its copy"), "{said}");
    assert!(!key.exists());
    let checked = place.bongsu(&["serve", "--check"]);
    assert_eq!(checked.status.code(), Some(1));
    let said = String::from_utf8(checked.stdout).unwrap();
    assert!(said.lines().any(|line| line.starts_with("WRONG  keys")), "{said}");
}

#[test]
fn a_check_says_of_each_matter_whether_it_is_well() {
    let place = Place::new("check");
    place.create();
    let said = place.done(&["serve", "--check", "--listen", "127.0.0.1:0"]);
    assert!(said.lines().all(|line| line.starts_with("ok")), "{said}");
    let config = place.home().join("bongsu.toml");
    fs::write(
        &config,
        "feeds = []\n[mail]\nrelay = \"127.0.0.1\"\nport = 1\nfrom = \"a@b.example\"\n",
    )
    .unwrap();
    let said = String::from_utf8(place.bongsu(&["serve", "--check"]).stdout).unwrap();
    assert!(said.lines().any(|line| line.starts_with("WRONG  mail relay")), "{said}");
}

/// Starts again after a kill in the middle of its work: what it said it had is there, and the record is whole.
#[test]
fn a_node_that_is_killed_comes_back_with_everything() {
    let place = Place::new("killed");
    place.create();
    place.done(&["node", "admin"]);
    for _ in 0..3 {
        let mut running = Running::start(&place.home());
        assert!(running.ask("/health/ready").starts_with("HTTP/1.1 200"));
        running.tell("-KILL");
    }
    let said = place.done(&["ledger", "replay", "--check"]);
    assert!(said.contains("the store is what the record says"), "{said}");
}

#[test]
fn the_demonstration_tells_its_whole_story_and_leaves_nothing_behind() {
    let started = Instant::now();
    let temp = Place::new("demo");
    let mut command = Command::new(env!("CARGO_BIN_EXE_bongsu"));
    command.args(["demo", "--no-wait", "--port", "0"]).env("TMPDIR", &temp.0);
    let output = command.output().unwrap();
    let (said, error) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{error}");
    assert!(said.contains("false closures found") && said.contains("entries as signed"), "{said}");
    assert!(said.lines().count() <= 60, "{said}");
    assert_eq!(fs::read_dir(&temp.0).unwrap().count(), 0, "the folder is empty again");
    assert!(started.elapsed() < Duration::from_mins(5), "it does not hang");
}

#[test]
fn the_demonstration_stops_at_once_when_it_is_told_to() {
    let temp = Place::new("demo-stop");
    let mut command = Command::new(env!("CARGO_BIN_EXE_bongsu"));
    command.args(["demo", "--port", "0"]).env("TMPDIR", &temp.0).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.by_ref().map(Result::unwrap).any(|line| line.contains("the server answers")));
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(fs::read_dir(&temp.0).unwrap().count(), 0, "the folder is empty again");
}
