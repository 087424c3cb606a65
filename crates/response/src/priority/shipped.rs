//! The tables that ship. Rows stand in the order of the publisher's own file, so row numbers can be looked up there.

use std::sync::LazyLock;

use super::{Attention, Table};
use crate::RemediationClass;

pub(super) fn remediation() -> &'static [Table<RemediationClass>] {
    REMEDIATION.as_slice()
}

pub(super) fn triage() -> &'static [Table<Attention>] {
    TRIAGE.as_slice()
}

static REMEDIATION: LazyLock<[Table<RemediationClass>; 1]> =
    LazyLock::new(|| [Table::read(BOD_26_04).expect("a test reads the shipped tables")]);

static TRIAGE: LazyLock<[Table<Attention>; 1]> =
    LazyLock::new(|| [Table::read(CISA_COORDINATOR).expect("a test reads the shipped tables")]);

/// CISA's binding operational directive, as CERT/CC tabulates it (`cisa_bod_26_04_1_0_0`).
///
/// The directive is of June 2026; the day was not checked, so it counts from the first of the month.
const BOD_26_04: &str = "\
name: CISA BOD 26-04
version: 1.0.0
from: 2026-06-01T00:00Z
source: CERT/CC, SSVC decision table cisa_bod_26_04_1_0_0

listed,exposed,automatable,impact,class
no,no,no,partial,next_upgrade
yes,no,no,partial,fourteen_days
no,yes,no,partial,sixty_days
no,no,yes,partial,sixty_days
no,no,no,total,next_upgrade
yes,yes,no,partial,fourteen_days
yes,no,yes,partial,fourteen_days
no,yes,yes,partial,fourteen_days
yes,no,no,total,fourteen_days
no,yes,no,total,fourteen_days
no,no,yes,total,sixty_days
yes,yes,yes,partial,three_days
yes,yes,no,total,three_days_forensic
yes,no,yes,total,three_days_forensic
no,yes,yes,total,three_days
yes,yes,yes,total,three_days_forensic
";

/// CISA's coordinator tree, as CERT/CC tabulates it (`cisa_coordinator_2_0_3`).
///
/// The date is that of the copy checked, not that of first publication.
const CISA_COORDINATOR: &str = "\
name: CISA coordinator
version: 2.0.3
from: 2026-01-01T00:00Z
source: CERT/CC, SSVC decision table cisa_coordinator_2_0_3

exploitation,automatable,impact,mission,attention
none,no,partial,low,track
none,no,partial,medium,track
none,no,partial,high,track
none,no,total,low,track
none,no,total,medium,track
none,no,total,high,track*
none,yes,partial,low,track
none,yes,partial,medium,track
none,yes,partial,high,attend
none,yes,total,low,track
none,yes,total,medium,track
none,yes,total,high,attend
poc,no,partial,low,track
poc,no,partial,medium,track
poc,no,partial,high,track*
poc,no,total,low,track
poc,no,total,medium,track*
poc,no,total,high,attend
poc,yes,partial,low,track
poc,yes,partial,medium,track
poc,yes,partial,high,attend
poc,yes,total,low,track
poc,yes,total,medium,track*
poc,yes,total,high,attend
active,no,partial,low,track
active,no,partial,medium,track
active,no,partial,high,attend
active,no,total,low,track
active,no,total,medium,attend
active,no,total,high,act
active,yes,partial,low,attend
active,yes,partial,medium,attend
active,yes,partial,high,act
active,yes,total,low,attend
active,yes,total,medium,act
active,yes,total,high,act
";
