//! A node with its pages, a week after everybody was asked something.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use bongsu_authority::{ActId, InstitutionId, Post};
use bongsu_desk::{Desk, Who};
use bongsu_server::listen::{Listener, Listening};
use bongsu_server::{App, Time};
use jiff::{SignedDuration, Timestamp};
use rustc_hash::FxHashMap;

use crate::response::{Folder, campaign};
use crate::server::node;

/// Who looks.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Seat {
    Apex,
    Coordinator,
    Lead,
    Ciso,
    Anybody,
}

/// The node, and who visits it.
pub(crate) struct Visited {
    app: App,
    act: ActId,
    case: String,
    institution: InstitutionId,
    cookies: FxHashMap<Seat, String>,
    now: Timestamp,
    _folder: Folder,
}

impl Visited {
    pub(crate) fn make(dir: &Path, profile: &str) -> anyhow::Result<Self> {
        std::fs::create_dir_all(dir)?;
        let folder = Folder::new(dir, "pages")?;
        node::made(&folder.0, profile)?;
        let act: ActId = std::fs::read_to_string(folder.0.join("act"))?.parse()?;
        let desk = Arc::new(campaign::desk(&folder.0)?);
        // A week after the signature, so that everybody is late.
        let now = Timestamp::now() + SignedDuration::from_hours(24 * 7);
        let matching = node::matching(&folder.0)?;
        let app =
            App::with(Arc::clone(&desk), Time::drill(now), Some(matching), &node::settings())?;
        let (ciso, institution) =
            *node::officers(&desk, act, now).first().context("nobody owes an answer")?;
        let mut cookies = FxHashMap::default();
        for (seat, person) in [
            (Seat::Apex, director(&desk, "APEX", now)?),
            (Seat::Coordinator, director(&desk, "COORD_PRIV", now)?),
            (Seat::Lead, director(&desk, "LEAD_PRIV", now)?),
            (Seat::Ciso, ciso),
        ] {
            let cookie = app.door().seat(person, now);
            let cookie = cookie.map_err(|problem| anyhow::anyhow!("no session: {problem:?}"))?;
            let pair = cookie.to_str()?.split(';').next().unwrap_or_default().to_owned();
            cookies.insert(seat, pair);
        }
        let lead = Who::Person(director(&desk, "LEAD_PRIV", now)?);
        let case = desk.act(lead, act, now)?.case.to_string();
        Ok(Self { app, act, case, institution, cookies, now, _folder: folder })
    }

    /// Serves it, until the process ends.
    pub(crate) fn serve(&self) -> anyhow::Result<SocketAddr> {
        let listener = Listener::bind(Listening::at(SocketAddr::from(([127, 0, 0, 1], 0))))?;
        let address = listener.address()?;
        let now = self.now;
        let settings = bongsu_web::Settings {
            clock: Some(Arc::new(move || now)),
            ..bongsu_web::Settings::default()
        };
        let site = bongsu_web::site(bongsu_server::router(self.app.clone()), settings);
        tokio::spawn(listener.serve(site, std::future::pending()));
        Ok(address)
    }

    /// The cookie of a session, as `name=value`; nothing for anybody.
    pub(crate) fn cookie(&self, seat: Seat) -> &str {
        self.cookies.get(&seat).map_or("", String::as_str)
    }

    /// Where what the first CISO owes is answered over the API.
    pub(crate) fn answers(&self) -> String {
        format!("/api/v1/obligations/{}/{}/answers", self.act, self.institution)
    }

    /// The page of it.
    pub(crate) fn obligation(&self) -> String {
        format!("/obligations/{}/{}", self.act, self.institution)
    }

    /// Every page that a nation makes heavy, by whoever works in it.
    pub(crate) fn pages(&self) -> Vec<(Seat, String)> {
        let Self { act, case, institution, .. } = self;
        let late = |sort: &str| format!("/campaigns/{act}/late?why=a+measurement&sort={sort}");
        vec![
            (Seat::Anybody, "/".to_owned()),
            (Seat::Anybody, "/advisories".to_owned()),
            (Seat::Apex, "/situation".to_owned()),
            (Seat::Apex, "/situation/wall".to_owned()),
            (Seat::Apex, "/situation/brief".to_owned()),
            (Seat::Coordinator, "/cases".to_owned()),
            (Seat::Coordinator, format!("/cases/{case}")),
            (Seat::Lead, "/campaigns".to_owned()),
            (Seat::Lead, format!("/campaigns/{act}")),
            (Seat::Lead, late("risk")),
            (Seat::Lead, late("due")),
            (Seat::Lead, late("name")),
            (Seat::Lead, late("sector")),
            (Seat::Lead, format!("/campaigns/{act}/requests?why=a+measurement")),
            (Seat::Lead, format!("/campaigns/{act}/calls?why=a+measurement")),
            (Seat::Ciso, "/today".to_owned()),
            (Seat::Ciso, self.obligation()),
            (Seat::Ciso, format!("/institutions/{institution}")),
            (Seat::Ciso, format!("/institutions/{institution}/inventory")),
            (Seat::Ciso, format!("/institutions/{institution}/officers")),
            (Seat::Ciso, format!("/institutions/{institution}/timeline")),
            (Seat::Lead, format!("/explorer?q={}", node::FLAW)),
            (Seat::Lead, "/who-has?q=pkg:npm/part-7".to_owned()),
            (Seat::Lead, format!("/known/{}", node::FLAW)),
            (Seat::Lead, "/record".to_owned()),
            (Seat::Lead, "/administration".to_owned()),
            (Seat::Lead, "/administration/institutions".to_owned()),
            (Seat::Lead, "/administration/stations".to_owned()),
            (Seat::Lead, "/administration/tables".to_owned()),
            (Seat::Lead, "/account".to_owned()),
        ]
    }

    /// A path without ids, to read.
    pub(crate) fn plain(&self, path: &str) -> String {
        [self.act.to_string(), self.case.clone(), self.institution.to_string()]
            .iter()
            .zip(["{act}", "{case}", "{institution}"])
            .fold(path.to_owned(), |path, (id, name)| path.replace(id, name))
            .replace("why=a+measurement&", "")
    }
}

fn director(
    desk: &Desk,
    station: &str,
    now: Timestamp,
) -> anyhow::Result<bongsu_authority::PersonId> {
    let register = desk.register();
    let seat = bongsu_authority::Seat::Node(station.parse().map_err(anyhow::Error::msg)?);
    let held = register
        .appointments()
        .find(|held| held.seat == seat && held.post == Post::Director && held.holds_at(now));
    Ok(held.with_context(|| format!("{station} has no director"))?.person)
}
