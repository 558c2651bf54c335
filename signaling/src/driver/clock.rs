//! Wall-clock time that never runs backwards: read once, then carried on by the monotonic clock.

use crate::time::UnixMillis;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    started: Instant,
    started_at: UnixMillis,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the driver is where time comes from")]
    pub(super) fn start() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), started_at: UnixMillis(0).plus(since_epoch) }
    }

    pub(super) fn now(&self) -> UnixMillis {
        self.started_at.plus(self.started.elapsed())
    }

    pub(super) fn until(&self, at: UnixMillis) -> Duration {
        Duration::from_millis(at.since(self.now()))
    }
}
