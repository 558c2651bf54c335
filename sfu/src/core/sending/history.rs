//! What was sent of a picture lately, so that it can be sent again to a viewer who missed it
//! (RFC 4588). Payloads are shared with all other viewers, and with the room.

use std::collections::VecDeque;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Numbers;

/// What is older comes too late.
pub(super) const LONGEST: Duration = Duration::from_millis(1_500);
const MOST: usize = 768;
/// So much is kept until then, however old: of few frames a second, what got lost of one is only missed when
/// the next one arrives.
const KEPT_ANYHOW: usize = 32;
/// A large call has hundreds of these, whose lengths follow the network: doubling, as is usual, would leave as
/// much unused as used, and holes of all sizes behind. So there is place for some at a time.
const CHUNK: usize = 8;
/// In the byte that a header has for the payload type as well (RFC 3550 §5.1).
const MARKER: u8 = 0x80;
/// A picture id has 15 bits (RFC 7741 §4.2).
const NO_PICTURE_ID: u16 = u16::MAX;

/// In the order of sequence numbers.
#[derive(Debug)]
pub(super) struct History {
    /// None is empty. What comes out of order may make one longer.
    chunks: VecDeque<VecDeque<Sent>>,
    length: usize,
    kept_for: Duration,
    /// What times are counted from.
    begin: Option<Instant>,
}

/// Laid out to be small: a transport of a large call holds thousands.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) payload: Arc<[u8]>,
    sequence: u64,
    timestamp: u32,
    /// In milliseconds.
    at: u32,
    /// So much later it was sent again last.
    again: Option<NonZeroU16>,
    picture_id: u16,
    base_layer_index: Option<u8>,
    payload_type: u8,
    /// It waits for its turn to be sent again.
    is_queued: bool,
}

const _: () = assert!(size_of::<Sent>() <= 40);

impl Sent {
    fn new(at: u32, numbers: Numbers, payload_type: u8, marker: bool, payload: Arc<[u8]>) -> Self {
        let Numbers { sequence, timestamp, picture_id, base_layer_index } = numbers;
        Self {
            payload,
            sequence,
            timestamp,
            at,
            again: None,
            picture_id: picture_id.unwrap_or(NO_PICTURE_ID),
            base_layer_index,
            payload_type: payload_type & !MARKER | if marker { MARKER } else { 0 },
            is_queued: false,
        }
    }

    pub(super) fn numbers(&self) -> Numbers {
        let &Self { sequence, timestamp, picture_id, base_layer_index, .. } = self;
        let picture_id = Some(picture_id).filter(|id| *id != NO_PICTURE_ID);
        Numbers { sequence, timestamp, picture_id, base_layer_index }
    }

    pub(super) fn payload_type(&self) -> u8 {
        self.payload_type & !MARKER
    }

    pub(super) fn marker(&self) -> bool {
        self.payload_type & MARKER != 0
    }

    /// Whether it was sent again less than that long ago.
    fn is_under_way(&self, for_up_to: Duration, now: u32) -> bool {
        let since =
            |again: NonZeroU16| now.saturating_sub(self.at.saturating_add(u32::from(again.get())));
        self.again.is_some_and(|again| since(again) < millis(for_up_to))
    }

    fn note_again(&mut self, now: u32) {
        let later = u16::try_from(now.saturating_sub(self.at)).unwrap_or(u16::MAX);
        self.again = NonZeroU16::new(later.max(1));
    }

    fn is_older(&self, than: Duration, now: u32) -> bool {
        now.saturating_sub(self.at) > millis(than)
    }
}

impl Default for History {
    fn default() -> Self {
        Self { chunks: VecDeque::new(), length: 0, kept_for: LONGEST, begin: None }
    }
}

impl History {
    /// For how long what is sent is kept from now on.
    pub(super) fn keep_for(&mut self, time: Duration) {
        self.kept_for = time.min(LONGEST);
    }

