//! Doing something from a page: a form is a request to the API, in the visitor's name.

use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::response::Response;
use http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::Site;
use crate::api::{Refusal, Wanted, read};
use crate::fields::{Fields, Wrong, hex};
use crate::rooms::{self, step_up};
use crate::said;
use crate::visitor::Visitor;
use crate::words;

/// The largest form without its files, in bytes.
const LARGEST_FORM: usize = 1 << 20;
/// The largest files of one form whose digests are taken, in bytes together.
const LARGEST_FILES: usize = 256 << 20;
/// Parts of a form with files, at most.
const MOST_PARTS: usize = 200;
/// How long a form with files may take in all.
const LONGEST: Duration = Duration::from_mins(10);

/// Does what a form says, then sends the visitor on; where it cannot be done, shows the page again with what was typed.
pub(crate) async fn act(
    State(site): State<Site>,
    Path(to): Path<String>,
    request: Request,
) -> Response {
    let visitor = Visitor::of(&request);
    // Who they are is asked before anything of it is read: a file costs work, a date is on their clock.
    let (visitor, me) = match site.api().ask(&visitor, Wanted::get("/api/v1/me")).await {
        Ok(me) => (visitor.liking(&me.body["preferences"]), me.body),
        Err(refusal) if has_files(&request) => {
            let from = visitor.from().unwrap_or_else(|| "/".to_owned());
            return rooms::refused(&site, &visitor, &from, &refusal).await;
        }
        Err(_) => (visitor, Value::Null),
    };
    let fields = match fields(request).await {
        Ok(fields) => fields,
        Err(problem) => return rooms::refused(&site, &visitor, "/", &problem).await,
    };
    if !me.is_null() && !step_up::is_theirs(&fields, &me) {
        let another = Refusal::own(StatusCode::FORBIDDEN, "another-person");
        return rooms::refused(&site, &visitor, "/", &another).await;
    }
    match request_of(&fields, &visitor, &to) {
        Ok(wanted) => done(&site, &visitor, (&to, &fields), wanted).await,
        Err(wrong) => again(&site, &visitor, &fields, &told(&wrong, &visitor)).await,
    }
}

/// Marks an answer with something that is said once: its length must not tell of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Once;

