//! The commands as a person or a script types them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A folder of a test's own, gone at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn bongsu(words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bongsu"));
    command.args(words).stdin(Stdio::null()).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn complaint(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    text(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const ADVISORIES: &str = r#"{"id":"TEST-2026-1","aliases":["CVE-2026-1001"],"modified":"2026-01-01T00:00:00Z","summary":"left pads too far","affected":[{"package":{"ecosystem":"npm","name":"left"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"}]}]}],"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]}
{"id":"TEST-2026-2","modified":"2026-01-01T00:00:00Z","withdrawn":"2026-02-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"left"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]}
"#;

const KEV: &str = r#"{"title":"catalogue","catalogVersion":"1","dateReleased":"2026-01-02T00:00:00Z","count":1,"vulnerabilities":[{"cveID":"CVE-2026-1001","vendorProject":"Left","product":"left","vulnerabilityName":"Left pads","dateAdded":"2026-01-02","shortDescription":"pads","requiredAction":"update","dueDate":"2026-01-05","knownRansomwareCampaignUse":"Unknown","notes":""}]}"#;

fn bom(version: &str) -> String {
    format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,"components":[{{"type":"library","bom-ref":"a","name":"left","version":"{version}","purl":"pkg:npm/left@{version}"}}]}}"#
    )
}

