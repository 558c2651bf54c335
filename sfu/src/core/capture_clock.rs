//! When a packet was captured, on the server's clock. Viewers play audio and video in step only
//! when the sender reports that they get agree about that, so both tracks of a publisher use the
//! one clock that its own sender reports (RFC 3550 §6.4.1) are written in.

use std::time::{Duration, Instant, SystemTime};

/// A capture time further from the arrival than this is a publisher's mistake.
const FARTHEST: Duration = Duration::from_secs(5);

/// What the publisher last reported about one of its tracks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SenderReport {
    pub(crate) wallclock: SystemTime,
    pub(crate) timestamp: u32,
}

/// One per transport.
#[derive(Debug, Default)]
pub(crate) struct CaptureClock {
    anchor: Option<(SystemTime, Instant)>,
}

impl CaptureClock {
    /// When the packet was captured; without a report, when it arrived.
    pub(crate) fn captured(
        &mut self,
        arrived: Instant,
        timestamp: u64,
        clock_rate: u32,
        report: Option<SenderReport>,
    ) -> Instant {
        let Some(report) = report else { return arrived };
        let ticks = i64::from((timestamp as u32).wrapping_sub(report.timestamp) as i32);
        let micros = ticks * 1_000_000 / i64::from(clock_rate);
        let Some(wallclock) = shift(report.wallclock, micros) else { return arrived };
        let (anchored, at) = *self.anchor.get_or_insert((wallclock, arrived));
        let captured = match wallclock.duration_since(anchored) {
            Ok(later) => at.checked_add(later),
            Err(earlier) => at.checked_sub(earlier.duration()),
        };
        captured.filter(|captured| is_near(*captured, arrived)).unwrap_or_else(|| {
            self.anchor = Some((wallclock, arrived));
            arrived
        })
    }
}

fn shift(time: SystemTime, micros: i64) -> Option<SystemTime> {
    let distance = Duration::from_micros(micros.unsigned_abs());
    if micros < 0 { time.checked_sub(distance) } else { time.checked_add(distance) }
}

fn is_near(one: Instant, other: Instant) -> bool {
    one.saturating_duration_since(other) + other.saturating_duration_since(one) < FARTHEST
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::testing::begin;

    #[test]
    fn both_tracks_are_placed_on_the_publishers_clock() {
        let mut clock = CaptureClock::default();
        let arrived = begin();
        let wallclock = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let audio = SenderReport { wallclock, timestamp: 48_000 };
        let first = clock.captured(arrived, 48_000, 48_000, Some(audio));
        let video =
            SenderReport { wallclock: wallclock + Duration::from_millis(100), timestamp: 0 };
        let later = clock.captured(arrived, 90_000 / 10, 90_000, Some(video));
        assert_eq!(later - first, Duration::from_millis(200));
    }

    #[test]
    fn a_report_that_cannot_be_is_not_believed() {
        let mut clock = CaptureClock::default();
        let arrived = begin();
        let honest = SenderReport { wallclock: SystemTime::UNIX_EPOCH, timestamp: 0 };
        clock.captured(arrived, 0, 90_000, Some(honest));
        let jumped = SystemTime::UNIX_EPOCH + Duration::from_secs(3600);
        let absurd = SenderReport { wallclock: jumped, timestamp: 0 };
        assert_eq!(clock.captured(arrived, 0, 90_000, Some(absurd)), arrived);
    }
}
