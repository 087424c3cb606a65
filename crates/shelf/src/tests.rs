//! A disk that fails at any step leaves the old state or the new one.

mod faulty;

use std::collections::BTreeMap;

use bongsu_matching::index::{Ask, Entry, Scratch, SystemName, SystemNameBuf};
use bongsu_package::{Bound, Interval, Scheme};

use self::faulty::{Faulty, Reboot};
use crate::{Error, Note, Report, Residence, Shelf};

/// What runs where: the versions of one package on each system.
type State = BTreeMap<SystemNameBuf, Vec<&'static str>>;

/// One thing that is done to a shelf.
#[derive(Clone, Debug)]
enum Act {
    Replace(usize, &'static [&'static str]),
    Remove(usize),
    Load(&'static [(usize, &'static [&'static str])]),
    Fold(bool),
    Rebuild,
}

const ACTS: [Act; 12] = [
    Act::Load(&[(1, &["1.0", "2.0"]), (2, &["1.0"]), (3, &[])]),
    Act::Replace(1, &["3.0"]),
    Act::Replace(4, &["1.0"]),
    Act::Remove(2),
    Act::Fold(false),
    Act::Replace(2, &["2.0"]),
    Act::Load(&[(1, &["1.0"]), (5, &["2.0"])]),
    Act::Fold(true),
    Act::Remove(1),
    Act::Rebuild,
    Act::Replace(1, &["1.0"]),
    Act::Remove(5),
];

fn name(system: usize) -> SystemNameBuf {
    let system = format!("host-{system}");
    SystemName { ministry: "Ports", institution: "Harbour Office", system: &system }.to_owned()
}

fn entries(versions: &'static [&'static str]) -> Vec<Entry<'static>> {
    let scheme = Scheme::Lexicographic;
    versions.iter().map(|version| Entry { key: "a", scheme, version: Some(version) }).collect()
}

impl Act {
    fn on_shelf(&self, shelf: &Shelf) -> Result<(), Error> {
        match self {
            Self::Replace(system, versions) => {
                shelf.replace(name(*system).borrowed(), &entries(versions)).map(|_| ())
            }
            Self::Remove(system) => shelf.remove(name(*system).borrowed()).map(|_| ()),
            Self::Load(inventories) => {
                let mut load = shelf.load();
                for (system, versions) in *inventories {
                    load.add(name(*system).borrowed(), &entries(versions))?;
                }
                load.finish()
            }
            Self::Fold(all) => shelf.fold(*all).map(|_| ()),
            Self::Rebuild => shelf.rebuild(&mut Report::default()),
        }
    }

    /// The states it may leave when it is cut off, the untouched one first and the full one last.
    fn states(&self, state: &State) -> Vec<State> {
        let mut states = vec![state.clone()];
        let mut next = state.clone();
        match self {
            Self::Replace(system, versions) => {
                next.insert(name(*system), versions.to_vec());
            }
            Self::Remove(system) => {
                next.remove(&name(*system));
            }
            Self::Load(inventories) => {
                // A load that is cut off may leave the first of its inventories.
                for (system, versions) in *inventories {
                    next.insert(name(*system), versions.to_vec());
                    states.push(next.clone());
                }
            }
            Self::Fold(_) | Self::Rebuild => {}
        }
        states.push(next);
        states
    }
}

/// Everything a shelf says: which systems there are, and which versions they run.
fn state_of(shelf: &Shelf) -> State {
    let snapshot = shelf.snapshot();
    let mut scratch = Scratch::default();
    let mut state = State::new();
    for system in 0..9 {
        if snapshot.has(name(system).borrowed()).unwrap() {
            state.insert(name(system), Vec::new());
        }
    }
    for version in ["1.0", "2.0", "3.0"] {
        let bound = Bound::Including(version.to_owned());
        let one = [Interval { low: bound.clone(), high: bound }];
        let asks = [Ask { key: "a", scheme: Scheme::Lexicographic, intervals: &one }];
        let answer = snapshot.ask(&asks, &mut scratch).unwrap();
        for name in answer.page(true, None, 100).unwrap() {
            state.entry(name).or_default().push(version);
        }
    }
    assert_eq!(snapshot.size().systems, state.len() as u64);
    state
}

