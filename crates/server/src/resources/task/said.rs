//! What the holder of a case code says, and the steps of the record that follow from it.

use bongsu_authority::{Delegation, DelegationId, InstitutionId, Mark, Power};
use bongsu_desk::help::{Callback, NoNumber};
use bongsu_response::{Answer, Assessment, Remedy, Status, Wish};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::input::Key;
use crate::problem::{Own, Problem};
use crate::recording::{Asking, Done};
use crate::signin::code::Holder;
use crate::wire::{Id, Passage, Text};

/// An answer in the words of somebody without staff.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub(super) enum Said {
    /// I have read it.
    Seen {},
    /// It is done: how, in a sentence.
    Done {
        /// What was done.
        how: Passage,
    },
    /// The program was taken out.
    Removed {},
    /// The system is cut off from every network.
    Isolated {},
    /// The system is switched off for good.
    Retired {},
    /// We do not have it, or it cannot be reached: why, in a sentence of ten characters or more.
    NotAffected {
        /// Why not.
        why: Passage,
    },
    /// My service provider does it.
    Provider {
        /// Which; nothing where one was chosen before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<Id>")]
        institution: Option<InstitutionId>,
    },
    /// I cannot do it alone: somebody calls.
    Help {
        /// Where: 7 to 20 digits, spaces and hyphens, `+` in front. Only whoever may read the call list sees it, and it is
        /// in no record.
        // What is asked is known again by its digest, and a digest of a number would tell it.
        #[serde(default, skip_serializing)]
        telephone: Option<Text<20>>,
    },
    /// We looked for an intruder and found no trace: where, in a sentence.
    Clean {
        /// Where was looked.
        how: Passage,
    },
    /// We found traces of an intruder: what, in a sentence. Somebody calls.
    Traces {
        /// What was found.
        how: Passage,
    },
}

/// What a provider that is chosen here may do: everything but to stand by its own claim.
pub(super) const POWERS: [Power; 4] =
    [Power::See, Power::Acknowledge, Power::Answer, Power::ClaimFixed];

/// What a provider must be allowed at least, so that nothing more needs to be signed.
const ENOUGH: [Power; 3] = [Power::See, Power::Answer, Power::ClaimFixed];

/// For how long a provider is chosen.
const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Records what was said, step by step under names that follow from the key: whoever comes again with it gets the receipt
/// of the last step. Nothing, where it cannot be answered any more.
///
/// # Errors
/// [`Problem`]: with the same key it can be sent again, and goes on where it stopped.
pub(super) fn record(
    app: &App,
    holder: &Holder,
    key: &Key,
    said: &Said,
    now: Timestamp,
) -> Result<Option<Done>, Problem> {
    let Holder { caller, task } = holder;
    let (act, institution) = (task.owed.act, task.owed.institution);
    let asking = |step: &str| {
        Asking::new(app, caller.clone(), key, &format!("task {step} {act} {institution}"))
    };
    let answered = |wish: Answer| Wish::Obligation { act, institution, wish };
    let last = asking("said");
    if !task.is_open() && !app.desk().store().is_recorded(last.id)? {
        return Ok(None);
    }
    let (before, wish) = steps(said, task.owed.status);
    let callback = callback(said)?;
    if !app.desk().store().is_recorded(last.id)? {
        if let Said::Provider { institution: provider } = said {
            delegate(app, &asking("delegate"), holder, (*provider, said), now)?;
        }
        for (step, wish) in before {
            let asking = asking(step);
            app.desk().record_as(asking.of_body(said), caller.who(), answered(wish), now)?;
        }
        if let Said::Help { .. } | Said::Traces { .. } = said {
            app.desk().call_for_help(act, institution, callback, now)?;
        }
    }
    let receipt = app.desk().record_as(last.of_body(said), caller.who(), answered(wish), now)?;
    Ok(Some(Done::of(None, &receipt)))
}

/// The number that was left, if any.
fn callback(said: &Said) -> Result<Option<Callback>, Problem> {
    let Said::Help { telephone: Some(text) } = said else { return Ok(None) };
    let number = text.0.parse().map_err(|wrong: NoNumber| {
        Problem::unfit(Own::CallbackNumber, format!("`telephone`: {wrong}"))
    });
    number.map(Some)
}

