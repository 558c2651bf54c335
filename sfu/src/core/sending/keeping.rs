//! For how long what was sent is kept, so that it can be sent again. In a large call it is a good part of
//! what a participant takes.

use std::time::{Duration, Instant};

use super::history::LONGEST;

/// Where nothing was missed lately: so long, and so many round trips.
const KEPT_FOR: Duration = Duration::from_millis(300);
const TRIPS_KEPT: u32 = 5;
/// Where something was: browsers ask ten times, a round trip apart (libwebrtc, `NackRequester`).
const TRIPS_ASKED: u32 = 10;
const LATELY: Duration = Duration::from_secs(60);
/// Clients say more often than this what arrived, if something does.
const SILENCE: Duration = Duration::from_millis(250);

#[derive(Debug, Default)]
pub(super) struct Keeping {
    /// When the client said last what arrived.
    heard: Option<Instant>,
    /// When it missed something last,
    missed: Option<Instant>,
    /// or must be taken to have missed everything.
    silent: Option<Instant>,
}

impl Keeping {
    pub(super) fn hear(&mut self, now: Instant) {
        self.heard = Some(now);
    }

    pub(super) fn miss(&mut self, now: Instant) {
        self.missed = Some(now);
    }

    /// Whether nothing is heard any more of one who was heard before: then it may miss all that is sent
    /// meanwhile.
    pub(super) fn notices_silence(&mut self, now: Instant, round_trip: Duration) -> bool {
        let heard = self
            .heard
            .take_if(|heard| now.saturating_duration_since(*heard) > SILENCE + round_trip);
        let is_news = heard.is_some() && !is_lately(now, self.silent);
        self.silent = heard.map(|_| now).or(self.silent);
        is_news
    }

    pub(super) fn time(&self, now: Instant, round_trip: Option<Duration>) -> Duration {
        let known = round_trip.filter(|_| !is_lately(now, self.silent));
        let trips = if is_lately(now, self.missed) { TRIPS_ASKED } else { TRIPS_KEPT };
        known.map_or(LONGEST, |trip| (KEPT_FOR + trip * trips).min(LONGEST))
    }
}

fn is_lately(now: Instant, then: Option<Instant>) -> bool {
    then.is_some_and(|then| now.saturating_duration_since(then) < LATELY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::testing::begin;

    const TRIP: Duration = Duration::from_millis(20);

    #[test]
    fn it_is_short_on_a_good_way_and_longer_on_a_long_one() {
        let (now, mut keeping) = (begin(), Keeping::default());
        keeping.hear(now);
        assert_eq!(keeping.time(now, None), LONGEST);
        assert_eq!(keeping.time(now, Some(TRIP)), Duration::from_millis(400));
        assert_eq!(keeping.time(now, Some(10 * TRIP)), Duration::from_millis(1_300));
        assert_eq!(keeping.time(now, Some(100 * TRIP)), LONGEST);
    }

    #[test]
    fn who_missed_something_may_ask_more_often_for_a_minute() {
        let (now, mut keeping) = (begin(), Keeping::default());
        keeping.miss(now);
        let during = now + LATELY - TRIP;
        assert_eq!(keeping.time(during, Some(TRIP)), Duration::from_millis(500));
        assert_eq!(keeping.time(during, Some(10 * TRIP)), LONGEST);
        assert_eq!(keeping.time(now + LATELY, Some(TRIP)), Duration::from_millis(400));
    }

    #[test]
    fn who_falls_silent_may_be_missing_everything() {
        let (now, mut keeping) = (begin(), Keeping::default());
        assert!(!keeping.notices_silence(now, TRIP));
        keeping.hear(now);
        assert!(!keeping.notices_silence(now + SILENCE + TRIP, TRIP));
        let silent = now + SILENCE + TRIP + Duration::from_millis(1);
        assert!(keeping.notices_silence(silent, TRIP));
        // Nothing that was sent since it was heard is gone by then.
        assert!(SILENCE + TRIP < KEPT_FOR + TRIP * TRIPS_KEPT);
        keeping.hear(silent + TRIP);
        assert_eq!(keeping.time(silent + TRIP, Some(TRIP)), LONGEST);
        assert!(!keeping.notices_silence(silent + TRIP, TRIP));
    }
}
