//! Every statement, once for every engine. Tables and units are in [`schema`](crate::schema).
//!
//! Work over many rows is one statement. Times are microseconds. `AMONG` is explained in [`port`](crate::port).

// The database itself.

/// What is remembered under a name.
pub(crate) const META: &str = "SELECT value FROM meta WHERE name = $1";
/// A wrapped key.
pub(crate) const KEY: &str = "SELECT wrapped FROM keys WHERE kind = $1 AND owner = $2";
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
/// The leaves from a position on.
pub(crate) const LEAVES: &str =
    "SELECT leaf FROM entries WHERE position >= $1 AND position < $2 ORDER BY position";
/// The outside of entries from a position on.
pub(crate) const HEADINGS: &str = "SELECT position, leaf, hash, kind, owner FROM entries
    WHERE position >= $1 AND position < $2 ORDER BY position";
/// Entries that the key of owner $2 seals, of kind $1, before position $3, the newest first, at most $4.
pub(crate) const ENTRIES_OF: &str = "SELECT position, leaf, hash, kind, owner, sealed FROM entries
    WHERE kind = $1 AND owner = $2 AND position < $3 ORDER BY position DESC LIMIT $4";
/// Entries that keys of kind $1 seal, from position $2 to before $3.
pub(crate) const ENTRIES_BETWEEN: &str =
    "SELECT position, leaf, hash, kind, owner, sealed FROM entries
    WHERE kind = $1 AND position >= $2 AND position < $3 ORDER BY position";
/// The leaf at a position.
pub(crate) const LEAF_AT: &str = "SELECT leaf FROM entries WHERE position = $1";
/// The leaf hash at a position.
pub(crate) const HASH_AT: &str = "SELECT hash FROM entries WHERE position = $1";

// The register.

/// Every institution.
pub(crate) const INSTITUTIONS: &str =
    "SELECT id, ownership, competent, relay, size, province, marks, sealed, entry
    FROM institutions ORDER BY id";
/// What stands open of every institution.
pub(crate) const INSTITUTIONS_OPEN: &str =
    "SELECT id, domain, ownership, sector, competent, relay, size, province, marks
    FROM institutions ORDER BY id";
/// These institutions.
pub(crate) const THESE_INSTITUTIONS: &str =
    "SELECT id, ownership, competent, relay, size, province, marks, sealed, entry
    FROM institutions WHERE id IN (AMONG) ORDER BY id";
/// Every appointment.
pub(crate) const APPOINTMENTS: &str =
    "SELECT id, person, post, node, institution, starts_at, ends_at, deputy_of, sealed, entry
    FROM appointments ORDER BY id";
/// CISOs and heads of these institutions, and their deputies: who may be accountable.
pub(crate) const ACCOUNTABLE_AT: &str =
    "SELECT id, person, post, node, institution, starts_at, ends_at, deputy_of, sealed, entry
    FROM appointments WHERE institution IN (AMONG) AND post IN (5, 8) ORDER BY id";
/// Appointments at these institutions.
pub(crate) const APPOINTMENTS_AT: &str =
    "SELECT id, person, post, node, institution, starts_at, ends_at, deputy_of, sealed, entry
    FROM appointments WHERE institution IN (AMONG) ORDER BY id";
/// These appointments.
pub(crate) const THESE_APPOINTMENTS: &str =
    "SELECT id, person, post, node, institution, starts_at, ends_at, deputy_of, sealed, entry
    FROM appointments WHERE id IN (AMONG) ORDER BY id";
/// One appointment.
pub(crate) const APPOINTMENT: &str =
    "SELECT id, person, post, node, institution, starts_at, ends_at, deputy_of, sealed, entry
    FROM appointments WHERE id = $1";
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
    "SELECT system, institution, digest, components, exposed, as_of, published_at, entry
    FROM inventories ORDER BY system";
/// The latest inventory of a system.
pub(crate) const INVENTORY: &str =
    "SELECT system, institution, digest, components, exposed, as_of, published_at, entry
    FROM inventories WHERE system = $1";

/// The latest inventories of an institution's systems.
pub(crate) const INVENTORIES_OF: &str =
    "SELECT system, institution, digest, components, exposed, as_of, published_at, entry
    FROM inventories WHERE institution = $1 ORDER BY system";

// Documents.

