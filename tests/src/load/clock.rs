//! The one place where the load generator reads the clocks.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

#[expect(clippy::disallowed_methods, reason = "the generator lives in real time")]
pub fn now() -> Instant {
    Instant::now()
}

/// Nanoseconds since the Unix epoch: what the kernel stamps arrivals with.
#[expect(clippy::disallowed_methods, reason = "the generator lives in real time")]
pub fn wall() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_nanos() as u64)
}

/// The present instant as people and programs write it (RFC 3339).
pub fn written() -> String {
    chrono::DateTime::from_timestamp_nanos(wall() as i64).to_rfc3339()
}
