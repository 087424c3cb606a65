//! The doors of the demonstration: one a role on the start page, and every seat by its title.

use std::sync::Arc;

use anyhow::Result;
use bongsu_authority::Size;
use bongsu_desk::Desk;
use bongsu_response::Obligation;
use bongsu_web::{Demonstration, Door};

use jiff::Timestamp;

use super::api::Api;
use super::stage::{ADMINISTRATOR, Props};

/// Opens the doors. Everybody may take every seat: the nation is made up and goes away with the process.
pub(super) fn open(props: &Props, api: &Api, stage: bool) {
    #[rustfmt::skip]
    let doors = [
        ("apex", "APEX-ANALYST-01", "/situation"),
        ("coordinator", "COORD_PRIV-ANALYST-01", "/cases"),
        ("lead", "LEAD_PRIV-ANALYST-01", "/campaigns"),
        ("approver", "LEAD_PRIV-APPROVER-01", "/campaigns"),
        ("director", "LEAD_PRIV-DIRECTOR-01", "/campaigns"),
        ("auditor", "COORD_PRIV-AUDIT-01", "/administration/audit?newest=true"),
        ("admin", ADMINISTRATOR, "/administration"),
    ];
    let door = |(name, title, to): (_, &str, _)| Door { name, title: title.to_owned(), to };
    let mut doors: Vec<Door> = doors.into_iter().map(door).collect();
    doors.push(Door { name: "ciso", title: props.some_ciso(), to: "/today" });
    doors.retain(|door| props.officer(&door.title).is_ok());
    let (app, desk) = (api.app().clone(), Arc::clone(&props.desk));
    let seat = move |title: String| {
        let (app, desk) = (app.clone(), Arc::clone(&desk));
        let sat = async move {
            let held = desk.officer(&title, app.now())?;
            app.ask(move |app| app.door().seat(held.person, app.now())).await.ok()
        };
        Box::pin(sat) as bongsu_web::Sat
    };
    let (app, desk) = (api.app().clone(), Arc::clone(&props.desk));
    let code = move || some_code(&desk, app.now()).ok().flatten();
    let open = Demonstration { doors, seat: Arc::new(seat), code: Arc::new(code), stage };
    let _ = props.doors.set(open); // they are opened once
}

/// The case code of a small institution that owes an answer, one that has said nothing yet where there is one.
fn some_code(desk: &Desk, now: Timestamp) -> Result<Option<String>> {
    let register = desk.register();
    for act in desk.store().acts()?.into_iter().filter(|act| act.kind.asks()) {
        let mut owed = desk.store().open_under(act.id)?;
        owed.sort_by_key(|owed| owed.marks.acknowledged.is_some());
        let small = |id| register.institution(id).is_some_and(|one| one.size == Size::Small);
        let with_officer = |owed: Obligation| {
            let officer = register.accountable(owed.institution, now)?;
            small(owed.institution).then_some((owed, officer.id))
        };
        if let Some((owed, officer)) = owed.into_iter().find_map(with_officer) {
            let code = desk.codes(now)?.code(owed.act, owed.institution, Some(officer));
            return Ok(Some(code.to_string()));
        }
    }
    Ok(None)
}
