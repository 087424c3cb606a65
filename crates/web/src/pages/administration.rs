//! Administration: the register, feeds, tables, jobs, one's own account.

use super::Room;

pub(super) const ROOM: Room = Room { pages: &[], templates: &[] };
