//! composer.lock: `packages` and `packages-dev`.

use bongsu_package::Family;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::entries::{Entries, Entry, Origin};
use super::loose::Text;
use crate::Error;

#[derive(Deserialize)]
struct Lock<'a> {
    #[serde(borrow, default)]
    packages: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default, rename = "packages-dev")]
    packages_dev: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Package<'a> {
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(borrow, default)]
    version: Text<'a>,
}

pub(super) fn read(text: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    let lock: Lock<'_> = serde_json::from_str(text).map_err(|error| entries.broken(error))?;
    let Some(packages) = lock.packages else {
        return Err(entries.broken("it has no \"packages\", so it is not one that Composer wrote"));
    };
    read_list("/packages", &packages, entries)?;
    read_list("/packages-dev", &lock.packages_dev.unwrap_or_default(), entries)
}

fn read_list(path: &str, list: &[&RawValue], entries: &mut Entries<'_>) -> Result<(), Error> {
    for (number, raw) in list.iter().enumerate() {
        let field = format!("{path}/{number}");
        let package: Package<'_> = match serde_json::from_str(raw.get()) {
            Ok(package) => package,
            Err(error) => {
                entries.set_aside_because(field, error.to_string());
                continue;
            }
        };
        let name = package.name.get().unwrap_or_default();
        let version = package.version.get();
        let origin = Origin::Registry;
        entries.keep(Entry { family: Family::Composer, name, version, origin, field })?;
    }
    Ok(())
}
