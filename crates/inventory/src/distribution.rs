//! Operating-system distributions and how their release reaches packages.

use bongsu_package::Ecosystem;

/// An operating-system distribution and release, as os-release(5) names them.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Distribution {
    /// `ID`, lower case: `debian`, `almalinux`, `alpine`.
    pub id: String,
    /// `VERSION_ID`: `12`, `9.3`, `3.18.4`.
    pub version: Option<String>,
}

impl Distribution {
    /// Reads the text of `/etc/os-release`; `None` when it names no distribution.
    ///
    /// - **Source:** os-release(5): shell-like `KEY=value` lines, quotes optional. Of two lines
    ///   with one key the last holds, as it would in a shell.
    ///
    /// ```
    /// # use bongsu_inventory::Distribution;
    /// let read = Distribution::from_os_release("ID=debian\nVERSION_ID=\"12\"\n").unwrap();
    /// assert_eq!((read.id.as_str(), read.version.as_deref()), ("debian", Some("12")));
    /// ```
    pub fn from_os_release(text: &str) -> Option<Self> {
        let (mut id, mut version) = (None, None);
        for line in text.lines() {
            match line.trim().split_once('=') {
                Some(("ID", value)) => id = unquoted(value).map(|id| id.to_lowercase()),
                Some(("VERSION_ID", value)) => version = unquoted(value),
                _ => {}
            }
        }
        Some(Self { id: id?, version })
    }

    /// Reads what package URLs call `distro`: `debian-12`, `opensuse-leap-15.5`, `alpine-3.18.4`.
    ///
    /// A value that is a release alone (`3.18.4`) says no distribution, so `None`.
    pub fn from_qualifier(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let release = text.rmatch_indices('-').find(|(at, _)| {
            let rest = text[at + 1..].strip_prefix('v').unwrap_or(&text[at + 1..]);
            rest.starts_with(|c: char| c.is_ascii_digit())
        });
        let (id, version) = match release {
            Some((at, _)) => (&text[..at], Some(text[at + 1..].to_owned())),
            None => (text.as_str(), None),
        };
        (!id.is_empty()).then(|| Self { id: id.to_owned(), version })
    }

    /// The ecosystem its packages belong to; `None` when we do not know the distribution.
    pub fn ecosystem(&self) -> Option<Ecosystem> {
        Ecosystem::from_distribution(&self.id, self.version.as_deref().unwrap_or_default())
    }
}

/// The value of a shell assignment; `None` when it is empty.
fn unquoted(value: &str) -> Option<String> {
    let value = value.trim();
    let bare = ['"', '\'']
        .iter()
        .find_map(|&quote| value.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(value);
    (!bare.is_empty()).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn os_release_is_read_as_a_shell_would() {
        #[rustfmt::skip]
        let table = [
            // text                                  id and version                why
            ("ID=debian\nVERSION_ID=\"12\"\n",       Some(("debian", Some("12"))), "quoted value"),
            ("ID='alpine'\nVERSION_ID=3.18.4",       Some(("alpine", Some("3.18.4"))), "no quotes, no end of line"),
            ("ID=debian\n",                          Some(("debian", None)),       "a rolling release has no version"),
            ("ID=a\r\nID=Fedora\r\nVERSION_ID=\r\n", Some(("fedora", None)),       "the last holds; lower case; empty is none"),
            ("NAME=Thing\nVERSION_ID=1",             None,                         "no ID"),
            ("",                                     None,                         "nothing"),
        ];
        for (text, expected, why) in table {
            let read = Distribution::from_os_release(text);
            let read = read.as_ref().map(|d| (d.id.as_str(), d.version.as_deref()));
            assert_eq!(read, expected, "{text:?}: {why}");
        }
    }

    #[test]
    fn a_distro_qualifier_is_split_before_its_release() {
        #[rustfmt::skip]
        let table = [
            ("debian-12",          Some(("debian", Some("12"))),          "plain"),
            ("opensuse-leap-15.5", Some(("opensuse-leap", Some("15.5"))), "the id has a dash"),
            ("alpine-v3.18",       Some(("alpine", Some("v3.18"))),       "Alpine writes a v"),
            ("arch",               Some(("arch", None)),                  "no release"),
            ("3.18.4",             None,                                  "a release alone names nobody"),
        ];
        for (text, expected, why) in table {
            let read = Distribution::from_qualifier(text);
            let read = read.as_ref().map(|d| (d.id.as_str(), d.version.as_deref()));
            assert_eq!(read, expected, "{text}: {why}");
        }
    }
}
