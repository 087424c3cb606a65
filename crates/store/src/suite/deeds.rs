//! What a store does, one deed a test.

use bongsu_authority::access::{Action, Scope};
use bongsu_authority::{Domain, InstitutionId};
use bongsu_response::{
    ActWish, Answer, Assessment, CaseWish, Exploitation, Exposure, RemediationClass, Status, Wish,
};
use jiff::{SignedDuration, Timestamp};

use super::Ground;
use super::world::{ANALYST, DIRECTOR, On, Who, World, check, claim, evidence, on_act, open};
use crate::apply::Notice;
use crate::error::Error;
use crate::read::LatePlace;
use crate::store::Store;

pub(super) fn campaign(
    ground: &dyn Ground,
    institutions: usize,
) -> (World, Store, bongsu_authority::CaseId, bongsu_authority::ActId) {
    let (mut world, store) = (World::new(1, institutions), open(ground));
    world.settle(&store);
    let case = world.open_case(&store, "VPN appliance, login bypass");
    world.wait(5);
    let act = world.sign_campaign(&store, case, "Update the VPN appliance");
    world.wait(5);
    (world, store, case, act)
}

/// See the name.
pub fn a_request_sent_twice_is_recorded_once(ground: &dyn Ground) {
    let (mut world, store, _, act) = campaign(ground, 3);
    let request = world.answering(Who::Ciso(0), act, 0, Answer::Acknowledge);
    let first = store.record(request.clone()).unwrap();
    assert_eq!(first.entries, 1);
    let size = store.head().unwrap().0;
    assert_eq!(store.record(request.clone()).unwrap(), first);
    drop(store);
    let store = open(ground);
    assert_eq!(store.record(request).unwrap(), first, "also after opening again");
    assert_eq!(store.head().unwrap().0, size);

    let again = world.answer(&store, Who::Ciso(0), act, 0, Answer::Acknowledge).unwrap();
    assert_eq!((again.entry, again.leaf, again.entries), (first.entry, first.leaf, 0));
    assert_eq!(check(&store), size);
}

/// See the name.
pub fn a_request_id_with_another_body_is_refused(ground: &dyn Ground) {
    let (mut world, store, _, act) = campaign(ground, 2);
    let first = world.answering(Who::Ciso(0), act, 0, Answer::Acknowledge);
    let mut other = world.answering(Who::Ciso(1), act, 1, Answer::Acknowledge);
    other.id = first.id;
    store.record(first).unwrap();
    assert!(matches!(store.record(other), Err(Error::OtherBody)));
}

/// See the name.
pub fn a_permit_for_something_else_is_refused(ground: &dyn Ground) {
    let (mut world, store, _, act) = campaign(ground, 2);
    let size = store.head().unwrap().0;
    let mut request = world.answering(Who::Ciso(0), act, 0, Answer::Acknowledge);
    request.permit = world.answering(Who::Ciso(1), act, 1, Answer::Acknowledge).permit;
    assert!(matches!(store.record(request), Err(Error::Permit(_))));
    let mut request = world.answering(Who::Ciso(0), act, 0, claim("build"));
    request.permit = world.answering(Who::Ciso(0), act, 0, Answer::Acknowledge).permit;
    assert!(matches!(store.record(request), Err(Error::Permit(_))));
    assert_eq!(store.head().unwrap().0, size);
}

/// See the name.
pub fn a_former_officer_is_refused(ground: &dyn Ground) {
    let (mut world, store, _, act) = campaign(ground, 2);
    let request = world.answering(Who::Operator(0), act, 0, Answer::Acknowledge);
    let answer = Answer::Assess { assessment: Assessment::Affected, contradicts_inventory: false };
    let assess = world.answering(Who::Operator(0), act, 0, answer);
    drop(request);
    let appointment = world.post(Who::Operator(0)).unwrap().id;
    let wish = Wish::EndAppointment { appointment, until: world.now };
    let action = Action::EndAppointment;
    world.ask(&store, Who::Register, action, On::Nation, wish).unwrap();
    assert!(matches!(store.record(assess), Err(Error::NotInPost)));
    check(&store);
}

