//! What a viewer's way is taken to carry.
//!
//! The estimate is of what was sent: when a picture is hidden, or a layer is paused, or
//! this machine is short of CPU, it may fall to a fraction of what the way carries. So a fall is
//! only believed when the way shows strain: packets wait in a queue, or more get lost than usual.
//! What is usual is learnt: a radio link may lose a tenth of everything however little is sent, and
//! one with jitter may take twice as long as at its best.

use std::time::{Duration, Instant};

use crate::core::quality::Measurement;

/// More loss than this, beyond what is usual and how that varies, is strain.
const LOSS: f32 = 0.02;
/// The least loss of a while, times so many, is what is usual: it varies by chance.
const VARIANCE: f32 = 3.0;
/// Where so much is usual, the estimate swings widely.
const ROUGH: f32 = 0.06;
/// A round trip longer than the shortest by this, and by a quarter, is a queue.
const QUEUE: Duration = Duration::from_millis(60);
/// One that became shorter by this since the last is a queue that empties by itself.
const DRAINED: Duration = Duration::from_millis(10);
/// So much loss, or so long a queue, is more than sound can bear.
const HEAVY_LOSS: f32 = 0.05;
const LONG_QUEUE: Duration = Duration::from_millis(800);
/// Strain counts for so long.
const MEMORY: Duration = Duration::from_millis(1_000);
/// What is usual is the least of so long, and of as long before: ways change.
const USUAL: Duration = Duration::from_secs(5);

/// A growth of the estimate is believed when it lasts: by chance it is high for a moment.
const LASTING: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub(crate) struct Budget {
    believed: u64,
    estimates: Least<u64>,
    trips: Least<Duration>,
    losses: Least<f32>,
    last: Option<Duration>,
    crowded: Option<Instant>,
    lossy: Option<Instant>,
    overrun: Option<Instant>,
}

/// What state a way is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Way {
    /// So much is lost or waits that sound suffers too.
    pub(crate) is_overrun: bool,
    /// Packets have to wait for each other.
    pub(crate) is_crowded: bool,
    /// Much is lost however little is sent.
    pub(crate) is_rough: bool,
}

/// The least of what was measured lately: for so long, and as long before.
#[derive(Debug)]
struct Least<T> {
    span: Duration,
    since: Option<Instant>,
    least: Option<T>,
    before: Option<T>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            believed: 0,
            estimates: Least::of(LASTING),
            trips: Least::of(USUAL),
            losses: Least::of(USUAL),
            last: None,
            crowded: None,
            lossy: None,
            overrun: None,
        }
    }
}

impl Budget {
    /// Takes what was measured over about the last half second.
    pub(crate) fn measure(&mut self, now: Instant, measured: &Measurement) {
        if let Some(trip) = measured.round_trip {
            self.trips.note(now, trip);
            let shortest = self.trips.least().unwrap_or(trip);
            let is_draining = self.last.replace(trip).is_some_and(|last| trip + DRAINED < last);
            if trip > shortest + shortest / 4 + QUEUE && !is_draining {
                self.crowded = Some(now);
            }
            if trip > shortest + LONG_QUEUE {
                self.overrun = Some(now);
            }
        }
        let loss = measured.downlink_loss;
        self.losses.note(now, loss);
        // Only what lasted while less and less was sent is not by our doing.
        let usual = self.losses.before.unwrap_or(0.0) * VARIANCE;
        if loss > LOSS + usual {
            self.lossy = Some(now);
        }
        if loss > HEAVY_LOSS + usual {
            self.overrun = Some(now);
        }
    }

    /// Bits per second, given the estimate. Without strain the way carries at least what
    /// is sent.
    pub(crate) fn believe(&mut self, now: Instant, estimate: u64, sent: u64) -> u64 {
        self.estimates.note(now, estimate);
        self.believed = match self.is_strained(now) || self.believed == 0 {
            true => estimate,
            false => self.believed.max(self.estimates.least().unwrap_or(estimate)).max(sent),
        };
        self.believed
    }

