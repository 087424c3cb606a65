//! From what a person types to the thing that is meant.

use anyhow::{Context, Result, anyhow, bail};
use bongsu_authority::{ActId, CaseId, InstitutionId, NodeCode, Seat};
use bongsu_desk::Who;
use bongsu_response::{Act, Case};
use bongsu_store::Error;

use crate::cli::desk::AsArgs;
use crate::node::Node;

/// Why something was not done, to somebody who may see the thing: then the reason gives nothing away.
pub(super) fn plainly(error: Error) -> anyhow::Error {
    match error {
        Error::Denied(denied) => {
            anyhow!("you may see this, but not do that to it: {}", denied.why())
        }
        other => other.into(),
    }
}

impl Node {
    /// The officer who acts.
    pub(crate) fn who(&self, args: &AsArgs) -> Result<Who> {
        let found = self.desk.officer(&args.officer, self.now);
        let found = found.with_context(|| {
            format!(
                "no officer has the title `{}`; `bongsu officer list COORD_PRIV` or `bongsu officer list INSTITUTION` shows them",
                args.officer
            )
        })?;
        Ok(Who::Person(found.person))
    }

    /// A case, by id, by its beginning, or by a name of the vulnerability.
    pub(crate) fn find_case(&self, who: Who, text: &str) -> Result<Case> {
        if let Ok(case) = text.parse::<CaseId>() {
            return Ok(self.desk.case(who, case, self.now)?);
        }
        let meant = |case: &Case| {
            begins(&case.id.to_string(), text)
                || case.identifiers.iter().any(|name| name.eq_ignore_ascii_case(text))
        };
        let found: Vec<Case> = self.desk.cases(who, self.now)?.into_iter().filter(meant).collect();
        one(found, "case", text, "bongsu case list", |case| case.id.to_string())
    }

    /// An act, by id or its beginning.
    pub(crate) fn find_act(&self, who: Who, text: &str) -> Result<Act> {
        if let Ok(act) = text.parse::<ActId>() {
            return Ok(self.desk.act(who, act, self.now)?);
        }
        let mut found = Vec::new();
        for case in self.desk.cases(who, self.now)? {
            let acts = self.desk.acts_of(who, &case, self.now)?;
            found.extend(acts.into_iter().filter(|act| begins(&act.id.to_string(), text)));
        }
        one(found, "act", text, "bongsu case show CASE", |act| act.id.to_string())
    }

    /// An institution, by id or its beginning.
    pub(crate) fn find_institution(&self, text: &str) -> Result<InstitutionId> {
        if let Ok(institution) = text.parse() {
            return Ok(institution);
        }
        let register = self.desk.register();
        let found = register.institutions().filter(|id| begins(&id.to_string(), text)).collect();
        one(found, "institution", text, "bongsu campaign late ACT", ToString::to_string)
    }

    /// A station or an institution.
    pub(crate) fn find_seat(&self, text: &str) -> Result<Seat> {
        match text.parse::<NodeCode>() {
            Ok(code) => Ok(Seat::Node(code)),
            Err(_) => Ok(Seat::Institution(self.find_institution(text)?)),
        }
    }
}

fn begins(id: &str, text: &str) -> bool {
    text.len() >= 4 && id.starts_with(&text.to_ascii_lowercase())
}

/// Exactly one, or what to do about it.
fn one<T>(
    mut found: Vec<T>,
    what: &str,
    text: &str,
    list: &str,
    name: impl Fn(&T) -> String,
) -> Result<T> {
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => bail!(
            "there is no {what} `{text}` here that you may see; `{list}` shows them, and an id's first four characters are enough"
        ),
        _ => {
            let names: Vec<String> = found.iter().take(5).map(name).collect();
            bail!("`{text}` could be {}; give more of the id", names.join(", "))
        }
    }
}
