use proptest::prelude::*;

use super::*;
use crate::samples::{at, case, every_answer, knows_more};

/// The values of the columns and the outcome, as the publisher writes them, in the order of our columns.
fn published(file: &str) -> Option<Vec<Vec<String>>> {
    let kit = std::env::var_os("BONGSU_DATA").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        std::path::PathBuf::from,
    );
    let path = kit.join("ssvc/csv").join(file);
    let found =
        [path, kit.join("ssvc/csv/cisa").join(file)].into_iter().find(|path| path.is_file());
    let Some(path) = found else {
        eprintln!("skipped: no {file} in the data kit at {}", kit.display());
        return None;
    };
    let text = std::fs::read_to_string(path).unwrap();
    Some(text.lines().skip(1).map(|row| row.split(',').skip(1).map(ours).collect()).collect())
}

fn ours(theirs: &str) -> String {
    match theirs {
        "fix on system upgrade" => "next_upgrade",
        "60 days" => "sixty_days",
        "14 days" => "fourteen_days",
        "3 days" => "three_days",
        "3 days & forensic investigation" => "three_days_forensic",
        "public poc" => "poc",
        same => same,
    }
    .to_owned()
}

fn spelled<O: Outcome>(table: &Table<O>) -> Vec<Vec<String>> {
    let row = |row: &Row<O>| {
        let values = O::COLUMNS.iter().zip(&row.takes);
        let values = values.map(|(column, takes)| column.values()[takes[0]].to_owned());
        values.chain([row.outcome.spelling().to_owned()]).collect()
    };
    table.rows().iter().map(row).collect()
}

#[test]
fn the_shipped_tables_are_the_published_ones_row_by_row() {
    if let Some(rows) = published("cisa_bod_26_04_1_0_0.csv") {
        assert_eq!(rows.len(), 16);
        assert_eq!(spelled(&shipped_remediation()[0]), rows);
    }
    if let Some(rows) = published("cisa_coordinator_2_0_3.csv") {
        assert_eq!(rows.len(), 36);
        assert_eq!(spelled(&shipped_triage()[0]), rows);
    }
}

#[test]
fn the_remediation_table_says_what_the_domain_guide_says() {
    use RemediationClass::{
        FourteenDays, NextUpgrade, SixtyDays, ThreeDays, ThreeDaysForensic as Forensic,
    };
    #[rustfmt::skip]
    let table = [
        // listed exposed automatable  partial       total
        (false,   false,  false,       NextUpgrade,  NextUpgrade),
        (false,   false,  true,        SixtyDays,    SixtyDays),
        (false,   true,   false,       SixtyDays,    FourteenDays),
        (false,   true,   true,        FourteenDays, ThreeDays),
        (true,    false,  false,       FourteenDays, FourteenDays),
        (true,    false,  true,        FourteenDays, Forensic),
        (true,    true,   false,       FourteenDays, Forensic),
        (true,    true,   true,        ThreeDays,    Forensic),
    ];
    for (listed, exposed, automatable, partial, total) in table {
        for (impact, class) in [(Impact::Partial, partial), (Impact::Total, total)] {
            let exploitation = if listed { Exploitation::Active } else { Exploitation::Poc };
            let inputs = Inputs {
                exploitation: Some(exploitation),
                exposed: Some(exposed),
                automatable: Some(automatable),
                impact: Some(impact),
                mission: None,
            };
            let said = remediation(&inputs, at("2026-07-01T00:00Z"), None);
            assert_eq!((said.outcome, said.assumed), (class, vec![]), "{inputs:?}");
        }
    }
}

#[test]
fn the_triage_table_says_what_the_domain_guide_says() {
    use Attention::{Act, Attend, Track, TrackStar};
    // The condensed rules, which were written down independently of the rows.
    let none = |automatable: bool, total: bool, mission| match mission {
        Mission::High if automatable => Attend,
        Mission::High if total => TrackStar,
        _ => Track,
    };
    let poc = |automatable: bool, total: bool, mission| match mission {
        Mission::High if automatable || total => Attend,
        Mission::High => TrackStar,
        Mission::Medium if total => TrackStar,
        _ => Track,
    };
    let active = |automatable: bool, total: bool, mission| match (automatable, mission, total) {
        (true, Mission::High, _) | (_, Mission::High, true) | (true, Mission::Medium, true) => Act,
        (false, Mission::Low, _) | (false, Mission::Medium, false) => Track,
        _ => Attend,
    };
    let rule = |exploitation, automatable, total, mission| match exploitation {
        Exploitation::None => none(automatable, total, mission),
        Exploitation::Poc => poc(automatable, total, mission),
        Exploitation::Active => active(automatable, total, mission),
    };
    for inputs in every_answer().filter(|inputs| inputs.exposed == Some(true)) {
        let Inputs {
            exploitation: Some(exploitation),
            automatable: Some(automatable),
            impact: Some(impact),
            mission: Some(mission),
            ..
        } = inputs
        else {
            continue;
        };
        let wanted = rule(exploitation, automatable, impact == Impact::Total, mission);
        assert_eq!(triage(&inputs, at("2026-07-01T00:00Z"), None).outcome, wanted, "{inputs:?}");
    }
}

