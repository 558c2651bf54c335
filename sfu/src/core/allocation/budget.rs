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
/// One that became shorter by this since the last is a queue that empties by itself.
const DRAINED: Duration = Duration::from_millis(10);
/// So much loss, or so long a queue, is more than sound can bear.
const HEAVY_LOSS: f32 = 0.05;
const LONG_QUEUE: Duration = Duration::from_millis(800);
/// Strain counts for so long.
const MEMORY: Duration = Duration::from_millis(1_000);
/// The shortest round trip grows by so much with each measurement: ways change.
const FORGETTING: Duration = Duration::from_millis(1);

#[derive(Debug, Default)]
pub(crate) struct Budget {
    believed: u64,
    shortest: Option<Duration>,
    last: Option<Duration>,
    strained: Option<Instant>,
    overrun: Option<Instant>,
}

impl Budget {
    /// Takes what was measured over about the last half second.
    pub(crate) fn measure(&mut self, now: Instant, measured: &Measurement) {
        if let Some(trip) = measured.round_trip {
            let shortest = self.shortest.map_or(trip, |least| trip.min(least + FORGETTING));
            self.shortest = Some(shortest);
            let is_draining = self.last.replace(trip).is_some_and(|last| trip + DRAINED < last);
            if trip > shortest + shortest / 4 + QUEUE && !is_draining {
                self.strained = Some(now);
            }
        }
        if measured.downlink_loss > LOSS {
            self.strained = Some(now);
        }
        let is_long = self.last > self.shortest.map(|shortest| shortest + LONG_QUEUE);
        if measured.downlink_loss > HEAVY_LOSS || is_long {
            self.overrun = Some(now);
        }
    }

    /// Bits per second, given the engine's estimate. Without strain the way carries at least what
    /// is sent.
    pub(crate) fn believe(&mut self, now: Instant, estimate: u64, sent: u64) -> u64 {
        self.believed = match self.is_strained(now) {
            true => estimate,
            false => self.believed.max(estimate).max(sent),
        };
        self.believed
    }

    /// Whether so much is lost or waits that sound suffers too.
    pub(crate) fn is_overrun(&self, now: Instant) -> bool {
        self.overrun.is_some_and(|then| now.saturating_duration_since(then) < MEMORY)
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
        assert_eq!(budget.believe(now, 2_000_000, 0), 2_000_000);
        assert_eq!(budget.believe(now, 80_000, 0), 2_000_000);
        budget.measure(now, &measured(90, 0.01));
        assert_eq!(budget.believe(now, 80_000, 0), 2_000_000);
        budget.measure(now, &measured(200, 0.0));
        assert_eq!(budget.believe(now, 300_000, 0), 300_000);
        let later = now + MEMORY;
        assert_eq!(budget.believe(later, 900_000, 0), 900_000);
        assert_eq!(budget.believe(later, 900_000, 1_000_000), 1_000_000);
        budget.measure(later, &measured(50, 0.3));
        assert_eq!(budget.believe(later, 500_000, 0), 500_000);
    }
}
