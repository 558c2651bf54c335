//! Notices when a participant falls silent.

use std::time::{Duration, Instant};

/// A participant that was sending is lost when nothing at all comes for so long: soon enough to be
/// noticed within 5 seconds, with a second to spare.
const SILENCE: Duration = Duration::from_secs(4);
/// One that sends no media (muted, no camera) is heard from only by its ICE consent checks, which
/// browsers send up to 6 seconds apart (RFC 7675 §5.1).
const QUIET_SILENCE: Duration = Duration::from_secs(15);
/// Without media for so long before its last sign of life, a participant counts as quiet.
const QUIET_AFTER: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub struct Liveness {
    heard: Instant,
    media: Option<Instant>,
    is_lost: bool,
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Lost,
    Recovered,
}

impl Liveness {
    pub fn new(now: Instant) -> Self {
        Self { heard: now, media: None, is_lost: false }
    }

    /// A new transport is being set up, and gets the time that it takes.
    pub fn be_patient(&mut self, now: Instant) {
        (self.heard, self.media) = (now, None);
    }

    /// A datagram came; `is_media` when it was RTP or RTCP.
    pub fn hear(&mut self, now: Instant, is_media: bool) -> Option<Change> {
        self.heard = now;
        if is_media {
            self.media = Some(now);
        }
        std::mem::take(&mut self.is_lost).then_some(Change::Recovered)
    }

    /// The transport said by itself that it is gone.
    pub fn lose(&mut self) -> Option<Change> {
        (!std::mem::replace(&mut self.is_lost, true)).then_some(Change::Lost)
    }

    pub fn poll(&mut self, now: Instant) -> Option<Change> {
        if self.deadline()? <= now { self.lose() } else { None }
    }

    /// When silence will have lasted too long; `None` when it already has.
    pub fn deadline(&self) -> Option<Instant> {
        (!self.is_lost).then(|| self.heard + self.patience())
    }

    pub fn is_lost(&self) -> bool {
        self.is_lost
    }

    fn patience(&self) -> Duration {
        let is_quiet =
            self.media.is_none_or(|media| self.heard.duration_since(media) > QUIET_AFTER);
        if is_quiet { QUIET_SILENCE } else { SILENCE }
    }
}
