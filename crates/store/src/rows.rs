//! What rows of the register look like, and back.

use std::collections::BTreeSet;

use bongsu_authority::{
    Appointment, AppointmentId, Delegation, DelegationId, Institution, InstitutionId, NodeCode,
    PersonId, Seat, SystemId,
};
use bongsu_response::{Evidence, PublishedInventory};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::codes::{Code, bits, from_bits};
use crate::port::{Fault, FaultKind, Row, Value, id};
use crate::sealing::Owner;

/// An instant as a column.
pub(crate) fn micros(at: Timestamp) -> Value {
    Value::Int(at.as_microsecond())
}

/// An instant or nothing as a column.
pub(crate) fn maybe_micros(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, micros)
}

/// A column as an instant.
pub(crate) fn instant(row: &Row, column: usize) -> Result<Timestamp, Fault> {
    Timestamp::from_microsecond(row.int(column)?).map_err(odd)
}

/// A column as an instant or nothing.
pub(crate) fn maybe_instant(row: &Row, column: usize) -> Result<Option<Timestamp>, Fault> {
    row.maybe_int(column)?.map(Timestamp::from_microsecond).transpose().map_err(odd)
}

/// An instant as the database keeps it: cut to microseconds, so that what is said and what is read are one.
pub(crate) fn cut(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).expect("an instant cut is an instant")
}

pub(crate) fn odd(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Fault {
    Fault::new("read a row", FaultKind::Damaged, what)
}

/// The sealed part of an institution.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Names {
    ko: String,
    en: String,
}

impl Names {
    pub(crate) fn of(institution: &Institution) -> Self {
        Self { ko: institution.name_ko.clone(), en: institution.name_en.clone() }
    }
}

/// An institution as a row.
pub(crate) fn institution(it: &Institution, sealed: Vec<u8>, entry: u64) -> Vec<Value> {
    let competent: Vec<&str> = it.competent.iter().map(NodeCode::as_str).collect();
    vec![
        id(it.id.0),
        it.domain().code().into(),
        it.ownership.code().into(),
        competent.first().copied().unwrap_or_default().into(),
        competent.join(" ").as_str().into(),
        it.relay.as_ref().map(NodeCode::as_str).into(),
        it.size.code().into(),
        i64::from(it.province).into(),
        bits(&it.marks).into(),
        sealed.into(),
        entry.cast_signed().into(),
    ]
}

/// A row as an institution: id, ownership, competent, relay, size, province, marks, sealed, entry.
pub(crate) fn read_institution(row: &Row, open: Open<'_>) -> Result<Institution, Fault> {
    let id = InstitutionId(row.array(0)?);
    let names = open(Owner::Institution(id), "institutions", &id.0, row.bytes(7)?)?;
    let names: Names = match names {
        Some(json) => serde_json::from_slice(&json).map_err(odd)?,
        None => Names { ko: String::new(), en: String::new() },
    };
    let competent = row.text(2)?.split_whitespace().map(str::parse);
    Ok(Institution {
        id,
        name_ko: names.ko,
        name_en: names.en,
        ownership: Code::from_code(row.int(1)?)?,
        competent: competent.collect::<Result<BTreeSet<NodeCode>, _>>().map_err(odd)?,
        relay: row.maybe_text(3)?.map(str::parse).transpose().map_err(odd)?,
        size: Code::from_code(row.int(4)?)?,
        province: u8::try_from(row.int(5)?).map_err(odd)?,
        marks: from_bits(row.int(6)?),
    })
}

/// Opens what an owner sealed in a row of a table; nothing where the key was destroyed.
pub(crate) type Open<'a> = &'a mut dyn FnMut(Owner, &'static str, &[u8], &[u8]) -> Opened;

/// What came of opening; nothing where the key was destroyed.
pub(crate) type Opened = Result<Option<Vec<u8>>, Fault>;

/// Whose key seals an appointment.
pub(crate) fn owner_of(seat: &Seat) -> Owner {
    match seat {
        Seat::Node(_) => Owner::Node,
        Seat::Institution(institution) => Owner::Institution(*institution),
    }
}

/// An appointment as a row.
pub(crate) fn appointment(it: &Appointment, sealed: Vec<u8>, entry: u64) -> Vec<Value> {
    let (node, institution) = match &it.seat {
        Seat::Node(code) => (code.as_str().into(), Value::Null),
        Seat::Institution(institution) => (Value::Null, id(institution.0)),
    };
    vec![
        id(it.id.0),
        id(it.person.0),
        it.post.code().into(),
        node,
        institution,
        micros(it.from),
        maybe_micros(it.until),
        it.deputy_of.map_or(Value::Null, |other| id(other.0)),
        sealed.into(),
        entry.cast_signed().into(),
    ]
}

/// A row as an appointment: id, person, post, node, institution, from, until, deputy, sealed, entry.
pub(crate) fn read_appointment(row: &Row, open: Open<'_>) -> Result<Appointment, Fault> {
    let id = AppointmentId(row.array(0)?);
    let seat = match row.maybe_text(3)? {
        Some(code) => Seat::Node(code.parse().map_err(odd)?),
        None => Seat::Institution(InstitutionId(row.array(4)?)),
    };
    let title = open(owner_of(&seat), "appointments", &id.0, row.bytes(8)?)?.unwrap_or_default();
    let deputy_of = row.maybe_bytes(7)?.map(<[u8; 16]>::try_from).transpose().map_err(odd)?;
    Ok(Appointment {
        id,
        person: PersonId(row.array(1)?),
        post: Code::from_code(row.int(2)?)?,
        seat,
        from: instant(row, 5)?,
        until: maybe_instant(row, 6)?,
        deputy_of: deputy_of.map(AppointmentId),
        title: String::from_utf8(title).map_err(odd)?,
    })
}

/// A delegation as a row.
pub(crate) fn delegation(it: &Delegation, entry: u64) -> Vec<Value> {
    vec![
        id(it.id.0),
        id(it.institution.0),
        id(it.provider.0),
        bits(&it.powers).into(),
        id(it.signed_by.0),
        micros(it.from),
        micros(it.until),
        entry.cast_signed().into(),
    ]
}

/// A row as a delegation.
pub(crate) fn read_delegation(row: &Row) -> Result<Delegation, Fault> {
    Ok(Delegation {
        id: DelegationId(row.array(0)?),
        institution: InstitutionId(row.array(1)?),
        provider: InstitutionId(row.array(2)?),
        powers: from_bits(row.int(3)?),
        signed_by: PersonId(row.array(4)?),
        from: instant(row, 5)?,
        until: instant(row, 6)?,
    })
}

/// An inventory as a row.
pub(crate) fn inventory(system: SystemId, it: &PublishedInventory, entry: u64) -> Vec<Value> {
    vec![
        id(system.0),
        id(it.institution.0),
        it.digest.0.to_vec().into(),
        i64::from(it.components).into(),
        i64::from(it.exposed).into(),
        micros(it.as_of),
        micros(it.published_at),
        entry.cast_signed().into(),
    ]
}

/// A row as an inventory.
pub(crate) fn read_inventory(row: &Row) -> Result<(SystemId, PublishedInventory), Fault> {
    let it = PublishedInventory {
        institution: InstitutionId(row.array(1)?),
        digest: Evidence(row.array(2)?),
        components: u32::try_from(row.int(3)?).map_err(odd)?,
        exposed: row.int(4)? != 0,
        as_of: instant(row, 5)?,
        published_at: instant(row, 6)?,
    };
    Ok((SystemId(row.array(0)?), it))
}
