//! The picture: counts in which nobody can be found, and one's own standing beside one's sector.

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bongsu_authority::access::Action;
use bongsu_authority::{ActId, Domain, InstitutionId, NodeCode};
use bongsu_response::Status;
use bongsu_response::picture::{
    By, Group as Shape, Picture, Record, Row, Rule, Shown, Standing, Word as Said,
};
use bongsu_store::PictureRow;
use http::HeaderMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Asked, Named};
use crate::output;
use crate::problem::{Own, Problem};
use crate::resources::nation::rule_of;
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::{Id, Station, Word};

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        ("picture", "/api/v1/acts/{act}/picture", "Draws the picture of an issued act"),
        Right::May(Scope::PictureRead, &[Action::SeeCounts, Action::SeeNationalPicture]),
        schema::<Drawn>,
        || get(picture),
    )
    .of(Class::Later),
    Route::get(
        (
            "benchmark",
            "/api/v1/institutions/{institution}/benchmark",
            "Shows an institution's standing under an act beside the counts of its sector",
        ),
        Right::May(Scope::ObligationRead, &[Action::SeeBenchmark]),
        schema::<Beside>,
        || get(benchmark),
    )
    .asking(schema::<About>)
    .of(Class::Later),
];

/// A count as it is published: `12`, `30+` where some are hidden, or nothing where it is too small to be shown.
#[derive(Debug, JsonSchema, Serialize)]
pub(crate) struct Count {
    /// How many that are shown; nothing where all are hidden, none among them, too.
    count: Option<u64>,
    /// Could there be more?
    more: bool,
}

impl From<Shown> for Count {
    fn from(shown: Shown) -> Self {
        match shown {
            Shown::Exactly(count) => Self { count: Some(count), more: false },
            Shown::AtLeast(count) => Self { count: Some(count), more: true },
            Shown::Hidden => Self { count: None, more: true },
        }
    }
}

impl Count {
    /// As many as are shown.
    pub(crate) fn shown(&self) -> u64 {
        self.count.unwrap_or_default()
    }

    /// Rounded down to a multiple of a step.
    pub(crate) fn by(self, step: u64) -> Self {
        match self.count {
            Some(count) if count % step.max(1) != 0 => {
                Self { count: Some(count - count % step), more: true }
            }
            _ => self,
        }
    }
}

/// The picture of an act.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "Picture")]
struct Drawn {
    /// Of which act.
    #[schemars(with = "Id")]
    act: String,
    /// By domain and competent ministry.
    rows: Vec<Group>,
    /// A word for each military command.
    commands: Vec<Command>,
}

/// Institutions of one ministry, or small groups together.
#[derive(Debug, JsonSchema, Serialize)]
struct Group {
    /// Of which domain.
    #[schemars(with = "Word<Domain>")]
    domain: Domain,
    /// Of which competent ministry; nothing where small groups stand together.
    #[schemars(with = "Option<Station>")]
    sector: Option<NodeCode>,
    /// How they stand.
    counts: Counts,
}

/// How institutions stand.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "PictureCounts")]
pub(crate) struct Counts {
    /// No answer yet.
    silent: Count,
    /// They do not know.
    unknown: Count,
    /// Affected and not fixed.
    open: Count,
    /// The remaining risk is accepted for a time.
    waived: Count,
    /// Claimed fixed.
    claimed: Count,
    /// Proven, or closed.
    settled: Count,
    /// Not affected.
    not_affected: Count,
    /// In all.
    institutions: Count,
}

impl From<&Row> for Counts {
    fn from(row: &Row) -> Self {
        let cell = |standing: Standing| row.cells[standing as usize].into();
        Self::with(cell, row.total)
    }
}

impl Counts {
    /// Affected and not fixed.
    pub(crate) fn open(&self) -> &Count {
        &self.open
    }

    fn with(cell: impl Fn(Standing) -> Count, institutions: Shown) -> Self {
        Self {
            silent: cell(Standing::Silent),
            unknown: cell(Standing::Unknown),
            open: cell(Standing::Open),
            waived: cell(Standing::Waived),
            claimed: cell(Standing::Claimed),
            settled: cell(Standing::Settled),
            not_affected: cell(Standing::NotAffected),
            institutions: institutions.into(),
        }
    }

    /// The groups asked for together: sums of what a picture shows, and of nothing else.
    pub(crate) fn sum(picture: &Picture, wanted: impl Fn(&Shape) -> bool) -> Self {
        let cell = |standing| picture.count(standing, &wanted).into();
        Self::with(cell, picture.institutions(&wanted))
    }
}

