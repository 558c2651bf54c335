//! How much a stream brings, measured over about a second; and whether it brings anything.

use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(1);
/// How much a new window weighs against those before it, in eighths. Key frames make single
/// windows heavy.
const WEIGHT: u64 = 3;
/// A stream without a packet for so long has stopped.
const SILENCE: Duration = Duration::from_millis(1_200);

#[derive(Debug, Default)]
pub(crate) struct RateMeter {
    window: Option<(Instant, u64)>,
    rate: Option<u64>,
    last: Option<Instant>,
}

impl RateMeter {
    /// A packet of so many bytes came. Whether it is the first after silence.
    pub(crate) fn hear(&mut self, now: Instant, bytes: usize) -> bool {
        let begins = !self.is_live(now);
        self.last = Some(now);
        match &mut self.window {
            Some((since, sum)) if !begins => {
                *sum += bytes as u64;
                let passed = now.saturating_duration_since(*since);
                if passed >= WINDOW {
                    let sample = *sum * 8_000 / (passed.as_millis() as u64).max(1);
                    self.rate = Some(self.rate.map_or(sample, |rate| smooth(rate, sample)));
                    self.window = Some((now, 0));
                }
            }
            _ => self.window = Some((now, bytes as u64)),
        }
        begins
    }

    /// Bits per second, once a window is full. Stays when the stream stops.
    pub(crate) fn rate(&self) -> Option<u64> {
        self.rate
    }

    /// For how long nothing came, once something had.
    pub(crate) fn silence(&self, now: Instant) -> Option<Duration> {
        self.last.map(|last| now.saturating_duration_since(last))
    }

    pub(crate) fn is_live(&self, now: Instant) -> bool {
        self.last.is_some_and(|last| now.saturating_duration_since(last) < SILENCE)
    }
}

fn smooth(rate: u64, sample: u64) -> u64 {
    (rate * (8 - WEIGHT) + sample * WEIGHT) / 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::testing::begin;

    #[test]
    fn a_steady_stream_is_measured_and_its_end_is_noticed() {
        let begin = begin();
        let mut meter = RateMeter::default();
        for packet in 0..500u32 {
            let is_first = meter.hear(begin + packet * Duration::from_millis(10), 1_000);
            assert_eq!(is_first, packet == 0);
        }
        let rate = meter.rate().unwrap();
        assert!((780_000..820_000).contains(&rate), "{rate}");
        let end = begin + Duration::from_millis(4_990);
        assert!(meter.is_live(end + SILENCE / 2) && !meter.is_live(end + SILENCE));
        assert!(meter.hear(end + SILENCE, 1_000));
        assert_eq!(meter.rate(), Some(rate));
    }
}
