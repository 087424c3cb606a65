//! Systems and what runs on them, one after the other: nothing is kept of those that went by.

use bongsu_authority::{Institution, NodeCode, Size, SystemId};
use bongsu_inventory::{Component, Inventory};
use bongsu_matching::index::{Entry, SystemName, SystemNameBuf};
use jiff::{SignedDuration, Timestamp};

use crate::catalogue::{Catalogue, Package};
use crate::gaon::{Gaon, Holding};
use crate::images::{
    FIRST_OF_SMALL, IMAGES, Layer, MORE_OF_SMALL, OF_LARGE, OF_MEDIUM, OF_MILITARY, SystemKind,
};
use crate::noise::Noise;
use crate::profile::Group;

/// A system with its latest inventory.
///
/// Components are borrowed from the catalogue, so that a million systems cost a few bytes a row.
#[derive(Clone, Debug)]
pub struct System<'a> {
    /// Whose it is.
    pub institution: &'a Institution,
    /// Its id.
    pub id: SystemId,
    /// What its institution calls it: the image and a number, `groupware-java-02`.
    pub name: String,
    /// The kind of thing it is.
    pub kind: SystemKind,
    /// Does the internet reach it?
    pub exposed: bool,
    /// When its inventory was taken.
    pub as_of: Timestamp,
    catalogue: &'a Catalogue,
    parts: Vec<u32>,
}

impl<'a> System<'a> {
    /// What runs on it.
    pub fn components(&self) -> impl ExactSizeIterator<Item = &'a Component> {
        let catalogue = self.catalogue;
        self.parts.iter().map(|part| &catalogue.parts[*part as usize].component)
    }

    /// How many components it has: rows of an inventory.
    pub fn component_count(&self) -> usize {
        self.parts.len()
    }

    /// What it puts into the index of a nation.
    ///
    /// Binary packages of one source say one row each; saying a row twice is saying it once.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'a>> {
        let catalogue = self.catalogue;
        let rows = self.parts.iter().flat_map(|part| &catalogue.parts[*part as usize].rows);
        rows.map(|row| Entry { key: &row.key, scheme: row.scheme, version: row.version.as_deref() })
    }

    /// Its name in the index: lead ministry, and the ids of institution and system as text.
    pub fn index_name(&self) -> SystemNameBuf {
        let ministry = NodeCode::lead(self.institution.domain());
        let (institution, system) = (self.institution.id.to_string(), self.id.to_string());
        SystemName { ministry: ministry.as_str(), institution: &institution, system: &system }
            .to_owned()
    }

    /// The inventory as a reader of documents would give it.
    pub fn inventory(&self) -> Inventory {
        Inventory {
            system: self.name.clone(),
            as_of: Some(self.as_of),
            components: self.components().cloned().collect(),
            ..Inventory::default()
        }
    }
}

/// All systems of a stretch of the register, in its order; see [`Gaon::systems`].
#[derive(Clone, Debug)]
pub struct Systems<'a> {
    gaon: &'a Gaon,
    places: std::ops::Range<usize>,
    visit: Option<Visit>,
}

impl<'a> Systems<'a> {
    pub(crate) fn new(gaon: &'a Gaon, places: std::ops::Range<usize>) -> Self {
        Self { gaon, places, visit: None }
    }
}

impl<'a> Iterator for Systems<'a> {
    type Item = System<'a>;

    fn next(&mut self) -> Option<System<'a>> {
        loop {
            if let Some(visit) = &mut self.visit
                && let Some(system) = visit.next(self.gaon)
            {
                return Some(system);
            }
            self.visit = Some(Visit::new(self.gaon, self.places.next()?));
        }
    }
}

/// One institution while its systems are being made.
#[derive(Clone, Debug)]
struct Visit {
    place: usize,
    noise: Noise,
    /// Systems to come, and components for them.
    systems_left: u32,
    components_left: u32,
    made: u32,
    as_of: Timestamp,
    /// How far behind its systems are, of 256; 255 is the farthest.
    lag: u32,
    /// How many systems of each image there are.
    named: [u16; IMAGES.len()],
}

impl Visit {
    fn new(gaon: &Gaon, place: usize) -> Self {
        let mut noise = Noise::of(&[gaon.seed(), SYSTEMS, place as u64]);
        let weights = gaon.profile().weights();
        let (systems, components) = match (gaon.holding(place), gaon.institutions()[place].size) {
            (Holding::Absent, _) => (0, 0),
            (_, Size::Small) => {
                let components = noise.within(weights.small.0, weights.small.1);
                (noise.within(weights.small_systems.0, weights.small_systems.1), components)
            }
            (_, Size::Medium) => {
                let components = noise.within(weights.medium.0, weights.medium.1);
                (components / weights.system, components)
            }
            (_, Size::Large) => {
                let components = if noise.chance(5) {
                    weights.largest
                } else {
                    noise.within(weights.large.0, weights.large.1)
                };
                (components / weights.system, components)
            }
        };
        let days = match gaon.holding(place) {
            Holding::Stale => noise.within(91, 500),
            Holding::Absent | Holding::Fresh => noise.within(0, 60),
        };
        let minutes = days * 24 * 60 + noise.below(24 * 60);
        Self {
            place,
            systems_left: systems,
            components_left: components,
            made: 0,
            as_of: gaon.today() - SignedDuration::from_mins(i64::from(minutes)),
            lag: noise.below(256),
            named: [0; IMAGES.len()],
            noise,
        }
    }

