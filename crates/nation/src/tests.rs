//! What must hold of the whole nation.

use bongsu_authority::Institution;

use crate::{Gaon, Profile};

mod inventories;
mod register;
mod repeatable;

const SEED: u64 = 7;

fn nation() -> Gaon {
    Gaon::new(Profile::Nation, SEED)
}

fn demo() -> Gaon {
    Gaon::new(Profile::Demo, SEED)
}

fn has(one: &Institution, sector: &str) -> bool {
    one.competent.iter().any(|code| code.as_str() == sector)
}
