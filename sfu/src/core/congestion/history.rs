//! What was sent to a viewer, by transport-wide sequence number, until it is known what became of
//! it. There is one per viewer: eight bytes for each datagram, and no more than have to be.

use std::collections::VecDeque;

use super::TransportFeedback;
use super::clock::ReceiverClock;
use crate::core::losses::Losses;

/// No more are remembered, and none for longer: what is not heard of by then never will be.
const MOST: usize = 2_048;
const LONGEST: i64 = 5_000_000;
/// For so many there is place at any time.
const USUAL: usize = 128;
/// Where so many in a row got lost that were sent over so long, the way was cut: one that is too narrow, or
/// loses at random, lets something through.
const CUT: (u32, u32) = (8, 300_000);

#[derive(Debug, Default)]
pub(super) struct History {
    sent: VecDeque<Sent>,
    /// How many have left the front.
    forgotten: u64,
    /// One past the newest that arrived, counted from the first that was ever sent.
    heard: u64,
    /// Up to here it is decided what arrived and what got lost.
    settled: u64,
    newest: i64,
}

#[derive(Debug, Clone, Copy)]
struct Sent {
    /// The lower half of its time: wraps in 71 minutes, but nothing is kept for so long.
    at: u32,
    bytes: u16,
    cluster: u8,
    fate: Fate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Unknown,
    /// The client said that it had not come, which may still change.
    Missing,
    Arrived,
}

/// A datagram that a client says has arrived. Times are in microseconds, each on its own clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrival {
    pub(super) sent: i64,
    pub(super) arrived: i64,
    pub(super) bytes: usize,
    /// The probe that it was part of; 0 for none.
    pub(super) cluster: u8,
}

impl History {
    pub(super) fn push(&mut self, now: i64, bytes: usize, cluster: u8) -> u16 {
        if now - self.newest > LONGEST {
            self.forgotten += self.sent.len() as u64;
            self.sent.clear();
        }
        while let Some(oldest) = self.sent.front() {
            if self.sent.len() < MOST && now - oldest.sent_at(now) <= LONGEST {
                break;
            }
            self.sent.pop_front();
            self.forgotten += 1;
        }
        self.newest = now;
        let number = self.next();
        let bytes = u16::try_from(bytes).unwrap_or(u16::MAX);
        self.sent.push_back(Sent { at: now as u32, bytes, cluster, fate: Fate::Unknown });
        number as u16
    }

    /// Hears what arrived, in the order in which it was sent. What the feedback before left open
    /// is then lost: a client that got something late says so in its next.
    pub(super) fn hear(
        &mut self,
        now: i64,
        feedback: &TransportFeedback,
        clock: &mut ReceiverClock,
        mut on_arrival: impl FnMut(Arrival),
    ) -> Losses {
        let next = self.next();
        let mut heard = self.heard;
        for (offset, raw) in (0..u16::MAX).zip(&feedback.arrivals) {
            let number = feedback.base.wrapping_add(offset);
            // How far back it is, of those remembered.
            let back = u64::from((next as u16).wrapping_sub(1).wrapping_sub(number));
            let Some(number) = next.checked_sub(back + 1).filter(|at| *at >= self.forgotten) else {
                continue;
            };
            let Some(sent) = self.sent.get_mut((number - self.forgotten) as usize) else {
                continue;
            };
            match raw {
                _ if sent.fate == Fate::Arrived => {}
                None => sent.fate = Fate::Missing,
                Some(raw) => {
                    sent.fate = Fate::Arrived;
                    heard = heard.max(number + 1);
                    on_arrival(Arrival {
                        sent: sent.sent_at(now),
                        arrived: clock.read(now, *raw),
                        bytes: usize::from(sent.bytes),
                        cluster: sent.cluster,
                    });
                }
            }
        }
        let before = std::mem::replace(&mut self.heard, heard);
        let losses = self.settle(before);
        self.let_go();
        losses
    }

    /// Forgets the oldest of which it is known that they arrived: a viewer of a large call is sent thousands in
    /// the time that others are kept for.
    fn let_go(&mut self) {
        while self.forgotten < self.settled
            && self.sent.pop_front_if(|sent| sent.fate == Fate::Arrived).is_some()
        {
            self.forgotten += 1;
        }
        if self.sent.capacity() > 4 * self.sent.len().max(USUAL) {
            self.sent.shrink_to(2 * self.sent.len());
        }
    }

    fn settle(&mut self, until: u64) -> Losses {
        let mut losses = Losses::default();
        let from = self.settled.max(self.forgotten);
        let sent =
            |number: u64| self.sent.get(usize::try_from(number.checked_sub(self.forgotten)?).ok()?);
        let mut gap = Gap::default();
        for number in from..until {
            let Some(sent_then) = sent(number) else { continue };
            match sent_then.fate {
                Fate::Arrived => {
                    losses.arrived += 1;
                    losses.while_cut += std::mem::take(&mut gap).lost_while_cut();
                }
                Fate::Missing => {
                    let before = number.checked_sub(1).and_then(sent);
                    losses.lost += 1;
                    losses.in_a_row +=
                        u32::from(before.is_some_and(|sent| sent.fate == Fate::Missing));
                    gap.add(sent_then.at);
                }
                // The feedback that told of it got lost.
                Fate::Unknown => {}
            }
        }
        losses.while_cut += gap.lost_while_cut();
        self.settled = self.settled.max(until);
        losses
    }

