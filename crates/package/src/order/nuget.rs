//! NuGet: up to four numbers, then SemVer 2 labels compared without case.
//!
//! Source: NuGet.Versioning, `VersionComparer.Default`. Build metadata has no weight.

use super::key::Writer;
use super::scan::{numbers, sure};
use super::semver::{self, Parts};

pub(super) fn write(text: &str, key: &mut Writer) -> Option<()> {
    let parts = Parts::read(text, semver::STRICT)?;
    sure(numbers(parts.dotted).count() <= 4)?;
    key.numbers_trimmed(numbers(parts.dotted));
    let lower = parts.prerelease.map(<[u8]>::to_ascii_lowercase);
    semver::write_prerelease(lower.as_deref(), key);
    Some(())
}