    pub(super) fn note(
        &mut self,
        now: Instant,
        numbers: Numbers,
        payload_type: u8,
        marker: bool,
        payload: &Arc<[u8]>,
    ) {
        let at = self.time(now);
        while let Some(oldest) = self.chunks.front().and_then(VecDeque::front) {
            let time = if self.length > KEPT_ANYHOW { self.kept_for } else { LONGEST };
            if self.length < MOST && !oldest.is_older(time, at) {
                break;
            }
            self.forget_oldest();
        }
        self.insert(Sent::new(at, numbers, payload_type, marker, payload.clone()));
    }

    /// Nothing of it is of use any more.
    pub(super) fn clear(&mut self) {
        self.chunks.clear();
        self.length = 0;
    }

    /// The packet that ends in these 16 bits, to be sent again now: if it is not too old, and was
    /// not sent again within the last `pause`.
    pub(super) fn again(&mut self, now: Instant, sequence: u16, pause: Duration) -> Option<&Sent> {
        let at = self.time(now);
        let sent = self.find(at, sequence)?;
        sent.is_queued = false;
        if sent.is_under_way(pause, at) {
            return None;
        }
        sent.note_again(at);
        Some(sent)
    }

    /// Whether that packet may be sent again, and does not wait for that yet; now it does.
    pub(super) fn queue(&mut self, now: Instant, sequence: u16) -> bool {
        let at = self.time(now);
        self.find(at, sequence).is_some_and(|sent| !std::mem::replace(&mut sent.is_queued, true))
    }

    /// The packet that ends in these 16 bits, if it is not too old.
    fn find(&mut self, at: u32, sequence: u16) -> Option<&mut Sent> {
        let newest = self.chunks.back()?.back()?.sequence;
        let behind = (newest as u16).wrapping_sub(sequence);
        let sequence = newest.checked_sub(u64::from(behind))?;
        let chunk = self.chunk_of(sequence)?;
        let place = chunk.binary_search_by_key(&sequence, |sent| sent.sequence).ok()?;
        chunk.get_mut(place).filter(|sent| !sent.is_older(LONGEST, at))
    }

    fn insert(&mut self, sent: Sent) {
        self.length += 1;
        let newest = self.chunks.back().and_then(VecDeque::back);
        if newest.is_some_and(|newest| newest.sequence > sent.sequence)
            && let Some(chunk) = self.chunk_of(sent.sequence)
        {
            let place = chunk.partition_point(|other| other.sequence < sent.sequence);
            return chunk.insert(place, sent);
        }
        match self.chunks.back_mut() {
            Some(chunk) if chunk.len() < CHUNK => chunk.push_back(sent),
            _ => {
                let mut chunk = VecDeque::with_capacity(CHUNK);
                chunk.push_back(sent);
                self.chunks.push_back(chunk);
            }
        }
    }

    /// The one that this number is in, if it is anywhere, or belongs into.
    fn chunk_of(&mut self, sequence: u64) -> Option<&mut VecDeque<Sent>> {
        let begins_before =
            |chunk: &VecDeque<Sent>| chunk.front().is_some_and(|first| first.sequence <= sequence);
        let after = self.chunks.partition_point(begins_before);
        self.chunks.get_mut(after.saturating_sub(1))
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.chunks.front_mut()
            && oldest.pop_front().is_some()
        {
            self.length -= 1;
        }
        self.chunks.pop_front_if(|chunk| chunk.is_empty());
    }

    /// In milliseconds, from one on.
    fn time(&mut self, now: Instant) -> u32 {
        let begin = *self.begin.get_or_insert(now);
        millis(now.saturating_duration_since(begin)).saturating_add(1)
    }
}

