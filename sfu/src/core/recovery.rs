//! Fills the holes in a participant's sound with what later packets bring along.
//!
//! What was filled in and then comes after all, late, must not be passed on: viewers would be sent
//! two packets under one number, and SRTP must never seal two under one (RFC 7714 §8.1).

use std::collections::VecDeque;

/// So many packets are remembered: more than a second.
const REMEMBERED: usize = 64;

#[derive(Debug, Default)]
pub(crate) struct Recovery {
    /// Sequence number and timestamp of what came or was filled in, in order.
    heard: VecDeque<(u64, u64)>,
}

impl Recovery {
    /// Notes a packet. Whether it is news: neither there already, nor too old to tell.
    pub(crate) fn hear(&mut self, sequence: u64, timestamp: u64) -> bool {
        let at = self.place(sequence);
        let is_known = self.heard.get(at).is_some_and(|heard| heard.0 == sequence);
        let is_forgotten = at == 0 && self.heard.len() == REMEMBERED;
        if is_known || is_forgotten {
            return false;
        }
        self.heard.insert(at, (sequence, timestamp));
        if self.heard.len() > REMEMBERED {
            self.heard.pop_front();
        }
        true
    }

    /// Notes a packet that was brought along by a later one. Whether it fills a hole: nothing is
    /// there, and the timestamp lies between those around it.
    pub(crate) fn fill(&mut self, sequence: u64, timestamp: u64) -> bool {
        let at = self.place(sequence);
        let before = at.checked_sub(1).and_then(|before| self.heard.get(before));
        let after = self.heard.get(at).filter(|after| after.0 != sequence);
        let fits = before.is_some_and(|before| before.1 < timestamp)
            && after.is_some_and(|after| after.1 > timestamp);
        fits && self.hear(sequence, timestamp)
    }

    fn place(&self, sequence: u64) -> usize {
        self.heard.partition_point(|heard| heard.0 < sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_holes_are_filled_and_nothing_comes_twice() {
        let mut recovery = Recovery::default();
        let ticks = |sequence| sequence * 960;
        assert!(!recovery.fill(4, ticks(4)), "before anything came");
        for sequence in [5, 6, 8] {
            assert!(recovery.hear(sequence, ticks(sequence)));
        }
        assert!(!recovery.fill(4, ticks(4)), "before the first");
        assert!(!recovery.fill(6, ticks(6)));
        assert!(!recovery.fill(7, ticks(5)), "a timestamp out of order");
        assert!(recovery.fill(7, ticks(7)));
        assert!(!recovery.fill(7, ticks(7)) && !recovery.hear(7, ticks(7)));
        assert!(recovery.hear(12, ticks(12)) && recovery.hear(10, ticks(10)));
    }

    #[test]
    fn memory_is_bounded_and_what_is_older_is_not_news() {
        let mut recovery = Recovery::default();
        for sequence in 1_000..1_500 {
            assert!(recovery.hear(sequence, sequence * 960));
        }
        assert_eq!(recovery.heard.len(), REMEMBERED);
        assert!(!recovery.hear(900, 900 * 960) && !recovery.fill(900, 900 * 960));
    }
}
