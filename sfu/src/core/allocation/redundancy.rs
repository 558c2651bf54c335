//! Whether a viewer is sent sound twice (RFC 2198). It hides nearly all random loss, and costs as
//! much again as the sound itself: worth it on a way that loses packets by itself, and only as long
//! as that is a small part of what the way carries. Where packets are lost because they crowd, it
//! would make matters worse.

use std::time::{Duration, Instant};

/// More loss than this is heard.
const LOSS: f32 = 0.005;
/// It is there in so many measurements, not by a single accident, which is in two.
const TIMES: u8 = 3;
/// After loss, so long.
const MEMORY: Duration = Duration::from_secs(30);
/// The way carries so many times the sound at least.
const SHARE: u64 = 4;

#[derive(Debug, Default)]
pub(crate) struct Redundancy {
    lost: Option<Instant>,
    times: u8,
}

impl Redundancy {
    /// Takes the loss of about the last second, twice a second, and whether packets had to queue.
    pub(crate) fn measure(&mut self, now: Instant, loss: f32, is_crowded: bool) {
        if loss <= LOSS || is_crowded {
            return;
        }
        let times = if self.is_recent(now) { self.times } else { 0 };
        (self.lost, self.times) = (Some(now), times.saturating_add(1));
    }

    /// Whether it is worth it, given what the sound takes and the way carries, in bits per second.
    pub(crate) fn is_worth_it(&self, now: Instant, sound: u64, carried: u64) -> bool {
        let is_lossy = self.times >= TIMES && self.is_recent(now);
        is_lossy && sound.saturating_mul(SHARE) <= carried
    }

    fn is_recent(&self, now: Instant) -> bool {
        self.lost.is_some_and(|lost| now.saturating_duration_since(lost) < MEMORY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_is_doubled_where_packets_get_lost_and_there_is_room() {
        #[expect(clippy::disallowed_methods, reason = "an instant can only be had from the clock")]
        let begin = Instant::now();
        let after = |seconds| begin + Duration::from_secs(seconds);
        let mut redundancy = Redundancy::default();
        for loss in [0.0, 0.02, 0.02] {
            redundancy.measure(begin, loss, false);
            assert!(!redundancy.is_worth_it(begin, 32_000, 2_000_000));
        }
        redundancy.measure(begin, 0.2, true);
        assert!(!redundancy.is_worth_it(begin, 32_000, 2_000_000));
        redundancy.measure(begin, 0.02, false);
        assert!(redundancy.is_worth_it(begin, 32_000, 2_000_000));
        assert!(!redundancy.is_worth_it(begin, 32_000, 120_000));
        assert!(!redundancy.is_worth_it(begin, 160_000, 600_000));
        redundancy.measure(after(20), 0.0, false);
        assert!(redundancy.is_worth_it(after(29), 32_000, 300_000));
        assert!(!redundancy.is_worth_it(after(30), 32_000, 300_000));
        redundancy.measure(after(31), 0.02, false);
        assert!(!redundancy.is_worth_it(after(31), 32_000, 300_000));
    }
}
