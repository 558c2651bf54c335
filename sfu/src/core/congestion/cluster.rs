//! One train of packets that leave faster than what is believed, and what became of it.

use super::history::Arrival;

/// How long a train is, in microseconds, and how many packets at least. Where delays vary it is as
/// long as they do, up to the longest.
const LENGTH: i64 = 15_000;
const LONGEST: i64 = 60_000;
const PACKETS: usize = 5;
/// Smaller packets would be headers for the most part.
const SMALLEST: usize = 100;
/// The packets after it may be late: it is given up so long after its end.
const OVERDUE: i64 = 2_000_000;
/// Fewer that arrive say nothing.
const FEWEST: usize = 4;
/// What arrives more slowly than so many percent of what left filled the way,
const FULL: u64 = 90;
/// and a little below that is what it carries.
const CARRIED: u64 = 95;
/// So much more loss than usual fills the way, too.
const OVERFLOW: f32 = 0.35;

#[derive(Debug)]
pub(super) struct Cluster {
    id: u8,
    target: u64,
    began: i64,
    length: i64,
    packet: usize,
    sent: Train,
    arrived: Train,
    /// When what arrived had left.
    left: Train,
    is_passed: bool,
    /// Nothing more is sent of it.
    is_over: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Bits per second.
    Carries(u64),
    Unclear,
}

#[derive(Debug, Default)]
struct Train {
    count: usize,
    bytes: u64,
    first: Option<(i64, usize)>,
    last: (i64, usize),
}

impl Cluster {
    pub(super) fn new(id: u8, now: i64, target: u64, jitter: i64) -> Self {
        let length = jitter.clamp(LENGTH, LONGEST);
        let bytes = target * length as u64 / 8_000_000;
        Self {
            id,
            target,
            began: now,
            length,
            packet: (bytes as usize / PACKETS).max(SMALLEST),
            sent: Train::default(),
            arrived: Train::default(),
            left: Train::default(),
            is_passed: false,
            is_over: false,
        }
    }

    pub(super) fn target(&self) -> u64 {
        self.target
    }

    /// Its number if what is sent now is part of it.
    pub(super) fn send(&mut self, now: i64, bytes: usize) -> u8 {
        if self.is_complete(now) {
            return 0;
        }
        self.sent.add(now, bytes);
        self.id
    }

    pub(super) fn due(&mut self, now: i64) -> Option<usize> {
        // It may be asked for too late to be as many bytes as it should.
        self.is_over |= self.is_complete(now);
        (!self.is_complete(now) && now >= self.next_at()).then_some(self.packet)
    }

    pub(super) fn deadline(&self) -> i64 {
        let is_sent = self.sent.count >= PACKETS && self.next_at() >= self.began + self.length;
        if is_sent || self.is_over { self.began + self.length + OVERDUE } else { self.next_at() }
    }

    pub(super) fn is_overdue(&self, now: i64) -> bool {
        now - self.began > self.length + OVERDUE
    }

    pub(super) fn hear(&mut self, arrival: &Arrival) {
        if arrival.cluster == self.id {
            self.arrived.add(arrival.arrived, arrival.bytes);
            self.left.add(arrival.sent, arrival.bytes);
        } else if self.sent.count > 0 && arrival.sent > self.sent.last.0 {
            self.is_passed = true;
        }
    }

    /// What it found, once all of it has arrived, or what left after it has.
    pub(super) fn outcome(&self, usual_loss: f32) -> Option<Outcome> {
        let is_sent = self.sent.count >= PACKETS;
        let has_arrived = is_sent && self.arrived.count == self.sent.count;
        if !self.is_passed && !has_arrived {
            return None;
        }
        let Some((left, arrived)) = self.rates().filter(|_| self.arrived.count >= FEWEST) else {
            return Some(Outcome::Unclear);
        };
        let lost = 1.0 - self.arrived.bytes as f32 / self.sent.bytes.max(1) as f32;
        let is_full = arrived * 100 < left * FULL || lost > usual_loss + OVERFLOW;
        let found = if is_full {
            arrived * CARRIED / 100
        } else {
            // All of it: what is usually lost says nothing of how much fits.
            (left.min(arrived) as f64 * f64::from(1.0 / (1.0 - lost.clamp(0.0, 0.5)))) as u64
        };
        Some(Outcome::Carries(match found * 100 >= self.target * FULL {
            true if !is_full => self.target,
            _ => found.min(self.target),
        }))
    }

    /// Bits per second at which it left and arrived.
    fn rates(&self) -> Option<(u64, u64)> {
        let (first, last) = (self.left.first?, self.left.last);
        let left = (self.left.bytes - last.1 as u64) * 8_000_000 / (last.0 - first.0).max(1) as u64;
        let (first, last) = (self.arrived.first?, self.arrived.last);
        let span = (last.0 - first.0).max(1) as u64;
        let arrived = (self.arrived.bytes - first.1 as u64) * 8_000_000 / span;
        Some((left, arrived))
    }

    fn next_at(&self) -> i64 {
        self.began + (self.sent.bytes * 8_000_000 / self.target.max(1)) as i64
    }

    fn is_complete(&self, now: i64) -> bool {
        self.sent.count >= PACKETS && now - self.began >= self.length
    }
}

impl Train {
    fn add(&mut self, at: i64, bytes: usize) {
        self.count += 1;
        self.bytes += bytes as u64;
        if self.first.is_none_or(|(first, _)| at < first) {
            self.first = Some((at, bytes));
        }
        if self.count == 1 || at >= self.last.0 {
            self.last = (at, bytes);
        }
    }
}
