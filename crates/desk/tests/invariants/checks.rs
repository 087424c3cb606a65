//! The invariants of the domain guide, section 13, each looked for in the record of a whole game, the slow way.
//!
//! Nothing here asks the code that decides. Each check reads the list of entries: who did what, in which order.

use std::collections::{BTreeMap, BTreeSet};

use bongsu_authority::{
    ActId, Appointment, AppointmentId, CaseId, Domain, Institution, InstitutionId, NodeCode,
    Ownership, PersonId, Post, Seat,
};
use bongsu_desk::{Who, text_of};
use bongsu_response::picture::Standing;
use bongsu_response::{
    ActKind, Assessment, By, CaseState, CaseWish, Clocks, Draft, Engine, Entry, Event, Nation,
    Obligation, Status, Wish,
};
use jiff::{SignedDuration, Timestamp};

use crate::model::{Model, label};
use crate::world::{DOMAINS, World};

/// One game, played.
pub(crate) struct Story<'a> {
    pub(crate) world: &'a World,
    pub(crate) model: &'a Model,
    pub(crate) end: Timestamp,
}

/// All of them that one game can break.
pub(crate) fn hold(story: &Story<'_>) {
    i01_one_lead_and_one_accountable_person_at_every_instant(story);
    i02_no_binding_act_without_basis_two_signatures_and_authority(story);
    i05_no_output_has_a_lower_label_than_its_input(story);
    i06_nobody_verifies_their_own_claim_or_approves_their_own_draft(story);
    i07_a_drill_stays_a_drill(story);
    i08_military_detail_stays_in_the_military(story);
    i10_unknown_is_never_shown_as_not_affected(story);
    i11_what_is_signed_is_what_was_written(story);
    i13_no_text_carries_a_link(story);
    let mut fold = Nation::new();
    let mut before_merge = BTreeMap::new();
    for (place, entry) in story.model.log.iter().enumerate() {
        let before = Snapshot::of(&fold, entry);
        i03_no_event_without_signer_time_and_label(&fold, &story.model.log, place);
        i09_merges_and_rejections_are_explained(&fold, entry, &mut before_merge);
        fold.apply(entry).expect("the log follows from itself");
        i04_a_clock_ends_by_its_event_or_a_signed_decision(&before, entry, &fold);
        i09_a_split_brings_back_what_was(&fold, entry, &before_merge);
    }
    i03_no_state_without_an_event(story, &fold);
    i09_merges_and_rejections_can_be_taken_back(story);
}

/// The case or the act an event is about.
pub(crate) fn about(event: &Event) -> (Option<CaseId>, Option<ActId>) {
    use Event as E;
    match event {
        E::CaseOpened { case, .. }
        | E::CaseMoved { case, .. }
        | E::RejectionProposed { case, .. }
        | E::CaseMerged { case, .. }
        | E::CaseSplit { case, .. }
        | E::CaseIdentified { case, .. }
        | E::CaseTriaged { case, .. }
        | E::ExploitationSet { case, .. }
        | E::FixSet { case, .. }
        | E::EmbargoSet { case, .. }
        | E::LiftProposed { case, .. }
        | E::EmbargoKept { case, .. }
        | E::CaseLabelled { case, .. }
        | E::MemberAdded { case, .. }
        | E::MemberRemoved { case, .. }
        | E::CaseRead { case, .. } => (Some(*case), None),
        E::ActDrafted { act, .. }
        | E::ActReviewed { act, .. }
        | E::ActSigned { act, .. }
        | E::ActAmended { act, .. }
        | E::ActWithdrawn { act, .. }
        | E::ActCompleted { act }
        | E::ActReclocked { act, .. }
        | E::NamesRead { act, .. }
        | E::NamesAsked { act, .. }
        | E::NamesReleased { act, .. }
        | E::NamesDeclined { act, .. }
        | E::NamesTaken { act, .. }
        | E::Reminded { act, .. }
        | E::Delivered { act, .. } => (None, Some(*act)),
        other => (None, owed(other).map(|(act, _)| act)),
    }
}