#[test]
fn what_is_not_known_takes_the_worst_value_and_is_named() {
    let unknown = case(Exploitation::None);
    let inputs = Inputs::of(&unknown, Exposure::NoInventory);
    let said = remediation(&inputs, at("2026-07-01T00:00Z"), None);
    assert_eq!(said.outcome, RemediationClass::ThreeDays);
    assert_eq!(said.row, 15);
    assert_eq!(said.table, "CISA BOD 26-04");
    assert_eq!(said.assumed, [Input::Exposed, Input::Automatable, Input::Impact]);

    let said = triage(&inputs, at("2026-07-01T00:00Z"), None);
    assert_eq!((said.outcome, said.row), (Attention::Attend, 9));
    assert_eq!(said.assumed, [Input::Automatable, Input::Impact, Input::Mission]);

    let inputs = Inputs::of(&unknown, Exposure::Inside);
    assert_eq!(inputs.exposed, Some(false));
}

#[test]
fn a_table_rules_from_its_first_day_and_the_first_one_before_that() {
    let inputs = Inputs::default();
    let own = National { remediation: Some(national(SOFT_BUT_SAYS_SO).unwrap()), triage: None };
    let named = |time: &str| remediation(&inputs, at(time), Some(&own)).table;
    assert_eq!(named("2020-01-01T00:00Z"), "CISA BOD 26-04");
    assert_eq!(named("2026-06-30T14:59:59Z"), "CISA BOD 26-04");
    assert_eq!(named("2026-06-30T15:00Z"), "Gaon");
    assert_eq!(named("2027-06-30T15:00Z"), "CISA BOD 26-04");
}

const SOFT_BUT_SAYS_SO: &str = "\
name: Gaon
version: 2
from: 2026-07-01T00:00+09
until: 2027-07-01T00:00+09
source: Security Coordination Office
eases: decree 2026-17, article 3
# a comment
listed, exposed, automatable, impact, class
any,    any,     any,         any,    sixty_days
";

fn national(text: &str) -> Result<Table<RemediationClass>, TableError> {
    Table::national(text, &shipped_remediation()[0])
}

#[test]
fn a_milder_table_is_refused_unless_it_says_on_which_basis() {
    let table = national(SOFT_BUT_SAYS_SO).unwrap();
    assert_eq!(table.eases(), Some("decree 2026-17, article 3"));
    // Eleven of the sixteen questions are answered with fourteen days or three.
    assert_eq!(table.milder_than(&shipped_remediation()[0]).len(), 11);

    let silent = SOFT_BUT_SAYS_SO.replace("eases: decree 2026-17, article 3\n", "");
    let error = national(&silent).unwrap_err().to_string();
    assert!(error.contains("milder than") && error.contains("`eases: …`"), "{error}");
    let empty = SOFT_BUT_SAYS_SO.replace(" decree 2026-17, article 3", "");
    assert_eq!(national(&empty), Err(TableError::Head { line: "eases" }));
    let strict = silent.replace("sixty_days", "three_days_forensic");
    assert!(national(&strict).is_ok());
}

#[test]
fn a_table_with_a_hole_or_an_overlap_or_a_word_we_do_not_know_is_refused() {
    let head = "name: Gaon\nversion: 1\nfrom: 2026-07-01T00:00+09\nsource: office\n";
    let columns = "listed,exposed,automatable,impact,class\n";
    #[rustfmt::skip]
    let table = [
        // head and rows                                                              what is said
        (format!("{head}{columns}yes,any,any,any,three_days"),                        "no row answers listed=no, exposed=no, automatable=no, impact=partial"),
        (format!("{head}{columns}any,any,any,any,three_days\nyes,no,no,total,three_days"), "rows 1 and 2 both answer listed=yes, exposed=no, automatable=no, impact=total"),
        (format!("{head}{columns}any,any,any,any,soon"),                              "line 6: `soon` is not a value of `class`"),
        (format!("{head}{columns}maybe,any,any,any,three_days"),                      "line 6: `maybe` is not a value of `listed`; write one of no, yes"),
        (format!("{head}{columns}any,any,any,three_days"),                            "line 6: the columns must be `listed,exposed,automatable,impact,class`"),
        (format!("{head}{columns}any,any,any,any,any,three_days"),                    "line 6: the columns must be"),
        (format!("{head}listed,exposed,class\n"),                                     "line 5: the columns must be"),
        (format!("{head}{head}{columns}any,any,any,any,three_days"),                  "exactly one line `name: …`"),
        (format!("{head}until: 2026-07-01T00:00+09\n{columns}any,any,any,any,three_days"), "ends before it begins"),
        (format!("{head}until: 2026-07-01T00:00\n{columns}any,any,any,any,three_days"), "`2026-07-01T00:00` is not a time with an offset"),
        (format!("{head}mood: good\n{columns}any,any,any,any,three_days"),            "line 5: `mood` is neither"),
        (head.replace("version: 1", "version:") + columns + "any,any,any,any,three_days", "exactly one line `version: …`"),
        (String::from("name: Gaon\n"),                                                "exactly one line `from: …`"),
        (String::new(),                                                               "exactly one line `from: …`"),
        ("#".repeat(MAX_TEXT_BYTES + 1),                                              "over the limit of 65536"),
    ];
    for (text, wanted) in table {
        let error = national(&text).expect_err(wanted).to_string();
        assert!(error.contains(wanted), "{error}, wanted {wanted}");
    }
}