/// See the name.
pub fn a_campaign_runs_from_case_to_verified_fix(ground: &dyn Ground) {
    let (mut world, store, case, act) = campaign(ground, 5);
    let everybody: Vec<_> = world.institutions.iter().map(|it| it.id).collect();
    let wish = Wish::Deliver { act, institutions: everybody, channel: "mail".to_owned() };
    world.ask(&store, Who::Delivery, Action::Deliver, on_act(act), wish).unwrap();
    world.wait(10);
    let affected =
        Answer::Assess { assessment: Assessment::Affected, contradicts_inventory: false };
    world.answer(&store, Who::Ciso(0), act, 0, Answer::Acknowledge).unwrap();
    world.answer(&store, Who::Ciso(0), act, 0, affected).unwrap();
    let until = world.now + SignedDuration::from_hours(20);
    world.answer(&store, Who::Operator(0), act, 0, Answer::Plan { until }).unwrap();
    world.wait(60);
    world.answer(&store, Who::Operator(0), act, 0, claim("inventory of today")).unwrap();
    world.answer(&store, Who::Ciso(0), act, 0, Answer::Countersign).unwrap();
    let how = "scan".to_owned();
    let verify = Answer::Verify { evidence: evidence("scan"), how };
    world.answer(&store, ANALYST, act, 0, verify).unwrap();

    let institution = world.institutions[0].id;
    let on = On::Obligation(act, institution);
    let permit = world.permit(Who::Ciso(0), Action::SeeObligation, on).unwrap();
    let owed = store.obligation(&permit, act, institution).unwrap();
    assert_eq!(owed.status, Status::Verified);
    assert!(owed.marks.settled.is_some());
    let stranger = world.permit(Who::Ciso(1), Action::SeeObligation, on);
    assert!(stranger.is_err(), "another institution sees nothing");

    let permit = world.permit(ANALYST, Action::SeeAct, on_act(act)).unwrap();
    let scope = Scope::Domain(Domain::Private);
    let stranger = store.progress(&permit, (act, &scope));
    assert!(matches!(stranger, Err(Error::Permit(_))), "to read the text gives no counts");
    let permit = world.permit(ANALYST, Action::SeeNames, On::Names(act)).unwrap();
    let progress = store.progress(&permit, (act, &scope)).unwrap();
    let count = |status| -> u64 {
        progress.iter().filter(|row| row.status == status).map(|row| row.obligations).sum()
    };
    assert_eq!((count(Status::Verified), count(Status::Delivered)), (1, 4));
    let apex = Who::At("APEX", bongsu_authority::Post::Analyst);
    let permit = world.permit(apex, Action::SeeNationalPicture, On::Nation).unwrap();
    let picture = store.picture_rows(&permit, act).unwrap();
    assert_eq!(picture.iter().map(|row| row.count).sum::<u64>(), 5);
    let permit = world.permit(ANALYST, Action::SeeCase, On::Case(case)).unwrap();
    assert_eq!(store.case(&permit, case).unwrap().title, "VPN appliance, login bypass");
    assert_eq!(check(&store), store.head().unwrap().0);
}

