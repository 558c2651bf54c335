//! What was sent of a picture lately, so that it can be sent again to a viewer who missed it
//! (RFC 4588). Payloads are shared with all other viewers, and with the room.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Numbers;

/// What is older comes too late.
const LONGEST: Duration = Duration::from_millis(1_500);
const MOST: usize = 768;

/// In the order of sequence numbers.
#[derive(Debug, Default)]
pub(super) struct History {
    sent: VecDeque<Sent>,
}

#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) numbers: Numbers,
    pub(super) payload_type: u8,
    pub(super) marker: bool,
    pub(super) payload: Arc<[u8]>,
    at: Instant,
    again: Option<Instant>,
}

impl History {
    pub(super) fn note(
        &mut self,
        now: Instant,
        numbers: Numbers,
        payload_type: u8,
        marker: bool,
        payload: &Arc<[u8]>,
    ) {
        let is_old = |sent: &Sent| now.saturating_duration_since(sent.at) > LONGEST;
        while self.sent.len() >= MOST || self.sent.front().is_some_and(is_old) {
            self.sent.pop_front();
        }
        let is_newest =
            self.sent.back().is_none_or(|newest| newest.numbers.sequence < numbers.sequence);
        let place = match is_newest {
            true => self.sent.len(),
            false => self.sent.partition_point(|sent| sent.numbers.sequence < numbers.sequence),
        };
        let payload = payload.clone();
        self.sent
            .insert(place, Sent { numbers, payload_type, marker, payload, at: now, again: None });
    }

    /// Nothing of it is of use any more.
    pub(super) fn clear(&mut self) {
        self.sent.clear();
    }

    /// The packet that ends in these 16 bits, to be sent again now: if it is not too old, and was
    /// not sent again within the last `pause`.
    pub(super) fn again(&mut self, now: Instant, sequence: u16, pause: Duration) -> Option<&Sent> {
        let newest = self.sent.back()?.numbers.sequence;
        let behind = (newest as u16).wrapping_sub(sequence);
        let sequence = newest.checked_sub(u64::from(behind))?;
        let place = self.sent.binary_search_by_key(&sequence, |sent| sent.numbers.sequence).ok()?;
        let sent = self.sent.get_mut(place)?;
        let is_under_way =
            sent.again.is_some_and(|again| now.saturating_duration_since(again) < pause);
        if is_under_way || now.saturating_duration_since(sent.at) > LONGEST {
            return None;
        }
        sent.again = Some(now);
        Some(sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "an instant can only be had from the clock")]
    fn begin() -> Instant {
        Instant::now()
    }

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn history(now: Instant, sequences: impl IntoIterator<Item = u64>) -> History {
        let mut history = History::default();
        for sequence in sequences {
            let numbers = Numbers { sequence, ..Numbers::default() };
            history.note(now, numbers, 96, false, &[sequence as u8].into());
        }
        history
    }

    #[test]
    fn what_was_sent_is_found_across_the_wrap_and_out_of_order() {
        let now = begin();
        let mut history = history(now, [65_534, 65_535, 65_537, 65_536]);
        for (wanted, payload) in [(65_534, 254), (0, 0), (1, 1)] {
            let sent = history.again(now, wanted, millis(0)).unwrap();
            assert_eq!(sent.payload[..], [payload]);
        }
        for never_sent in [65_533, 2, 30_000] {
            assert!(history.again(now, never_sent, millis(0)).is_none());
        }
    }

    #[test]
    fn what_is_on_its_way_again_is_not_sent_a_third_time() {
        let now = begin();
        let mut history = history(now, 1..10);
        let mut again = |after| history.again(now + millis(after), 5, millis(50)).is_some();
        assert!(again(10) && !again(20) && !again(59) && again(60));
    }

    #[test]
    fn it_is_bounded_in_number_and_age() {
        let now = begin();
        let mut history = history(now, 1..=2_000);
        assert_eq!(history.sent.len(), MOST);
        assert!(history.again(now, 1_000, millis(0)).is_none());
        assert!(history.again(now + LONGEST + millis(1), 2_000, millis(0)).is_none());
        let numbers = Numbers { sequence: 2_001, ..Numbers::default() };
        history.note(now + LONGEST + millis(1), numbers, 96, false, &[1].into());
        assert_eq!(history.sent.len(), 1);
    }
}
