//! How often: spans as people write them, spread so that nodes do not come all at once, slower where it fails.

use std::time::Duration;

/// A span such as `90s`, `15m`, `1h`, `1d`; a second at least, thirty days at most.
pub(super) fn span(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let whole = number.trim().parse::<u64>().ok()?.checked_mul(seconds)?;
    (1..=30 * 86_400).contains(&whole).then(|| Duration::from_secs(whole))
}

/// How long until the next look: a tenth earlier or later by `chance`, and after failures twice as long each time, from a
/// minute up to six hours or the usual span, whichever is longer.
pub(super) fn pause(every: Duration, failures: u32, chance: u8) -> Duration {
    let longest = every.max(Duration::from_hours(6));
    let base = match failures {
        0 => every,
        failed => {
            every.min(Duration::from_mins(1)).saturating_mul(1 << failed.min(16)).min(longest)
        }
    };
    base.mul_f64(0.9 + 0.2 * f64::from(chance) / 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_number_and_a_unit() {
        assert_eq!(span("90s"), Some(Duration::from_secs(90)));
        assert_eq!(span("15m"), Some(Duration::from_mins(15)));
        assert_eq!(span(" 1h "), Some(Duration::from_hours(1)));
        assert_eq!(span("1d"), Some(Duration::from_hours(24)));
        for bad in ["", "h", "1", "1w", "0s", "-1h", "99999999999999999999h", "31d", "시", "1시"]
        {
            assert_eq!(span(bad), None, "{bad}");
        }
    }

    #[test]
    fn failing_comes_back_soon_at_first_and_then_ever_later() {
        let hour = Duration::from_hours(1);
        assert_eq!(pause(hour, 0, 0), hour.mul_f64(0.9));
        assert_eq!(pause(hour, 0, 255), hour.mul_f64(1.1));
        assert!(pause(hour, 1, 255) < Duration::from_mins(3));
        assert!(pause(hour, 5, 0) > pause(hour, 4, 255));
        assert!(pause(hour, u32::MAX, 255) <= Duration::from_hours(7));
        assert!(pause(Duration::from_secs(10), 1, 255) < Duration::from_secs(30));
    }
}