/// The obligation an event is about.
pub(crate) fn owed(event: &Event) -> Option<(ActId, InstitutionId)> {
    use Event as E;
    match event {
        E::Unreachable { act, institution }
        | E::Acknowledged { act, institution }
        | E::Assessed { act, institution, .. }
        | E::Planned { act, institution, .. }
        | E::Mitigated { act, institution, .. }
        | E::Claimed { act, institution, .. }
        | E::Countersigned { act, institution }
        | E::Verified { act, institution, .. }
        | E::Refuted { act, institution, .. }
        | E::ForensicChecked { act, institution, .. }
        | E::ExtensionAsked { act, institution, .. }
        | E::ExtensionDecided { act, institution, .. }
        | E::WaiverAsked { act, institution, .. }
        | E::WaiverDecided { act, institution, .. }
        | E::WaiverExpired { act, institution }
        | E::Assisted { act, institution, .. }
        | E::Regressed { act, institution, .. }
        | E::Closed { act, institution, .. } => Some((*act, *institution)),
        _ => None,
    }
}

/// Invariant 1.
fn i01_one_lead_and_one_accountable_person_at_every_instant(story: &Story<'_>) {
    let posts: Vec<&Appointment> = story.model.register.appointments().collect();
    for at in instants(story) {
        for it in &story.world.institutions {
            let leads = DOMAINS.iter().filter(|domain| {
                let mut led = story.model.register.by_domain(**domain, at);
                led.any(|led| led == it.id)
            });
            assert_eq!(leads.count(), 1, "1: leads of {} at {at}", it.id);
            let expected = accountable(&posts, it.id, at);
            let (rights, rules) = (&story.model.register, story.model.nation().register());
            let named = rights.accountable(it.id, at).map(|post| post.id);
            assert_eq!(named, expected, "1: accountable for {} at {at}, for rights", it.id);
            let named = rules.accountable(it.id, at).map(|post| post.id);
            assert_eq!(named, expected, "1: accountable for {} at {at}, for rules", it.id);
        }
    }
}

/// Where the register changes, and a moment before and after.
fn instants(story: &Story<'_>) -> BTreeSet<Timestamp> {
    let game = &story.model.log[story.model.founding..];
    let mut instants = BTreeSet::from([story.world.start, story.end]);
    for entry in game {
        let ends = match &entry.event {
            Event::OfficersAppointed { appointments } => vec![appointments[0].from],
            Event::AppointmentEnded { until, .. } => vec![*until],
            Event::InstitutionsEnrolled { .. } => vec![entry.at],
            _ => continue,
        };
        let second = SignedDuration::from_secs(1);
        instants.extend(ends.into_iter().flat_map(|end| [end, end - second, end + second]));
    }
    instants
}

/// The CISO, else the deputy named before the post fell vacant, else the head, else theirs.
fn accountable(
    posts: &[&Appointment],
    institution: InstitutionId,
    at: Timestamp,
) -> Option<AppointmentId> {
    let here = |it: &&&Appointment| it.seat == Seat::Institution(institution) && it.holds_at(at);
    for post in [Post::Ciso, Post::Head] {
        let holders = posts.iter().filter(here).filter(|it| it.post == post);
        let (deputies, own): (Vec<&&Appointment>, Vec<_>) =
            holders.partition(|it| it.deputy_of.is_some());
        assert!(own.len() < 2, "1: {post:?} of {institution} twice at {at}");
        if let Some(own) = own.first() {
            return Some(own.id);
        }
        let named_before = |it: &&&Appointment| {
            let principal = posts.iter().find(|other| Some(other.id) == it.deputy_of);
            principal.is_some_and(|other| other.until.is_none_or(|until| it.from < until))
        };
        let first = deputies.into_iter().filter(named_before).min_by_key(|it| (it.from, it.id));
        if let Some(first) = first {
            return Some(first.id);
        }
    }
    None
}

/// The records of institutions as they stood after so many entries.
fn institutions(log: &[Entry]) -> BTreeMap<InstitutionId, &Institution> {
    let mut all = BTreeMap::new();
    for entry in log {
        if let Event::InstitutionsEnrolled { institutions } = &entry.event {
            all.extend(institutions.iter().map(|it| (it.id, it)));
        }
    }
    all
}

