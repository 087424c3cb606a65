//! Alerts: how they are kept in rows, and what is in force.

use bongsu_authority::alert::{Alert, Level};
use bongsu_response::{Entry, Event, SignedAlert};
use serde::{Deserialize, Serialize};

use crate::codes::Code;
use crate::error::Error;
use crate::keep;
use crate::log::int;
use crate::port::{Ask, Fault, Row, Scope, ask};
use crate::rows::{self, Open, instant, micros, odd};
use crate::schema;
use crate::sealing::Owner;
use crate::sql;
use crate::store::Store;
use crate::work::Work;

/// The sealed part of an alert.
#[derive(Debug, Deserialize, Serialize)]
struct Texts {
    ko: String,
    en: String,
}

impl Store {
    /// The newest alerts, as they were signed, with the entry of each; at most `limit`. They are announced to everybody, so
    /// whoever is let in may see them.
    pub fn alerts(&self, limit: u32) -> Result<Vec<(u64, SignedAlert)>, Error> {
        self.read(Scope::Node, |read| {
            let rows = keep::rows(read, ask(sql::ALERTS_LATELY, &[i64::from(limit).into()]))?;
            let mut all = Vec::with_capacity(rows.len());
            for row in &rows {
                let it = open(row, &mut keep::reading(&self.ring, read))?;
                all.push((row.int(0)?.cast_unsigned(), it));
            }
            Ok(all)
        })
    }
}

/// Puts the row of an alert that was set.
pub(crate) fn put(work: &mut Work<'_>, entry: &Entry, position: u64) -> Result<(), Error> {
    let Event::AlertSet { alert, text_ko, text_en, .. } = &entry.event else { return Ok(()) };
    let texts = Texts { ko: text_ko.clone(), en: text_en.clone() };
    let texts = serde_json::to_vec(&texts).expect("texts are text");
    let place = position.to_be_bytes();
    let sealed = work.seal(Owner::Node, schema::ALERTS.name, &place, &texts)?;
    let row = vec![
        int(position),
        alert.scope.code().into(),
        alert.level.scheme().code().into(),
        i64::from(alert.level.ordinal()).into(),
        micros(alert.from),
        micros(alert.until),
        micros(entry.at),
        sealed.into(),
    ];
    Ok(work.tx.put(&schema::ALERTS, &[row])?)
}

/// Alerts inside a transaction.
pub(crate) fn read(work: &mut Work<'_>, ask: Ask<'_>) -> Result<Vec<SignedAlert>, Error> {
    let rows = keep::rows(work.tx.as_mut(), ask)?;
    let open = |row: &Row| Ok(open(row, &mut keep::working(work))?);
    rows.iter().map(open).collect()
}

/// A row as an alert: entry, domain, scheme, ordinal, from, until, signed, sealed.
pub(crate) fn open(row: &Row, open: Open<'_>) -> Result<SignedAlert, Fault> {
    let place = row.int(0)?.cast_unsigned().to_be_bytes();
    let texts = open(Owner::Node, schema::ALERTS.name, &place, row.bytes(7)?)?;
    let texts = texts.ok_or_else(|| odd("the node's own key is not there"))?;
    let Texts { ko, en } = serde_json::from_slice(&texts).map_err(odd)?;
    let ordinal = u8::try_from(row.int(3)?).map_err(odd)?;
    let level = Level::new(Code::from_code(row.int(2)?)?, ordinal).map_err(odd)?;
    Ok(SignedAlert {
        alert: Alert {
            scope: Code::from_code(row.int(1)?)?,
            level,
            from: instant(row, 4)?,
            until: instant(row, 5)?,
        },
        text_ko: ko,
        text_en: en,
        signed_at: instant(row, 6)?,
    })
}

/// As columns hold it: instants cut to microseconds.
pub(crate) fn cut(it: &SignedAlert) -> SignedAlert {
    let mut it = it.clone();
    it.signed_at = rows::cut(it.signed_at);
    (it.alert.from, it.alert.until) = (rows::cut(it.alert.from), rows::cut(it.alert.until));
    it
}
