//! Package URLs from their parts.

use super::{MAX_PURL_BYTES, ParsePurlError, Purl, Raw};

/// The decoded parts of a package URL being written.
///
/// ```
/// use bongsu_package::Purl;
///
/// let purl = Purl::builder("npm", "core").namespace("@babel").version("7.0.0").finish()?;
/// assert_eq!(purl.to_string(), "pkg:npm/%40babel/core@7.0.0");
/// # Ok::<(), bongsu_package::ParsePurlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct PurlBuilder<'a> {
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
    version: &'a str,
    qualifiers: Vec<(&'a str, &'a str)>,
    subpath: &'a str,
}

impl<'a> PurlBuilder<'a> {
    pub(super) fn new(kind: &'a str, name: &'a str) -> Self {
        Self { kind, namespace: "", name, version: "", qualifiers: Vec::new(), subpath: "" }
    }

    /// Sets the namespace, segments joined by `/`.
    #[must_use]
    pub fn namespace(mut self, namespace: &'a str) -> Self {
        self.namespace = namespace;
        self
    }

    /// Sets the version.
    #[must_use]
    pub fn version(mut self, version: &'a str) -> Self {
        self.version = version;
        self
    }

    /// Adds a qualifier; an empty value says nothing and is dropped.
    #[must_use]
    pub fn qualifier(mut self, key: &'a str, value: &'a str) -> Self {
        self.qualifiers.push((key, value));
        self
    }

    /// Sets the subpath, segments joined by `/`.
    #[must_use]
    pub fn subpath(mut self, subpath: &'a str) -> Self {
        self.subpath = subpath;
        self
    }

    /// Checks the parts by the rules of the type.
    ///
    /// # Errors
    /// [`ParsePurlError`]; stricter than reading: a namespace that tools often forget (`deb`,
    /// `maven`) must be there.
    pub fn finish(self) -> Result<Purl, ParsePurlError> {
        let pairs = self.qualifiers.iter().map(|(key, value)| key.len() + value.len());
        let parts = [self.kind, self.namespace, self.name, self.version, self.subpath];
        let length = pairs.sum::<usize>() + parts.iter().map(|part| part.len()).sum::<usize>();
        if length > MAX_PURL_BYTES {
            return Err(ParsePurlError::TooLong);
        }
        let Self { kind, namespace, name, version, qualifiers, subpath } = self;
        Raw { kind, namespace, name, version, qualifiers, subpath, encoded: false }.assemble(length)
    }
}
