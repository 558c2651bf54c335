//! When a flight that was not answered is sent again: soon at first, as a lost packet delays the
//! first picture, then ever more rarely (RFC 6347 §4.2.4.1).

use std::time::{Duration, Instant};

pub(super) const FIRST: Duration = Duration::from_millis(150);
const LONGEST: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Retry {
    interval: Duration,
    deadline: Option<Instant>,
}

impl Retry {
    pub(super) fn new() -> Self {
        Self { interval: FIRST, deadline: None }
    }

    /// A new flight was sent, and waits for its answer, or waits no more.
    pub(super) fn begin(&mut self, now: Instant, is_waiting: bool) {
        self.interval = FIRST;
        self.deadline = is_waiting.then(|| now + self.interval);
    }

    /// The same flight was sent again.
    pub(super) fn again(&mut self, now: Instant) {
        self.interval = (self.interval * 2).min(LONGEST);
        self.deadline = Some(now + self.interval);
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= now)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}
