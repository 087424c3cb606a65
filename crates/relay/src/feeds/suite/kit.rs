//! Real public data, laid out as its providers do.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

use serde_json::json;

use super::{Provider, zip};
use crate::feeds::config::{Config, Feed, Kind};

/// What was laid out.
#[derive(Clone, Debug)]
pub struct Kit {
    /// The feeds that bring it.
    pub config: Config,
    /// Documents and rows that lie there.
    pub records: u64,
    /// Bytes that lie there.
    pub bytes: u64,
}

/// Lays out a folder of real data; nothing where it is not there.
///
/// OSV archives by ecosystem, the CVE list of a midnight with a later delta, KEV, EPSS, and three CSAF providers: one with a
/// ROLIE feed, two with folders.
pub fn kit(provider: &Provider, data: &Path) -> Option<Kit> {
    if !data.join("MANIFEST.tsv").exists() {
        return None;
    }
    let mut laid = Laid { provider, records: 0, bytes: 0 };
    let ecosystems = laid.osv(&data.join("osv"));
    laid.cve(&data.join("cve"));
    let kev = plain(&data.join("kev/known_exploited_vulnerabilities.2026-08-07.json"));
    laid.records += kev.windows(9).filter(|part| part == b"\"cveID\": ").count() as u64;
    laid.put("/kev.json", kev);
    let epss = plain(&data.join("epss/epss_scores-2026-08-16.csv.zst"));
    laid.records += epss.split(|byte| *byte == b'\n').count() as u64 - 2;
    laid.put("/epss.csv.gz", gzip(&epss));
    laid.csaf(&data.join("csaf"));
    let (records, bytes) = (laid.records, laid.bytes);

    let at = |name: &str, kind, path: &str| Feed {
        url: Some(provider.url(path)),
        ..Feed::new(name, kind)
    };
    let mut osv = at("osv", Kind::Osv, "/osv/");
    osv.ecosystems = ecosystems;
    let feeds = vec![
        osv,
        at("cve", Kind::Cve, "/releases"),
        at("kev", Kind::Kev, "/kev.json"),
        at("epss", Kind::Epss, "/epss.csv.gz"),
        at("csaf-ot", Kind::Csaf, "/ot/provider-metadata.json"),
        at("csaf-it", Kind::Csaf, "/it/provider-metadata.json"),
        at("csaf-redhat", Kind::Csaf, "/redhat/provider-metadata.json"),
    ];
    Some(Kit { config: Config { feeds, coordinator: None }, records, bytes })
}

struct Laid<'p> {
    provider: &'p Provider,
    records: u64,
    bytes: u64,
}

