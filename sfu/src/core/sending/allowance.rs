//! How much may be sent again: a viewer who asks for everything again must not double what it costs.

/// Of each byte that is sent, so much may be sent again, in percent: where a fifth gets lost, a
/// quarter has to be, and some of it is asked for twice.
const SHARE: u64 = 50;
/// What may be saved up, in bytes: the losses of a burst are asked for together.
const MOST: u64 = 64_000;
/// What may be sent again before much was sent.
const FIRST: u64 = 16_000;

#[derive(Debug)]
pub(super) struct Allowance {
    /// In hundredths of a byte.
    saved: u64,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { saved: FIRST * 100 }
    }
}

impl Allowance {
    pub(super) fn earn(&mut self, bytes: usize) {
        self.saved = (self.saved + bytes as u64 * SHARE).min(MOST * 100);
    }

    /// Whether so many bytes may be sent again.
    pub(super) fn spend(&mut self, bytes: usize) -> bool {
        let rest = self.saved.checked_sub(bytes as u64 * 100);
        self.saved = rest.unwrap_or(self.saved);
        rest.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_for_everything_again_gets_half() {
        let (mut allowance, mut again) = (Allowance::default(), 0);
        for _ in 0..10_000 {
            allowance.earn(1_000);
            again += usize::from(allowance.spend(1_000));
        }
        assert!((5_000..5_100).contains(&again), "{again}");
    }

    #[test]
    fn no_more_is_saved_up_than_a_burst_takes() {
        let mut allowance = Allowance::default();
        allowance.earn(10_000_000);
        let burst = (0..1_000).filter(|_| allowance.spend(1_000)).count();
        assert_eq!(burst as u64, MOST / 1_000);
    }
}
