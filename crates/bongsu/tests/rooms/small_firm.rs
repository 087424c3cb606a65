//! The owner of a small firm answers on a phone, with the code of a message and nothing else: in a browser, and
//! without any script.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::browser::{Browser, View, is_here};
use crate::scriptless::Scriptless;
use crate::stage::Stage;

const PHONE: View = View { wide: 360, language: "ko", theme: "light" };

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_answers_on_a_phone_with_four_inputs_at_most() {
    if !is_here() {
        return;
    }
    let stage = Stage::after_the_story();
    let phone = Browser::open(&stage.address, PHONE).await;
    phone.go("/task").await;
    let code = phone.until("b.code").await.text().await.unwrap();
    // First input: the code.
    phone.write("code", &code.to_lowercase().replace(' ', "")).await;
    phone.press("form.card button.main").await;
    phone.until("#choose").await;
    let fits = "return document.documentElement.scrollWidth <= window.innerWidth";
    assert_eq!(phone.run(fits).await.unwrap(), true, "the page is wider than the phone");
    let place = phone.page.current_url().await.unwrap();
    let bare = code.replace(' ', "");
    assert!(!place.as_str().to_uppercase().contains(&bare), "the code stands in the address");
    // Second, third and fourth: help is asked for, a number is left, and sent.
    phone.unfold("☎").await;
    phone.write("telephone", "010-1234-5678").await;
    phone.press("details[open] button.main").await;
    let said = phone.until("section.finish").await.text().await.unwrap();
    assert!(said.contains("5678"), "it says where somebody calls: {said}");
    phone.close().await;
}

/// Sends a request as a browser without a script does, and reads the page.
fn page(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

fn sent(address: &str, place: &str, body: &str) -> String {
    let host = address.trim_start_matches("http://");
    let length = body.len();
    page(
        address,
        &format!(
            "POST {place} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\naccept-language: en\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{body}"
        ),
    )
}

#[test]
fn an_owner_answers_in_a_browser_that_runs_no_scripts() {
    if !is_here() {
        return;
    }
    let stage = Stage::after_the_story();
    let mut phone = Scriptless::open(&stage.address, "ko");
    help_is_asked_for_in_korean(&mut phone);
    it_is_done_in_english(&mut phone);
    no_script_ran(&mut phone);
}

fn help_is_asked_for_in_korean(phone: &mut Scriptless) {
    the_code_is_typed(phone, "ko");
    phone.tap(".choices details:has([name=answer][value=help]) > summary");
    fits(phone);
    phone.follow(".choices details[open] button.main");
    assert!(phone.markup("section.finish[role=status]").contains("잘 받았습니다"));
    fits(phone);
}

fn it_is_done_in_english(phone: &mut Scriptless) {
    the_code_is_typed(phone, "en");
    phone.tap(".choices details:has([name=answer][value=done]) > summary");
    phone.write(".choices details[open] #how", "We updated it and restarted it.");
    fits(phone);
    phone.follow(".choices details[open] button.main");
    assert!(phone.markup("section.finish[role=status]").contains("that is recorded"));
    fits(phone);
}

/// From the start page to what the code is about, in a language of one's own.
fn the_code_is_typed(phone: &mut Scriptless, language: &str) {
    phone.go("/");
    fits(phone);
    phone.follow("main a.button[href='/task']");
    if !phone.markup("html").starts_with(&format!("<html lang=\"{language}\"")) {
        phone.follow(&format!("form.speaks button[lang={language}]"));
    }
    fits(phone);
    let shown = phone.markup("b.code");
    let code = shown.split(['<', '>']).nth(2).unwrap().replace(' ', "").to_lowercase();
    phone.write("#code", &code);
    phone.follow("form.card button.main");
    assert!(phone.markup("html").starts_with(&format!("<html lang=\"{language}\"")));
    phone.markup("#choose");
    fits(phone);
}

/// On narrow phones nothing hangs over the edge, and a finger finds every button.
fn fits(phone: &mut Scriptless) {
    for wide in [360, 320] {
        phone.widen(wide);
        let width = phone.width();
        assert!(width <= f64::from(wide), "{width} on {wide}: {}", phone.markup("main"));
        let buttons = phone.heights("main button, main a.button, .choices summary");
        let all = buttons.iter().all(|height| *height >= FINGER);
        assert!(all && !buttons.is_empty(), "{buttons:?} on {wide}: {}", phone.markup("main"));
    }
}

/// How high a button is at least, in pixels.
const FINGER: f64 = 44.0;

/// What our script keeps whenever it runs was not kept, and what stands there for want of scripts is shown; once they may
/// run, it is the other way round.
fn no_script_ran(phone: &mut Scriptless) {
    phone.go("/sign-in");
    assert_eq!(phone.heights("noscript p").len(), 1, "{}", phone.markup("main"));
    assert!(!phone.cookies().contains(&"zone".to_owned()), "{:?}", phone.cookies());
    phone.let_scripts_run(true);
    phone.go("/sign-in");
    assert!(phone.heights("noscript p").is_empty(), "{}", phone.markup("main"));
    assert!(phone.cookies().contains(&"zone".to_owned()), "{:?}", phone.cookies());
}

#[test]
fn an_owner_needs_no_script() {
    let stage = Stage::after_the_story();
    let host = stage.address.trim_start_matches("http://").to_owned();
    let head = "connection: close\r\naccept-language: en\r\n\r\n";
    let first = page(&stage.address, &format!("GET /task HTTP/1.1\r\nhost: {host}\r\n{head}"));
    let code = first.split_once("<b class=\"code\">").unwrap().1.split_once('<').unwrap().0;
    let code = code.replace(' ', "");
    let task = sent(&stage.address, "/task", &format!("code={code}"));
    assert!(task.contains("id=\"choose\""), "{task}");
    let key = task.split_once("name=\"_key\" value=\"").unwrap().1.split_once('"').unwrap().0;
    let body = format!("code={code}&_key={key}&answer=help");
    let done = sent(&stage.address, "/task/answer", &body);
    assert!(done.contains("card finish"), "{done}");
    // Sent twice it happened once, and says the same.
    assert!(sent(&stage.address, "/task/answer", &body).contains("card finish"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_is_told_what_to_do() {
    if !is_here() {
        return;
    }
    let stage = Stage::set();
    let phone = Browser::open(&stage.address, View { language: "en", ..PHONE }).await;
    phone.go("/task").await;
    phone.write("code", "AAAA AAAA AAAA AAAA").await;
    phone.press("form.card button.main").await;
    phone.until("#trouble").await;
    phone.close().await;
}