#[test]
fn values_may_stand_together_in_a_cell() {
    let text = "name: t\nversion: 1\nfrom: 2026-07-01T00:00Z\nsource: s\n
        exploitation,automatable,impact,mission,attention
        active,any,any,any,act
        none|poc,any,any,any,attend";
    let table: Table<Attention> = Table::national(text, &shipped_triage()[0]).unwrap();
    let none = Inputs { exploitation: Some(Exploitation::None), ..Inputs::default() };
    assert_eq!(table.decide(&none).outcome, Attention::Attend);
    assert_eq!(table.decide(&Inputs::default()).row, 1);
}

#[test]
fn every_outcome_and_every_value_has_its_own_spelling() {
    let spelled: Vec<_> =
        RemediationClass::SPELLINGS.iter().map(|(class, _)| class.strictness()).collect();
    assert_eq!(spelled, [0, 1, 2, 3, 4]);
    let spelled: Vec<_> = Attention::SPELLINGS.iter().map(|(is, _)| *is as usize).collect();
    assert_eq!(spelled, [0, 1, 2, 3]);
    let worst = Inputs {
        exploitation: Some(Exploitation::Active),
        exposed: Some(true),
        automatable: Some(true),
        impact: Some(Impact::Total),
        mission: Some(Mission::High),
    };
    for input in RemediationClass::COLUMNS.iter().chain(Attention::COLUMNS) {
        assert_eq!(input.known(&worst), Some(input.values().len() - 1), "{input:?}");
    }
}

#[test]
fn learning_a_fact_never_makes_it_sooner_than_what_was_assumed() {
    let now = at("2026-07-01T00:00Z");
    for less in every_answer() {
        let (class, attention) = (remediation(&less, now, None), triage(&less, now, None));
        for more in every_answer().filter(|more| knows_more(*more, less)) {
            let learned = remediation(&more, now, None).outcome;
            assert!(learned.strictness() <= class.outcome.strictness(), "{less:?} then {more:?}");
            assert!(
                triage(&more, now, None).outcome <= attention.outcome,
                "{less:?} then {more:?}"
            );
        }
    }
}

proptest! {
    /// The slow way is the specification: fill every unknown in every way, and take the strictest.
    #[test]
    fn any_table_decides_as_the_worst_of_all_that_may_be(
        outcomes in proptest::collection::vec(0_usize..5, 16),
        exploitation in proptest::option::of(prop::sample::select(vec![Exploitation::None, Exploitation::Active])),
        exposed in proptest::option::of(any::<bool>()),
        automatable in proptest::option::of(any::<bool>()),
        impact in proptest::option::of(prop::sample::select(vec![Impact::Partial, Impact::Total])),
    ) {
        let row = |(number, outcome): (usize, &usize)| {
            let word = |bit: usize, input: Input| input.values()[usize::from(number & bit != 0)];
            let columns = [word(8, Input::Listed), word(4, Input::Exposed), word(2, Input::Automatable), word(1, Input::Impact)];
            format!("{},{}", columns.join(","), RemediationClass::SPELLINGS[*outcome].1)
        };
        let head = "name: t\nversion: 1\nfrom: 2026-07-01T00:00Z\nsource: s\nlisted,exposed,automatable,impact,class";
        let rows = outcomes.iter().enumerate().map(row);
        let text = [head.to_owned()].into_iter().chain(rows).collect::<Vec<_>>().join("\n");
        let table: Table<RemediationClass> = Table::read(&text).unwrap();
        let inputs = Inputs { exploitation, exposed, automatable, impact, mission: None };
        let fits = |number: usize| {
            exploitation.is_none_or(|is| (is == Exploitation::Active) == (number & 8 != 0))
                && exposed.is_none_or(|is| is == (number & 4 != 0))
                && automatable.is_none_or(|is| is == (number & 2 != 0))
                && impact.is_none_or(|is| (is == Impact::Total) == (number & 1 != 0))
        };
        let slow = (0..16).filter(|number| fits(*number)).map(|number| outcomes[number]).max().unwrap();
        let said = table.decide(&inputs);
        prop_assert_eq!(said.outcome.strictness(), slow);
        prop_assert!(fits(said.row - 1));
        prop_assert_eq!(outcomes[said.row - 1], slow);
    }
}
