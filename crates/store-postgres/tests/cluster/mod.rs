//! A private PostgreSQL server in a temporary folder, for tests.
//!
//! It listens on a socket in its folder and nowhere else, and it flushes as a real one does. A shell waits beside it
//! for the end of the test process: however that ends, the server is stopped and the folder removed.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod rows;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use bongsu_store::port::Engine;
use bongsu_store_postgres::{Postgres, PowerLoss};
use postgres::{Client, NoTls};

/// A server that belongs to this test process.
#[derive(Debug)]
pub(crate) struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    /// Its standard input is a pipe of ours; when we are gone it reads the end.
    _undertaker: Child,
}

/// The one server of this test binary.
///
/// `None` where PostgreSQL is not installed, which is said once; in CI that is a failure.
pub(crate) fn shared() -> Option<&'static Cluster> {
    static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
    SHARED.get_or_init(Cluster::start).as_ref()
}

impl Cluster {
    /// Makes and starts a server.
    pub(crate) fn start() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let Some(programs) = programs() else {
            assert_ne!(env::var("CI").as_deref(), Ok("true"), "PostgreSQL is not installed");
            eprintln!("skipped: PostgreSQL (Debian package `postgresql`) is not installed");
            return None;
        };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("bongsu-postgres-{}-{number}", std::process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir(&folder).expect("a folder for the server");
        hand_over(&folder);
        let undertaker = undertaker(&programs, &folder);
        let cluster = Self { folder, programs, _undertaker: undertaker };
        let data = cluster.data();
        let words =
            ["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C", "--data-checksums"];
        let mut initdb = as_its_user(&cluster.programs.join("initdb"), &cluster.folder);
        succeed(initdb.args(words).arg("--username=postgres").arg("-D").arg(&data));
        fs::write(data.join("postgresql.auto.conf"), cluster.settings()).expect("settings");
        cluster.run();
        cluster.admin("postgres").batch_execute("CREATE ROLE bongsu LOGIN").expect("a plain role");
        Some(cluster)
    }

