//! Who owes what under an act, read once and put in order once: pages of one list are cut from it until something changes.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bongsu_authority::access::{Permit, Scope};
use bongsu_authority::{ActId, Register};
use bongsu_store::Owed;
use jiff::Timestamp;

use super::order::{self, Placed, Sort};
use crate::app::App;
use crate::live::Moment;
use crate::problem::Problem;

/// What is asked for: everybody in this scope who owes something under an act, or also whoever has settled it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Wanted {
    pub(super) act: ActId,
    pub(super) scope: Scope,
    pub(super) settled: bool,
}

/// A list as it was read, and the orders that somebody asked for.
#[derive(Debug)]
pub(super) struct List {
    wanted: Wanted,
    moment: Moment,
    pub(super) rows: Vec<Owed>,
    orders: [OnceLock<Vec<Placed>>; Sort::ALL.len()],
}

impl List {
    /// Its rows in an order.
    pub(super) fn in_order(&self, sort: Sort, register: &Register) -> &[Placed] {
        self.orders[sort as usize].get_or_init(|| order::sorted(&self.rows, sort, register))
    }
}

/// Lists that are kept; a list of a whole nation with all its orders is some 15 MB.
const MOST: usize = 8;

/// Lists that were read a moment ago, the newest last.
#[derive(Debug, Default)]
pub(crate) struct Ordered(Mutex<Vec<Arc<List>>>);

impl Ordered {
    /// The list as it is now; `permit` is to see names in its scope.
    pub(super) fn of(
        &self,
        app: &App,
        permit: &Permit,
        wanted: Wanted,
        now: Timestamp,
    ) -> Result<Arc<List>, Problem> {
        let moment = Moment::this(app, now);
        let kept = self.lock().iter().find(|list| list.wanted == wanted).cloned();
        let Wanted { act, scope, settled } = &wanted;
        let store = app.desk().store();
        if let Some(kept) = kept.filter(|list| list.moment.holds_at(&moment)) {
            store.may_follow(permit, (*act, scope))?;
            return Ok(kept);
        }
        let rows = store.owed(permit, (*act, scope), (now, *settled))?;
        let list = Arc::new(List { wanted, moment, rows, orders: Default::default() });
        let mut all = self.lock();
        all.retain(|kept| kept.wanted != list.wanted);
        if all.len() >= MOST {
            all.remove(0);
        }
        all.push(Arc::clone(&list));
        Ok(list)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Arc<List>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
