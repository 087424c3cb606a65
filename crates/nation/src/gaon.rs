//! The nation itself: everything about it, from a size and a seed.

use bongsu_authority::{Appointment, Delegation, Institution, Size};
use jiff::Timestamp;

use crate::catalogue::Catalogue;
use crate::images::Images;
use crate::noise::Noise;
use crate::officers::{self, Officers};
use crate::profile::{Group, Profile};
use crate::stations::{self, Station};
use crate::systems::Systems;
use crate::{delegations, institutions};

/// Whether an institution has an inventory.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Holding {
    /// It has none: it has to be asked.
    Absent,
    /// It has one of more than 90 days ago.
    Stale,
    /// It has one of this season.
    Fresh,
}

/// The sample nation 가온: the same for the same profile and seed, on every machine.
///
/// All names are invented, officers are roles and numbers, nothing points at a place on the
/// network.
///
/// ```
/// use bongsu_nation::{Gaon, Profile};
///
/// let gaon = Gaon::new(Profile::Demo, 7);
/// assert_eq!(gaon.institutions().len(), 1_350);
/// let first = gaon.systems().next().expect("a nation has systems");
/// assert_eq!(first.components().len(), first.component_count());
/// ```
#[derive(Debug)]
pub struct Gaon {
    profile: Profile,
    seed: u64,
    today: Timestamp,
    stations: Vec<Station>,
    institutions: Vec<Institution>,
    groups: Vec<Group>,
    officers: Officers,
    delegations: Vec<Delegation>,
    holdings: Vec<Holding>,
    catalogue: Catalogue,
    images: Images,
}

impl Gaon {
    /// Makes the nation as it is on [`Gaon::DAY`].
    pub fn new(profile: Profile, seed: u64) -> Self {
        Self::at(profile, seed, Self::DAY)
    }

    /// The day of the nation unless said otherwise: 2026-11-20T00:00Z, the Friday before the Saturday
    /// on which the first scenario begins.
    pub const DAY: Timestamp = Timestamp::constant(1_795_132_800, 0);

    /// Makes the nation as it is at an instant: inventories are as old as then. All else is the
    /// same.
    pub fn at(profile: Profile, seed: u64, today: Timestamp) -> Self {
        let stations = stations::stations();
        let (institutions, groups) = institutions::institutions(profile, seed);
        let officers = officers::officers(&stations, &institutions, seed);
        let delegations = delegations::delegations(&institutions, &groups, &officers, seed);
        let holdings = holdings(&institutions, seed);
        let catalogue = Catalogue::new();
        let images = Images::new(&catalogue);
        Self {
            profile,
            seed,
            today,
            stations,
            institutions,
            groups,
            officers,
            delegations,
            holdings,
            catalogue,
            images,
        }
    }

    /// Its size.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Its seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The instant by which inventories are fresh or stale.
    pub fn today(&self) -> Timestamp {
        self.today
    }

    /// The stations of the line, those above first.
    pub fn stations(&self) -> &[Station] {
        &self.stations
    }

    /// The register. An institution's place in it is how the other methods speak of it.
    pub fn institutions(&self) -> &[Institution] {
        &self.institutions
    }

    /// Who holds which post: stations first, then institutions by place.
    pub fn appointments(&self) -> &[Appointment] {
        &self.officers.appointments
    }

    /// Who holds which post at the institution at a place.
    pub fn officers_of(&self, place: usize) -> &[Appointment] {
        self.officers.of(place)
    }

    /// Who answers for the institution at a place: its CISO, and while that post is vacant its
    /// head. `None` before anybody was appointed.
    pub fn accountable(&self, place: usize, at: Timestamp) -> Option<&Appointment> {
        officers::accountable(self.officers.of(place), at)
    }

    /// Delegations to service providers, by the institution's place.
    pub fn delegations(&self) -> &[Delegation] {
        &self.delegations
    }

    /// Whether the institution at a place has an inventory.
    pub fn holding(&self, place: usize) -> Holding {
        self.holdings[place]
    }

    /// Every system that has an inventory, with it, made one at a time.
    pub fn systems(&self) -> Systems<'_> {
        Systems::new(self, 0..self.institutions.len())
    }

    /// The systems of the institution at a place.
    pub fn systems_of(&self, place: usize) -> Systems<'_> {
        Systems::new(self, place..place + 1)
    }

    pub(crate) fn group(&self, place: usize) -> Group {
        self.groups[place]
    }

    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    pub(crate) fn images(&self) -> &Images {
        &self.images
    }
}

/// Of all institutions 35 in a hundred have no inventory and 15 an old one; the large ones know
/// more.
fn holdings(institutions: &[Institution], seed: u64) -> Vec<Holding> {
    let mut holdings = vec![Holding::Fresh; institutions.len()];
    let mut noise = Noise::of(&[seed, HOLDINGS]);
    let mut absent = institutions.len() * 35 / 100;
    let mut stale = institutions.len() * 15 / 100;
    for (size, absent_percent, stale_percent) in
        [(Size::Large, 20, 10), (Size::Medium, 30, 12), (Size::Small, 100, 100)]
    {
        let of_size = (0_u32..).zip(institutions).filter(|(_, one)| one.size == size);
        let places: Vec<u32> = of_size.map(|(place, _)| place).collect();
        // What is left is for the small ones.
        let none = absent.min(places.len() * absent_percent / 100);
        let old = stale.min(places.len() * stale_percent / 100);
        let chosen = noise.choose(places, none + old);
        for (number, place) in chosen.into_iter().enumerate() {
            let holding = if number < none { Holding::Absent } else { Holding::Stale };
            holdings[place as usize] = holding;
        }
        absent -= none;
        stale -= old;
    }
    holdings
}

/// A stream of noise: see [`Noise::of`].
const HOLDINGS: u64 = 9;
