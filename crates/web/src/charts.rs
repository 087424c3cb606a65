//! Pictures of numbers, drawn on the server as SVG: each has a title, and a table behind it in the template.

mod bar;
mod curve;
mod map;

use minijinja::Environment;

/// What templates draw with.
pub(crate) fn register(environment: &mut Environment<'static>) {
    environment.add_function("bar", bar::draw);
    environment.add_function("curve", curve::draw);
    environment.add_function("tiles", map::draw);
}

/// Text inside SVG.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
