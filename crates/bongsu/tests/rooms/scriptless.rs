//! Chromium with scripts off, on a phone. A driver finds elements by a script of its own and waits for ever where none may
//! run, so the browser is asked over a pipe in its own protocol, and only what needs no script.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A browser that runs no script; dropped, it ends and leaves nothing behind.
pub(crate) struct Scriptless {
    chromium: Child,
    pipe: ChildStdin,
    said: Receiver<Value>,
    asked: u64,
    session: Option<String>,
    /// Was a page loaded since somebody went for one?
    loaded: bool,
    address: String,
    folder: PathBuf,
}

/// How long the browser may take to answer, or a page to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// The largest thing that a browser may say, in bytes.
const LARGEST: u64 = 32 << 20;

static OPENED: AtomicU32 = AtomicU32::new(0);

impl Scriptless {
    /// Opens a browser onto a node; no script runs in it until [`Self::let_scripts_run`].
    pub(crate) fn open(address: &str, language: &str) -> Self {
        let number = OPENED.fetch_add(1, Ordering::Relaxed);
        let name = format!("bongsu-scriptless-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        // The browser listens on descriptor 3 and speaks on 4: its standard input and output, put there by the shell.
        let mut chromium = Command::new("sh")
            .args(["-c", "exec chromium \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null", "chromium"])
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--hide-scrollbars", "--remote-debugging-pipe"])
            .arg(format!("--accept-lang={language}"))
            .arg(format!("--user-data-dir={}", folder.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (pipe, said) =
            (chromium.stdin.take().unwrap(), listen(chromium.stdout.take().unwrap()));
        let address = address.to_owned();
        let (asked, session, loaded) = (0, None, false);
        let mut browser = Self { chromium, pipe, said, asked, session, loaded, address, folder };
        let page = browser.ask("Target.createTarget", &json!({ "url": "about:blank" }));
        let page = json!({ "targetId": page["targetId"], "flatten": true });
        let session = browser.ask("Target.attachToTarget", &page);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        browser.ask("Page.enable", &json!({}));
        browser.let_scripts_run(false);
        browser
    }

    /// Forbids scripts, or lets them run; counts from the next page on.
    pub(crate) fn let_scripts_run(&mut self, may: bool) {
        self.ask("Emulation.setScriptExecutionDisabled", &json!({ "value": !may }));
    }

    /// Makes the phone so many pixels wide.
    pub(crate) fn widen(&mut self, wide: u32) {
        let phone = json!({ "width": wide, "height": 780, "deviceScaleFactor": 1, "mobile": true });
        self.ask("Emulation.setDeviceMetricsOverride", &phone);
    }

    /// Goes to a place of the node.
    pub(crate) fn go(&mut self, place: &str) {
        self.loaded = false;
        let gone = self.ask("Page.navigate", &json!({ "url": format!("{}{place}", self.address) }));
        assert_eq!(gone["errorText"], Value::Null, "{place}");
        self.arrive(place);
    }

    /// Taps what leads to another page, and waits for that page.
    pub(crate) fn follow(&mut self, css: &str) {
        self.loaded = false;
        self.tap(css);
        self.arrive(css);
    }

    /// Taps something in its middle, wherever that is.
    pub(crate) fn tap(&mut self, css: &str) {
        let node = self.one(css);
        self.ask("DOM.scrollIntoViewIfNeeded", &json!({ "nodeId": node }));
        let corners = self.ask("DOM.getContentQuads", &json!({ "nodeId": node }));
        let corner = |at: usize| corners["quads"][0][at].as_f64().unwrap();
        let (x, y) = (f64::midpoint(corner(0), corner(4)), f64::midpoint(corner(1), corner(5)));
        for what in ["mousePressed", "mouseReleased"] {
            let finger = json!({ "type": what, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.ask("Input.dispatchMouseEvent", &finger);
        }
    }

    /// Writes into a field.
    pub(crate) fn write(&mut self, css: &str, text: &str) {
        let node = self.one(css);
        self.ask("DOM.focus", &json!({ "nodeId": node }));
        self.ask("Input.insertText", &json!({ "text": text }));
    }

    /// The markup of something, as the browser has it now.
    pub(crate) fn markup(&mut self, css: &str) -> String {
        let node = self.one(css);
        let markup = self.ask("DOM.getOuterHTML", &json!({ "nodeId": node }));
        markup["outerHTML"].as_str().unwrap().to_owned()
    }

    /// The heights of everything of this kind that has a place on the page, unfolded or not; in pixels.
    pub(crate) fn heights(&mut self, css: &str) -> Vec<f64> {
        let nodes = self.all(css).into_iter();
        let boxes = nodes.filter_map(|node| {
            let shown = self.try_asking("DOM.getBoxModel", &json!({ "nodeId": node })).ok()?;
            shown["model"]["height"].as_f64()
        });
        boxes.collect()
    }

    /// How wide the page is, in pixels, with what hangs over its edge.
    pub(crate) fn width(&mut self) -> f64 {
        let page = self.ask("Page.getLayoutMetrics", &json!({}));
        page["cssContentSize"]["width"].as_f64().unwrap()
    }

    /// The names of the cookies that the node's pages can read.
    pub(crate) fn cookies(&mut self) -> Vec<String> {
        let kept = self.ask("Network.getCookies", &json!({}));
        let kept = kept["cookies"].as_array().unwrap().iter();
        kept.map(|cookie| cookie["name"].as_str().unwrap().to_owned()).collect()
    }

    fn one(&mut self, css: &str) -> u64 {
        let Some(found) = self.all(css).first().copied() else {
            panic!("`{css}` is not on the page:\n{}", self.markup("body"))
        };
        found
    }

    fn all(&mut self, css: &str) -> Vec<u64> {
        let page = self.ask("DOM.getDocument", &json!({ "depth": 0 }));
        let which = json!({ "nodeId": page["root"]["nodeId"], "selector": css });
        let found = self.ask("DOM.querySelectorAll", &which);
        found["nodeIds"].as_array().unwrap().iter().map(|node| node.as_u64().unwrap()).collect()
    }

    fn arrive(&mut self, whither: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.loaded {
            self.hear(whither, until);
        }
    }

    fn ask(&mut self, what: &str, how: &Value) -> Value {
        self.try_asking(what, how).unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    fn try_asking(&mut self, what: &str, how: &Value) -> Result<Value, Value> {
        self.asked += 1;
        let mut question = json!({ "id": self.asked, "method": what, "params": how });
        if let Some(session) = &self.session {
            question["sessionId"] = json!(session);
        }
        self.pipe.write_all(format!("{question}\0").as_bytes()).unwrap();
        let until = Instant::now() + PATIENCE;
        loop {
            let mut said = self.hear(what, until);
            if said["id"] == self.asked {
                return if said["error"].is_null() {
                    Ok(said["result"].take())
                } else {
                    Err(said["error"].take())
                };
            }
        }
    }

    fn hear(&mut self, waiting: &str, until: Instant) -> Value {
        let said = self.said.recv_timeout(until.saturating_duration_since(Instant::now()));
        let said = said.unwrap_or_else(|_| panic!("the browser says nothing to `{waiting}`"));
        self.loaded |= said["method"] == "Page.loadEventFired";
        said
    }
}

/// What the browser says, each ended by a zero, read beside the test so that every wait can have a limit.
fn listen(pipe: impl Read + Send + 'static) -> Receiver<Value> {
    let (tell, said) = mpsc::channel();
    std::thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        loop {
            let mut one = Vec::new();
            let read = pipe.by_ref().take(LARGEST).read_until(0, &mut one);
            let whole = read.is_ok() && one.pop() == Some(0);
            let Ok(one) = serde_json::from_slice(&one) else { break };
            if !whole || tell.send(one).is_err() {
                break;
            }
        }
    });
    said
}

impl Drop for Scriptless {
    fn drop(&mut self) {
        let _ = self.chromium.kill();
        let _ = self.chromium.wait();
        // Processes of its own see that it is gone a moment later, and write until then.
        for _ in 0..50 {
            if std::fs::remove_dir_all(&self.folder).is_ok() || !self.folder.exists() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
