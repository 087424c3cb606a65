//! Every page under axe-core, in both languages and both colours: nothing serious, nothing critical.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::browser::{Browser, View, is_here};
use crate::stage::Stage;

/// Where the setup of the tests puts axe-core.
fn axe() -> Option<String> {
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = target.parent()?.join("tools/axe-core/axe.min.js");
    let found = fs::read_to_string(&file).ok();
    if found.is_none() {
        eprintln!("skipped: axe-core is not here (`cargo xtask test` fetches it with npm)");
    }
    found
}

/// Pages that are looked at from one seat, at most: each shape of a page once.
const MOST: usize = 40;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_serious_stands_in_anybodys_way() {
    let (true, Some(axe)) = (is_here(), axe()) else { return };
    let stage = Stage::after_the_story();
    let mut seen = BTreeSet::new();
    // Each page in both languages, both colours and both widths.
    let views = [("ko", "light", 1280), ("en", "dark", 390)];
    let seats = ["", "APEX-ANALYST-01", "COORD_PRIV-ANALYST-01", "LEAD_PRIV-DIRECTOR-01", "ciso"];
    let mut wrong = Vec::new();
    for (language, theme, wide) in views {
        let view = View { wide, language, theme };
        for seat in seats {
            let browser = Browser::open(&stage.address, view).await;
            match seat {
                "" => browser.go("/").await,
                "ciso" => {
                    browser.go("/").await;
                    browser.press("button[data-door=ciso]").await;
                    browser.until("a[href='/explorer']").await;
                }
                title => browser.sit(title).await,
            }
            walk(&browser, &axe, &mut seen, &mut wrong).await;
            browser.close().await;
        }
    }
    eprintln!("{} shapes of pages were looked at", seen.len());
    assert!(seen.len() > 20, "{seen:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Follows the links of a seat, one page a shape, and looks at each.
async fn walk(browser: &Browser, axe: &str, seen: &mut BTreeSet<String>, wrong: &mut Vec<String>) {
    let mut waiting =
        VecDeque::from(["/".to_owned(), "/task".to_owned(), "/no/such/page".to_owned()]);
    let mut shapes = BTreeSet::new();
    while let Some(place) = waiting.pop_front() {
        if shapes.len() >= MOST || !shapes.insert(shape(&place)) {
            continue;
        }
        browser.go(&place).await;
        if browser.page.current_url().await.unwrap().path().starts_with("/api/") {
            continue;
        }
        browser.run(axe).await.unwrap();
        let found = browser.page.execute_async(LOOK, Vec::new()).await.unwrap();
        for fault in found["faults"].as_array().unwrap() {
            wrong.push(format!("{place}: {}", told(fault)));
        }
        seen.insert(shape(&place));
        for link in found["links"].as_array().unwrap() {
            let link = link.as_str().unwrap();
            if !link.starts_with("/api/") && !link.starts_with("/assets/") {
                waiting.push_back(link.to_owned());
            }
        }
    }
}

/// A place without what is one of many: ids, numbers, and what follows the question mark.
fn shape(place: &str) -> String {
    let path = place.split(['?', '#']).next().unwrap_or_default();
    let part = |part: &str| {
        let one_of_many = part.len() >= 20 || part.chars().any(|c| c.is_ascii_digit());
        if one_of_many { "*".to_owned() } else { part.to_owned() }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn told(fault: &Value) -> String {
    format!("{} ({}): {}", fault["id"], fault["impact"], fault["where"])
}

const LOOK: &str = r#"
const done = arguments[arguments.length - 1];
axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then((found) => done({
  faults: found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => ({ id: one.id, impact: one.impact, where: one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ") })),
  links: [...document.querySelectorAll("main a[href^='/'], nav a[href^='/'], footer a[href^='/']")].map((a) => a.getAttribute("href")),
}));
"#;
