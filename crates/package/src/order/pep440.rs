//! PyPI: PEP 440, complete, with setuptools' older order for what came before it.
//!
//! Source: the version specifiers page of the Python packaging specifications (PEP 440), its
//! regular expression in appendix B, and the order of `packaging.version`.

use super::key::Writer;
use super::scan::{Scan, numbers, some, sure};

/// Legacy versions come before all others.
const LEGACY: u8 = 0x01;
const MODERN: u8 = 0x02;

const END_OF_RELEASE: u8 = 0x01;

const DEVELOPMENT_ONLY: u8 = 0x01;
const ALPHA: u8 = 0x02;
const BETA: u8 = 0x03;
const CANDIDATE: u8 = 0x04;
const FINAL: u8 = 0x05;

const NO_POST: u8 = 0x01;
const POST: u8 = 0x02;

const DEV: u8 = 0x01;
const NO_DEV: u8 = 0x02;

const NO_LOCAL: u8 = 0x00;
const LOCAL_END: u8 = 0x01;
const LOCAL_WORD: u8 = 0x02;

pub(super) fn write(text: &str, key: &mut Writer) -> Option<()> {
    let Some(parts) = Parts::read(text) else {
        key.tag(LEGACY);
        return super::legacy_python::write(text, key);
    };
    key.tag(MODERN);
    parts.write(key);
    Some(())
}

/// Pre-releases and development releases, as `packaging` has it; legacy versions all are.
pub(super) fn is_prerelease(text: &str) -> Option<bool> {
    match Parts::read(text) {
        Some(parts) => Some(parts.pre.is_some() || parts.dev.is_some()),
        None => super::legacy_python::write(text, &mut Writer::new()).map(|()| true),
    }
}

/// A version taken apart; an empty number is an implied zero.
struct Parts<'a> {
    epoch: &'a [u8],
    release: &'a [u8],
    pre: Option<(u8, &'a [u8])>,
    post: Option<&'a [u8]>,
    dev: Option<&'a [u8]>,
    local: Option<&'a [u8]>,
}

impl<'a> Parts<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut scan = Scan::new(text);
        scan.eat_any(b"vV");
        let mut epoch: &[u8] = b"";
        let before = scan;
        let number = scan.number()?;
        if scan.eat(b'!') {
            epoch = number;
        } else {
            scan = before;
        }
        let release = scan.dotted(b".")?;
        let pre = pre(&mut scan);
        let post = implied_post(&mut scan)
            .or_else(|| labelled(&mut scan, &[b"post", b"rev", b"r"]).map(|(_, number)| number));
        let dev = labelled(&mut scan, &[b"dev"]).map(|(_, number)| number);
        let local = if scan.eat(b'+') { Some(local(&mut scan)?) } else { None };
        sure(scan.is_done())?;
        Some(Self { epoch, release, pre, post, dev, local })
    }

    fn write(&self, key: &mut Writer) {
        key.number(self.epoch);
        key.numbers_trimmed(numbers(self.release));
        key.tag(END_OF_RELEASE);
        match (self.pre, self.post, self.dev) {
            (Some((stage, number)), _, _) => {
                key.tag(stage);
                key.number(number);
            }
            // `1.0.dev1` comes before `1.0a1`.
            (None, None, Some(_)) => key.tag(DEVELOPMENT_ONLY),
            (None, _, _) => key.tag(FINAL),
        }
        match self.post {
            None => key.tag(NO_POST),
            Some(number) => {
                key.tag(POST);
                key.number(number);
            }
        }
        match self.dev {
            None => key.tag(NO_DEV),
            Some(number) => {
                key.tag(DEV);
                key.number(number);
            }
        }
        write_local(self.local, key);
    }
}

/// Words before numbers, the shorter list first, none before any.
fn write_local(local: Option<&[u8]>, key: &mut Writer) {
    let Some(local) = local else {
        return key.tag(NO_LOCAL);
    };
    for segment in local.split(|byte| SEPARATORS.contains(byte)) {
        if segment.iter().all(u8::is_ascii_digit) {
            key.number(segment);
        } else {
            key.tag(LOCAL_WORD);
            key.word_lower(segment);
        }
    }
    key.tag(LOCAL_END);
}

const SEPARATORS: &[u8] = b"-_.";

fn pre<'a>(scan: &mut Scan<'a>) -> Option<(u8, &'a [u8])> {
    // Longer spellings first, so that `alpha` is not read as `a`.
    const SPELLINGS: [&[u8]; 8] = [b"alpha", b"beta", b"preview", b"pre", b"rc", b"a", b"b", b"c"];
    const STAGES: [u8; 8] = [ALPHA, BETA, CANDIDATE, CANDIDATE, CANDIDATE, ALPHA, BETA, CANDIDATE];
    let (spelling, number) = labelled(scan, &SPELLINGS)?;
    Some((STAGES[spelling], number))
}

/// `-1` straight after the release is a post-release.
fn implied_post<'a>(scan: &mut Scan<'a>) -> Option<&'a [u8]> {
    let mut ahead = *scan;
    sure(ahead.eat(b'-'))?;
    let number = ahead.number()?;
    *scan = ahead;
    Some(number)
}

/// `[-_.]? label [-_.]? number?`, as every label of PEP 440 may be written.
fn labelled<'a>(scan: &mut Scan<'a>, labels: &[&[u8]]) -> Option<(usize, &'a [u8])> {
    let mut ahead = *scan;
    ahead.eat_any(SEPARATORS);
    let label = labels.iter().position(|label| ahead.eat_word(label))?;
    ahead.eat_any(SEPARATORS);
    let number = ahead.digits();
    *scan = ahead;
    Some((label, number))
}

fn local<'a>(scan: &mut Scan<'a>) -> Option<&'a [u8]> {
    let local = scan.take_while(|byte| byte.is_ascii_alphanumeric() || SEPARATORS.contains(&byte));
    let whole = local.split(|byte| SEPARATORS.contains(byte)).all(|segment| !segment.is_empty());
    sure(whole)?;
    some(local)
}