fn appointment(log: &[Entry], id: Option<AppointmentId>) -> Option<&Appointment> {
    log.iter().find_map(|entry| match &entry.event {
        Event::OfficersAppointed { appointments } => {
            appointments.iter().find(|it| Some(it.id) == id)
        }
        _ => None,
    })
}

/// The draft of this text that was written last, and everybody who wrote it since the act was signed before.
fn written(log: &[Entry], of: ActId) -> Option<(usize, ActKind, &Draft, BTreeSet<PersonId>)> {
    let mut last = None;
    let mut authors = BTreeSet::new();
    for (place, entry) in log.iter().enumerate() {
        match &entry.event {
            Event::ActSigned { act, .. } | Event::ActAmended { act, .. } if *act == of => {
                authors.clear();
                last = None;
            }
            Event::ActDrafted { act, kind, draft, .. } if *act == of => {
                authors.extend(entry.by.person());
                last = Some((place, *kind, draft));
            }
            _ => {}
        }
    }
    last.map(|(place, kind, draft)| (place, kind, draft, authors))
}

/// Invariant 2.
fn i02_no_binding_act_without_basis_two_signatures_and_authority(story: &Story<'_>) {
    let log = &story.model.log;
    for (place, entry) in log.iter().enumerate() {
        let (Event::ActSigned { act, text, addressees: new, .. }
        | Event::ActAmended { act, text, added: new, .. }) = &entry.event
        else {
            continue;
        };
        let before = &log[..place];
        let (drafted, kind, draft, authors) = written(before, *act).expect("2: it was drafted");
        let signer = entry.by.person().expect("2: an officer signs");
        let reviews = before[drafted..].iter().filter(|review| {
            matches!(&review.event, Event::ActReviewed { act: a, text: t } if (a, t) == (act, text))
        });
        let reviewers: Vec<_> = reviews.filter_map(|review| review.by.person()).collect();
        assert!(!reviewers.is_empty(), "2: nobody reviewed what was signed");
        assert!(!reviewers.contains(&signer), "2: one person signed twice");
        let held = appointment(before, entry.by.appointment()).expect("2: a known post");
        assert_eq!(
            (held.post, &held.seat),
            (Post::Director, &Seat::Node(draft.issuer.clone())),
            "2"
        );
        if kind == ActKind::Directive {
            assert!(draft.legal_basis.is_some(), "2: a directive without a legal basis");
            assert!(!authors.contains(&signer), "2: a directive signed by its author");
        }
        let records = institutions(before);
        for addressee in new {
            let it = records[&addressee.institution];
            assert!(
                may_address(kind, &draft.issuer, it),
                "2: {kind} of {} to {it:?}",
                draft.issuer
            );
        }
    }
}

fn may_address(kind: ActKind, issuer: &NodeCode, it: &Institution) -> bool {
    let domain = match it.ownership {
        Ownership::Military => "MIL",
        Ownership::Private => "PRIV",
        _ => "PUB",
    };
    let station = issuer.as_str();
    let lead = station == format!("LEAD_{domain}");
    let competent = it.competent.iter().any(|code| code.as_str() == station);
    let coord = station == format!("COORD_{domain}");
    match kind {
        ActKind::Directive => lead,
        ActKind::ActionRequest => lead || competent,
        ActKind::Advisory | ActKind::Guideline => lead || competent || coord,
    }
}

/// Invariant 3, first half: the state is what the entries come to, and nothing else.
fn i03_no_state_without_an_event(story: &Story<'_>, fold: &Nation) {
    assert!(fold == story.model.nation(), "3: the state is not what the log says");
}

/// Invariant 3, second half.
fn i03_no_event_without_signer_time_and_label(before: &Nation, log: &[Entry], place: usize) {
    let entry = &log[place];
    let earlier = place.checked_sub(1).map(|place| log[place].at);
    assert!(earlier.is_none_or(|earlier| earlier <= entry.at), "3: time runs backwards");
    assert_eq!(entry.label, label(before, &entry.event), "3: label of {}", entry.event.name());
    let By::Officer { person, appointment: id, .. } = entry.by else { return };
    let post = before.register().appointment(id).expect("3: a signer with a post");
    assert_eq!(post.person, person, "3: the post of another person");
    assert!(post.holds_at(entry.at), "3: signed by a former officer, {}", entry.event.name());
}

