//! When to fill the way to a viewer with padding, to learn whether a better layer would fit: a
//! stream that is only as wide as it is now says nothing about more. Padding costs the viewer
//! data, so it is tried for a while, and ever more seldom as long as it finds nothing.

use std::time::{Duration, Instant};

const ATTEMPT: Duration = Duration::from_secs(5);
const FIRST_REST: Duration = Duration::from_secs(5);
const LONGEST_REST: Duration = Duration::from_secs(80);

#[derive(Debug, Default)]
pub(crate) struct Seeking {
    since: Option<Instant>,
    rests_until: Option<Instant>,
    rest: Duration,
}

impl Seeking {
    /// Whether to pad now. `is_wanted`: something better would be shown, were it to fit.
    pub(crate) fn poll(&mut self, now: Instant, is_wanted: bool) -> bool {
        if !is_wanted {
            *self = Self::default();
            return false;
        }
        if self.rests_until.is_some_and(|until| now < until) {
            return false;
        }
        let since = *self.since.get_or_insert(now);
        let goes_on = now.saturating_duration_since(since) < ATTEMPT;
        if !goes_on {
            self.rest = (self.rest + self.rest / 2).clamp(FIRST_REST, LONGEST_REST);
            (self.since, self.rests_until) = (None, Some(now + self.rest));
        }
        goes_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::testing::begin;

    #[test]
    fn what_finds_nothing_is_tried_ever_more_seldom() {
        let begin = begin();
        let mut seeking = Seeking::default();
        let padded = |seeking: &mut Seeking, from: u64, to: u64| {
            (from..to).filter(|s| seeking.poll(begin + Duration::from_secs(*s), true)).count()
        };
        assert_eq!(padded(&mut seeking, 0, 60), 20);
        assert!(padded(&mut seeking, 60, 360) <= 30);
        assert!(!seeking.poll(begin + Duration::from_secs(400), false));
        assert!(seeking.poll(begin + Duration::from_secs(401), true));
    }
}
