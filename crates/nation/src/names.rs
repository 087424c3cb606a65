//! Names of institutions: each once, the same for the same place in its group.

use crate::profile::Group;
use crate::words::{self, Endings, STEMS, TOPICS};

/// The Korean and the English name of the `number`-th institution of a group.
pub(crate) fn name(group: Group, number: u32) -> (String, String) {
    let number = number as usize;
    match group {
        Group::Military => {
            let (ko, en) = words::MILITARY[number % words::MILITARY.len()];
            let number = number + 1;
            (format!("제{number}{ko}"), format!("{} {en}", ordinal(number)))
        }
        Group::Central => {
            let (ko, en) = TOPICS[number % TOPICS.len()];
            let (ending_ko, ending_en) =
                words::CENTRAL[number / TOPICS.len() % words::CENTRAL.len()];
            // A nation of more central bodies than topics numbers them.
            match number / (TOPICS.len() * words::CENTRAL.len()) {
                0 => (format!("{ko}{ending_ko}"), format!("{en} {ending_en}")),
                more => {
                    (format!("{ko}{ending_ko} {more}국"), format!("{en} {ending_en} Bureau {more}"))
                }
            }
        }
        _ => of_stems(endings(group), number),
    }
}

/// One stem while they last, then two; the ending goes round fastest.
fn of_stems(endings: Endings, number: usize) -> (String, String) {
    let (ending_ko, ending_en) = endings[number % endings.len()];
    let place = number / endings.len();
    let (ko, en) = match place.checked_sub(STEMS.len()) {
        None => {
            let (ko, en) = STEMS[place];
            (ko.to_owned(), en.to_owned())
        }
        Some(pair) => {
            let first = pair % STEMS.len();
            let step = 1 + pair / STEMS.len();
            let second = (first + step) % STEMS.len();
            let ((ko, en), (more_ko, more_en)) = (STEMS[first], STEMS[second]);
            (format!("{ko}{more_ko}"), format!("{en} {more_en}"))
        }
    };
    (format!("{ko}{ending_ko}"), format!("{en} {ending_en}"))
}

fn endings(group: Group) -> Endings {
    match group {
        Group::Communications => words::COMMUNICATIONS,
        Group::Hosting => words::HOSTING,
        Group::Finance => words::FINANCE,
        Group::Health => words::HEALTH,
        Group::Energy => words::ENERGY,
        Group::Transport => words::TRANSPORT,
        Group::Industry => words::INDUSTRY,
        Group::SmallBusiness => words::SMALL_BUSINESS,
        Group::Province => words::PROVINCE,
        Group::Municipality => words::MUNICIPALITY,
        Group::PublicInstitution => words::PUBLIC_INSTITUTION,
        Group::LocalCorporation => words::LOCAL_CORPORATION,
        Group::EducationOffice => words::EDUCATION_OFFICE,
        Group::University => words::UNIVERSITY,
        Group::PublicHospital => words::PUBLIC_HOSPITAL,
        Group::Central => words::CENTRAL,
        Group::Military => words::MILITARY,
    }
}

fn ordinal(number: usize) -> String {
    let end = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_of_stem_and_ending() {
        #[rustfmt::skip]
        let table = [
            (Group::Finance,       0,   "누리은행",       "Nuri Bank"),
            (Group::Finance,       9,   "한별손해보험",   "Hanbyeol Insurance"),
            (Group::Military,      6,   "제7통신대대",    "7th Signal Bn."),
            (Group::Military,      11,  "제12보병사단",   "12th Infantry Div."),
            (Group::Central,       25,  "기상청",         "Weather Agency"),
            (Group::SmallBusiness, 3200, "누리한별정밀",  "Nuri Hanbyeol Precision"),
        ];
        for (group, number, ko, en) in table {
            assert_eq!(name(group, number), (ko.to_owned(), en.to_owned()));
        }
    }
}
