//! Chromium, as a person uses it.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// A browser with nothing in it.
pub(crate) struct Browser {
    driver: Child,
    pub(crate) page: Client,
    address: String,
    /// Where downloads go.
    folder: PathBuf,
}

/// How somebody looks at a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    pub(crate) wide: u32,
    pub(crate) language: &'static str,
    pub(crate) theme: &'static str,
}

impl View {
    /// A desk.
    pub(crate) const DESK: Self = Self { wide: 1280, language: "en", theme: "light" };
}

/// Are Chromium and its driver here?
pub(crate) fn is_here() -> bool {
    let here = ["chromium", "chromedriver"].iter().all(|tool| {
        let mut command = Command::new(tool);
        command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    });
    if !here {
        eprintln!(
            "skipped: chromium and chromedriver are not here (Debian: chromium, chromium-driver)"
        );
    }
    here
}

/// How long a page may take to say something.
const PATIENCE: Duration = Duration::from_secs(20);

impl Browser {
    /// Opens a browser onto a node.
    pub(crate) async fn open(address: &str, view: View) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let folder =
            std::env::temp_dir().join(format!("bongsu-browser-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let options = json!({ "goog:chromeOptions": {
            "prefs": { "download.default_directory": folder },
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                format!("--window-size={},900", view.wide.max(500))],
            "mobileEmulation": if view.wide < 500 {
                json!({ "deviceMetrics": { "width": view.wide, "height": 780, "pixelRatio": 1.0 } })
            } else {
                Value::Null
            },
        }});
        let mut options = options;
        if view.wide >= 500 {
            options["goog:chromeOptions"].as_object_mut().unwrap().remove("mobileEmulation");
        }
        let url = format!("http://127.0.0.1:{port}");
        let begun = Instant::now();
        let page = loop {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder.capabilities(options.as_object().unwrap().clone());
            match builder.connect(&url).await {
                Ok(page) => break page,
                Err(error) => assert!(begun.elapsed() < PATIENCE, "no browser: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        let browser = Self { driver, page, address: address.to_owned(), folder };
        browser.go("/task").await;
        browser.run("document.cookie = 'zone=540.KST; Path=/'").await.unwrap();
        browser.like(view).await;
        browser
    }

    /// Chooses how pages look from now on; how wide they are was chosen as the browser was opened.
    pub(crate) async fn like(&self, view: View) {
        // The node sets these cookies: written by a script, they may come after the page that is asked for next.
        let script = "const [lang, theme, done] = arguments, body = new URLSearchParams({ lang, theme });\
            fetch('/look', { method: 'POST', body, redirect: 'manual' }).then(() => done(true), (why) => done(`${why}`))";
        let chosen = vec![json!(view.language), json!(view.theme)];
        let done = self.page.execute_async(script, chosen).await.unwrap();
        assert_eq!(done, true, "{} lets nobody choose", self.place().await);
    }

    /// Goes to a place of the node.
    pub(crate) async fn go(&self, place: &str) {
        self.page.goto(&format!("{}{place}", self.address)).await.unwrap();
    }

    /// Waits for something to be on the page.
    pub(crate) async fn until(&self, css: &str) -> Element {
        let found = self.page.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        match found {
            Ok(found) => found,
            Err(error) => {
                panic!("`{css}` is not at {}: {error}\n{}", self.place().await, self.text().await)
            }
        }
    }

    /// Presses something.
    pub(crate) async fn press(&self, css: &str) {
        let found = self.until(css).await;
        self.show(&found).await;
        self.forget(&found).await;
        found.click().await.unwrap_or_else(|error| panic!("`{css}`: {error}"));
    }

    async fn show(&self, element: &Element) {
        let script = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })";
        let _ = self.page.execute(script, vec![serde_json::to_value(element).unwrap()]).await;
    }

    /// Takes away what was told before, so that it is not taken for what comes of pressing this.
    async fn forget(&self, pressed: &Element) {
        let script = "for (const told of document.querySelectorAll('main > [role=status], #went-wrong')) \
            if (!told.contains(arguments[0])) told.remove()";
        let _ = self.page.execute(script, vec![serde_json::to_value(pressed).unwrap()]).await;
    }

    /// Opens what is folded, by what its summary begins with.
    pub(crate) async fn unfold(&self, begins: &str) {
        let path =
            format!("//details[not(@open)]/summary[starts-with(normalize-space(),'{begins}')]");
        let found = self.page.wait().at_most(PATIENCE).for_element(Locator::XPath(&path)).await;
        let Ok(found) = found else {
            panic!(
                "nothing to unfold at `{begins}` at {}\n{}",
                self.place().await,
                self.text().await
            )
        };
        self.show(&found).await;
        found.click().await.unwrap();
    }

    /// Writes into a field, by its id.
    pub(crate) async fn write(&self, id: &str, text: &str) {
        let field = self.until(&format!("[id='{id}']")).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Writes into what a selector finds.
    pub(crate) async fn fill(&self, css: &str, text: &str) {
        let field = self.until(css).await;
        self.show(&field).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses one of several, by its value.
    pub(crate) async fn choose(&self, css: &str, value: &str) {
        self.until(css).await.select_by_value(value).await.unwrap();
    }

    /// Sets a field for date and time so many days after the page's clock; how it is typed depends on the browser's tongue.
    pub(crate) async fn set_ahead(&self, css: &str, days: u32) {
        self.until(css).await;
        let script = "const korean = Date.parse(document.documentElement.dataset.now) + (arguments[1] * 24 + 9) * 3600e3;\
            document.querySelector(arguments[0]).value = new Date(korean).toISOString().slice(0, 16)";
        self.page.execute(script, vec![json!(css), json!(days)]).await.unwrap();
    }

    /// What the page says was done; it fails at once where the page says that something went wrong.
    pub(crate) async fn told(&self) -> String {
        let said = self.until("main > [role=status], #went-wrong").await;
        assert!(!self.has("#went-wrong").await, "{}", self.text().await);
        said.text().await.unwrap()
    }

    /// What the page says went wrong.
    pub(crate) async fn refused(&self) -> String {
        self.until("#went-wrong").await.text().await.unwrap()
    }

    /// Is it on the page now?
    pub(crate) async fn has(&self, css: &str) -> bool {
        self.page.find(Locator::Css(css)).await.is_ok()
    }

    /// How many of them are on the page now.
    pub(crate) async fn count(&self, css: &str) -> usize {
        self.page.find_all(Locator::Css(css)).await.unwrap().len()
    }

    /// Where links lead, in their order on the page.
    pub(crate) async fn places(&self, links: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map((a) => a.pathname)";
        let places = self.page.execute(script, vec![json!(links)]).await.unwrap();
        serde_json::from_value(places).unwrap()
    }

    /// Waits for a file that was downloaded, whole.
    pub(crate) async fn downloaded(&self, name: &str) -> String {
        let (file, begun) = (self.folder.join(name), Instant::now());
        loop {
            if let Ok(text) = std::fs::read_to_string(&file)
                && !text.is_empty()
            {
                return text;
            }
            assert!(begun.elapsed() < PATIENCE, "no {name}: {}", self.text().await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Everything that can be read.
    pub(crate) async fn text(&self) -> String {
        match self.page.find(Locator::Css("main")).await {
            Ok(main) => main.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Where it is.
    pub(crate) async fn place(&self) -> String {
        self.page.current_url().await.map(|url| url.path().to_owned()).unwrap_or_default()
    }

    /// Waits until it is at a place.
    pub(crate) async fn reaches(&self, place: &str) {
        let begun = Instant::now();
        while self.place().await != place {
            assert!(begun.elapsed() < PATIENCE, "at {}: {}", self.place().await, self.text().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Runs a script of the test, not of the page.
    pub(crate) async fn run(&self, script: &str) -> Result<Value, CmdError> {
        self.page.execute(script, Vec::new()).await
    }

    /// Ends the browser.
    pub(crate) async fn close(self) {
        let _ = self.page.clone().close().await;
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver takes its browser along only when it is told to stop, and not when it is killed.
        let _ = Command::new("pkill").args(["-P", &self.driver.id().to_string()]).status();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