/// See the name.
pub fn exploitation_shortens_every_clock_of_the_case_at_once(ground: &dyn Ground) {
    let (mut world, store, case, act) = campaign(ground, 6);
    let institution = world.institutions[0].id;
    let on = On::Obligation(act, institution);
    let permit = world.permit(Who::Ciso(0), Action::SeeObligation, on).unwrap();
    let before = store.obligation(&permit, act, institution).unwrap().clocks;
    let receipt = world.exploit(&store, case);
    assert_eq!(receipt.entries, 2, "exploitation, and one act with shorter clocks");
    let permit = world.permit(Who::Ciso(0), Action::SeeObligation, on).unwrap();
    let after = store.obligation(&permit, act, institution).unwrap().clocks;
    assert!(after.class <= RemediationClass::ThreeDays, "{after:?}");
    assert!(after.fix_by < before.fix_by || before.fix_by.is_none());
    let messages = claimed(&world, &store);
    let sooner = messages.iter().filter(|it| it.notice == Notice::Sooner).count();
    assert_eq!(sooner, 6);
    assert!(world.clocks(Exploitation::Active).exposed.class <= RemediationClass::ThreeDays);
    check(&store);
}

/// An institution that never acknowledged has a clock that ran out; a fix by the old date would then be the last word.
pub fn exploitation_that_becomes_known_late_shortens_the_clocks_that_still_run(
    ground: &dyn Ground,
) {
    let (mut world, store, case, act) = campaign(ground, 4);
    world.wait(60 * 24 * 4); // past acknowledging, before fixing
    let institution = world.institutions[0].id;
    let on = On::Obligation(act, institution);
    let permit = world.permit(Who::Ciso(0), Action::SeeObligation, on).unwrap();
    let before = store.obligation(&permit, act, institution).unwrap().clocks;
    assert!(before.acknowledge_by < world.now && before.fix_by > Some(world.now), "{before:?}");
    assert_eq!(world.exploit(&store, case).entries, 2, "and the act with shorter clocks");
    let after = store.obligation(&permit, act, institution).unwrap().clocks;
    let soon = world.clocks(Exploitation::Active).exposed;
    assert_eq!((after.fix_by, after.class), (soon.fix_by, soon.class));
    assert_eq!(after.acknowledge_by, before.acknowledge_by, "what ran out stays so");

    let wish = CaseWish::Exploit {
        exploitation: Exploitation::Active,
        since: world.now,
        said_by: "a second source".to_owned(),
    };
    let wish = Wish::Case { case, wish };
    let again = world.ask(&store, ANALYST, Action::SetExploitation, On::Case(case), wish).unwrap();
    assert_eq!(again.entries, 1, "nobody is told again what is known");
    check(&store);
}

fn claimed(world: &World, store: &Store) -> Vec<crate::outbox::Message> {
    let until = world.now + SignedDuration::from_mins(5);
    store.outbox_claim(1000, world.now, until).unwrap()
}

/// See the name.
pub fn a_withdrawn_act_lets_everybody_go(ground: &dyn Ground) {
    let (mut world, store, _, act) = campaign(ground, 4);
    let affected =
        Answer::Assess { assessment: Assessment::Affected, contradicts_inventory: false };
    world.answer(&store, Who::Ciso(0), act, 0, affected).unwrap();
    let until = world.now + SignedDuration::from_hours(72);
    let waiver = Answer::AskWaiver { until, control: "cut off from the internet".to_owned() };
    world.answer(&store, Who::Ciso(0), act, 0, waiver).unwrap();
    let wish = ActWish::Withdraw { why: "the supplier withdrew its advisory".to_owned() };
    let wish = Wish::Act { act, wish };
    world.ask(&store, DIRECTOR, Action::WithdrawAct, on_act(act), wish).unwrap();
    let permit = world.permit(ANALYST, Action::SeeNames, On::Names(act)).unwrap();
    let progress = store.progress(&permit, (act, &Scope::Domain(Domain::Private))).unwrap();
    assert!(progress.iter().all(|row| row.status == Status::Released), "{progress:?}");
    let released = claimed(&world, &store);
    assert_eq!(released.iter().filter(|it| it.notice == Notice::Released).count(), 4);
    check(&store);
}

