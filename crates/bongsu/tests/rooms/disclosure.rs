//! Scenario 1 through the pages alone: from the disclosure to a verified fix, by an analyst of the coordinator, three
//! officers of a ministry (who writes, who reviews, who signs) and the officer of an institution.

use std::io::Write;
use std::time::{Duration, Instant};

use bongsu_authority::Domain;
use bongsu_inventory::Component;
use bongsu_nation::{Change, Gaon, Holding, Profile, System, newer_inventory, to_cyclonedx};
use fantoccini::Locator;
use jiff::Timestamp;

use crate::browser::{Browser, View, is_here};
use crate::stage::Stage;

const LOG4J: &str = "org.apache.logging.log4j:log4j-core";

/// An institution with one affected system: its officer, the system, and the document of the system once it was mended.
struct Cast {
    title: String,
    institution: String,
    system: String,
    mended: String,
}

fn cast() -> Cast {
    // As the demonstration makes it: the same nation, on the same Friday.
    let friday: Timestamp = "2026-11-20T09:00:00+09:00".parse().unwrap();
    let now: Timestamp = "2026-11-21T02:10:00+09:00".parse().unwrap();
    let gaon = Gaon::at(Profile::Demo, 1, friday);
    for (place, institution) in gaon.institutions().iter().enumerate() {
        let has_it =
            |system: &System<'_>| system.components().any(|one: &Component| one.name == LOG4J);
        let fits = institution.domain() == Domain::Private && gaon.holding(place) == Holding::Fresh;
        if !fits || gaon.systems_of(place).filter(has_it).count() != 1 {
            continue;
        }
        let Some(officer) = gaon.accountable(place, now) else { continue };
        let system = gaon.systems_of(place).find(has_it).unwrap();
        let change = [Change { package: LOG4J, version: "2.17.1" }];
        return Cast {
            title: officer.title.clone(),
            institution: institution.id.to_string(),
            system: system.id.to_string(),
            mended: to_cyclonedx(&newer_inventory(&system, &change, now)),
        };
    }
    panic!("the nation has such an institution");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_disclosure_becomes_a_verified_fix_through_the_pages_alone() {
    if !is_here() {
        return;
    }
    let (stage, cast) = (Stage::set(), cast());
    let open = async |title: &'static str| {
        let browser = Browser::open(&stage.address, View::DESK).await;
        browser.sit(title).await;
        browser
    };

    // The analyst looks the flaw up, opens the case and says how bad it is.
    let analyst = open("COORD_PRIV-ANALYST-01").await;
    analyst.go("/cases/new").await;
    analyst.write("identifier", "CVE-2021-44228").await;
    analyst.press("form[action='/cases/new'] button").await;
    analyst.press("form[action='/do/v1/cases']:has(input[value=library]) button.main").await;
    analyst.until("#step-triage").await;
    analyst.press("#step-triage summary").await;
    for (name, value) in [("automatable?:flag", "yes"), ("impact?", "total"), ("mission?", "high")]
    {
        let css = format!("#step-triage select[name='{name}']");
        analyst.until(&css).await.select_by_value(value).await.unwrap();
    }
    analyst.press("#step-triage form button").await;
    let case = analyst.place().await;
    assert!(case.starts_with("/cases/"), "{case}");

    // The ministry's desk writes, somebody else reviews, the director signs.
    let desk = open("LEAD_PRIV-ANALYST-01").await;
    desk.go(&format!("/campaigns/new?case={}", case.trim_start_matches("/cases/"))).await;
    for (name, text) in [
        ("text.title_ko", "로그 라이브러리 긴급 조치"),
        ("text.title_en", "Urgent action on a logging library"),
        ("text.todo_ko", "제조사 공지에 따라 수정 버전으로 올린다."),
        ("text.todo_en", "Upgrade to the version that the supplier names."),
    ] {
        let field = desk.until(&format!("[name='{name}']")).await;
        field.send_keys(text).await.unwrap();
    }
    desk.press("form[action='/do/v1/acts'] button.main").await;
    desk.until("#draft").await;
    let act = desk.place().await;

    let approver = open("LEAD_PRIV-APPROVER-01").await;
    approver.go(&act).await;
    approver.press("#steps button.main").await;

    // Whoever wrote it sees the review without pressing anything.
    desk.until("#steps li:nth-child(2).done").await;

    let director = open("LEAD_PRIV-DIRECTOR-01").await;
    director.go(&act).await;
    director.press("details.grave-step summary").await;
    director.press("details.grave-step button.grave").await;
    director.until("#funnel").await;

    // The institution has it, says so, says that it is affected, and sends what it runs now.
    let ciso = Browser::open(&stage.address, View::DESK).await;
    ciso.sit(&cast.title).await;
    let owed =
        format!("/obligations/{}/{}", act.trim_start_matches("/campaigns/"), cast.institution);
    ciso.go("/today").await;
    ciso.press(&format!("a[href='{owed}']")).await;
    ciso.press("form:has(input[value=acknowledge]) button.main").await;
    ciso.until("[role=status]").await;
    ciso.press("form:has(input[value=affected]) button").await;
    ciso.until("[role=status]").await;
    if ciso.page.find(Locator::Css("details[open]:has(input[value=claim])")).await.is_err() {
        ciso.press("details:has(input[value=claim]) > summary").await;
    }
    let why = ciso.until("details:has(input[value=claim]) textarea").await;
    why.send_keys("Upgraded to 2.17.1 on the night of the notice.").await.unwrap();
    ciso.press("details:has(input[value=claim]) button.main").await;
    ciso.until("[role=status]").await;

    let file = std::env::temp_dir().join(format!("bongsu-rooms-{}.cdx.json", std::process::id()));
    std::fs::File::create(&file).unwrap().write_all(cast.mended.as_bytes()).unwrap();
    ciso.go(&format!("/institutions/{}/inventory?system={}", cast.institution, cast.system)).await;
    ciso.until("#file").await.send_keys(file.to_str().unwrap()).await.unwrap();
    ciso.press("form[data-upload] button.main").await;
    let begun = Instant::now();
    loop {
        ciso.go(&owed).await;
        let verified = ciso.page.find(Locator::Css("ol.times li:nth-child(6).done")).await.is_ok();
        if verified {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "not verified:\n{}", ciso.text().await);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    std::fs::remove_file(file).unwrap();
    for browser in [analyst, desk, approver, director, ciso] {
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_is_on_an_open_page_within_a_second() {
    if !is_here() {
        return;
    }
    let stage = Stage::set();
    let wall = Browser::open(&stage.address, View::DESK).await;
    wall.sit("COORD_PRIV-ANALYST-02").await;
    wall.go("/cases").await;
    wall.until("#cases").await;
    // Let the line stand before something happens.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let analyst = Browser::open(&stage.address, View::DESK).await;
    analyst.sit("COORD_PRIV-ANALYST-01").await;
    analyst.go("/cases/new?identifier=CVE-2021-44228").await;
    analyst.press("form[action='/do/v1/cases']:has(input[value=library]) button.main").await;
    analyst.until("#step-triage").await;
    let begun = Instant::now();
    wall.until("#cases a[href^='/cases/']:not([href='/cases/new'])").await;
    // The bound is generous to a busy machine: what is told is that nobody reloaded, not how fast. The benchmark says that.
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    wall.close().await;
    analyst.close().await;
}
