//! The narration: eighty columns, the time of the exercise on the left, measured times in the text.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use bongsu_nation::Gaon;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use super::api::Api;
use super::stage::Props;
use crate::cli::serve::Lang;

/// Tells what happens, in one language, with the word of the other beside each heading.
#[derive(Debug)]
pub(super) struct Teller {
    lang: Lang,
    pace: Duration,
}

impl Teller {
    pub(super) fn new(lang: Lang, pace: Duration) -> Self {
        Self { lang, pace }
    }

    fn pick<'a>(&self, ko: &'a str, en: &'a str) -> &'a str {
        if self.lang == Lang::Ko { ko } else { en }
    }

    /// Where the exercise takes place.
    pub(super) fn nation(
        &self,
        gaon: &Gaon,
        (systems, components): (u64, u64),
        took: Duration,
        address: SocketAddr,
    ) {
        let institutions = gaon.institutions().len();
        println!(
            "봉수 Bongsu · {}",
            self.pick("훈련 국가 가온", "a drill in the sample nation Gaon")
        );
        println!(
            "{institutions} {} · {systems} {} · {components} {} · {:.1} s",
            self.pick("기관", "institutions"),
            self.pick("시스템", "systems"),
            self.pick("구성요소", "components"),
            took.as_secs_f64()
        );
        println!("{} http://{address}\n", self.pick("서버", "the server answers at"));
    }

    /// A scene: when, and what it is about in both languages.
    pub(super) async fn scene(&self, at: Timestamp, ko: &str, en: &str) {
        tokio::time::sleep(self.pace).await;
        let korea = at.to_zoned(TimeZone::fixed(Offset::constant(9)));
        let day = DAYS[usize::from(korea.weekday().to_monday_zero_offset().unsigned_abs())];
        println!("{day} {}  {ko} · {en}", korea.strftime("%H:%M"));
    }

    /// One line of what happened.
    pub(super) fn line(&self, ko: &str, en: &str) {
        println!("              {}", self.pick(ko, en));
    }

    pub(super) fn failed(&self, error: &anyhow::Error) {
        let said = self.pick("훈련이 여기서 멈췄습니다", "the exercise stopped here");
        eprintln!("{said}: {error:#}");
    }

    /// Where to look further, and as whom.
    pub(super) async fn doors(&self, api: &Api, props: &Props) -> Result<()> {
        println!();
        println!(
            "{}",
            self.pick(
                "서버는 계속 답합니다. 훈련 시계는 멈춰 있어 아래 토큰도 끝나지 않습니다.",
                "The server stays. The drill's clock stands, so these tokens do not end."
            )
        );
        let ciso = props.some_ciso();
        #[rustfmt::skip]
        let doors = [
            ("apex analyst 총괄 분석관", "APEX-ANALYST-01".to_owned(), "/api/v1/cases"),
            ("coordinator  조정기관", "COORD_PRIV-ANALYST-01".to_owned(), "/api/v1/cases"),
            ("lead ministry 소관 부처", "LEAD_PRIV-ANALYST-01".to_owned(), "/api/v1/acts"),
            ("institution  기관 CISO", ciso, "/api/v1/obligations"),
        ];
        for (role, title, path) in doors {
            let Ok(person) = props.officer(&title) else { continue };
            println!("# {role}: {title}");
            println!("curl -sH 'Authorization: Bearer {}' \\", api.token(person).await?);
            println!("  http://{}{path}", api.address);
        }
        println!(
            "# {}: http://{}/api/openapi.json",
            self.pick("전체 API", "everything"),
            api.address
        );
        println!(
            "{}",
            self.pick(
                "Ctrl-C 로 끝냅니다; 남는 것은 없습니다.",
                "Ctrl-C ends it; nothing is left behind."
            )
        );
        Ok(())
    }

    pub(super) fn bye(&self) {
        println!(
            "{}",
            self.pick(
                "끝: 답하던 것을 마치고 지웁니다",
                "done: answers are finished, then everything goes"
            )
        );
    }
}

/// The days of a week, from Monday on.
const DAYS: [&str; 7] = ["월 Mon", "화 Tue", "수 Wed", "목 Thu", "금 Fri", "토 Sat", "일 Sun"];
