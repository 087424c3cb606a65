//! An invented nation, always the same for the same size.
//!
//! 120,000 packages with 1.5 million versions. A core of 200 packages sits on a system with
//! probability 0.95 / sqrt(rank); the rest of an inventory is drawn from a Zipf tail with exponent
//! 0.9. Three in five rows have the version that their institution keeps of that package, the
//! others one near the newest. One row in fifty comes twice, with a second version.

use bongsu_matching::index::SystemName;
use bongsu_package::{Bound, Interval, Scheme};

/// Repeatable noise.
#[derive(Clone)]
pub(crate) struct Noise(u64);

impl Noise {
    pub(crate) fn new(seed: u64) -> Self {
        Self(mix(seed))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// Between 0 and 1.
    #[allow(clippy::cast_precision_loss, reason = "53 bits")]
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from((u128::from(self.next()) * limit as u128) >> 64).unwrap_or(0)
    }
}

fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

pub(crate) const PACKAGES: usize = 120_000;
const CORE: usize = 200;
const VERSIONS: usize = 1_500_000;
pub(crate) const MINISTRIES: usize = 47;

/// The nation.
pub(crate) struct World {
    pub(crate) systems: usize,
    pub(crate) institutions: usize,
    /// Keys of the packages, core first, then by rank in the tail.
    pub(crate) keys: Vec<String>,
    /// Where the versions of each package begin.
    starts: Vec<usize>,
    /// The texts of all versions, ascending in a package.
    pub(crate) versions: Vec<String>,
    /// Rows that the tail gives a system, on average.
    tail: f64,
    zipf: Zipf,
}

/// A row: package, version of it.
pub(crate) type Row = (u32, u32);

pub(crate) const SCHEME: Scheme = Scheme::Npm;

impl World {
    /// A nation of about so many rows, 300 to a system.
    pub(crate) fn new(rows: usize) -> Self {
        let systems = rows / 300;
        let institutions = (systems / 20).max(1);
        let mut noise = Noise::new(1);
        let mut counts: Vec<usize> = (0..PACKAGES)
            .map(|package| {
                let popular = if package < CORE {
                    120.0
                } else {
                    60.0 / (1.0 + package as f64 / 400.0).sqrt()
                };
                1 + (popular * (0.25 - noise.share().max(1e-9).ln() * 0.75)) as usize
            })
            .collect();
        let total: usize = counts.iter().sum();
        // One version each, and the rest in proportion, so that the sum is what was promised.
        let scale = (VERSIONS - PACKAGES) as f64 / (total - PACKAGES) as f64;
        for count in &mut counts {
            *count = 1 + ((*count - 1) as f64 * scale).round() as usize;
        }
        let mut starts = vec![0];
        let mut versions = Vec::new();
        for count in &counts {
            let mut text = (noise.below(3), noise.below(4), 0);
            for _ in 0..*count {
                versions.push(format!("{}.{}.{}", text.0, text.1, text.2));
                match noise.below(20) {
                    0 => text = (text.0 + 1, 0, 0),
                    1..=6 => text = (text.0, text.1 + 1, 0),
                    _ => text.2 += 1 + noise.below(2),
                }
            }
            starts.push(versions.len());
        }
        let keys = (0..PACKAGES)
            .map(|package| format!("e:npm/{}-{package}", WORDS[noise.below(WORDS.len())]))
            .collect();
        let core: f64 = (1..=CORE).map(|rank| 0.95 / (rank as f64).sqrt()).sum();
        // Draws that hit the head of the tail twice are one row: more are drawn than are kept.
        let zipf = Zipf::new(PACKAGES - CORE);
        let tail = zipf.draws_for(300.0 / 1.02 - core);
        Self { systems, institutions, keys, starts, versions, tail, zipf }
    }

    pub(crate) fn version_count(&self, package: u32) -> u32 {
        (self.starts[package as usize + 1] - self.starts[package as usize]) as u32
    }

    pub(crate) fn version(&self, package: u32, version: u32) -> &str {
        &self.versions[self.starts[package as usize] + version as usize]
    }

    pub(crate) fn institution_of(&self, system: usize) -> usize {
        // Institutions are not of one size: the square makes the first small and the last large.
        let share = system as f64 / self.systems as f64;
        ((share.powf(0.7)) * self.institutions as f64) as usize
    }

    /// The rows of a system at its `edition`-th inventory, by package.
    pub(crate) fn rows(&self, system: usize, edition: u64, out: &mut Vec<Row>) {
        out.clear();
        let institution = self.institution_of(system) as u64;
        let mut noise = Noise::new((system as u64) << 8 ^ 0xabcd);
        for rank in 1..=CORE {
            if noise.share() < 0.95 / (rank as f64).sqrt() {
                out.push(((rank - 1) as u32, 0));
            }
        }
        let draws = (self.tail * (0.5 + noise.share())) as usize;
        for _ in 0..draws {
            out.push(((CORE + self.zipf.draw(&mut noise)) as u32, 0));
        }
        out.sort_unstable();
        out.dedup();
        let mut noise = Noise::new((system as u64) << 8 ^ edition ^ 0x1234_0000_0000);
        for row in 0..out.len() {
            let package = out[row].0;
            out[row].1 = self.pick(package, institution, &mut noise);
            if noise.below(50) == 0 {
                out.push((package, self.pick(package, institution, &mut noise)));
            }
        }
        out.sort_unstable();
        out.dedup();
    }

