//! How large the nation is, and how many institutions of each kind it has.

use std::fmt;
use std::str::FromStr;

use bongsu_authority::Ownership;

/// How large a nation is made.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Profile {
    /// 1,350 institutions: one in twenty of the small ones, and some of everything else.
    Demo,
    /// 29,960 institutions, as the domain guide's sample nation has them.
    Nation,
    /// 100,000 institutions with larger inventories.
    Stress,
}

/// Why a text is not a profile.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a profile of the sample nation is demo, nation or stress")]
pub struct ParseProfileError;

impl FromStr for Profile {
    type Err = ParseProfileError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "demo" => Ok(Self::Demo),
            "nation" => Ok(Self::Nation),
            "stress" => Ok(Self::Stress),
            _ => Err(ParseProfileError),
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Demo => "demo",
            Self::Nation => "nation",
            Self::Stress => "stress",
        })
    }
}

/// The kinds of institutions, as section 11 of the domain guide lists them.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Group {
    Communications,
    Hosting,
    Finance,
    Health,
    Energy,
    Transport,
    Industry,
    SmallBusiness,
    Central,
    Province,
    Municipality,
    PublicInstitution,
    LocalCorporation,
    EducationOffice,
    University,
    PublicHospital,
    Military,
}

impl Group {
    /// Who owns the institutions of the group.
    pub(crate) fn ownership(self) -> Ownership {
        match self {
            Self::Communications
            | Self::Hosting
            | Self::Finance
            | Self::Health
            | Self::Energy
            | Self::Transport
            | Self::Industry
            | Self::SmallBusiness => Ownership::Private,
            Self::Central => Ownership::State,
            Self::Province | Self::Municipality | Self::EducationOffice => Ownership::Local,
            Self::PublicInstitution
            | Self::LocalCorporation
            | Self::University
            | Self::PublicHospital => Ownership::PublicBody,
            Self::Military => Ownership::Military,
        }
    }
}

/// How many institutions a group has, and how many of them are large and medium.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share {
    pub(crate) group: Group,
    pub(crate) all: u32,
    pub(crate) large: u32,
    pub(crate) medium: u32,
}

/// How many institutions bear each label.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Labels {
    pub(crate) critical_public: u32,
    /// Finance, communications, energy, transport.
    pub(crate) critical_private: [u32; 4],
    pub(crate) isms: u32,
    pub(crate) members_small: u32,
    pub(crate) members_other: u32,
    pub(crate) suppliers: u32,
    pub(crate) providers: u32,
}

/// What inventories weigh.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weights {
    /// Components of a small institution, from and to.
    pub(crate) small: (u32, u32),
    pub(crate) small_systems: (u32, u32),
    pub(crate) medium: (u32, u32),
    /// Components of a large institution, save for one in twenty that has `largest`.
    pub(crate) large: (u32, u32),
    pub(crate) largest: u32,
    /// Components of a system of a medium or large institution, on average.
    pub(crate) system: u32,
}

impl Profile {
    /// The groups, in the order in which institutions are numbered.
    pub(crate) fn shares(self) -> Vec<Share> {
        let row = |&(group, nation, demo): &Row| {
            let (all, large, medium) = match self {
                Self::Nation => nation,
                Self::Demo => demo,
                Self::Stress => (stressed(nation.0), stressed(nation.1), stressed(nation.2)),
            };
            Share { group, all, large, medium }
        };
        let mut shares: Vec<Share> = SHARES.iter().map(row).collect();
        if self == Self::Stress {
            let sum: u32 = shares.iter().map(|share| share.all).sum();
            let small = shares.iter_mut().find(|share| share.group == Group::SmallBusiness);
            small.expect("the table has small business").all += STRESS - sum;
        }
        shares
    }

