//! As much of JSON Schema 2020-12 as the description uses. A keyword that is not here fails, so that nothing is passed over.

use serde_json::Value;

/// Says where a value does not fit a schema.
pub(crate) fn check(whole: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    Checker { whole }.fits(schema, value, "$").map(|_| ())
}

struct Checker<'a> {
    whole: &'a Value,
}

/// The properties that a schema has spoken of.
type Spoken = Vec<String>;

impl Checker<'_> {
    fn fits(&self, schema: &Value, value: &Value, at: &str) -> Result<Spoken, String> {
        let schema = match schema {
            Value::Bool(true) => return Ok(Vec::new()),
            Value::Bool(false) => return Err(format!("{at}: nothing may stand here")),
            Value::Object(schema) => schema,
            other => return Err(format!("{at}: {other} is no schema")),
        };
        let mut spoken = Vec::new();
        for (keyword, wanted) in schema {
            match keyword.as_str() {
                "$ref" => {
                    let path = wanted.as_str().unwrap().strip_prefix('#').unwrap();
                    let there =
                        self.whole.pointer(path).ok_or(format!("{at}: {path} is nowhere"))?;
                    spoken.extend(self.fits(there, value, at)?);
                }
                "type" => {
                    let one = |name: &Value| is(name.as_str().unwrap(), value);
                    let ok =
                        wanted.as_array().map_or_else(|| one(wanted), |all| all.iter().any(one));
                    if !ok {
                        return Err(format!("{at}: {value} is no {wanted}"));
                    }
                }
                "enum" if !wanted.as_array().unwrap().contains(value) => {
                    return Err(format!("{at}: {value} is none of {wanted}"));
                }
                "const" if wanted != value => return Err(format!("{at}: {value} is not {wanted}")),
                "properties" => {
                    for (name, schema) in wanted.as_object().unwrap() {
                        if let Some(inside) = value.get(name) {
                            self.fits(schema, inside, &format!("{at}.{name}"))?;
                            spoken.push(name.clone());
                        }
                    }
                }
                "required" => {
                    for name in wanted.as_array().unwrap() {
                        let name = name.as_str().unwrap();
                        if value.is_object() && value.get(name).is_none() {
                            return Err(format!("{at}: {name} is missing"));
                        }
                    }
                }
                "items" => {
                    for (number, inside) in value.as_array().into_iter().flatten().enumerate() {
                        self.fits(wanted, inside, &format!("{at}[{number}]"))?;
                    }
                }
                "allOf" => {
                    for one in wanted.as_array().unwrap() {
                        spoken.extend(self.fits(one, value, at)?);
                    }
                }
                "anyOf" | "oneOf" => {
                    let all = wanted.as_array().unwrap();
                    let tried: Vec<_> = all.iter().map(|one| self.fits(one, value, at)).collect();
                    let fitting = tried.iter().filter(|one| one.is_ok()).count();
                    if fitting == 0 || keyword == "oneOf" && fitting > 1 {
                        return Err(format!("{at}: {fitting} of {keyword} fit {value}: {tried:?}"));
                    }
                    spoken.extend(tried.into_iter().filter_map(Result::ok).flatten());
                }
                "maxLength" | "minLength" if value.is_string() => {
                    let length = value.as_str().unwrap().chars().count() as u64;
                    let limit = wanted.as_u64().unwrap();
                    if keyword == "maxLength" && length > limit
                        || keyword == "minLength" && length < limit
                    {
                        return Err(format!("{at}: {length} characters, {keyword} {limit}"));
                    }
                }
                "maxItems"
                    if value
                        .as_array()
                        .is_some_and(|all| all.len() as u64 > wanted.as_u64().unwrap()) =>
                {
                    return Err(format!("{at}: too many"));
                }
                "uniqueItems" => {
                    let all = value.as_array().map_or(&[][..], Vec::as_slice);
                    let twice = |(place, one)| all[..place].contains(one);
                    if all.iter().enumerate().any(twice) {
                        return Err(format!("{at}: something stands twice"));
                    }
                }
                "minimum" if value.as_f64().is_some_and(|it| it < wanted.as_f64().unwrap()) => {
                    return Err(format!("{at}: {value} is less than {wanted}"));
                }
                "maximum" if value.as_f64().is_some_and(|it| it > wanted.as_f64().unwrap()) => {
                    return Err(format!("{at}: {value} is more than {wanted}"));
                }
                "format" if wanted == "date-time" && value.is_string() => {
                    let parsed: Result<jiff::Timestamp, _> = value.as_str().unwrap().parse();
                    parsed.map_err(|error| format!("{at}: {error}"))?;
                }
                "pattern" if value.is_string() => {
                    pattern(wanted.as_str().unwrap(), value.as_str().unwrap(), at)?;
                }
                "enum"
                | "const"
                | "maxLength"
                | "minLength"
                | "maxItems"
                | "minimum"
                | "maximum"
                | "format"
                | "pattern"
                | "title"
                | "description"
                | "default"
                | "examples"
                | "additionalProperties"
                | "unevaluatedProperties" => {} // the last two below, once all else has spoken
                other => return Err(format!("{at}: nobody checks {other}")),
            }
        }
        let closed = schema.get("additionalProperties").or(schema.get("unevaluatedProperties"));
        if let (Some(rest), Some(object)) = (closed, value.as_object()) {
            for (name, inside) in object.iter().filter(|(name, _)| !spoken.contains(name)) {
                self.fits(rest, inside, &format!("{at}.{name}"))?;
            }
        }
        Ok(spoken)
    }
}

fn is(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other} is no type"),
    }
}

/// The patterns that the description has; another one needs a line here.
fn pattern(pattern: &str, text: &str, at: &str) -> Result<(), String> {
    let hex = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let fits = if pattern.starts_with("^[0-7]") {
        text.parse::<bongsu_authority::CaseId>().is_ok()
    } else if pattern == "^[0-9a-f]{64}$" {
        text.len() == 64 && hex(text)
    } else if pattern.starts_with("^(APEX") {
        text.parse::<bongsu_authority::NodeCode>().is_ok()
    } else if pattern.starts_with("^[^\\x00") {
        !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
    } else if pattern == "^[!-~]{1,100}$" {
        (1..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
    } else {
        return Err(format!("{at}: nobody checks the pattern {pattern}"));
    };
    if fits { Ok(()) } else { Err(format!("{at}: {text} does not look like {pattern}")) }
}