/// Does the acts until the disk stops; gives the states that may be found afterwards.
fn run(disk: &Faulty) -> Vec<State> {
    let mut state = State::new();
    let Ok(shelf) = Shelf::create_on(Box::new(disk.clone()), Residence::OnDemand) else {
        return vec![state];
    };
    for act in &ACTS {
        let states = act.states(&state);
        if act.on_shelf(&shelf).is_err() {
            return states;
        }
        state = states.last().cloned().unwrap_or_default();
        assert_eq!(state_of(&shelf), state, "after {act:?}");
    }
    vec![state]
}

#[test]
fn a_crash_at_any_step_leaves_the_old_state_or_the_new_one() {
    let whole = Faulty::default();
    run(&whole);
    let steps = whole.steps();
    assert!(steps > 100, "{steps} steps");
    for step in 0..steps {
        let disk = Faulty::stopping_after(step);
        let allowed = run(&disk);
        for reboot in Reboot::ALL {
            let disk = disk.reboot(reboot);
            let opened = Shelf::open_on(Box::new(disk.clone()), Residence::OnDemand);
            let (shelf, report) = match opened {
                Ok(opened) => opened,
                Err(Error::Missing) if allowed == [State::new()] => continue,
                Err(error) => panic!("step {step}, {reboot:?}: {error:?}"),
            };
            let found = state_of(&shelf);
            assert!(allowed.contains(&found), "step {step}, {reboot:?}: {found:?} of {allowed:?}");
            let torn = |note: &Note| {
                matches!(note, Note::TornTail { .. } | Note::BadManifest | Note::Rebuilt { .. })
            };
            assert!(report.notes.iter().all(torn), "step {step}, {reboot:?}: {report:?}");
            // It goes on working, and what it says now is still so after it is opened again.
            shelf.replace(name(8).borrowed(), &entries(&["3.0"])).unwrap();
            shelf.fold(false).unwrap();
            let after = state_of(&shelf);
            drop(shelf);
            let (shelf, report) = Shelf::open_on(Box::new(disk), Residence::OnDemand).unwrap();
            assert_eq!(state_of(&shelf), after, "step {step}, {reboot:?}");
            assert_eq!(report.notes, [], "step {step}, {reboot:?}");
            assert_eq!(shelf.verify().unwrap().notes, [], "step {step}, {reboot:?}");
        }
    }
}

#[test]
fn after_a_failed_write_nothing_more_is_written() {
    let disk = Faulty::default();
    let shelf = Shelf::create_on(Box::new(disk.clone()), Residence::OnDemand).unwrap();
    disk.stop_after(disk.steps());
    assert!(shelf.replace(name(1).borrowed(), &entries(&["1.0"])).is_err());
    disk.stop_after(usize::MAX);
    let again = shelf.replace(name(1).borrowed(), &entries(&["1.0"]));
    assert!(matches!(again, Err(Error::Stopped)), "{again:?}");
}

/// A shelf with a segment, dead systems in it, and a log that goes on after it.
fn full() -> (Faulty, State) {
    let disk = Faulty::default();
    let shelf = Shelf::create_on(Box::new(disk.clone()), Residence::OnDemand).unwrap();
    for act in &ACTS[..7] {
        act.on_shelf(&shelf).unwrap();
    }
    let state = state_of(&shelf);
    (disk, state)
}

#[test]
fn a_segment_or_manifest_with_a_flipped_bit_is_found_out_and_rebuilt() {
    let (disk, state) = full();
    for file in disk.names() {
        if !(file.starts_with("segment") || file == "manifest") {
            continue;
        }
        for at in 0..disk.len(&file) {
            let disk = disk.reboot(Reboot::All);
            disk.flip(&file, at);
            let (shelf, mut report) = Shelf::open_on(Box::new(disk), Residence::OnDemand).unwrap();
            report.notes.extend(shelf.heal().unwrap().notes);
            assert_eq!(state_of(&shelf), state, "byte {at} of {file}");
            let rebuilt = matches!(report.notes.last(), Some(Note::Rebuilt { .. }));
            assert!(rebuilt, "byte {at} of {file}: {report:?}");
        }
    }
}