impl Laid<'_> {
    fn put(&mut self, path: &str, bytes: Vec<u8>) {
        self.bytes += bytes.len() as u64;
        self.provider.put(path, bytes);
    }

    fn osv(&mut self, folder: &Path) -> Vec<String> {
        let files = [
            ("rustsec", "crates.io"),
            ("pypa", "PyPI"),
            ("go", "Go"),
            ("bitnami", "Bitnami"),
            ("almalinux", "AlmaLinux"),
            ("haskell", "Hackage"),
            ("ghsa-sample", "npm"),
        ];
        let mut names = Vec::new();
        for (file, ecosystem) in files {
            let lines = lines(&folder.join(format!("{file}.osv.jsonl.zst")));
            self.records += lines.len() as u64;
            let files = lines.iter().enumerate();
            self.put(
                &format!("/osv/{ecosystem}/all.zip"),
                zip(files.map(|(number, line)| (format!("{number}.json"), line))),
            );
            names.push(ecosystem.to_owned());
        }
        names
    }

    /// What is exploited came after midnight.
    fn cve(&mut self, folder: &Path) {
        let named = |line: Vec<u8>| {
            let record: serde_json::Value = serde_json::from_slice(&line).expect("it is JSON");
            let id = record["cveMetadata"]["cveId"].as_str().unwrap_or("unnamed").to_owned();
            (format!("cves/{id}.json"), line)
        };
        let all: Vec<Vec<u8>> = ["cve5", "cve5-bulk"]
            .into_iter()
            .flat_map(|file| lines(&folder.join(format!("{file}.jsonl.zst"))))
            .collect();
        let since = lines(&folder.join("cve5-kev.jsonl.zst"));
        self.records += (all.len() + since.len()) as u64;
        let inner = zip(all.into_iter().map(named));
        let whole = zip([("cves.zip", inner)]);
        let delta = zip(since.into_iter().map(named));
        let assets = [
            ("2026-11-22_all_CVEs_at_midnight.zip.zip", whole),
            ("2026-11-22_delta_CVEs_at_1400Z.zip", delta),
        ];
        let mut told = Vec::new();
        for (name, bytes) in assets {
            let path = format!("/assets/{name}");
            let digest = format!("sha256:{}", crate::feeds::mirror::sha256(&bytes));
            told.push(json!({
                "name": name, "browser_download_url": self.provider.url(&path), "digest": digest,
            }));
            self.put(&path, bytes);
        }
        self.put("/releases", json!([{ "assets": told }]).to_string().into_bytes());
    }

    fn csaf(&mut self, folder: &Path) {
        let metadata = |what| json!({ "role": "csaf_provider", "distributions": [what] });
        for (path, bytes) in files(&folder.join("cisa.tar.zst")) {
            self.records += 1;
            self.put(&format!("/csaf_files/{path}"), bytes);
        }
        let lists = files(&folder.join("cisa-directory-metadata.tar.zst"));
        let rolie = &lists["OT/white/cisa-csaf-ot-feed-tlp-white.json"];
        let published = "https://raw.githubusercontent.com/cisagov/CSAF/develop";
        let here = String::from_utf8_lossy(rolie).replace(published, &self.provider.url(""));
        self.put("/ot/feed.json", here.into_bytes());
        let feed = json!({ "rolie": { "feeds": [
            { "url": self.provider.url("/ot/feed.json"), "tlp_label": "WHITE" },
        ]}});
        self.put("/ot/provider-metadata.json", metadata(feed).to_string().into_bytes());
        let changes = lists["IT/white/changes.csv"].clone();
        self.put("/csaf_files/IT/white/changes.csv", changes);
        let it = json!({ "directory_url": self.provider.url("/csaf_files/IT/white") });
        self.put("/it/provider-metadata.json", metadata(it).to_string().into_bytes());

        let mut index = String::new();
        for (path, bytes) in files(&folder.join("redhat.tar.zst")) {
            self.records += 1;
            index.extend([path.as_str(), "\n"]);
            self.put(&format!("/redhat/{path}"), bytes);
        }
        self.put("/redhat/index.txt", index.into_bytes());
        let redhat = json!({ "directory_url": self.provider.url("/redhat/") });
        self.put("/redhat/provider-metadata.json", metadata(redhat).to_string().into_bytes());
    }
}

fn open(path: &Path) -> Box<dyn Read> {
    let file = File::open(path).expect("the data is whole");
    if path.extension().is_some_and(|ending| ending == "zst") {
        return Box::new(zstd::Decoder::new(file).expect("it is zstd"));
    }
    Box::new(file)
}

fn plain(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    open(path).read_to_end(&mut bytes).expect("the data is whole");
    bytes
}

fn lines(path: &Path) -> Vec<Vec<u8>> {
    BufReader::new(open(path)).split(b'\n').collect::<Result<_, _>>().expect("the data is whole")
}

/// The JSON, CSV and text files of an archive.
fn files(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut archive = tar::Archive::new(open(path));
    let mut all = BTreeMap::new();
    for entry in archive.entries().expect("it is a tar") {
        let mut entry = entry.expect("the data is whole");
        let name = entry.path().expect("a name").display().to_string();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("the data is whole");
        if entry.header().entry_type().is_file() {
            all.insert(name, bytes);
        }
    }
    all
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).expect("memory takes it");
    packer.finish().expect("memory takes it")
}