    pub(crate) fn labels(self) -> Labels {
        let nation = Labels {
            critical_public: 288,
            critical_private: [30, 25, 20, 15],
            isms: 949,
            members_small: 2_892,
            members_other: 2_119,
            suppliers: 1_400,
            providers: 120,
        };
        match self {
            Self::Nation => nation,
            Self::Demo => Labels {
                critical_public: 24,
                critical_private: [3, 3, 2, 2],
                isms: 43,
                members_small: 130,
                members_other: 96,
                suppliers: 63,
                providers: 10,
            },
            Self::Stress => Labels {
                critical_public: stressed(nation.critical_public),
                critical_private: nation.critical_private.map(stressed),
                isms: stressed(nation.isms),
                members_small: stressed(nation.members_small),
                members_other: stressed(nation.members_other),
                suppliers: stressed(nation.suppliers),
                providers: stressed(nation.providers),
            },
        }
    }

    pub(crate) fn weights(self) -> Weights {
        match self {
            Self::Demo | Self::Nation => Weights {
                small: (40, 300),
                small_systems: (1, 4),
                medium: (1_600, 2_400),
                large: (2_000, 5_200),
                largest: 30_000,
                system: 155,
            },
            Self::Stress => Weights {
                small: (1_500, 6_500),
                small_systems: (8, 18),
                medium: (4_000, 8_000),
                large: (8_000, 16_000),
                largest: 30_000,
                system: 320,
            },
        }
    }
}

fn stressed(count: u32) -> u32 {
    count * 10 / 3
}

const STRESS: u32 = 100_000;

/// Group; all, large and medium of the nation; the same of the demo.
type Row = (Group, (u32, u32, u32), (u32, u32, u32));

/// Totals are those of section 11 of the domain guide; sizes are ours.
#[rustfmt::skip]
const SHARES: [Row; 17] = [
    (Group::Communications,     (   700, 260, 240), (   24, 10,  8)),
    (Group::Hosting,            (   560, 140, 200), (   20,  6,  7)),
    (Group::Finance,            (   261, 140, 100), (   20, 10,  7)),
    (Group::Health,             (   420, 120, 200), (   16,  5,  6)),
    (Group::Energy,             (   130,  60,  50), (    8,  4,  2)),
    (Group::Transport,          (   160,  60,  60), (    8,  3,  2)),
    (Group::Industry,           ( 3_800, 420, 700), (   60, 12, 14)),
    (Group::SmallBusiness,      (21_969,   0, 300), (1_098,  0, 15)),
    (Group::Central,            (    50,  50,   0), (   10, 10,  0)),
    (Group::Province,           (    17,  17,   0), (    4,  4,  0)),
    (Group::Municipality,       (   226,  60, 166), (   20,  3, 17)),
    (Group::PublicInstitution,  (   342, 110, 180), (   24,  8, 10)),
    (Group::LocalCorporation,   ( 1_100,   0, 150), (   26,  0,  4)),
    (Group::EducationOffice,    (    17,  17,   0), (    2,  1,  1)),
    (Group::University,         (   100,  15,  65), (    4,  1,  3)),
    (Group::PublicHospital,     (    48,   8,  35), (    2,  0,  2)),
    (Group::Military,           (    60,   0,  60), (    4,  0,  4)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_read_as_it_is_printed() {
        for profile in [Profile::Demo, Profile::Nation, Profile::Stress] {
            assert_eq!(profile.to_string().parse(), Ok(profile));
        }
        assert_eq!("Nation".parse::<Profile>(), Err(ParseProfileError));
    }

    #[test]
    fn no_group_has_more_large_and_medium_members_than_members() {
        for profile in [Profile::Demo, Profile::Nation, Profile::Stress] {
            for share in profile.shares() {
                assert!(share.large + share.medium <= share.all, "{profile}: {share:?}");
            }
        }
    }

    #[test]
    fn every_profile_has_as_many_institutions_as_it_says() {
        for (profile, all) in
            [(Profile::Demo, 1_350), (Profile::Nation, 29_960), (Profile::Stress, 100_000)]
        {
            let sum: u32 = profile.shares().iter().map(|share| share.all).sum();
            assert_eq!(sum, all, "{profile}");
        }
    }
}
