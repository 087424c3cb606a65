//! The stations of the beacon line as a tree, and for those who sit at one, who sits there with them.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bongsu_authority::access::Action;
use bongsu_authority::{Domain, NodeCode, Post, Register, Role, Seat};
use http::HeaderMap;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::output::{self, Page};
use crate::problem::Problem;
use crate::resources::officers::Officer;
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::Station as Code;

pub(super) const ROUTES: &[Route] = &[Route::get(
    (
        "stations",
        "/api/v1/stations",
        "Lists the stations as a tree, with the officers of those at which the caller sits",
    ),
    Right::May(Scope::RegisterRead, &[Action::SeeBenchmark, Action::Enrol]),
    schema::<Page<Station>>,
    || get(list),
)
.of(Class::Later)];

/// A station.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "StationOfTree")]
struct Station {
    /// Its code.
    #[schemars(with = "Code")]
    code: NodeCode,
    /// Under which station it stands; nothing at the top.
    #[schemars(with = "Option<Code>")]
    under: Option<NodeCode>,
    /// Its Korean name now, where one is given.
    name_ko: Option<String>,
    /// Its English name now.
    name_en: Option<String>,
    /// How its head is spoken of, for those who sit at a station.
    head: Option<String>,
    /// Who sits there, for those who do.
    officers: Option<Vec<Officer>>,
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = app.ask(move |app| {
        let (register, now) = (app.desk().register(), app.now());
        let codes = codes(app, &register, now);
        let own = seats(&register, &caller, now);
        let items = codes.iter().map(|code| {
            let seat = Seat::Node(code.clone());
            let mut held: Vec<_> = register.appointments_at(&seat, now).collect();
            held.sort_by_key(|one| one.id);
            let head = held.iter().find(|one| one.post == Post::Director);
            let name = app.names().name(code, now);
            Station {
                code: code.clone(),
                under: under(code, &codes),
                name_ko: name.map(|name| name.ko.clone()),
                name_en: name.map(|name| name.en.clone()),
                head: head.filter(|_| !own.is_empty()).map(|one| one.title.clone()),
                officers: own
                    .contains(code)
                    .then(|| held.iter().map(|one| Officer::from(*one)).collect()),
            }
        });
        Ok(Page { items: items.collect(), next: None })
    });
    Ok(output::tagged(&headers, &page.await?))
}

/// The stations at which somebody sits.
fn seats(register: &Register, caller: &Caller, now: Timestamp) -> BTreeSet<NodeCode> {
    let held = register.appointments_of(caller.person).filter(|held| held.holds_at(now));
    let seats = held.filter_map(|held| match &held.seat {
        Seat::Node(code) => Some(code.clone()),
        Seat::Institution(_) => None,
    });
    seats.collect()
}

/// Every station that has a name, an officer or an institution.
fn codes(app: &App, register: &Register, now: Timestamp) -> BTreeSet<NodeCode> {
    let mut codes: BTreeSet<NodeCode> =
        app.names().stations(now).map(|(code, _)| code.clone()).collect();
    codes.insert(NodeCode::apex());
    for domain in [Domain::Private, Domain::Public, Domain::Military] {
        codes.extend([NodeCode::lead(domain), NodeCode::coord(domain)]);
    }
    codes.extend(register.stations().cloned());
    codes
}

/// Where a station stands in the tree: a relay under the ministry of its name, where there is one.
fn under(code: &NodeCode, all: &BTreeSet<NodeCode>) -> Option<NodeCode> {
    match code.role() {
        Role::Apex => None,
        Role::Coord(domain) => Some(NodeCode::lead(domain)),
        Role::Relay => {
            let rest = code.as_str().strip_prefix("RELAY_").unwrap_or_default();
            let of = |rest: &str| format!("SECTOR_{rest}").parse::<NodeCode>().ok();
            let whole = of(rest).filter(|it| all.contains(it));
            let part = || of(rest.split('_').next()?).filter(|it| all.contains(it));
            Some(whole.or_else(part).unwrap_or_else(|| NodeCode::lead(Domain::Private)))
        }
        _ => Some(NodeCode::apex()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_stands_under_the_ministry_of_its_name() {
        let code = |text: &str| text.parse::<NodeCode>().unwrap();
        let all = [code("SECTOR_SME"), code("SECTOR_FIN")].into();
        let stands = |text: &str| under(&code(text), &all).map(|it| it.as_str().to_owned());
        assert_eq!(stands("RELAY_FIN").as_deref(), Some("SECTOR_FIN"));
        assert_eq!(stands("RELAY_SME_03").as_deref(), Some("SECTOR_SME"));
        assert_eq!(stands("RELAY_SEA").as_deref(), Some("LEAD_PRIV"));
        assert_eq!(stands("COORD_MIL").as_deref(), Some("LEAD_MIL"));
        assert_eq!(stands("APEX"), None);
    }
}