/// Clocks and settlement of the obligations that an entry can touch.
struct Snapshot(Vec<(ActId, InstitutionId, Clocks, bool, Status)>);

impl Snapshot {
    fn of(nation: &Nation, entry: &Entry) -> Self {
        let Some(act) = about(&entry.event).1 else { return Self(Vec::new()) };
        let owed = nation.campaign(act).map_or(&[][..], |campaign| campaign.obligations());
        let row = |it: &Obligation| (act, it.institution, it.clocks, it.settled(), it.status);
        Self(owed.iter().map(row).collect())
    }
}

/// Invariant 4.
fn i04_a_clock_ends_by_its_event_or_a_signed_decision(
    before: &Snapshot,
    entry: &Entry,
    after: &Nation,
) {
    let (event, signed) = (&entry.event, entry.by.person().is_some());
    for (act, institution, old, was_settled, status) in &before.0 {
        let it = after.obligation(*act, *institution).expect("4: an obligation was lost");
        let granted = signed && matches!(event, Event::ExtensionDecided { granted: Some(_), .. });
        let mine = owed(event) == Some((*act, *institution));
        let later = it.clocks.acknowledge_by > old.acknowledge_by
            || it.clocks.assess_by > old.assess_by
            || it.clocks.class > old.class;
        assert!(!later, "4: a clock became longer by {}", event.name());
        let never = Timestamp::MAX;
        let longer = it.clocks.fix_by.unwrap_or(never) > old.fix_by.unwrap_or(never);
        assert!(!longer || granted && mine, "4: the fix date moved later by {}", event.name());
        if it.settled() && !was_settled {
            let ends = match event {
                Event::Verified { .. } | Event::Closed { .. } | Event::Assessed { .. } => mine,
                Event::WaiverDecided { granted: Some(_), .. } => mine && signed,
                Event::ActWithdrawn { .. } | Event::ActAmended { .. } => signed,
                _ => false,
            };
            assert!(ends, "4: settled by {}", event.name());
        }
        let comes_back = matches!(
            event,
            Event::Regressed { .. }
                | Event::WaiverExpired { .. }
                | Event::Refuted { .. }
                | Event::Assessed { .. }
                | Event::Claimed { .. }
        );
        let reopened = *was_settled && !it.settled();
        assert!(!reopened || comes_back, "4: {status} reopened by {}", event.name());
    }
}

/// Invariant 5: an entry is labelled at least as what it is about; an act that was issued is never lowered.
///
/// That each entry has exactly the label of its case or act is seen with invariant 3.
fn i05_no_output_has_a_lower_label_than_its_input(story: &Story<'_>) {
    let mut issued: BTreeMap<ActId, bongsu_authority::Label> = BTreeMap::new();
    let log = &story.model.log;
    for (place, entry) in log.iter().enumerate() {
        let (Event::ActSigned { act, .. } | Event::ActAmended { act, .. }) = &entry.event else {
            continue;
        };
        let (_, _, draft, _) = written(&log[..place], *act).expect("5: it was drafted");
        let old = issued.insert(*act, draft.label).unwrap_or(draft.label);
        assert_eq!(draft.label.join(old), draft.label, "5: an amendment lowers the label");
        assert_eq!(entry.label.join(old), entry.label, "5: {}", entry.event.name());
    }
}

/// Invariant 6.
fn i06_nobody_verifies_their_own_claim_or_approves_their_own_draft(story: &Story<'_>) {
    let log = &story.model.log;
    for (place, entry) in log.iter().enumerate() {
        let before = &log[..place];
        match (&entry.event, entry.by.person()) {
            (Event::ActReviewed { act, .. }, Some(person)) => {
                let (.., authors) = written(before, *act).expect("6: it was drafted");
                assert!(!authors.contains(&person), "6: an author reviewed");
            }
            (
                Event::Verified { act, institution, .. } | Event::Refuted { act, institution, .. },
                Some(person),
            ) => {
                let behind = behind(before, *act, *institution);
                assert!(!behind.contains(&person), "6: judged by who claimed or countersigned");
                let at_home = |id: AppointmentId| {
                    let post = appointment(before, Some(id)).expect("6: a known post");
                    post.seat == Seat::Institution(*institution)
                };
                assert!(!entry.by.appointment().is_some_and(at_home), "6: judged at home");
            }
            (
                Event::WaiverDecided { act, institution, .. }
                | Event::ExtensionDecided { act, institution, .. },
                Some(person),
            ) => {
                let asked = before.iter().rev().find(|asked| {
                    owed(&asked.event) == Some((*act, *institution))
                        && matches!(
                            (&asked.event, &entry.event),
                            (Event::WaiverAsked { .. }, Event::WaiverDecided { .. })
                                | (Event::ExtensionAsked { .. }, Event::ExtensionDecided { .. })
                        )
                });
                let asked = asked.expect("6: it was asked for");
                assert_ne!(asked.by.person(), Some(person), "6: granted by who asked");
            }
            _ => {}
        }
    }
}

