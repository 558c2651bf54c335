//! The one place where the media server reads the clock.

use std::time::Instant;

#[expect(clippy::disallowed_methods, reason = "this is where the driver's time comes from")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
