//! How much a worker has to do, and when that is enough. Beyond it newcomers are refused, so that
//! those who are here already keep what they have.

use std::time::{Duration, Instant};

const MEASURE_EVERY: Duration = Duration::from_secs(1);
/// Once over the limit, newcomers are let in again when it is this far below.
const RELIEF: f64 = 0.9;

#[derive(Debug)]
pub(crate) struct Load {
    /// Packets a second, in and out; 0: no limit.
    most: u64,
    rate: u64,
    is_too_much: bool,
    begun: Instant,
    packets_then: u64,
}

impl Load {
    pub(crate) fn new(now: Instant, most: u64) -> Self {
        Self { most, rate: 0, is_too_much: false, begun: now, packets_then: 0 }
    }

    /// So many packets there were up to now.
    pub(crate) fn note(&mut self, now: Instant, packets: u64) {
        let elapsed = now.saturating_duration_since(self.begun);
        if elapsed < MEASURE_EVERY {
            return;
        }
        self.rate = ((packets - self.packets_then) as f64 / elapsed.as_secs_f64()) as u64;
        (self.begun, self.packets_then) = (now, packets);
        let limit = if self.is_too_much { self.most as f64 * RELIEF } else { self.most as f64 };
        self.is_too_much = self.most > 0 && self.rate as f64 > limit;
    }

    /// Packets in the last second.
    pub(crate) fn packet_rate(&self) -> u64 {
        self.rate
    }

    pub(crate) fn is_too_much(&self) -> bool {
        self.is_too_much
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newcomers_are_let_in_again_once_there_is_some_room() {
        let begin = super::super::clock::now();
        let mut load = Load::new(begin, 1_000);
        let mut packets = 0;
        let mut second = |number: u64, rate: u64| {
            packets += rate;
            load.note(begin + Duration::from_secs(number), packets);
            load.is_too_much()
        };
        let rates = [900, 1_001, 950, 901, 899, 1_000, 1_200];
        let refuses: Vec<bool> =
            rates.iter().enumerate().map(|(n, rate)| second(n as u64 + 1, *rate)).collect();
        assert_eq!(refuses, [false, true, true, true, false, false, true]);
    }

    #[test]
    fn without_a_limit_nothing_is_too_much() {
        let begin = super::super::clock::now();
        let mut load = Load::new(begin, 0);
        load.note(begin + Duration::from_secs(1), u64::MAX);
        assert!(!load.is_too_much());
    }
}
