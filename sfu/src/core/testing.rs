//! What unit tests of the core begin with. Whole calls have theirs in `tests/room/`.

use std::net::SocketAddr;
use std::time::Instant;

use super::path::Ends;

/// When virtual time begins.
#[expect(clippy::disallowed_methods, reason = "an instant can only be had from the clock")]
pub(crate) fn begin() -> Instant {
    Instant::now()
}

/// A client that sends to us from this port.
pub(crate) fn ends(port: u16) -> Ends {
    let client = SocketAddr::from(([192, 0, 2, 1], port));
    Ends { client, ours: ([198, 51, 100, 1], 4_000).into() }
}
