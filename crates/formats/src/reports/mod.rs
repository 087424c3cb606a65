//! Findings as other people's tools read them: SARIF, CSAF VEX, CycloneDX VEX.

pub mod csaf_act;
pub mod csaf_vex;
pub mod cyclonedx_vex;
pub mod sarif;

use bongsu_advisory::{Rating, VexAnswer};
use bongsu_inventory::{Component, Inventory};
use bongsu_matching::{Answer, Finding, Why};

/// One inventory and what was found in it.
#[derive(Debug)]
pub struct Matched<'a> {
    /// The document the inventory was read from.
    pub document: &'a str,
    /// The inventory.
    pub inventory: &'a Inventory,
    /// What was found.
    pub findings: Vec<Finding<'a>>,
}

impl Matched<'_> {
    /// The component of a finding of this inventory.
    pub fn component(&self, finding: &Finding<'_>) -> &Component {
        &self.inventory.components[finding.component]
    }
}

/// The name this software writes into documents.
const TOOL: &str = "Bongsu";

/// The finding's reason as one sentence, with the place it stands at.
fn sentence(finding: &Finding<'_>) -> String {
    format!("{} ({})", finding.reason.sentence(), finding.reason.place)
}

/// A name by which people find the component again.
fn title(component: &Component) -> String {
    match &component.version {
        Some(version) => format!("{} {version}", component.name),
        None => component.name.clone(),
    }
}

/// What VEX calls the answer.
fn vex(finding: &Finding<'_>) -> VexAnswer {
    match (finding.answer, &finding.reason.why) {
        (Answer::Affected, _) => VexAnswer::Affected,
        (Answer::CannotTell, _) => VexAnswer::UnderInvestigation,
        (Answer::NotAffected, Why::Statement { says: "fixed", .. }) => VexAnswer::Fixed,
        (Answer::NotAffected, _) => VexAnswer::NotAffected,
    }
}

fn rating(finding: &Finding<'_>) -> Option<Rating> {
    finding.severity.and_then(|severity| severity.rating)
}
