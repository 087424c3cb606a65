//! What must hold of every game, looked for in its record the slow way (domain guide, section 13).

use std::collections::BTreeSet;

use bongsu_authority::{ActId, InstitutionId, PersonId};
use bongsu_response::{
    ActKind, Assessment, By, Case, CaseState, Draft, Entry, Event, Evidence, Impact, Nation,
    Obligation, RemediationClass, Status,
};

use super::world::INSTITUTIONS;

/// Holds every law against one step: the record before it, what it added, the state before and after.
pub(crate) fn hold(log: &[Entry], news: &[Entry], before: &Nation, after: &Nation) {
    for (place, entry) in news.iter().enumerate() {
        let mut record = log.to_vec();
        record.extend_from_slice(&news[..place]);
        two_signatures(&record, entry);
        nobody_verifies_their_own_claim(&record, entry);
        two_persons_reject_a_severe_claim(&record, entry, before);
        two_persons_end_an_embargo_early(entry, before, after);
        a_merge_can_be_taken_back(entry, before, after);
        the_engine_never_overrules_an_officer(entry, before, after);
        closing_waits_for_the_forensic_check(entry, before);
    }
    for campaign in after.campaigns() {
        for obligation in campaign.obligations() {
            let old = before.obligation(obligation.act, obligation.institution);
            if let Some(old) = old {
                no_clock_lengthens_unsigned(old, obligation, news);
                nothing_changes_without_an_event(old, obligation, news);
                settling_takes_a_terminal_event(old, obligation, news);
            }
            unknown_is_never_not_affected(obligation);
        }
    }
    for campaign in before.campaigns() {
        for obligation in campaign.obligations() {
            assert!(after.obligation(obligation.act, obligation.institution).is_some(), "lost");
        }
    }
}

/// Invariant 2: legal basis, two signatures over one text, authority over every addressee.
fn two_signatures(record: &[Entry], entry: &Entry) {
    let (Event::ActSigned { act, text, addressees: new, .. }
    | Event::ActAmended { act, text, added: new, .. }) = &entry.event
    else {
        return;
    };
    let signer = entry.by.person().expect("an officer signs");
    let drafts = drafts(record, *act, *text);
    let (kind, draft, _) = drafts.last().expect("it was drafted");
    let written = record.iter().rposition(|entry| drafted(entry, *act) == Some(*text));
    let since = &record[written.expect("it was drafted")..];
    let reviewed = since.iter().any(|review| {
        matches!(&review.event, Event::ActReviewed { act: a, text: t } if (a, t) == (act, text))
            && review.by.person().is_some_and(|reviewer| {
                reviewer != signer && drafts.iter().all(|(.., author)| *author != reviewer)
            })
    });
    assert!(reviewed, "signed without a second person's review");
    if *kind == ActKind::Directive {
        assert!(draft.legal_basis.is_some(), "a directive without a basis");
        assert!(drafts.iter().all(|(.., author)| *author != signer), "signed by its author");
        assert!(new.iter().all(|new| new.institution != INSTITUTIONS[3]), "another lead's");
    }
}

fn drafted(entry: &Entry, of: ActId) -> Option<Evidence> {
    match &entry.event {
        Event::ActDrafted { act, text, .. } if *act == of => Some(*text),
        _ => None,
    }
}

/// Who wrote exactly this text since the act was signed last, and what it was.
fn drafts(record: &[Entry], of: ActId, digest: Evidence) -> Vec<(ActKind, &Draft, PersonId)> {
    let signed = record.iter().rposition(|entry| {
        matches!(&entry.event, Event::ActSigned { act, .. } | Event::ActAmended { act, .. } if *act == of)
    });
    let since = &record[signed.map_or(0, |place| place + 1)..];
    let drafts = since.iter().filter_map(|entry| match &entry.event {
        Event::ActDrafted { act, kind, draft, text, .. } if (*act, *text) == (of, digest) => {
            Some((*kind, draft, entry.by.person().expect("an officer writes")))
        }
        _ => None,
    });
    drafts.collect()
}

/// Invariant 6.
fn nobody_verifies_their_own_claim(record: &[Entry], entry: &Entry) {
    let (Event::Verified { act, institution, .. } | Event::Refuted { act, institution, .. }) =
        &entry.event
    else {
        return;
    };
    let Some(verifier) = entry.by.person() else { return };
    let stands = claimants(record, *act, *institution);
    assert!(!stands.contains(&verifier), "verified by who claimed or countersigned");
}

/// Who stands behind the claim that stands: since it was last refuted, regressed or taken back.
fn claimants(record: &[Entry], of: ActId, whose: InstitutionId) -> BTreeSet<PersonId> {
    let mut behind = BTreeSet::new();
    for entry in record {
        let person = entry.by.person();
        match &entry.event {
            Event::Claimed { act, institution, claim } if (*act, *institution) == (of, whose) => {
                behind = BTreeSet::from([claim.by]);
            }
            Event::Countersigned { act, institution } if (*act, *institution) == (of, whose) => {
                behind.extend(person);
            }
            Event::Refuted { act, institution, .. }
            | Event::Regressed { act, institution, .. }
            | Event::Assessed { act, institution, .. }
                if (*act, *institution) == (of, whose) =>
            {
                let engines = matches!(entry.event, Event::Assessed { .. }) && person.is_none();
                if !engines {
                    behind.clear();
                }
            }
            _ => {}
        }
    }
    behind
}