/// The latest document of a system.
pub(crate) const DOCUMENT: &str =
    "SELECT system, institution, digest, sealed FROM documents WHERE system = $1";
/// Every document by its digest, without itself.
pub(crate) const DOCUMENTS: &str =
    "SELECT system, institution, digest FROM documents ORDER BY system";
/// Documents of an institution by their digests.
pub(crate) const DOCUMENTS_OF: &str =
    "SELECT system, institution, digest FROM documents WHERE institution = $1 ORDER BY system";
/// Documents of these systems go.
pub(crate) const DROP_DOCUMENTS: &str = "DELETE FROM documents WHERE system IN (AMONG)";
/// Documents of an institution go.
pub(crate) const DROP_DOCUMENTS_OF: &str = "DELETE FROM documents WHERE institution = $1";

// Cases and acts.

/// One case.
pub(crate) const CASE: &str = "SELECT id, sealed, entry FROM cases WHERE id = $1";
/// Every case.
pub(crate) const CASES: &str = "SELECT id, sealed, entry FROM cases ORDER BY opened_at, id";
/// What stands open of every case.
pub(crate) const CASES_OPEN: &str =
    "SELECT id, state, coord, exploitation, opened_at, version FROM cases ORDER BY id";
/// What stands open of every act.
pub(crate) const ACTS_OPEN: &str =
    "SELECT id, about, state, kind, issuer, drill, issued_at, version FROM acts ORDER BY id";
/// One act.
pub(crate) const ACT: &str = "SELECT id, about, sealed, entry FROM acts WHERE id = $1";
/// Every act.
pub(crate) const ACTS: &str = "SELECT id, about, sealed, entry FROM acts ORDER BY id";
/// Acts about a case.
pub(crate) const ACTS_OF: &str =
    "SELECT id, about, sealed, entry FROM acts WHERE about = $1 ORDER BY issued_at, id";

// Alerts.

/// Every alert, in the order of signing.
pub(crate) const ALERTS: &str =
    "SELECT entry, domain, scheme, ordinal, starts_at, ends_at, signed_at, sealed
    FROM alerts ORDER BY entry";
/// Alerts of domain $1 that are not over at $2, in the order of signing.
pub(crate) const ALERTS_OF: &str =
    "SELECT entry, domain, scheme, ordinal, starts_at, ends_at, signed_at, sealed
    FROM alerts WHERE domain = $1 AND ends_at > $2 ORDER BY entry";
/// The newest alerts, at most $1.
pub(crate) const ALERTS_LATELY: &str =
    "SELECT entry, domain, scheme, ordinal, starts_at, ends_at, signed_at, sealed
    FROM alerts ORDER BY entry DESC LIMIT $1";

// Obligations.

/// The columns of an obligation, in the order in which they are read.
macro_rules! obligation {
    ($rest:literal) => {
        concat!(
            "SELECT act, institution, status, exposure, systems, class, acknowledge_by, assess_by, fix_by, created_at,
            delivered_at, acknowledged_at, assessed_at, mitigated_at, remediated_at, verified_at, settled_at,
            accountable, unreachable, assisted, false_closures, regressions, sealed, version, entry FROM obligations ",
            $rest
        )
    };
}

/// One obligation.
pub(crate) const OBLIGATION: &str = obligation!("WHERE act = $1 AND institution = $2");
/// Obligations of an institution.
pub(crate) const OBLIGATIONS_OF: &str =
    obligation!("WHERE institution = $1 ORDER BY created_at, act");
/// Obligations of an act.
pub(crate) const OBLIGATIONS_OF_ACT: &str = obligation!("WHERE act = $1 ORDER BY institution");
/// Obligations of an act at these institutions.
pub(crate) const OBLIGATIONS_AMONG: &str =
    obligation!("WHERE act = $1 AND institution IN (AMONG) ORDER BY institution");
/// Obligations of an act that are not settled, or waived: all that may keep it from being completed.
pub(crate) const OBLIGATIONS_OPEN: &str =
    obligation!("WHERE act = $1 AND (settled_at IS NULL OR status = 12) ORDER BY institution");
/// Obligations that a clock may move without anybody asking: verified, or waived.
pub(crate) const OBLIGATIONS_OF_THE_CLOCK: &str =
    obligation!("WHERE status IN (11, 12) ORDER BY act, institution");
