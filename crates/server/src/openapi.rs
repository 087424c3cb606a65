//! The API, described as OpenAPI 3.1 from the table of routes.

use std::sync::OnceLock;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::input;
use crate::right::Right;
use crate::routes::{self, Gives, Route, Takes, Verb};
use crate::wire;

/// A problem, as RFC 9457 has it.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Problem")]
#[allow(dead_code, reason = "it is only described")]
struct Described {
    /// What kind of problem, as a URN.
    r#type: String,
    /// The kind in a few words.
    title: String,
    /// The status again.
    status: u16,
    /// What happened and what to do next, in English.
    detail: String,
    /// A stable word for the cause, such as `index-behind`: what to tell it from others by, or to say it in another
    /// language. New words may come.
    reason: String,
    /// What a sentence about the cause needs: figures, instants, codes. Nothing where it needs none.
    facts: Option<serde_json::Map<String, Value>>,
}

/// The document.
pub(crate) fn document() -> &'static Value {
    static MADE: OnceLock<Value> = OnceLock::new();
    MADE.get_or_init(make)
}

fn make() -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = SchemaGenerator::new(settings);
    let problem = generator.subschema_for::<Described>();
    let mut paths: Map<String, Value> = Map::new();
    for route in routes::all() {
        let operation = operation(route, &mut generator, &problem);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[verb(route.method)] = operation;
    }
    let schemas: Map<String, Value> = generator.take_definitions(true).into_iter().collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Bongsu",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": "__Host-bongsu" },
            },
        },
    })
}

/// What holds for every route, as the document says it.
const DESCRIPTION: &str = "One disclosure, everybody who must fix it, and a record of it that nobody can rewrite.\n\n\
    What you may not see or do looks as if it were not there: 404, with the same words. So do a path that nobody serves, \
    a method that a path does not have (404, never 405), a name in a path that is no id, and a cursor that was never \
    given out. What can be read and does not fit is 422; what the rules do not allow as things stand, or an \
    Idempotency-Key that was used for another body, is 409; an If-Match that is not the ETag of what stands there is 412. \
    429 and 503 say in Retry-After when to come again. Every answer that is no success is a problem of RFC 9457; \
    its `reason` is a stable word for the cause, with the `facts` that a sentence about it needs.";

fn operation(route: &Route, generator: &mut SchemaGenerator, problem: &schemars::Schema) -> Value {
    let mut operation = json!({
        "operationId": route.id,
        "summary": route.summary,
        "tags": [tag(route.path)],
        "responses": { "default": {
            "description": "What went wrong, and what to do next",
            "content": { "application/problem+json": { "schema": problem } },
        }},
    });
    let mut parameters: Vec<Value> = names(route.path)
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": shape(name) }))
        .collect();
    if let Some(query) = route.query {
        parameters.extend(questions(&query(generator), generator));
    }
    if matches!(route.method, Verb::Post | Verb::Put) && keeps_keys(route) {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "The same key and body twice is one request",
            "schema": { "type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$" },
        }));
    }
    let edits = matches!((route.method, route.right), (Verb::Put, Right::May(..)));
    if edits && matches!(route.takes, Takes::Json(_)) {
        parameters.push(json!({
            "name": "If-Match", "in": "header", "required": false,
            "description": "The ETag of what was read: where it has changed since, nothing is written over it",
            "schema": { "type": "string", "minLength": 1, "maxLength": input::LONGEST_TAGS, "pattern": input::TAGS },
        }));
    }
    if matches!(route.gives, Gives::Events) {
        parameters.push(json!({
            "name": "Last-Event-ID", "in": "header", "required": false,
            "description": "The last event that was heard: what came after it comes first",
            "schema": { "type": "string", "pattern": "^[0-9]{1,19}$" },
        }));
    }
    operation["parameters"] = parameters.into();
    match route.takes {
        Takes::Nothing => {}
        Takes::Json(describe) => {
            operation["requestBody"] = json!({
                "required": true,
                "content": { "application/json": { "schema": describe(generator) } },
            });
        }
        Takes::Document => {
            operation["requestBody"] = json!({
                "required": true,
                "content": { "application/octet-stream": { "schema": { "type": "string", "format": "binary", "minLength": 1 } } },
            });
        }
    }
    let (status, answer) = match route.gives {
        Gives::Json(status, describe) => (
            status,
            json!({ "description": "Done", "content": { "application/json": { "schema": describe(generator) } } }),
        ),
        Gives::Nothing(status) => (status, json!({ "description": "Done" })),
        Gives::Events => (
            200,
            json!({ "description": "Events as they happen", "content": { "text/event-stream": {} } }),
        ),
        Gives::Text(kind) => {
            let mut content = Map::new();
            content.insert(kind.to_owned(), json!({ "schema": { "type": "string" } }));
            (200, json!({ "description": "Done", "content": content }))
        }
    };
    operation["responses"][status.to_string()] = answer;
    operation["security"] = match route.right {
        Right::Anybody => json!([]),
        Right::Oneself => json!([{ "session": [] }, { "token": [] }]),
        Right::May(scope, actions) => {
            operation["x-actions"] = actions.iter().map(|action| action.as_str()).collect();
            json!([{ "session": [] }, { "token": [scope.to_string()] }])
        }
    };
    operation
}

/// The properties of a query's schema, as parameters.
fn questions(schema: &schemars::Schema, generator: &SchemaGenerator) -> Vec<Value> {
    let at = schema.as_value()["$ref"].as_str().and_then(|path| path.rsplit('/').next());
    let whole = at.and_then(|name| generator.definitions().get(name)).unwrap_or(schema.as_value());
    let required = whole["required"].as_array().cloned().unwrap_or_default();
    let properties = whole["properties"].as_object().into_iter().flatten();
    let parameter = |(name, schema): (&String, &Value)| {
        json!({
            "name": name, "in": "query", "schema": schema,
            "required": required.contains(&Value::from(name.as_str())),
        })
    };
    properties.map(parameter).collect()
}

/// Does a key make two requests one here? What is recorded does; what only names, or is the same however often, does not.
fn keeps_keys(route: &Route) -> bool {
    matches!(route.right, Right::May(..))
        && !matches!(route.takes, Takes::Nothing)
        && !KEYLESS.contains(&route.id)
}

/// Routes that take a body and read no key.
const KEYLESS: &[&str] =
    &["called", "calls", "case_statements", "invite", "take_list", "who_has_names"];

/// What stands in a path under this name.
fn shape(name: &str) -> Value {
    match name {
        "act" | "appointment" | "case" | "delegation" | "institution" | "job" | "list"
        | "system" => {
            json!({ "type": "string", "pattern": wire::ID })
        }
        "station" => json!({ "type": "string", "pattern": wire::STATION }),
        "entry" | "number" => json!({ "type": "integer", "minimum": 0 }),
        _ => json!({ "type": "string", "minLength": 1 }),
    }
}

fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn tag(path: &str) -> &str {
    let path = path.strip_prefix("/api/v1/").unwrap_or(path);
    path.trim_start_matches('/').split('/').next().unwrap_or_default()
}

fn verb(method: Verb) -> &'static str {
    match method {
        Verb::Get => "get",
        Verb::Post => "post",
        Verb::Put => "put",
        Verb::Delete => "delete",
    }
}
