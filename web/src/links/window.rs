//! When a customer's link is good: from a little before the appointment's start until some time
//! after its end; and what it says outside of that.

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use crate::appointments::{AppointmentState, TimeSlot};
use crate::clock::Timestamp;
use crate::settings::Settings;

/// How far the window reaches beyond the appointment on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Margins {
    pub before: Duration,
    pub after: Duration,
}

impl From<&Settings> for Margins {
    fn from(settings: &Settings) -> Self {
        Self { before: settings.link_opens_before, after: settings.link_closes_after }
    }
}

/// From `opens_at`, inclusive, until `closes_at`, exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub opens_at: Timestamp,
    pub closes_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    TooEarly,
    Open,
    TooLate,
    Cancelled,
    /// The consultation was held and is over.
    Ended,
    /// A guest's link whose time has passed, or that was taken back.
    Expired,
}

impl Window {
    pub fn around(slot: TimeSlot, margins: Margins) -> Self {
        Self { opens_at: slot.start() - margins.before, closes_at: slot.end() + margins.after }
    }

    pub fn contains(self, now: Timestamp) -> bool {
        self.opens_at <= now && now < self.closes_at
    }

    /// The next instant at which the answer changes by time alone.
    pub fn next_change(self, now: Timestamp) -> Option<Timestamp> {
        [self.opens_at, self.closes_at].into_iter().find(|&instant| instant > now)
    }
}

impl LinkState {
    pub fn at(now: Timestamp, window: Window, appointment: AppointmentState) -> Self {
        match appointment {
            AppointmentState::Cancelled => Self::Cancelled,
            AppointmentState::Done => Self::Ended,
            _ if now < window.opens_at => Self::TooEarly,
            _ if !window.contains(now) => Self::TooLate,
            // Marked as missed, but here they are within the window: the door is still open.
            _ => Self::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appointments::Length;

    const MARGINS: Margins =
        Margins { before: Duration::from_secs(15 * 60), after: Duration::from_secs(60 * 60) };
    const MILLISECOND: Duration = Duration::from_millis(1);

    fn minute(minute: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000_000_000 + minute * 60_000)
    }

    fn window() -> Window {
        Window::around(TimeSlot::new(minute(0), Length::minutes(30).unwrap()), MARGINS)
    }

    fn state_at(now: Timestamp) -> LinkState {
        LinkState::at(now, window(), AppointmentState::Confirmed)
    }

    #[test]
    fn it_opens_a_quarter_of_an_hour_before_to_the_millisecond() {
        assert_eq!(state_at(minute(-15) - MILLISECOND), LinkState::TooEarly);
        assert_eq!(state_at(minute(-15)), LinkState::Open);
    }

    #[test]
    fn it_closes_an_hour_after_the_end() {
        assert_eq!(state_at(minute(90) - MILLISECOND), LinkState::Open);
        assert_eq!(state_at(minute(90)), LinkState::TooLate);
    }

    #[test]
    fn cancelled_is_said_at_any_time() {
        for now in [minute(-1000), minute(0), minute(1000)] {
            assert_eq!(
                LinkState::at(now, window(), AppointmentState::Cancelled),
                LinkState::Cancelled
            );
        }
    }

    #[test]
    fn a_consultation_that_was_held_is_over_even_within_the_window() {
        assert_eq!(LinkState::at(minute(20), window(), AppointmentState::Done), LinkState::Ended);
    }

    #[test]
    fn the_page_is_woken_when_the_window_opens_and_when_it_closes() {
        assert_eq!(window().next_change(minute(-60)), Some(minute(-15)));
        assert_eq!(window().next_change(minute(-15)), Some(minute(90)));
        assert_eq!(window().next_change(minute(90)), None);
    }
}