/// Who owes or owed something under an act.
pub(crate) const ADDRESSED: &str =
    "SELECT institution FROM obligations WHERE act = $1 ORDER BY institution";
/// Any obligation of an act.
pub(crate) const OBLIGATION_ANY: &str = obligation!("WHERE act = $1 LIMIT 1");

/// How act $1 stands: counts by status, class and exposure; in the scope that $2 to $7 say as in [`LATE`].
pub(crate) const PROGRESS: &str =
    "SELECT o.status, o.class, o.exposure, count(*), CAST(sum(o.systems) AS BIGINT)
    FROM obligations o JOIN institutions i ON i.id = o.institution
    WHERE o.act = $1
        AND ($2 = -1 OR i.domain = $2)
        AND ($3 = '' OR ' ' || i.competent || ' ' LIKE '% ' || $3 || ' %')
        AND ($4 = '' OR i.relay = $4)
        AND (i.domain <> 2 OR $5 = 1)
        AND o.institution >= $6 AND o.institution <= $7
    GROUP BY o.status, o.class, o.exposure ORDER BY o.status, o.class, o.exposure";

/// Counts of the national picture: open to whoever may see it, before small groups are hidden.
pub(crate) const PICTURE: &str = "SELECT i.domain, i.sector, i.province, i.size,
        CASE WHEN o.status = 5 AND o.settled_at IS NULL THEN 4 ELSE o.status END AS stands,
        o.exposure, count(*)
    FROM obligations o JOIN institutions i ON i.id = o.institution
    WHERE o.act = $1
    GROUP BY i.domain, i.sector, i.province, i.size, stands, o.exposure
    ORDER BY i.domain, i.sector, i.province, i.size, stands, o.exposure";

/// Where each institution stands worst under the acts of `AMONG`, in counts; columns as the glance ranks them.
pub(crate) const GATHERED: &str = "SELECT domain, sector, province, size, worst, count(*) FROM (
        SELECT i.domain AS domain, i.sector AS sector, i.province AS province, i.size AS size, min(CASE
            WHEN o.status IN (6, 7, 8, 9) THEN 0
            WHEN o.status IN (4) THEN 1
            WHEN o.status = 5 AND o.settled_at IS NULL THEN 1
            WHEN o.status IN (10) THEN 3
            WHEN o.status IN (12) THEN 4
            WHEN o.status IN (11, 13) THEN 5
            WHEN o.status = 5 THEN 6
            ELSE 2 END) AS worst
        FROM obligations o JOIN institutions i ON i.id = o.institution
        WHERE o.act IN (AMONG) AND o.status <> 14
        GROUP BY o.institution, i.domain, i.sector, i.province, i.size) AS each_once
    GROUP BY domain, sector, province, size, worst ORDER BY domain, sector, province, size, worst";
/// How many civil institutions are late with act $1 at $2; what is late is as in [`LATE`].
pub(crate) const LATE_COUNT: &str = "SELECT count(*)
    FROM obligations o JOIN institutions i ON i.id = o.institution
    WHERE o.act = $1 AND o.settled_at IS NULL AND i.domain <> 2
        AND ((o.acknowledged_at IS NULL AND o.acknowledge_by < $2) OR (o.assessed_at IS NULL AND o.assess_by < $2)
            OR (o.fix_by < $2 AND o.status NOT IN (5, 10)))";

// Work over many obligations. `Obligation::{deliver, release, reclock}` of `response` are the specification.

/// Receipts arrived at $1, as entry $2 of act $3.
pub(crate) const DELIVER: &str = "UPDATE obligations SET
        status = CASE WHEN status IN (0, 2) THEN 1 ELSE status END,
        delivered_at = $1, unreachable = 0, version = version + 1, entry = $2
    WHERE act = $3 AND institution IN (AMONG) AND delivered_at IS NULL AND status NOT IN (13, 14)";
/// Everybody who can be is released at $1, by entry $2 of act $3.
pub(crate) const RELEASE_ALL: &str = "UPDATE obligations SET
        status = 14, settled_at = COALESCE(settled_at, $1), version = version + 1, entry = $2
    WHERE act = $3 AND status NOT IN (5, 11, 13, 14)";
/// These are released at $1, by entry $2 of act $3.
pub(crate) const RELEASE: &str = "UPDATE obligations SET
        status = 14, settled_at = COALESCE(settled_at, $1), version = version + 1, entry = $2
    WHERE act = $3 AND institution IN (AMONG) AND status NOT IN (5, 11, 13, 14)";
