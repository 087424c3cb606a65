//! How long a flaw stays open: the share of affected institutions that are still affected, day by day (Kaplan-Meier).

use std::fmt::Write;

use minijinja::value::{Serde, Value};
use serde::Deserialize;

use super::escaped;

/// One curve: steps down from 1.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    /// What it says beside it.
    label: String,
    /// Days and the share still open after them.
    points: Vec<(f64, f64)>,
}

const WIDE: f64 = 640.0;
const HIGH: f64 = 240.0;
const LEFT: f64 = 44.0;
const FOOT: f64 = 28.0;

/// Round days to mark on so long an axis: six at most.
fn ticks(days: f64) -> impl Iterator<Item = f64> {
    let steps = [0.5, 1.0, 2.0, 7.0, 14.0, 30.0, 90.0];
    let step = steps.into_iter().find(|step| days / step < 6.0).unwrap_or(365.0);
    (0..6).map(move |place| f64::from(place) * step).take_while(move |day| *day <= days)
}

/// Draws up to six curves over so many days.
pub(super) fn draw(title: &str, days: f64, Serde(lines): Serde<Vec<Line>>) -> Value {
    let days = days.max(1.0);
    let x = |day: f64| LEFT + (WIDE - LEFT - 8.0) * (day / days).clamp(0.0, 1.0);
    let y = |share: f64| 8.0 + (HIGH - FOOT - 8.0) * (1.0 - share.clamp(0.0, 1.0));
    let mut svg = format!(
        "<svg class=\"curve\" viewBox=\"0 0 {WIDE} {HIGH}\" role=\"img\" aria-label=\"{0}\"><title>{0}</title>",
        escaped(title)
    );
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let at = y(share);
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{WIDE}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{:.0}%</text>",
            LEFT - 6.0,
            at + 4.0,
            share * 100.0
        );
    }
    for day in ticks(days) {
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{day}</text>",
            x(day),
            HIGH - 8.0
        );
    }
    for (place, line) in lines.iter().take(6).enumerate() {
        let mut path = format!("M{:.1} {:.1}", x(0.0), y(1.0));
        for (day, share) in &line.points {
            let _ = write!(path, "H{:.1}V{:.1}", x(*day), y(*share));
        }
        let _ = write!(
            svg,
            "<path class=\"line line-{place}\" d=\"{path}\"><title>{}</title></path>",
            escaped(&line.label)
        );
    }
    svg.push_str("</svg>");
    Value::from_safe_string(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_is_marked_on_round_days_and_not_too_often() {
        let marked = |days| ticks(days).collect::<Vec<_>>();
        assert_eq!(marked(1.7), [0.0, 0.5, 1.0, 1.5]);
        assert_eq!(marked(5.0), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(marked(43.0), [0.0, 14.0, 28.0, 42.0]);
        assert!(marked(700.0).len() <= 6);
    }
}