/// See the name.
pub fn receipts_are_recorded_once(ground: &dyn Ground) {
    let (mut world, store, _, act) = campaign(ground, 4);
    let some: Vec<_> = world.institutions[..2].iter().map(|it| it.id).collect();
    let all: Vec<_> = world.institutions.iter().map(|it| it.id).collect();
    for (institutions, entries) in [(some.clone(), 1), (some, 0), (all.clone(), 1), (all, 0)] {
        let wish = Wish::Deliver { act, institutions, channel: "mail".to_owned() };
        let receipt = world.ask(&store, Who::Delivery, Action::Deliver, on_act(act), wish).unwrap();
        assert_eq!(receipt.entries, entries);
        world.wait(1);
    }
    check(&store);
}

/// See the name.
pub fn the_outbox_loses_nothing_to_a_carrier_that_dies(ground: &dyn Ground) {
    let (mut world, store, _, _) = campaign(ground, 5);
    let lease = world.now + SignedDuration::from_mins(5);
    let taken = store.outbox_claim(3, world.now, lease).unwrap();
    assert_eq!(taken.len(), 3);
    let others = store.outbox_claim(10, world.now, lease).unwrap();
    assert_eq!(others.len(), 2, "what is taken is not given twice");
    store.outbox_done(&others, world.now).unwrap();
    world.wait(6);
    let lease = world.now + SignedDuration::from_mins(5);
    let again = store.outbox_claim(10, world.now, lease).unwrap();
    let keys = |these: &[crate::outbox::Message]| -> Vec<_> {
        these.iter().map(|it| (it.entry, it.number)).collect()
    };
    assert_eq!(keys(&again), keys(&taken), "the lease ended, so they come again");
    assert!(again.iter().all(|it| it.attempts == 2));
    store.outbox_done(&again, world.now).unwrap();
    assert_eq!(store.outbox_waiting().unwrap().messages, 0);
}

/// See the name.
pub fn what_waits_is_due_at_once_when_somebody_can_be_reached(ground: &dyn Ground) {
    let (mut world, store, _, act) = campaign(ground, 4);
    let until = world.now + SignedDuration::from_mins(5);
    let taken = store.outbox_claim(10, world.now, until).unwrap();
    let hour = world.now + SignedDuration::from_hours(1);
    let later: Vec<_> = taken[1..].iter().map(|it| (*it, hour)).collect();
    store.outbox_settle(&taken[..1], &later, world.now).unwrap();
    assert_eq!(store.outbox_waiting().unwrap().messages, 3);
    world.wait(1);
    let reached = taken[2].institution;
    assert_eq!(store.outbox_hasten(reached, world.now).unwrap(), 1);
    assert_eq!(store.outbox_hasten(taken[0].institution, world.now).unwrap(), 0, "it is done");
    let due = store.outbox_claim(10, world.now, until).unwrap();
    assert_eq!(due.iter().map(|it| it.institution).collect::<Vec<_>>(), [reached]);
    let (told, owed) = store.told(act, &[reached]).unwrap().unwrap();
    assert_eq!((told.id, owed.len(), owed[0].institution), (act, 1, reached));
}

/// See the name.
pub fn whom_nobody_reached_is_listed_for_their_scope(ground: &dyn Ground) {
    let (mut world, store, _, act) = campaign(ground, 4);
    for place in [1, 3] {
        world.answer(&store, Who::Delivery, act, place, Answer::Unreachable).unwrap();
    }
    let permit = world.permit(DIRECTOR, Action::SeeNames, On::Names(act)).unwrap();
    let scope = Scope::Domain(Domain::Private);
    let mut expected = [world.institutions[1].id, world.institutions[3].id];
    expected.sort_unstable();
    let list = |most, after| {
        let found = store.to_call(&permit, (act, &scope), Timestamp::MIN, most, after).unwrap();
        found.iter().map(|it| it.institution).collect::<Vec<_>>()
    };
    assert_eq!(list(10, InstitutionId([0; 16])), expected);
    assert_eq!(list(1, InstitutionId([0; 16])), expected[..1]);
    assert_eq!(list(10, expected[0]), expected[1..]);
}

