//! gradle.lockfile and its older per-configuration form: `group:artifact:version=configurations`.

use bongsu_package::Family;

use super::entries::{Entries, Entry, Origin};
use crate::Error;

pub(super) fn read(text: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        // `empty=` lists the configurations without dependencies.
        if line.is_empty() || line.starts_with('#') || line.starts_with("empty=") {
            continue;
        }
        let field = format!("line {}", number + 1);
        let module = line.split('=').next().unwrap_or(line);
        match module.rsplit_once(':') {
            Some((name, version)) if name.matches(':').count() == 1 => {
                let version = Some(version).filter(|version| !version.is_empty());
                let origin = Origin::Registry;
                entries.keep(Entry { family: Family::Maven, name, version, origin, field })?;
            }
            _ => entries.set_aside_because(
                field,
                "not group:artifact:version=configurations, such as org.slf4j:slf4j-api:2.0.9=compile",
            ),
        }
    }
    Ok(())
}
