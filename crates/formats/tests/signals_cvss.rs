//! Scores we compute from vectors, against scores as published.

use std::path::{Path, PathBuf};

use bongsu_advisory::{Rating, Severity, Signal};
use bongsu_formats::signals::{self, Inbox};
use bongsu_formats::{Limits, Quarantined};

#[derive(Default)]
struct Scores(Vec<Severity>);

impl Inbox for Scores {
    fn signal(&mut self, signal: Signal) {
        if let Signal::Advisory(advisory) = signal {
            self.0.extend(advisory.severity);
        }
    }

    fn quarantined(&mut self, quarantined: Quarantined) {
        panic!("{quarantined}");
    }
}

fn scored(vector: &str) -> Option<Severity> {
    let text = format!(
        r#"{{"id":"T-1","modified":"2024-01-01T00:00:00Z","severity":[{{"type":"CVSS_V3","score":"{vector}"}}]}}"#
    );
    let mut scores = Scores::default();
    signals::read("t.json", text.as_bytes(), &Limits::default(), &mut scores);
    scores.0.pop()
}

#[test]
fn base_scores_are_those_of_the_standards_own_examples() {
    #[rustfmt::skip]
    let table = [
        // vector                                                             score  rating
        ("AV:N/AC:L/Au:N/C:N/I:N/A:C",                                        7.8,   Rating::High),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",                      10.0,  Rating::Critical),
        ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H",                      7.8,   Rating::High),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N",                      6.1,   Rating::Medium),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N",                      0.0,   Rating::None),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",   9.3,   Rating::Critical),
        ("CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",   7.3,   Rating::High),
    ];
    for (vector, score, rating) in table {
        let severity = scored(vector).unwrap_or_else(|| panic!("{vector} has no score"));
        assert_eq!((severity.score, severity.rating), (Some(score), Some(rating)), "{vector}");
    }
}

#[test]
fn published_scores_agree_but_for_the_few_that_are_wrong() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let kit = std::env::var_os("BONGSU_DATA").map_or(beside, PathBuf::from);
    let Ok(text) = std::fs::read_to_string(kit.join("cvss/vectors.tsv")) else {
        return eprintln!("skipped: no data kit at {}", kit.display());
    };
    let (mut same, mut other, mut unread) = (0, Vec::new(), Vec::new());
    for line in text.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let vector = cells.iter().find(|cell| cell.contains("AV:"));
        let score = cells.get(2).and_then(|cell| cell.parse::<f64>().ok());
        let (Some(vector), Some(published)) = (vector, score) else { continue };
        if vector.starts_with("CVSS:3") && vector.contains("/E:") {
            continue; // published with the temporal metrics; ours is the base score
        }
        match scored(vector).and_then(|severity| severity.score) {
            Some(score) if (score - published).abs() < 0.05 => same += 1,
            Some(score) => other.push(format!("{vector}: published {published}, computed {score}")),
            None => unread.push(*vector),
        }
    }
    println!("{same} the same, {} other, {} unread", other.len(), unread.len());
    for line in other.iter().take(20).map(String::as_str).chain(unread.iter().take(20).copied()) {
        println!("{line}");
    }
    assert!(same > 1_700, "{same}");
    assert!(other.len() + unread.len() <= 10);
}
