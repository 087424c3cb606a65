//! What each type allows and folds: the facts of the type definitions published with ECMA-427.

use super::{KIND, NAME, NAMESPACE, PARTS, ParsePurlError, Purl, SUBPATH, VERSION, position};

/// Whether a type has a namespace.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Namespace {
    May,
    /// The definition requires it and so do we.
    Must,
    /// The definition requires it, widely used tools leave it out (`pkg:golang/stdlib`,
    /// `pkg:maven/foo`): read without, never written without.
    Should,
    MustNot,
}

/// How a part is folded and what it may hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fold {
    Keep,
    Lower,
    Upper,
    /// Lower case, `_` as `-`.
    Pypi,
    /// Lower case, whatever is no letter or digit as `_`.
    Pub,
    /// A distribution's name, not a module's: no `::`.
    Cpan,
    /// No white space, no `+`, no leading `.`.
    Pod,
    /// 32 letters from `a` to `p`.
    ChromeId,
    /// One to four numbers.
    ChromeVersion,
}

/// The rules of one type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    kind: &'static str,
    namespace: Namespace,
    /// Namespace, name, version.
    folds: [Fold; 3],
    /// A qualifier that must be there.
    wants: Option<&'static str>,
}

impl Rule {
    /// The rules of a type; a type nobody defined may have anything.
    pub(super) fn of(kind: &str) -> &'static Self {
        match RULES.binary_search_by(|rule| rule.kind.cmp(kind)) {
            Ok(at) => &RULES[at],
            Err(_) => &UNKNOWN,
        }
    }

    /// Checks and folds the parts; `strict` when we write rather than read.
    pub(super) fn apply(&self, mut purl: Purl, strict: bool) -> Result<Purl, ParsePurlError> {
        let wrong = match self.namespace {
            Namespace::May => false,
            Namespace::Must => purl.namespace().is_none(),
            Namespace::Should => strict && purl.namespace().is_none(),
            Namespace::MustNot => purl.namespace().is_some(),
        };
        if wrong {
            return Err(ParsePurlError::Namespace);
        }
        if purl.name().is_empty() {
            return Err(ParsePurlError::Name);
        }
        if let Some(key) = self.wants
            && purl.qualifier(key).is_none()
        {
            return Err(ParsePurlError::MissingQualifier(key));
        }
        let [namespace, name, version] = self.folds;
        let forge = self.kind == "git" && matches!(purl.part(NAMESPACE), "github" | "github.com");
        let name = match (self.kind, name) {
            // GitHub tells no two owners or repositories apart by case; other hosts may.
            ("git", _) if forge => Fold::Lower,
            // Databricks folds the case of model names, other MLflow servers keep it.
            ("mlflow", _) if at_databricks(&purl) => Fold::Lower,
            (_, name) => name,
        };
        purl.fold(NAMESPACE, namespace)?;
        purl.fold(NAME, name)?;
        purl.fold(VERSION, version)?;
        Ok(purl)
    }
}

impl Purl {
    fn fold(&mut self, part: usize, fold: Fold) -> Result<(), ParsePurlError> {
        let text = self.part(part);
        let folded = match fold {
            Fold::Lower if !text.bytes().any(|byte| byte.is_ascii_uppercase()) => return Ok(()),
            Fold::Lower => text.to_ascii_lowercase(),
            Fold::Upper => text.to_ascii_uppercase(),
            Fold::Pypi => text.to_ascii_lowercase().replace('_', "-"),
            Fold::Pub => text
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
                .collect(),
            Fold::Cpan if text.contains("::") => return Err(ParsePurlError::Name),
            Fold::Pod if text.starts_with('.') || text.contains([' ', '\t', '\n', '+']) => {
                return Err(ParsePurlError::Name);
            }
            Fold::Keep | Fold::Cpan | Fold::Pod => return Ok(()),
            Fold::ChromeId => chrome_id(text).ok_or(ParsePurlError::Name)?,
            Fold::ChromeVersion if is_chrome_version(text) => return Ok(()),
            Fold::ChromeVersion => return Err(ParsePurlError::Version),
        };
        if folded != text {
            self.replace(part, &folded);
        }
        Ok(())
    }

    /// Puts another text of any length in the place of one part.
    fn replace(&mut self, part: usize, by: &str) {
        debug_assert!((NAMESPACE..=SUBPATH).contains(&part), "part {part} of {PARTS}");
        let (start, end) = (self.ends[part - 1], self.ends[part]);
        let mut text = String::with_capacity(self.text.len() + by.len());
        text.push_str(&self.text[..start as usize]);
        text.push_str(by);
        let new_end = position(&text);
        text.push_str(&self.text[end as usize..]);
        let shift = |at: &mut u32| *at = *at - end + new_end;
        self.ends[part..].iter_mut().for_each(shift);
        for (key_end, value_end) in &mut self.qualifiers {
            shift(key_end);
            shift(value_end);
        }
        debug_assert!(self.ends[KIND] <= self.ends[part]);
        self.text = text.into();
    }
}

