//! Time that never runs backwards: the product's, read once, then carried on by the monotonic clock.

use crate::time::UnixMillis;
use std::time::Duration;
use tokio::time::Instant;

#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    started: Instant,
    started_at: UnixMillis,
}

impl Clock {
    pub(super) fn start(started_at: UnixMillis) -> Self {
        Self { started: Instant::now(), started_at }
    }

    pub(super) fn now(&self) -> UnixMillis {
        self.started_at.plus(self.started.elapsed())
    }

    pub(super) fn until(&self, at: UnixMillis) -> Duration {
        Duration::from_millis(at.since(self.now()))
    }
}
