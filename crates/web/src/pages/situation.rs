//! The situation room: the nation at a glance.

use super::Room;

pub(super) const ROOM: Room = Room { pages: &[], templates: &[] };
