//! The explorer: search, who has it, why, and the record.

use super::Room;

pub(super) const ROOM: Room = Room { pages: &[], templates: &[] };
