//! What a room holds of each participant.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::core::allocation::{Budget, Redundancy, Seeking, Steady};
use crate::core::event::{MediaKind, Slot, TrackKind, View};
use crate::core::liveness::Liveness;
use crate::core::packet::StreamId;
use crate::core::participant::{ParticipantId, Place};
use crate::core::peer::Peer;
use crate::core::publish::Publishing;
use crate::core::quality::QualityMeter;
use crate::core::slots::{SlotPool, TrackOf};
use crate::core::speech::SpeechDetector;
use crate::core::tap::TapSelector;
use crate::core::track::MOST_LAYERS;

/// A viewer says something of no more tracks than this: all of a full call.
const MOST_VIEWS: usize = 64;
/// How high a picture counts as shown, of which the viewer said nothing.
const USUAL_HEIGHT: u16 = 360;

#[derive(Debug)]
pub(super) struct Member {
    pub(super) id: ParticipantId,
    pub(super) peer: Peer,
    /// Whether something was done with its transport, of which that was not heard out yet.
    pub(super) is_unheard: bool,
    pub(super) place: Place,
    pub(super) is_connected: bool,
    pub(super) slots: SlotPool,
    pub(super) liveness: Liveness,
    pub(super) quality: QualityMeter,
    pub(super) speech: SpeechDetector,
    pub(super) publishing: Publishing,
    /// Set while somebody reads its packets.
    pub(super) tap: Option<TapSelector>,
    /// Whether it shows its screen.
    pub(super) has_screen: bool,
    /// How many slots it was last asked to offer.
    pub(super) slots_wanted: usize,
    pub(super) steady: Steady,
    pub(super) seeking: Seeking,
    pub(super) budget: Budget,
    pub(super) redundancy: Redundancy,
    /// What its way was taken to carry when layers were last chosen for it.
    pub(super) spendable: u64,
    views: BTreeMap<TrackOf, (u16, bool)>,
    muted: [bool; 3],
    /// Of the layers of the tracks: grows when one begins anew.
    generations: [[u64; MOST_LAYERS]; 3],
}

impl Member {
    pub(super) fn new(now: Instant, id: ParticipantId, peer: Peer) -> Self {
        let mut member = Self {
            id,
            slots: SlotPool::default(),
            peer,
            is_unheard: false,
            place: Place::default(),
            is_connected: false,
            liveness: Liveness::new(now),
            quality: QualityMeter::default(),
            speech: SpeechDetector::default(),
            publishing: Publishing::default(),
            tap: None,
            has_screen: false,
            slots_wanted: 0,
            steady: Steady::default(),
            seeking: Seeking::default(),
            budget: Budget::default(),
            redundancy: Redundancy::default(),
            spendable: 0,
            views: BTreeMap::new(),
            muted: [false; 3],
            generations: [[0; MOST_LAYERS]; 3],
        };
        member.extend_slots();
        member
    }

    /// Goes on over another transport.
    pub(super) fn replace(&mut self, now: Instant, peer: Peer) {
        self.peer = peer;
        self.slots = SlotPool::default();
        self.extend_slots();
        self.is_connected = false;
        self.liveness.be_patient(now);
        self.publishing.reset();
        (self.steady, self.seeking, self.budget) = Default::default();
        self.redundancy = Redundancy::default();
        self.generations.iter_mut().flatten().for_each(|generation| *generation += 1);
    }

    /// Takes in the receive slots that the last offer added.
    pub(super) fn extend_slots(&mut self) {
        let [audio, video] =
            [MediaKind::Audio, MediaKind::Video].map(|kind| self.peer.slot_lines(kind));
        self.slots.extend(&audio, &video);
        self.slots_wanted = 0;
    }

    /// What a packet of the layer is sent as. `begins` when the layer begins anew with it.
    pub(super) fn stream(&mut self, kind: TrackKind, layer: u8, begins: bool) -> StreamId {
        let generation = &mut self.generations[kind as usize][usize::from(layer) % MOST_LAYERS];
        *generation += u64::from(begins);
        StreamId { participant: self.id, kind, layer, generation: *generation }
    }

    pub(super) fn set_views(&mut self, views: &[View]) {
        let seen = views.iter().take(MOST_VIEWS);
        self.views =
            seen.map(|view| ((view.source, view.kind), (view.height, view.is_pinned))).collect();
    }

    /// How high it shows a track, and whether it pinned it.
    pub(super) fn view(&self, track: TrackOf) -> (u16, bool) {
        self.views.get(&track).copied().unwrap_or((USUAL_HEIGHT, false))
    }

    pub(super) fn set_muted(&mut self, kind: TrackKind, is_muted: bool) {
        self.muted[kind as usize] = is_muted;
    }

    pub(super) fn is_muted(&self, kind: TrackKind) -> bool {
        self.muted[kind as usize]
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
        let slot = |((source, kind), line): (TrackOf, &crate::core::slots::SlotLine)| Slot {
            mid: self.peer.mid(line.line),
            source,
            kind,
        };
        self.slots.used().map(slot).collect()
    }

    /// When something of it is due.
    pub(super) fn deadline(&self) -> Instant {
        let others = [self.liveness.deadline(), self.speech.deadline()];
        others.into_iter().flatten().fold(self.peer.deadline(), Instant::min)
    }
}
