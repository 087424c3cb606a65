//! Every order over three texts: no panic, and what it reads is antisymmetric and transitive.
#![no_main]

use std::cmp::Ordering;

use bongsu_package::Scheme;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|texts: (u8, &str, &str, &str)| {
    let (number, a, b, c) = texts;
    let scheme = Scheme::ALL[usize::from(number) % Scheme::ALL.len()];
    let (Ok(a), Ok(b), Ok(c)) = (scheme.parse(a), scheme.parse(b), scheme.parse(c)) else { return };
    let order = |x: &bongsu_package::Version, y: &bongsu_package::Version| x.compare(y).expect("one scheme");
    assert_eq!(order(&a, &b), order(&b, &a).reverse(), "{scheme}: {a:?} {b:?}");
    if order(&a, &b) != Ordering::Greater && order(&b, &c) != Ordering::Greater {
        assert_ne!(order(&a, &c), Ordering::Greater, "{scheme}: {a:?} {b:?} {c:?}");
    }
});
