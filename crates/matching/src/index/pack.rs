//! Bit-packing: 128 numbers at a time in four lanes, and short tails one after the other.
//!
//! Four lanes side by side are one SSE2 register, so the compiler turns the loops below into
//! vector code on every x86-64, with no intrinsics and no `unsafe`.

/// Numbers in a full block.
pub(super) const BLOCK: usize = 128;

/// Bytes that readers may look at beyond the last packed number.
pub(super) const PADDING: usize = 8;

/// Bits that the largest of `numbers` needs, 0 to 32.
pub(super) fn width(numbers: &[u32]) -> u8 {
    let all = numbers.iter().fold(0, |all, number| all | number);
    (32 - all.leading_zeros()).to_le_bytes()[0]
}

/// Bytes of a full block at `width` bits.
pub(super) const fn block_bytes(width: u8) -> usize {
    width as usize * BLOCK / 8
}

/// Appends 128 numbers of `width` bits: number `i` is in lane `i % 4`, at place `i / 4` of it.
pub(super) fn pack(numbers: &[u32; BLOCK], width: u8, out: &mut Vec<u8>) {
    let width = usize::from(width);
    let mut words = [[0_u32; 4]; 33];
    for (place, four) in numbers.as_chunks::<4>().0.iter().enumerate() {
        let (word, shift) = (place * width / 32, place * width % 32);
        for lane in 0..4 {
            words[word][lane] |= four[lane] << shift;
            if shift + width > 32 {
                words[word + 1][lane] |= four[lane] >> (32 - shift);
            }
        }
    }
    for word in &words[..width] {
        for lane in word {
            out.extend_from_slice(&lane.to_le_bytes());
        }
    }
}

/// Reads 128 numbers of `width` bits (at most 32); `None` when `bytes` are too few.
pub(super) fn unpack(bytes: &[u8], width: u8, out: &mut [u32; BLOCK]) -> Option<()> {
    macro_rules! by_width {
        ($($width:literal)*) => {
            match width {
                0 => out.fill(0),
                $($width => unpack_at::<$width>(bytes.get(..16 * $width)?, out),)*
                _ => return None,
            }
        };
    }
    by_width!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32);
    Some(())
}

/// [`unpack`] with the width known to the compiler, and every place too: all shifts are constants.
fn unpack_at<const WIDTH: usize>(bytes: &[u8], out: &mut [u32; BLOCK]) {
    let Some(words) = bytes.as_chunks::<16>().0.first_chunk::<WIDTH>() else { return };
    let four = out.as_chunks_mut::<4>().0;
    macro_rules! places {
        ($($place:literal)*) => { $(
            if let Some(four) = four.get_mut($place) {
                *four = at_place::<WIDTH, $place>(words);
            }
        )* };
    }
    places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31);
}

/// The four numbers at a place, one of each lane.
#[inline]
fn at_place<const WIDTH: usize, const PLACE: usize>(words: &[[u8; 16]; WIDTH]) -> [u32; 4] {
    let mask = u32::MAX >> (32 - WIDTH);
    let (word, shift) = (PLACE * WIDTH / 32, PLACE * WIDTH % 32);
    let low = lanes(&words[word]);
    if shift + WIDTH > 32 {
        let high = lanes(&words[word + 1]);
        std::array::from_fn(|lane| ((low[lane] >> shift) | (high[lane] << (32 - shift))) & mask)
    } else {
        std::array::from_fn(|lane| (low[lane] >> shift) & mask)
    }
}

/// Sixteen bytes as four numbers.
#[inline]
fn lanes(bytes: &[u8; 16]) -> [u32; 4] {
    std::array::from_fn(|lane| {
        let at = 4 * lane;
        u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
    })
}

/// Bytes of `count` numbers of `width` bits in a tail.
pub(super) const fn tail_bytes(count: usize, width: u8) -> usize {
    (count * width as usize).div_ceil(8)
}

/// Appends fewer than 128 numbers, one after the other from the lowest bit up.
pub(super) fn pack_tail(numbers: &[u32], width: u8, out: &mut Vec<u8>) {
    let (mut bits, mut held) = (0_u64, 0_u32);
    for number in numbers {
        bits |= u64::from(*number) << held;
        held += u32::from(width);
        while held >= 8 {
            out.push(bits.to_le_bytes()[0]);
            bits >>= 8;
            held -= 8;
        }
    }
    if held > 0 {
        out.push(bits.to_le_bytes()[0]);
    }
}

/// Reads `out.len()` numbers of a tail; `bytes` reach [`PADDING`] beyond the last of them.
pub(super) fn unpack_tail(bytes: &[u8], width: u8, out: &mut [u32]) -> Option<()> {
    let mask = u64::from(u32::MAX).checked_shr(32 - u32::from(width))?;
    for (place, number) in out.iter_mut().enumerate() {
        let bit = place * usize::from(width);
        let eight = bytes.get(bit / 8..)?.first_chunk::<8>()?;
        *number = low_half((u64::from_le_bytes(*eight) >> (bit % 8)) & mask);
    }
    Some(())
}

#[allow(clippy::cast_possible_truncation, reason = "masked to at most 32 bits")]
const fn low_half(number: u64) -> u32 {
    number as u32
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "small numbers of a test")]
mod tests {
    use super::*;

    #[test]
    fn every_width_reads_back_what_it_wrote() {
        for bits in 0..=32_u8 {
            let numbers: [u32; BLOCK] = std::array::from_fn(|place| {
                let noise = u64::from(place as u32 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
                low_half(noise) & u32::MAX.checked_shr(32 - u32::from(bits)).unwrap_or(0)
            });
            let mut bytes = Vec::new();
            pack(&numbers, bits, &mut bytes);
            assert_eq!(bytes.len(), block_bytes(bits), "{bits} bits");
            let mut back = [7; BLOCK];
            unpack(&bytes, bits, &mut back).unwrap();
            assert_eq!(back, numbers, "{bits} bits");

            for count in [0, 1, 5, 127] {
                let mut bytes = Vec::new();
                pack_tail(&numbers[..count], bits, &mut bytes);
                assert_eq!(bytes.len(), tail_bytes(count, bits));
                bytes.extend([0xff; PADDING]);
                let mut back = vec![7; count];
                unpack_tail(&bytes, bits, &mut back).unwrap();
                assert_eq!(back, numbers[..count], "{count} numbers of {bits} bits");
            }
        }
    }

    #[test]
    fn too_few_bytes_are_refused() {
        let mut out = [0; BLOCK];
        assert_eq!(unpack(&[0; 15], 1, &mut out), None);
        assert_eq!(unpack(&[0; 4096], 33, &mut out), None);
        assert_eq!(unpack_tail(&[0; 7], 3, &mut [0; 1]), None);
    }
}
