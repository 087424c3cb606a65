//! VERS: version ranges as text, `vers:npm/>=1.0.0|<2.0.0`.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::purl::percent;
use crate::{Bound, Interval, IntervalSet, Scheme, Within};

mod native;

/// Longest VERS text that is read, in bytes; a range of 10,000 constraints fits several times.
pub const MAX_VERS_BYTES: usize = 1_048_576;

/// How a VERS constraint compares.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Comparator {
    /// `*`, alone in its range.
    Any,
    /// `=`, written without a sign.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
}

/// A VERS range: a scheme's name and its constraints in the order of the scheme.
///
/// [`FromStr`] sorts constraints and forgives white space and stray bars;
/// [`VersRange::parse_canonical`] forgives nothing.
///
/// Containment follows the order alone: `vers:npm/<2.0.0` holds `2.0.0-rc.1`, which node-semver
/// would hide from a user who is choosing a version. An advisory is not choosing, and a flaw fixed
/// in 2.0.0 is in its release candidates unless the advisory says otherwise.
///
/// ```
/// use bongsu_package::{VersRange, Within};
///
/// let range: VersRange = "vers:npm/>=1.0.0|<2.0.0".parse()?;
/// assert_eq!(range.contains("1.5.0"), Within::Inside);
/// assert_eq!(range.contains("2.0.0"), Within::Outside);
/// assert_eq!(range.contains("soon"), Within::Unclear);
/// # Ok::<(), bongsu_package::ParseVersError>(())
/// ```
#[derive(Clone, Debug)]
pub struct VersRange {
    name: String,
    scheme: Scheme,
    constraints: Vec<(Comparator, String)>,
    set: IntervalSet,
}

/// Why a text is not a VERS range.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseVersError {
    /// The text does not begin with `vers:`.
    #[error("a range begins with `vers:`, such as `vers:npm/>=1.0.0|<2.0.0`")]
    Prefix,
    /// The text is longer than [`MAX_VERS_BYTES`].
    #[error("a range has at most {MAX_VERS_BYTES} bytes")]
    TooLong,
    /// No scheme stands between `vers:` and `/`.
    #[error("a range names its scheme, such as `npm` in `vers:npm/*`")]
    Scheme,
    /// There is no constraint at all.
    #[error("a range has at least one constraint, such as `*`")]
    Empty,
    /// A constraint lacks its version, or `*` is not alone.
    #[error("a constraint is a sign and a version, and `*` stands alone")]
    Constraint,
    /// A `%` without two hexadecimal digits, or bytes that are not UTF-8.
    #[error("a `%` in a version is followed by two hexadecimal digits and spells UTF-8")]
    Percent,
    /// The range could be read but is not written canonically.
    #[error("the range is not canonical: {0}")]
    NotCanonical(&'static str),
    /// The text is no range of its ecosystem's own notation.
    #[error("{text:?} is no range as {scheme} writes them")]
    Native {
        /// The scheme that was asked.
        scheme: Scheme,
        /// The text, cut to its first 100 characters.
        text: String,
    },
}

impl VersRange {
    /// Reads a range that must be canonical: no white space, no stray bars, constraints in strict
    /// order, escapes only where they are needed.
    ///
    /// # Errors
    /// [`ParseVersError`]; [`ParseVersError::NotCanonical`] says what [`FromStr`] would forgive.
    pub fn parse_canonical(text: &str) -> Result<Self, ParseVersError> {
        if text.contains(|c: char| c.is_ascii_whitespace()) {
            return Err(ParseVersError::NotCanonical("it has white space"));
        }
        let (name, body) = split(text)?;
        if name != name.to_ascii_lowercase() || !text.starts_with("vers:") {
            return Err(ParseVersError::NotCanonical("its scheme is not in lower case"));
        }
        if body.split('|').any(str::is_empty) && !body.is_empty() {
            return Err(ParseVersError::NotCanonical("it has a bar with nothing beside it"));
        }
        let (scheme, constraints) = read(name, body)?;
        if !body.split('|').all(is_escaped_canonically) {
            return Err(ParseVersError::NotCanonical("it escapes what needs no escape"));
        }
        let lower = |version: &str| version.contains(['t', 'z']);
        if scheme == Scheme::Datetime && constraints.iter().any(|(_, version)| lower(version)) {
            return Err(ParseVersError::NotCanonical("a time has capital T and Z"));
        }
        let ascending = constraints.windows(2).all(|pair| {
            matches!(scheme.compare(&pair[0].1, &pair[1].1), Some(Ordering::Less) | None)
        });
        if !ascending {
            return Err(ParseVersError::NotCanonical("its constraints do not ascend"));
        }
        Ok(Self::new(name.to_owned(), scheme, constraints))
    }

    /// Reads a range in the notation of an ecosystem, such as `^1.2.0 || >=3` of npm,
    /// `[1.0,2.0)` of Maven and `NuGet`, `~> 2.0.8` of `RubyGems`.
    ///
    /// The constraints of all alternatives stand side by side when VERS then means the same;
    /// otherwise they are worked out.
    ///
    /// # Errors
    /// [`ParseVersError::Native`] when the text is no such range; [`ParseVersError::Empty`] when no
    /// version is in it.
    pub fn from_native(scheme: Scheme, text: &str) -> Result<Self, ParseVersError> {
        native::read(scheme, text)
    }

