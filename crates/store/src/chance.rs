//! Where chance comes in: nonces, salts and new keys.

/// Gives random bytes. The real one asks the system; tests bring one that can be repeated.
pub trait Chance: Send {
    /// Fills these bytes.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// The randomness of the system.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Chance for System {
    fn fill(&mut self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the system gives randomness");
    }
}

/// Bytes drawn from chance.
pub(crate) fn draw<const N: usize>(chance: &mut dyn Chance) -> [u8; N] {
    let mut bytes = [0; N];
    chance.fill(&mut bytes);
    bytes
}