#[test]
fn a_finding_is_one_json_object_a_line_with_its_reason() {
    let folder = Folder::new("match");
    folder.write("osv.jsonl", ADVISORIES);
    folder.write("kev.json", KEV);
    folder.write("bom.json", &bom("1.1.9"));
    let (osv, kev, bom) =
        (folder.path("osv.jsonl"), folder.path("kev.json"), folder.path("bom.json"));
    let output = bongsu(&["match", "-a", &osv, &kev, "-i", &bom, "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output));
    let found = lines(&output);
    let affected = found.iter().find(|line| line["answer"] == "affected").unwrap();
    assert_eq!(affected["vulnerability"], "CVE-2026-1001");
    assert_eq!(affected["aliases"], serde_json::json!(["TEST-2026-1"]));
    assert_eq!(affected["component"], "left");
    assert_eq!(affected["version"], "1.1.9");
    assert_eq!(affected["fixed"], serde_json::json!(["1.2.0"]));
    assert_eq!(affected["kev"], true);
    assert_eq!(affected["severity"], "critical");
    assert!(affected["reason"].as_str().unwrap().contains("< 1.2.0"), "{affected}");
    let withdrawn = found.iter().find(|line| line["vulnerability"] == "TEST-2026-2").unwrap();
    assert_eq!(withdrawn["answer"], "not_affected");
}

#[test]
fn fail_on_sets_the_exit_code_and_nothing_else_does() {
    let folder = Folder::new("fail-on");
    folder.write("osv.jsonl", ADVISORIES);
    folder.write("old.json", &bom("1.1.9"));
    folder.write("new.json", &bom("1.2.0"));
    let osv = folder.path("osv.jsonl");
    let code = |bom: &str, more: &[&str]| {
        let bom = folder.path(bom);
        let words = ["match", "-a", &osv, "-i", &bom].into_iter().chain(more.iter().copied());
        bongsu(&words.collect::<Vec<_>>()).status.code()
    };
    assert_eq!(code("old.json", &[]), Some(0));
    assert_eq!(code("old.json", &["--fail-on", "affected"]), Some(1));
    assert_eq!(code("old.json", &["--fail-on", "critical"]), Some(1));
    assert_eq!(code("old.json", &["--fail-on", "kev"]), Some(0), "not in a catalogue");
    assert_eq!(code("new.json", &["--fail-on", "affected"]), Some(0));
    assert_eq!(code("missing.json", &[]), Some(2));
}

#[test]
fn one_bad_document_is_set_aside_and_the_rest_goes_in() {
    let folder = Folder::new("aside");
    folder.write("osv.jsonl", &format!("{ADVISORIES}{{\"id\":\n"));
    folder.write("boms/good.json", &bom("1.0.0"));
    folder.write("boms/bad.json", "{\"bomFormat\":\"CycloneDX\",");
    let (osv, boms, aside) =
        (folder.path("osv.jsonl"), folder.path("boms"), folder.path("aside.jsonl"));
    let output = bongsu(&["match", "-a", &osv, "-i", &boms, "-f", "json", "--quarantine", &aside]);
    assert_eq!(output.status.code(), Some(0));
    assert!(lines(&output).iter().any(|line| line["answer"] == "affected"));
    let aside = fs::read_to_string(&aside).unwrap();
    assert_eq!(aside.lines().count(), 2, "{aside}");
    assert!(aside.contains("osv.jsonl") && aside.contains("bad.json"), "{aside}");
    assert!(complaint(&output).contains("2 set aside"), "{}", complaint(&output));
    let strict = bongsu(&["match", "-a", &osv, "-i", &boms, "--strict"]);
    assert_eq!(strict.status.code(), Some(2));
}

#[test]
fn every_report_is_a_document_other_tools_can_read() {
    let folder = Folder::new("reports");
    folder.write("osv.jsonl", ADVISORIES);
    folder.write("bom.json", &bom("1.1.9"));
    let (osv, bom) = (folder.path("osv.jsonl"), folder.path("bom.json"));
    let report = |format: &str| -> Value {
        let output = bongsu(&["match", "-a", &osv, "-i", &bom, "--format", format]);
        serde_json::from_slice(&output.stdout).unwrap()
    };
    assert_eq!(report("sarif")["runs"][0]["results"][0]["ruleId"], "CVE-2026-1001");
    let csaf = report("csaf-vex");
    assert_eq!(csaf["document"]["category"], "csaf_vex");
    assert_eq!(csaf["vulnerabilities"][0]["cve"], "CVE-2026-1001");
    let bom = report("cyclonedx-vex");
    assert_eq!(bom["vulnerabilities"][0]["analysis"]["state"], "exploitable");
    assert_eq!(bom["vulnerabilities"][0]["affects"][0]["ref"], bom["components"][0]["bom-ref"]);
}

#[test]
fn our_own_vex_comes_back_in_and_changes_the_answer() {
    let folder = Folder::new("vex");
    folder.write("osv.jsonl", ADVISORIES);
    folder.write("bom.json", &bom("1.1.9"));
    folder.write(
        "vex.json",
        r#"{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.org/vex/1","author":"Left","timestamp":"2026-03-01T00:00:00Z","version":1,"statements":[{"vulnerability":{"name":"CVE-2026-1001"},"products":[{"@id":"pkg:npm/left@1.1.9"}],"status":"not_affected","justification":"vulnerable_code_not_present"}]}"#,
    );
    let (osv, vex, bom) =
        (folder.path("osv.jsonl"), folder.path("vex.json"), folder.path("bom.json"));
    let output = bongsu(&["match", "-a", &osv, &vex, "-i", &bom, "-f", "json"]);
    let found = lines(&output);
    let stated = found.iter().find(|line| line["vulnerability"] == "CVE-2026-1001").unwrap();
    assert_eq!(stated["answer"], "not_affected", "{stated}");
    assert!(stated["reason"].as_str().unwrap().contains("vulnerable_code_not_present"));
}

#[test]
fn explain_tells_the_range_the_order_and_the_place() {
    let folder = Folder::new("explain");
    folder.write("osv.jsonl", ADVISORIES);
    let osv = folder.path("osv.jsonl");
    let output = bongsu(&["explain", "CVE-2026-1001", "pkg:npm/left@1.1.9", "-a", &osv]);
    let told = text(&output);
    for part in ["AFFECTED", "< 1.2.0", "npm order", "osv.jsonl:1", "/affected/0", "1.2.0"] {
        assert!(told.contains(part), "{part} is missing from:\n{told}");
    }
    let unknown = bongsu(&["explain", "CVE-2026-9999", "pkg:npm/left@1.1.9", "-a", &osv]);
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn who_has_answers_from_the_index_through_add_and_remove() {
    let folder = Folder::new("who-has");
    folder.write("osv.jsonl", ADVISORIES);
    folder.write("nation/harbour/gate.json", &bom("1.1.9"));
    folder.write("nation/harbour/desk.json", &bom("1.2.0"));
    folder.write("nation/school/board.json", &bom("1.0.0"));
    let (osv, nation, index) =
        (folder.path("osv.jsonl"), folder.path("nation"), folder.path("index"));
    let built = bongsu(&["index", "build", "--dir", &index, "-i", &nation]);
    assert_eq!(built.status.code(), Some(0), "{}", complaint(&built));
    let who =
        || lines(&bongsu(&["who-has", "CVE-2026-1001", "--dir", &index, "-a", &osv, "-f", "json"]));
    let found = who();
    assert_eq!(found[0]["affected"]["systems"], 2);
    assert_eq!(found[0]["affected"]["institutions"], 2);
    let named: Vec<_> =
        found[1..].iter().map(|line| line["institution"].as_str().unwrap()).collect();
    assert_eq!(named, ["harbour", "school"]);

    folder.write("nation/harbour/gate.json", &bom("1.3.0"));
    assert_eq!(bongsu(&["index", "add", "--dir", &index, "-i", &nation]).status.code(), Some(0));
    assert_eq!(who()[0]["affected"]["systems"], 1, "the newer inventory answers");

    assert_eq!(bongsu(&["index", "remove", "--dir", &index, "board.json"]).status.code(), Some(0));
    assert_eq!(who()[0]["affected"]["systems"], 0);
    assert_eq!(bongsu(&["index", "verify", "--dir", &index]).status.code(), Some(0));
    assert_eq!(bongsu(&["index", "build", "--dir", &index, "-i", &nation]).status.code(), Some(2));
}

#[test]
fn versions_are_compared_one_a_line() {
    let folder = Folder::new("versions");
    let pairs = folder.write("pairs.tsv", "1.0~rc1\t1.0\n1:1.0 2.0\n1.0\t1.0\n");
    let output = bongsu(&["versions", "compare", "deb", "--pairs", &pairs.display().to_string()]);
    assert_eq!(text(&output), "<\n>\n=\n");
    assert_eq!(text(&bongsu(&["versions", "compare", "generic", "1.0", "latest"])), "?\n");
    let holds =
        |range: &str, version: &str| text(&bongsu(&["versions", "contains", range, version]));
    assert_eq!(holds("vers:npm/>=1.0.0|<2.0.0", "1.5.0"), "yes\n");
    assert_eq!(holds("vers:npm/>=1.0.0|<2.0.0", "2.0.0"), "no\n");
    let unknown = bongsu(&["versions", "compare", "nonsense", "1", "2"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(complaint(&unknown).contains("deb"), "the orders are named: {}", complaint(&unknown));
}

#[test]
fn without_arguments_this_machine_is_looked_at() {
    let folder = Folder::new("machine");
    folder.write("requirements.txt", "django==2.2.24\n");
    let mut command = Command::new(env!("CARGO_BIN_EXE_bongsu"));
    let output = command.args(["match", "-f", "json"]).current_dir(&folder.0).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output));
    assert!(lines(&output).iter().any(|line| line["component"] == "django"), "{}", text(&output));
}

/// What a terminal would obey, hidden in every text an outsider writes.
const TRAP: &str = r"\u001b[2J\u009b31m\u202e\u007f";

#[test]
fn nothing_an_outsider_writes_is_obeyed_by_the_terminal() {
    let folder = Folder::new("trap");
    let advisory = ADVISORIES.replace("left pads too far", &format!("pads {TRAP}"));
    folder.write("a.osv.jsonl", &format!("{advisory}{{\"{TRAP}\":1}}\n"));
    let bill = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{{"component":{{"type":"application","name":"shop{TRAP}"}}}},"components":[{{"type":"library","name":"left{TRAP}","version":"1.0.0","purl":"pkg:npm/left@1.0.0"}},{{"type":"library","name":"x","version":"1{TRAP}","purl":"pkg:npm/left@1.0.0%1b%5b2J"}}]}}"#
    );
    folder.write("in/\u{1b}[2J\u{202e}.cdx.json", &bill);
    let (advisories, inventory) = (folder.path("a.osv.jsonl"), folder.path("in"));
    let index = folder.path("index");
    let inputs = ["--advisories", &advisories, "--inventory", &inventory];
    let commands: [&[&str]; 8] = [
        &["match", "--all"],
        &["match", "--all", "--format", "json"],
        &["match", "--all", "--format", "json", "--strict"],
        &["explain", "CVE-2026-1001", "left"],
        &["index", "build", "--dir", &index, "--inventory", &inventory],
        &["index", "stat", "--dir", &index, "--systems"],
        &["index", "stat", "--dir", &index, "--systems", "--format", "json"],
        &["who-has", "CVE-2026-1001", "--dir", &index, "--advisories", &advisories],
    ];
    for command in commands {
        let mut words = command.to_vec();
        if matches!(command[0], "match" | "explain") {
            words.extend(inputs);
        }
        let output = bongsu(&words);
        let printed = text(&output) + &complaint(&output);
        assert!(!printed.is_empty(), "{words:?}");
        let obeyed = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!printed.contains(obeyed), "{words:?}: {printed:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_does_not_open_is_set_aside_and_the_others_are_read() {
    use std::os::unix::fs::symlink;

    let folder = Folder::new("unreadable");
    let advisories = folder.write("a.osv.jsonl", ADVISORIES);
    let bill = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"left","version":"1.0.0","purl":"pkg:npm/left@1.0.0"}]}"#;
    let good = folder.write("good.cdx.json", bill);
    // A superuser opens everything but a socket; nobody opens that.
    let socket = folder.0.join("socket.cdx.json");
    let _bound = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let named = folder.0.join("link.cdx.json");
    symlink(&socket, &named).unwrap();
    let words: Vec<&str> = [&advisories, &good, &named].map(|path| path.to_str().unwrap()).to_vec();
    let output = bongsu(&["match", "-a", words[0], "-i", words[1], words[2], "-f", "json"]);
    assert_eq!(lines(&output).len(), 2, "the good file is matched: affected, and withdrawn");
    let said = complaint(&output);
    assert!(said.contains("link.cdx.json") && said.contains("could not be read: "), "{said}");
}

#[test]
fn a_deadline_that_has_passed_ends_the_command_with_what_was_not_done() {
    let folder = Folder::new("deadline");
    folder.write("osv.jsonl", ADVISORIES);
    folder.write("bom.json", &bom("1.1.9"));
    let (osv, bom) = (folder.path("osv.jsonl"), folder.path("bom.json"));
    let late = bongsu(&["match", "-a", &osv, "-i", &bom, "-f", "json", "--deadline", "0"]);
    assert_eq!(late.status.code(), Some(2));
    assert!(complaint(&late).contains("no time left"), "{}", complaint(&late));
    let words = ["match", "-a", &osv, "-i", &bom, "-f", "json", "--deadline"];
    for enough in ["600", "18446744073709551615"] {
        let timely = bongsu(&[&words[..], &[enough]].concat());
        assert_eq!(timely.status.code(), Some(0), "{}", complaint(&timely));
    }
}
