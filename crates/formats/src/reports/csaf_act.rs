//! CSAF 2.0, profile 1 (base): what a ministry tells many institutions, as a document their tools can file.
//!
//! It says which flaws an act is about and what to do. It names no product: which versions are affected is said by those
//! who publish about the flaw, and who runs them is said to nobody.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::reports::TOOL;

/// An act, as far as whoever asks may know it.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// Its id.
    pub id: &'a str,
    /// The code of the station that issued it.
    pub issuer: &'a str,
    /// Korean and English title; the English one may be empty.
    pub title: [&'a str; 2],
    /// What to do, in Korean and English; the English text may be empty.
    pub todo: [&'a str; 2],
    /// The law or rule it rests on.
    pub legal_basis: Option<&'a str>,
    /// How far it may go, as TLP 2.0 spells it: `CLEAR`, `GREEN`, `AMBER`, `AMBER+STRICT`, `RED`.
    pub tlp: &'a str,
    /// Is it of a drill?
    pub drill: bool,
    /// Was it taken back?
    pub withdrawn: bool,
    /// One line about the case, and the names of its flaw; empty where whoever asks may not know the case.
    pub case: (&'a str, &'a [String]),
    /// When it was issued, and when each amendment was; the oldest first, at least one.
    pub editions: &'a [Timestamp],
}

/// The document. Written twice it is the same bytes.
pub fn document(act: &Act<'_>) -> Value {
    let mut whole = json!({ "document": head(act) });
    let (title, names) = act.case;
    if !names.is_empty() {
        whole["vulnerabilities"] = vulnerabilities(title, names).into();
    }
    whole
}

fn head(act: &Act<'_>) -> Value {
    let mark = match (act.drill, act.withdrawn) {
        (true, true) => "[훈련 drill] [철회 withdrawn] ",
        (true, false) => "[훈련 drill] ",
        (false, true) => "[철회 withdrawn] ",
        (false, false) => "",
    };
    let [title_ko, title_en] = act.title;
    let both = if title_en.is_empty() { String::new() } else { format!(" / {title_en}") };
    json!({
        "category": "csaf_base",
        "csaf_version": "2.0",
        "lang": "ko",
        "title": format!("{mark}{title_ko}{both}"),
        "distribution": distribution(act),
        "notes": notes(act),
        "publisher": {
            "category": "coordinator",
            "name": act.issuer,
            "namespace": "https://bongsu.invalid",
        },
        "tracking": tracking(act),
    })
}

/// CSAF 2.0 has the words of TLP 1: CLEAR is its WHITE, and AMBER+STRICT is AMBER with a sentence.
fn distribution(act: &Act<'_>) -> Value {
    let label = match act.tlp {
        "CLEAR" => "WHITE",
        "AMBER+STRICT" => "AMBER",
        same => same,
    };
    let mut distribution = json!({ "tlp": { "label": label } });
    if act.tlp == "AMBER+STRICT" {
        distribution["text"] =
            "TLP:AMBER+STRICT: not beyond the recipient's own organisation".into();
    }
    distribution
}

fn notes(act: &Act<'_>) -> Vec<Value> {
    let note = |category: &str, title: &str, text: &str| {
        (!text.is_empty()).then(|| json!({ "category": category, "title": title, "text": text }))
    };
    [
        note("description", "할 일", act.todo[0]),
        note("description", "What to do", act.todo[1]),
        note("legal_disclaimer", "법적 근거 / Legal basis", act.legal_basis.unwrap_or_default()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn tracking(act: &Act<'_>) -> Value {
    let history: Vec<Value> = (1..)
        .zip(act.editions)
        .map(|(number, at): (u32, _)| {
            let summary = if number == 1 { "Issued" } else { "Amended" };
            json!({ "date": second(*at), "number": number.to_string(), "summary": summary })
        })
        .collect();
    let first = act.editions.first().map(|at| second(*at));
    let last = act.editions.last().map(|at| second(*at));
    json!({
        "id": format!("bongsu-act-{}", act.id),
        "status": "final",
        "version": act.editions.len().to_string(),
        "initial_release_date": first,
        "current_release_date": last,
        "generator": { "engine": { "name": TOOL, "version": env!("CARGO_PKG_VERSION") } },
        "revision_history": history,
    })
}

/// One flaw has one CVE name at most; its other names stand beside it. Without one there is one entry of the others.
fn vulnerabilities(title: &str, names: &[String]) -> Vec<Value> {
    let (cves, others): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|name| name.starts_with("CVE-"));
    let ids: Vec<Value> = others
        .iter()
        .map(|name| {
            let system = name.split_once('-').map_or("name", |(system, _)| system);
            json!({ "system_name": system, "text": name })
        })
        .collect();
    let one = |cve: Option<&String>, ids: &[Value]| {
        let mut one = Map::new();
        if let Some(cve) = cve {
            one.insert("cve".to_owned(), json!(cve));
        }
        if !ids.is_empty() {
            one.insert("ids".to_owned(), json!(ids));
        }
        one.insert("notes".to_owned(), json!([{ "category": "summary", "text": title }]));
        Value::Object(one)
    };
    match cves.split_first() {
        None => vec![one(None, &ids)],
        Some((first, rest)) => {
            let first = one(Some(first), &ids);
            [first].into_iter().chain(rest.iter().map(|cve| one(Some(cve), &[]))).collect()
        }
    }
}

fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(names: &[String]) -> Value {
        let editions: [Timestamp; 2] =
            ["2026-11-21T02:10:00.5Z".parse().unwrap(), "2026-11-22T00:00:00Z".parse().unwrap()];
        document(&Act {
            id: "01040g2081040g2081040g2081",
            issuer: "LEAD_PRIV",
            title: ["긴급 조치", "Urgent action"],
            todo: ["올리십시오", ""],
            legal_basis: None,
            tlp: "AMBER+STRICT",
            drill: true,
            withdrawn: false,
            case: ("A logging library runs what it logs", names),
            editions: &editions,
        })
    }

    #[test]
    fn each_edition_is_a_revision_and_the_last_is_the_version() {
        let tracking = &act(&[])["document"]["tracking"];
        assert_eq!(tracking["version"], "2");
        assert_eq!(tracking["initial_release_date"], "2026-11-21T02:10:00Z");
        assert_eq!(tracking["current_release_date"], tracking["revision_history"][1]["date"]);
        assert_eq!(tracking["revision_history"][0]["number"], "1");
    }

    #[test]
    fn a_label_that_csaf_2_0_does_not_know_is_the_next_stricter_word_and_a_sentence() {
        let distribution = &act(&[])["document"]["distribution"];
        assert_eq!(distribution["tlp"]["label"], "AMBER");
        assert!(distribution["text"].as_str().unwrap().contains("AMBER+STRICT"));
    }

    #[test]
    fn what_is_not_there_is_left_out_rather_than_empty() {
        let document = act(&[]);
        assert_eq!(document.get("vulnerabilities"), None);
        assert_eq!(document["document"]["notes"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn two_cves_are_two_flaws_and_other_names_stand_beside_the_first() {
        let names = ["CVE-2021-44228", "CVE-2021-45046", "GHSA-jfh8-c2jp-5v3q"].map(str::to_owned);
        let flaws = &act(&names)["vulnerabilities"];
        assert_eq!((&flaws[0]["cve"], &flaws[1]["cve"]), (&json!(names[0]), &json!(names[1])));
        assert_eq!(flaws[0]["ids"][0], json!({ "system_name": "GHSA", "text": names[2] }));
        assert_eq!(flaws[1].get("ids"), None);
    }
}
