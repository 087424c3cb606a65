//! One entry of an advisory against one version.

use bongsu_advisory::{Affected, Status, Versions};

use crate::rulebook::Rulebook;
use crate::{Answer, Why};

/// The answer of one entry, and the rule that gave it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Judged {
    /// The answer.
    pub answer: Answer,
    /// Why.
    pub why: Why,
    /// Where in the document the rule stands, as a JSON pointer.
    pub field: String,
}

/// Judges a version by one entry.
///
/// Exact versions outrank ranges; ranges that agree decide together; ranges that contradict each
/// other leave it open. A rule that cannot be compared leaves it open unless another rule already
/// says *affected*. `epoch_known` is false for an RPM version text that came without its epoch.
///
/// The rules are read anew each time; [`Speaking::judge`](crate::Speaking::judge) reads them once for
/// all components.
pub fn judge(entry: &Affected, version: Option<&str>, epoch_known: bool) -> Judged {
    judge_by(&Rulebook::of(entry), entry, version, epoch_known)
}

/// As [`judge`], by the rules as they were read before from the same entry.
pub(crate) fn judge_by(
    book: &Rulebook,
    entry: &Affected,
    version: Option<&str>,
    epoch_known: bool,
) -> Judged {
    let says = |status: Status, why: Why, field: &str| Judged {
        answer: answer_of(status),
        why,
        field: field.to_owned(),
    };
    let all = book.all.and_then(|rule| entry.rules.get(rule));
    if let Some(rule) = all.filter(|_| !book.is_narrow()) {
        return says(rule.status, Why::AllVersions { status: rule.status }, &rule.field);
    }
    let Some(version) = version else {
        return open(entry, Why::NoVersion);
    };
    let scheme = entry.scheme;
    let reading = book.read(entry, version, epoch_known);
    if let Some(rule) = reading.listed {
        let Versions::One(text) = &rule.versions else {
            unreachable!("only exact rules are listed")
        };
        let why = Why::Listed { status: rule.status, version: text.clone(), scheme };
        return says(rule.status, why, &rule.field);
    }
    if let Some((rule, range)) = reading.affecting {
        if reading.clearing.is_some() {
            return open(entry, Why::Contradicted);
        }
        let why = Why::InRange { status: rule.status, range: range.clone(), scheme };
        return says(rule.status, why, &rule.field);
    }
    if let Some(why) = reading.unclear {
        return open(entry, why);
    }
    if let Some((rule, range)) = reading.clearing {
        let why = Why::InRange { status: rule.status, range: range.clone(), scheme };
        return says(rule.status, why, &rule.field);
    }
    if let Some(why) = speechless(book, entry) {
        return open(entry, why);
    }
    if let Some(rule) = all {
        return says(rule.status, Why::AllVersions { status: rule.status }, &rule.field);
    }
    if book.clears_only && entry.otherwise == Status::Unknown {
        return says(Status::Unaffected, Why::Silent, &entry.field);
    }
    says(entry.otherwise, Why::Otherwise { status: entry.otherwise, scheme }, &entry.field)
}

/// Why an entry whose rules hold no version says nothing about any.
fn speechless(book: &Rulebook, entry: &Affected) -> Option<Why> {
    if let Some(Versions::Words(words)) = book.words.map(|rule| &entry.rules[rule].versions) {
        // Words beside ranges may say anything, so what no range covers stays open.
        return Some(Why::WordsOnly { words: words.clone() });
    }
    let speaks = book.is_narrow() || book.all.is_some();
    (book.commits && !speaks).then_some(Why::CommitsOnly)
}

fn open(entry: &Affected, why: Why) -> Judged {
    Judged { answer: Answer::CannotTell, why, field: entry.field.clone() }
}

fn answer_of(status: Status) -> Answer {
    match status {
        Status::Affected => Answer::Affected,
        Status::Unaffected => Answer::NotAffected,
        Status::Unknown => Answer::CannotTell,
    }
}
