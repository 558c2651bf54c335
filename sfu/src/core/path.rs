//! Where a client is. It may move (Wi-Fi to mobile, a NAT that forgets), and shows it by sending
//! from another address. Browsers check all their candidates with the same zeal but send media on
//! the one path that they chose, so whatever is not a check is what we follow (as RFC 4961's
//! symmetric RTP does); a check only where the path has fallen silent.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// A path is given up for one that is checked when it was silent for so long.
const SILENCE: Duration = Duration::from_secs(3);

#[derive(Debug, Default)]
pub(crate) struct Path {
    present: Option<(SocketAddr, Instant)>,
}

impl Path {
    /// Something sound came from an address that the client proved to be at.
    pub(crate) fn hear(&mut self, now: Instant, from: SocketAddr, is_check: bool) {
        let is_kept = is_check
            && self.present.is_some_and(|(address, heard)| {
                address != from && now.saturating_duration_since(heard) < SILENCE
            });
        if !is_kept {
            self.present = Some((from, now));
        }
    }

    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.present.map(|(address, _)| address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "an instant can only be had from the clock")]
    fn begin() -> Instant {
        Instant::now()
    }

    #[test]
    fn media_leads_and_checks_follow_only_out_of_silence() {
        let [home, road] = [1, 2].map(|port| SocketAddr::from(([192, 0, 2, 1], port)));
        let (now, mut path) = (begin(), Path::default());
        path.hear(now, home, true);
        path.hear(now, road, true);
        assert_eq!(path.address(), Some(home));
        path.hear(now, road, false);
        assert_eq!(path.address(), Some(road));
        path.hear(now + SILENCE, home, true);
        assert_eq!(path.address(), Some(home));
    }
}
