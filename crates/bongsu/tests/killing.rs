//! Kill -9 of a node that serves, under load: clients that ask again with the same key lose nothing and double nothing.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{fs, thread};

use bongsu_authority::{Domain, Post};
use bongsu_nation::{Gaon, Holding, Profile};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Kills in this test; `BONGSU_KILLS` asks for more.
const KILLS: u32 = 10;

/// Clients that answer at once.
const CLIENTS: usize = 6;

fn bongsu(home: &Path, words: &[&str]) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bongsu"));
    command.args(words).args(["--quiet", "--format", "json", "--home"]).arg(home);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {said}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// One act that asks everybody; gives its id.
fn campaign(home: &Path) -> String {
    let cve = "CVE-2021-44228";
    bongsu(home, &["case", "open", cve, "--as", "COORD_PRIV-ANALYST-01"]);
    let words = ["campaign", "draft", cve, "--issuer", "LEAD_PRIV", "--ask-unknown"];
    let text =
        ["--title-ko", "조치", "--title-en", "Act", "--todo-ko", "올림", "--todo-en", "Update"];
    let drafted = bongsu(home, &[&words[..], &text, &["--as", "LEAD_PRIV-ANALYST-01"]].concat());
    let act = drafted[0]["id"].as_str().unwrap().to_owned();
    bongsu(home, &["campaign", "review", &act, "--as", "LEAD_PRIV-APPROVER-01"]);
    bongsu(home, &["campaign", "sign", &act, "--as", "LEAD_PRIV-DIRECTOR-01"]);
    act
}

/// Institutions that are asked, each with its officer's title.
fn cast() -> Vec<(String, String)> {
    let gaon = Gaon::at(Profile::Demo, 1, Timestamp::now());
    let mut cast = Vec::new();
    for (place, institution) in gaon.institutions().iter().enumerate() {
        let asked =
            institution.domain() == Domain::Private && gaon.holding(place) == Holding::Absent;
        let held = |held: &&bongsu_authority::Appointment| {
            held.post == Post::Ciso && held.deputy_of.is_none() && held.holds_at(gaon.today())
        };
        if let (true, Some(ciso)) = (asked, gaon.officers_of(place).iter().find(held)) {
            cast.push((institution.id.to_string(), ciso.title.clone()));
        }
    }
    cast.truncate(CLIENTS);
    assert_eq!(cast.len(), CLIENTS);
    cast
}

fn serve(home: &Path) -> (Child, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bongsu"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--home"]).arg(home);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let answers = |line: &String| line.contains("the node answers");
    let line = lines.by_ref().map(Result::unwrap).find(answers).expect("it says where it answers");
    let (_, rest) = line.split_once("127.0.0.1:").unwrap();
    let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
    thread::spawn(move || lines.for_each(drop));
    (child, format!("127.0.0.1:{port}"))
}

/// One request; nothing where the line was cut or nobody answered.
fn post(address: &str, path: &str, headers: &str, body: &Value) -> Option<(u16, Value)> {
    let body = body.to_string();
    let mut line = TcpStream::connect(address).ok()?;
    line.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    write!(
        line,
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .ok()?;
    let mut answer = String::new();
    line.read_to_string(&mut answer).ok()?;
    let (head, said) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(said).ok()?))
}

/// A client with a program's secret: asks until it is answered, always with the same key.
struct Client<'a> {
    address: &'a Mutex<String>,
    program: Value,
    token: String,
}

impl Client<'_> {
    fn sure(&mut self, path: &str, key: &str, body: &Value) -> Value {
        for _ in 0..600 {
            let address = self.address.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let headers =
                format!("authorization: Bearer {}\r\nidempotency-key: {key}\r\n", self.token);
            match post(&address, path, &headers, body) {
                Some((200 | 201, said)) => return said,
                Some((401, _)) => {
                    if let Some((201, said)) = post(&address, "/api/v1/tokens", "", &self.program) {
                        said["token"].as_str().unwrap().clone_into(&mut self.token);
                    }
                }
                Some((429 | 503, _)) | None => {}
                Some((status, said)) => panic!("{status}: {said}"),
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("nobody answered for half a minute");
    }
}

#[test]
fn no_answer_is_lost_or_doubled_when_the_node_is_killed_under_load() {
    let folder = std::env::temp_dir().join(format!("bongsu-killing-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let home = folder.join("node");
    bongsu(&home, &["nation", "generate"]);
    let act = campaign(&home);
    fs::write(home.join("bongsu.toml"), "feeds = []\n[listen]\noperator = \"\"\n").unwrap();
    let programs: Vec<Value> = cast()
        .iter()
        .map(|(_, title)| bongsu(&home, &["node", "program", "--as", title]).remove(0))
        .collect();
    let kills = std::env::var("BONGSU_KILLS").map_or(KILLS, |text| text.parse().unwrap());

    let (mut child, address) = serve(&home);
    let (address, over) = (Mutex::new(address), AtomicBool::new(false));
    let heard: Vec<(u64, u64)> = thread::scope(|scope| {
        let clients = cast().into_iter().zip(programs).map(|((institution, _), program)| {
            let path = format!("/api/v1/obligations/{act}/{institution}/answers");
            let mut client = Client { address: &address, program, token: String::new() };
            let (over, institution) = (&over, institution);
            scope.spawn(move || {
                let first = [json!({ "answer": "acknowledge" }), json!({ "answer": "affected" })];
                let plan = |number: i64| {
                    let until = Timestamp::now() + SignedDuration::from_mins(60 + number);
                    json!({ "answer": "plan", "until": until.to_string() })
                };
                let mut heard = Vec::new();
                for number in 0.. {
                    if over.load(Ordering::Relaxed) {
                        break;
                    }
                    let body = first.get(number).cloned();
                    let body = body.unwrap_or_else(|| plan(i64::try_from(number).unwrap()));
                    let said = client.sure(&path, &format!("{institution}-{number}"), &body);
                    let (entry, entries) = (said["entry"].as_u64(), said["entries"].as_u64());
                    heard.push((entry.unwrap(), entries.unwrap()));
                }
                heard
            })
        });
        let clients: Vec<_> = clients.collect();
        for kill in 0..kills {
            thread::sleep(Duration::from_millis(150 + u64::from(kill * 37 % 11) * 40));
            child.kill().unwrap();
            child.wait().unwrap();
            let started = serve(&home);
            child = started.0;
            *address.lock().unwrap_or_else(PoisonError::into_inner) = started.1;
        }
        thread::sleep(Duration::from_millis(300));
        over.store(true, Ordering::Relaxed);
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    child.kill().unwrap();
    child.wait().unwrap();

    let places: BTreeSet<u64> = heard.iter().map(|(entry, _)| *entry).collect();
    assert_eq!(places.len(), heard.len(), "each receipt names an entry of its own");
    assert!(heard.iter().all(|(_, entries)| *entries == 1), "each answer is one entry");
    let status = bongsu(&home, &["ledger", "status"]);
    let entries = status[0]["entries"].as_u64().unwrap();
    assert!(places.iter().all(|entry| *entry < entries), "nothing that was acknowledged is lost");
    let replayed = bongsu(&home, &["ledger", "replay", "--check"]);
    assert_eq!(replayed[0]["difference"], Value::Null);
    eprintln!("{kills} kills, {} answers, each once", heard.len());
    fs::remove_dir_all(&folder).unwrap();
}