/// Invariant 9, and section 7.1.
fn two_persons_reject_a_severe_claim(record: &[Entry], entry: &Entry, before: &Nation) {
    let Event::CaseMoved { case, to: CaseState::Rejected, why } = &entry.event else { return };
    assert!(!why.trim().is_empty(), "rejected without telling why");
    let second = entry.by.person().expect("an officer rejects");
    let severe = |case: &Case| {
        case.triage.impact != Some(Impact::Partial)
            || case.exploitation == bongsu_response::Exploitation::Active
    };
    if severe(before.case(*case).expect("it is open")) {
        let first = record.iter().rev().find_map(|entry| match &entry.event {
            Event::RejectionProposed { case: proposed, .. } if proposed == case => {
                entry.by.person()
            }
            _ => None,
        });
        assert!(first.is_some_and(|first| first != second), "one person rejected a severe claim");
    }
}

/// Section 5: an embargo ends before its time by two persons, or with what it was for.
fn two_persons_end_an_embargo_early(entry: &Entry, before: &Nation, after: &Nation) {
    let Event::EmbargoSet { case, embargo } = &entry.event else { return };
    let standing = before.case(*case).expect("it is open");
    let Some(held) = standing.embargo.as_ref().filter(|held| held.holds_at(entry.at)) else {
        return;
    };
    if embargo.as_ref().is_some_and(|new| !new.ends_before(held)) {
        return; // moved later, or what ends it was said anew
    }
    let published =
        after.case(*case).is_some_and(|case| case.state != standing.state && case.public);
    let until = embargo.as_ref().and_then(|embargo| embargo.until);
    let agreed = standing.lift.as_ref().is_some_and(|lift| {
        let same = lift.until.filter(|until| entry.at < *until) == until;
        same && Some(lift.by) != entry.by.person()
    });
    assert!(agreed || published, "one person ended an embargo");
}

/// Invariant 9.
fn a_merge_can_be_taken_back(entry: &Entry, before: &Nation, after: &Nation) {
    match &entry.event {
        Event::CaseMerged { case, .. } => {
            let (old, new) = (before.case(*case).expect("open"), after.case(*case).expect("open"));
            assert_eq!(new.before, Some(old.state));
        }
        Event::CaseSplit { case, .. } => {
            let (old, new) = (before.case(*case).expect("open"), after.case(*case).expect("open"));
            assert_eq!(Some(new.state), old.before, "a split restores");
            assert_eq!(new.merged_into, None);
        }
        _ => {}
    }
}

fn the_engine_never_overrules_an_officer(entry: &Entry, before: &Nation, after: &Nation) {
    let (Event::Assessed { act, institution, .. }, By::Engine(_)) = (&entry.event, entry.by) else {
        return;
    };
    let old = before.obligation(*act, *institution).expect("open");
    let new = after.obligation(*act, *institution).expect("open");
    if old.officers_word().is_some() {
        assert_eq!((old.status, &old.assessed), (new.status, &new.assessed), "overruled");
        assert_ne!(old.engine_says, new.engine_says, "and not silently");
    }
}

fn closing_waits_for_the_forensic_check(entry: &Entry, before: &Nation) {
    let Event::Closed { act, institution, .. } = &entry.event else { return };
    let old = before.obligation(*act, *institution).expect("open");
    let forensic = old.clocks.class == RemediationClass::ThreeDaysForensic;
    if forensic && old.status == Status::Verified {
        assert_eq!(old.forensic_clean, Some(true));
    }
    assert!(!old.contradicted, "closed against the inventory");
}

/// Invariant 4, first half.
fn no_clock_lengthens_unsigned(old: &Obligation, new: &Obligation, news: &[Entry]) {
    let extended = news.iter().any(|entry| {
        let granted = matches!(&entry.event,
            Event::ExtensionDecided { act, institution, granted: Some(_), .. }
                if (*act, *institution) == (new.act, new.institution));
        granted && entry.by.person().is_some()
    });
    assert!(new.clocks.acknowledge_by <= old.clocks.acknowledge_by);
    assert!(new.clocks.assess_by <= old.clocks.assess_by);
    assert!(new.clocks.class <= old.clocks.class);
    match (old.clocks.fix_by, new.clocks.fix_by) {
        (Some(old), Some(new)) => assert!(new <= old || extended, "lengthened without a signature"),
        (Some(_), None) => panic!("a clock vanished"),
        (None, _) => {}
    }
}

/// Invariant 4, second half: what settles is a terminal event or a signed decision.
fn settling_takes_a_terminal_event(old: &Obligation, new: &Obligation, news: &[Entry]) {
    if old.settled() || !new.settled() {
        return;
    }
    let settles = news.iter().any(|entry| match &entry.event {
        Event::Verified { .. }
        | Event::Closed { .. }
        | Event::WaiverDecided { granted: Some(_), .. }
        | Event::ActWithdrawn { .. }
        | Event::ActAmended { .. } => true,
        Event::Assessed { assessment, .. } => matches!(assessment, Assessment::NotAffected { .. }),
        _ => false,
    });
    assert!(settles, "settled by {news:?}");
    assert_eq!(new.marks.settled, news.last().map(|entry| entry.at));
}

/// Invariant 3.
fn nothing_changes_without_an_event(old: &Obligation, new: &Obligation, news: &[Entry]) {
    if news.is_empty() {
        assert_eq!(old, new, "it changed, and no entry says why");
    }
    assert!(old == new || new.version > old.version, "a change leaves its version");
}

/// Invariant 10.
fn unknown_is_never_not_affected(obligation: &Obligation) {
    if obligation.status == Status::NotAffected {
        let standing = obligation.assessed.as_ref().expect("somebody said so");
        let Assessment::NotAffected { justification } = &standing.assessment else {
            panic!("shown as not affected, and is {:?}", standing.assessment);
        };
        assert!(!justification.trim().is_empty());
    }
    if matches!(obligation.status, Status::Unknown | Status::Created | Status::Delivered) {
        assert!(!obligation.settled());
    }
    assert!(!(obligation.contradicted && obligation.settled()), "settled against the inventory");
}
