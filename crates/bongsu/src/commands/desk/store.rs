//! `bongsu store`: backup and restore.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::{moving, show};
use crate::Outcome;
use crate::cli::Format;
use crate::cli::desk::StoreCommand;
use crate::node::{self, Places};

pub(crate) fn run(command: StoreCommand, quiet: bool) -> Result<Outcome> {
    match command {
        StoreCommand::Move { to, node } => moving::run(&node, &to, quiet)?,
        StoreCommand::Backup { to, node } => {
            let format = node.format;
            writable_at(&to)?;
            let node = node::open(&node)?;
            node.desk.store().backup(&to)?;
            let (size, _) = node.desk.store().head()?;
            match format {
                Format::Json => show::line(&json!({ "done": "backed up", "entries": size }))?,
                Format::Table => println!(
                    "backed up to {}; keep the key file's copy apart from it",
                    to.display()
                ),
            }
        }
        StoreCommand::Restore { from, node } => {
            let places = Places::of(&node);
            if node::profile(&places)?.database.is_some() {
                bail!(
                    "this node keeps its state in PostgreSQL: restore it with the tools of PostgreSQL"
                );
            }
            let store = places.store();
            // A log that was left behind would be played into the restored file.
            for there in beside(&store) {
                if there.exists() {
                    bail!("{} is there: move it away first, then restore", there.display());
                }
            }
            fs::copy(&from, &store).with_context(|| from.display().to_string())?;
            fs::File::open(&store)
                .and_then(|file| file.sync_all())
                .with_context(|| store.display().to_string())?;
            // Opening compares it with the anchor and refuses one that is behind.
            let opened = node::open(&node);
            if opened.is_err() {
                for there in beside(&store).iter().filter(|there| there.exists()) {
                    fs::remove_file(there).with_context(|| there.display().to_string())?;
                }
            }
            let (size, _) = opened?.desk.store().head()?;
            match node.format {
                Format::Json => show::line(&json!({ "done": "restored", "entries": size }))?,
                Format::Table => println!("restored: {size} entries"),
            }
        }
    }
    Ok(Outcome::Done)
}

/// Is there a folder for a new file, and nothing in its place?
fn writable_at(to: &Path) -> Result<()> {
    let folder = to.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        bail!(
            "there is no folder {}: make it by `mkdir -p {0}` (or mount the backup disk), then back up again",
            folder.display()
        );
    }
    if to.is_dir() {
        bail!("{0} is a folder: name the file to be written, such as {0}/node.db", to.display());
    }
    Ok(())
}

/// The file of a store and what SQLite keeps beside it.
fn beside(store: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|ending| {
        let mut name = store.as_os_str().to_owned();
        name.push(ending);
        name.into()
    })
}