/// Clocks of act $7 become the sooner of their own and: class $1, acknowledge by $2, assess by $3, fix by $4; as entry
/// $5; where the exposure is one of the two groups: $6 is 1 for those inside or not affected, 0 for all others.
pub(crate) const RECLOCK: &str = "UPDATE obligations SET
        class = CASE WHEN class < $1 THEN class ELSE $1 END,
        acknowledge_by = CASE WHEN acknowledge_by < $2 THEN acknowledge_by ELSE $2 END,
        assess_by = CASE WHEN assess_by < $3 THEN assess_by ELSE $3 END,
        fix_by = CASE WHEN fix_by IS NULL THEN $4 WHEN CAST($4 AS BIGINT) IS NULL OR fix_by < $4 THEN fix_by ELSE $4 END,
        version = version + 1, entry = $5
    WHERE act = $7 AND status NOT IN (13, 14) AND (CASE WHEN exposure IN (1, 4) THEN 1 ELSE 0 END) = $6";

// The outbox. A notice is due once its entry is in the log; entry and number are the key of exactly-once.

/// A notice $1, due at $2, to everybody whom entry $3 of act $4 changed.
pub(crate) const NOTIFY: &str = "INSERT INTO outbox (entry, number, act, institution, notice, due_at, attempts)
    SELECT entry, (row_number() OVER (ORDER BY institution)) - 1 + 1000000 * CAST($1 AS BIGINT), act, institution,
        CAST($1 AS BIGINT), CAST($2 AS BIGINT), 0
    FROM obligations WHERE entry = $3 AND act = $4";
/// A notice $1, due at $2, to those of these whom entry $3 of act $4 changed.
pub(crate) const NOTIFY_THESE: &str = "INSERT INTO outbox (entry, number, act, institution, notice, due_at, attempts)
    SELECT entry, (row_number() OVER (ORDER BY institution)) - 1 + 1000000 * CAST($1 AS BIGINT), act, institution,
        CAST($1 AS BIGINT), CAST($2 AS BIGINT), 0
    FROM obligations WHERE entry = $3 AND act = $4 AND institution IN (AMONG)";
/// A reminder, due at $1, by entry $2 of act $3, to those of these who owe something yet.
pub(crate) const NOTIFY_OWING: &str = "INSERT INTO outbox (entry, number, act, institution, notice, due_at, attempts)
    SELECT CAST($2 AS BIGINT), (row_number() OVER (ORDER BY institution)) - 1 + 3000000, act, institution, 3,
        CAST($1 AS BIGINT), 0
    FROM obligations WHERE act = $3 AND institution IN (AMONG) AND settled_at IS NULL";
/// Of these, those who owe something under act $1 yet and have not been reminded since $8; in the scope that $2 to $7 say
/// as in [`LATE`].
pub(crate) const TO_REMIND: &str = "SELECT o.institution FROM obligations o JOIN institutions i ON i.id = o.institution
    WHERE o.act = $1 AND o.settled_at IS NULL AND o.institution IN (AMONG)
        AND ($2 = -1 OR i.domain = $2)
        AND ($3 = '' OR ' ' || i.competent || ' ' LIKE '% ' || $3 || ' %')
        AND ($4 = '' OR i.relay = $4)
        AND (i.domain <> 2 OR $5 = 1)
        AND o.institution >= $6 AND o.institution <= $7
        AND o.institution NOT IN (SELECT institution FROM outbox WHERE act = $1 AND notice = 3 AND due_at > $8)
    ORDER BY o.institution";
/// How many entry $1 of act $2 reminded.
pub(crate) const REMINDED_BY: &str =
    "SELECT count(*) FROM outbox WHERE entry = $1 AND act = $2 AND notice = 3";
/// The last entry that reminded each of these under act $1.
pub(crate) const LAST_REMINDED: &str = "SELECT institution, max(entry) FROM outbox
    WHERE act = $1 AND notice = 3 AND institution IN (AMONG) GROUP BY institution ORDER BY institution";
/// Takes up to $1 notices that are due at $2, until $3.
pub(crate) const CLAIM: &str = "UPDATE outbox SET leased_until = $3, attempts = attempts + 1
    WHERE (entry, number) IN (
        SELECT entry, number FROM outbox
        WHERE done_at IS NULL AND due_at <= $2 AND (leased_until IS NULL OR leased_until <= $2)
        ORDER BY due_at, entry, number LIMIT $1)
    RETURNING entry, number, act, institution, notice, due_at, attempts";
