//! Dates and times, ordered as instants.
//!
//! Shape: RFC 3339 with an offset (`2024-01-01T00:00:00.5+09:00`), or a day or month alone
//! (`2024-01-01`, `2024-01`), which stands for its first instant in UTC. A time without an offset
//! is no instant and is unreadable. A leap second is the first second of the next minute.

use super::key::Writer;
use super::scan::{Scan, some, sure};

const SECONDS_A_DAY: i64 = 86_400;
/// Moves every four-digit year, whatever its offset, above zero.
const SHIFT: i64 = 1_000 * 366 * SECONDS_A_DAY * 3;

pub(super) fn write(text: &str, key: &mut Writer) -> Option<()> {
    let mut scan = Scan::new(text);
    let year = fixed(&mut scan, 4)?;
    sure(scan.eat(b'-'))?;
    let month = fixed(&mut scan, 2)?;
    let day = if scan.eat(b'-') { Some(fixed(&mut scan, 2)?) } else { None };
    sure((1..=12).contains(&month))?;
    sure((1..=days_in(year, month)).contains(&day.unwrap_or(1)))?;
    let mut seconds = days_since_epoch(year, month, day.unwrap_or(1)) * SECONDS_A_DAY;
    let mut fraction: &[u8] = b"";
    if day.is_some() && scan.eat_any(b"Tt ").is_some() {
        let (time, parts) = time(&mut scan)?;
        seconds += time - offset(&mut scan)?;
        fraction = parts;
    }
    sure(scan.is_done())?;
    key.count(u64::try_from(seconds + SHIFT).ok()?);
    let zeros = fraction.iter().rev().take_while(|digit| **digit == b'0').count();
    key.word(&fraction[..fraction.len() - zeros]);
    Some(())
}

/// Seconds of the day, and the digits of the fraction.
fn time<'a>(scan: &mut Scan<'a>) -> Option<(i64, &'a [u8])> {
    let hour = fixed(scan, 2)?;
    sure(scan.eat(b':'))?;
    let minute = fixed(scan, 2)?;
    sure(scan.eat(b':'))?;
    let second = fixed(scan, 2)?;
    sure(hour <= 23 && minute <= 59 && second <= 60)?;
    let fraction = if scan.eat(b'.') { some(scan.digits())? } else { b"" };
    Some((hour * 3600 + minute * 60 + second, fraction))
}

/// Seconds east of UTC.
fn offset(scan: &mut Scan<'_>) -> Option<i64> {
    let sign = match scan.eat_any(b"Zz+-")? {
        b'+' => 1,
        b'-' => -1,
        _ => return Some(0),
    };
    let hours = fixed(scan, 2)?;
    sure(scan.eat(b':'))?;
    let minutes = fixed(scan, 2)?;
    sure(hours <= 23 && minutes <= 59)?;
    Some(sign * (hours * 3600 + minutes * 60))
}

/// A number of exactly `width` digits.
fn fixed(scan: &mut Scan<'_>, width: usize) -> Option<i64> {
    let digits = scan.rest.get(..width)?;
    sure(digits.iter().all(u8::is_ascii_digit))?;
    scan.rest = &scan.rest[width..];
    Some(digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0')))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    // Years are counted from March, so that the leap day is the last of its year.
    let year = if month <= 2 { year - 1 } else { year };
    let months_since_march = (month + 9) % 12;
    let day_of_year = (153 * months_since_march + 2) / 5 + day - 1;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // The days from 0000-03-01 to 1970-01-01.
    year * 365 + leap_days + day_of_year - 719_468
}
