//! The slow way is the specification: read every row, ask [`Interval::holds`] about it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bongsu_package::{Bound, Interval, Scheme, Within};

use super::*;

/// Systems and their rows, as plain as can be.
#[derive(Clone, Default)]
struct Model(BTreeMap<SystemNameBuf, BTreeSet<(String, Option<String>)>>);

/// What the slow way finds.
#[derive(Debug, Default, Eq, PartialEq)]
struct Found {
    affected: BTreeSet<SystemNameBuf>,
    doubtful: BTreeSet<SystemNameBuf>,
    counts: [Counts; 2],
    asks: Vec<AskRows>,
    intervals: Vec<u64>,
}

/// An ask that owns its parts.
type Question = (String, Scheme, Vec<Interval>);

fn holds(interval: &Interval, scheme: Scheme, version: Option<&str>) -> Within {
    match version {
        Some(text) => interval.holds(scheme, text),
        None if *interval == Interval::ALL => Within::Inside,
        None => Within::Unclear,
    }
}

impl Model {
    fn ask(&self, questions: &[Question]) -> Found {
        let mut found =
            Found { asks: vec![AskRows::default(); questions.len()], ..Found::default() };
        let mut offsets = Vec::new();
        for (_, _, intervals) in questions {
            offsets.push(found.intervals.len());
            found.intervals.resize(found.intervals.len() + intervals.len(), 0);
        }
        for (name, rows) in &self.0 {
            for (key, version) in rows {
                for (number, (asked, scheme, intervals)) in questions.iter().enumerate() {
                    if asked != key {
                        continue;
                    }
                    let answers: Vec<Within> = intervals
                        .iter()
                        .map(|interval| holds(interval, *scheme, version.as_deref()))
                        .collect();
                    for (place, within) in answers.iter().enumerate() {
                        found.intervals[offsets[number] + place] +=
                            u64::from(*within == Within::Inside);
                    }
                    if answers.contains(&Within::Inside) {
                        found.asks[number].affected += 1;
                        found.affected.insert(name.clone());
                    } else if answers.contains(&Within::Unclear) {
                        found.asks[number].doubtful += 1;
                        found.doubtful.insert(name.clone());
                    }
                }
            }
        }
        found.doubtful = found.doubtful.difference(&found.affected).cloned().collect();
        for (set, systems) in [&found.affected, &found.doubtful].into_iter().enumerate() {
            let institutions: BTreeSet<_> =
                systems.iter().map(|name| (&name.ministry, &name.institution)).collect();
            let ministries: BTreeSet<_> = systems.iter().map(|name| &name.ministry).collect();
            let rows = found.asks.iter();
            found.counts[set] = Counts {
                rows: rows.map(|rows| if set == 0 { rows.affected } else { rows.doubtful }).sum(),
                systems: systems.len() as u64,
                institutions: institutions.len() as u64,
                ministries: ministries.len() as u64,
            };
        }
        found
    }

    fn build(&self) -> Vec<u8> {
        let mut builder = Builder::default();
        for (name, rows) in self.0.iter().rev() {
            builder.add(name.borrowed(), entries(rows));
        }
        builder.finish()
    }
}

fn entries(rows: &BTreeSet<(String, Option<String>)>) -> impl Iterator<Item = Entry<'_>> {
    rows.iter().map(|(key, version)| Entry {
        key,
        scheme: scheme_of(key),
        version: version.as_deref(),
    })
}

/// The scheme that an inventory would give a key: the last letter says it.
fn scheme_of(key: &str) -> Scheme {
    match key.as_bytes().last() {
        Some(b'a') => Scheme::Lexicographic,
        Some(b'b') => Scheme::Deb,
        Some(b'c') => Scheme::Maven,
        _ => Scheme::Npm,
    }
}

