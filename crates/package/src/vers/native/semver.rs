//! Carets, tildes, stars and hyphens: npm, Cargo, Pub, Composer, Conan.

use super::lists::{comparator, push, split_sign};
use super::{All, Any};
use crate::Scheme;
use crate::vers::Comparator;

/// A version some of whose numbers may be left open: `1`, `1.2`, `1.x`, `1.2.3-rc.1`.
struct Partial<'a> {
    /// The numbers that are given, at most four.
    numbers: Vec<u64>,
    /// What follows them, with its sign.
    rest: &'a str,
}

impl<'a> Partial<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let text = text.trim_start_matches(['v', 'V', '=']);
        let end = text.find(['-', '+']).unwrap_or(text.len());
        let (main, rest) = text.split_at(end);
        let (mut numbers, mut open) = (Vec::new(), false);
        for part in main.split('.') {
            match part {
                "x" | "X" | "*" => open = true,
                _ if open => return None,
                number => numbers.push(number.parse().ok()?),
            }
        }
        (numbers.len() <= 4).then_some(Self { numbers, rest })
    }

    /// The version with the open numbers as zero, at least `count` of them.
    fn floor(&self, count: usize) -> String {
        let mut text = dotted(&self.numbers, count);
        if self.numbers.len() >= count {
            text.push_str(self.rest);
        }
        text
    }

    /// The first version whose number at `place` is one higher.
    fn ceiling(&self, place: usize, count: usize) -> Option<String> {
        let mut numbers: Vec<u64> = self.numbers.iter().take(place + 1).copied().collect();
        let last = numbers.last_mut()?;
        *last = last.checked_add(1)?;
        Some(dotted(&numbers, count))
    }

    /// Where the first number that is not zero stands; the last one if all are.
    fn leading(&self) -> usize {
        let last = self.numbers.len().saturating_sub(1);
        self.numbers.iter().position(|number| *number != 0).unwrap_or(last)
    }
}

fn dotted(numbers: &[u64], count: usize) -> String {
    let zeros = std::iter::repeat_n(&0, count.saturating_sub(numbers.len()));
    numbers.iter().chain(zeros).map(u64::to_string).collect::<Vec<_>>().join(".")
}

/// npm (node-semver's grammar), Cargo (a bare version is a caret) and Pub.
pub(super) fn read(scheme: Scheme, text: &str) -> Option<Any> {
    let mut alternatives = Any::new();
    for alternative in text.split("||").map(str::trim) {
        if let Some((low, high)) = alternative.split_once(" - ") {
            alternatives.push(hyphen(low.trim(), high.trim(), NUMBERS)?);
            continue;
        }
        let mut all = All::new();
        for (sign, version) in pairs(alternative)? {
            let sign = if sign.is_empty() { bare(scheme) } else { sign };
            desugar(&mut all, sign, version)?;
        }
        // `1.1.2 1.2.2` holds nothing by the letter; whoever writes an advisory lists versions.
        if all.len() > 1 && all.iter().all(|(comparator, _)| *comparator == Comparator::Equal) {
            alternatives.extend(all.into_iter().map(|one| vec![one]));
        } else {
            alternatives.push(all);
        }
    }
    Some(alternatives)
}

/// What a bare version means.
fn bare(scheme: Scheme) -> &'static str {
    if scheme == Scheme::Cargo { "^" } else { "=" }
}

/// Signs with their versions, whether or not white space stands between them.
fn pairs(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|w| !w.is_empty());
    let mut pairs = Vec::new();
    while let Some(word) = words.next() {
        if matches!(word, "any" | "latest") {
            continue;
        }
        let (sign, version) = split_sign(word);
        let version = if version.is_empty() { words.next()? } else { version };
        pairs.push((sign, version));
    }
    Some(pairs)
}

