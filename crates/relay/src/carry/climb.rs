//! The ladder speaks: who must hear that a deadline comes near or has passed is derived from clocks, and told once a rung.
//!
//! What was said is noted in the cabinet, in the same transaction that puts the parcels. It is no part of the record: who
//! *should* hear follows from the record at any time.

use std::collections::{BTreeMap, HashMap};

use bongsu_authority::{ActId, Domain, InstitutionId, NodeCode, Post, Register, Seat};
use bongsu_desk::Desk;
use bongsu_desk::code::Codes;
use bongsu_response::escalation::{self, Current, Hears, Notice, Owed, Rung};
use bongsu_response::{Act, ActState, Obligation, RemediationClass};
use bongsu_store::cabinet::{Drawer, Thing};
use bongsu_store::{Error, Store};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::carrier::Config;
use super::letter::what;
use super::parcel::{self, Parcel, To};

/// What a look at the ladder found to say.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Climbed {
    /// Obligations that reached a new rung, by rung.
    pub rungs: BTreeMap<Rung, u64>,
    /// Parcels to officers and heads.
    pub officers: u64,
    /// Parcels to stations.
    pub stations: u64,
}

/// Obligations whose rungs are noted in one transaction.
const AT_ONCE: usize = 8_192;

/// Puts what is to be said at `now` into the queue; doing it again says nothing twice.
///
/// # Errors
/// As the store; what was put before stays, and the rest is put next time.
pub fn climb(desk: &Desk, config: &Config, now: Timestamp) -> Result<Climbed, Error> {
    let store = desk.store();
    let mut climbed = Climbed::default();
    for act in store.acts()?.into_iter().filter(|act| act.state == ActState::Issued) {
        let mut said = None;
        let mut news = Vec::new();
        for owed in store.open_under(act.id)? {
            if escalation::level(&owed, now) == Rung::Quiet {
                continue;
            }
            if said.is_none() {
                said = Some(spoken(store, act.id, now)?);
            }
            let before = said.as_ref().and_then(|said| said.get(&owed.institution).copied());
            if let Some(notice) = escalation::notice(&owed, now, before) {
                news.push((owed, notice));
            }
        }
        for part in news.chunks(AT_ONCE) {
            speak(desk, config, &act, part, now, &mut climbed)?;
        }
    }
    Ok(climbed)
}

fn speak(
    desk: &Desk,
    config: &Config,
    act: &Act,
    news: &[(Obligation, Notice)],
    now: Timestamp,
    climbed: &mut Climbed,
) -> Result<(), Error> {
    let (register, codes) = (desk.register(), desk.codes(now)?);
    let mut act = act.clone();
    if !config.carries(act.draft.label) {
        // That something is due may be said; what it is may not.
        (act.draft.title_ko, act.draft.title_en) = ("[봉수]".to_owned(), "[Bongsu]".to_owned());
    }
    let mut parcels = Vec::new();
    let mut stations: BTreeMap<(NodeCode, Rung), (u32, Current)> = BTreeMap::new();
    let mut things = Vec::with_capacity(news.len());
    for (owed, notice) in news {
        *climbed.rungs.entry(notice.rung).or_default() += 1;
        things.push(Said::of(*notice).thing(act.id, owed.institution, now));
        for hears in notice.rung.hears() {
            match hears {
                Hears::Officer | Hears::Head => {
                    let parcel = officer((&register, codes), &act, owed, notice, *hears, now);
                    parcels.extend(parcel.map(|it| {
                        let due = when(&it, owed, config, now);
                        (it, due)
                    }));
                }
                other => {
                    for code in desks(&register, owed.institution, *other, now) {
                        let sum = stations.entry((code, notice.rung)).or_insert((0, notice.about));
                        sum.0 += 1;
                        sum.1 = if notice.about.due < sum.1.due { notice.about } else { sum.1 };
                    }
                }
            }
        }
    }
    climbed.officers += parcels.len() as u64;
    climbed.stations += stations.len() as u64;
    for ((code, _), (count, about)) in stations {
        let to = To::Station(code);
        let parcel = Parcel { count, late: true, ..blank(&act, to, about) }.named();
        parcels.push((parcel, now));
    }
    desk.store().cabinet(now, move |cabinet| {
        cabinet.put_all(Drawer::Attempts, &things)?;
        parcel::put(cabinet, &parcels, now)
    })
}

/// What is late, or soon due in the soonest class, is told at once; the rest with the officer's digest.
fn when(parcel: &Parcel, owed: &Obligation, config: &Config, now: Timestamp) -> Timestamp {
    let soonest = matches!(
        owed.clocks.class,
        RemediationClass::ThreeDays | RemediationClass::ThreeDaysForensic
    );
    let next = config.digests.next(owed.institution, None, now);
    if parcel.late || soonest || next >= parcel.due { now } else { next }
}

