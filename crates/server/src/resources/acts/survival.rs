//! Patch survival: which share of those affected is still affected, by time, so that no step tells of a few.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use bongsu_authority::{ActId, Domain, InstitutionId, NodeCode, Size};
use bongsu_response::Obligation;
use bongsu_response::measures::{Survival, survival_by};
use bongsu_response::picture::Rule;
use http::HeaderMap;
use jiff::SignedDuration;
use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Caller;
use crate::input::{Asked, Named};
use crate::output;
use crate::problem::{Own, Problem};
use crate::resources::nation::{rounded, rule_of};
use crate::resources::picture::Count;
use crate::wire::{Id, Station, Word};

/// By what curves are told apart.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Query {
    /// Nothing for one curve a domain.
    by: Option<By>,
}

/// By what.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "SurvivalBy")]
enum By {
    Sector,
    Size,
}

/// Survival curves of an act, by the estimate of Kaplan and Meier: whoever is still open counts for as long as they were seen.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "SurvivalCurves")]
pub(super) struct Curves {
    /// Of which act.
    #[schemars(with = "Id")]
    act: String,
    /// Curves; groups too small for one are in none.
    curves: Vec<Curve>,
}

/// The curve of a group of civil institutions.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "SurvivalCurve")]
struct Curve {
    /// Of which domain.
    #[schemars(with = "Word<Domain>")]
    domain: Domain,
    /// Of which competent ministry, where told apart by it.
    #[schemars(with = "Option<Station>")]
    sector: Option<NodeCode>,
    /// Of which size, where told apart by it.
    #[schemars(with = "Option<Word<Size>>")]
    size: Option<Size>,
    /// Institutions known to be affected, rounded down.
    affected: Count,
    /// Of them, fixed, rounded down.
    fixed: Count,
    /// Institutions of which nobody knows, rounded down: neither affected nor safe, and in no curve.
    unknown: Count,
    /// After how many hours no more than half are still affected; nothing where that has not been seen.
    half_life_hours: Option<i64>,
    /// Percent still affected after 3 days; nothing where nobody was seen for so long.
    after_3_days: Option<u8>,
    /// After 14 days.
    after_14_days: Option<u8>,
    /// After 60 days.
    after_60_days: Option<u8>,
    /// The curve, at most 120 points: each step is of several fixes, so that none tells of a few.
    points: Vec<Point>,
}

/// From this hour on, this share is still affected.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "SurvivalPoint")]
struct Point {
    /// Hours after the signature.
    hours: i64,
    /// Percent still affected.
    percent: u8,
}

/// Whose curve it is.
type Group = (Domain, Option<NodeCode>, Option<Size>);

const POINTS: usize = 120;

pub(super) async fn survival(
    State(app): State<App>,
    caller: Caller,
    Named(act): Named<ActId>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let curves = app.ask(move |app| {
        let (who, now, desk) = (caller.who(), app.now(), app.desk());
        let act = desk.act(who, act, now)?;
        let permit = desk.with(who, now, |asking| asking.see_picture())?;
        if act.issued_at.is_none() {
            return Err(Problem::refused(
                Own::NotIssued,
                "this act is not issued, so nobody owes anything under it yet",
            ));
        }
        let owed = desk.store().outlines(&permit, act.id)?;
        let groups = groups(app, &owed, query.by);
        let civil = owed.iter().filter(|one| groups.contains_key(&one.institution));
        let curves = survival_by(civil, now, |one| groups[&one.institution].clone());
        Ok(Curves { act: act.id.to_string(), curves: shown(curves, rule_of(&permit)) })
    });
    Ok(output::tagged(&headers, &curves.await?))
}

/// The group of each civil institution.
fn groups(app: &App, owed: &[Obligation], by: Option<By>) -> FxHashMap<InstitutionId, Group> {
    let register = app.desk().register();
    let mut groups = FxHashMap::default();
    for id in owed.iter().map(|one| one.institution) {
        let Some(one) = register.institution(id) else { continue };
        let domain = one.domain();
        if domain == Domain::Military {
            continue;
        }
        let sector = || one.competent.first().cloned().unwrap_or_else(|| NodeCode::lead(domain));
        let group = match by {
            None => (domain, None, None),
            Some(By::Sector) => (domain, Some(sector()), None),
            Some(By::Size) => (domain, None, Some(one.size)),
        };
        groups.insert(id, group);
    }
    groups
}

/// Those curves that are of enough institutions.
fn shown(curves: BTreeMap<Group, Survival>, rule: Rule) -> Vec<Curve> {
    let enough = |curve: &Survival| curve.affected as u64 >= rule.group_at_least();
    let curves = curves.into_iter().filter(|(_, curve)| enough(curve));
    curves.map(|(group, curve)| curve_of(group, &curve, rule)).collect()
}

fn curve_of((domain, sector, size): Group, whole: &Survival, rule: Rule) -> Curve {
    let least = usize::try_from(rule.cell_at_least()).unwrap_or(usize::MAX);
    // Steps of a large group are wider, so that the curve has no more points than a page can draw.
    let steps = whole.in_steps_of(least.max(whole.fixed.div_ceil(POINTS - 1)));
    let count = |count: usize| rounded(count as u64, rule).into();
    let points = steps
        .points
        .iter()
        .map(|point| Point { hours: hours(point.after), percent: percent(point.share) });
    Curve {
        domain,
        sector,
        size,
        affected: count(whole.affected),
        fixed: count(whole.fixed),
        unknown: count(whole.unknown),
        half_life_hours: steps.half_life().map(hours),
        after_3_days: steps.share_after_days(3).map(percent),
        after_14_days: steps.share_after_days(14).map(percent),
        after_60_days: steps.share_after_days(60).map(percent),
        points: points.collect(),
    }
}

fn hours(time: SignedDuration) -> i64 {
    time.as_hours()
}

/// Rounded up: nothing is shown as done that is not.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share is 0 to 1")]
fn percent(share: f64) -> u8 {
    (share * 100.0 - 1e-9).ceil().clamp(0.0, 100.0) as u8
}
