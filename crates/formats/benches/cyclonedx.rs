//! How many bytes a second of CycloneDX JSON become components, beside a generic JSON tree?
//!
//! The document is synthetic and shaped like syft's: some 1,050 bytes a component, licences,
//! properties and locations included. Both ways read the same bytes, interleaved; the median of
//! nine runs counts. `cargo bench -p bongsu-formats --bench cyclonedx`

#![allow(clippy::print_stdout, reason = "a benchmark speaks to a terminal")]

use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;

use bongsu_formats::{Limits, inventories};

/// Components of the document: the largest real ones have about as many.
const COMPONENTS: usize = 50_000;
/// Runs of each way; an odd number, so that one of them is the median.
const RUNS: usize = 9;

fn main() {
    let document = document(COMPONENTS);
    let bytes = document.as_bytes();
    let (mut ours, mut tree) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        ours.push(seconds(|| {
            let found = inventories::read("bench.json", black_box(bytes), &Limits::default());
            assert_eq!(found.inventories[0].components.len(), COMPONENTS + 1, "all of them");
            assert!(found.quarantined.is_empty(), "{:?}", found.quarantined.first());
            found
        }));
        tree.push(seconds(|| {
            serde_json::from_slice::<serde_json::Value>(black_box(bytes)).expect("valid JSON")
        }));
    }
    let megabytes = f64::from(u32::try_from(bytes.len()).expect("a small document")) / 1e6;
    println!("{COMPONENTS} components, {megabytes:.1} MB, {} bytes each", bytes.len() / COMPONENTS);
    report("into components", megabytes, &mut ours);
    report("into serde_json::Value", megabytes, &mut tree);
}

/// How long one run takes, the dropping of what it made not counted.
fn seconds<T>(run: impl FnOnce() -> T) -> f64 {
    let begun = Instant::now();
    let cpu_begun = cpu_seconds();
    let made = black_box(run());
    let taken = match (cpu_begun, cpu_seconds()) {
        (Some(begun), Some(ended)) => ended - begun,
        _ => begun.elapsed().as_secs_f64(),
    };
    drop(made);
    taken
}

/// What this thread has spent on a processor: other programs on the machine do not count.
///
/// - **Source:** Linux, `/proc/thread-self/schedstat`, first field, nanoseconds.
fn cpu_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

fn report(what: &str, megabytes: f64, runs: &mut [f64]) {
    runs.sort_by(f64::total_cmp);
    let speed = |seconds: f64| megabytes / seconds;
    println!(
        "{what:<24} {:>6.0} MB/s median, {:.0} to {:.0}",
        speed(runs[RUNS / 2]),
        speed(runs[RUNS - 1]),
        speed(runs[0]),
    );
}

/// A document shaped as syft writes them, compact.
fn document(components: usize) -> String {
    let mut text = String::with_capacity(components * 1_100);
    text.push_str(r#"{"$schema":"http://cyclonedx.org/schema/bom-1.5.schema.json","bomFormat":"CycloneDX","specVersion":"1.5","version":1,"metadata":{"timestamp":"2026-03-02T18:00:00Z","component":{"type":"container","name":"bench","version":"1"}},"components":["#);
    for number in 0..components {
        if number > 0 {
            text.push(',');
        }
        component(&mut text, number).expect("a String takes everything");
    }
    text.push_str("]}");
    text
}

fn component(text: &mut String, n: usize) -> std::fmt::Result {
    let version = format!("{}.{}.{}", n % 9, n % 31, n % 17);
    let (kind, purl) = match n % 4 {
        0 => ("npm", format!("pkg:npm/invented-{n}@{version}")),
        1 => ("python", format!("pkg:pypi/invented-{n}@{version}")),
        2 => (
            "deb",
            format!(
                "pkg:deb/debian/invented-{n}@{version}-1?arch=amd64&upstream=invented&distro=debian-12"
            ),
        ),
        _ => ("java-archive", format!("pkg:maven/org.invented/part-{n}@{version}")),
    };
    write!(
        text,
        concat!(
            r#"{{"bom-ref":"{}&package-id={:016x}","type":"library","publisher":"Invented Makers <makers@invented.example>","name":"invented-{}","version":"{}","#,
            r#""licenses":[{{"license":{{"id":"MIT"}}}},{{"license":{{"name":"LGPL-2.1-or-later with an exception"}}}}],"#,
            r#""cpe":"cpe:2.3:a:invented-{}:invented-{}:{}:*:*:*:*:*:*:*","purl":"{}","#,
            r#""properties":[{{"name":"syft:package:foundBy","value":"{}-installed-package-cataloger"}},{{"name":"syft:package:language","value":"{}"}},"#,
            r#"{{"name":"syft:package:type","value":"{}"}},{{"name":"syft:package:metadataType","value":"{}-package-metadata"}},"#,
            r#"{{"name":"syft:location:0:layerID","value":"sha256:83f8cd53869bc3cb71b40dc09952b6d184bc5b2e4d4e1fda716e3a50f9c3329d"}},"#,
            r#"{{"name":"syft:location:0:path","value":"/opt/invented/lib/{}/node_modules/of/some/depth/package.json"}},{{"name":"syft:location:0:annotations:evidence","value":"primary"}},{{"name":"syft:metadata:installedSize","value":"{}"}}]}}"#
        ),
        purl,
        n,
        n,
        version,
        n,
        n,
        version,
        purl,
        kind,
        kind,
        kind,
        kind,
        n,
        n * 37 % 99_999,
    )
}