fn found(answer: &Answer<'_>, page: usize) -> Found {
    let collect = |affected: bool| {
        let mut systems = BTreeSet::new();
        let mut last: Option<SystemNameBuf> = None;
        loop {
            let after = last.as_ref().map(SystemNameBuf::borrowed);
            let names = answer.page(affected, after, page).unwrap();
            assert!(names.is_sorted());
            assert!(last.is_none() || names.is_empty() || last < names.first().cloned());
            last = names.last().cloned();
            let full = names.len() == page;
            systems.extend(names);
            if !full {
                return systems;
            }
        }
    };
    Found {
        affected: collect(true),
        doubtful: collect(false),
        counts: [answer.affected(), answer.doubtful()],
        asks: answer.asks().to_vec(),
        intervals: answer.intervals().to_vec(),
    }
}

/// Repeatable noise.
struct Noise(u64);

impl Noise {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }

    fn one_of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

const KEYS: [&str; 9] = ["a", "b", "c", "d", "aa", "bb", "cc", "dd", "e:long/name/of/a/package/d"];
const VERSIONS: [&str; 14] = [
    "1.0",
    "1.1",
    "1.2",
    "1.2.0",
    "1.10",
    "2.0",
    "2.0.0",
    "2:1.0",
    "1.0-rc1",
    "1.0~rc1",
    "v1.2.3",
    "junk !",
    "",
    "9999999999999999999999.0",
];

fn system(noise: &mut Noise, systems: usize) -> SystemNameBuf {
    let number = noise.below(systems);
    SystemName {
        ministry: ["Interior", "Ports", "보건"][number % 3],
        institution: &format!("office {}", number / 3 % (1 + systems / 5)),
        system: &format!("host-{number}"),
    }
    .to_owned()
}

fn inventory(noise: &mut Noise, most: usize) -> BTreeSet<(String, Option<String>)> {
    (0..noise.below(most + 1))
        .map(|_| {
            // The first packages are everywhere, the last are rare.
            let key = KEYS[noise.below(KEYS.len()).min(noise.below(KEYS.len()))];
            let version = (noise.below(12) > 0).then(|| noise.one_of(&VERSIONS).to_owned());
            (key.to_owned(), version)
        })
        .collect()
}

fn bound(noise: &mut Noise) -> Bound {
    let text = noise.one_of(&VERSIONS).to_owned();
    match noise.below(4) {
        0 => Bound::Open,
        1 => Bound::Including(text),
        _ => Bound::Excluding(text),
    }
}

fn questions(noise: &mut Noise) -> Vec<Question> {
    let many = if noise.below(3) == 0 { 1 + noise.below(6) } else { 1 };
    (0..many)
        .map(|_| {
            let key = noise.one_of(&KEYS);
            let scheme = if noise.below(8) == 0 { Scheme::Generic } else { scheme_of(key) };
            let intervals = (0..noise.below(5))
                .map(|_| match noise.below(8) {
                    0 => Interval::ALL,
                    1 => {
                        let text = noise.one_of(&VERSIONS).to_owned();
                        Interval {
                            low: Bound::Including(text.clone()),
                            high: Bound::Including(text),
                        }
                    }
                    _ => Interval { low: bound(noise), high: bound(noise) },
                })
                .collect();
            (key.to_owned(), scheme, intervals)
        })
        .collect()
}

fn open(bytes: Vec<u8>) -> Arc<Segment> {
    Arc::new(Segment::open(Box::new(bytes)).unwrap())
}

/// Compares one question, exactly: counts, rows of each ask and interval, and the sets by name.
fn compare(model: &Model, live: &Live, scratch: &mut Scratch, noise: &mut Noise, what: &str) {
    let questions = questions(noise);
    let asks: Vec<Ask<'_>> = questions
        .iter()
        .map(|(key, scheme, intervals)| Ask { key, scheme: *scheme, intervals })
        .collect();
    let snapshot = live.snapshot();
    let fast = found(&snapshot.ask(&asks, scratch).unwrap(), 1 + noise.below(50));
    let slow = model.ask(&questions);
    assert_eq!(fast, slow, "{what}: {questions:?}");
}

