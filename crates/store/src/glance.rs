//! The nation at a glance: counts over several acts, and the headings of the newest entries.

use bongsu_authority::access::{Action, ObjectId, Permit};
use bongsu_authority::{ActId, Domain, NodeCode, Size};
use bongsu_ledger::hash::Hash;
use bongsu_ledger::leaf::Leaf;
use bongsu_response::Status;
use jiff::Timestamp;

use crate::codes::{self, Code};
use crate::error::Error;
use crate::keep;
use crate::log::int;
use crate::port::{Row, Scope, ask, id};
use crate::rows::{self, odd};
use crate::sealing::Owner;
use crate::sql;
use crate::store::Store;

/// So many institutions of one kind stand so: each counted once, where it stands worst under any of the acts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Gathered {
    /// Of which domain.
    pub domain: Domain,
    /// Of which competent ministry, the first where there are several.
    pub sector: Option<NodeCode>,
    /// In which province; 0 where not stated.
    pub province: u8,
    /// How large.
    pub size: Size,
    /// Where they stand.
    pub status: Status,
    /// How many institutions.
    pub count: u64,
}

/// What stands on the outside of an entry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Heading {
    /// Its position in the log.
    pub position: u64,
    /// Its leaf hash.
    pub hash: Hash,
    /// What kind of event; nothing where this program does not know it.
    pub kind: Option<&'static str>,
    /// When.
    pub at: Timestamp,
    /// Whose key seals what it says.
    pub owner: Owner,
}

/// The columns of the glance, the worst first: what is open and not known comes before what is done.
const WORST_FIRST: [Status; 7] = [
    Status::Affected,
    Status::Unknown,
    Status::Created,
    Status::Remediated,
    Status::Waived,
    Status::Verified,
    Status::NotAffected,
];

impl Store {
    /// How institutions stand under these acts, each institution once; needs a permit to see the picture, or counts.
    ///
    /// These are exact: whoever shows them hides small groups first.
    pub fn gathered(&self, permit: &Permit, acts: &[ActId]) -> Result<Vec<Gathered>, Error> {
        counts(permit)?;
        let acts: Vec<[u8; 16]> = acts.iter().map(|act| act.0).collect();
        self.read(Scope::Node, |read| {
            let rows = keep::rows(read, ask(sql::GATHERED, &[]).among(&acts))?;
            let read = |row: &Row| {
                let sector = Some(row.text(1)?).filter(|code| !code.is_empty());
                let worst = usize::try_from(row.int(4)?).map_err(odd)?;
                Ok(Gathered {
                    domain: Code::from_code(row.int(0)?)?,
                    sector: sector.map(str::parse).transpose().map_err(odd)?,
                    province: u8::try_from(row.int(2)?).map_err(odd)?,
                    size: Code::from_code(row.int(3)?)?,
                    status: *WORST_FIRST.get(worst).ok_or_else(|| odd("no such standing"))?,
                    count: row.int(5)?.cast_unsigned(),
                })
            };
            rows.iter().map(read).collect()
        })
    }

    /// How many institutions are late with an act at `now`, the military left out; needs a permit to see the picture, or
    /// counts. Exact, as [`gathered`](Self::gathered) is.
    pub fn late_count(&self, permit: &Permit, act: ActId, now: Timestamp) -> Result<u64, Error> {
        counts(permit)?;
        self.read(Scope::Node, |read| {
            let rows = keep::rows(read, ask(sql::LATE_COUNT, &[id(act.0), rows::micros(now)]))?;
            Ok(rows.first().map_or(Ok(0), |row| row.int(0))?.cast_unsigned())
        })
    }

    /// Headings of up to `count` entries from a position on, for the program itself: what they say stays sealed. Whoever
    /// shows one asks first whether the reader may know what it is about.
    pub fn headings(&self, from: u64, count: u64) -> Result<Vec<Heading>, Error> {
        self.read(Scope::Node, |read| {
            let with = [int(from), int(from.saturating_add(count))];
            let rows = keep::rows(read, ask(sql::HEADINGS, &with))?;
            rows.iter().map(heading).collect()
        })
    }
}

pub(crate) fn counts(permit: &Permit) -> Result<(), Error> {
    let nation = &ObjectId::Nation;
    permit
        .covers(Action::SeeNationalPicture, nation)
        .or_else(|_| permit.covers(Action::SeeCounts, nation))?;
    Ok(())
}

/// A row as a heading: position, leaf, hash, kind, owner.
pub(crate) fn heading(row: &Row) -> Result<Heading, Error> {
    let leaf = Leaf::from_bytes(row.bytes(1)?).map_err(|error| odd(error.to_string()))?;
    let owner = Owner::from_columns(row.int(3)?, row.array(4)?);
    Ok(Heading {
        position: row.int(0)?.cast_unsigned(),
        hash: Hash(row.array(2)?),
        kind: codes::name_of(leaf.kind.0),
        at: Timestamp::from_microsecond(leaf.at).map_err(odd)?,
        owner: owner.ok_or_else(|| odd("no such kind of key"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statement_ranks_every_status_that_counts() {
        // Numbers of `Status`, as the statement has them.
        for (rank, numbers) in
            [(0, &[6, 7, 8, 9][..]), (1, &[4]), (3, &[10]), (4, &[12]), (5, &[11, 13])]
        {
            let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            let line = format!("WHEN o.status IN ({}) THEN {rank}", words.join(", "));
            assert!(sql::GATHERED.contains(&line), "{line}");
            let stands = bongsu_response::picture::Standing::of(WORST_FIRST[rank]);
            for number in numbers {
                let status = Status::from_number(*number).unwrap();
                assert_eq!(bongsu_response::picture::Standing::of(status), stands, "{status:?}");
            }
        }
    }
}
