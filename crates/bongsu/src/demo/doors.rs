//! The doors of the demonstration: one a role, on the start page.

use std::sync::Arc;

use anyhow::Result;
use bongsu_web::Door;

use super::api::Api;
use super::stage::Props;

/// Opens one door a role. Everybody may take every seat: the nation is made up and goes away with the process.
pub(super) fn open(props: &Props, api: &Api) -> Result<()> {
    let ciso = props.some_ciso()?;
    #[rustfmt::skip]
    let seats = [
        ("apex", "APEX-ANALYST-01".to_owned(), "/situation"),
        ("coordinator", "COORD_PRIV-ANALYST-01".to_owned(), "/cases"),
        ("lead", "LEAD_PRIV-ANALYST-01".to_owned(), "/campaigns"),
        ("approver", "LEAD_PRIV-APPROVER-01".to_owned(), "/campaigns"),
        ("director", "LEAD_PRIV-DIRECTOR-01".to_owned(), "/campaigns"),
        ("ciso", ciso, "/today"),
        ("admin", "COORD_PRIV-SYSADMIN-01".to_owned(), "/administration"),
    ];
    let mut doors = Vec::new();
    for (name, title, to) in seats {
        let Ok(person) = props.officer(&title) else { continue };
        let app = api.app().clone();
        let opens = move || {
            let app = app.clone();
            let seat = app.clone();
            let sat =
                async move { seat.ask(move |app| app.door().seat(person, app.now())).await.ok() };
            Box::pin(sat) as std::pin::Pin<Box<dyn Future<Output = _> + Send>>
        };
        doors.push(Door { name, title, to: to.to_owned(), opens: Arc::new(opens) });
    }
    let _ = props.doors.set(doors); // there are doors once
    if let Some(code) = props.some_code()? {
        let _ = props.code.set(code);
    }
    Ok(())
}