fn officer(
    (register, codes): (&Register, &Codes),
    act: &Act,
    owed: &Obligation,
    notice: &Notice,
    hears: Hears,
    now: Timestamp,
) -> Option<Parcel> {
    let accountable = register.accountable(owed.institution, now);
    let seat = Seat::Institution(owed.institution);
    let head = || register.appointments_at(&seat, now).find(|held| held.post == Post::Head);
    let post = match hears {
        Hears::Officer => accountable,
        // The owner of a small firm hears it once.
        _ => head().filter(|head| accountable.is_none_or(|one| one.person != head.person)),
    }?;
    let to = To::Officer(post.person, owed.institution);
    // A code is in one hand: the head is told, and the accountable officer answers.
    let code = accountable
        .filter(|one| one.id == post.id)
        .map(|one| codes.code(owed.act, owed.institution, Some(one.id)).to_string());
    Some(Parcel { code, late: notice.about.due < now, ..blank(act, to, notice.about) }.named())
}

fn blank(act: &Act, to: To, about: Current) -> Parcel {
    let (ko, en) = what(about.owed);
    Parcel {
        to,
        act: act.id,
        title_ko: act.draft.title_ko.clone(),
        title_en: act.draft.title_en.clone(),
        code: None,
        owed: (ko.to_owned(), en.to_owned()),
        due: about.due,
        count: 1,
        late: false,
        drill: act.draft.drill,
        attempts: 0,
        id: [0; 16],
    }
}

/// The stations that hear of an institution at a rung. What is military is told to its own lead and to nobody else.
fn desks(
    register: &Register,
    institution: InstitutionId,
    hears: Hears,
    at: Timestamp,
) -> Vec<NodeCode> {
    let Some(found) = register.jurisdiction(institution, at) else { return Vec::new() };
    let military = found.lead == NodeCode::lead(Domain::Military);
    match hears {
        Hears::Lead => vec![found.lead],
        _ if military => Vec::new(),
        Hears::Relay => {
            register.institution(institution).and_then(|it| it.relay).into_iter().collect()
        }
        Hears::Sector => found.competent.into_iter().collect(),
        Hears::JointTeam => "CRISIS_UNIT".parse().into_iter().collect(),
        Hears::Officer | Hears::Head => Vec::new(),
    }
}

/// The last notice about an obligation, as it is noted.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
struct Said {
    owed: u8,
    due: Timestamp,
    rung: u8,
}

const OWED: [Owed; 4] = [Owed::Acknowledgement, Owed::Assessment, Owed::Fix, Owed::Forensics];
const RUNGS: [Rung; 6] =
    [Rung::Quiet, Rung::Officer, Rung::Head, Rung::Sector, Rung::Lead, Rung::JointTeam];

/// How long it is noted.
const KEPT: SignedDuration = SignedDuration::from_hours(400 * 24);

const PREFIX: u8 = b'r';

impl Said {
    fn of(notice: Notice) -> Self {
        Self { owed: notice.about.owed as u8, due: notice.about.due, rung: notice.rung as u8 }
    }

    fn notice(self) -> Option<Notice> {
        let owed = *OWED.get(usize::from(self.owed))?;
        let rung = *RUNGS.get(usize::from(self.rung))?;
        Some(Notice { about: Current { owed, due: self.due }, rung })
    }

    fn thing(self, act: ActId, institution: InstitutionId, now: Timestamp) -> Thing {
        Thing {
            key: [&[PREFIX][..], &act.0, &institution.0].concat(),
            owner: institution.0,
            value: serde_json::to_vec(&self).expect("it has only text keys"),
            until: now.checked_add(KEPT).ok(),
        }
    }
}

/// What was said last about each obligation of an act.
fn spoken(
    store: &Store,
    act: ActId,
    now: Timestamp,
) -> Result<HashMap<InstitutionId, Notice>, Error> {
    let prefix = [&[PREFIX][..], &act.0].concat();
    let (mut said, mut after) = (HashMap::new(), prefix.clone());
    loop {
        let page = store.things(Drawer::Attempts, &after, PAGE, now)?;
        for thing in &page {
            let Some(rest) = thing.key.strip_prefix(prefix.as_slice()) else { return Ok(said) };
            let notice = serde_json::from_slice::<Said>(&thing.value).ok().and_then(Said::notice);
            if let (Ok(institution), Some(notice)) = (rest.try_into(), notice) {
                said.insert(InstitutionId(institution), notice);
            }
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => after.clone_from(&last.key),
            _ => return Ok(said),
        }
    }
}

const PAGE: u32 = 4_096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_read_as_it_was_noted() {
        let due = "2026-11-22T09:00:00Z".parse().unwrap();
        for owed in OWED {
            for rung in RUNGS {
                let notice = Notice { about: Current { owed, due }, rung };
                assert_eq!(Said::of(notice).notice(), Some(notice));
            }
        }
    }
}
