//! Every statement, once for every engine. Tables and units are in [`schema`](crate::schema).
//!
//! Work over many rows is one statement. Times are microseconds. `AMONG` is explained in [`port`](crate::port).
//!
//! Open obligations are those whose status is below 10 and not 5 (not affected), or whatever [`OPEN`] says: the list is
//! written out in each statement because the planner knows constants best.

macro_rules! open {
    () => {
        "status IN (0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 12)"
    };
}

/// Statuses of obligations that still ask for something: a waiver ends, a claim waits for proof.
pub const OPEN: &str = open!();

// The database itself.

/// What is remembered under a name.
pub(crate) const META: &str = "SELECT value FROM meta WHERE name = $1";
/// A wrapped key.
pub(crate) const KEY: &str = "SELECT wrapped FROM keys WHERE kind = $1 AND owner = $2";
/// Every wrapped key.
pub(crate) const KEYS: &str = "SELECT kind, owner, wrapped FROM keys ORDER BY kind, owner";
/// Destroys a key.
pub(crate) const DESTROY_KEY: &str = "DELETE FROM keys WHERE kind = $1 AND owner = $2";

// The log.

/// The one head.
pub(crate) const HEAD: &str = "SELECT size, frontier FROM head WHERE one = 1";
/// Leaf hashes from a position on.
pub(crate) const HASHES_FROM: &str =
    "SELECT hash FROM entries WHERE position >= $1 AND position < $2 ORDER BY position";
/// Complete tiles of a level from a number on.
pub(crate) const TILES_FROM: &str =
    "SELECT number, hashes FROM tiles WHERE level = $1 AND number >= $2 ORDER BY number";
/// One complete tile.
pub(crate) const TILE: &str = "SELECT hashes FROM tiles WHERE level = $1 AND number = $2";
/// Entries from a position on.
pub(crate) const ENTRIES: &str = "SELECT position, leaf, hash, kind, owner, sealed FROM entries
    WHERE position >= $1 AND position < $2 ORDER BY position";
/// What was asked before under this id.
pub(crate) const REQUEST: &str = "SELECT digest, first, entries, leaf FROM requests WHERE id = $1";
/// The leaf hash at a position.
pub(crate) const HASH_AT: &str = "SELECT hash FROM entries WHERE position = $1";

// The register.

/// Every institution.
pub(crate) const INSTITUTIONS: &str =
    "SELECT id, ownership, competent, relay, size, province, marks, sealed, entry
    FROM institutions ORDER BY id";
/// These institutions.
pub(crate) const THESE_INSTITUTIONS: &str =
    "SELECT id, ownership, competent, relay, size, province, marks, sealed, entry
    FROM institutions WHERE id IN (AMONG) ORDER BY id";
/// Every appointment.
pub(crate) const APPOINTMENTS: &str =
    "SELECT id, person, post, node, institution, starts_at, ends_at, deputy_of, sealed, entry
    FROM appointments ORDER BY id";
/// Appointments at these institutions.
pub(crate) const APPOINTMENTS_AT: &str =
    "SELECT id, person, post, node, institution, starts_at, ends_at, deputy_of, sealed, entry
    FROM appointments WHERE institution IN (AMONG) ORDER BY id";
/// Appointments at a station.
pub(crate) const APPOINTMENTS_AT_NODE: &str =
    "SELECT id, person, post, node, institution, starts_at, ends_at, deputy_of, sealed, entry
    FROM appointments WHERE node = $1 ORDER BY id";
/// One appointment.
pub(crate) const APPOINTMENT: &str =
    "SELECT id, person, post, node, institution, starts_at, ends_at, deputy_of, sealed, entry
    FROM appointments WHERE id = $1";
/// When an appointment holds.
pub(crate) const TERM: &str = "SELECT person, starts_at, ends_at FROM appointments WHERE id = $1";
/// An appointment ends.
pub(crate) const END_APPOINTMENT: &str =
    "UPDATE appointments SET ends_at = $1, entry = $2 WHERE id = $3";
