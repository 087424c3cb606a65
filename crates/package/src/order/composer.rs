//! Packagist: Composer's normaliser, then PHP's `version_compare` of what it gives.
//!
//! Sources: `Composer\Semver\VersionParser::normalize`, `version_compare` of PHP 8. `1.0` and
//! `1.0.0.0` are equal (the normaliser fills up to four numbers); build metadata has no weight;
//! `dev-main` names a branch, which has no place in the order.

use super::key::{FIRST_NUMBER, LAST_NUMBER, Writer};
use super::scan::{Scan, numbers, sure};

const DEV: u8 = 0x01;
const ALPHA: u8 = 0x02;
const BETA: u8 = 0x03;
const CANDIDATE: u8 = 0x04;
const END: u8 = 0x05;
const _: () = assert!(END < FIRST_NUMBER && LAST_NUMBER < PATCH);
const PATCH: u8 = 0xE0;

/// What Composer puts for the `x` of `1.x-dev`.
const ANY: &[u8] = b"9999999";

pub(super) fn write(text: &str, key: &mut Writer) -> Option<()> {
    let parts = Parts::read(text)?;
    parts.write_numbers(key);
    if let Some((stage, numbers_of_stage)) = parts.stage {
        key.tag(stage);
        for number in numbers(numbers_of_stage).filter(|number| !number.is_empty()) {
            key.number(number);
        }
    }
    if parts.dev {
        key.tag(DEV);
    }
    key.tag(END);
    Some(())
}

/// Whatever Composer's stability is below `stable`.
pub(super) fn is_prerelease(text: &str) -> Option<bool> {
    let parts = Parts::read(text)?;
    Some(parts.dev || parts.stage.is_some_and(|(stage, _)| stage < END))
}

struct Parts<'a> {
    front: &'a [u8],
    /// Filled up to four numbers; a date is not.
    classical: bool,
    /// `1.x-dev`: the missing numbers are as high as they get.
    branch: bool,
    stage: Option<(u8, &'a [u8])>,
    dev: bool,
}

impl<'a> Parts<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let text = text.split_once(" as ").map_or(text, |(real, _)| real.trim_ascii());
        let text = without_flag(text);
        let text = without_build(text)?;
        let mut scan = Scan::new(text);
        scan.eat_any(b"vV");
        Self::classical(scan).or_else(|| Self::date(scan)).or_else(|| Self::branch(scan))
    }

    /// `1.2.3.4` and a modifier; the first number has at most five digits.
    fn classical(mut scan: Scan<'a>) -> Option<Self> {
        let front = scan.dotted(b".")?;
        sure(numbers(front).count() <= 4)?;
        sure(numbers(front).next()?.len() <= 5)?;
        let (stage, dev) = modifier(&mut scan)?;
        Some(Self { front, classical: true, branch: false, stage, dev })
    }

    /// `1.2.x-dev`.
    fn branch(mut scan: Scan<'a>) -> Option<Self> {
        let front = scan.dotted(b".")?;
        sure(numbers(front).count() <= 3)?;
        while scan.eat(b'.') && scan.eat_any(b"xX*").is_some() {}
        scan.eat(b'-');
        sure(scan.eat_word(b"dev") && scan.is_done())?;
        Some(Self { front, classical: true, branch: true, stage: None, dev: true })
    }

    /// `2010-01-02`, `20100102-203040`, `2010.01.02.5`.
    fn date(mut scan: Scan<'a>) -> Option<Self> {
        let front = scan.dotted(b".:-")?;
        let (year, rest) = front.split_at_checked(4)?;
        // Every step looks at one byte or more, so a longer text cannot fit.
        sure(rest.len() <= 26)?;
        sure(year.iter().all(u8::is_ascii_digit) && is_rest_of_date(rest, 0, 0))?;
        let (stage, dev) = modifier(&mut scan)?;
        Some(Self { front, classical: false, branch: false, stage, dev })
    }

    fn write_numbers(&self, key: &mut Writer) {
        let mut count = 0;
        for number in numbers(self.front) {
            key.number(number);
            count += 1;
        }
        if self.classical {
            for _ in count..4 {
                key.number(if self.branch { ANY } else { b"" });
            }
        }
    }
}

/// Takes off `@beta` and the like.
fn without_flag(text: &str) -> &str {
    const FLAGS: [&str; 5] = ["dev", "alpha", "beta", "rc", "stable"];
    match text.rsplit_once('@') {
        Some((real, flag)) if FLAGS.iter().any(|known| known.eq_ignore_ascii_case(flag)) => real,
        _ => text,
    }
}

/// Takes off `+build`.
fn without_build(text: &str) -> Option<&str> {
    match text.split_once('+') {
        Some((real, build)) => {
            sure(!build.is_empty() && !build.contains(char::is_whitespace))?;
            Some(real)
        }
        None => Some(text),
    }
}

type Stage<'a> = Option<(u8, &'a [u8])>;

/// `-beta2`, `-RC.1-dev`, `-dev`; to the end.
fn modifier<'a>(scan: &mut Scan<'a>) -> Option<(Stage<'a>, bool)> {
    scan.eat_any(b"._-");
    let mut stage = None;
    let mut stable = false;
    if let Some(kind) = eat_stage(scan) {
        stable = kind == END;
        let start = scan.rest;
        // `beta.2.1`: every number may have its own dot or hyphen.
        loop {
            let ahead = *scan;
            scan.eat_any(b".-");
            if scan.digits().is_empty() {
                *scan = ahead;
                break;
            }
        }
        let number = &start[..start.len() - scan.rest.len()];
        stage = (!stable).then_some((kind, number));
    }
    let before = *scan;
    scan.eat_any(b".-");
    let named_dev = scan.eat_word(b"dev");
    if !named_dev {
        *scan = before;
    }
    // Composer stops reading at `stable`.
    let dev = named_dev && !stable;
    sure(scan.is_done())?;
    Some((stage, dev))
}

/// Up to six pairs of digits, then up to two runs of at most three, each perhaps with a separator.
fn is_rest_of_date(rest: &[u8], pairs: u8, runs: u8) -> bool {
    if rest.is_empty() {
        return pairs > 0;
    }
    let body = rest.strip_prefix(b".").or_else(|| rest.strip_prefix(b":"));
    let body = body.or_else(|| rest.strip_prefix(b"-")).unwrap_or(rest);
    let digits = body.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let pair = pairs < 6 && runs == 0 && digits >= 2;
    (pair && is_rest_of_date(&body[2..], pairs + 1, 0))
        || (pairs > 0
            && runs < 2
            && (1..=digits.min(3)).any(|run| is_rest_of_date(&body[run..], pairs, runs + 1)))
}

/// A stability by its spelling; [`END`] is `stable`.
fn eat_stage(scan: &mut Scan<'_>) -> Option<u8> {
    const SPELLINGS: [(&[u8], u8); 9] = [
        (b"stable", END),
        (b"beta", BETA),
        (b"b", BETA),
        (b"rc", CANDIDATE),
        (b"alpha", ALPHA),
        (b"a", ALPHA),
        (b"patch", PATCH),
        (b"pl", PATCH),
        (b"p", PATCH),
    ];
    SPELLINGS.iter().find(|(spelling, _)| scan.eat_word(spelling)).map(|(_, stage)| *stage)
}
