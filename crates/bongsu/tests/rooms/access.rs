//! Every page under axe-core, from every kind of seat, in both languages and both colours, on a desk and on a phone:
//! nothing serious, nothing critical.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::browser::{Browser, View, is_here};
use crate::stage::Stage;
use crate::steps::{closed, shape};

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

/// How two browsers look at each page, beside one another and each in two ways: every width, language and colour meets
/// every other.
const DESK: [View; 2] = [
    View { wide: 1280, language: "ko", theme: "light" },
    View { wide: 1280, language: "en", theme: "dark" },
];
const PHONE: [View; 2] = [
    View { wide: 390, language: "ko", theme: "dark" },
    View { wide: 390, language: "en", theme: "light" },
];

/// Whose pages are looked at, by title or by door; and before anybody sits down.
const SEATS: [&str; 9] = [
    "",
    "APEX-ANALYST-01",
    "COORD_PRIV-ANALYST-01",
    "LEAD_PRIV-ANALYST-01",
    "LEAD_PRIV-APPROVER-01",
    "LEAD_PRIV-DIRECTOR-01",
    "auditor",
    "admin",
    "ciso",
];

/// More shapes of pages than one seat has: a walk that meets so many does not end.
const MOST: usize = 60;

/// How many shapes of pages there are at least, from all seats together.
const SHAPES: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_serious_stands_in_anybodys_way() {
    let (true, Some(axe)) = (is_here(), axe()) else { return };
    let stage = Stage::after_the_story();
    let waiting = something_waits(&stage).await;
    let (desk, phone) = tokio::join!(
        Walk::through(&stage, DESK, &axe, &waiting),
        Walk::through(&stage, PHONE, &axe, &waiting)
    );
    closed([desk.browser, phone.browser]).await;
    assert_eq!(desk.shapes, phone.shapes, "a desk and a phone have the same pages");
    let (shapes, looks) = (desk.shapes.len(), desk.built.len() + phone.built.len());
    eprintln!("{shapes} shapes of pages in {looks} looks: {:?}", desk.shapes);
    assert!(shapes >= SHAPES, "{:?}", desk.shapes);
    let wrong = [desk.wrong, phone.wrong].concat();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What one began waits for another: a case that a colleague would reject, and an amended act. Gives the places, and
/// where the names under the act stand.
async fn something_waits(stage: &Stage) -> Vec<String> {
    let analyst = stage.seat("COORD_PRIV-ANALYST-02").await;
    let case = analyst.open_case("It crashes when it is told to").await;
    analyst.next().await;
    analyst.next().await;
    analyst.step("reject", &[("why", "it is documented")]).await;
    analyst.told().await;

    let desk = stage.seat("LEAD_PRIV-ANALYST-01").await;
    let act = desk.own_campaign().await;
    desk.step("PUT", &[("text.title_en", "Urgent action, now with a workaround")]).await;
    desk.told().await;
    closed([analyst, desk]).await;
    let names = format!("/who-has/names?act={}&why=a+test", act.trim_start_matches("/campaigns/"));
    vec![format!("{act}/late"), names, act, case]
}

/// One browser on its way through every seat.
struct Walk<'a> {
    browser: Browser,
    axe: &'a str,
    /// The shapes of pages that it met.
    shapes: BTreeSet<String>,
    /// What it looked at: in which language, and how the page is built.
    built: BTreeSet<(&'static str, String)>,
    wrong: Vec<String>,
}

impl<'a> Walk<'a> {
    async fn through(stage: &Stage, views: [View; 2], axe: &'a str, waiting: &[String]) -> Self {
        let browser = Browser::open(&stage.address, views[0]).await;
        let (shapes, built, wrong) = Default::default();
        let mut walk = Self { browser, axe, shapes, built, wrong };
        for seat in SEATS {
            match seat {
                "" => walk.browser.go("/").await,
                title if title.contains('-') => walk.browser.sit(title).await,
                door => walk.browser.enter(door).await,
            }
            walk.around(seat, views, waiting).await;
        }
        walk
    }

    /// Looks at certain pages, then follows the links of a seat and looks at one page a shape.
    async fn around(&mut self, seat: &str, views: [View; 2], first: &[String]) {
        let begin = ["/", "/task", "/sign-in", "/invitation", "/no/such/page"].map(str::to_owned);
        let mut waiting: VecDeque<String> = first.iter().cloned().chain(begin).collect();
        let (mut shapes, mut met) = (BTreeSet::new(), 0);
        while let Some(place) = waiting.pop_front() {
            met += 1;
            // The first are not one of many: they stand beside whatever has their shape.
            if met > first.len() && !shapes.insert(shape(&place)) {
                continue;
            }
            assert!(shapes.len() < MOST, "{seat} walks on and on: {shapes:?}");
            self.shapes.insert(shape(&place));
            for view in views {
                let (links, built) = self.read(&place, view).await;
                waiting.extend(links);
                if !self.built.insert((view.language, built)) {
                    // A page that is built alike was looked at, in the other view as well.
                    break;
                }
                self.look(&place, &format!("{seat} {view:?}")).await;
            }
        }
    }

    /// Opens a page, with the names that it shows when somebody presses for them; gives where its links lead and how it
    /// is built.
    async fn read(&self, place: &str, view: View) -> (Vec<String>, String) {
        self.browser.like(view).await;
        self.browser.go(place).await;
        let names = format!("main form.filters button, main a.button[href='{place}']");
        if self.browser.has(&names).await {
            self.browser.press(&names).await;
        }
        let page = self.browser.run(READ).await.unwrap();
        let seen = (&page["language"], &page["theme"], &page["wide"]);
        assert_eq!(seen, (&json!(view.language), &json!(view.theme), &json!(view.wide)), "{place}");
        let ours = |link: &String| !link.starts_with("/api/") && !link.starts_with("/assets/");
        let links: Vec<String> = serde_json::from_value(page["links"].clone()).unwrap();
        let links = links.into_iter().filter(ours).collect();
        (links, page["built"].as_str().unwrap().to_owned())
    }

    /// Looks at the page that is open.
    async fn look(&mut self, place: &str, whose: &str) {
        self.browser.run(self.axe).await.unwrap();
        let faults = self.browser.page.execute_async(LOOK, Vec::new()).await.unwrap();
        for fault in faults.as_array().unwrap() {
            self.wrong.push(format!("{place} ({whose}): {}", told(fault)));
        }
    }
}

fn told(fault: &Value) -> String {
    format!("{} ({}): {}", fault["id"], fault["impact"], fault["where"])
}

/// Unfolds what is folded, and reads where links and searches lead and how the page is built: its elements with what they
/// are, without what stands in them; of several in a row that are alike, one.
const READ: &str = r#"
for (const fold of document.querySelectorAll("main details")) { fold.removeAttribute("name"); fold.open = true; }
const kinds = (e) => e.getAttributeNames().sort().map((name) => ["class", "role", "type", "lang"].includes(name) ? name + e.getAttribute(name) : name);
const built = (e) => e.localName + kinds(e) + !!e.textContent.trim() + "(" + [...e.children].map(built).filter((one, at, all) => one !== all[at - 1]).join("") + ")";
const page = document.documentElement;
return {
  language: page.lang, theme: page.dataset.theme, wide: innerWidth, built: built(document.body),
  links: [
    ...[...document.querySelectorAll("main a[href^='/'], nav a[href^='/'], footer a[href^='/']")].map((a) => a.pathname + a.search),
    ...[...document.querySelectorAll("main form[action^='/']:not([method=post])")].map((form) => form.getAttribute("action") + "?" + new URLSearchParams(new FormData(form))),
  ],
};
"#;

const LOOK: &str = r#"
const done = arguments[arguments.length - 1];
const wanted = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
axe.run(document, { runOnly: wanted, resultTypes: ["violations"] }).then((found) => done(
  found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => ({ id: one.id, impact: one.impact, where: one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ") }))
));
"#;
