//! The register: institutions with their sizes, provinces and labels.

use std::collections::BTreeSet;

use bongsu_authority::{Institution, InstitutionId, Mark, NodeCode, Ownership, Size};

use crate::names;
use crate::noise::Noise;
use crate::profile::{Group, Profile};
use crate::stations::{code, regional_centre};

/// The institutions of a profile, by group, the large ones of a group first; and their groups.
pub(crate) fn institutions(profile: Profile, seed: u64) -> (Vec<Institution>, Vec<Group>) {
    let (mut institutions, mut groups) = (Vec::new(), Vec::new());
    for share in profile.shares() {
        for number in 0..share.all {
            let size = match number {
                _ if number < share.large => Size::Large,
                _ if number < share.large + share.medium => Size::Medium,
                _ => Size::Small,
            };
            let mut noise = Noise::of(&[seed, INSTITUTION, institutions.len() as u64]);
            institutions.push(institution(share.group, number, size, &mut noise));
            groups.push(share.group);
        }
    }
    label(&mut institutions, &groups, profile, seed);
    (institutions, groups)
}

fn institution(group: Group, number: u32, size: Size, noise: &mut Noise) -> Institution {
    let id = InstitutionId(noise.bytes());
    let (name_ko, name_en) = names::name(group, number);
    let province = match group {
        Group::Province | Group::EducationOffice => {
            u8::try_from(1 + number % 17).expect("one of seventeen")
        }
        Group::Military => 0,
        _ => province(noise),
    };
    let competent: BTreeSet<NodeCode> = competent(group, number).into_iter().map(code).collect();
    let relay = match group {
        Group::SmallBusiness => Some(regional_centre(province)),
        Group::Finance => Some(code("RELAY_FIN")),
        Group::Health | Group::PublicHospital => Some(code("RELAY_HEALTH")),
        Group::Energy => Some(code("RELAY_ENERGY")),
        Group::Province | Group::Municipality | Group::LocalCorporation => {
            Some(code("RELAY_LOCAL"))
        }
        _ => None,
    };
    let ownership = group.ownership();
    let air_gapped = ownership == Ownership::Military;
    let marks = air_gapped.then_some(Mark::AirGapped).into_iter().collect();
    Institution { id, name_ko, name_en, ownership, competent, relay, size, province, marks }
}

fn competent(group: Group, number: u32) -> Option<&'static str> {
    Some(match group {
        Group::Finance => "SECTOR_FIN",
        Group::Health | Group::PublicHospital => "SECTOR_HEALTH",
        Group::Energy => "SECTOR_ENERGY",
        Group::Transport => "SECTOR_TRANS",
        Group::Industry => "SECTOR_IND",
        Group::SmallBusiness => "SECTOR_SME",
        Group::Province | Group::Municipality | Group::LocalCorporation => "SECTOR_LOCAL",
        // A state bank has the finance commission, a railway the transport ministry.
        Group::PublicInstitution => SUPERVISORS[number as usize % SUPERVISORS.len()],
        Group::Communications
        | Group::Hosting
        | Group::Central
        | Group::EducationOffice
        | Group::University
        | Group::Military => return None,
    })
}

fn province(noise: &mut Noise) -> u8 {
    let mut place = noise.below(1_000);
    for (number, share) in (1..).zip(PROVINCES) {
        if place < share {
            return number;
        }
        place -= share;
    }
    unreachable!("the shares of the provinces are a thousand together")
}

fn label(institutions: &mut [Institution], groups: &[Group], profile: Profile, seed: u64) {
    let labels = profile.labels();
    let mut noise = Noise::of(&[seed, LABELS]);
    let among = |wanted: &dyn Fn(Group, Size) -> bool, institutions: &[Institution]| {
        let numbered = (0_u32..).zip(institutions.iter().zip(groups));
        let wanted = numbered.filter(|(_, (one, group))| wanted(**group, one.size));
        wanted.map(|(number, _)| number).collect::<Vec<u32>>()
    };
    let private = |group: Group| group.ownership() == Ownership::Private;
    let public = |group: Group| !private(group) && group != Group::Military;
    let set = |chosen: Vec<u32>, mark: Mark, institutions: &mut [Institution]| {
        for number in chosen {
            institutions[number as usize].marks.insert(mark);
        }
    };

    let major = among(&|group, size| private(group) && size == Size::Large, institutions);
    let middle = among(&|group, size| private(group) && size == Size::Medium, institutions);
    let small = among(&|group, size| private(group) && size == Size::Small, institutions);
    let isms = labels.isms as usize;
    set(noise.choose(major.clone(), isms * 3 / 4), Mark::IsmsObliged, institutions);
    set(noise.choose(middle.clone(), isms - isms * 3 / 4), Mark::IsmsObliged, institutions);
    set(noise.choose(small, labels.members_small as usize), Mark::SharingMember, institutions);
    let others = [major.clone(), middle].concat();
    set(noise.choose(others, labels.members_other as usize), Mark::SharingMember, institutions);
    set(major, Mark::Major, institutions);

    let critical = CRITICAL_PRIVATE.iter().zip(labels.critical_private);
    for (&sector, count) in critical {
        let large = among(&|group, size| group == sector && size == Size::Large, institutions);
        set(noise.choose(large, count as usize), Mark::Critical, institutions);
    }
    // The large public ones first; they are nearly enough.
    let mut facilities = among(&|group, size| public(group) && size == Size::Large, institutions);
    let more = among(&|group, size| public(group) && size == Size::Medium, institutions);
    facilities.extend(noise.choose(more, labels.critical_public as usize));
    facilities.truncate(labels.critical_public as usize);
    set(facilities, Mark::Critical, institutions);

    let makers = among(&|group, _| MAKERS.contains(&group), institutions);
    set(noise.choose(makers, labels.suppliers as usize), Mark::Supplier, institutions);
    let hosts = among(&|group, _| PROVIDERS.contains(&group), institutions);
    set(noise.choose(hosts, labels.providers as usize), Mark::ServiceProvider, institutions);
}

/// Streams of noise: see [`Noise::of`].
const INSTITUTION: u64 = 1;
const LABELS: u64 = 2;

/// Inhabitants of the seventeen provinces in thousandths, like a country with one great capital.
#[rustfmt::skip]
const PROVINCES: [u32; 17] =
    [183, 64, 46, 58, 28, 28, 21, 8, 266, 29, 31, 42, 34, 35, 50, 64, 13];

const SUPERVISORS: [&str; 5] =
    ["SECTOR_ENERGY", "SECTOR_TRANS", "SECTOR_HEALTH", "SECTOR_IND", "SECTOR_FIN"];

const CRITICAL_PRIVATE: [Group; 4] =
    [Group::Finance, Group::Communications, Group::Energy, Group::Transport];

const MAKERS: [Group; 4] =
    [Group::Communications, Group::Hosting, Group::Industry, Group::SmallBusiness];

const PROVIDERS: [Group; 2] = [Group::Communications, Group::Hosting];