/// Who stands behind the claim that was made last.
fn behind(log: &[Entry], act: ActId, institution: InstitutionId) -> BTreeSet<PersonId> {
    let mut behind = BTreeSet::new();
    for entry in log.iter().filter(|entry| owed(&entry.event) == Some((act, institution))) {
        match &entry.event {
            Event::Claimed { claim, .. } => behind = BTreeSet::from([claim.by]),
            Event::Countersigned { .. } => behind.extend(entry.by.person()),
            Event::Refuted { .. } | Event::Regressed { .. } => behind.clear(),
            Event::Assessed { assessment: Assessment::Affected, .. }
                if entry.by.person().is_some() =>
            {
                behind.clear(); // taken back
            }
            _ => {}
        }
    }
    behind
}

/// Invariant 7, as far as there is a realm of drills: an act that was issued as one stays one, and no other becomes one.
fn i07_a_drill_stays_a_drill(story: &Story<'_>) {
    let log = &story.model.log;
    let mut realm: BTreeMap<ActId, bool> = BTreeMap::new();
    for (place, entry) in log.iter().enumerate() {
        let (Event::ActSigned { act, .. } | Event::ActAmended { act, .. }) = &entry.event else {
            continue;
        };
        let (_, _, draft, _) = written(&log[..place], *act).expect("7: it was drafted");
        let drill = *realm.entry(*act).or_insert(draft.drill);
        assert_eq!(drill, draft.drill, "7: a drill and a real act share an id");
    }
}

/// Invariant 8: who writes about a military institution is inside, and a civil officer reads nothing.
fn i08_military_detail_stays_in_the_military(story: &Story<'_>) {
    let (log, model) = (&story.model.log, story.model);
    for (place, entry) in log.iter().enumerate().skip(model.founding) {
        let institution = match &entry.event {
            Event::InventoryPublished { institution, .. } => Some(*institution),
            Event::DelegationSigned { delegation } => Some(delegation.institution),
            other => owed(other).map(|(_, institution)| institution),
        };
        let Some(institution) = institution else { continue };
        let it = institutions(&log[..place])[&institution];
        let Some(post) = entry.by.appointment() else { continue };
        if it.ownership == Ownership::Military {
            let post = appointment(&log[..place], Some(post)).expect("8: a known post");
            assert!(is_inside(&post.seat, institution), "8: {} by {post:?}", entry.event.name());
        }
    }
    let civil = |person: &PersonId| {
        let mut posts = model.register.appointments_of(*person);
        posts.all(|post| match &post.seat {
            Seat::Node(code) => !code.as_str().ends_with("_MIL"),
            Seat::Institution(id) => {
                let it = model.register.institution(*id).expect("8: enrolled");
                it.ownership != Ownership::Military
            }
        })
    };
    for person in story.world.persons.iter().filter(|person| civil(person)) {
        let asking = model.asking(Who::Person(*person), story.end);
        for it in &story.world.institutions {
            let now = model.register.institution(it.id).expect("8: enrolled");
            if now.ownership != Ownership::Military {
                continue;
            }
            assert!(asking.see_inventory(it.id).is_err(), "8: an inventory");
            for owed in model.nation().obligations_of(it.id) {
                assert!(asking.see_obligation(owed.act, it.id).is_err(), "8: an obligation");
                let scope = bongsu_authority::access::Scope::Domain(Domain::Military);
                assert!(asking.see_names(owed.act, &scope, 1).is_err(), "8: names");
            }
        }
    }
}