/// Every delegation.
pub(crate) const DELEGATIONS: &str =
    "SELECT id, institution, provider, powers, signed_by, starts_at, ends_at, entry
    FROM delegations ORDER BY id";
/// One delegation.
pub(crate) const DELEGATION: &str =
    "SELECT id, institution, provider, powers, signed_by, starts_at, ends_at, entry
    FROM delegations WHERE id = $1";
/// A delegation ends.
pub(crate) const END_DELEGATION: &str =
    "UPDATE delegations SET ends_at = $1, entry = $2 WHERE id = $3";
/// Every inventory.
pub(crate) const INVENTORIES: &str =
    "SELECT institution, system, digest, components, exposed, as_of, entry
    FROM inventories ORDER BY institution, system";
/// The latest inventory of a system.
pub(crate) const INVENTORY: &str =
    "SELECT institution, system, digest, components, exposed, as_of, entry
    FROM inventories WHERE institution = $1 AND system = $2";

// Cases and acts.

/// One case.
pub(crate) const CASE: &str = "SELECT id, sealed, entry FROM cases WHERE id = $1";
/// Every case.
pub(crate) const CASES: &str = "SELECT id, sealed, entry FROM cases ORDER BY opened_at, id";
/// One act.
pub(crate) const ACT: &str = "SELECT id, about, sealed, entry FROM acts WHERE id = $1";
/// Every act.
pub(crate) const ACTS: &str = "SELECT id, about, sealed, entry FROM acts ORDER BY id";
/// Acts about a case.
pub(crate) const ACTS_OF: &str =
    "SELECT id, about, sealed, entry FROM acts WHERE about = $1 ORDER BY issued_at, id";

// Obligations.

/// The columns of an obligation, in the order in which they are read.
macro_rules! obligation {
    ($rest:literal) => {
        concat!(
            "SELECT act, institution, status, exposure, systems, class, acknowledge_by, assess_by, fix_by, created_at,
            delivered_at, acknowledged_at, assessed_at, mitigated_at, remediated_at, verified_at, settled_at,
            accountable, assisted, false_closures, regressions, sealed, version, entry FROM obligations ",
            $rest
        )
    };
}

/// One obligation.
pub(crate) const OBLIGATION: &str = obligation!("WHERE act = $1 AND institution = $2");
/// Obligations of an institution.
pub(crate) const OBLIGATIONS_OF: &str =
    obligation!("WHERE institution = $1 ORDER BY created_at, act");
/// Every obligation.
pub(crate) const OBLIGATIONS: &str = obligation!("ORDER BY act, institution");
/// Obligations of an act at these institutions.
pub(crate) const OBLIGATIONS_AMONG: &str =
    obligation!("WHERE act = $1 AND institution IN (AMONG) ORDER BY institution");
/// Institutions that an act addresses, out of these.
pub(crate) const ADDRESSED: &str =
    "SELECT institution FROM obligations WHERE act = $1 AND institution IN (AMONG)";

/// How an act stands: counts by status, class and exposure.
pub(crate) const PROGRESS: &str = "SELECT status, class, exposure, count(*), CAST(sum(systems) AS BIGINT)
    FROM obligations WHERE act = $1 GROUP BY status, class, exposure ORDER BY status, class, exposure";

/// Counts of the national picture: open to whoever may see it, before small groups are hidden.
pub(crate) const PICTURE: &str =
    "SELECT i.domain, i.sector, i.province, i.size, o.status, o.exposure, count(*)
    FROM obligations o JOIN institutions i ON i.id = o.institution
    WHERE o.act = $1
    GROUP BY i.domain, i.sector, i.province, i.size, o.status, o.exposure
    ORDER BY i.domain, i.sector, i.province, i.size, o.status, o.exposure";