    /// An empty database that a plain role owns; returns the URL.
    pub(crate) fn database(&self) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let create = format!("CREATE DATABASE {name} OWNER bongsu");
        self.admin("postgres").batch_execute(&create).expect("a database");
        self.url("bongsu", &name)
    }

    /// An empty schema in the database of another URL; returns the URL of that.
    pub(crate) fn schema(&self, url: &str) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let schema = format!("plot_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let (_, name) = url.rsplit_once('=').expect("a URL of ours ends with the name");
        let create = format!("CREATE SCHEMA {schema} AUTHORIZATION bongsu");
        self.admin(name).batch_execute(&create).expect("a schema");
        format!("options='-c search_path={schema}' {}", self.url("bongsu", name))
    }

    /// An engine on an empty database with all tables, and the URL of that.
    pub(crate) fn engine(&self) -> (Postgres, String) {
        let url = self.database();
        let mut engine = open(&url);
        engine.migrate().expect("tables");
        (engine, url)
    }

    /// A connection that may do anything.
    pub(crate) fn admin(&self, database: &str) -> Client {
        let url = self.url("postgres", database);
        Client::connect(&url, NoTls).expect("a connection for the administrator")
    }

    /// The URL of a database for a role.
    pub(crate) fn url(&self, role: &str, database: &str) -> String {
        format!("host={} user={role} dbname={database}", self.folder.display())
    }

    /// Starts the server and waits until it answers.
    pub(crate) fn run(&self) {
        let until = Instant::now() + Duration::from_mins(1);
        let log = self.folder.join("log");
        loop {
            // What a killed server left of its processes may still hold its memory for a moment.
            let mut start = as_its_user(&self.programs.join("pg_ctl"), &self.folder);
            start.args(["start", "--wait", "--timeout=60", "--silent", "-D"]).arg(self.data());
            if quiet(start.arg("-l").arg(&log)) {
                return;
            }
            let said = || fs::read_to_string(&log).unwrap_or_default();
            assert!(Instant::now() < until, "the server does not start:\n{}", said());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Listens on a loopback address too, with a certificate and its key as PEM; returns the words of a URL that name
    /// address, role and database. The server starts anew.
    pub(crate) fn listen(&self, address: IpAddr, certificate: &str, key: &str) -> String {
        for (name, text) in [("server.crt", certificate), ("server.key", key)] {
            let path = self.data().join(name);
            fs::write(&path, text).expect("a file of the server");
            succeed(Command::new("chmod").arg("600").arg(&path));
            hand_over(&path);
        }
        let settings = format!("{}listen_addresses = '{address}'\nssl = on\n", self.settings());
        fs::write(self.data().join("postgresql.auto.conf"), settings).expect("settings");
        self.kill();
        self.run();
        format!("hostaddr={address} user=bongsu dbname=postgres")
    }

    /// Kills the server and all its processes with signal 9, as a crash of the machine's memory would.
    pub(crate) fn kill(&self) {
        let pid = fs::read_to_string(self.data().join("postmaster.pid")).expect("it runs");
        let pid = pid.lines().next().expect("a process number").to_owned();
        let children = format!("/proc/{pid}/task/{pid}/children");
        let children = fs::read_to_string(children).unwrap_or_default();
        let mut kill = Command::new("kill");
        quiet(kill.arg("-9").arg(pid).args(children.split_whitespace()));
    }

    /// Every byte that the server has on the disk of a database, and its whole write-ahead log.
    pub(crate) fn bytes(&self, url: &str) -> Vec<u8> {
        let (_, name) = url.rsplit_once('=').expect("a URL of ours ends with the name");
        let mut admin = self.admin("postgres");
        admin.batch_execute("CHECKPOINT").expect("everything is written");
        let oid = "SELECT oid::text FROM pg_database WHERE datname = $1";
        let oid: String = admin.query_one(oid, &[&name]).expect("it is there").get(0);
        let folders = [self.data().join("base").join(oid), self.data().join("pg_wal")];
        let files = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("a folder"));
        let files = files.map(|file| file.expect("a file").path());
        // The server may remove one meanwhile.
        files.filter_map(|file| fs::read(file).ok()).flatten().collect()
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn settings(&self) -> String {
        format!(
            "listen_addresses = ''\nunix_socket_directories = '{}'\nfsync = on\nmax_connections = 60\n\
             shared_buffers = 64MB\nlogging_collector = off\n",
            self.folder.display()
        )
    }
}

/// Opens a database of a test.
pub(crate) fn open(url: &str) -> Postgres {
    Postgres::open(url, PowerLoss::Survived).expect("the database opens")
}

/// The newest installed server: what `BONGSU_POSTGRES` names, else where Debian puts it.
fn programs() -> Option<PathBuf> {
    if let Some(named) = env::var_os("BONGSU_POSTGRES") {
        return Some(named.into());
    }
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let versions = versions.filter_map(|entry| Some(entry.ok()?.path()));
    let newest = versions.filter(|path| version(path) >= Some(15)).max_by_key(version)?;
    Some(newest.join("bin")).filter(|folder| folder.join("postgres").exists())
}

/// The server refuses to run as root; then it runs as the user that its package made.
fn as_its_user(program: &Path, folder: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(folder);
    command
}

fn hand_over(folder: &Path) {
    if is_root() {
        succeed(Command::new("chown").arg("postgres:postgres").arg(folder));
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    id.stdout.trim_ascii() == b"0"
}

/// Waits for the end of this process, then stops the server and removes its folder.
fn undertaker(programs: &Path, folder: &Path) -> Child {
    const WAITS: &str = r#"
        trap '' INT TERM HUP
        while read -r _; do :; done
        "$0" stop --mode=immediate --silent --wait --timeout=30 -D data
        cd / && sleep 0.1 && rm -rf "$1""#;
    let mut shell = as_its_user(Path::new("/bin/sh"), folder);
    shell.arg("-c").arg(WAITS).arg(programs.join("pg_ctl")).arg(folder);
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    shell.spawn().expect("a shell waits")
}

fn succeed(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}

/// Runs with no pipe of ours: a server that is started this way would hold it open.
fn quiet(command: &mut Command) -> bool {
    let silent = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    silent.status().is_ok_and(|status| status.success())
}
