//! Fills the way with what media leaves of a rate, evenly.

/// How often, in microseconds.
const TICK: i64 = 15_000;
/// What was sent in excess is taken from what follows, but not for longer than this; and what was
/// not sent in time is only made up for so much of it.
const EXCESS: i64 = 100_000;
const ARREARS: i64 = 30_000;
/// Smaller packets would be headers for the most part.
const SMALLEST: i64 = 100 * 8;

#[derive(Debug, Default)]
pub(super) struct Filling {
    since: Option<i64>,
    /// Bits that are missing from the rate.
    missing: i64,
}

impl Filling {
    pub(super) fn send(&mut self, bytes: usize) {
        self.missing -= bytes as i64 * 8;
    }

    /// How many bytes to send now, at most.
    pub(super) fn due(&mut self, now: i64, rate: u64) -> Option<usize> {
        if rate == 0 {
            *self = Self::default();
            return None;
        }
        let passed = (now - self.since.replace(now).unwrap_or(now)).clamp(0, EXCESS);
        let bits = |span: i64| rate as i64 * span / 1_000_000;
        self.missing = (self.missing + bits(passed)).clamp(-bits(EXCESS), bits(ARREARS));
        (self.missing >= SMALLEST).then_some((self.missing / 8) as usize)
    }

    pub(super) fn deadline(&self) -> i64 {
        self.since.map_or(0, |since| since + TICK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_and_filling_make_up_the_rate() {
        let (mut filling, mut filled) = (Filling::default(), 0);
        for tick in 0..1_000 {
            if tick % 10 == 0 {
                filling.send(625);
            }
            while let Some(bytes) = filling.due(tick * 5_000, 400_000) {
                filling.send(bytes.min(1_200));
                filled += bytes.min(1_200);
            }
        }
        assert!((180_000..195_000).contains(&filled), "{filled}");
        assert_eq!(filling.due(9_000_000, 0), None);
    }
}