    /// The range of a union of intervals, canonical; `None` when it holds nothing.
    pub fn from_intervals(scheme: Scheme, intervals: &[Interval]) -> Option<Self> {
        let intervals = IntervalSet::new(scheme, intervals).intervals();
        let mut constraints: Vec<(Comparator, String)> = Vec::new();
        let mut before: Option<&Bound> = None;
        for interval in &intervals {
            let hole = match (before, &interval.low) {
                (Some(Bound::Excluding(high)), Bound::Excluding(low)) => {
                    scheme.compare(high, low) == Some(Ordering::Equal)
                }
                _ => false,
            };
            if hole {
                if let Some(last) = constraints.last_mut() {
                    last.0 = Comparator::NotEqual;
                }
                push(&mut constraints, Comparator::Less, &interval.high);
            } else {
                push_interval(&mut constraints, scheme, interval);
            }
            before = Some(&interval.high);
        }
        let any = intervals.first()? == &Interval::ALL;
        if any {
            constraints = vec![(Comparator::Any, String::new())];
        }
        Some(Self::new(scheme.name().to_owned(), scheme, constraints))
    }

    /// Puts a range together; the constraints are in their order.
    fn new(name: String, scheme: Scheme, constraints: Vec<(Comparator, String)>) -> Self {
        let set = IntervalSet::new(scheme, &intervals(scheme, &constraints));
        Self { name, scheme, constraints, set }
    }

    /// The scheme's name as the range writes it, lower case: `npm`, `deb`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The order its versions have; [`Scheme::Generic`] when the name is of no known scheme.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The constraints, ascending; the version of [`Comparator::Any`] is empty.
    pub fn constraints(&self) -> &[(Comparator, String)] {
        &self.constraints
    }

    /// Whether the range holds a version.
    pub fn contains(&self, version: &str) -> Within {
        self.set.holds(version)
    }

    /// The intervals of the range, ascending and apart from each other.
    pub fn intervals(&self) -> Vec<Interval> {
        self.set.intervals()
    }

    /// The same range with the fewest constraints; itself when an end cannot be read or nothing is
    /// in it.
    #[must_use]
    pub fn simplified(&self) -> Self {
        if !self.set.is_readable() {
            return self.clone();
        }
        match Self::from_intervals(self.scheme, &self.intervals()) {
            Some(range) => Self { name: self.name.clone(), ..range },
            None => self.clone(),
        }
    }
}

/// Same name, same constraints.
impl PartialEq for VersRange {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.constraints == other.constraints
    }
}

impl Eq for VersRange {}

impl FromStr for VersRange {
    type Err = ParseVersError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let stripped: String;
        let text = if text.contains(|c: char| c.is_ascii_whitespace()) {
            stripped = text.split_ascii_whitespace().collect();
            &stripped
        } else {
            text
        };
        let (name, body) = split(text)?;
        let (scheme, mut constraints) = read(name, body)?;
        sort(scheme, &mut constraints);
        Ok(Self::new(name.to_ascii_lowercase(), scheme, constraints))
    }
}

/// Splits into the scheme's name and the constraints.
fn split(text: &str) -> Result<(&str, &str), ParseVersError> {
    if text.len() > MAX_VERS_BYTES {
        return Err(ParseVersError::TooLong);
    }
    let rest = match text.split_at_checked(5) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("vers:") => rest,
        _ => return Err(ParseVersError::Prefix),
    };
    let (name, body) = rest.split_once('/').ok_or(ParseVersError::Scheme)?;
    let named = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    if named { Ok((name, body)) } else { Err(ParseVersError::Scheme) }
}

type Constraints = Vec<(Comparator, String)>;

fn read(name: &str, body: &str) -> Result<(Scheme, Constraints), ParseVersError> {
    let scheme = Scheme::from_name(name).unwrap_or(Scheme::Generic);
    let mut constraints = Vec::new();
    for part in body.split('|').filter(|part| !part.is_empty()) {
        let (comparator, version) = Comparator::strip(part);
        if version.is_empty() != (comparator == Comparator::Any) {
            return Err(ParseVersError::Constraint);
        }
        let mut decoded = String::new();
        percent::decode(version, &mut decoded).ok_or(ParseVersError::Percent)?;
        constraints.push((comparator, decoded));
    }
    let any = constraints.iter().any(|(comparator, _)| *comparator == Comparator::Any);
    match constraints.len() {
        0 => Err(ParseVersError::Empty),
        2.. if any => Err(ParseVersError::Constraint),
        _ => Ok((scheme, constraints)),
    }
}

/// Sorts by version, equal ones with ends before beginnings, so that `<1.5|>=1.5` follow each
/// other. Texts that cannot be read come last, in their own order.
fn sort(scheme: Scheme, constraints: &mut Constraints) {
    let begins = |comparator: Comparator| {
        matches!(comparator, Comparator::Greater | Comparator::GreaterOrEqual)
    };
    constraints.sort_by_cached_key(|(comparator, version)| {
        let key = scheme.parse(version).map(|version| version.sort_key().to_vec());
        (key.is_err(), key.ok(), begins(*comparator))
    });
}