/// See the name.
pub fn an_old_permit_is_refused(ground: &dyn Ground) {
    let (mut world, store, _, act) = campaign(ground, 1);
    let mut request = world.answering(Who::Ciso(0), act, 0, Answer::Acknowledge);
    request.now += SignedDuration::from_mins(6);
    assert!(matches!(store.record(request), Err(Error::Stale)));
}

/// See the name.
pub fn a_refused_wish_affects_only_itself(ground: &dyn Ground) {
    let (mut world, store, _, act) = campaign(ground, 8);
    let mut requests = Vec::new();
    for place in 0..8 {
        let wish = if place % 2 == 0 { Answer::Acknowledge } else { Answer::Countersign };
        requests.push(world.answering(Who::Ciso(place), act, place, wish));
    }
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let ask = |request| scope.spawn(|| store.record(request));
        let threads: Vec<_> = requests.into_iter().map(ask).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (place, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome.is_ok(), place % 2 == 0, "{place} {outcome:?}");
    }
    check(&store);
}

/// See the name.
pub fn what_was_answered_is_there_after_opening_again(ground: &dyn Ground) {
    let (mut world, store, _, act) = campaign(ground, 3);
    world.answer(&store, Who::Ciso(2), act, 2, Answer::Acknowledge).unwrap();
    let head = store.head().unwrap();
    drop(store);
    let store = open(ground);
    assert_eq!(store.head().unwrap(), head);
    let (on, institution) = (world.institutions[2].id, world.institutions[2].id);
    let permit = world.permit(Who::Ciso(2), Action::SeeObligation, On::Obligation(act, on));
    let owed = store.obligation(&permit.unwrap(), act, institution).unwrap();
    assert_eq!(owed.status, Status::Acknowledged);
    world.answer(&store, Who::Ciso(1), act, 1, Answer::Acknowledge).unwrap();
    assert_eq!(check(&store), head.0 + 1);
}

/// See the name.
pub fn many_who_answer_at_once_are_all_recorded(ground: &dyn Ground) {
    const MANY: usize = 320;
    let (mut world, store, _, act) = campaign(ground, MANY);
    let size = store.head().unwrap().0;
    let mut shares: Vec<Vec<_>> = (0..16).map(|_| Vec::new()).collect();
    for place in 0..MANY {
        let request = world.answering(Who::Ciso(place), act, place, Answer::Acknowledge);
        shares[place % 16].push(request);
    }
    let mut entries = Vec::new();
    std::thread::scope(|scope| {
        let work = |share: Vec<_>| share.into_iter().map(|it| store.record(it).unwrap().entry);
        let threads = shares.into_iter().map(|share| scope.spawn(move || work(share).collect()));
        let threads: Vec<std::thread::ScopedJoinHandle<'_, Vec<u64>>> = threads.collect();
        for thread in threads {
            entries.extend(thread.join().unwrap());
        }
    });
    entries.sort_unstable();
    let expected: Vec<u64> = (size..size + MANY as u64).collect();
    assert_eq!(entries, expected, "each answer has an entry of its own");
    drop(store);
    assert_eq!(check(&open(ground)), size + MANY as u64);
}

