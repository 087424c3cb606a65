//! Two tables of the same institutions, and the lanes: rounded down, so that neither undoes what the other hides.

use bongsu_authority::access::Permit;
use bongsu_authority::{ActId, Domain, NodeCode};
use bongsu_response::picture::{By, Group, Picture, Record, Rule, Shown, Standing};
use bongsu_response::{Act, Exposure};
use bongsu_store::{Gathered, Store};
use schemars::JsonSchema;
use serde::Serialize;

use super::ministry;
use crate::problem::Problem;
use crate::resources::picture::{Command, Count};
use crate::wire::{Station, Word};

/// Institutions of a province.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "ProvinceGlance")]
pub(super) struct Province {
    /// Which, 1 to 17; 0 for those that did not say.
    #[schemars(range(min = 0, max = 17))]
    province: u8,
    /// How they stand.
    counts: Glance,
}

/// Institutions of a competent ministry.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "SectorGlance")]
pub(super) struct Ministry {
    /// Of which domain.
    #[schemars(with = "Word<Domain>")]
    domain: Domain,
    /// Of which ministry; nothing where small groups stand together.
    #[schemars(with = "Option<Station>")]
    sector: Option<NodeCode>,
    /// How they stand.
    counts: Glance,
    /// How many there are in all; pictures show it, too.
    institutions: Count,
}

/// The lane of a lead.
#[derive(Debug, JsonSchema, Serialize)]
pub(super) struct Lane {
    /// Of which domain.
    #[schemars(with = "Word<Domain>")]
    domain: Domain,
    /// How its institutions stand.
    counts: Glance,
    /// How many owe an answer in all; pictures show it, too.
    institutions: Count,
}

/// How institutions stand, each counted once, where it stands worst. No count where it is too small to be shown.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "GlanceCounts")]
struct Glance {
    /// Affected and not fixed.
    open: Count,
    /// They do not know.
    unknown: Count,
    /// No answer yet.
    silent: Count,
    /// Claimed fixed.
    claimed: Count,
    /// The remaining risk is accepted for a time.
    waived: Count,
    /// Proven, or closed.
    settled: Count,
    /// Not affected.
    not_affected: Count,
}

impl Glance {
    fn of(cell: impl Fn(Standing) -> Shown) -> Self {
        let count = |standing| cell(standing).into();
        Self {
            open: count(Standing::Open),
            unknown: count(Standing::Unknown),
            silent: count(Standing::Silent),
            claimed: count(Standing::Claimed),
            waived: count(Standing::Waived),
            settled: count(Standing::Settled),
            not_affected: count(Standing::NotAffected),
        }
    }
}

/// Everything that is counted over all campaigns.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) provinces: Vec<Province>,
    pub(super) sectors: Vec<Ministry>,
    pub(super) lanes: Vec<Lane>,
    pub(super) commands: Vec<Command>,
}

impl Tables {
    pub(super) fn draw(
        store: &Store,
        permit: &Permit,
        acts: &[Act],
        rule: Rule,
    ) -> Result<Self, Problem> {
        let acts: Vec<ActId> = acts.iter().map(|act| act.id).collect();
        let records: Vec<Record> = store.gathered(permit, &acts)?.into_iter().map(record).collect();
        let picture = Picture::draw(records.iter().cloned(), [By::Sector], rule);
        let provinces = picture.provinces(&records, rule).into_iter().map(|(province, cells)| {
            Province { province, counts: Glance::of(|standing| cells[standing as usize]) }
        });
        let sectors = picture.rows().iter().map(|row| Ministry {
            domain: row.group.domain,
            sector: row.group.sector.clone(),
            counts: Glance::of(|standing| down(row.cells[standing as usize], rule)),
            institutions: down(row.total, rule).into(),
        });
        let lane = |domain| {
            let here = |group: &Group| group.domain == domain;
            Lane {
                domain,
                counts: Glance::of(|standing| down(picture.count(standing, here), rule)),
                institutions: down(picture.institutions(here), rule).into(),
            }
        };
        Ok(Self {
            provinces: provinces.collect(),
            sectors: sectors.collect(),
            lanes: [Domain::Private, Domain::Public].map(lane).into(),
            commands: Command::all(&picture),
        })
    }
}

fn record(gathered: Gathered) -> Record {
    Record {
        domain: gathered.domain,
        sector: ministry(gathered.sector, gathered.domain),
        province: gathered.province,
        size: gathered.size,
        status: gathered.status,
        exposure: Exposure::CannotTell, // nothing here is told apart by it
        count: gathered.count,
    }
}

/// A count that stands beside others: at least so many, in steps of the smallest that is shown.
fn down(shown: Shown, rule: Rule) -> Shown {
    match shown {
        Shown::Exactly(count) | Shown::AtLeast(count) => rounded(count, rule),
        Shown::Hidden => Shown::Hidden,
    }
}

/// The same of a count that is known.
pub(crate) fn rounded(count: u64, rule: Rule) -> Shown {
    let step = rule.cell_at_least();
    match count / step * step {
        0 => Shown::Hidden,
        floor => Shown::AtLeast(floor),
    }
}