/// A notice reached its channel at $1.
pub(crate) const DONE: &str = "UPDATE outbox SET done_at = $1, leased_until = NULL WHERE entry = $2 AND number = $3 AND done_at IS NULL";
/// A notice could not be sent and is tried again at $1.
pub(crate) const LATER: &str = "UPDATE outbox SET due_at = $1, leased_until = NULL WHERE entry = $2 AND number = $3 AND done_at IS NULL";
/// What still waits for institution $2 is due at $1, where it was due later and nobody has it.
pub(crate) const HASTEN: &str = "UPDATE outbox SET due_at = $1
    WHERE institution = $2 AND done_at IS NULL AND due_at > $1 AND (leased_until IS NULL OR leased_until <= $1)";
/// How many notices wait, and since when the oldest is due.
pub(crate) const WAITING: &str = "SELECT count(*), min(due_at) FROM outbox WHERE done_at IS NULL";

/// Obligations of act $1 that are late at $2, the riskiest first, after the place of the last one seen ($3 to $6), at
/// most $7; in domain $8, or any at -1; of sector $9 and relay $10, or any where empty; the military only at $11 = 1;
/// institutions from $12 to $13.
///
/// Risk: exposed, inside, not known, not affected; then the soonest class, then what is late the longest. What is late is
/// the first clock that is missed: to acknowledge, to assess, to fix.
pub(crate) const LATE: &str = "SELECT * FROM (
        SELECT o.act, o.institution, o.status, o.exposure, o.systems, o.class, o.acknowledge_by, o.assess_by, o.fix_by,
            o.created_at, o.delivered_at, o.acknowledged_at, o.assessed_at, o.mitigated_at, o.remediated_at,
            o.verified_at, o.settled_at, o.accountable, o.unreachable, o.assisted, o.false_closures, o.regressions,
            o.sealed, o.version, o.entry,
            CASE WHEN o.exposure = 0 THEN 0 WHEN o.exposure = 1 THEN 1 WHEN o.exposure IN (2, 3) THEN 2 ELSE 3 END
                AS risk,
            CASE WHEN o.acknowledged_at IS NULL AND o.acknowledge_by < $2 THEN o.acknowledge_by
                 WHEN o.assessed_at IS NULL AND o.assess_by < $2 THEN o.assess_by
                 WHEN o.fix_by < $2 AND o.status NOT IN (5, 10) THEN o.fix_by END AS missed
        FROM obligations o JOIN institutions i ON i.id = o.institution
        WHERE o.act = $1 AND o.settled_at IS NULL
            AND ($8 = -1 OR i.domain = $8)
            AND ($9 = '' OR ' ' || i.competent || ' ' LIKE '% ' || $9 || ' %')
            AND ($10 = '' OR i.relay = $10)
            AND (i.domain <> 2 OR $11 = 1)
            AND o.institution >= $12 AND o.institution <= $13) AS late
    WHERE missed IS NOT NULL AND (risk, class, missed, institution) > ($3, $4, $5, $6)
    ORDER BY risk, class, missed, institution LIMIT $7";

/// Obligations of act $1 that no channel reached, or of small institutions that were asked until $10 and have not said a
/// word, after institution $2, at most $3; in the scope that $4 to $9 say as in [`LATE`].
pub(crate) const TO_CALL: &str =
    "SELECT o.act, o.institution, o.status, o.exposure, o.systems, o.class, o.acknowledge_by, o.assess_by, o.fix_by,
        o.created_at, o.delivered_at, o.acknowledged_at, o.assessed_at, o.mitigated_at, o.remediated_at,
        o.verified_at, o.settled_at, o.accountable, o.unreachable, o.assisted, o.false_closures, o.regressions,
        o.sealed, o.version, o.entry
    FROM obligations o JOIN institutions i ON i.id = o.institution
    WHERE o.act = $1 AND o.settled_at IS NULL AND o.institution > $2
        AND (o.unreachable = 1 OR i.size = 0 AND o.acknowledged_at IS NULL AND o.created_at <= $10)
        AND ($4 = -1 OR i.domain = $4)
        AND ($5 = '' OR ' ' || i.competent || ' ' LIKE '% ' || $5 || ' %')
        AND ($6 = '' OR i.relay = $6)
        AND (i.domain <> 2 OR $7 = 1)
        AND o.institution >= $8 AND o.institution <= $9
    ORDER BY o.institution LIMIT $3";