/// Whether every escape of a constraint is in capitals and needed.
fn is_escaped_canonically(part: &str) -> bool {
    part.split('%').skip(1).all(|rest| {
        let digits = rest.get(..2).unwrap_or_default();
        let needed = u8::from_str_radix(digits, 16).is_ok_and(|byte| !percent::is_plain(byte));
        needed && !digits.contains(|digit: char| digit.is_ascii_lowercase())
    })
}

/// What constraints in order mean (VERS, "checking if a version is within a range"): signs that
/// repeat keep the widest, a `>` and the next `<` are an interval, `=` adds, `!=` takes away.
fn intervals(scheme: Scheme, constraints: &[(Comparator, String)]) -> Vec<Interval> {
    let mut spans: Vec<Interval> = Vec::new();
    let (mut low, mut points, mut holes) = (None, Vec::new(), Vec::new());
    for (comparator, version) in constraints {
        let including = Bound::Including(version.clone());
        let excluding = Bound::Excluding(version.clone());
        match comparator {
            Comparator::Any => return vec![Interval::ALL],
            Comparator::Equal => points.push(Interval::point(version)),
            Comparator::NotEqual => holes.push(version),
            Comparator::Greater => low = low.or(Some(excluding)),
            Comparator::GreaterOrEqual => low = low.or(Some(including)),
            Comparator::Less | Comparator::LessOrEqual => {
                let high = if *comparator == Comparator::Less { excluding } else { including };
                match (low.take(), spans.last_mut()) {
                    (None, Some(last)) => last.high = high,
                    (None, None) => spans.push(Interval { low: Bound::Open, high }),
                    (Some(low), _) => spans.push(Interval { low, high }),
                }
            }
        }
    }
    spans.extend(low.map(|low| Interval { low, high: Bound::Open }));
    // `!=1.2` alone is every other version.
    if spans.is_empty() && points.is_empty() && !holes.is_empty() {
        spans.push(Interval::ALL);
    }
    if !holes.is_empty() {
        spans = cut(scheme, &spans, &holes);
    }
    spans.append(&mut points);
    spans
}

/// Takes single versions out of intervals.
fn cut(scheme: Scheme, spans: &[Interval], holes: &[&String]) -> Vec<Interval> {
    let mut between = Vec::with_capacity(holes.len() + 1);
    let mut low = Bound::Open;
    // No version that can be read is equal to a text that cannot.
    for hole in holes.iter().filter(|hole| scheme.parse(hole).is_ok()) {
        between.push(Interval { low, high: Bound::Excluding((*hole).clone()) });
        low = Bound::Excluding((*hole).clone());
    }
    between.push(Interval { low, high: Bound::Open });
    let between = IntervalSet::new(scheme, &between);
    IntervalSet::new(scheme, spans).intersection(&between).intervals()
}

fn push_interval(constraints: &mut Constraints, scheme: Scheme, interval: &Interval) {
    if let (Bound::Including(low), Bound::Including(high)) = (&interval.low, &interval.high)
        && scheme.compare(low, high) == Some(Ordering::Equal)
    {
        constraints.push((Comparator::Equal, low.clone()));
        return;
    }
    push(constraints, Comparator::Greater, &interval.low);
    push(constraints, Comparator::Less, &interval.high);
}

fn push(constraints: &mut Constraints, side: Comparator, bound: &Bound) {
    let comparator = match (bound, side) {
        (Bound::Open, _) => return,
        (Bound::Excluding(_), side) => side,
        (Bound::Including(_), Comparator::Less) => Comparator::LessOrEqual,
        (Bound::Including(_), _) => Comparator::GreaterOrEqual,
    };
    constraints.push((comparator, bound.text().unwrap_or_default().to_owned()));
}

impl Comparator {
    /// Takes the sign off a constraint.
    fn strip(part: &str) -> (Self, &str) {
        if part == "*" {
            return (Self::Any, "");
        }
        let signed = SIGNS.iter().find_map(|(sign, comparator)| {
            part.strip_prefix(sign).map(|version| (*comparator, version))
        });
        signed.unwrap_or((Self::Equal, part))
    }

    /// The sign VERS writes; none for [`Comparator::Equal`].
    pub fn sign(self) -> &'static str {
        match self {
            Self::Any => "*",
            Self::Equal => "",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl fmt::Display for VersRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "vers:{}/", self.name)?;
        for (number, (comparator, version)) in self.constraints.iter().enumerate() {
            if number > 0 {
                f.write_str("|")?;
            }
            f.write_str(comparator.sign())?;
            percent::encode(version, f)?;
        }
        Ok(())
    }
}

/// Signs as read, the longer first.
const SIGNS: [(&str, Comparator); 6] = [
    ("!=", Comparator::NotEqual),
    ("<=", Comparator::LessOrEqual),
    (">=", Comparator::GreaterOrEqual),
    ("<", Comparator::Less),
    (">", Comparator::Greater),
    ("=", Comparator::Equal),
];
