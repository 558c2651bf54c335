//! Sound for clients that know nothing of redundant audio data (RFC 2198), over ways that lose packets:
//! each packet leaves again a little later, byte for byte, once or twice. Networks make such copies
//! by themselves, and who has the packet already drops them as a replay (RFC 3711 §3.3.2).

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// As with redundant data, which comes with the packets that follow: losses in a row shall not take both.
const APART: Duration = Duration::from_millis(20);
/// Of what waits: two copies of the sound of a crowd.
const MOST: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Repeating {
    /// In the order in which they are due.
    waiting: VecDeque<(Instant, Vec<u8>)>,
}

impl Repeating {
    /// The datagram left now, and is to leave so many times more.
    pub(super) fn add(&mut self, now: Instant, datagram: &[u8], copies: u8) {
        for copy in 1..=u32::from(copies) {
            if self.waiting.len() >= MOST {
                return;
            }
            let due = now + APART * copy;
            let place = self.waiting.partition_point(|(other, _)| *other <= due);
            self.waiting.insert(place, (due, datagram.to_vec()));
        }
    }

    /// One that is due.
    pub(super) fn next(&mut self, now: Instant) -> Option<Vec<u8>> {
        let (_, datagram) = self.waiting.pop_front_if(|(due, _)| *due <= now)?;
        if self.waiting.is_empty() {
            self.waiting = VecDeque::new();
        }
        Some(datagram)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.waiting.front().map(|(due, _)| *due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::testing::begin;

    #[test]
    fn copies_leave_one_after_the_other_and_none_is_kept_without_bound() {
        let (begin, mut repeating) = (begin(), Repeating::default());
        repeating.add(begin, &[1], 2);
        repeating.add(begin + APART / 2, &[2], 1);
        assert_eq!(repeating.next(begin), None);
        assert_eq!(repeating.deadline(), Some(begin + APART));
        let late = begin + 3 * APART;
        let left: Vec<_> = std::iter::from_fn(|| repeating.next(late)).collect();
        assert_eq!(left, [[1], [2], [1]]);
        assert_eq!(repeating.deadline(), None);
        (0..1_000).for_each(|_| repeating.add(begin, &[3], 2));
        assert_eq!(std::iter::from_fn(|| repeating.next(late)).count(), MOST);
    }
}
