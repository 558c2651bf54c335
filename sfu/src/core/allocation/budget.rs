//! What a viewer's way is taken to carry.
//!
//! The estimate is of what was sent: when a picture is hidden, or a layer is paused, or
//! this machine is short of CPU, it may fall to a fraction of what the way carries. So a fall is
//! only believed when the way shows strain: packets wait in a queue, or more get lost than usual.
//! What is usual is learnt: a radio link may lose a tenth of everything however little is sent.

use std::time::{Duration, Instant};

use crate::core::quality::Measurement;

/// More loss than this, beyond what is usual and how that varies, is strain.
const LOSS: f32 = 0.02;
/// The least loss of a while, times so many, is what is usual: it varies by chance.
const VARIANCE: f32 = 3.0;
/// Where so much is usual, the estimate swings widely.
const ROUGH: f32 = 0.06;
/// Packets that have to wait for so long crowd,
const QUEUE: Duration = Duration::from_millis(60);
/// unless it was this much longer before: a queue that empties by itself.
const DRAINED: Duration = Duration::from_millis(10);
/// So much loss, or so long a queue, is more than sound can bear.
const HEAVY_LOSS: f32 = 0.10;
const LONG_QUEUE: Duration = Duration::from_millis(800);
/// Where so much gets lost besides there is hardly any sound left.
const GRAVE_LOSS: f32 = 0.25;
/// Of fewer packets nobody learns what is usual.
const ENOUGH: u32 = 50;
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
    losses: Least<f32>,
    queue: Duration,
    crowded: Option<Instant>,
    lossy: Option<Instant>,
    overrun: Option<Instant>,
    failing: Option<Instant>,
}

/// What state a way is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Way {
    /// So much is lost or waits that sound suffers too.
    pub(crate) is_overrun: bool,
    /// Both, and so much that there is hardly any sound left.
    pub(crate) is_failing: bool,
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
            losses: Least::of(USUAL),
            queue: Duration::ZERO,
            crowded: None,
            lossy: None,
            overrun: None,
            failing: None,
        }
    }
}

impl Budget {
    /// Takes what was measured over about the last half second.
    pub(crate) fn measure(&mut self, now: Instant, measured: &Measurement) {
        let queue = measured.downlink_queue;
        let before = std::mem::replace(&mut self.queue, queue);
        if queue > QUEUE && queue + DRAINED >= before {
            self.crowded = Some(now);
        }
        if queue > LONG_QUEUE {
            self.overrun = Some(now);
        }
        let losses = measured.downlink_lately;
        if losses.known() >= ENOUGH {
            self.losses.note(now, losses.share());
        }
        // Only what lasted while less and less was sent is not by our doing.
        let usual = self.losses.before.unwrap_or(0.0) * VARIANCE;
        if losses.exceed(LOSS + usual) {
            self.lossy = Some(now);
        }
        if losses.exceed(HEAVY_LOSS + usual) {
            self.overrun = Some(now);
        }
        if losses.exceed(GRAVE_LOSS + usual) && queue > LONG_QUEUE {
            self.failing = Some(now);
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
            is_failing: is_recent(self.failing, now),
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
    use crate::core::losses::Losses;
    use crate::core::testing::begin;

    /// A queue of so many milliseconds, and so many of a hundred packets lost.
    fn measured(millis: u64, lost: u32) -> Measurement {
        let downlink_lately = Losses { arrived: 100 - lost, lost, ..Losses::default() };
        let downlink_queue = Duration::from_millis(millis);
        Measurement { downlink_lately, downlink_queue, ..Measurement::default() }
    }

    #[test]
    fn a_fall_is_believed_when_the_way_shows_strain_and_not_before() {
        let (now, mut budget) = (begin(), Budget::default());
        budget.measure(now, &measured(0, 0));
        assert_eq!(budget.believe(now, 2_000_000, 0), 2_000_000);
        assert_eq!(budget.believe(now, 80_000, 0), 2_000_000);
        budget.measure(now, &measured(40, 1));
        assert_eq!(budget.believe(now, 80_000, 0), 2_000_000);
        budget.measure(now, &measured(150, 0));
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
        budget.measure(later, &measured(0, 30));
        assert_eq!(budget.way(later), Way { is_overrun: true, ..Way::default() });
        assert_eq!(budget.believe(later, 500_000, 0), 500_000);
    }

    #[test]
    fn loss_that_stays_whatever_is_sent_is_of_the_way() {
        let (mut now, mut budget) = (begin(), Budget::default());
        budget.measure(now, &measured(0, 0));
        let mut strained = Vec::new();
        for step in 0..60 {
            now += Duration::from_millis(500);
            budget.measure(now, &measured(0, 10 + 4 * (step % 2)));
            strained.push(budget.is_strained(now));
        }
        assert!(strained[..4].iter().all(|is_strained| *is_strained));
        assert!(strained[30..].iter().all(|is_strained| !is_strained));
        assert_eq!(budget.way(now), Way { is_rough: true, ..Way::default() });
        budget.measure(now, &measured(0, 60));
        assert!(budget.is_strained(now) && budget.way(now).is_overrun);
        assert!(!budget.way(now).is_failing);
        budget.measure(now, &measured(0, 90));
        assert!(!budget.way(now).is_failing);
        budget.measure(now, &measured(900, 90));
        assert!(budget.way(now).is_failing);
    }
}
