//! A node moves from a file to PostgreSQL and back: the record goes on, and the place it left is not written to.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../../store-postgres/tests/cluster/mod.rs"]
mod cluster;

use std::path::Path;
use std::process::{Command, Output};

fn bongsu(home: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bongsu")).args(words).arg("--home").arg(home).output().unwrap()
}

fn done(home: &Path, words: &[&str]) -> String {
    let output = bongsu(home, words);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

fn refused(home: &Path, words: &[&str]) -> String {
    let output = bongsu(home, words);
    assert!(!output.status.success(), "{words:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn root(home: &Path) -> String {
    done(home, &["ledger", "status", "--format", "json"])
}

#[test]
fn a_node_moves_to_postgresql_and_back_and_its_record_goes_on() {
    let Some(cluster) = cluster::shared() else { return };
    let folder = std::env::temp_dir().join(format!("bongsu-moving-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let home = folder.join("node");
    done(&home, &["nation", "generate", "--quiet"]);
    done(&home, &["case", "open", "CVE-2021-44228", "--as", "COORD_PRIV-ANALYST-01"]);
    let before = root(&home);

    let url = cluster.database();
    let said = done(&home, &["store", "move", "--to", &url, "--quiet"]);
    assert!(said.contains("every row is what the record says"), "{said}");
    assert_eq!(root(&home), before, "the same record, and the same messages waiting");
    done(&home, &["case", "open", "CVE-2014-0160", "--as", "COORD_PRIV-ANALYST-01"]);
    done(&home, &["ledger", "replay", "--check"]);

    // Whoever names the old place again is told, and nothing is written there.
    let toml = home.join("node.toml");
    let now = std::fs::read_to_string(&toml).unwrap();
    let line = now.lines().find(|line| line.starts_with("database")).unwrap();
    std::fs::write(&toml, now.replace(line, "")).unwrap();
    let said = refused(&home, &["case", "list", "--as", "COORD_PRIV-ANALYST-01"]);
    assert!(said.contains("moved to PostgreSQL"), "{said}");
    std::fs::write(&toml, &now).unwrap();

    let said = refused(&home, &["store", "move", "--to", "file"]);
    assert!(said.contains("move it away first"), "{said}");
    std::fs::rename(home.join("store.db"), home.join("store.db.old")).unwrap();
    let after = root(&home);
    done(&home, &["store", "move", "--to", "file", "--quiet"]);
    assert_eq!(root(&home), after);
    assert!(!std::fs::read_to_string(&toml).unwrap().contains("database"));

    // A database that holds something is left alone: here the one that was left.
    let said = refused(&home, &["store", "move", "--to", &url]);
    assert!(said.contains("not empty") || said.contains("moved"), "{said}");
    done(&home, &["ledger", "replay", "--check"]);
    std::fs::remove_dir_all(&folder).unwrap();
}
