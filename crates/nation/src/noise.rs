//! Repeatable noise: the same seed tells the same story on every machine.

/// A small generator of 64-bit numbers.
///
/// - **Source:** the `SplitMix64` construction: a Weyl sequence and a mixing function.
#[derive(Clone, Debug)]
pub(crate) struct Noise(u64);

impl Noise {
    /// A stream of its own for each list of numbers.
    pub(crate) fn of(numbers: &[u64]) -> Self {
        Self(
            numbers
                .iter()
                .fold(0x5eed, |state, number| mix(state ^ mix(number.wrapping_add(WEYL)))),
        )
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(WEYL);
        mix(self.0)
    }

    /// A number below `limit`; 0 when the limit is 0.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        let product = u128::from(self.next()) * u128::from(limit);
        u32::try_from(product >> 64).expect("a product with a 64-bit fraction is below the limit")
    }

    /// A number of a range, both ends in it.
    pub(crate) fn within(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high - low + 1)
    }

    /// True `percent` times of a hundred.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// Sixteen bytes that look like nothing.
    pub(crate) fn bytes(&mut self) -> [u8; 16] {
        (u128::from(self.next()) << 64 | u128::from(self.next())).to_be_bytes()
    }

    /// Chooses `count` of the numbers, all of them if there are fewer; in the order chosen.
    pub(crate) fn choose(&mut self, mut numbers: Vec<u32>, count: usize) -> Vec<u32> {
        let count = count.min(numbers.len());
        for place in 0..count {
            let left =
                u32::try_from(numbers.len() - place).expect("institutions are numbered by u32");
            numbers.swap(place, place + self.below(left) as usize);
        }
        numbers.truncate(count);
        numbers
    }
}

fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

const WEYL: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ_from_one_another() {
        let four = |numbers: &[u64]| {
            let mut noise = Noise::of(numbers);
            [noise.next(), noise.next(), noise.next(), noise.next()]
        };
        assert_eq!(four(&[1, 2]), four(&[1, 2]));
        for other in [&[2, 1][..], &[1], &[1, 2, 0], &[1, 3]] {
            assert_ne!(four(&[1, 2]), four(other), "{other:?}");
        }
    }

    #[test]
    fn what_is_chosen_is_of_the_numbers_and_each_once() {
        let mut chosen = Noise::of(&[7]).choose((10..20).collect(), 4);
        assert_eq!(chosen.len(), 4);
        chosen.sort_unstable();
        chosen.dedup();
        assert_eq!(chosen.len(), 4);
        assert!(chosen.iter().all(|number| (10..20).contains(number)));
        assert_eq!(Noise::of(&[7]).choose(vec![3], 9), [3]);
        assert_eq!(Noise::of(&[7]).below(0), 0);
    }
}
