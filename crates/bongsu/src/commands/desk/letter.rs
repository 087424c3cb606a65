//! What an institution is told: in two languages, with a case code, the reason for the letter, and no link.

use bongsu_response::escalation::{self, Owed};
use bongsu_response::{Act, Obligation};
use bongsu_store::Notice;
use jiff::Timestamp;

use super::show;
use crate::output::plain::plain;

/// Everything that a letter says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letter<'a> {
    /// Why it is written.
    pub(super) notice: Notice,
    /// The act it is about.
    pub(super) act: &'a Act,
    /// What the institution owes.
    pub(super) owed: &'a Obligation,
    /// Whom it addresses, in Korean.
    pub(super) name_ko: &'a str,
    /// Whom it addresses, in English.
    pub(super) name_en: &'a str,
    /// The post of the officer who answers.
    pub(super) title: &'a str,
    /// When it is written.
    pub(super) now: Timestamp,
}

impl Letter<'_> {
    /// The letter. Whatever an officer wrote is told without its links: nobody learns to follow one.
    pub(super) fn text(&self) -> String {
        let draft = &self.act.draft;
        let (why_ko, why_en) = self.why();
        let (ko, en) = self.duty();
        let code = format!(
            "{} {}",
            show::short(&self.act.id).to_uppercase(),
            show::short(&self.owed.institution).to_uppercase()
        );
        let (kind_ko, kind_en) = (self.act.kind.label_ko(), self.act.kind.label_en());
        let (name_ko, name_en, officer) = (self.name_ko, self.name_en, self.title);
        let (drill_ko, drill_en) = if draft.drill { ("[훈련] ", "[DRILL] ") } else { ("", "") };
        without_links(&format!(
            "{drill_ko}{name_ko} {officer}\n알림: {why_ko}\n[{kind_ko}] {}\n{ko}건 번호: {code}\n\n\
             {drill_en}{name_en} {officer}\nNotice: {why_en}\n[{kind_en}] {}\n{en}Case code: {code}\n",
            plain(&draft.title_ko),
            plain(&draft.title_en),
        ))
    }

    /// Why it is written; what is late is said first, for nobody reads further.
    fn why(&self) -> (String, String) {
        let late = match self.notice {
            Notice::Released => None,
            _ => escalation::overdue(self.owed, self.now),
        };
        let (late_ko, late_en) = late.map_or((String::new(), String::new()), |late| {
            let (ko, en) = what(late.owed);
            (format!("기한이 지났습니다({ko}). "), format!("You are late ({en}). "))
        });
        let (ko, en) = match self.notice {
            Notice::Issued => ("새 조치가 내려졌습니다.", "A new act asks you to do something."),
            Notice::Released => (
                "이 조치의 대상에서 제외되었습니다. 할 일이 없습니다.",
                "You are released from this act. Nothing is left to do.",
            ),
            Notice::Sooner => ("기한이 앞당겨졌습니다.", "Your deadlines became sooner."),
        };
        (format!("{late_ko}{ko}"), format!("{late_en}{en}"))
    }

    /// What is to be done by when; nothing for somebody who is released.
    fn duty(&self) -> (String, String) {
        if self.notice == Notice::Released {
            return (String::new(), String::new());
        }
        let (draft, clocks) = (&self.act.draft, &self.owed.clocks);
        let basis = draft.legal_basis.as_deref().map(plain);
        let line =
            |name: &str| basis.as_ref().map_or_else(String::new, |it| format!("{name}: {it}\n"));
        let (basis_ko, basis_en) = (line("법적 근거"), line("Legal basis"));
        let acknowledge = show::instant(clocks.acknowledge_by);
        let assess = show::instant(clocks.assess_by);
        let fix = clocks.fix_by.map_or_else(|| "-".to_owned(), show::instant);
        (
            format!(
                "할 일: {}\n{basis_ko}수신확인 기한: {acknowledge}\n영향확인 기한: {assess}\n조치 기한: {fix} ({})\n",
                plain(&draft.todo_ko),
                clocks.class.label_ko()
            ),
            format!(
                "To do: {}\n{basis_en}Acknowledge by: {acknowledge}\nAssess by: {assess}\nFix by: {fix} ({})\n",
                plain(&draft.todo_en),
                clocks.class.label_en()
            ),
        )
    }
}

fn what(owed: Owed) -> (&'static str, &'static str) {
    match owed {
        Owed::Acknowledgement => ("수신확인", "acknowledge"),
        Owed::Assessment => ("영향 판단", "assess"),
        Owed::Fix => ("조치", "fix"),
        Owed::Forensics => ("침해 점검", "forensic check"),
    }
}

/// Takes every word that a reader could follow out of a text.
fn without_links(text: &str) -> String {
    let pieces = text.split_inclusive(char::is_whitespace).flat_map(|piece| {
        let (word, space) = piece.split_at(piece.trim_end_matches(char::is_whitespace).len());
        [if is_link(word) { "[…]" } else { word }, space]
    });
    pieces.collect()
}

fn is_link(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let scheme = word.contains("://") || word.starts_with("mailto:") || word.starts_with("ftp:");
    scheme || word.contains("www.") || is_place(&word)
}

/// `host.tld/path`, as short links are written; a package URL is none.
fn is_place(word: &str) -> bool {
    let Some((host, _)) = word.trim_start_matches(['(', '[', '<', '"']).split_once('/') else {
        return false;
    };
    let name = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let ending = host.rsplit('.').next().unwrap_or_default();
    let lettered = ending.len() >= 2 && ending.bytes().all(|byte| byte.is_ascii_alphabetic());
    host.contains('.') && host.split('.').all(name) && lettered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_loses_its_links_and_nothing_else() {
        #[rustfmt::skip]
        let table = [
            // written                                told
            ("update to 2.17.1\nat once",             "update to 2.17.1\nat once"),
            ("see https://example.org/fix now",       "see […] now"),
            ("HTTPS://EXAMPLE.ORG",                   "[…]"),
            ("(www.example.org)\nthen call",          "[…]\nthen call"),
            ("mailto:desk@gaon.example\t118",         "[…]\t118"),
            ("pkg:maven/org.apache/log4j",            "pkg:maven/org.apache/log4j"),
            ("bit.ly/abc 접속",                         "[…] 접속"),
            ("1.2/3.4 or 24/7",                       "1.2/3.4 or 24/7"),
        ];
        for (written, told) in table {
            assert_eq!(without_links(written), told, "{written}");
        }
    }
}
