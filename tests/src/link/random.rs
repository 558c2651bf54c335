//! SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every machine.

pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Evenly in [0, 1).
    pub(super) fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True in this share of the cases. Draws only where it matters, so that a setting that is off
    /// changes nothing of what the others do.
    pub(super) fn happens(&mut self, share: f64) -> bool {
        share > 0.0 && self.share() < share
    }
}