fn desugar(all: &mut All, sign: &str, version: &str) -> Option<()> {
    let Some(partial) = Partial::read(version) else {
        // Not three numbers: the sign still says what it says (`<=1.0.0alpha`).
        return push(all, comparator(sign)?, version.trim_start_matches(['v', 'V']));
    };
    let given = partial.numbers.len();
    let (low, full) = (partial.floor(NUMBERS), given >= NUMBERS);
    let (from, below) = (Comparator::GreaterOrEqual, Comparator::Less);
    if given == 0 {
        // `*` with any sign but `<` and `>` is every version; with those it is none.
        return if matches!(sign, "<" | ">") { push(all, below, "0.0.0-0") } else { Some(()) };
    }
    match sign {
        "" | "=" | "==" if full => push(all, Comparator::Equal, &low),
        "" | "=" | "==" => between(all, &low, &partial.ceiling(given - 1, NUMBERS)?),
        "~" | "~>" => between(all, &low, &partial.ceiling(given.min(2) - 1, NUMBERS)?),
        "^" => between(all, &low, &partial.ceiling(partial.leading(), NUMBERS)?),
        ">" if !full => push(all, from, &partial.ceiling(given - 1, NUMBERS)?),
        "<=" if !full => push(all, below, &partial.ceiling(given - 1, NUMBERS)?),
        sign => push(all, comparator(sign)?, &low),
    }
}

fn between(all: &mut All, low: &str, high: &str) -> Option<()> {
    push(all, Comparator::GreaterOrEqual, low)?;
    push(all, Comparator::Less, high)
}

/// `1.2 - 2.3`: an open number on the right is filled up, not left out.
fn hyphen(low: &str, high: &str, count: usize) -> Option<All> {
    let (low, high) = (Partial::read(low)?, Partial::read(high)?);
    let mut all = All::new();
    if !low.numbers.is_empty() {
        push(&mut all, Comparator::GreaterOrEqual, &low.floor(count))?;
    }
    match high.numbers.len() {
        0 => {}
        given if given >= count => {
            push(&mut all, Comparator::LessOrEqual, &high.floor(count))?;
        }
        given => push(&mut all, Comparator::Less, &high.ceiling(given - 1, count)?)?,
    }
    Some(all)
}

/// Composer: `||` or `|`, stability flags (`@stable`), tilde up to the last number given. The ends
/// it makes up are development versions.
pub(super) fn read_composer(text: &str) -> Option<Any> {
    text.split('|')
        .filter(|alternative| !alternative.is_empty())
        .map(|alternative| {
            let alternative = alternative.trim();
            if let Some((low, high)) = alternative.split_once(" - ") {
                return hyphen(low.trim(), high.trim(), NUMBERS);
            }
            let mut all = All::new();
            for (sign, version) in pairs(alternative)? {
                composer_part(&mut all, sign, version.split('@').next().unwrap_or(version))?;
            }
            Some(all)
        })
        .collect()
}

fn composer_part(all: &mut All, sign: &str, version: &str) -> Option<()> {
    let starred = matches!(version.rsplit_once('.'), Some((_, "*" | "x")));
    let special = matches!(sign, "^" | "~") || starred || version == "*";
    let Some(partial) = Partial::read(version).filter(|_| special) else {
        return push(all, comparator(sign)?, version);
    };
    let given = partial.numbers.len();
    if given == 0 {
        return Some(());
    }
    let place = match sign {
        "^" => partial.leading(),
        "~" => given.saturating_sub(2),
        _ => given - 1,
    };
    let low = if starred { format!("{}-dev", partial.floor(given)) } else { partial.floor(given) };
    between(all, &low, &format!("{}-dev", partial.ceiling(place, NUMBERS)?))
}

/// Conan 2: `>1 <2.0 || ^3.2`, `~2.5`, `*`; options after a comma and a `-` at the end of a version
/// (pre-releases wanted) do not change which versions an advisory means.
pub(super) fn read_conan(text: &str) -> Option<Any> {
    let expression = text.split(',').next().unwrap_or_default();
    expression
        .split("||")
        .map(|alternative| {
            let mut all = All::new();
            for (sign, version) in pairs(alternative)? {
                let version = version.strip_suffix('-').unwrap_or(version);
                conan_part(&mut all, sign, version)?;
            }
            (!all.is_empty()).then_some(all)
        })
        .collect()
}

fn conan_part(all: &mut All, sign: &str, version: &str) -> Option<()> {
    if version == "*" {
        return push(all, Comparator::GreaterOrEqual, "0.0.0");
    }
    if !matches!(sign, "~" | "^") {
        return push(all, comparator(sign)?, version);
    }
    let partial = Partial::read(version).filter(|partial| !partial.numbers.is_empty())?;
    let place = if sign == "^" { partial.leading() } else { (partial.numbers.len() - 1).min(1) };
    // Conan writes the end as the earliest pre-release.
    between(all, version, &format!("{}-", partial.ceiling(place, 0)?))
}

/// Numbers of a whole version.
const NUMBERS: usize = 3;
