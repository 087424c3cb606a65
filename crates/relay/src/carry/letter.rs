//! What an institution is told: in two languages, with a case code, the reason for the letter, and no link.

use bongsu_desk::code::Code;
use bongsu_response::escalation::{self, Owed};
use bongsu_response::{Act, Obligation};
use bongsu_store::Notice;
use jiff::Timestamp;

use super::plain::{line, without_links};
use super::zone::Zone;

/// Everything that a letter says.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// Why it is written.
    pub notice: Notice,
    /// The act it is about.
    pub act: &'a Act,
    /// What the institution owes.
    pub owed: &'a Obligation,
    /// The code by which it is spoken of, and by which a small institution answers.
    pub code: Code,
    /// Whom it addresses, in Korean.
    pub name_ko: &'a str,
    /// Whom it addresses, in English.
    pub name_en: &'a str,
    /// The post of the officer who answers.
    pub title: &'a str,
    /// In which zone they read a clock.
    pub zone: &'a Zone,
    /// When it is written.
    pub now: Timestamp,
}

impl Letter<'_> {
    /// The letter. Whatever an officer wrote is told without its links: nobody learns to follow one.
    pub fn text(&self) -> String {
        let (ko, en) = self.parts();
        format!("{ko}\n{en}")
    }

    /// The letter in Korean and in English.
    pub fn parts(&self) -> (String, String) {
        let draft = &self.act.draft;
        let (why_ko, why_en) = self.why();
        let (ko, en) = self.duty();
        let code = self.code;
        let (kind_ko, kind_en) = (self.act.kind.label_ko(), self.act.kind.label_en());
        let (name_ko, name_en) = (line(self.name_ko), line(self.name_en));
        let officer = line(self.title);
        let (drill_ko, drill_en) = if draft.drill { ("[훈련] ", "[DRILL] ") } else { ("", "") };
        let ko = format!(
            "{drill_ko}{name_ko} {officer}\n알림: {why_ko}\n[{kind_ko}] {}\n{ko}건 번호: {code}\n",
            line(&draft.title_ko)
        );
        let en = format!(
            "{drill_en}{name_en} {officer}\nNotice: {why_en}\n[{kind_en}] {}\n{en}Case code: {code}\n",
            line(&draft.title_en)
        );
        (without_links(&ko), without_links(&en))
    }

    /// One line for the head of a mail; no name, no link.
    pub fn subject(&self) -> String {
        let draft = &self.act.draft;
        let drill = if draft.drill { "[훈련 DRILL] " } else { "" };
        let late = escalation::overdue(self.owed, self.now).is_some();
        let (why_ko, why_en) = match self.notice {
            Notice::Released => ("대상 해제", "released"),
            Notice::Sooner => ("기한 단축", "sooner"),
            Notice::Late if late => ("독려: 기한 경과", "reminder: late"),
            Notice::Late => ("독려", "reminder"),
            Notice::Issued if late => ("기한 경과", "late"),
            Notice::Issued => (self.act.kind.label_ko(), self.act.kind.label_en()),
        };
        let titles: String =
            without_links(&line(&draft.title_ko)).chars().take(TITLE_IN_SUBJECT).collect();
        format!("{drill}[봉수 {why_ko} / {why_en}] {titles} · {}", self.code)
    }

    /// What fits into one short message: which case, what, by when. Never a title: it is not known who reads along.
    pub fn short(&self) -> String {
        let drill = if self.act.draft.drill { "훈련 " } else { "" };
        let code = self.code.to_string().replace(' ', "");
        let due = escalation::current(self.owed).map(|it| it.due);
        let text = match (self.notice, due) {
            (Notice::Released, _) | (_, None) => format!("[봉수] {drill}{code} 대상 해제"),
            (_, Some(due)) if due < self.now => {
                format!("[봉수] {drill}{code} 기한 지남 {}. 봉수에서 확인", self.zone.short(due))
            }
            (_, Some(due)) => {
                format!("[봉수] {drill}{code} 기한 {}. 봉수에서 확인", self.zone.short(due))
            }
        };
        debug_assert!(text.encode_utf16().count() <= UNITS_OF_A_PART, "{text}");
        text
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
            Notice::Late => {
                ("독려: 아직 답이 오지 않았습니다.", "Reminder: your answer is still awaited.")
            }
        };
        (format!("{late_ko}{ko}"), format!("{late_en}{en}"))
    }

    /// What is to be done by when; nothing for somebody who is released.
    fn duty(&self) -> (String, String) {
        if self.notice == Notice::Released {
            return (String::new(), String::new());
        }
        let (draft, clocks) = (&self.act.draft, &self.owed.clocks);
        let basis = draft.legal_basis.as_deref().map(line);
        let named =
            |name: &str| basis.as_ref().map_or_else(String::new, |it| format!("{name}: {it}\n"));
        let (basis_ko, basis_en) = (named("법적 근거"), named("Legal basis"));
        let acknowledge = self.zone.both(clocks.acknowledge_by);
        let assess = self.zone.both(clocks.assess_by);
        let fix = clocks.fix_by.map_or_else(|| "-".to_owned(), |at| self.zone.both(at));
        (
            format!(
                "할 일: {}\n{basis_ko}수신확인 기한: {acknowledge}\n영향확인 기한: {assess}\n조치 기한: {fix} ({})\n",
                line(&draft.todo_ko),
                clocks.class.label_ko()
            ),
            format!(
                "To do: {}\n{basis_en}Acknowledge by: {acknowledge}\nAssess by: {assess}\nFix by: {fix} ({})\n",
                line(&draft.todo_en),
                clocks.class.label_en()
            ),
        )
    }
}

/// UTF-16 units of one part of a short message.
pub const UNITS_OF_A_PART: usize = 70;

const TITLE_IN_SUBJECT: usize = 60;

/// What is owed, in Korean and in English.
pub(crate) fn what(owed: Owed) -> (&'static str, &'static str) {
    match owed {
        Owed::Acknowledgement => ("수신확인", "acknowledge"),
        Owed::Assessment => ("영향 판단", "assess"),
        Owed::Fix => ("조치", "fix"),
        Owed::Forensics => ("침해 점검", "forensic check"),
    }
}