async fn done(
    site: &Site,
    visitor: &Visitor,
    (to, fields): (&str, &Fields),
    wanted: Wanted,
) -> Response {
    match site.api().send(visitor, wanted).await {
        Ok(answer) => {
            let cookies: Vec<_> =
                answer.headers().get_all(header::SET_COOKIE).iter().cloned().collect();
            let body = read(answer).await.unwrap_or_default();
            let mut response = if fields.find("_show").is_some() {
                // What is shown once, such as a secret, is shown where it was asked for and never again.
                let from = fields.find("_from").and_then(said::here).unwrap_or("/");
                let mut shown = rooms::show_at(site, visitor, from, json!({ "made": body })).await;
                shown.extensions_mut().insert(Once);
                shown
            } else {
                // Of how many it is said the API says; a form names where.
                let count = fields.find("_count").and_then(|name| body[name].as_u64());
                said::on(&next(fields, &body), fields.find("_say").unwrap_or_default(), count)
            };
            for cookie in cookies {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(refusal) => {
            // What a form names and is not there is told beside what was typed; a page that is not there tells so itself.
            if refusal.status.as_u16() == 401 {
                return rooms::refused(
                    site,
                    visitor,
                    fields.find("_from").unwrap_or("/"),
                    &refusal,
                )
                .await;
            }
            if refusal.kind == "step-up"
                && let Some(page) = step_up::wait(site, visitor, (to, fields), &refusal).await
            {
                return page;
            }
            again(site, visitor, fields, &refusal.shown()).await
        }
    }
}

/// Where to go when it is done: `{id}` stands for what was made.
fn next(fields: &Fields, body: &Value) -> String {
    let then = fields.find("_then").or_else(|| fields.find("_from")).unwrap_or("/");
    let then = then.replace("{id}", body["id"].as_str().unwrap_or_default());
    said::here(&then).unwrap_or("/").to_owned()
}

fn told(wrong: &Wrong, visitor: &Visitor) -> Value {
    let wants = words::find(wrong.wants, visitor.language).unwrap_or_default();
    let facts = json!({ "wants": wants });
    json!({ "kind": "field", "reason": "field", "facts": facts, "field": wrong.name, "status": 422 })
}

/// The page once more, with what was wrong and everything that was typed.
async fn again(site: &Site, visitor: &Visitor, fields: &Fields, wrong: &Value) -> Response {
    let from = fields.find("_from").and_then(said::here).unwrap_or("/");
    let more = json!({ "wrong": wrong, "kept": fields.kept() });
    rooms::show_at(site, visitor, from, more).await
}

fn request_of(fields: &Fields, visitor: &Visitor, to: &str) -> Result<Wanted, Wrong> {
    let method = match fields.find("_method") {
        Some("PUT") => Method::PUT,
        Some("DELETE") => Method::DELETE,
        _ => Method::POST,
    };
    let body = if method == Method::DELETE { None } else { Some(fields.body(&visitor.zone)?) };
    let owned = |name: &str| fields.find(name).map(str::to_owned);
    let path = format!("/api/{to}");
    Ok(Wanted { method, path, body, key: owned("_key"), seen: owned("_seen") })
}

/// Reads a form, with or without files: of a file only its digest is kept, the file stays where it is.
async fn fields(request: Request) -> Result<Fields, Refusal> {
    if has_files(&request) {
        return parts(request).await;
    }
    Fields::receive(request.into_body(), LARGEST_FORM).await.ok_or_else(too_large)
}

fn has_files(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

async fn parts(request: Request<Body>) -> Result<Fields, Refusal> {
    let read = tokio::time::timeout(LONGEST, each_part(request)).await;
    read.unwrap_or_else(|_| Err(unreadable()))
}

async fn each_part(request: Request<Body>) -> Result<Fields, Refusal> {
    let (mut texts, mut files, mut count) = (LARGEST_FORM, LARGEST_FILES, 0);
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
    let mut fields = Fields::default();
    while let Some(mut part) = parts.next_field().await.map_err(|_| unreadable())? {
        count += 1;
        if count > MOST_PARTS {
            return Err(too_large());
        }
        let name = part.name().unwrap_or_default().to_owned();
        let is_file = part.file_name().is_some();
        let (mut sum, mut text, mut empty) = (Context::new(&SHA256), Vec::new(), true);
        while let Some(piece) = part.chunk().await.map_err(|_| unreadable())? {
            // What is left is of the whole form: many parts hold no more than one.
            let left = if is_file { &mut files } else { &mut texts };
            *left = left.checked_sub(piece.len()).ok_or_else(too_large)?;
            empty &= piece.is_empty(); // where no file was chosen a piece of nothing comes
            if is_file {
                sum.update(&piece);
            } else {
                text.extend_from_slice(&piece);
            }
        }
        if !is_file {
            fields.add(name, String::from_utf8_lossy(&text).into_owned());
        } else if !empty {
            let name = name.strip_suffix(":file").unwrap_or(&name).to_owned();
            fields.add(name, hex(sum.finish().as_ref()));
        }
    }
    Ok(fields)
}

fn unreadable() -> Refusal {
    Refusal::own(StatusCode::BAD_REQUEST, "unreadable")
}

fn too_large() -> Refusal {
    Refusal::own(StatusCode::PAYLOAD_TOO_LARGE, "too-large")
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::{Context as Waking, Poll};

    use axum::Router;
    use axum::body::Bytes;
    use futures_core::Stream;
    use tower::ServiceExt;

    use super::*;

    /// A file that says whether anybody began to read it.
    struct File(Arc<AtomicBool>);

    impl Stream for File {
        type Item = std::io::Result<Bytes>;

        fn poll_next(self: Pin<&mut Self>, _: &mut Waking<'_>) -> Poll<Option<Self::Item>> {
            self.0.store(true, Ordering::SeqCst);
            Poll::Ready(None)
        }
    }

    fn form(parts: usize, size: usize) -> Request {
        let part = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n{}\r\n",
            "x".repeat(size)
        );
        let body = format!("{}--cut--\r\n", part.repeat(parts));
        let kind = "multipart/form-data; boundary=cut";
        Request::post("/").header(header::CONTENT_TYPE, kind).body(Body::from(body)).unwrap()
    }

    #[tokio::test]
    async fn many_parts_hold_no_more_than_one_form() {
        let refused = async |parts, size| {
            fields(form(parts, size)).await.err().map(|refusal| refusal.status.as_u16())
        };
        assert_eq!(refused(2, 400 << 10).await, None);
        assert_eq!(refused(3, 400 << 10).await, Some(413));
        assert_eq!(refused(200, 1).await, None);
        assert_eq!(refused(201, 1).await, Some(413));
    }

    #[tokio::test]
    async fn no_file_chosen_is_no_file() {
        let of = |file: &str| {
            let body = format!(
                "--cut\r\nContent-Disposition: form-data; name=\"evidence:digest\"\r\n\r\ninstalled\r\n\
                 --cut\r\nContent-Disposition: form-data; name=\"evidence:file\"; filename=\"\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n{file}\r\n--cut--\r\n"
            );
            let kind = "multipart/form-data; boundary=cut";
            Request::post("/").header(header::CONTENT_TYPE, kind).body(Body::from(body)).unwrap()
        };
        let none = fields(of("")).await.unwrap();
        assert_eq!(none.find("evidence"), None);
        assert!(fields(of("abc")).await.unwrap().find("evidence").is_some());
    }

    #[tokio::test]
    async fn a_file_of_nobody_is_not_read() {
        let api = Router::new().fallback(async || StatusCode::UNAUTHORIZED);
        let site = crate::site(api, crate::Settings::default());
        let read = Arc::new(AtomicBool::new(false));
        let request = Request::post("/do/v1/acts/A/obligations/B/answers")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
            .header(header::REFERER, "https://bongsu.example/obligations/A/B?x=1")
            .body(Body::from_stream(File(Arc::clone(&read))))
            .unwrap();
        let answer = site.oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let to = answer.headers()[header::LOCATION].to_str().unwrap();
        assert_eq!(to, "/sign-in?then=%2Fobligations%2FA%2FB%3Fx%3D1");
        assert!(!read.load(Ordering::SeqCst), "the file was read");
    }

    /// An API that knows one person, and wants every deed shown first.
    fn grave(person: &'static str) -> Router {
        let api = Router::new().route(
            "/api/v1/me",
            axum::routing::get(async move || axum::Json(json!({ "person": person, "posts": [] }))),
        );
        api.fallback(async |request: Request| {
            let asks = request.method() == Method::GET;
            let status = if asks { StatusCode::NOT_FOUND } else { StatusCode::FORBIDDEN };
            let kind = "urn:bongsu:problem:step-up";
            (status, axum::Json(json!({ "type": kind, "reason": "step-up" })))
        })
    }

    async fn sent(api: Router, form: String) -> (StatusCode, Option<String>, String) {
        let request = Request::post("/do/v1/appointments").body(Body::from(form)).unwrap();
        let answer = crate::site(api, crate::Settings::default()).oneshot(request).await.unwrap();
        let (status, to) = (answer.status(), answer.headers().get(header::LOCATION).cloned());
        let page = axum::body::to_bytes(answer.into_body(), 4 << 20).await.unwrap();
        let to = to.map(|to| to.to_str().unwrap().to_owned());
        (status, to, String::from_utf8(page.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn what_was_typed_waits_on_the_page_that_asks_who_it_is() {
        let typed = "_key=k1&_from=/officers&_then=/x&title=A%22B&until?:when=2026-12-01T09:00";
        let (status, to, page) = sent(grave("P1"), typed.to_owned()).await;
        assert_eq!((status, to), (StatusCode::FORBIDDEN, None));
        assert!(page.contains("action=\"/do/v1&#x2f;appointments\""), "{page}");
        for (name, value) in [
            ("_key", "k1"),
            ("_then", "&#x2f;x"),
            ("title", "A&quot;B"),
            ("until?:when", "2026-12-01T09:00"),
            ("_as", "P1"),
        ] {
            let input = format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");
            assert_eq!(page.matches(&input).count(), 1, "{input} in {page}");
        }
        // Sent by whoever typed it, it waits again; by anybody else, nothing of it is done or shown.
        assert!(sent(grave("P1"), format!("{typed}&_as=P1")).await.2.contains("A&quot;B"));
        let (status, _, page) = sent(grave("P2"), format!("{typed}&_as=P1")).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(!page.contains("A&quot;B") && !page.contains("_as"), "{page}");
    }

    #[tokio::test]
    async fn no_more_waits_than_a_page_can_hold() {
        let (_, _, page) = sent(grave("P1"), format!("title={}", "x".repeat(300 << 10))).await;
        assert!(!page.contains("xxx") && page.contains("/sign-in?then="), "{page}");
    }
}
