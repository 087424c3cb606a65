//! Bitmaps of systems, and how many institutions they touch.

/// Words that `bits` bits need.
pub(super) const fn words_for(bits: usize) -> usize {
    bits.div_ceil(64)
}

/// Sets one bit; bits outside are ignored.
pub(super) fn set(words: &mut [u64], bit: u32) {
    if let Some(word) = words.get_mut(bit as usize / 64) {
        *word |= 1 << (bit % 64);
    }
}

/// Whether one bit is set; bits outside are not.
pub(super) fn has(words: &[u64], bit: u32) -> bool {
    words.get(bit as usize / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
}

/// Whether any bit of `from..to` is set.
pub(super) fn any_in(words: &[u64], from: u32, to: u32) -> bool {
    if from >= to {
        return false;
    }
    let (first, last) = (from as usize / 64, (to - 1) as usize / 64);
    let Some(words) = words.get(first..=last) else { return false };
    let head = u64::MAX << (from % 64);
    let tail = u64::MAX >> (63 - (to - 1) % 64);
    match words {
        [] => false,
        [only] => only & head & tail != 0,
        [begin, middle @ .., end] => {
            begin & head != 0 || middle.iter().any(|word| *word != 0) || end & tail != 0
        }
    }
}

/// How many bits are set.
pub(super) fn count(words: &[u64]) -> u64 {
    words.iter().map(|word| u64::from(word.count_ones())).sum()
}

/// Sixty-four bytes of 0 or 1 as bits.
#[inline]
pub(super) fn bits_of(bytes: &[u8; 64]) -> u64 {
    // The product moves byte i of eight to bit 56 + i.
    bytes.as_chunks::<8>().0.iter().enumerate().fold(0, |bits, (place, eight)| {
        let eight = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits | eight << (8 * place)
    })
}

/// Where runs of bits end, such as the systems of each institution.
#[derive(Debug, Default)]
pub(super) struct Ends {
    /// The last bit of each run.
    words: Vec<u64>,
    /// For each word the first end in any later word.
    after: Vec<u32>,
}

impl Ends {
    /// Runs that begin at `starts` and end where the next begins; the last of them is where the
    /// last run ends. A run may be empty.
    pub(super) fn new(starts: &[u32]) -> Self {
        let bits = starts.last().copied().unwrap_or(0);
        let mut words = vec![0; words_for(bits as usize)];
        for run in starts.windows(2).filter(|run| run[1] > run[0]) {
            set(&mut words, run[1] - 1);
        }
        let mut after = vec![u32::MAX; words.len()];
        let (mut next, mut base) = (u32::MAX, bits.next_multiple_of(64));
        for (word, after) in words.iter().zip(&mut after).rev() {
            base -= 64;
            *after = next;
            next = if *word == 0 { next } else { base + word.trailing_zeros() };
        }
        Self { words, after }
    }

    /// How many runs the bits of an ascending list touch.
    ///
    /// Two bits are of one run exactly when the next end is the same. It is nearly always in the
    /// bit's own word; where not, the table knows, and no branch has to guess which.
    pub(super) fn count_of(&self, list: &[u32]) -> u64 {
        let after = &self.after[..];
        let words = &self.words[..after.len()];
        let mut last = u32::MAX;
        let mut runs = 0;
        for bit in list {
            let place = *bit as usize / 64;
            if place >= words.len() {
                break;
            }
            let rest = words[place] >> (bit % 64);
            let near = bit.wrapping_add(rest.trailing_zeros());
            let end = std::hint::select_unpredictable(rest == 0, after[place], near);
            runs += u64::from(end != last);
            last = end;
        }
        runs
    }

    /// How many runs hold a set bit.
    ///
    /// Adding the inner places of a run to its set bits carries into its end exactly when one of
    /// them is set, and an end swallows the carry: one addition over the whole map answers for all
    /// runs.
    pub(super) fn count_in(&self, words: &[u64]) -> u64 {
        let mut carry = false;
        let mut runs = 0;
        // Eight at a time: their bits are then counted side by side.
        for (words, ends) in words.chunks(8).zip(self.words.chunks(8)) {
            let mut touched = [0_u64; 8];
            for ((word, ends), touched) in words.iter().zip(ends).zip(&mut touched) {
                let inner = !ends;
                let (sum, over) = (word & inner).overflowing_add(inner);
                let (sum, again) = sum.overflowing_add(u64::from(carry));
                carry = over | again;
                *touched = (sum | word) & ends;
            }
            runs += count(&touched);
        }
        runs
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "small numbers of a test")]
mod tests {
    use super::*;

    #[test]
    fn runs_are_counted_as_by_looking_at_each() {
        let mut seed = 1_u64;
        let mut noise = move || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        for case in 0..2_000 {
            let bits = 1 + (noise() % 700) as usize;
            let mut starts = vec![0_u32];
            while let Some(last) = starts.last().copied().filter(|last| (*last as usize) < bits) {
                starts.push((last + 1 + (noise() % (1 + case % 130)) as u32).min(bits as u32));
            }
            let ends = Ends::new(&starts);
            let mut words = vec![0; words_for(bits)];
            for bit in 0..bits {
                if noise() % (2 + case % 60) == 0 {
                    set(&mut words, bit as u32);
                }
            }
            let slow = starts.windows(2).filter(|run| any_in(&words, run[0], run[1])).count();
            assert_eq!(ends.count_in(&words), slow as u64);
            let list: Vec<u32> = (0..bits as u32).filter(|bit| has(&words, *bit)).collect();
            assert_eq!(ends.count_of(&list), slow as u64);
            for run in starts.windows(2) {
                let slow = (run[0]..run[1]).any(|bit| has(&words, bit));
                assert_eq!(any_in(&words, run[0], run[1]), slow);
            }
        }
    }
}
