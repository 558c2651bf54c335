//! What a room holds of each participant.

use std::time::Instant;

use crate::core::event::{MediaKind, Slot};
use crate::core::liveness::Liveness;
use crate::core::packet::TrackId;
use crate::core::participant::{ParticipantId, Place};
use crate::core::peer::Peer;
use crate::core::quality::QualityMeter;
use crate::core::slots::SlotPool;
use crate::core::speech::SpeechDetector;

#[derive(Debug)]
pub(super) struct Member {
    pub(super) id: ParticipantId,
    pub(super) peer: Peer,
    pub(super) place: Place,
    pub(super) is_connected: bool,
    pub(super) slots: SlotPool,
    pub(super) liveness: Liveness,
    pub(super) quality: QualityMeter,
    pub(super) speech: SpeechDetector,
    pub(super) is_tapped: bool,
    /// Of the tracks, audio and video: grows when one begins anew.
    generations: [u64; 2],
}

impl Member {
    pub(super) fn new(now: Instant, id: ParticipantId, peer: Peer) -> Self {
        Self {
            id,
            slots: pool(&peer),
            peer,
            place: Place::default(),
            is_connected: false,
            liveness: Liveness::new(now),
            quality: QualityMeter::default(),
            speech: SpeechDetector::default(),
            is_tapped: false,
            generations: [0; 2],
        }
    }

    /// Goes on over another transport.
    pub(super) fn replace(&mut self, now: Instant, peer: Peer) {
        self.slots = pool(&peer);
        self.peer = peer;
        self.is_connected = false;
        self.liveness.be_patient(now);
        self.begin_track(MediaKind::Audio);
        self.begin_track(MediaKind::Video);
    }

    pub(super) fn begin_track(&mut self, kind: MediaKind) {
        self.generations[kind as usize] += 1;
    }

    pub(super) fn track(&self, kind: MediaKind) -> TrackId {
        TrackId { participant: self.id, generation: self.generations[kind as usize] }
    }

    /// Whether sending to it makes sense.
    pub(super) fn can_view(&self) -> bool {
        self.place == Place::Call && self.is_connected && !self.liveness.is_lost()
    }

    /// Whether it waits, ready to be placed into the call.
    pub(super) fn waits(&self) -> bool {
        self.place == Place::Lobby && self.is_connected && !self.liveness.is_lost()
    }

    pub(super) fn used_slots(&self) -> Vec<Slot> {
        let used = self.slots.used().flat_map(|(source, slot)| {
            slot.lines().map(move |(kind, line)| Slot { mid: self.peer.mid(line), source, kind })
        });
        used.collect()
    }

    /// When something of it is due.
    pub(super) fn deadline(&self) -> Instant {
        let others = [self.liveness.deadline(), self.speech.deadline()];
        others.into_iter().flatten().fold(self.peer.deadline(), Instant::min)
    }
}

fn pool(peer: &Peer) -> SlotPool {
    SlotPool::new(&peer.slot_lines(MediaKind::Audio), &peer.slot_lines(MediaKind::Video))
}