type Named = (&'static str, Answer);

/// The steps that go before, each with a name of its own, and the last.
fn steps(said: &Said, status: Status) -> (Vec<Named>, Answer) {
    let assess = |assessment| Answer::Assess { assessment, contradicts_inventory: false };
    let examined = |clean: bool, how: &Passage| {
        let evidence = bongsu_desk::evidence(how.0.as_bytes());
        (Vec::new(), Answer::ForensicCheck { clean, evidence })
    };
    let (remedy, how) = match said {
        Said::Clean { how } => return examined(true, how),
        Said::Traces { how } => return examined(false, how),
        Said::Seen {} | Said::Provider { .. } | Said::Help { .. } => {
            return (Vec::new(), Answer::Acknowledge);
        }
        Said::NotAffected { why } => {
            let justification = why.0.clone();
            return (Vec::new(), assess(Assessment::NotAffected { justification }));
        }
        Said::Done { how } => (Remedy::Patched, how.0.as_str()),
        Said::Removed {} => (Remedy::Removed, "프로그램을 제거함 / the program was taken out"),
        Said::Isolated {} => (Remedy::Isolated, "모든 망에서 분리함 / cut off from every network"),
        Said::Retired {} => (Remedy::Retired, "사용을 중단하고 폐기함 / switched off for good"),
    };
    let evidence = bongsu_desk::evidence(how.as_bytes());
    let claim = Answer::Claim { remedy, evidence };
    let mut before = Vec::new();
    match status {
        // A provider claimed it: its evidence stays, and the owner stands by it.
        Status::Claimed => return (before, Answer::Countersign),
        Status::Remediated | Status::Waived => return (before, claim),
        Status::Affected | Status::Planned | Status::Mitigated => {}
        _ => before.push(("affected", assess(Assessment::Affected))),
    }
    // The sentence is kept in the record; the claim names its SHA-256, so that whoever verifies can read what was said.
    before.push(("how", Answer::Mitigate { how: how.to_owned() }));
    (before, claim)
}

/// Signs a delegation to the provider, unless one that holds says as much.
fn delegate(
    app: &App,
    asking: &Asking,
    holder: &Holder,
    (provider, said): (Option<InstitutionId>, &Said),
    now: Timestamp,
) -> Result<(), Problem> {
    let institution = holder.task.owed.institution;
    let register = app.desk().register();
    let enough = |signed: &Delegation| ENOUGH.iter().all(|power| signed.powers.contains(power));
    let mut standing = register.providers_of(institution, now).filter(|signed| enough(signed));
    let chosen = match provider {
        None if standing.next().is_some() => return Ok(()),
        None => {
            return Err(Problem::unfit(
                Own::ProviderUnsaid,
                "say which provider: `institution`, from the task's `providers`",
            ));
        }
        Some(chosen) if standing.any(|signed| signed.provider == chosen) => return Ok(()),
        Some(chosen) => chosen,
    };
    let serves = register
        .institution(chosen)
        .is_some_and(|found| found.marks.contains(&Mark::ServiceProvider) && chosen != institution);
    if !serves {
        return Err(Problem::unfit(
            Own::ProviderUnknown,
            "this is no registered provider: choose one of the task's `providers`",
        ));
    }
    let delegation = Delegation {
        id: DelegationId(asking.makes()),
        institution,
        provider: chosen,
        powers: POWERS.into(),
        signed_by: holder.caller.person,
        from: now,
        until: now.checked_add(YEAR).unwrap_or(Timestamp::MAX),
    };
    let wish = Wish::Delegate(delegation);
    app.desk().record_as(asking.of_body(said), holder.caller.who(), wish, now)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_for_an_intruder_is_an_answer_of_its_own_and_changes_no_claim() {
        let how = crate::wire::Text("접속 기록 30일치를 살폈습니다".to_owned());
        let (before, wish) = steps(&Said::Clean { how: how.clone() }, Status::Remediated);
        let evidence = bongsu_desk::evidence(how.0.as_bytes());
        assert!(before.is_empty());
        assert_eq!(wish, Answer::ForensicCheck { clean: true, evidence });
        let (_, wish) = steps(&Said::Traces { how }, Status::Remediated);
        assert_eq!(wish, Answer::ForensicCheck { clean: false, evidence });
    }

    #[test]
    fn the_evidence_of_a_claim_is_the_sentence_that_stands_before_it() {
        let how = "펌웨어를 최신으로 올렸습니다";
        let said = Said::Done { how: crate::wire::Text(how.to_owned()) };
        let (before, claim) = steps(&said, Status::Delivered);
        let names: Vec<_> = before.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["affected", "how"]);
        assert_eq!(before[1].1, Answer::Mitigate { how: how.to_owned() });
        let evidence = bongsu_desk::evidence(how.as_bytes());
        assert_eq!(claim, Answer::Claim { remedy: Remedy::Patched, evidence });
    }
}
