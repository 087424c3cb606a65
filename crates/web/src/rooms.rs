//! Showing a page: who comes, what it asks, and what is said where it cannot be shown.

pub(crate) mod demo;
pub(crate) mod export;
pub(crate) mod step_up;
pub(crate) mod task;
pub(crate) mod upload;

use axum::extract::{Request, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::Site;
use crate::api::{Answer, Refusal, Wanted};
use crate::pages::{self, Ask, Names, Page, Who};
use crate::render;
use crate::said;
use crate::visitor::Visitor;

/// Shows the page at the path that was asked for.
pub(crate) async fn show(State(site): State<Site>, request: Request) -> Response {
    let visitor = Visitor::of(&request);
    let place = visitor.place.clone();
    show_at(&site, &visitor, &place, Value::Null).await
}

/// Shows the page at a place, with more to say on it.
pub(crate) async fn show_at(site: &Site, visitor: &Visitor, place: &str, more: Value) -> Response {
    let (path, query) = place.split_once('?').unwrap_or((place, ""));
    let Some((page, names)) = pages::find(path) else {
        return refused(site, visitor, place, &absent()).await;
    };
    match answers(site, visitor, (page, &names), query).await {
        Ok(answers) => {
            let visitor = &visitor.liking(&preferences(&answers));
            let status =
                more["wrong"]["status"].as_u64().and_then(|status| u16::try_from(status).ok());
            let status = status.and_then(|status| StatusCode::from_u16(status).ok());
            let mut context = Map::from_iter(answers);
            let here = Value::Object(
                names.iter().map(|(name, it)| ((*name).to_owned(), json!(it))).collect(),
            );
            context.insert("here".to_owned(), here);
            context.insert("asked".to_owned(), asked(query));
            if let Value::Object(more) = more {
                context.extend(more);
            }
            let shown = (page.name, page.room, place);
            written(site, visitor, shown, status.unwrap_or(StatusCode::OK), context)
        }
        Err(refusal) => refused(site, visitor, place, &refusal).await,
    }
}

/// How whoever looks likes to read, as the API says; nothing where nobody is signed in.
fn preferences(answers: &[(String, Value)]) -> Value {
    let me = answers.iter().find(|(name, _)| name == "me").map(|(_, me)| me);
    me.map_or(Value::Null, |me| me["preferences"].clone())
}

/// What follows the question mark, by name.
fn asked(query: &str) -> Value {
    let pairs = url::form_urlencoded::parse(query.as_bytes()).take(50);
    Value::Object(pairs.map(|(name, value)| (name.into_owned(), json!(value))).collect())
}

/// Everything that a page asks: first who looks, and with it all that waits for nothing; then what follows from answers.
async fn answers(
    site: &Site,
    visitor: &Visitor,
    (page, names): (&'static Page, &Names<'_>),
    query: &str,
) -> Result<Vec<(String, Value)>, Refusal> {
    let asked = asked(query);
    let mut said = vec![("me".to_owned(), who(site, visitor, page).await?)];
    let (later, now): (Vec<&Ask>, Vec<&Ask>) =
        page.asks.iter().partition(|ask| ask.path.contains('.'));
    for asks in [now, later] {
        let wanted = asks.into_iter().map(|ask| (ask, wanted(ask, names, &asked, &said)));
        let sent: Vec<_> = wanted
            .map(|(ask, wanted)| {
                let (site, visitor) = (site.clone(), visitor.clone());
                let sent = wanted.map(|wanted| {
                    tokio::spawn(async move { site.api().ask(&visitor, wanted).await })
                });
                (ask, sent)
            })
            .collect();
        for (ask, sent) in sent {
            let answer = match sent {
                Some(sent) => sent.await.unwrap_or_else(|_| Err(absent())),
                None => Err(absent()),
            };
            said.extend(kept(ask, answer)?);
        }
    }
    Ok(said)
}

/// An answer under its name, and beside it its tag, and why it is not there. What may be missing is nothing where it is.
fn kept(ask: &Ask, answer: Result<Answer, Refusal>) -> Result<[(String, Value); 3], Refusal> {
    let (answer, why) = match answer {
        Err(refusal) if ask.must => return Err(refusal),
        Err(refusal) => (Answer::default(), refusal.shown()),
        Ok(answer) => (answer, Value::Null),
    };
    let name = |of: &str| format!("{}_{of}", ask.name);
    Ok([(ask.name.to_owned(), answer.body), (name("tag"), json!(answer.tag)), (name("why"), why)])
}

async fn who(site: &Site, visitor: &Visitor, page: &Page) -> Result<Value, Refusal> {
    match site.api().ask(visitor, Wanted::get("/api/v1/me")).await {
        Ok(answer) if may_look(page.who, &answer.body) => Ok(answer.body),
        Ok(_) => Err(absent()),
        Err(_) if page.who == Who::Anybody => Ok(Value::Null),
        Err(refusal) => Err(refusal),
    }
}

/// Is there such a page for somebody in these posts? It saves a wrong way and is no right: the API decides what they see.
fn may_look(who: Who, me: &Value) -> bool {
    let Who::Could(any) = who else { return true };
    let posts = me["posts"].as_array().into_iter().flatten();
    let mut could = posts.flat_map(|post| post["could"].as_array().into_iter().flatten());
    could.any(|one| one.as_str().is_some_and(|one| any.contains(&one)))
}

/// Where and what to ask; nothing where a name in it stands for nothing.
fn wanted(ask: &Ask, names: &Names<'_>, asked: &Value, said: &[(String, Value)]) -> Option<Wanted> {
    let mut path = String::new();
    let mut rest = ask.path;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        path.push_str(before);
        path.extend(url::form_urlencoded::byte_serialize(
            stands_for(name, names, asked, said)?.as_bytes(),
        ));
        rest = after;
    }
    path.push_str(rest);
    let passed = ask.query.iter().map(|name| {
        let (name, else_said) = name.split_once('=').unwrap_or((name, ""));
        let value = asked[name].as_str().filter(|value| !value.is_empty());
        (name, value.unwrap_or(else_said))
    });
    let passed = passed.filter(|(_, value)| !value.is_empty());
    if ask.recorded {
        return Some(Wanted::post(path, question(passed)));
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let query = query.extend_pairs(passed).finish();
    let sign = if query.is_empty() {
        ""
    } else if path.contains('?') {
        "&"
    } else {
        "?"
    };
    Some(Wanted::get(format!("{path}{sign}{query}")))
}

/// A question that is a body; a name with a dot stands inside another.
pub(crate) fn question<'a>(asked: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    let mut body = json!({});
    for (name, value) in asked {
        let place = name.split('.').fold(&mut body, |inner, part| &mut inner[part]);
        *place = plain(name, value);
    }
    body
}