/// What is owed under act $1, in short: in the scope that $2 to $7 say as in [`LATE`]; what is settled only at $9 = 1.
/// Late at $8 is as in [`LATE`].
pub(crate) const OWED: &str =
    "SELECT o.institution, o.status, o.exposure, o.class, i.sector, i.size, i.province,
        CASE WHEN o.settled_at IS NOT NULL THEN NULL
             WHEN o.acknowledged_at IS NULL AND o.acknowledge_by < $8 THEN o.acknowledge_by
             WHEN o.assessed_at IS NULL AND o.assess_by < $8 THEN o.assess_by
             WHEN o.fix_by < $8 AND o.status NOT IN (5, 10) THEN o.fix_by END AS missed
    FROM obligations o JOIN institutions i ON i.id = o.institution
    WHERE o.act = $1 AND (o.settled_at IS NULL OR $9 = 1)
        AND ($2 = -1 OR i.domain = $2)
        AND ($3 = '' OR ' ' || i.competent || ' ' LIKE '% ' || $3 || ' %')
        AND ($4 = '' OR i.relay = $4)
        AND (i.domain <> 2 OR $5 = 1)
        AND o.institution >= $6 AND o.institution <= $7";
/// How act $1 stands by domain and sector at $8, in the scope that $2 to $7 say as in [`LATE`]: counts by status, and of
/// them those that are late as in [`LATE`].
pub(crate) const SECTORS: &str = "SELECT i.domain, i.sector,
        CASE WHEN o.status = 5 AND o.settled_at IS NULL THEN 4 ELSE o.status END AS stands, count(*),
        CAST(sum(CASE WHEN o.settled_at IS NULL
            AND ((o.acknowledged_at IS NULL AND o.acknowledge_by < $8) OR (o.assessed_at IS NULL AND o.assess_by < $8)
                OR (o.fix_by < $8 AND o.status NOT IN (5, 10))) THEN 1 ELSE 0 END) AS BIGINT)
    FROM obligations o JOIN institutions i ON i.id = o.institution
    WHERE o.act = $1
        AND ($2 = -1 OR i.domain = $2)
        AND ($3 = '' OR ' ' || i.competent || ' ' LIKE '% ' || $3 || ' %')
        AND ($4 = '' OR i.relay = $4)
        AND (i.domain <> 2 OR $5 = 1)
        AND o.institution >= $6 AND o.institution <= $7
    GROUP BY i.domain, i.sector, stands ORDER BY i.domain, i.sector, stands";

// The cabinet.

/// One thing of a drawer that has not ended.
pub(crate) const THING: &str = "SELECT name, owner, until, sealed FROM cabinet
    WHERE drawer = $1 AND name = $2 AND (until IS NULL OR until > $3)";
/// What somebody has in a drawer, after a name.
pub(crate) const THINGS_OF: &str = "SELECT name, owner, until, sealed FROM cabinet
    WHERE drawer = $1 AND owner = $2 AND name > $3 AND (until IS NULL OR until > $4) ORDER BY name LIMIT $5";
/// A drawer, after a name.
pub(crate) const THINGS: &str = "SELECT name, owner, until, sealed FROM cabinet
    WHERE drawer = $1 AND name > $2 AND (until IS NULL OR until > $3) ORDER BY name LIMIT $4";
/// These things of a drawer, of which each key is sixteen bytes.
pub(crate) const THINGS_AMONG: &str = "SELECT name, owner, until, sealed FROM cabinet
    WHERE drawer = $1 AND name IN (AMONG) AND (until IS NULL OR until > $2) ORDER BY name";
/// Removes a thing.
pub(crate) const REMOVE_THING: &str = "DELETE FROM cabinet WHERE drawer = $1 AND name = $2";
/// Removes what somebody has in a drawer.
pub(crate) const REMOVE_THINGS_OF: &str = "DELETE FROM cabinet WHERE drawer = $1 AND owner = $2";
/// Removes what has ended.
pub(crate) const SWEEP_THINGS: &str = "DELETE FROM cabinet WHERE until <= $1";
