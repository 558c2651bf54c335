//! How much arrives at a viewer.

use super::history::Arrival;
use super::meter::Meter;

/// Frames come 30 times a second: of shorter spans the rate would swing.
const SPAN: i64 = 25_000;
const USUALLY: usize = 20;
/// While a queue stands before it a link is never idle, and a shorter while is enough.
const BRIEFLY: usize = 10;
const SENT_SPAN: i64 = 250_000;
const SENT_SPANS: usize = 12;

#[derive(Debug)]
pub(super) struct Acknowledged {
    arrived: Meter<{ USUALLY + 1 }>,
    sent: Meter<SENT_SPANS>,
}

impl Default for Acknowledged {
    fn default() -> Self {
        Self { arrived: Meter::new(SPAN), sent: Meter::new(SENT_SPAN) }
    }
}

impl Acknowledged {
    pub(super) fn send(&mut self, now: i64, bytes: usize) {
        self.sent.add(now, bytes);
    }

    pub(super) fn hear(&mut self, arrival: &Arrival) {
        self.arrived.add(arrival.arrived, arrival.bytes);
    }

    /// Bits per second over the last half second. The client's word is not taken for more than was
    /// ever sent.
    pub(super) fn rate(&self) -> Option<u64> {
        self.credible(self.arrived.rate(USUALLY)?)
    }

    /// Over the last quarter of a second.
    pub(super) fn brief_rate(&self) -> Option<u64> {
        self.credible(self.arrived.rate(BRIEFLY)?)
    }

    /// What was sent in the last second.
    pub(super) fn sent(&self) -> Option<u64> {
        self.sent.rate(4)
    }

    fn credible(&self, arrived: u64) -> Option<u64> {
        Some(arrived.min(self.sent.peak()))
    }
}