/// One world: a few hundred changes, a question after each.
fn world(seed: u64, cases: usize) {
    let mut noise = Noise(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let noise = &mut noise;
    let systems = [1, 6, 40, 200][noise.below(4)];
    let most = [0, 3, 12][noise.below(3)];
    let mut model = Model::default();
    let mut scratch = Scratch::default();
    for _ in 0..noise.below(2 * systems) {
        let name = system(noise, systems);
        let rows = inventory(noise, most);
        model.0.insert(name, rows);
    }
    let mut live = Live::open([(open(model.build()), Vec::new())]).unwrap();
    for case in 0..cases {
        match noise.below(40) {
            0..=24 => {
                let (name, rows) = (system(noise, systems), inventory(noise, most));
                let known = live.replace(name.borrowed(), entries(&rows)).unwrap();
                assert_eq!(known, model.0.insert(name, rows).is_some(), "seed {seed}, case {case}");
            }
            25..=32 => {
                let name = system(noise, systems);
                let known = live.remove(name.borrowed()).unwrap();
                assert_eq!(known, model.0.remove(&name).is_some(), "seed {seed}, case {case}");
            }
            33..=35 => {
                live.fold(noise.below(3) == 0).unwrap();
            }
            36 => {
                // A fold during which the world goes on.
                let fold = live.begin_fold(noise.below(3) == 0);
                assert!(
                    fold.is_none()
                        || live.snapshot().size().flats == 0
                        || live.begin_fold(false).is_none()
                );
                for _ in 0..noise.below(40) {
                    let (name, rows) = (system(noise, systems), inventory(noise, most));
                    live.replace(name.borrowed(), entries(&rows)).unwrap();
                    model.0.insert(name, rows);
                }
                if let Some(fold) = fold {
                    let folded = fold.run().unwrap();
                    if noise.below(4) == 0 {
                        live.abandon();
                    } else {
                        let segment = open(folded.bytes.clone());
                        live.install(folded, segment).unwrap();
                    }
                }
            }
            37 => {
                // Written down and read again, with the dead.
                live.fold(false).unwrap();
                let snapshot = live.snapshot();
                let segments: Vec<_> = snapshot
                    .segments()
                    .map(|(segment, dead)| (Arc::clone(segment), dead))
                    .collect();
                live = Live::open(segments).unwrap();
            }
            38 => live = Live::open([(open(model.build()), Vec::new())]).unwrap(),
            _ => {}
        }
        compare(&model, &live, &mut scratch, noise, &format!("seed {seed}, case {case}"));
        assert_eq!(
            live.snapshot().size().systems,
            model.0.len() as u64,
            "seed {seed}, case {case}"
        );
    }
    for (segment, _) in live.snapshot().segments() {
        segment.verify().unwrap();
    }
}

/// Ten thousand questions; a million with `BONGSU_DEPTH=release`.
#[test]
fn the_index_answers_as_reading_every_row_does() {
    let deep = std::env::var("BONGSU_DEPTH").is_ok_and(|depth| depth == "release");
    let worlds = if deep { 10_000 } else { 100 };
    for seed in 1..=worlds {
        world(seed, 100);
    }
}

/// Thousands of systems, so that rows come in full runs of 128 and packages in both forms.
#[test]
fn a_large_world_answers_the_same_in_every_form_of_rows() {
    let mut noise = Noise(4_711);
    let mut model = Model::default();
    for number in 0..4_000 {
        let name = SystemName {
            ministry: ["Interior", "Ports", "보건"][number * 3 / 4_000],
            institution: &format!("office {:03}", number / 17),
            system: &format!("host-{number:04}"),
        };
        let mut rows = BTreeSet::new();
        for (place, key) in KEYS.iter().enumerate() {
            // From everywhere to one in thirty; some packages have hundreds of versions.
            if noise.below(1 + place * 4) == 0 {
                let minor = noise.below([3, 40, 900][place % 3]);
                rows.insert(((*key).to_owned(), Some(format!("1.{minor}.0"))));
                if noise.below(40) == 0 {
                    rows.insert(((*key).to_owned(), (minor > 1).then(|| "2.0.0".to_owned())));
                }
            }
        }
        model.0.insert(name.to_owned(), rows);
    }
    let live = Live::open([(open(model.build()), Vec::new())]).unwrap();
    let mut scratch = Scratch::default();
    let end = |noise: &mut Noise| Bound::Including(format!("1.{}.0", noise.below(900)));
    for round in 0..120 {
        if round == 60 {
            // From here on with the dead among them.
            for name in model.0.keys().cloned().collect::<Vec<_>>().into_iter().step_by(7) {
                live.remove(name.borrowed()).unwrap();
                model.0.remove(&name);
            }
        }
        let many = [1, 1, 2, 9][noise.below(4)];
        let questions: Vec<Question> = (0..many)
            .map(|_| {
                let key = noise.one_of(&KEYS);
                let ranges = 1 + noise.below(6);
                let intervals = (0..ranges)
                    .map(|_| match noise.below(4) {
                        0 => Interval::ALL,
                        1 => Interval { low: Bound::Open, high: end(&mut noise) },
                        _ => Interval { low: end(&mut noise), high: end(&mut noise) },
                    })
                    .collect();
                (key.to_owned(), scheme_of(key), intervals)
            })
            .collect();
        let asks: Vec<Ask<'_>> = questions
            .iter()
            .map(|(key, scheme, intervals)| Ask { key, scheme: *scheme, intervals })
            .collect();
        let snapshot = live.snapshot();
        let fast = found(&snapshot.ask(&asks, &mut scratch).unwrap(), 5_000);
        assert!(fast == model.ask(&questions), "round {round}: {questions:?}");
    }
    for (segment, _) in live.snapshot().segments() {
        segment.verify().unwrap();
    }
}

#[test]
fn a_snapshot_stays_as_it_is_while_the_index_goes_on() {
    let live = Live::default();
    let name = SystemName { ministry: "m", institution: "i", system: "s" };
    let row = |version| Entry { key: "a", scheme: Scheme::Lexicographic, version: Some(version) };
    live.replace(name, [row("1")]).unwrap();
    let before = live.snapshot();
    live.replace(name, [row("2")]).unwrap();
    let one = [Interval { low: Bound::Including("1".into()), high: Bound::Including("1".into()) }];
    let asks = [Ask { key: "a", scheme: Scheme::Lexicographic, intervals: &one }];
    let mut scratch = Scratch::default();
    assert_eq!(before.ask(&asks, &mut scratch).unwrap().affected().systems, 1);
    assert_eq!(live.snapshot().ask(&asks, &mut scratch).unwrap().affected().systems, 0);
}

#[test]
fn a_segment_cut_anywhere_is_refused_and_one_with_a_flipped_bit_never_answers_wrong() {
    let mut noise = Noise(77);
    let mut model = Model::default();
    for _ in 0..60 {
        model.0.insert(system(&mut noise, 40), inventory(&mut noise, 12));
    }
    let bytes = model.build();
    open(bytes.clone()).verify().unwrap();
    for end in 0..bytes.len() {
        assert!(Segment::open(Box::new(bytes[..end].to_vec())).is_err(), "cut at {end}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(Segment::open(Box::new(longer)).is_err());
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        let seen = Segment::open(Box::new(flipped)).and_then(|segment| segment.verify());
        assert!(seen.is_err(), "byte {at} of {}", bytes.len());
    }
}

#[test]
fn one_inventory_said_twice_counts_as_its_last_word() {
    let name = SystemName { ministry: "m", institution: "i", system: "s" };
    let row = |version| Entry { key: "a", scheme: Scheme::Lexicographic, version: Some(version) };
    let mut builder = Builder::default();
    builder.add(name, [row("1"), row("1"), row("2")]);
    builder.add(name, [row("3"), row("3")]);
    let live = Live::open([(open(builder.finish()), Vec::new())]).unwrap();
    let asks = [Ask { key: "a", scheme: Scheme::Lexicographic, intervals: &[Interval::ALL] }];
    let mut scratch = Scratch::default();
    let snapshot = live.snapshot();
    let answer = snapshot.ask(&asks, &mut scratch).unwrap();
    assert_eq!(answer.affected(), Counts { rows: 1, systems: 1, institutions: 1, ministries: 1 });
}
