//! The owner of a small firm answers on a phone, with the code of a message and nothing else: in a browser, and
//! without any script.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::browser::{Browser, View, is_here};
use crate::stage::Stage;

const PHONE: View = View { wide: 360, language: "ko", theme: "light", script: true };

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

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_answers_in_a_browser_that_runs_no_scripts() {
    if !is_here() {
        return;
    }
    let stage = Stage::after_the_story();
    let phone = Browser::open(&stage.address, View { script: false, ..PHONE }).await;
    phone.go("/task").await;
    let code = phone.until("b.code").await.text().await.unwrap();
    phone.until("#code").await.send_keys(&code.replace(' ', "")).await.unwrap();
    phone.tap("form.card button.main").await;
    phone.until("#choose").await;
    phone.unfold("☎").await;
    phone.tap("details[open] button.main").await;
    phone.until("section.finish").await;
    phone.close().await;
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
