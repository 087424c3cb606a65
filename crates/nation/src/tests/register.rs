//! The register: counts, jurisdiction, officers, names.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use bongsu_authority::{Domain, Institution, Mark, NodeCode, Ownership, Post, Seat, Size};
use jiff::Timestamp;

use super::{SEED, demo, has, nation};
use crate::{Gaon, Holding, Profile};

#[test]
fn the_counts_are_those_of_the_domain_guide() {
    type Asked = fn(&Institution) -> bool;
    let private: Asked = |one| one.ownership == Ownership::Private;
    let marked: [Asked; 6] = [
        |one| one.marks.contains(&Mark::Major),
        |one| one.marks.contains(&Mark::Critical) && one.domain() == Domain::Public,
        |one| one.marks.contains(&Mark::Critical) && one.domain() == Domain::Private,
        |one| one.marks.contains(&Mark::IsmsObliged),
        |one| one.marks.contains(&Mark::SharingMember),
        |one| one.marks.contains(&Mark::SharingMember) && one.size == Size::Small,
    ];
    #[rustfmt::skip]
    let table: [(usize, &str, Asked); 22] = [
        (29_960, "all",                                  |_| true),
        (28_000, "private",                              private),
        ( 1_900, "public",                               |one| one.domain() == Domain::Public),
        (    60, "military",                             |one| one.domain() == Domain::Military),
        ( 1_260, "communications, platforms, hosting",   |one| one.ownership == Ownership::Private && one.competent.is_empty()),
        (   261, "finance",                              |one| one.ownership == Ownership::Private && has(one, "SECTOR_FIN")),
        (   420, "health",                               |one| one.ownership == Ownership::Private && has(one, "SECTOR_HEALTH")),
        (   130, "energy",                               |one| one.ownership == Ownership::Private && has(one, "SECTOR_ENERGY")),
        (   160, "transport",                            |one| one.ownership == Ownership::Private && has(one, "SECTOR_TRANS")),
        ( 3_800, "industry",                             |one| one.ownership == Ownership::Private && has(one, "SECTOR_IND")),
        (21_969, "small business",                       |one| has(one, "SECTOR_SME")),
        (    50, "central",                              |one| one.ownership == Ownership::State),
        (   243, "local governments",                    |one| one.ownership == Ownership::Local && has(one, "SECTOR_LOCAL")),
        (    17, "education offices",                    |one| one.ownership == Ownership::Local && one.competent.is_empty()),
        ( 1_100, "local corporations",                   |one| one.ownership == Ownership::PublicBody && has(one, "SECTOR_LOCAL")),
        (   490, "public institutions, universities, hospitals", |one| one.ownership == Ownership::PublicBody && !has(one, "SECTOR_LOCAL")),
        ( 1_200, "major",                                marked[0]),
        (   288, "critical and public",                  marked[1]),
        (    90, "critical and private",                 marked[2]),
        (   949, "obliged to certify",                   marked[3]),
        ( 5_011, "members of the sharing system",        marked[4]),
        ( 2_892, "small members",                        marked[5]),
    ];
    let gaon = nation();
    for (count, what, asked) in table {
        assert_eq!(gaon.institutions().iter().filter(|one| asked(one)).count(), count, "{what}");
    }
}

#[test]
fn a_third_has_no_inventory_and_some_have_an_old_one() {
    for gaon in [demo(), nation()] {
        let all = gaon.institutions().len();
        let count = |wanted| (0..all).filter(|place| gaon.holding(*place) == wanted).count();
        assert_eq!(count(Holding::Absent), all * 35 / 100);
        assert_eq!(count(Holding::Stale), all * 15 / 100);
    }
}

#[test]
fn military_institutions_and_no_others_are_air_gapped_and_out_of_reach() {
    let gaon = nation();
    for (place, one) in gaon.institutions().iter().enumerate() {
        let military = one.domain() == Domain::Military;
        assert_eq!(military, one.marks.contains(&Mark::AirGapped), "{}", one.name_en);
        assert!(!military || gaon.systems_of(place).all(|system| !system.exposed));
    }
}

#[test]
fn every_institution_has_one_lead_and_a_chain_of_known_stations() {
    let gaon = nation();
    let known: BTreeSet<_> = gaon.stations().iter().map(|station| station.code.clone()).collect();
    for one in gaon.institutions() {
        let jurisdiction = one.jurisdiction();
        assert!(jurisdiction.chain.iter().all(|code| known.contains(code)), "{jurisdiction:?}");
        assert!(known.contains(&jurisdiction.coord), "{jurisdiction:?}");
        assert!(one.province <= 17);
    }
}

