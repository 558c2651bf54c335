//! What a viewer's way is taken to carry.
//!
//! The engine's estimate is of what was sent: when a picture is hidden, or a layer is paused, or
//! this machine is short of CPU, it may fall to a fraction of what the way carries. So a fall is
//! only believed when the way shows strain: packets get lost, or take longer than they did.

use std::time::{Duration, Instant};

use crate::core::quality::Measurement;

/// More loss than this is strain.
const LOSS: f32 = 0.02;
/// A round trip longer than the shortest by this, and by a quarter, is a queue.
const QUEUE: Duration = Duration::from_millis(60);
/// Strain counts for so long.
const MEMORY: Duration = Duration::from_millis(1_500);
/// The shortest round trip grows by so much with each measurement: ways change.
const FORGETTING: Duration = Duration::from_millis(1);

#[derive(Debug, Default)]
pub(crate) struct Budget {
    believed: u64,
    shortest: Option<Duration>,
    strained: Option<Instant>,
}

impl Budget {
    /// Takes what was measured over about the last half second.
    pub(crate) fn measure(&mut self, now: Instant, measured: &Measurement) {
        if let Some(trip) = measured.round_trip {
            let shortest = self.shortest.map_or(trip, |least| trip.min(least + FORGETTING));
            self.shortest = Some(shortest);
            if trip > shortest + shortest / 4 + QUEUE {
                self.strained = Some(now);
            }
        }
        if measured.downlink_loss > LOSS {
            self.strained = Some(now);
        }
    }

    /// Bits per second, given the engine's estimate.
    pub(crate) fn believe(&mut self, now: Instant, estimate: u64) -> u64 {
        let is_strained = self.is_strained(now);
        if estimate >= self.believed || is_strained {
            self.believed = estimate;
        }
        self.believed
    }

    pub(crate) fn is_strained(&self, now: Instant) -> bool {
        self.strained.is_some_and(|then| now.saturating_duration_since(then) < MEMORY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fall_is_believed_when_the_way_shows_strain_and_not_before() {
        #[expect(clippy::disallowed_methods, reason = "an instant can only be had from the clock")]
        let now = Instant::now();
        let mut budget = Budget::default();
        let measured = |millis, downlink_loss| Measurement {
            round_trip: Some(Duration::from_millis(millis)),
            downlink_loss,
            ..Measurement::default()
        };
        budget.measure(now, &measured(50, 0.0));
        assert_eq!(budget.believe(now, 2_000_000), 2_000_000);
        assert_eq!(budget.believe(now, 80_000), 2_000_000);
        budget.measure(now, &measured(90, 0.01));
        assert_eq!(budget.believe(now, 80_000), 2_000_000);
        budget.measure(now, &measured(200, 0.0));
        assert_eq!(budget.believe(now, 300_000), 300_000);
        let later = now + MEMORY;
        assert_eq!(budget.believe(later, 900_000), 900_000);
        budget.measure(later, &measured(50, 0.3));
        assert_eq!(budget.believe(later, 500_000), 500_000);
    }
}
