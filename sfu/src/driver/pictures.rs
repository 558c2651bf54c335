//! Whoever asks for a participant's picture wants the present one. In a steady call key frames are
//! minutes apart, so a new one is asked for; but a late answer would be worse than an old picture.

use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::core::participant::ParticipantId;
use crate::core::picture::KeyFrame;
use crate::core::room::Room;

/// A key frame as young as this is the present picture.
const FRESH: Duration = Duration::from_secs(1);
/// How long a newer one is waited for.
const PATIENCE: Duration = Duration::from_millis(600);
/// Who asks while so many wait is answered with what there is.
const MOST_WAITING: usize = 16;

#[derive(Debug, Default)]
pub(crate) struct Pictures {
    waiting: Vec<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    participant: ParticipantId,
    since: Instant,
    answer: oneshot::Sender<Option<KeyFrame>>,
}

impl Pictures {
    pub(crate) fn want(
        &mut self,
        now: Instant,
        room: &mut Room,
        participant: ParticipantId,
        answer: oneshot::Sender<Option<KeyFrame>>,
    ) {
        let is_fresh = room.key_frame_age(now, participant).is_some_and(|age| age <= FRESH);
        let is_crowded = self.waiting.len() >= MOST_WAITING;
        if is_fresh || is_crowded || !room.request_key_frame(now, participant) {
            // Whoever asked may have given up.
            let _ = answer.send(room.key_frame(now, participant));
            return;
        }
        self.waiting.push(Waiting { participant, since: now, answer });
    }

    /// Answers those whose key frame has come, and those who have waited long enough.
    pub(crate) fn answer(&mut self, now: Instant, room: &Room) {
        let is_due = |waiting: &mut Waiting| {
            let waited = now.saturating_duration_since(waiting.since);
            let age = room.key_frame_age(now, waiting.participant);
            waited >= PATIENCE || age.is_some_and(|age| age < waited)
        };
        for waiting in self.waiting.extract_if(.., is_due) {
            let _ = waiting.answer.send(room.key_frame(now, waiting.participant));
        }
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.waiting.iter().map(|waiting| waiting.since + PATIENCE).min()
    }
}
