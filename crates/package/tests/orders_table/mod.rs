//! What the tables of cases share.

use std::cmp::Ordering;

use bongsu_package::Scheme;

/// What a scheme says of the left version.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Says {
    /// It comes before the right one.
    Before,
    /// They are equal.
    Same,
    /// It comes after the right one.
    After,
    /// The left one is unreadable and the right one is not.
    CannotTell,
}

/// Checks every line both ways round.
pub(crate) fn check(scheme: Scheme, table: &[(&str, Says, &str, &str)]) {
    for (left, says, right, why) in table {
        let expected = match says {
            Says::Before => Some(Ordering::Less),
            Says::Same => Some(Ordering::Equal),
            Says::After => Some(Ordering::Greater),
            Says::CannotTell => None,
        };
        let there = scheme.compare(left, right);
        let back = scheme.compare(right, left).map(Ordering::reverse);
        assert_eq!(there, expected, "{scheme}: {left} against {right}: {why}");
        assert_eq!(back, expected, "{scheme}: {right} against {left}: {why}");
        assert!(scheme.parse(right).is_ok(), "{scheme} should read {right}: {why}");
        assert_eq!(scheme.parse(left).is_ok(), expected.is_some(), "{scheme} {left}: {why}");
    }
}
