//! What somebody hostile writes comes out as text, whatever sends a form from elsewhere is refused, and every page says
//! what a browser may do with it.

use crate::browser::is_here;
use crate::stage::Stage;

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

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_comes_out_as_text_in_every_field() {
    if !is_here() {
        return;
    }
    let payloads = payloads();
    assert!(payloads.len() >= 400);
    let stage = Stage::after_the_story();
    let browser = stage.seat("COORD_PRIV-ANALYST-01").await;
    // Every field of every form of these pages takes each payload, and every page shows it again.
    for place in ["/explorer", "/cases/new", "/task", "/sign-in", "/account", "/campaigns"] {
        browser.go(place).await;
        let found =
            browser.page.execute_async(THROW, vec![serde_json::json!(payloads)]).await.unwrap();
        assert_eq!(found["escapes"], serde_json::json!([]), "{place}");
        assert!(found["sent"].as_u64().unwrap() >= 400 || found["fields"] == 0, "{place}: {found}");
    }
    // One that stays: the title of a case, shown on the list and on its own page.
    browser.open_case(&payloads[1]).await;
    browser.go("/cases").await;
    assert_ne!(browser.page.title().await.unwrap(), "pwned");
    assert!(browser.text().await.contains("onerror"), "it is shown as it was typed");
    browser.close().await;
}

/// Sends every payload through every text field of every form of a page, twenty at a time, and reads the answers as a browser would: no
/// script of theirs stands in them, and nothing that is not ours is asked for.
const THROW: &str = r#"
const payloads = arguments[0], done = arguments[arguments.length - 1];
const ours = new Set([...document.querySelectorAll("script[src]")].map((s) => s.getAttribute("src")));
const bad = (page) => [...page.querySelectorAll("*")].filter((e) =>
  (e.localName === "script" && !ours.has(e.getAttribute("src"))) ||
  [...e.attributes].some((a) => a.name.startsWith("on") || (["href", "src", "action", "data", "srcdoc"].includes(a.name) && /^\s*(javascript|data|https?|\/\/)/i.test(a.value) && !a.value.startsWith(location.origin) && !a.value.startsWith("data:image"))) ||
  ["base", "iframe", "object", "embed", "marquee", "xss", "plaintext", "style"].includes(e.localName) || (e.localName === "meta" && e.httpEquiv));
(async () => {
  const escapes = []; let sent = 0, fields = 0;
  for (const form of [...document.querySelectorAll("main form, header form[action='/explorer']")]) {
    const texts = [...form.querySelectorAll("input:not([type=hidden]):not([type=checkbox]):not([type=radio]):not([type=file]), textarea")].filter((f) => f.name);
    if (!texts.length || form.dataset.passkey || form.enctype === "multipart/form-data") continue;
    fields += texts.length;
    for (const field of texts) for (let at = 0; at < payloads.length; at += 20) {
      const body = new URLSearchParams(new FormData(form));
      for (const one of texts) body.set(one.name, "x");
      body.set(field.name, payloads.slice(at, at + 20).join(" "));
      body.set("_key", "xss-" + Math.random());
      const get = form.method === "get";
      const url = form.getAttribute("action") || location.pathname;
      const answer = await fetch(get ? url + "?" + body : url, { method: get ? "GET" : "POST", body: get ? undefined : body, redirect: "manual" });
      if (answer.type === "opaqueredirect") { sent += 20; continue; }
      const text = await answer.text();
      sent += 20;
      const found = bad(new DOMParser().parseFromString(text, "text/html"));
      if (found.length) escapes.push([url, field.name, at, found[0].outerHTML.slice(0, 120)]);
      if (answer.status === 429) await new Promise((wait) => setTimeout(wait, 500));
    }
  }
  done({ escapes, sent, fields });
})();
"#;

#[tokio::test(flavor = "multi_thread")]
async fn every_page_says_what_a_browser_may_do_and_no_other_site_sends_a_form() {
    if !is_here() {
        return;
    }
    let stage = Stage::set();
    let browser = stage.seat("COORD_PRIV-ANALYST-01").await;
    let said = browser
        .page
        .execute_async(
            r#"
            const done = arguments[arguments.length - 1];
            (async () => {
              const said = [];
              for (const place of ["/", "/cases", "/task", "/no/such/page", "/sign-in"]) {
                const answer = await fetch(place);
                said.push([place, answer.headers.get("content-security-policy"), answer.headers.get("x-content-type-options"), answer.headers.get("referrer-policy"), answer.headers.get("x-frame-options"), answer.headers.get("cache-control")]);
              }
              done(said);
            })();
            "#,
            Vec::new(),
        )
        .await
        .unwrap();
    for row in said.as_array().unwrap() {
        let policy = row[1].as_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{row}");
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"),
            "{row}"
        );
        assert_eq!(
            (&row[2], &row[3], &row[4]),
            (&"nosniff".into(), &"same-origin".into(), &"DENY".into()),
            "{row}"
        );
        assert!(row[5].as_str().unwrap().contains("no-store"), "{row}");
    }
    // A page of another origin (another name of this machine) sends a form with whatever cookies go along.
    let port = stage.address.rsplit(':').next().unwrap();
    browser.page.goto(&format!("http://127.0.0.1:{port}/")).await.unwrap();
    browser
        .run(&format!(
            r#"
            const form = document.createElement("form");
            form.method = "post";
            form.action = "{}/do/v1/cases";
            form.innerHTML = '<input name=from value=hand><input name=title value=forged><input name="public:flag" value=no>';
            document.body.append(form);
            form.submit();
            "#,
            stage.address
        ))
        .await
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    browser.go("/cases").await;
    assert!(!browser.text().await.contains("forged"));
    browser.close().await;
}
