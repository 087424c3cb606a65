//! `bongsu ledger`: the record that nobody can rewrite.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bongsu_ledger::audit::{self, Files};
use bongsu_ledger::proof::LogProof;
use bongsu_ledger::{Checkpoint, NodeVerifier};
use bongsu_store::Directory;
use serde_json::json;

use super::show;
use crate::Outcome;
use crate::cli::Format;
use crate::cli::desk::LedgerCommand;
use crate::node;
use crate::progress::Progress;

pub(crate) fn run(command: LedgerCommand, quiet: bool) -> Result<Outcome> {
    match command {
        LedgerCommand::Status { node } => {
            let format = node.format;
            let node = node::open(&node)?;
            let (size, root) = node.desk.store().head()?;
            let waiting = node.desk.store().outbox_waiting()?;
            match format {
                Format::Json => show::line(&json!({
                    "entries": size, "root": root.to_string(), "messages_waiting": waiting.messages,
                }))?,
                Format::Table => show::facts(&[
                    ("entries", size.to_string()),
                    ("root", root.to_string()),
                    ("waiting", format!("{} messages", waiting.messages)),
                    ("public key", node.places.public_key().display().to_string()),
                ]),
            }
        }
        LedgerCommand::Export { to, node } => {
            let format = node.format;
            let node = node::open(&node)?;
            fs::create_dir_all(&to).with_context(|| to.display().to_string())?;
            let known = written(&to)?;
            let size = node.desk.store().export(&mut Directory(to.clone()), known)?;
            match format {
                Format::Json => show::line(&json!({ "entries": size, "there_already": known }))?,
                Format::Table => {
                    println!("{size} entries in {}, {known} were there already", to.display());
                }
            }
        }
        LedgerCommand::Verify { dir, key, since } => verify(&dir, &key, since.as_deref(), quiet)?,
        LedgerCommand::Replay { check, node } => replay(&node, check, quiet)?,
        LedgerCommand::Prove { entry, node } => {
            let node = node::open(&node)?;
            print!("{}", node.desk.store().prove(entry)?);
        }
    }
    Ok(Outcome::Done)
}

/// A folder of files, read as the record needs them.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Files for Folder {
    type Error = io::Error;

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, io::Error> {
        match fs::read(self.0.join(path)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// How many entries a folder holds already, as its checkpoint says.
fn written(dir: &Path) -> Result<u64> {
    let path = dir.join("checkpoint");
    match fs::read_to_string(&path) {
        Ok(text) => text.lines().nth(1).and_then(|size| size.parse().ok()).with_context(|| {
            format!("{} is no checkpoint: export into an empty folder", path.display())
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

fn verify(dir: &Path, key: &Path, since: Option<&Path>, quiet: bool) -> Result<()> {
    let text = fs::read_to_string(key).with_context(|| key.display().to_string())?;
    let verifier: NodeVerifier = text
        .trim()
        .parse()
        .with_context(|| format!("{} is no public key of a node", key.display()))?;
    if dir.is_file() {
        return verify_proof(dir, &verifier);
    }
    let files = Folder(dir.to_owned());
    let progress = Progress::new("entries", quiet);
    let mut seen = 0;
    let audited = audit::verify_log(&files, &verifier, |entries| {
        progress.count(usize::try_from(entries.saturating_sub(seen)).unwrap_or(usize::MAX));
        seen = entries;
    })
    .with_context(|| format!("the record in {} is not what was signed", dir.display()))?;
    drop(progress);
    if let Some(older) = since {
        let note = fs::read(older).with_context(|| older.display().to_string())?;
        let older = Checkpoint::open(&bongsu_ledger::Note::from_bytes(&note)?, &verifier)?;
        audit::consistent(&files, &older, &audited.checkpoint)
            .context("the record did not grow from the older checkpoint")?;
    }
    println!("{} entries, every one as signed; root {}", audited.size(), audited.root());
    println!(
        "{} contents are here, {} are withheld or erased",
        audited.envelopes, audited.withheld
    );
    Ok(())
}

/// One entry, from a file that carries its own proof.
fn verify_proof(file: &Path, verifier: &NodeVerifier) -> Result<()> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let proof: LogProof = text.parse().with_context(|| file.display().to_string())?;
    let (leaf, checkpoint) =
        proof.open(verifier).with_context(|| format!("{} proves nothing", file.display()))?;
    let at = jiff::Timestamp::from_microsecond(leaf.at).context("the time of the entry")?;
    println!("entry {} of {} was recorded at {}", proof.index, checkpoint.size, show::instant(at));
    println!("by {}, content commitment {}", leaf.routing.owner, leaf.commitment);
    Ok(())
}

fn replay(args: &crate::cli::desk::NodeArgs, check: bool, quiet: bool) -> Result<()> {
    let node = node::open(args)?;
    let progress = Progress::new("entries", quiet);
    let mut seen = 0;
    let replayed = node.desk.store().replay(&mut |entries| {
        progress.count(usize::try_from(entries.saturating_sub(seen)).unwrap_or(usize::MAX));
        seen = entries;
    })?;
    drop(progress);
    if args.format == Format::Json {
        let difference = replayed.difference.as_ref().map(ToString::to_string);
        show::line(&json!({
            "entries": replayed.entries, "rows": replayed.rows, "erased": replayed.withheld, "difference": difference,
        }))?;
        return match replayed.difference {
            Some(difference) if check => bail!("{difference}"),
            _ => Ok(()),
        };
    }
    println!(
        "{} entries replayed to {} rows; {} contents were erased on purpose",
        replayed.entries, replayed.rows, replayed.withheld
    );
    match replayed.difference {
        None => println!("the store is what the record says"),
        Some(difference) if check => bail!("{difference}"),
        Some(difference) => println!("difference: {difference}"),
    }
    Ok(())
}
