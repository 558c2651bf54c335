//! How much one socket may say. A budget that refills with time; who overdraws it is warned, and
//! who goes on is closed.

use crate::time::UnixMillis;

/// A token bucket with an overdraft.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Thousandths of a message, so that slow refills do not get lost in rounding.
    left: i64,
    capacity: i64,
    overdraft: i64,
    per_second: i64,
    at: UnixMillis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Fine,
    /// Not this one; the socket stays.
    TooMuch,
    /// Enough: close it.
    Close,
}

impl Budget {
    /// `capacity` at once, `per_second` for ever, `overdraft` refused ones before the end.
    pub fn new(now: UnixMillis, capacity: u32, per_second: u32, overdraft: u32) -> Self {
        let capacity = i64::from(capacity) * 1000;
        let (per_second, overdraft) = (i64::from(per_second), i64::from(overdraft) * 1000);
        Self { left: capacity, capacity, overdraft, per_second, at: now }
    }

    /// All messages: 60 at once, 30 a second; 100 refused ones close the socket.
    pub fn of_messages(now: UnixMillis) -> Self {
        Self::new(now, 60, 30, 100)
    }

    /// Frames that are no messages: one a second, and the eleventh at once closes the socket.
    pub fn of_malformed(now: UnixMillis) -> Self {
        Self::new(now, 10, 1, 0)
    }

    pub fn spend(&mut self, now: UnixMillis) -> Verdict {
        self.refill(now);
        self.left = (self.left - 1000).max(-self.overdraft - 1000);
        if self.left >= 0 {
            Verdict::Fine
        } else if self.left >= -self.overdraft {
            Verdict::TooMuch
        } else {
            Verdict::Close
        }
    }

    fn refill(&mut self, now: UnixMillis) {
        let elapsed = i64::try_from(now.since(self.at)).unwrap_or(i64::MAX);
        self.left = self.left.saturating_add(elapsed.saturating_mul(self.per_second));
        self.left = self.left.min(self.capacity);
        self.at = self.at.max(now);
    }
}