fn is_inside(seat: &Seat, institution: InstitutionId) -> bool {
    match seat {
        Seat::Node(code) => ["LEAD_MIL", "COORD_MIL"].contains(&code.as_str()),
        Seat::Institution(id) => *id == institution,
    }
}

type Before = BTreeMap<CaseId, CaseState>;

/// Invariant 9, first third: no merge and no rejection without a reason.
fn i09_merges_and_rejections_are_explained(fold: &Nation, entry: &Entry, before: &mut Before) {
    match &entry.event {
        Event::CaseMerged { case, why, .. } => {
            assert!(!why.trim().is_empty(), "9: merged without a reason");
            before.insert(*case, fold.case(*case).expect("9: a known case").state);
        }
        Event::CaseMoved { to: CaseState::Rejected, why, .. } => {
            assert!(!why.trim().is_empty(), "9: rejected without a reason");
        }
        _ => {}
    }
}

/// Invariant 9, second third.
fn i09_a_split_brings_back_what_was(fold: &Nation, entry: &Entry, before: &Before) {
    if let Event::CaseSplit { case, .. } = &entry.event {
        let state = fold.case(*case).expect("9: a known case").state;
        assert_eq!(Some(&state), before.get(case), "9: a split leads elsewhere");
    }
}

/// Invariant 9, last third: whatever is merged or rejected at the end can still be brought back.
fn i09_merges_and_rejections_can_be_taken_back(story: &Story<'_>) {
    for case in story.model.nation().cases() {
        let why = "a new fact".to_owned();
        let wish = match case.state {
            CaseState::Merged => CaseWish::Split { why },
            CaseState::Rejected => CaseWish::Reopen { why },
            _ => continue,
        };
        let wish = Wish::Case { case: case.id, wish };
        let engine = By::Engine(Engine::Matching);
        let events = story.model.nation().wish(&wish, engine, story.end);
        assert!(events.is_ok_and(|events| !events.is_empty()), "9: {} for ever", case.state);
    }
}

/// Invariant 10: whatever is shown as not affected was said to be, with a reason, by who spoke last.
fn i10_unknown_is_never_shown_as_not_affected(story: &Story<'_>) {
    for campaign in story.model.nation().campaigns() {
        for it in campaign.obligations() {
            if Standing::of(it.status) != Some(Standing::NotAffected) {
                continue;
            }
            let said = story.model.log.iter().rev().find_map(|entry| match &entry.event {
                Event::Assessed { act, institution, assessment, .. }
                    if (*act, *institution) == (it.act, it.institution) =>
                {
                    Some((assessment, entry.by))
                }
                _ => None,
            });
            let (said, by) = said.expect("10: nobody said anything");
            // What the engine says beside an officer's word moves nothing.
            let beside = by.person().is_none();
            let reason = matches!(said, Assessment::NotAffected { justification } if justification.len() >= 10);
            let standing = it.assessed.as_ref().map(|assessed| &assessed.assessment);
            let stands = matches!(standing, Some(Assessment::NotAffected { .. }));
            assert!(stands && (reason || beside), "10: shown as not affected after {said:?}");
        }
    }
}

/// Invariant 11, first half: the digest that is signed is that of the text; the copy is checked on the stores.
fn i11_what_is_signed_is_what_was_written(story: &Story<'_>) {
    let log = &story.model.log;
    for (place, entry) in log.iter().enumerate() {
        let (Event::ActSigned { act, text, .. } | Event::ActAmended { act, text, .. }) =
            &entry.event
        else {
            continue;
        };
        let (_, kind, draft, _) = written(&log[..place], *act).expect("11: it was drafted");
        let case = story.model.nation().act(*act).expect("11: it stands").case;
        assert_eq!(*text, text_of(draft, *act, case, kind), "11: another text was signed");
    }
}

/// Invariant 13.
fn i13_no_text_carries_a_link(story: &Story<'_>) {
    for entry in &story.model.log {
        let Event::ActDrafted { draft, .. } = &entry.event else { continue };
        for text in [&draft.title_ko, &draft.title_en, &draft.todo_ko, &draft.todo_en] {
            assert!(!text.contains("http"), "13: {text}");
        }
    }
}