/// A value of a question, as JSON has it.
fn plain(name: &str, value: &str) -> Value {
    match (name, value) {
        ("limit" | "only.province", number) => {
            number.parse::<u32>().map_or(Value::Null, Value::from)
        }
        ("why" | "cursor", text) => json!(text),
        (_, "true") => Value::Bool(true),
        (_, "false") => Value::Bool(false),
        _ => json!(value),
    }
}

fn stands_for(
    name: &str,
    names: &Names<'_>,
    asked: &Value,
    said: &[(String, Value)],
) -> Option<String> {
    if let Some((_, value)) = names.iter().find(|(one, _)| *one == name) {
        return Some((*value).to_owned());
    }
    let Some((first, rest)) = name.split_once('.') else {
        return asked[name].as_str().filter(|value| !value.is_empty()).map(str::to_owned);
    };
    let (_, answer) = said.iter().find(|(one, _)| one == first)?;
    let found = answer.pointer(&format!("/{}", rest.replace('.', "/")))?;
    found.as_str().map(str::to_owned)
}

/// Nothing that may be seen.
pub(crate) fn absent() -> Refusal {
    Refusal::own(StatusCode::NOT_FOUND, "not-found")
}

/// What is said where a page cannot be shown. What is absent and what is forbidden are the same bytes.
pub(crate) async fn refused(
    site: &Site,
    visitor: &Visitor,
    place: &str,
    refusal: &Refusal,
) -> Response {
    if refusal.status == StatusCode::UNAUTHORIZED {
        let then: String = url::form_urlencoded::byte_serialize(place.as_bytes()).collect();
        return Redirect::to(&format!("/sign-in?then={then}")).into_response();
    }
    let me = site.api().ask(visitor, Wanted::get("/api/v1/me")).await.map(|answer| answer.body);
    let name = match refusal.status.as_u16() {
        404 => "absent",
        403 if refusal.kind == "step-up" => "step_up",
        429 | 503 => "busy",
        _ => "refused",
    };
    let place = if name == "absent" { "/" } else { place };
    let me = me.unwrap_or_default();
    let visitor = &visitor.liking(&me["preferences"]);
    let mut context = Map::new();
    context.insert("me".to_owned(), me);
    context.insert("refusal".to_owned(), refusal.shown());
    let mut response = written(site, visitor, (name, "start", place), refusal.status, context);
    if let Some(after) = refusal.after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(after));
    }
    response
}