fn at_databricks(purl: &Purl) -> bool {
    purl.qualifier("repository_url").is_some_and(|url| url.contains("databricks"))
}

fn chrome_id(text: &str) -> Option<String> {
    let id = text.to_ascii_lowercase();
    (id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'a'..=b'p'))).then_some(id)
}

fn is_chrome_version(text: &str) -> bool {
    let numbers = text.split('.').count() <= 4
        && text.split('.').all(|n| !n.is_empty() && n.bytes().all(|byte| byte.is_ascii_digit()));
    text.is_empty() || numbers
}

const UNKNOWN: Rule = rule("", Namespace::May, [Fold::Keep; 3], None);

const fn rule(
    kind: &'static str,
    namespace: Namespace,
    folds: [Fold; 3],
    wants: Option<&'static str>,
) -> Rule {
    Rule { kind, namespace, folds, wants }
}

/// Every defined type, by name. `golang` keeps its case: the definition says both that case
/// matters and that it is folded; [`PackageName`](crate::PackageName) folds it.
#[rustfmt::skip]
const RULES: [Rule; 42] = {
    use Fold::{ChromeId, ChromeVersion, Cpan, Keep, Lower, Pod, Pub, Pypi, Upper};
    use Namespace::{May, Must, MustNot, Should};
    [
        //   type                namespace  namespace name      version        needs
        rule("alpm",             Should,    [Lower,   Lower,    Keep],          None),
        rule("apk",              Should,    [Lower,   Lower,    Keep],          None),
        rule("bazel",            MustNot,   [Keep,    Keep,     Keep],          None),
        rule("bitbucket",        Must,      [Lower,   Lower,    Keep],          None),
        rule("bitnami",          MustNot,   [Keep,    Lower,    Keep],          None),
        rule("brew",             May,       [Lower,   Lower,    Keep],          None),
        rule("cargo",            MustNot,   [Keep,    Keep,     Keep],          None),
        rule("chrome-extension", MustNot,   [Keep,    ChromeId, ChromeVersion], None),
        rule("cocoapods",        MustNot,   [Keep,    Pod,      Keep],          None),
        rule("composer",         Should,    [Lower,   Lower,    Keep],          None),
        rule("conan",            May,       [Keep,    Keep,     Keep],          None),
        rule("conda",            MustNot,   [Keep,    Keep,     Keep],          None),
        rule("cpan",             May,       [Upper,   Cpan,     Keep],          None),
        rule("cran",             MustNot,   [Keep,    Keep,     Keep],          None),
        rule("deb",              Should,    [Lower,   Lower,    Keep],          None),
        rule("docker",           May,       [Keep,    Keep,     Keep],          None),
        rule("gem",              MustNot,   [Keep,    Keep,     Keep],          None),
        rule("generic",          May,       [Keep,    Keep,     Keep],          None),
        rule("git",              Must,      [Lower,   Keep,     Keep],          None),
        rule("github",           Must,      [Lower,   Lower,    Keep],          None),
        rule("golang",           Should,    [Keep,    Keep,     Keep],          None),
        rule("hackage",          MustNot,   [Keep,    Keep,     Keep],          None),
        rule("hex",              May,       [Lower,   Lower,    Keep],          None),
        rule("huggingface",      Should,    [Keep,    Keep,     Lower],         None),
        rule("julia",            MustNot,   [Keep,    Keep,     Keep],          Some("uuid")),
        rule("luarocks",         May,       [Lower,   Lower,    Keep],          None),
        rule("maven",            Should,    [Keep,    Keep,     Keep],          None),
        rule("mlflow",           MustNot,   [Keep,    Keep,     Keep],          None),
        rule("npm",              May,       [Keep,    Keep,     Keep],          None),
        rule("nuget",            MustNot,   [Keep,    Keep,     Keep],          None),
        rule("oci",              MustNot,   [Keep,    Lower,    Lower],         None),
        rule("opam",             MustNot,   [Keep,    Keep,     Keep],          None),
        rule("otp",              MustNot,   [Keep,    Lower,    Keep],          None),
        rule("pub",              MustNot,   [Keep,    Pub,      Keep],          None),
        rule("pypi",             MustNot,   [Keep,    Pypi,     Keep],          None),
        rule("qpkg",             Must,      [Lower,   Keep,     Keep],          None),
        rule("rpm",              Should,    [Lower,   Keep,     Keep],          None),
        rule("swid",             May,       [Keep,    Keep,     Keep],          Some("tag_id")),
        rule("swift",            Must,      [Keep,    Keep,     Keep],          None),
        rule("vcpkg",            MustNot,   [Keep,    Keep,     Keep],          None),
        rule("vscode-extension", Must,      [Lower,   Lower,    Lower],         None),
        rule("yocto",            May,       [Lower,   Keep,     Keep],          None),
    ]
};
