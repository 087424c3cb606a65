//! What leaves carries no link, and nobody writes into the head of a mail.

use bongsu_desk::code::Code;
use bongsu_relay::carry::Zone;
use bongsu_relay::carry::letter::Letter;
use bongsu_relay::carry::mail::Mail;
use bongsu_relay::carry::plain::line;
use bongsu_response::{Act, Obligation};
use bongsu_store::Notice;
use bongsu_store::suite::Seeded;
use jiff::SignedDuration;

use crate::sinks::Letter as Received;
use crate::world::Town;

/// What could be followed.
const LINKS: [&str; 14] = [
    "https://evil.example/x",
    "http://evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "www.evil.example",
    "evil.example.com/login",
    "evil.co.kr",
    "bit.ly/abc",
    "mailto:a@evil.example",
    "tel:+82212345678",
    "ｈｔｔｐｓ://evil.example",
    "ht\u{200b}tps://evil.example",
    "(https://evil.example)",
    "ftp://evil.example",
    "javascript:alert(1)",
];

fn follows(text: &str) -> bool {
    let text = text.to_lowercase();
    ["://", "www.", "evil", "mailto:", "tel:", "javascript:", "bit.ly"]
        .iter()
        .any(|it| text.contains(it))
}

/// Every text of every notice, with something in every field that a person or an office could have written.
fn texts(act: &Act, (owed, code): (&Obligation, Code), payload: &str) -> Vec<String> {
    let mut act = act.clone();
    let draft = &mut act.draft;
    for field in [&mut draft.title_ko, &mut draft.title_en, &mut draft.todo_ko, &mut draft.todo_en]
    {
        *field = format!("조치 {payload} 지금");
    }
    draft.legal_basis = Some(payload.to_owned());
    let named = format!("기관 {payload}");
    let (zone, mut all) = (Zone::default(), Vec::new());
    for notice in [Notice::Issued, Notice::Released, Notice::Sooner, Notice::Late] {
        for drill in [false, true] {
            for now in [owed.created_at, owed.clocks.assess_by + SignedDuration::from_hours(9)] {
                act.draft.drill = drill;
                let (act, name_ko, name_en, title, zone) = (&act, &named, &named, payload, &zone);
                let letter = Letter { notice, act, owed, code, name_ko, name_en, title, zone, now };
                let (ko, en) = letter.parts();
                assert!(letter.short().encode_utf16().count() <= 70, "{}", letter.short());
                all.extend([letter.text(), letter.subject(), letter.short(), ko, en]);
            }
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn no_message_to_people_carries_a_link() {
    let mut town = Town::of(1).await;
    let act = town.urgent("VPN");
    let (act, owed) = town.desk.store().told(act, &[town.institution(0)]).unwrap().unwrap();
    let held = town.desk.register().accountable(owed[0].institution, town.now()).map(|it| it.id);
    let code = town.desk.codes(town.now()).unwrap().code(act.id, owed[0].institution, held);
    let mut looked = 0;
    for link in LINKS {
        for text in texts(&act, (&owed[0], code), link) {
            let mail = mail(&text, &text);
            for text in [text, mail.text(), mail.header("Subject")] {
                assert!(!follows(&text), "{link}: {text}");
                looked += 1;
            }
        }
    }
    assert_eq!(looked, LINKS.len() * 4 * 2 * 2 * 5 * 3);
}

fn mail(subject: &str, text: &str) -> Received {
    let mail = Mail {
        from: "desk@bongsu.example".parse().unwrap(),
        to: "ciso@office.example".parse().unwrap(),
        subject: subject.to_owned(),
        text: text.to_owned(),
        id: "m_1_1".to_owned(),
        at: "2026-11-22T09:00:00Z".parse().unwrap(),
    };
    let (envelope, bytes) = mail.bytes();
    assert_eq!(envelope.to().len(), 1);
    Received { to: String::new(), raw: String::from_utf8(bytes).unwrap() }
}

/// Payloads of line ends, directions and encoded words, around something that would be a header.
fn payloads() -> Vec<String> {
    let breaks = [
        "\r\n",
        "\n",
        "\r",
        "\r\n\r\n",
        "\u{85}",
        "\u{2028}",
        "\u{2029}",
        "\u{b}",
        "\u{c}",
        "\0",
        "%0d%0a",
        "\\r\\n",
        "=?utf-8?q?=0d=0a?=",
        "=?utf-8?b?DQo=?=",
        "=?us-ascii?q?x?=\r\n ",
        "\u{202e}",
        "\u{2066}",
        "\u{200f}",
        "\t\r\n ",
        "\u{feff}\r\n",
    ];
    let heads = [
        "Bcc: victim@evil.example",
        "Subject: other",
        "Content-Type: text/html",
        "To: a@evil.example",
        "\r\n.\r\nMAIL FROM:<a@evil.example>",
    ];
    let mut chance = Seeded(1);
    let mut all = Vec::new();
    for cut in breaks {
        for head in heads {
            for _ in 0..4 {
                let (before, after) = (chance.place(9), chance.place(9));
                all.push(format!("{}{cut}{head}{}", "가".repeat(before), "b".repeat(after)));
            }
        }
    }
    all
}

#[test]
fn four_hundred_payloads_write_nothing_into_the_head_of_a_mail() {
    let payloads = payloads();
    assert!(payloads.len() >= 400);
    for payload in payloads {
        let mail = mail(&format!("[봉수] {payload}"), &format!("{payload}\n{payload}"));
        let bare = mail.raw.replace("\r\n", "");
        assert!(!bare.contains(['\r', '\n', '\0']), "{payload:?}");
        let (head, _) = mail.raw.split_once("\r\n\r\n").unwrap();
        let lines = head.replace("\r\n ", " ");
        let mut names: Vec<_> = lines.lines().map(|line| line.split_once(':').unwrap().0).collect();
        names.sort_unstable();
        assert_eq!(names, HEADS, "{payload:?}: {head}");
        assert_eq!(mail.header("To"), "ciso@office.example");
        assert_eq!(mail.header("Content-Type"), "text/plain; charset=utf-8");
        for told in [line(&payload).into_owned(), mail.text()] {
            let odd = |c: char| c != '\r' && c != '\n' && (c.is_control() || TURNS.contains(&c));
            assert!(!told.contains("=?") && !told.contains(odd), "{told:?}");
        }
    }
}

/// The head of each mail: these, each once.
const HEADS: [&str; 8] = [
    "Auto-Submitted",
    "Content-Transfer-Encoding",
    "Content-Type",
    "Date",
    "From",
    "Message-ID",
    "Subject",
    "To",
];

const TURNS: [char; 5] = ['\u{202e}', '\u{2066}', '\u{200f}', '\u{2028}', '\u{2029}'];