/// Fills a template and sends it. Pages are of one person and one moment: nobody keeps them.
pub(crate) fn written(
    site: &Site,
    visitor: &Visitor,
    (name, room, place): (&str, &str, &str),
    status: StatusCode,
    mut context: Map<String, Value>,
) -> Response {
    let page = json!({ "name": name, "room": room, "place": place });
    context.insert("page".to_owned(), page);
    let text = match site.templates().fill(site, visitor, name, context) {
        Ok(text) => text,
        Err(error) => {
            tracing::error!(
                page = name,
                error = format!("{error:#}"),
                "a page could not be written"
            );
            // Whoever works on templates sees why; nobody else does.
            if std::env::var_os(render::FOLDER).is_some() {
                let why = format!("{error:#}\n{}", error.display_debug_info());
                return (StatusCode::INTERNAL_SERVER_ERROR, why).into_response();
            }
            return (StatusCode::INTERNAL_SERVER_ERROR, Html(BROKEN)).into_response();
        }
    };
    let mut response = (status, Html(text)).into_response();
    if visitor.told().is_some() {
        said::forget(&mut response);
    }
    response
}

/// What is shown where even the page that says so is broken.
const BROKEN: &str = "<!doctype html><meta charset=utf-8><title>봉수</title><h1>지금은 이 화면을 그릴 수 없습니다</h1>\
    <p>잠시 뒤 다시 열어 주세요. 기록된 것은 그대로 있습니다.<h2 lang=en>This page cannot be drawn now</h2>\
    <p lang=en>Open it again in a moment. What was recorded is safe.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_that_is_a_body_nests_by_dots_and_keeps_what_for_as_it_was_typed() {
        let asked = [
            ("limit", "50"),
            ("sort", "due"),
            ("only.sector", "SECTOR_FIN"),
            ("only.province", "9"),
            ("only.exposed", "true"),
            ("why", "true"),
        ];
        let wanted = json!({
            "limit": 50, "sort": "due", "why": "true",
            "only": { "sector": "SECTOR_FIN", "province": 9, "exposed": true },
        });
        assert_eq!(question(asked.into_iter()), wanted);
    }

    #[test]
    fn a_page_of_those_who_could_do_something_is_absent_for_others() {
        let writes = Who::Could(&["draft_advisory"]);
        let in_post = |could: &str| json!({ "posts": [{ "could": [could] }] });
        assert!(may_look(writes, &in_post("draft_advisory")));
        assert!(!may_look(writes, &in_post("countersign")) && !may_look(writes, &Value::Null));
        assert!(may_look(Who::Known, &in_post("countersign")));
    }

    #[test]
    fn what_is_not_asked_is_said_by_the_row() {
        let ask = Ask::may("late", "/api/v1/acts/{act}/late").with(&["limit=50", "why"]).recorded();
        let names: Names<'_> = vec![("act", "A")];
        let wanted = wanted(&ask, &names, &json!({ "why": "calls" }), &[]).unwrap();
        assert_eq!(wanted.path, "/api/v1/acts/A/late");
        assert_eq!(wanted.body, Some(json!({ "limit": 50, "why": "calls" })));
    }
}