    fn next<'a>(&mut self, gaon: &'a Gaon) -> Option<System<'a>> {
        if self.systems_left == 0 {
            return None;
        }
        let institution = &gaon.institutions()[self.place];
        let image = self.image(institution, gaon.group(self.place));
        let limit = self.limit(institution.size);
        let parts = self.parts(gaon, &gaon.images().layers[image], limit);
        let id = SystemId(
            Noise::of(&[gaon.seed(), SYSTEM, self.place as u64, self.made.into()]).bytes(),
        );
        let exposed =
            self.noise.chance(IMAGES[image].exposed) && gaon.group(self.place) != Group::Military;
        // A few days between the first scan and the last.
        let as_of = self.as_of - SignedDuration::from_hours(i64::from(self.noise.below(72)));
        self.named[image] += 1;
        self.systems_left -= 1;
        self.components_left = self.components_left.saturating_sub(narrow(parts.len()));
        self.made += 1;
        Some(System {
            institution,
            id,
            name: format!("{}-{:02}", IMAGES[image].name, self.named[image]),
            kind: IMAGES[image].kind,
            exposed,
            as_of,
            catalogue: gaon.catalogue(),
            parts,
        })
    }

    /// Draws an image by weight.
    fn image(&mut self, institution: &Institution, group: Group) -> usize {
        let column = match (group, institution.size) {
            (Group::Military, _) => OF_MILITARY,
            (_, Size::Small) if self.made == 0 => FIRST_OF_SMALL,
            (_, Size::Small) => MORE_OF_SMALL,
            (_, Size::Medium) => OF_MEDIUM,
            (_, Size::Large) => OF_LARGE,
        };
        let sum: u32 = IMAGES.iter().map(|image| image.weights[column]).sum();
        let mut place = self.noise.below(sum);
        for (number, image) in IMAGES.iter().enumerate() {
            match place.checked_sub(image.weights[column]) {
                None => return number,
                Some(left) => place = left,
            }
        }
        unreachable!("the place is below the sum of the weights")
    }

    /// How many components the next system has, at most: about its share of those to come.
    fn limit(&mut self, size: Size) -> u32 {
        // Every system to come has something.
        let room = self.components_left.saturating_sub(self.systems_left - 1);
        let (least, percent) = match size {
            Size::Small if self.made == 0 => (LEAST_OF_SMALL, (60, 140)),
            Size::Small => (1, (60, 140)),
            Size::Medium | Size::Large => (1, (70, 160)),
        };
        if self.systems_left == 1 && size == Size::Small {
            return room.max(least);
        }
        let share = self.components_left / self.systems_left;
        let limit = share * self.noise.within(percent.0, percent.1) / 100;
        limit.clamp(least, room.max(least))
    }

    fn parts(&mut self, gaon: &Gaon, layers: &[Layer], limit: u32) -> Vec<u32> {
        let mut parts = Vec::with_capacity(limit as usize);
        let core: u32 = layers.iter().map(|layer| layer.core).sum();
        let drawn: u32 = layers.iter().map(|layer| layer.drawn).sum();
        // Drawn more or fewer, as many as the limit has room for.
        let percent = limit.saturating_sub(core) * 105 / drawn.max(1);
        for layer in layers {
            self.draw(gaon.catalogue(), *layer, percent, &mut parts);
            if parts.len() >= limit as usize {
                break;
            }
        }
        parts.truncate(limit as usize);
        parts
    }

    fn draw(&mut self, catalogue: &Catalogue, layer: Layer, percent: u32, parts: &mut Vec<u32>) {
        let pool = &catalogue.pools[layer.pool];
        let count = narrow(pool.packages.len());
        let release = pool.together.then(|| self.age());
        if (layer.core, layer.drawn) == (0, 1) {
            let package = pool.packages[self.noise.below(count) as usize];
            parts.push(package.at(release.unwrap_or_else(|| self.age())));
            return;
        }
        let rest = (count - layer.core).max(1);
        let share = (layer.drawn * percent * 655 / rest).min(ALWAYS);
        for (place, package) in (0_u32..).zip(&pool.packages) {
            let share = match (place < layer.core, count <= FEW) {
                (true, true) => ALWAYS,
                (true, false) => NEARLY,
                (false, _) => share,
            };
            if self.noise.below(ALWAYS) < share {
                let age = release.unwrap_or_else(|| self.age());
                parts.push(package.at(age));
            }
        }
    }

    /// How old the version of a package is, of 256: mostly as its institution's are.
    fn age(&mut self) -> u32 {
        let draw = self.noise.below(256 * 4);
        match draw % 4 {
            0 => draw / 4,
            1 => self.lag * 3 / 4,
            _ => self.lag,
        }
    }
}

impl Package {
    /// The part of an age of 256: 0 is the newest.
    fn at(self, age: u32) -> u32 {
        self.first + (((255 - age) * self.versions) >> 8)
    }
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).expect("pools and inventories are counted by u32")
}

/// A small institution's first system has about so many components, so that none has under 40.
const LEAST_OF_SMALL: u32 = 72;

/// Of so many draws, all.
const ALWAYS: u32 = 65_536;

/// A pool of so few packages is a product, which no inventory leaves out.
const FEW: u32 = 4;

/// What is always there is missing in one inventory of fifty; of 65,536.
const NEARLY: u32 = 64_225;

/// Streams of noise: see [`Noise::of`].
const SYSTEMS: u64 = 7;
const SYSTEM: u64 = 8;