/// See the name.
pub fn time_in_the_record_never_runs_backwards(ground: &dyn Ground) {
    let (mut world, store, _, act) = campaign(ground, 5);
    let (noon, size) = (world.now, store.head().unwrap().0);
    let times = |from| {
        let entries = store.entries(from, 100).unwrap();
        let at = |leaf: &[u8]| bongsu_ledger::leaf::Leaf::from_bytes(leaf).unwrap().at;
        entries.iter().map(|entry| at(&entry.leaf)).collect::<Vec<_>>()
    };
    world.answer(&store, Who::Ciso(0), act, 0, Answer::Acknowledge).unwrap();
    world.now = noon - SignedDuration::from_secs(3);
    world.answer(&store, Who::Ciso(1), act, 1, Answer::Acknowledge).unwrap();
    assert_eq!(times(size), [noon.as_microsecond(); 2], "it waited beside the other");
    let institution = world.institutions[1].id;
    let on = On::Obligation(act, institution);
    let permit = world.permit(Who::Ciso(1), Action::SeeObligation, on).unwrap();
    let owed = store.obligation(&permit, act, institution).unwrap();
    assert_eq!(owed.marks.acknowledged, Some(noon), "and so says its row");

    #[rustfmt::skip]
    let table = [
        (-24 * 20,  "but the last entry is of 2026-11-22T09:10:00Z: set the clock of this machine"),
        (-1,        "it is 2026-11-22T08:10:00Z by this clock"),
        (24 * 3650, "but the last entry is of 2026-11-22T09:10:00Z: set the clock of this machine"),
    ];
    for (hours, expected) in table {
        world.now = noon + SignedDuration::from_hours(hours);
        let refused = world.answer(&store, Who::Ciso(2), act, 2, Answer::Acknowledge).unwrap_err();
        assert!(matches!(refused, Error::ClockBehind { .. } | Error::ClockAhead { .. }));
        assert!(refused.to_string().contains(expected), "{refused}");
    }
    assert_eq!(store.head().unwrap().0, size + 2, "a clock that is off records nothing");
    drop(store);
    let store = open(ground);
    world.now = noon - SignedDuration::from_hours(1);
    let refused = world.answer(&store, Who::Ciso(2), act, 2, Answer::Acknowledge);
    assert!(matches!(refused, Err(Error::ClockBehind { .. })), "also after opening again");
    world.now = noon + SignedDuration::from_secs(1);
    world.answer(&store, Who::Ciso(2), act, 2, Answer::Acknowledge).unwrap();
    assert_eq!(check(&store), size + 3);
}

/// See the name.
pub fn those_who_are_late_come_riskiest_first(ground: &dyn Ground) {
    let (mut world, store, _, act) = campaign(ground, 9);
    world.wait(60 * 24 * 30);
    let scope = Scope::Domain(Domain::Private);
    let permit = world.permit(ANALYST, Action::SeeNames, On::Names(act)).unwrap();
    let (mut seen, mut after) = (Vec::new(), LatePlace::START);
    loop {
        let page = store.late(&permit, (act, &scope), world.now, 4, after).unwrap();
        let Some(last) = page.last() else { break };
        after = last.place;
        seen.extend(page);
    }
    assert_eq!(seen.len(), 9);
    let risk = |exposure| match exposure {
        Exposure::Exposed => 0,
        Exposure::Inside => 1,
        Exposure::CannotTell | Exposure::NoInventory => 2,
        Exposure::NotAffected => 3,
    };
    assert!(seen.is_sorted_by_key(|it| (risk(it.obligation.exposure), it.missed)));
    let scope = Scope::Sector("SECTOR_EDU".parse().unwrap());
    let wrong = store.late(&permit, (act, &scope), world.now, 4, LatePlace::START);
    assert!(matches!(wrong, Err(Error::Permit(_))));
}

/// Asked about one institution, the list is as long as that institution's, however many others come before it.
pub fn one_institution_is_late_however_many_others_are(ground: &dyn Ground) {
    let (mut world, store, _, act) = campaign(ground, 9);
    world.wait(60 * 24 * 30);
    for place in 0..9 {
        let only = world.institutions[place].id;
        let permit = world.permit(ANALYST, Action::SeeNames, On::Name(act, only)).unwrap();
        let scope = Scope::Institution(only);
        let late = store.late(&permit, (act, &scope), world.now, 1, LatePlace::START).unwrap();
        let found: Vec<_> = late.iter().map(|it| it.obligation.institution).collect();
        assert_eq!(found, [only]);
        let progress = store.progress(&permit, (act, &scope)).unwrap();
        assert_eq!(progress.iter().map(|row| row.obligations).sum::<u64>(), 1);
    }
}