    fn pick(&self, package: u32, institution: u64, noise: &mut Noise) -> u32 {
        let count = self.version_count(package);
        if noise.below(5) < 3 {
            let mut own =
                Noise::new(institution << 20 ^ u64::from(package) ^ 0x5555_0000_0000_0000);
            return newish(count, &mut own);
        }
        newish(count, noise)
    }

    /// Writes the name of a system into `room`.
    pub(crate) fn name<'a>(&self, system: usize, room: &'a mut [String; 3]) -> SystemName<'a> {
        use std::fmt::Write;
        let institution = self.institution_of(system);
        let ministry = institution * MINISTRIES / self.institutions;
        room.iter_mut().for_each(String::clear);
        let texts = [
            write!(room[0], "ministry {ministry:02}"),
            write!(room[1], "office {institution:06}"),
            write!(room[2], "host-{system:07}"),
        ];
        for written in texts {
            written.expect("a string takes all text");
        }
        let [ministry, institution, system] = room;
        SystemName { ministry, institution, system }
    }

    /// A question as an advisory would ask it: packages, and of each a range of versions.
    pub(crate) fn question(&self, number: u64) -> Question {
        let mut noise = Noise::new(number ^ 0x7777_0000_0000);
        let many = match noise.below(100) {
            0..70 => 1,
            70..95 => 2 + noise.below(4),
            95..99 => 6 + noise.below(45),
            _ => 51 + noise.below(450),
        };
        let ranges = (0..many)
            .map(|_| {
                let package = asked(many, &mut noise);
                let count = self.version_count(package);
                // Half of all ranges begin with the first version.
                let low = if noise.below(2) == 0 { 0 } else { noise.below(count as usize) as u32 };
                let high = low + 1 + noise.below((count - low) as usize) as u32;
                (package, low, high)
            })
            .collect();
        Question { ranges }
    }
}

/// Single advisories meet packages that many run; the monsters list the long tail.
fn asked(many: usize, noise: &mut Noise) -> u32 {
    if many > 50 {
        return noise.below(PACKAGES) as u32;
    }
    match noise.below(100) {
        0..6 => noise.below(CORE) as u32,
        6..84 => (CORE as f64 * ((PACKAGES / CORE) as f64).powf(noise.share())) as u32,
        _ => noise.below(PACKAGES) as u32,
    }
    .min(PACKAGES as u32 - 1)
}

/// Versions near the newest are more common.
fn newish(count: u32, noise: &mut Noise) -> u32 {
    let back = -(noise.share().max(1e-12)).ln() * 0.22 * f64::from(count);
    (count - 1).saturating_sub(back as u32)
}

/// A question: packages, and first and after-last version of each range.
pub(crate) struct Question {
    pub(crate) ranges: Vec<(u32, u32, u32)>,
}

impl Question {
    /// The ranges as an advisory writes them: from a version, to below another.
    pub(crate) fn intervals(&self, world: &World) -> Vec<Interval> {
        self.ranges
            .iter()
            .map(|(package, low, high)| Interval {
                low: match low {
                    0 => Bound::Open,
                    low => Bound::Including(world.version(*package, *low).to_owned()),
                },
                high: if *high == world.version_count(*package) {
                    Bound::Open
                } else {
                    Bound::Excluding(world.version(*package, *high).to_owned())
                },
            })
            .collect()
    }
}

/// Ranks with probability in proportion to rank^-0.9, by a table of 65,536 equal steps.
struct Zipf {
    steps: Vec<(u32, u32)>,
    shares: Vec<f64>,
}

impl Zipf {
    fn new(ranks: usize) -> Self {
        let weights: Vec<f64> = (1..=ranks).map(|rank| (rank as f64).powf(-0.9)).collect();
        let total: f64 = weights.iter().sum();
        let shares: Vec<f64> = weights.iter().map(|weight| weight / total).collect();
        let mut steps = Vec::new();
        let (mut rank, mut below) = (0, 0.0);
        for step in 0..65_536 {
            let from = f64::from(step) / 65_536.0;
            while rank + 1 < ranks && below + shares[rank] <= from {
                below += shares[rank];
                rank += 1;
            }
            let (first, mut last, mut sum) = (rank, rank, below);
            while last + 1 < ranks && sum + shares[last] < from + 1.0 / 65_536.0 {
                sum += shares[last];
                last += 1;
            }
            steps.push((first as u32, last as u32));
        }
        Self { steps, shares }
    }

    fn draw(&self, noise: &mut Noise) -> usize {
        let (first, last) = self.steps[noise.below(self.steps.len())];
        first as usize + noise.below((last - first + 1) as usize)
    }

    /// How many draws give so many different ranks, on average.
    fn draws_for(&self, wanted: f64) -> f64 {
        let (mut low, mut high) = (wanted, 10.0 * wanted);
        for _ in 0..40 {
            let middle = f64::midpoint(low, high);
            let kept: f64 = self.shares.iter().map(|share| 1.0 - (-share * middle).exp()).sum();
            if kept < wanted { low = middle } else { high = middle }
        }
        low
    }
}

const WORDS: [&str; 24] = [
    "beacon", "harbor", "ledger", "lantern", "granite", "willow", "copper", "meadow", "signal",
    "cinder", "juniper", "anchor", "mirror", "pepper", "quartz", "saddle", "timber", "velvet",
    "walnut", "yonder", "zephyr", "bramble", "cobalt", "drizzle",
];