/// Enough for seven weeks.
fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::testing::begin;

    fn after(millis: u64) -> Duration {
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
            let sent = history.again(now, wanted, after(0)).unwrap();
            assert_eq!(sent.payload[..], [payload]);
        }
        for never_sent in [65_533, 2, 30_000] {
            assert!(history.again(now, never_sent, after(0)).is_none());
        }
    }

    #[test]
    fn a_packet_is_sent_again_as_it_was() {
        let (now, mut history) = (begin(), History::default());
        let plain = Numbers { sequence: 1 << 40, timestamp: 9, ..Numbers::default() };
        let numbered = Numbers { picture_id: Some(0x7fff), base_layer_index: Some(0), ..plain };
        for (numbers, marker) in [(plain, false), (plain, true), (numbered, true)] {
            history.clear();
            history.note(now, numbers, 127, marker, &[7].into());
            let sent = history.again(now, 0, after(0)).unwrap();
            assert_eq!(
                (sent.numbers(), sent.marker(), sent.payload_type()),
                (numbers, marker, 127)
            );
        }
    }

    #[test]
    fn what_is_on_its_way_again_is_not_sent_a_third_time() {
        let now = begin();
        let mut history = history(now, 1..10);
        let mut again = |millis| history.again(now + after(millis), 5, after(50)).is_some();
        assert!(again(10) && !again(20) && !again(59) && again(60));
    }

    #[test]
    fn a_packet_waits_once_at_a_time_to_be_sent_again_and_only_if_it_was_sent() {
        let now = begin();
        let mut history = history(now, 1..10);
        assert!(history.queue(now, 5) && !history.queue(now, 5) && !history.queue(now, 10));
        assert!(history.again(now, 5, after(50)).is_some());
        assert!(history.queue(now, 5));
        assert!(history.again(now, 5, after(50)).is_none() && history.queue(now, 5));
        assert!(!history.queue(now + LONGEST + after(1), 6));
    }

    #[test]
    fn it_is_bounded_in_number_and_age() {
        let now = begin();
        let mut history = history(now, 1..=2_000);
        assert_eq!(history.length, MOST);
        assert!(history.again(now, 1_000, after(0)).is_none());
        assert!(history.again(now + LONGEST + after(1), 2_000, after(0)).is_none());
        let numbers = Numbers { sequence: 2_001, ..Numbers::default() };
        history.note(now + LONGEST + after(1), numbers, 96, false, &[1].into());
        assert_eq!((history.length, history.chunks.len()), (1, 1));
    }

    #[test]
    fn it_is_kept_for_as_long_as_it_is_wanted_and_place_is_given_back() {
        let now = begin();
        let mut history = history(now, 1..=200);
        history.keep_for(after(500));
        for sequence in 201..=210 {
            let numbers = Numbers { sequence, ..Numbers::default() };
            history.note(now + after(501), numbers, 96, false, &[1].into());
        }
        assert_eq!(history.length, KEPT_ANYHOW + 1);
        let place: usize = history.chunks.iter().map(VecDeque::capacity).sum();
        assert!(place < KEPT_ANYHOW + 2 * CHUNK, "place for {place}");
        assert!(history.again(now + after(501), 190, after(0)).is_some());
        history.keep_for(after(60_000));
        let numbers = Numbers { sequence: 211, ..Numbers::default() };
        history.note(now + after(502) + LONGEST, numbers, 96, false, &[1].into());
        assert_eq!(history.length, 1);
    }

    #[test]
    fn what_is_sent_out_of_order_is_found_wherever_it_belongs() {
        let now = begin();
        let late = [1, 40, 41, 70, 90];
        let in_time = (1..=100).filter(|sequence| !late.contains(sequence));
        let mut history = history(now, in_time.chain(late));
        assert_eq!(history.length, 100);
        for sequence in 1..=100 {
            let sent = history.again(now, sequence, after(0)).unwrap();
            assert_eq!(sent.payload[..], [sequence as u8]);
        }
        let in_order = history.chunks.iter().flatten().is_sorted_by_key(|sent| sent.sequence);
        assert!(in_order);
        history.clear();
        assert!(history.again(now, 50, after(0)).is_none());
    }
}
