//! Who has the flaw, read off the sample nation itself: no index, no matching, no version order of ours.

use std::collections::BTreeMap;

use bongsu_authority::{Domain, InstitutionId, Post};
use bongsu_inventory::Component;
use bongsu_nation::{Gaon, Holding, System};

use crate::drill::Drill;

/// What the nation's own inventories say of an institution.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    pub(crate) systems: u32,
    pub(crate) affected: Vec<String>,
    pub(crate) exposed: bool,
    /// Systems on which another library brought it.
    pub(crate) transitive: u32,
}

/// Of every institution that has an affected system.
pub(crate) fn affected(gaon: &Gaon) -> BTreeMap<InstitutionId, Truth> {
    let mut all: BTreeMap<InstitutionId, Truth> = BTreeMap::new();
    for system in gaon.systems() {
        let truth = all.entry(system.institution.id).or_default();
        truth.systems += 1;
        if let Some(version) = log4j(&system).filter(|version| is_affected(version)) {
            truth.affected.push(version);
            truth.exposed |= system.exposed;
            truth.transitive += u32::from(system.components().any(brings));
        }
    }
    all.retain(|_, truth| !truth.affected.is_empty());
    all
}

/// The version of log4j-core on a system.
pub(crate) fn log4j(system: &System<'_>) -> Option<String> {
    let mut found = system.components().filter(|one| one.name == LOG4J);
    found.next().and_then(|one| one.version.clone())
}

fn brings(component: &Component) -> bool {
    let name = component.name.rsplit([':', '/']).next().unwrap_or_default();
    ["spring-boot-starter-log4j2", "elasticsearch", "solr-core", "flink-core", "ApacheJMeter_core"]
        .contains(&name)
}

/// CVE-2021-44228: 2.0-beta9 to before 2.3.1, 2.4 to before 2.12.2, 2.13.0 to before 2.15.0.
fn is_affected(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().expect("a plain version"));
    let version = [(); 3].map(|()| parts.next().unwrap_or(0));
    let within = |from: [u32; 3], before: [u32; 3]| from <= version && version < before;
    within([2, 0, 0], [2, 3, 1]) || within([2, 4, 0], [2, 12, 2]) || within([2, 13, 0], [2, 15, 0])
}

pub(crate) const LOG4J: &str = "org.apache.logging.log4j:log4j-core";

/// Private institutions with a fresh inventory, few systems, one of them affected, and a CISO.
pub(crate) fn simple(drill: &Drill, truth: &BTreeMap<InstitutionId, Truth>) -> Vec<InstitutionId> {
    let gaon = &drill.gaon;
    let is_simple = |(id, truth): &(&InstitutionId, &Truth)| {
        let place = gaon.place_of(**id).unwrap();
        let institution = &gaon.institutions()[place];
        institution.domain() == Domain::Private
            && gaon.holding(place) == Holding::Fresh
            && truth.systems <= 4
            && truth.affected.len() == 1
            && drill.officer(**id, Post::Ciso).is_some()
    };
    truth.iter().filter(is_simple).map(|(id, _)| *id).collect()
}
