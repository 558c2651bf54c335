//! Where a client is. It may move (Wi-Fi to mobile, a NAT that forgets), and shows it by sending
//! from another address. Browsers check all their candidates with the same zeal but send media on
//! the one path that they chose, so media is what we follow (as RFC 4961's symmetric RTP does); a
//! check only where the path has fallen silent.
//!
//! All of this is only about addresses from which a connectivity check has proved itself, or the
//! answer to one of ours (`core/peer/asking.rs`). But a check can be overheard and sent again from
//! elsewhere, with some noise behind it. So while the client is heard where it is, only media that is
//! authentic leads away from there. Before there is any, the handshake shows which path was chosen.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::transport::LocalAddress;

/// A path is given up for one that is checked when it was silent for so long.
const SILENCE: Duration = Duration::from_secs(3);
/// And for one that media seems to come on, when it was silent for so long. Whoever receives media
/// sends feedback several times as often.
const PAUSE: Duration = Duration::from_millis(500);

/// Where the client is, and which of our addresses it sends to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ends {
    pub(crate) client: SocketAddr,
    pub(crate) ours: LocalAddress,
}

#[derive(Debug, Default)]
pub(crate) struct Path {
    present: Option<(Ends, Instant)>,
    /// Where media came from just now that may or may not be authentic.
    claimed: Option<Ends>,
    /// Whether authentic media ever came.
    is_proven: bool,
}

impl Path {
    /// Part of a handshake. Who disturbs it from elsewhere gains nothing: the client goes on.
    pub(crate) fn hear_handshake(&mut self, now: Instant, ends: Ends) {
        if self.is_proven {
            self.hear_check(now, ends);
        } else {
            self.present = Some((ends, now));
        }
    }

    /// A connectivity check.
    pub(crate) fn hear_check(&mut self, now: Instant, ends: Ends) {
        self.claimed = None;
        self.hear(now, ends, SILENCE);
    }

    /// What looks like media. If it is, [`Self::prove`] is called next.
    pub(crate) fn hear_media(&mut self, now: Instant, ends: Ends) {
        self.claimed = Some(ends);
        self.hear(now, ends, PAUSE);
    }

    /// What was heard last is authentic, and was not heard before.
    pub(crate) fn prove(&mut self, now: Instant) {
        if let Some(ends) = self.claimed {
            self.present = Some((ends, now));
            self.is_proven = true;
        }
    }

    pub(crate) fn ends(&self) -> Option<Ends> {
        self.present.map(|(ends, _)| ends)
    }

    /// Whether the client was not heard where it is for so long.
    pub(crate) fn is_silent(&self, now: Instant, duration: Duration) -> bool {
        self.present.is_some_and(|(_, heard)| now.saturating_duration_since(heard) >= duration)
    }

    fn hear(&mut self, now: Instant, ends: Ends, patience: Duration) {
        let is_kept = self.present.is_some_and(|(present, heard)| {
            present != ends && now.saturating_duration_since(heard) < patience
        });
        if !is_kept {
            self.present = Some((ends, now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::testing::{begin, ends};

    #[test]
    fn authentic_media_leads_and_checks_follow_only_out_of_silence() {
        let (home, road) = (ends(1), ends(2));
        let (now, mut path) = (begin(), Path::default());
        path.hear_check(now, home);
        path.hear_check(now, road);
        assert_eq!(path.ends(), Some(home));
        path.hear_media(now, road);
        path.prove(now);
        assert_eq!(path.ends(), Some(road));
        path.hear_check(now + SILENCE, home);
        assert_eq!(path.ends(), Some(home));
    }

    #[test]
    fn a_handshake_is_answered_where_it_comes_from_though_another_path_was_checked_first() {
        let (slow, chosen) = (ends(1), ends(2));
        let (now, mut path) = (begin(), Path::default());
        path.hear_check(now, slow);
        path.hear_check(now, chosen);
        path.hear_handshake(now, chosen);
        path.hear_check(now, slow);
        assert_eq!(path.ends(), Some(chosen));
        path.hear_media(now, chosen);
        path.prove(now);
        path.hear_handshake(now, slow);
        assert_eq!(path.ends(), Some(chosen));
    }

    #[test]
    fn noise_from_elsewhere_leads_nobody_away_while_the_client_is_heard() {
        let (home, elsewhere) = (ends(1), ends(2));
        let (mut now, mut path) = (begin(), Path::default());
        path.hear_check(now, home);
        for _ in 0..100 {
            now += PAUSE / 2;
            path.hear_check(now, elsewhere);
            path.hear_media(now, elsewhere);
            assert_eq!(path.ends(), Some(home));
            path.hear_media(now, home);
        }
    }

    #[test]
    fn whoever_only_watches_is_followed_after_a_pause() {
        let (home, road) = (ends(1), ends(2));
        let (now, mut path) = (begin(), Path::default());
        path.hear_media(now, home);
        path.hear_media(now + PAUSE, road);
        assert_eq!(path.ends(), Some(road));
    }
}