    fn next(&self) -> u64 {
        self.forgotten + self.sent.len() as u64
    }
}

/// What got lost in a row.
#[derive(Debug, Default)]
struct Gap {
    lost: u32,
    /// When the first and the last of it were sent.
    span: Option<(u32, u32)>,
}

impl Gap {
    fn add(&mut self, at: u32) {
        self.lost += 1;
        self.span = Some((self.span.map_or(at, |(first, _)| first), at));
    }

    /// All of it, if nothing gets lost like that but by a cut.
    fn lost_while_cut(&self) -> u32 {
        let (most, longest) = CUT;
        let is_cut = self.span.is_some_and(|(first, last)| last.wrapping_sub(first) >= longest);
        if is_cut && self.lost >= most { self.lost } else { 0 }
    }
}

impl Sent {
    fn sent_at(&self, now: i64) -> i64 {
        now - i64::from((now as u32).wrapping_sub(self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(history: &mut History, base: u16, arrivals: &[Option<i64>]) -> (Vec<i64>, Losses) {
        let feedback = TransportFeedback { base, count: 0, arrivals: arrivals.to_vec() };
        let mut sent = Vec::new();
        let mut clock = ReceiverClock::default();
        let losses = history.hear(history.newest, &feedback, &mut clock, |a| sent.push(a.sent));
        (sent, losses)
    }

    #[test]
    fn each_arrival_is_heard_of_once_and_what_came_late_is_not_lost() {
        let mut history = History::default();
        for number in 0..10 {
            assert_eq!(history.push(i64::from(number) * 1_000, 100, 0), number);
        }
        let (sent, losses) = hear(&mut history, 0, &[Some(0), None, Some(2), None, Some(4)]);
        assert_eq!(sent, [0, 2_000, 4_000]);
        assert_eq!((losses.arrived, losses.lost), (0, 0));
        let (sent, losses) = hear(&mut history, 1, &[Some(9), None, None, Some(4), Some(5)]);
        assert_eq!(sent, [1_000, 5_000]);
        assert_eq!((losses.arrived, losses.lost), (4, 1));
    }

    #[test]
    fn a_long_time_in_which_nothing_arrives_is_a_cut() {
        for (apart, lost, while_cut) in [(30_000, 20, 20), (30_000, 7, 0), (5_000, 40, 0)] {
            let mut history = History::default();
            (0..60).for_each(|number| {
                history.push(number * apart, 100, 0);
            });
            let arrivals =
                |count| (0..count).map(|at| (at == 0 || at > lost).then_some(at * apart));
            hear(&mut history, 0, &arrivals(50).collect::<Vec<_>>());
            let (_, losses) = hear(&mut history, 0, &arrivals(60).collect::<Vec<_>>());
            assert_eq!((i64::from(losses.lost), losses.while_cut), (lost, while_cut));
        }
    }

    #[test]
    fn what_was_never_sent_is_not_heard_of_and_what_is_old_is_forgotten() {
        let mut history = History::default();
        assert!(hear(&mut history, 7, &[Some(0); 300]).0.is_empty());
        for number in 0..100_000_i64 {
            assert_eq!(history.push(number * 100, 1_200, 0), number as u16);
        }
        assert_eq!(history.sent.len(), MOST);
        assert!(history.sent.capacity() * size_of::<Sent>() <= 16_384);
        assert_eq!(hear(&mut history, 0, &vec![Some(0); 70_000]).0.len(), MOST);
        history.push(history.newest + LONGEST + 1, 1_200, 0);
        assert_eq!(history.sent.len(), 1);
    }

    #[test]
    fn what_arrived_is_let_go_and_what_is_still_open_is_not() {
        let mut history = History::default();
        (0..1_500).for_each(|number| {
            history.push(number * 1_000, 1_200, 0);
        });
        let all: Vec<_> = (0..1_400).map(|at| (at != 1_200).then_some(at * 1_000)).collect();
        hear(&mut history, 0, &all);
        assert_eq!(history.sent.len(), 1_500, "what the next feedback may tell of is kept");
        let (sent, losses) = hear(&mut history, 1_390, &[Some(0); 50]);
        assert_eq!((sent.len(), losses.arrived, losses.lost), (40, 1_399, 1));
        assert_eq!(history.sent.len(), 300, "from the first on that is missing");
        assert!(history.sent.capacity() <= 4 * 300);
        // What comes late of that is heard of as ever, and what was let go is not heard of again.
        assert_eq!(hear(&mut history, 1_195, &[Some(0); 20]).0, [1_200_000]);
        assert_eq!(history.push(1_500_000, 1_200, 0), 1_500);
        assert_eq!(history.sent.len(), 61, "what nothing was decided of yet");
    }
}
