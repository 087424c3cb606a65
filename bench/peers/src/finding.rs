//! One way to name what was found, so that three programs' answers can be laid side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Context, Result};

/// What a program says is affected: by part, the identifiers.
pub(crate) type Found = BTreeMap<Part, BTreeSet<String>>;

/// A package in a version.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Part {
    /// Type of the package URL.
    pub(crate) kind: String,
    /// Namespace and name.
    pub(crate) name: String,
    /// The version, without Go's `v` and `go`.
    pub(crate) version: String,
}

impl Part {
    pub(crate) fn new(kind: &str, name: &str, version: &str) -> Self {
        let name = match kind {
            "pypi" => name.to_lowercase().replace(['_', '.'], "-"),
            // Hosts fold the case of paths; Trivy's package URLs are lower case, Syft's are not.
            "golang" => name.to_lowercase(),
            _ => name.to_owned(),
        };
        // `v1.2.3`, and the standard library as `go1.20.12`.
        let bare = version.trim_start_matches("go").trim_start_matches('v');
        let version = if kind == "golang" { bare } else { version };
        Self { kind: kind.to_owned(), name, version: version.to_owned() }
    }

    /// From a package URL; qualifiers do not count, and a subpath does for Go, as Syft writes it.
    pub(crate) fn from_purl(purl: &str, version: &str) -> Result<Self> {
        let rest = purl.strip_prefix("pkg:").with_context(|| format!("{purl} is no purl"))?;
        let (rest, subpath) = rest.split_once('#').unwrap_or((rest, ""));
        let rest = rest.split('?').next().unwrap_or(rest);
        let (kind, rest) = rest.split_once('/').with_context(|| format!("{purl} has no name"))?;
        // A scope may hold an `@`, so the version's is the last one, in the last segment.
        let name = match rest.rsplit_once('@') {
            Some((name, version)) if !version.contains('/') => name,
            _ => rest,
        };
        let mut name = decoded(name);
        if kind == "golang" && !subpath.is_empty() {
            name = format!("{name}/{}", decoded(subpath));
        }
        Ok(Self::new(kind, &name, version))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{} {}", self.kind, self.name, self.version)
    }
}

/// Undoes percent-encoding.
fn decoded(text: &str) -> String {
    let (mut out, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let byte = (*first == b'%').then(|| after.get(..2)).flatten();
        let byte = byte.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        (out, rest) = match byte {
            Some(byte) => ([out, vec![byte]].concat(), &after[2..]),
            None => ([out, vec![*first]].concat(), after),
        };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_one_package_are_equal_however_they_are_spelt() {
        #[rustfmt::skip]
        let table = [
            // package URL                              version   part                          why
            ("pkg:golang/golang.org/x/net@v0.1.0",      "v0.1.0", "golang/golang.org/x/net 0.1.0", "Go's v"),
            ("pkg:pypi/Zope.Interface@1",               "1",      "pypi/zope-interface 1",       "PyPI names"),
            ("pkg:npm/%40a/b@1?x=y#z",                  "1",      "npm/@a/b 1",                  "encoded scope"),
            ("pkg:golang/a.b/c@v4.0.2?k=v#v4",          "v4.0.2", "golang/a.b/c/v4 4.0.2",       "the end of a module's path"),
            ("pkg:golang/stdlib@go1.20.12",             "go1.20.12", "golang/stdlib 1.20.12",    "Go itself"),
            ("pkg:cargo/x",                             "1",      "cargo/x 1",                   "no version"),
        ];
        for (purl, version, part, why) in table {
            assert_eq!(Part::from_purl(purl, version).unwrap().to_string(), part, "{why}");
        }
    }
}
