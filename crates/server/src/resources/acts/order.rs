//! Lists of who owes something: filtered, ordered and cut into pages.

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

impl Sort {
    pub(super) const ALL: [Self; 4] = [Self::Risk, Self::Due, Self::Name, Self::Sector];
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

/// A row of a list, and where it stands in an order.
#[derive(Debug)]
pub(super) struct Placed {
    place: Box<[u8]>,
    row: u32,
}

/// All rows in an order.
pub(super) fn sorted(rows: &[Owed], sort: Sort, register: &Register) -> Vec<Placed> {
    let placed =
        |(row, owed): (u32, &Owed)| Placed { place: place(owed, sort, register).into(), row };
    let mut all: Vec<Placed> = (0..).zip(rows).map(placed).collect();
    all.sort_unstable_by(|a, b| a.place.cmp(&b.place));
    all
}

/// A whole list in an order.
pub(super) fn whole(rows: &[Owed], sort: Sort, register: &Register) -> Vec<Owed> {
    let order = sorted(rows, sort, register);
    order.iter().map(|placed| rows[placed.row as usize].clone()).collect()
}

/// One page of those that are wanted, and where the next begins.
pub(super) fn page(
    (rows, order): (&[Owed], &[Placed]),
    wanted: impl Fn(&Owed) -> bool,
    limit: usize,
    cursor: Option<&str>,
) -> Result<(Vec<Owed>, Option<String>), Problem> {
    let after = cursor.map(output::place).transpose()?.unwrap_or_default();
    // A place of ours ends with the id of an institution.
    if cursor.is_some() && after.len() <= 16 {
        return Err(output::no_place());
    }
    let begin = order.partition_point(|placed| placed.place[..] <= after[..]);
    let row = |placed: &&Placed| wanted(&rows[placed.row as usize]);
    let mut left = order[begin..].iter().filter(row);
    let page: Vec<&Placed> = left.by_ref().take(limit).collect();
    let next = page.last().filter(|_| left.next().is_some());
    let next = next.map(|placed| output::cursor(&placed.place));
    Ok((page.into_iter().map(|placed| rows[placed.row as usize].clone()).collect(), next))
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
    let name = register.name_ko(institution).unwrap_or_default();
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
        for sort in Sort::ALL {
            let order = sorted(&all, sort, &register);
            let (mut seen, mut cursor) = (Vec::new(), None);
            loop {
                let (items, next) = page((&all, &order), |_| true, 7, cursor.as_deref()).unwrap();
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
        let sorted = sorted(&all, Sort::Risk, &Register::default());
        let (page, next) = page((&all, &sorted), |_| true, 3, None).unwrap();
        let order: Vec<u8> = page.iter().map(|one| one.institution.0[0]).collect();
        assert_eq!(order, [4, 3, 2]);
        assert!(next.is_some());
    }
}
