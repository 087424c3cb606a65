//! How a register keeps a hundred thousand institutions: stations as numbers, labels as bits, names in one piece.

use std::collections::HashMap;

use crate::{Institution, InstitutionId, Mark, NodeCode, Ownership, Size};

/// The number that stands for "none" in a chain or a row.
pub(super) const NONE: u32 = u32::MAX;
const NO_RELAY: u16 = u16::MAX;

/// An institution, packed.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) id: InstitutionId,
    /// Korean name, then English name.
    names: Box<str>,
    /// The newest appointment at it, or [`NONE`].
    pub(super) newest: u32,
    /// Where the English name begins, in bytes.
    cut: u16,
    competent: u16,
    relay: u16,
    pub(super) ownership: Ownership,
    size: Size,
    province: u8,
    marks: u8,
}

fn holds(name: &str, text: &str) -> bool {
    let (name, text) = (name.as_bytes(), text.as_bytes());
    let Some(first) = text.first().map(u8::to_ascii_lowercase) else { return true };
    let Some(last) = name.len().checked_sub(text.len()) else { return false };
    let at = |from: usize| name[from..from + text.len()].eq_ignore_ascii_case(text);
    (0..=last).any(|from| name[from].to_ascii_lowercase() == first && at(from))
}

/// Station codes and sets of them, each kept once.
#[derive(Clone, Debug, Default)]
pub(super) struct Stations {
    codes: Vec<NodeCode>,
    numbers: HashMap<NodeCode, u16>,
    sets: Vec<Box<[u16]>>,
    set_numbers: HashMap<Box<[u16]>, u16>,
}

impl Stations {
    /// Every station that some institution has or had.
    pub(super) fn codes(&self) -> &[NodeCode] {
        &self.codes
    }

    /// The number of a station, if any institution has it.
    pub(super) fn number(&self, code: &NodeCode) -> Option<u16> {
        self.numbers.get(code).copied()
    }

    fn keep(&mut self, code: &NodeCode) -> Option<u16> {
        if let Some(number) = self.number(code) {
            return Some(number);
        }
        let number = u16::try_from(self.codes.len()).ok().filter(|number| *number < NO_RELAY)?;
        self.codes.push(code.clone());
        self.numbers.insert(code.clone(), number);
        Some(number)
    }

    fn keep_set(&mut self, set: Box<[u16]>) -> Option<u16> {
        if let Some(number) = self.set_numbers.get(&set) {
            return Some(*number);
        }
        let number = u16::try_from(self.sets.len()).ok()?;
        self.sets.push(set.clone());
        self.set_numbers.insert(set, number);
        Some(number)
    }
}

impl Row {
    /// Packs; none where the nation has more than 65,000 stations or combinations of ministries, or a name is too long.
    pub(super) fn pack(of: &Institution, newest: u32, stations: &mut Stations) -> Option<Self> {
        let competent: Option<Box<[u16]>> =
            of.competent.iter().map(|code| stations.keep(code)).collect();
        let relay = match &of.relay {
            Some(code) => stations.keep(code)?,
            None => NO_RELAY,
        };
        Some(Self {
            id: of.id,
            names: format!("{}{}", of.name_ko, of.name_en).into_boxed_str(),
            newest,
            cut: u16::try_from(of.name_ko.len()).ok()?,
            competent: stations.keep_set(competent?)?,
            relay,
            ownership: of.ownership,
            size: of.size,
            province: of.province,
            marks: of.marks.iter().fold(0, |bits, mark| bits | bit(*mark)),
        })
    }

    pub(super) fn name_ko(&self) -> &str {
        &self.names[..usize::from(self.cut)]
    }

    pub(super) fn unpack(&self, stations: &Stations) -> Institution {
        let (ko, en) = self.names.split_at(usize::from(self.cut));
        let code = |number: &u16| stations.codes[usize::from(*number)].clone();
        Institution {
            id: self.id,
            name_ko: ko.to_owned(),
            name_en: en.to_owned(),
            ownership: self.ownership,
            competent: stations.sets[usize::from(self.competent)].iter().map(code).collect(),
            relay: (self.relay != NO_RELAY).then(|| code(&self.relay)),
            size: self.size,
            province: self.province,
            marks: MARKS.into_iter().filter(|mark| self.has(*mark)).collect(),
        }
    }

    /// Does one of its names hold a text? Latin letters fit in either case.
    pub(super) fn is_named(&self, text: &str) -> bool {
        let (ko, en) = self.names.split_at(usize::from(self.cut));
        holds(ko, text) || holds(en, text)
    }

    pub(super) fn has(&self, mark: Mark) -> bool {
        self.marks & bit(mark) != 0
    }

    pub(super) fn is_served_by(&self, relay: u16) -> bool {
        self.relay == relay
    }

    pub(super) fn is_under(&self, sector: u16, stations: &Stations) -> bool {
        stations.sets[usize::from(self.competent)].contains(&sector)
    }
}

const MARKS: [Mark; 7] = [
    Mark::Major,
    Mark::Critical,
    Mark::IsmsObliged,
    Mark::SharingMember,
    Mark::ServiceProvider,
    Mark::Supplier,
    Mark::AirGapped,
];

fn bit(mark: Mark) -> u8 {
    match mark {
        Mark::Major => 1,
        Mark::Critical => 2,
        Mark::IsmsObliged => 4,
        Mark::SharingMember => 8,
        Mark::ServiceProvider => 16,
        Mark::Supplier => 32,
        Mark::AirGapped => 64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_either_case_and_never_across_its_end() {
        let table = [
            ("가온은행", "가온", true),
            ("가온은행", "은행원", false),
            ("Gaon Bank", "gaon b", true),
            ("Gaon Bank", "BANK", true),
            ("Gaon", "Gaon Bank", false),
            ("", "g", false),
        ];
        for (name, text, found) in table {
            assert_eq!(holds(name, text), found, "{text} in {name}");
        }
    }
}
