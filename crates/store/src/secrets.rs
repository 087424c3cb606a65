//! The key file: what a thief of the database does not have.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use bongsu_ledger::NodeKey;

use crate::chance::{Chance, draw};
use crate::files::sync_folder;
use crate::sealing::wipe;

/// The secrets of a node: the key that wraps all other keys, and the keys that sign its log.
///
/// They live in one small file beside the database, never in it. Keep a copy where the backups are not: without it
/// the names, texts and answers in the database can never be read again.
#[derive(Debug)]
pub struct NodeSecrets {
    pub(crate) kek: Kek,
    /// Signs checkpoints and acts.
    pub node: NodeKey,
}

/// 32 secret bytes.
pub(crate) struct Kek(pub(crate) [u8; 32]);

impl std::fmt::Debug for Kek {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kek(…)")
    }
}

impl Drop for Kek {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Why a key file could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretsError {
    /// It is not there.
    #[error(
        "the key file {path} is not there: restore it from where you keep its copy; without it nothing that is sealed in the database can be read"
    )]
    Missing {
        /// Where it was looked for.
        path: String,
    },
    /// Others on this machine could read it.
    #[error("the key file {path} has mode {mode:o}, so others can read it: run `chmod 600 {path}`")]
    Open {
        /// Where it is.
        path: String,
        /// Its mode.
        mode: u32,
    },
    /// There is one already.
    #[error("the key file {path} is there already: a new one would make its database unreadable")]
    Exists {
        /// Where it is.
        path: String,
    },
    /// It is not a key file.
    #[error("the key file {path} cannot be understood: restore it from where you keep its copy")]
    Shape {
        /// Where it is.
        path: String,
    },
    /// The system failed.
    #[error("cannot {act} the key file {path}")]
    System {
        /// What was being done.
        act: &'static str,
        /// Where it is.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
}

impl NodeSecrets {
    /// From secret bytes and signing keys.
    pub fn new(kek: [u8; 32], node: NodeKey) -> Self {
        Self { kek: Kek(kek), node }
    }

    /// Makes a key file for a new node, readable by its owner only, and syncs it.
    pub fn create(
        path: &Path,
        name: bongsu_ledger::note::Name,
        chance: &mut dyn Chance,
    ) -> Result<Self, SecretsError> {
        let secrets = Self::new(draw(chance), NodeKey::from_seed(name, draw(chance)));
        let open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let mut file = match open {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(SecretsError::Exists { path: path.display().to_string() });
            }
            other => other.map_err(system("make", path))?,
        };
        let mut text = secrets.to_text();
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        written.and_then(|()| sync_folder(path)).map_err(system("write", path))?;
        text.clear();
        Ok(secrets)
    }

    /// Reads a key file; one that others can read is refused.
    pub fn open(path: &Path) -> Result<Self, SecretsError> {
        let file = match File::open(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(SecretsError::Missing { path: path.display().to_string() });
            }
            other => other.map_err(system("open", path))?,
        };
        let mode = file.metadata().map_err(system("read", path))?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(SecretsError::Open { path: path.display().to_string(), mode });
        }
        let text = std::io::read_to_string(file).map_err(system("read", path))?;
        Self::from_text(&text)
            .ok_or_else(|| SecretsError::Shape { path: path.display().to_string() })
    }

    fn to_text(&self) -> String {
        let digits = bongsu_ledger::Hash(self.kek.0); // printed as 64 digits
        format!("{HEADER}\nwrapping key: {digits}\n{}", self.node.to_text())
    }

    fn from_text(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(HEADER)?.trim_start();
        let (digits, rest) = rest.strip_prefix("wrapping key: ")?.split_once('\n')?;
        let kek: bongsu_ledger::Hash = digits.trim().parse().ok()?;
        Some(Self::new(kek.0, NodeKey::from_text(rest).ok()?))
    }
}

const HEADER: &str = "bongsu node secrets 1: keep a copy apart from the backups";

fn system(act: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> SecretsError {
    let path = path.display().to_string();
    move |source| SecretsError::System { act, path, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::System as Chanced;

    #[test]
    fn a_key_file_is_read_as_it_was_made_and_only_by_its_owner() {
        let path = std::env::temp_dir().join(format!("bongsu-secrets-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        assert!(matches!(NodeSecrets::open(&path), Err(SecretsError::Missing { .. })));
        let name = "coord.example.kr/log";
        let made = NodeSecrets::create(&path, name.parse().unwrap(), &mut Chanced).unwrap();
        let read = NodeSecrets::open(&path).unwrap();
        assert_eq!(made.kek.0, read.kek.0);
        assert_eq!(made.node.verifier(), read.node.verifier());
        let again = NodeSecrets::create(&path, name.parse().unwrap(), &mut Chanced);
        assert!(matches!(again, Err(SecretsError::Exists { .. })));

        let mode = |bits| std::fs::set_permissions(&path, PermissionsExt::from_mode(bits)).unwrap();
        mode(0o640);
        let open = NodeSecrets::open(&path).unwrap_err();
        assert!(open.to_string().contains("chmod 600"), "{open}");
        mode(0o600);
        std::fs::write(&path, "something else").unwrap();
        assert!(matches!(NodeSecrets::open(&path), Err(SecretsError::Shape { .. })));
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_secret_is_not_printed() {
        let node = NodeKey::from_seed("coord.example.kr/log".parse().unwrap(), [9; 32]);
        let printed = format!("{:?}", NodeSecrets::new([7; 32], node));
        assert!(!printed.contains("7, 7"), "{printed}");
    }
}