#[test]
fn at_every_instant_exactly_one_person_answers_for_an_institution() {
    let gaon = nation();
    let mut vacant = 0;
    for at in ["2026-01-01T00:00:00Z", "2026-06-30T15:00:00Z", "2026-11-21T02:10:00Z"] {
        let at: Timestamp = at.parse().unwrap();
        vacant = 0;
        for place in 0..gaon.institutions().len() {
            let officers = gaon.officers_of(place);
            let holds = |post: Post| {
                let held = officers.iter().filter(|one| one.post == post && one.holds_at(at));
                held.filter(|one| one.deputy_of.is_none()).count()
            };
            assert_eq!(holds(Post::Head), 1);
            assert!(holds(Post::Ciso) <= 1, "{officers:?}");
            let accountable = gaon.accountable(place, at).unwrap();
            assert_eq!(accountable.post == Post::Head, holds(Post::Ciso) == 0);
            vacant += 1 - holds(Post::Ciso);
        }
    }
    assert!((20..80).contains(&vacant), "{vacant} of some 4,000 posts are vacant in November");
}

#[test]
fn a_small_owner_is_ciso_and_head_in_one_person() {
    let gaon = demo();
    let places = 0..gaon.institutions().len();
    for place in places.filter(|place| gaon.institutions()[*place].size == Size::Small) {
        let persons: HashSet<_> = gaon.officers_of(place).iter().map(|one| one.person).collect();
        let posts: BTreeSet<_> = gaon.officers_of(place).iter().map(|one| one.post).collect();
        assert_eq!((persons.len(), posts), (1, BTreeSet::from([Post::Ciso, Post::Head])));
    }
}

#[test]
fn the_desk_of_every_lead_can_sign_with_two_hands() {
    let gaon = demo();
    for domain in [Domain::Private, Domain::Public, Domain::Military] {
        let lead = NodeCode::lead(domain);
        let seat = Seat::Node(lead);
        for post in [Post::Duty, Post::Analyst, Post::Approver, Post::Director, Post::Auditor] {
            assert!(gaon.appointments().iter().any(|one| one.seat == seat && one.post == post));
        }
    }
}

#[test]
fn a_third_of_small_business_delegates_to_a_service_provider() {
    let gaon = nation();
    let by_id: BTreeMap<_, _> = gaon.institutions().iter().map(|one| (one.id, one)).collect();
    for one in gaon.delegations() {
        assert!(by_id[&one.provider].marks.contains(&Mark::ServiceProvider));
        assert!(has(by_id[&one.institution], "SECTOR_SME"));
    }
    let share = gaon.delegations().len() * 1_000 / 21_969;
    assert!((280..=320).contains(&share), "{share} of a thousand");
}

#[test]
fn names_ids_and_titles_are_given_once() {
    for gaon in [demo(), nation(), Gaon::new(Profile::Stress, SEED)] {
        let all = gaon.institutions().len();
        let distinct = |text: fn(&Institution) -> String| {
            gaon.institutions().iter().map(text).collect::<HashSet<_>>().len()
        };
        assert_eq!(distinct(|one| one.name_ko.clone()), all);
        assert_eq!(distinct(|one| one.name_en.clone()), all);
        assert_eq!(distinct(|one| one.id.to_string()), all);
        let titles: HashSet<_> = gaon.appointments().iter().map(|one| &one.title).collect();
        assert_eq!(titles.len(), gaon.appointments().len());
        let ids: HashSet<_> = gaon.appointments().iter().map(|one| one.id).collect();
        assert_eq!(ids.len(), gaon.appointments().len());
    }
}

#[test]
fn officers_are_roles_and_numbers_and_no_name_is_an_address() {
    let gaon = nation();
    for one in gaon.appointments() {
        let plain =
            |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        assert!(one.title.bytes().all(plain), "{}", one.title);
        assert!(one.title.bytes().any(|byte| byte.is_ascii_digit()), "{}", one.title);
    }
    for one in gaon.institutions() {
        for name in [&one.name_ko, &one.name_en] {
            assert!(!name.contains([':', '/', '@', '<', '>']) && !name.contains("www"), "{name}");
            assert!(!name.trim_end_matches('.').contains('.'), "{name} looks like a host");
        }
    }
}
