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

/// Media of somebody whose media came all the time pauses for so long when the network does.
const OUTAGE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub struct Liveness {
    heard: Instant,
    media: Option<Instant>,
    /// Since when media comes without an outage.
    flows_since: Option<Instant>,
    is_lost: bool,
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Lost,
    Recovered,
    /// Back after an outage that was too short to count as lost.
    Resumed,
}

impl Liveness {
    pub fn new(now: Instant) -> Self {
        Self { heard: now, media: None, flows_since: None, is_lost: false }
    }

    /// A new transport is being set up, and gets the time that it takes.
    pub fn be_patient(&mut self, now: Instant) {
        (self.heard, self.media, self.flows_since) = (now, None, None);
    }

    /// A datagram came; `is_media` when it was RTP or RTCP.
    pub fn hear(&mut self, now: Instant, is_media: bool) -> Option<Change> {
        self.heard = now;
        let has_resumed = is_media && self.hear_media(now);
        match std::mem::take(&mut self.is_lost) {
            true => Some(Change::Recovered),
            false => has_resumed.then_some(Change::Resumed),
        }
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

    /// Whether it ends an outage: a pause in what flowed before. Who neither sends nor receives
    /// media pauses between any two reports.
    fn hear_media(&mut self, now: Instant) -> bool {
        let before = self.media.replace(now);
        let is_pause = before.is_none_or(|before| now.saturating_duration_since(before) >= OUTAGE);
        if !is_pause {
            return false;
        }
        let flowed = self.flows_since.replace(now).zip(before);
        flowed.is_some_and(|(since, before)| before.saturating_duration_since(since) >= OUTAGE)
    }

    fn patience(&self) -> Duration {
        let is_quiet =
            self.media.is_none_or(|media| self.heard.duration_since(media) > QUIET_AFTER);
        if is_quiet { QUIET_SILENCE } else { SILENCE }
    }
}
