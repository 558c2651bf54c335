//! Whether a queue stands before the narrowest place of the way. Jitter looks like a queue for a
//! moment; but it comes back to where it was, and rarely goes beyond what it usually reaches.

use super::arrival_groups::Step;
use super::least::Least;

/// The mean forgets within about so long.
const MEAN: i64 = 80_000;
/// The highest of each of these spans; the least of them is how high jitter usually reaches.
const PEAK: i64 = 500_000;
const USUAL: i64 = 5_000_000;
/// The shortest delay is the least of so long, and as long before: ways change.
const SHORTEST: i64 = 10_000_000;
/// By chance it reaches beyond that, by so many percent.
const CHANCE: i64 = 130;
/// A queue is what is longer by this much; by more until it is known what is usual.
const MARGIN: i64 = 20_000;
const FIRST_MARGIN: i64 = 30_000;
/// Jitter is never taken for more: a queue that stays would pass for it.
const MOST_JITTER: i64 = 150_000;

#[derive(Debug)]
pub(super) struct Queue {
    shortest: Least<i64>,
    peaks: Least<i64>,
    peak: Option<(i64, i64)>,
    mean: Option<f64>,
}

impl Default for Queue {
    fn default() -> Self {
        let (shortest, peaks) = (Least::of(SHORTEST), Least::of(USUAL));
        Self { shortest, peaks, peak: None, mean: None }
    }
}

impl Queue {
    /// Takes the delay of each datagram,
    pub(super) fn note(&mut self, now: i64, delay: i64) {
        self.shortest.note(now, delay);
    }

    /// and those of groups.
    pub(super) fn add(&mut self, step: &Step) {
        let Step { arrived_at: now, delay, .. } = *step;
        // As long as it stands for in what was sent: what was held up arrives all at once.
        let weight = step.sent as f64 / (step.sent + MEAN) as f64;
        let mean = self.mean.get_or_insert(delay as f64);
        *mean += (delay as f64 - *mean) * weight;
        let (since, peak) = self.peak.get_or_insert((now, delay));
        *peak = (*peak).max(delay);
        if now - *since >= PEAK {
            self.peaks.note(now, *peak);
            self.peak = None;
        }
    }

    /// How much longer than the shortest delays are now, in microseconds.
    pub(super) fn excess(&self) -> i64 {
        self.mean.zip(self.shortest.least()).map_or(0, |(mean, shortest)| mean as i64 - shortest)
    }

    /// Whether delays stay above what is usually their highest.
    pub(super) fn is_standing(&self) -> bool {
        let margin = match self.peaks.least() {
            Some(_) => self.jitter() * CHANCE / 100 + MARGIN,
            None => FIRST_MARGIN,
        };
        self.excess() > margin
    }

    /// How much longer than the shortest delays usually get, in microseconds.
    pub(super) fn jitter(&self) -> i64 {
        let peak = self.peaks.least().zip(self.shortest.least());
        peak.map_or(0, |(peak, shortest)| (peak - shortest).clamp(0, MOST_JITTER))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_that_stay_above_their_usual_highest_are_a_queue() {
        let mut queue = Queue::default();
        let mut at = 0;
        let mut add = |queue: &mut Queue, delay: i64| {
            at += 20_000;
            queue.note(at, delay * 1_000);
            queue.add(&Step { sent: 20_000, arrived_at: at, delay: delay * 1_000 });
        };
        for jitter in (0..10).cycle().take(200) {
            add(&mut queue, 50 + jitter * 4);
            assert!(!queue.is_standing() || queue.jitter() == 0);
        }
        assert_eq!(queue.jitter(), 36_000);
        for jitter in (0..10).cycle().take(20) {
            add(&mut queue, 100 + jitter * 4);
        }
        assert!(queue.is_standing());
        for jitter in (0..10).cycle().take(20) {
            add(&mut queue, 50 + jitter * 4);
        }
        assert!(!queue.is_standing());
    }
}
