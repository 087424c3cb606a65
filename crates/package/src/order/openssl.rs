//! OpenSSL: letters after the numbers up to 1.1.1 (`1.0.2zg`), SemVer-like from 3.0 on.
//!
//! Source: OpenSSL's release strategy and the list of its releases. Letters sort as text (`z`,
//! `za`, `zb`); `-dev`, `-alpha1`, `-beta2` and `-pre3` come before what they lead to; `-fips`
//! names a build of the same code and, like `+quic`, has no weight.

use super::key::Writer;
use super::scan::{Scan, numbers, sure};

const END_OF_NUMBERS: u8 = 0x01;
const RELEASE: u8 = 0x0F;
const STAGES: [(&[u8], u8); 5] =
    [(b"dev", 0x01), (b"alpha", 0x02), (b"beta", 0x03), (b"pre", 0x04), (b"rc", 0x05)];

pub(super) fn write(text: &str, key: &mut Writer) -> Option<()> {
    let parts = Parts::read(text)?;
    key.numbers_trimmed(numbers(parts.dotted));
    key.tag(END_OF_NUMBERS);
    key.word(parts.letters);
    match parts.stage {
        None => key.tag(RELEASE),
        Some((stage, number)) => {
            key.tag(stage);
            key.number(number);
        }
    }
    Some(())
}

pub(super) fn is_prerelease(text: &str) -> Option<bool> {
    Parts::read(text).map(|parts| parts.stage.is_some())
}

struct Parts<'a> {
    dotted: &'a [u8],
    letters: &'a [u8],
    stage: Option<(u8, &'a [u8])>,
}

impl<'a> Parts<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut scan = Scan::new(text);
        let dotted = scan.dotted(b".")?;
        let letters = scan.letters();
        sure(letters.iter().all(u8::is_ascii_lowercase))?;
        let mut stage = None;
        if scan.eat(b'-') && !scan.eat_word(b"fips") {
            let name = scan.letters();
            let (_, rank) = STAGES.iter().find(|(known, _)| *known == name)?;
            stage = Some((*rank, scan.digits()));
        }
        if scan.eat(b'+') {
            scan.take_while(|byte| byte.is_ascii_graphic());
        }
        sure(scan.is_done())?;
        Some(Self { dotted, letters, stage })
    }
}
