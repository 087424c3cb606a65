//! Chance that nobody can guess.

/// Fills an array.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

/// One byte, for spreading things out.
pub(crate) fn byte() -> u8 {
    bytes::<1>()[0]
}