#[test]
fn a_segment_or_manifest_cut_anywhere_or_gone_is_rebuilt() {
    let (disk, state) = full();
    for file in disk.names() {
        if !(file.starts_with("segment") || file == "manifest") {
            continue;
        }
        for len in (0..disk.len(&file)).map(Some).chain([None]) {
            let disk = disk.reboot(Reboot::All);
            disk.cut(&file, len);
            let (shelf, report) = Shelf::open_on(Box::new(disk), Residence::OnDemand).unwrap();
            assert_eq!(state_of(&shelf), state, "{file} cut at {len:?}");
            let rebuilt = matches!(report.notes.last(), Some(Note::Rebuilt { .. }));
            assert!(rebuilt, "{file} cut at {len:?}: {report:?}");
        }
    }
}

#[test]
fn damage_in_the_log_is_always_told_and_costs_only_what_it_hit() {
    let (disk, _) = full();
    let log = disk.names().into_iter().find(|name| name.starts_with("inventories")).unwrap();
    for at in 0..disk.len(&log) {
        let disk = disk.reboot(Reboot::All);
        disk.flip(&log, at);
        let (shelf, mut report) = Shelf::open_on(Box::new(disk), Residence::OnDemand).unwrap();
        report.notes.extend(shelf.verify().unwrap().notes);
        let told = |note: &Note| matches!(note, Note::TornTail { .. } | Note::LostRecords { .. });
        assert!(report.notes.iter().any(told), "byte {at}: {report:?}");
        assert!(state_of(&shelf).len() >= 4, "byte {at}");
    }
}

#[test]
fn a_log_cut_anywhere_or_gone_is_told_and_the_segments_still_answer() {
    let (disk, _) = full();
    let log = disk.names().into_iter().find(|name| name.starts_with("inventories")).unwrap();
    for len in (0..disk.len(&log)).map(Some).chain([None]) {
        let disk = disk.reboot(Reboot::All);
        disk.cut(&log, len);
        let opened = Shelf::open_on(Box::new(disk.clone()), Residence::OnDemand);
        let (shelf, report) = opened.unwrap();
        let kept = state_of(&shelf);
        assert!(kept.len() >= 3, "cut at {len:?}: {kept:?}");
        let told = |note: &Note| matches!(note, Note::TornTail { .. } | Note::LostRecords { .. });
        // A cut between two records cannot be told from a log that was never longer.
        let between = !report.notes.iter().any(told);
        assert!(!between || len.is_some_and(|len| len > 100), "cut at {len:?}");
        shelf.replace(name(8).borrowed(), &entries(&["3.0"])).unwrap();
        let after = state_of(&shelf);
        drop(shelf);
        let (shelf, report) = Shelf::open_on(Box::new(disk), Residence::OnDemand).unwrap();
        assert_eq!(state_of(&shelf), after, "cut at {len:?}");
        assert_eq!(report.notes, [], "cut at {len:?}");
    }
}

#[test]
fn a_real_folder_keeps_what_it_was_given_and_one_writer_at_a_time() {
    let path = std::env::temp_dir().join(format!("bongsu-shelf-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&path));
    let shelf = Shelf::create(&path, Residence::OnDemand).unwrap();
    for act in &ACTS[..6] {
        act.on_shelf(&shelf).unwrap();
    }
    let state = state_of(&shelf);
    assert!(matches!(Shelf::open(&path, Residence::Memory), Err(Error::Busy)));
    assert!(matches!(Shelf::create(&path, Residence::Memory), Err(Error::Busy)));
    let (reader, _) = Shelf::read(&path, Residence::OnDemand).unwrap();
    assert_eq!(state_of(&reader), state);
    assert!(matches!(reader.remove(name(1).borrowed()), Err(Error::Stopped)));
    drop(shelf);
    for residence in [Residence::Memory, Residence::OnDemand] {
        let (shelf, report) = Shelf::open(&path, residence).unwrap();
        assert_eq!(report.notes, []);
        assert_eq!(state_of(&shelf), state);
    }
    assert!(matches!(Shelf::create(&path, Residence::Memory), Err(Error::Exists)));
    std::fs::remove_dir_all(&path).unwrap();
    assert!(matches!(Shelf::read(&path, Residence::Memory), Err(Error::Missing)));
}
