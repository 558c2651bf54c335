//! When to ask a publisher for a key frame. However many viewers want one, it is asked once;
//! requests get lost, so it is asked again, ever more slowly, until one comes; and a key frame
//! that only just came is given a chance to reach everybody before the next is asked for.

use std::time::{Duration, Instant};

const FIRST_REPEAT: Duration = Duration::from_millis(300);
const SLOWEST_REPEAT: Duration = Duration::from_secs(3);
/// Key frames are large: never more often than this, whatever viewers ask.
const LEAST_DISTANCE: Duration = Duration::from_millis(300);

#[derive(Debug, Default)]
pub struct KeyFrameRequests {
    /// When to ask next; `None` while nobody waits for a key frame.
    due: Option<Instant>,
    repeat: Duration,
    /// When a key frame last came.
    arrived: Option<Instant>,
}

impl KeyFrameRequests {
    /// Somebody needs a key frame.
    pub fn want(&mut self, now: Instant) {
        if self.due.is_none() {
            let earliest = self.arrived.map_or(now, |arrived| arrived + LEAST_DISTANCE);
            self.due = Some(earliest.max(now));
            self.repeat = FIRST_REPEAT;
        }
    }

    /// The publisher is heard after silence: what it was asked meanwhile may be lost, and what it
    /// sends builds on what was.
    pub fn forget(&mut self) {
        self.due = None;
    }

    /// A key frame begins to arrive.
    pub fn satisfy(&mut self, now: Instant) {
        self.due = None;
        self.arrived = Some(now);
    }

    /// Whether to ask the publisher now.
    pub fn poll(&mut self, now: Instant) -> bool {
        let is_due = self.due.is_some_and(|due| due <= now);
        if is_due {
            self.due = Some(now + self.repeat);
            self.repeat = (self.repeat * 2).min(SLOWEST_REPEAT);
        }
        is_due
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.due
    }
}
