//! A bar of parts of a whole: how institutions stand. What is unknown is hatched, never blank and never green.

use std::fmt::Write;

use minijinja::value::{Serde, Value};

use super::escaped;

/// Draws `[[kind, label, count], …]`; kinds are classes of the stylesheet.
pub(super) fn draw(title: &str, Serde(parts): Serde<Vec<(String, String, u64)>>) -> Value {
    let total: u64 = parts.iter().map(|(_, _, count)| count).sum();
    let mut svg = format!(
        "<svg class=\"bar\" viewBox=\"0 0 1000 24\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{0}\"><title>{0}</title>",
        escaped(title)
    );
    let mut from = 0.0;
    for (kind, label, count) in parts.iter().filter(|(_, _, count)| *count > 0) {
        // The smallest part is seen, too.
        let wide = (share(*count, total) * 1_000.0).max(4.0);
        let _ = write!(
            svg,
            "<rect class=\"is-{}\" x=\"{from:.1}\" y=\"0\" width=\"{wide:.1}\" height=\"24\"><title>{} {count}</title></rect>",
            escaped(kind),
            escaped(label),
        );
        from += wide;
    }
    svg.push_str("</svg>");
    Value::from_safe_string(svg)
}

/// A part of a whole.
#[allow(clippy::cast_precision_loss, reason = "counts of institutions are far below 2^52")]
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
