//! Opening a case: from what the library knows, or by hand.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use bongsu_advisory::{Advisory, VulnerabilityId};
use bongsu_authority::{CaseId, Grade, Label, NodeCode, Role, Seat, Tlp};
use bongsu_relay::feeds::aftermath;
use bongsu_response::{Opening, Origin, Wish};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::is_over;
use super::steps::identifiers;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Json, Key};
use crate::problem::{Own, Problem};
use crate::recording::{Asking, Done};
use crate::wire::{Few, Goes, Identifier, Line, Passage, Word};

/// A case as it is opened.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(tag = "from", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(example = serde_json::json!({ "from": "library", "identifier": "CVE-2021-44228" }))]
pub(super) enum Opened {
    /// About something public that the library knows.
    Library {
        /// Its name.
        identifier: Identifier,
        /// One line, where the advisory's own is no good.
        title: Option<Line>,
    },
    /// By hand.
    Hand {
        /// One line.
        title: Line,
        /// A paragraph.
        #[serde(default)]
        summary: Passage,
        /// Its identifiers, where it has some.
        #[serde(default)]
        identifiers: Few<Identifier, 32>,
        /// Where it came from.
        #[schemars(with = "Word<Origin>")]
        origin: Origin,
        /// How far it may go.
        label: Goes,
        /// Is it public already?
        public: bool,
    },
}

pub(super) async fn open(
    State(app): State<App>,
    caller: Caller,
    key: Key,
    Json(opened): Json<Opened>,
) -> Result<Response, Problem> {
    let asking = Asking::new(&app, caller, &key, "open_case");
    let case = CaseId(asking.makes());
    let name = asking.of_body(&opened);
    let receipt = app.ask(move |app| {
        let coord = coordinator(app, &asking.caller)?;
        let opening = match opened {
            Opened::Library { identifier, title } => {
                known(app, &asking.caller, case, &identifier.0, title, coord)?
            }
            Opened::Hand { title, summary, identifiers: all, origin, label, public } => Opening {
                title: title.0,
                summary: summary.0,
                identifiers: identifiers(all)?,
                origin,
                coord,
                label: label.into(),
                public,
            },
        };
        let wish = Wish::OpenCase { case, opening };
        let (who, now) = (asking.caller.who(), app.now());
        let receipt = app.desk().record_as(name, who, wish, now)?;
        // What the catalogue says already is said in the new case, too.
        if let (Ok(matching), Ok(opened)) = (app.matching(), app.desk().case(who, case, now)) {
            aftermath::told(app.desk(), (matching.known)().knowledge(), &opened, now)?;
        }
        Ok(receipt)
    });
    Ok(Done::of(Some(case.to_string()), &receipt.await?).made())
}

/// The coordinator at which somebody sits; nobody else opens cases.
fn coordinator(app: &App, caller: &Caller) -> Result<NodeCode, Problem> {
    let (register, now) = (app.desk().register(), app.now());
    let held = register.appointments_of(caller.person).filter(|held| held.holds_at(now));
    let mut stations = held.filter_map(|held| match &held.seat {
        Seat::Node(code) if matches!(code.role(), Role::Coord(_)) => Some(code.clone()),
        _ => None,
    });
    stations.next().ok_or_else(Problem::absent)
}

/// What feeds say of a flaw becomes the names of its case.
fn known(
    app: &App,
    caller: &Caller,
    own: CaseId,
    identifier: &str,
    title: Option<Line>,
    coord: NodeCode,
) -> Result<Opening, Problem> {
    let unread = |error| {
        Problem::unfit(
            Own::Identifier.with("given", identifier),
            format!("`{identifier}` is no identifier: {error}"),
        )
    };
    let name: VulnerabilityId = identifier.parse().map_err(unread)?;
    let known = (app.matching()?.known)();
    let spoken =
        |advisory: &&Arc<Advisory>| advisory.id == name || advisory.aliases.contains(&name);
    let advisory = known.knowledge().advisories().iter().find(spoken).ok_or_else(|| {
        Problem::refused(
            Own::NoAdvisory.with("name", name.as_str()),
            format!("no advisory in the library speaks of {name}: open the case by hand"),
        )
    })?;
    let mut all = BTreeSet::from([name.as_str().to_owned(), advisory.id.as_str().to_owned()]);
    all.extend(advisory.aliases.iter().map(|alias| alias.as_str().to_owned()));
    let cases = app.desk().cases(caller.who(), app.now())?;
    // The case of this very request, when it comes again, is no other.
    let other = |case: &&bongsu_response::Case| {
        case.id != own && !is_over(case) && case.identifiers.contains(name.as_str())
    };
    if let Some(case) = cases.iter().find(other) {
        return Err(Problem::refused(
            Own::CaseOpen.with("name", name.as_str()).with("case", case.id.to_string()),
            format!("case {} about {name} is open already: work on that one", case.id),
        ));
    }
    let summary = &advisory.summary;
    let titled = || if summary.is_empty() { name.as_str().to_owned() } else { summary.clone() };
    Ok(Opening {
        title: title.map_or_else(titled, |title| title.0),
        summary: advisory.summary.clone(),
        identifiers: all,
        origin: Origin::Feed,
        coord,
        label: Label { tlp: Tlp::Green, grade: Grade::Open },
        public: true,
    })
}