/// A military command, in one word.
#[derive(Debug, JsonSchema, Serialize)]
pub(crate) struct Command {
    /// Which.
    #[schemars(with = "Station")]
    command: NodeCode,
    /// How it stands.
    stands: Stands,
}

/// How a command stands.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
enum Stands {
    Silent,
    Unknown,
    Working,
    Done,
}

impl Command {
    /// Every military command that a picture has.
    pub(crate) fn all(picture: &Picture) -> Vec<Self> {
        let one = |(command, word): (&NodeCode, &Said)| Self {
            command: command.clone(),
            stands: match word {
                Said::Silent => Stands::Silent,
                Said::Unknown => Stands::Unknown,
                Said::Working => Stands::Working,
                Said::Done => Stands::Done,
            },
        };
        picture.commands().iter().map(one).collect()
    }
}

/// The one picture of an act that there is.
pub(crate) fn drawn(rows: Vec<PictureRow>, rule: Rule) -> Picture {
    let record = |row: PictureRow| Record {
        domain: row.domain,
        sector: row.sector.unwrap_or_else(|| NodeCode::lead(row.domain)),
        province: row.province,
        size: row.size,
        status: row.status,
        exposure: row.exposure,
        count: row.count,
    };
    // One breakdown for everybody: two different ones could be subtracted from each other.
    Picture::draw(rows.into_iter().map(record), [By::Sector], rule)
}

async fn picture(
    State(app): State<App>,
    caller: Caller,
    Named(act): Named<ActId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let shown = app.ask(move |app| {
        let (who, now, desk) = (caller.who(), app.now(), app.desk());
        let act = desk.act(who, act, now)?;
        let permit = desk.with(who, now, |asking| asking.see_picture())?;
        if act.issued_at.is_none() {
            return Err(Problem::refused(
                Own::NotIssued,
                "this act is not issued, so nobody owes anything under it yet",
            ));
        }
        let rule = rule_of(&permit);
        app.live().sums.of(app, format!("picture {} {rule:?}", act.id), now, || {
            let picture = drawn(desk.store().picture_rows(&permit, act.id)?, rule);
            let rows = picture.rows().iter().map(|row| Group {
                domain: row.group.domain,
                sector: row.group.sector.clone(),
                counts: row.into(),
            });
            Ok(Drawn {
                act: act.id.to_string(),
                rows: rows.collect(),
                commands: Command::all(&picture),
            })
        })
    });
    Ok(output::tagged(&headers, &*shown.await?))
}

/// Under which act.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct About {
    /// Its id.
    #[schemars(with = "Id")]
    act: ActId,
}

/// An institution beside its sector.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "Benchmark")]
struct Beside {
    /// Where its own obligation stands.
    #[schemars(with = "Word<Status>")]
    own: Status,
    /// Its sector.
    #[serde(flatten)]
    #[schemars(with = "Sector")]
    beside: serde_json::Value,
}

/// A sector as one of it may see it; the same for everybody in it.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "BesideSector")]
struct Sector {
    /// Its competent ministry; nothing where the counts are of small groups together.
    #[schemars(with = "Option<Station>")]
    sector: Option<NodeCode>,
    /// The counts of its sector; nothing where they cannot be shown.
    counts: Option<Counts>,
}

async fn benchmark(
    State(app): State<App>,
    caller: Caller,
    Named(institution): Named<InstitutionId>,
    Asked(About { act }): Asked<About>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let shown = app.ask(move |app| {
        let (who, now, desk) = (caller.who(), app.now(), app.desk());
        let permit = desk.with(who, now, |asking| asking.see_benchmark(institution))?;
        let owed = desk.obligation(who, (act, institution), now)?;
        let one = desk.register().institution(institution).ok_or_else(Problem::absent)?;
        let domain = one.domain();
        let sector = one.competent.first().cloned().unwrap_or_else(|| NodeCode::lead(domain));
        let name = format!("beside {act} {domain:?} {sector}");
        let beside = app.live().sums.of(app, name, now, || {
            let rows = desk.store().benchmark_rows(&permit, institution, act)?;
            let picture = drawn(rows, Rule::OTHER_SECTORS);
            let here = |row: &&Row| row.group.domain == domain;
            let of = |row: &&Row| here(row) && row.group.sector.as_ref() == Some(&sector);
            let rest = |row: &&Row| here(row) && row.group.folded;
            let row = picture.rows().iter().find(of).or_else(|| picture.rows().iter().find(rest));
            Ok(Sector {
                sector: row.and_then(|row| row.group.sector.clone()),
                counts: row.map(Counts::from),
            })
        })?;
        Ok(Beside { own: owed.status, beside: (*beside).clone() })
    });
    Ok(output::tagged(&headers, &shown.await?))
}
