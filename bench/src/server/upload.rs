//! An SBOM of 5,000 components: how long from its first byte until what it exposes can be read?

use std::path::PathBuf;
use std::time::Duration;

use anyhow::ensure;

use super::load::{self, Line};
use super::node::{self, Running};
use crate::clock::Runs;
use crate::index::say;
use crate::response::Folder;

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Components of each document.
    #[arg(long, default_value_t = 5_000)]
    components: usize,
    /// Documents, each of another institution.
    #[arg(long, default_value_t = 20)]
    runs: usize,
    /// Where nations are made.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    std::fs::create_dir_all(&arguments.dir)?;
    let folder = Folder::new(&arguments.dir, "upload")?;
    node::made(&folder.0, "demo")?;
    let running = Running::start(&folder.0, "demo", arguments.runs)?;
    let document = document(arguments.components);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut visible = Runs::default();
    for officer in &running.officers {
        visible.run(|| runtime.block_on(published(&running, officer, &document)))?;
    }
    say(
        &format!(
            "{} components, {} KiB: until exposures are visible",
            arguments.components,
            document.len() >> 10
        ),
        &visible.to_string(),
    );
    Ok(())
}

async fn published(
    running: &Running,
    officer: &node::Officer,
    document: &[u8],
) -> anyhow::Result<()> {
    let institution = format!("/api/v1/institutions/{}", officer.institution);
    let mut line = Line::to(running.address).await?;
    let headers = [("Content-Type", "application/vnd.cyclonedx+json")];
    let path = format!("{institution}/systems?name=bom.cdx.json&wait=10");
    let ask = load::request("POST", &path, &officer.token, &headers, document);
    let answer = line.ask(&ask).await?;
    let said = String::from_utf8_lossy(&answer.body).into_owned();
    ensure!(answer.status == 202, "the document was answered {}: {said}", answer.status);
    let ask = load::request("GET", &format!("{institution}/exposures"), &officer.token, &[], &[]);
    loop {
        let answer = line.ask(&ask).await?;
        if String::from_utf8_lossy(&answer.body).contains(node::FLAW) {
            return Ok(());
        }
        ensure!(answer.status == 200, "{}: {said}", String::from_utf8_lossy(&answer.body));
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// A CycloneDX document, one of whose components has the flaw.
fn document(components: usize) -> Vec<u8> {
    let component = |number| {
        format!(
            r#"{{"type":"library","name":"part-{number}","version":"1.{number}.0","purl":"pkg:npm/part-{number}@1.{number}.0"}}"#
        )
    };
    let all: Vec<String> = (0..components).map(component).collect();
    format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[{}]}}"#,
        all.join(",")
    )
    .into_bytes()
}
