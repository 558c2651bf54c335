//! When a packet of a picture may leave. Publishers pace what they send, but for their own way: a key
//! frame of a tenth of a second there may be one of a whole second on the way to a viewer, whose sound
//! would stand behind it, and whose network drops what it cannot hold. So what would take a narrow way
//! longer than a moment is spread out. Sound never waits, and on a wide way nothing does. Pictures get what
//! sound leaves of the way, but half of it at the least: where several speak, all of it may be less than they
//! take, and pictures would never have their turn.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::core::congestion::Space;

/// So many times what the way is known to carry, in percent;
const PACE: u64 = 250;
/// less where it is known to carry no more, and where packets already have to wait on it.
const NARROW_PACE: u64 = 110;
const CROWDED_PACE: u64 = 100;
/// What leaves together, at that pace.
const BURST: Duration = Duration::from_millis(40);
/// Nothing waits for longer, whatever comes: less has to be sent then, not later.
const LONGEST_MILLIS: u64 = 500;
const LONGEST: Duration = Duration::from_millis(LONGEST_MILLIS);
/// What a queue keeps place for; a newcomer's has far more, once.
const USUAL: usize = 64;

/// What waits for its turn.
#[derive(Debug)]
pub(super) struct Pacing<T> {
    /// What should leave before all else, and all else.
    urgent: VecDeque<(T, usize)>,
    others: VecDeque<(T, usize)>,
    bytes: u64,
    /// From when on the next may leave.
    free_at: Option<Instant>,
    /// Bits per second.
    rate: u64,
}

impl<T> Pacing<T> {
    /// For a way that carries so many bits per second.
    pub(super) fn new(estimate: u64) -> Self {
        let mut pacing = Self {
            urgent: VecDeque::new(),
            others: VecDeque::new(),
            bytes: 0,
            free_at: None,
            rate: 0,
        };
        pacing.follow(estimate, 0, Space::Ample);
        pacing
    }

    /// Takes what is known of the way, the bits per second that it carries, and what sound takes of them.
    pub(super) fn follow(&mut self, estimate: u64, sound: u64, space: Space) {
        let pace = match space {
            Space::Ample => PACE,
            Space::Narrow => NARROW_PACE,
            Space::Crowded => CROWDED_PACE,
        };
        let whole = estimate * pace / 100;
        self.rate = whole.saturating_sub(sound).max(whole / 2);
    }

    /// Whether something may leave at once.
    pub(super) fn is_free(&self, now: Instant) -> bool {
        self.is_empty() && self.free_at.is_none_or(|free| free <= now)
    }

    /// So many bytes of a picture leave, whether or not it was their turn.
    pub(super) fn leave(&mut self, now: Instant, bytes: usize) {
        let rate = self.rate.max(self.bytes * 8_000 / LONGEST_MILLIS).max(1);
        let takes = Duration::from_nanos(bytes as u64 * 8_000_000_000 / rate).min(LONGEST);
        let saved_up = now.checked_sub(BURST).unwrap_or(now);
        self.free_at = Some(self.free_at.map_or(saved_up, |free| free.max(saved_up)) + takes);
    }

    pub(super) fn wait(&mut self, what: T, bytes: usize, is_urgent: bool) {
        self.bytes += bytes as u64;
        let queue = if is_urgent { &mut self.urgent } else { &mut self.others };
        queue.push_back((what, bytes));
    }

    /// What may leave now, of what waits.
    pub(super) fn next(&mut self, now: Instant) -> Option<T> {
        if self.free_at.is_some_and(|free| free > now) {
            return None;
        }
        let next = self.urgent.pop_front().or_else(|| self.others.pop_front());
        if next.is_none() {
            self.others.shrink_to(USUAL);
        }
        let (what, bytes) = next?;
        self.bytes -= bytes as u64;
        Some(what)
    }

    /// When [`Self::next`] has something.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.free_at.filter(|_| !self.is_empty())
    }

    pub(super) fn any(&self, is_it: impl Fn(&T) -> bool) -> bool {
        self.urgent.iter().chain(&self.others).any(|(what, _)| is_it(what))
    }

    /// Forgets what need not leave any more.
    pub(super) fn retain(&mut self, is_needed: impl Fn(&T) -> bool) {
        self.urgent.retain(|(what, _)| is_needed(what));
        self.others.retain(|(what, _)| is_needed(what));
        self.bytes = self.urgent.iter().chain(&self.others).map(|(_, bytes)| *bytes as u64).sum();
    }

    fn is_empty(&self) -> bool {
        self.urgent.is_empty() && self.others.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin() -> Instant {
        crate::core::testing::begin() + Duration::from_secs(1)
    }

    /// When each of so many packets of 1,000 bytes leaves that come at once, in milliseconds.
    fn times(pacing: &mut Pacing<usize>, count: usize) -> Vec<u64> {
        let (begin, mut times) = (begin(), Vec::new());
        for number in 0..count {
            if pacing.is_free(begin) {
                pacing.leave(begin, 1_000);
                times.push(0);
            } else {
                pacing.wait(number, 1_000, false);
            }
        }
        while let Some(due) = pacing.deadline() {
            assert_eq!(pacing.next(due), Some(times.len()));
            pacing.leave(due, 1_000);
            times.push((due - begin).as_millis() as u64);
        }
        times
    }

    #[test]
    fn what_a_wide_way_takes_at_once_leaves_at_once() {
        assert_eq!(times(&mut Pacing::new(4_000_000), 50), [0; 50]);
    }

    #[test]
    fn a_narrow_way_is_not_flooded_and_a_crowded_one_less() {
        let mut pacing = Pacing::new(400_000);
        assert_eq!(times(&mut pacing, 12), [0, 0, 0, 0, 0, 0, 8, 16, 24, 32, 40, 48]);
        let mut pacing = Pacing::new(400_000);
        pacing.follow(400_000, 0, Space::Crowded);
        assert_eq!(times(&mut pacing, 6), [0, 0, 0, 20, 40, 60]);
    }

    #[test]
    fn pictures_have_what_sound_leaves_and_half_at_the_least() {
        let mut pacing = Pacing::new(400_000);
        pacing.follow(400_000, 100_000, Space::Crowded);
        assert_eq!(times(&mut pacing, 5), [0, 0, 13, 39, 66]);
        let mut pacing = Pacing::new(400_000);
        pacing.follow(400_000, 500_000, Space::Crowded);
        assert_eq!(times(&mut pacing, 4), [0, 0, 40, 80]);
    }

    #[test]
    fn nothing_waits_for_ever() {
        let last = *times(&mut Pacing::new(50_000), 400).last().unwrap();
        assert!((500..4_000).contains(&last), "{last}");
    }

    #[test]
    fn what_is_urgent_overtakes_and_what_is_of_no_use_is_forgotten() {
        let (now, mut pacing) = (begin(), Pacing::new(400_000));
        (0..4).for_each(|number| pacing.wait(number, 1_000, number == 3));
        pacing.retain(|number| *number != 1);
        let order: Vec<_> = std::iter::from_fn(|| pacing.next(now)).collect();
        assert_eq!((order, pacing.deadline()), (vec![3, 0, 2], None));
    }
}