    pub(crate) fn way(&self, now: Instant) -> Way {
        Way {
            is_overrun: is_recent(self.overrun, now),
            is_crowded: is_recent(self.crowded, now),
            is_rough: self.losses.before.or(self.losses.least) > Some(ROUGH),
        }
    }

    pub(crate) fn is_strained(&self, now: Instant) -> bool {
        is_recent(self.lossy, now) || is_recent(self.crowded, now)
    }
}

fn is_recent(then: Option<Instant>, now: Instant) -> bool {
    then.is_some_and(|then| now.saturating_duration_since(then) < MEMORY)
}

impl<T: Copy + PartialOrd> Least<T> {
    fn of(span: Duration) -> Self {
        Self { span, since: None, least: None, before: None }
    }

    fn note(&mut self, now: Instant, value: T) {
        let since = *self.since.get_or_insert(now);
        if now.saturating_duration_since(since) >= self.span {
            (self.since, self.before) = (Some(now), self.least.take());
        }
        if self.least.is_none_or(|least| value < least) {
            self.least = Some(value);
        }
    }

    fn least(&self) -> Option<T> {
        match (self.least, self.before) {
            (Some(least), Some(before)) if before < least => Some(before),
            (least, before) => least.or(before),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "an instant can only be had from the clock")]
    fn begin() -> Instant {
        Instant::now()
    }

    fn measured(millis: u64, downlink_loss: f32) -> Measurement {
        let round_trip = Some(Duration::from_millis(millis));
        Measurement { round_trip, downlink_loss, ..Measurement::default() }
    }

    #[test]
    fn a_fall_is_believed_when_the_way_shows_strain_and_not_before() {
        let (now, mut budget) = (begin(), Budget::default());
        budget.measure(now, &measured(50, 0.0));
        assert_eq!(budget.believe(now, 2_000_000, 0), 2_000_000);
        assert_eq!(budget.believe(now, 80_000, 0), 2_000_000);
        budget.measure(now, &measured(90, 0.01));
        assert_eq!(budget.believe(now, 80_000, 0), 2_000_000);
        budget.measure(now, &measured(200, 0.0));
        assert!(budget.way(now).is_crowded);
        assert_eq!(budget.believe(now, 300_000, 0), 300_000);
        let later = now + MEMORY;
        assert!(!budget.way(later).is_crowded);
        assert_eq!(budget.believe(later, 900_000, 0), 300_000);
        assert_eq!(budget.believe(later, 900_000, 1_000_000), 1_000_000);
        let later = later + 2 * LASTING;
        assert_eq!(budget.believe(later, 1_200_000, 0), 1_000_000);
        let later = later + 2 * LASTING;
        assert_eq!(budget.believe(later, 1_200_000, 0), 1_200_000);
        budget.measure(later, &measured(50, 0.3));
        assert_eq!(budget.way(later), Way { is_overrun: true, ..Way::default() });
        assert_eq!(budget.believe(later, 500_000, 0), 500_000);
    }

    #[test]
    fn loss_and_delay_that_stay_whatever_is_sent_are_of_the_way() {
        let (mut now, mut budget) = (begin(), Budget::default());
        budget.measure(now, &measured(30, 0.0));
        let mut strained = Vec::new();
        for step in 0..60 {
            now += Duration::from_millis(500);
            budget.measure(now, &measured(350 + 40 * (step % 3), 0.1 + 0.04 * (step % 2) as f32));
            strained.push(budget.is_strained(now));
        }
        assert!(strained[..4].iter().all(|is_strained| *is_strained));
        assert!(strained[30..].iter().all(|is_strained| !is_strained));
        assert_eq!(budget.way(now), Way { is_rough: true, ..Way::default() });
        budget.measure(now, &measured(360, 0.45));
        assert!(budget.is_strained(now) && budget.way(now).is_overrun);
    }
}
