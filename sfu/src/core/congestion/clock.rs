//! The clock of a client, as its feedback tells of it.

/// Feedback counts 64 ms in 24 bits.
const WRAP: i64 = (1 << 24) * 64_000;
/// A clock that goes on by so much more, or less, than ours has been set anew.
const LEAP: i64 = 3_000_000;

/// Reads arrival times, in microseconds, such that they go on as our own do.
#[derive(Debug, Default)]
pub(super) struct ReceiverClock {
    last: Option<Reading>,
    leaps: u32,
}

#[derive(Debug, Clone, Copy)]
struct Reading {
    raw: i64,
    read: i64,
    now: i64,
}

impl ReceiverClock {
    pub(super) fn read(&mut self, now: i64, raw: i64) -> i64 {
        let raw = raw.rem_euclid(WRAP);
        let Some(last) = self.last else {
            self.last = Some(Reading { raw, read: now, now });
            return now;
        };
        let passed = (raw - last.raw + WRAP / 2).rem_euclid(WRAP) - WRAP / 2;
        let expected = now - last.now;
        let is_leap = (passed - expected).abs() > LEAP;
        self.leaps = self.leaps.wrapping_add(u32::from(is_leap));
        let read = last.read + if is_leap { expected } else { passed };
        self.last = Some(Reading { raw, read, now });
        read
    }

    /// Changes when the clock was set: delays from before don't compare with those after.
    pub(super) fn leaps(&self) -> u32 {
        self.leaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_when_it_wraps_and_when_it_is_set() {
        let mut clock = ReceiverClock::default();
        assert_eq!(clock.read(5_000, WRAP - 1_000), 5_000);
        assert_eq!(clock.read(6_000, 2_000), 8_000);
        assert_eq!(clock.read(6_000, 1_000), 7_000);
        assert_eq!(clock.leaps(), 0);
        assert_eq!(clock.read(7_000, 1_000 + WRAP / 2), 8_000);
        assert_eq!(clock.leaps(), 1);
        assert_eq!(clock.read(8_000, 2_500 + WRAP / 2), 9_500);
    }
}
