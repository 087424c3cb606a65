//! What several stories do alike: taking a seat, taking a step in a folded form, carrying an act from hand to hand.

use crate::browser::{Browser, View};
use crate::stage::Stage;

impl Stage {
    /// Somebody at a desk, by the title of their post.
    pub(crate) async fn seat(&self, title: &str) -> Browser {
        let browser = Browser::open(&self.address, View::DESK).await;
        browser.sit(title).await;
        browser
    }

    /// The officer of an institution, as the demonstration offers one.
    pub(crate) async fn ciso(&self) -> Browser {
        let browser = Browser::open(&self.address, View::DESK).await;
        browser.enter("ciso").await;
        browser
    }
}

/// Everybody goes home.
pub(crate) async fn closed<const N: usize>(browsers: [Browser; N]) {
    for browser in browsers {
        browser.close().await;
    }
}

/// Where the form of a step is folded away.
pub(crate) fn fold(step: &str) -> String {
    format!("details:has(> form > input[value='{step}'])")
}

/// A place without what is one of many: ids, numbers, codes, and what follows the question mark.
pub(crate) fn shape(place: &str) -> String {
    let path = place.split(['?', '#']).next().unwrap_or_default();
    let is_code = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase();
    let part = |part: &str| {
        let one_of_many = part.len() >= 20 || part.chars().any(is_code);
        if one_of_many { "*".to_owned() } else { part.to_owned() }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

impl Browser {
    /// Takes a seat of the demonstration by its title, as its start page offers it.
    pub(crate) async fn sit(&self, title: &str) {
        self.go("/").await;
        self.write("seat", title).await;
        self.press("form:has(#seat) button").await;
        self.until("a[href='/explorer']").await;
    }

    /// Takes a seat of the demonstration by one of its doors.
    pub(crate) async fn enter(&self, door: &str) {
        self.go("/").await;
        self.press(&format!("button[data-door={door}]")).await;
        self.until("a[href='/explorer']").await;
    }

    /// Unfolds what a selector finds, where it is folded.
    pub(crate) async fn open_up(&self, fold: &str) {
        self.until(fold).await;
        if !self.has(&format!("{fold}[open]")).await {
            self.press(&format!("{fold} > summary")).await;
        }
    }

    /// Takes a step whose form is folded away: each text into its field, then the button.
    pub(crate) async fn step(&self, step: &str, texts: &[(&str, &str)]) {
        let fold = fold(step);
        self.open_up(&fold).await;
        for (name, text) in texts {
            self.fill(&format!("{fold} [name='{name}']"), text).await;
        }
        self.press(&format!("{fold} > form > button")).await;
    }

    /// Presses the one thing that a case asks for next.
    pub(crate) async fn next(&self) {
        self.press("#what form button.main, #what form[action^='/do/'] button").await;
        self.told().await;
    }

    /// Opens a case by hand; gives its place.
    pub(crate) async fn open_case(&self, title: &str) -> String {
        self.go("/cases/new").await;
        self.step("hand", &[("title", title)]).await;
        self.told().await;
        self.place().await
    }

    /// Goes to the campaign of the reader's own ministry, of those that were issued at once; gives its place.
    pub(crate) async fn own_campaign(&self) -> String {
        self.go("/campaigns").await;
        self.until("main a[href^='/campaigns/']").await;
        let all = self.places("main a[href^='/campaigns/']").await;
        for place in &all {
            self.go(place).await;
            if self.has("#funnel").await {
                return place.clone();
            }
        }
        panic!("no campaign of theirs: {all:?}")
    }

    /// Writes an act about a case; gives its place.
    pub(crate) async fn draft(&self, case: &str, texts: &[(&str, &str)]) -> String {
        self.go(&format!("/campaigns/new?case={}", case.trim_start_matches("/cases/"))).await;
        for (name, text) in texts {
            self.fill(&format!("[name='{name}']"), text).await;
        }
        self.press("form[action='/do/v1/acts'] button.main").await;
        self.until("#draft").await;
        self.place().await
    }

    /// Reviews what another has written of an act.
    pub(crate) async fn review(&self, act: &str) {
        self.go(act).await;
        self.press("#steps button.main").await;
        self.told().await;
    }

    /// Signs an act, or its amendment, which asks for a reason.
    pub(crate) async fn sign(&self, act: &str, why: Option<&str>) {
        self.go(act).await;
        self.press("details.grave-step summary").await;
        if let Some(why) = why {
            self.fill("details.grave-step [name=why]", why).await;
        }
        self.press("details.grave-step button.grave").await;
        self.told().await;
    }
}
