//! Lists of who owes something: filtered, ordered and cut into pages.

use std::cmp::Ordering;

use bongsu_authority::{InstitutionId, NodeCode, Register, Size};
use bongsu_response::{Exposure, RemediationClass, Status};
use bongsu_store::Owed;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::output;
use crate::problem::Problem;
use crate::wire::{Station, Word};

/// By what a list is ordered.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "LateSort")]
pub(super) enum Sort {
    /// What faces the internet first, then the soonest class, then what is late the longest.
    #[default]
    Risk,
    /// What is late the longest first.
    Due,
    /// By Korean name.
    Name,
    /// By competent ministry, then by risk.
    Sector,
}

/// Whom a list is about; all, where nothing is said.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LateFilter")]
pub(super) struct Filter {
    /// Of this competent ministry.
    #[schemars(with = "Option<Station>")]
    sector: Option<NodeCode>,
    /// Of this size.
    #[schemars(with = "Option<Word<Size>>")]
    size: Option<Size>,
    /// In this province, 1 to 17.
    #[schemars(range(min = 0, max = 17))]
    province: Option<u8>,
    /// That stand so.
    #[schemars(with = "Option<Word<Status>>")]
    status: Option<Status>,
    /// With an affected system that faces the internet, or without.
    exposed: Option<bool>,
}

impl Filter {
    /// Does it let this one through?
    pub(super) fn lets(&self, owed: &Owed) -> bool {
        let Self { sector, size, province, status, exposed } = self;
        sector.as_ref().is_none_or(|only| owed.sector.as_ref() == Some(only))
            && size.is_none_or(|only| owed.size == only)
            && province.is_none_or(|only| owed.province == only)
            && status.is_none_or(|only| owed.status == only)
            && exposed.is_none_or(|only| (owed.exposure == Exposure::Exposed) == only)
    }
}

/// One page of what is left, in order, and where the next begins.
pub(super) fn page(
    owed: Vec<Owed>,
    (sort, limit): (Sort, usize),
    cursor: Option<&str>,
    register: &Register,
) -> Result<(Vec<Owed>, Option<String>), Problem> {
    let after = cursor.map(output::place).transpose()?.unwrap_or_default();
    // A place of ours ends with the id of an institution.
    if cursor.is_some() && after.len() <= 16 {
        return Err(output::no_place());
    }
    let mut placed: Vec<(Vec<u8>, Owed)> = owed
        .into_iter()
        .map(|one| (place(&one, sort, register), one))
        .filter(|(place, _)| place[..] > after[..])
        .collect();
    let by_place = |a: &(Vec<u8>, Owed), b: &(Vec<u8>, Owed)| -> Ordering { a.0.cmp(&b.0) };
    let more = placed.len() > limit;
    if more {
        // Of thousands only a page is put in order.
        placed.select_nth_unstable_by(limit, by_place);
        placed.truncate(limit);
    }
    placed.sort_unstable_by(by_place);
    let next = placed.last().filter(|_| more).map(|(place, _)| output::cursor(place));
    Ok((placed.into_iter().map(|(_, one)| one).collect(), next))
}

/// Bytes of a name that order: a cursor carries them, and the id after them tells equal ones apart.
const NAME_BYTES: usize = 48;

/// Where somebody stands in a list, as bytes that order as the list does; at most 64.
fn place(owed: &Owed, sort: Sort, register: &Register) -> Vec<u8> {
    let mut place = Vec::with_capacity(64);
    match sort {
        Sort::Risk => risk(owed, &mut place),
        Sort::Due => place.extend(missed(owed)),
        Sort::Name => name(owed.institution, register, &mut place),
        Sort::Sector => {
            let code = owed.sector.as_ref().map_or("", NodeCode::as_str);
            place.extend(code.bytes().take(30));
            place.push(0);
            risk(owed, &mut place);
        }
    }
    place.extend(owed.institution.0);
    place
}

/// The same order as `store::late` has.
fn risk(owed: &Owed, place: &mut Vec<u8>) {
    let risk: u8 = match owed.exposure {
        Exposure::Exposed => 0,
        Exposure::Inside => 1,
        Exposure::CannotTell | Exposure::NoInventory => 2,
        Exposure::NotAffected => 3,
    };
    let class = RemediationClass::ALL.iter().position(|class| *class == owed.class);
    place.extend([risk, u8::try_from(class.unwrap_or_default()).unwrap_or(u8::MAX)]);
    place.extend(missed(owed));
}

/// An instant as bytes that order as time does; what is not late comes last.
fn missed(owed: &Owed) -> [u8; 8] {
    let at = owed.missed.map_or(i64::MAX, Timestamp::as_microsecond);
    (at.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

fn name(institution: InstitutionId, register: &Register, place: &mut Vec<u8>) {
    let name = register.institution(institution).map(|one| one.name_ko).unwrap_or_default();
    place.extend(name.bytes().take(NAME_BYTES - 1));
    place.push(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owed(number: u8, exposure: Exposure, missed_second: i64) -> Owed {
        Owed {
            institution: InstitutionId([number; 16]),
            status: Status::Created,
            exposure,
            class: RemediationClass::ThreeDays,
            sector: (number.is_multiple_of(2)).then(|| "SECTOR_FIN".parse().unwrap()),
            size: Size::Small,
            province: number % 17,
            missed: Timestamp::from_second(missed_second).ok(),
        }
    }

    #[test]
    fn pages_of_any_order_lose_and_repeat_nothing() {
        let all: Vec<Owed> = (0..50)
            .map(|number| {
                let exposure = Exposure::ALL[usize::from(number) % Exposure::ALL.len()];
                owed(number, exposure, 1_000 - i64::from(number) % 7)
            })
            .collect();
        let register = Register::default();
        for sort in [Sort::Risk, Sort::Due, Sort::Name, Sort::Sector] {
            let (mut seen, mut cursor) = (Vec::new(), None);
            loop {
                let (items, next) =
                    page(all.clone(), (sort, 7), cursor.as_deref(), &register).unwrap();
                seen.extend(items.into_iter().map(|one| one.institution));
                let Some(next) = next else { break };
                cursor = Some(next);
            }
            let places = seen.len();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!((places, seen.len()), (50, 50), "{sort:?}");
        }
    }

    #[test]
    fn the_riskiest_comes_first_and_what_is_not_known_before_what_is_not_affected() {
        let all = vec![
            owed(1, Exposure::NotAffected, 10),
            owed(2, Exposure::NoInventory, 20),
            owed(3, Exposure::Exposed, 40),
            owed(4, Exposure::Exposed, 30),
        ];
        let (page, next) = page(all, (Sort::Risk, 3), None, &Register::default()).unwrap();
        let order: Vec<u8> = page.iter().map(|one| one.institution.0[0]).collect();
        assert_eq!(order, [4, 3, 2]);
        assert!(next.is_some());
    }
}
