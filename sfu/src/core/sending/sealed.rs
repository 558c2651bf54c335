//! Which numbers of a stream were sealed already. The nonce is made of the number (RFC 7714 §8.1), and
//! two packets of one nonce would give away the key that authenticates; so whatever happens further up,
//! none is sealed twice.

const WORDS: u64 = 8;

/// A window behind the newest number, as in RFC 6479: words are reused in turn.
#[derive(Debug, Default)]
pub(super) struct SealedNumbers {
    /// One past the newest.
    next: u64,
    bits: [u64; WORDS as usize],
}

impl SealedNumbers {
    /// Whether it may be sealed now. What is too old to tell may not.
    pub(super) fn take(&mut self, number: u64) -> bool {
        let (word, newest) = (number / 64, self.next.saturating_sub(1) / 64);
        if number >= self.next {
            (newest + 1..=word).take(WORDS as usize).for_each(|skipped| *self.word(skipped) = 0);
            self.next = number + 1;
        } else if newest - word >= WORDS {
            return false;
        }
        let (bits, bit) = (self.word(word), 1 << (number % 64));
        let is_new = *bits & bit == 0;
        *bits |= bit;
        is_new
    }

    fn word(&mut self, word: u64) -> &mut u64 {
        &mut self.bits[(word % WORDS) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_is_taken_twice_in_whatever_order_they_come() {
        let mut sealed = SealedNumbers::default();
        for number in [0, 2, 1, 70, 64, 3, 500, 448, 499] {
            assert!(sealed.take(number), "{number}");
        }
        for number in [0, 1, 2, 3, 64, 70, 448, 499, 500] {
            assert!(!sealed.take(number), "{number}");
        }
        assert!(sealed.take(501) && sealed.take(450));
    }

    #[test]
    fn what_is_far_behind_is_refused_and_a_leap_forgets() {
        let mut sealed = SealedNumbers::default();
        (1..=600).for_each(|number| assert!(sealed.take(number)));
        assert!(!sealed.take(0) && !sealed.take(100) && !sealed.take(300));
        let leap = 1 << 40;
        assert!(sealed.take(leap) && !sealed.take(600) && !sealed.take(leap));
        assert!(sealed.take(leap - 100) && sealed.take(leap + 1) && !sealed.take(leap - 100));
    }
}
