//! packages.lock.json: packages by target framework.
//!
//! The same package and version under several frameworks is one component. Entries of type
//! `Project` are the solution's own projects and are left out.

use bongsu_package::Family;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::entries::{Entries, Entry, Origin, pointer};
use super::loose::{Pairs, Text};
use crate::Error;

#[derive(Deserialize)]
struct Lock<'a> {
    #[serde(borrow, default)]
    dependencies: Option<Pairs<'a, Pairs<'a, &'a RawValue>>>,
}

#[derive(Deserialize)]
struct Package<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, default)]
    resolved: Text<'a>,
}

pub(super) fn read(text: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    let lock: Lock<'_> = serde_json::from_str(text).map_err(|error| entries.broken(error))?;
    let Some(frameworks) = lock.dependencies else {
        return Err(entries.broken("it has no \"dependencies\", so it is not one that NuGet wrote"));
    };
    for (framework, packages) in &frameworks.0 {
        let path = pointer("/dependencies", framework);
        for (name, raw) in &packages.0 {
            let field = pointer(&path, name);
            let package: Package<'_> = match serde_json::from_str(raw.get()) {
                Ok(package) => package,
                Err(error) => {
                    entries.set_aside_because(field, error.to_string());
                    continue;
                }
            };
            let own = package.kind.get().is_some_and(|kind| kind.eq_ignore_ascii_case("project"));
            if !own {
                let version = package.resolved.get();
                let origin = Origin::Registry;
                entries.keep_once(Entry { family: Family::Nuget, name, version, origin, field })?;
            }
        }
    }
    Ok(())
}
