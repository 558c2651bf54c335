//! A room as its worker keeps it: with its owner's queue, its taps, and its next deadline.

use std::sync::{Arc, Weak};
use std::time::Instant;

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use super::handle::RoomToken;
use super::late::LateEvents;
use super::pictures::Pictures;
use super::setup::Setups;
use super::stats::{Counters, count};
use crate::core::Datagram;
use crate::core::event::RoomEvent;
use crate::core::participant::ParticipantId;
use crate::core::picture::KeyFrame;
use crate::core::room::{Room, RoomOutput};
use crate::core::tap::TapPacket;

/// Readers of one participant's packets.
const MOST_TAPS: usize = 8;

pub(crate) struct Hosted {
    pub(crate) room: Room,
    /// As the worker has noted it.
    pub(crate) deadline: Option<Instant>,
    token: Weak<RoomToken>,
    events: mpsc::Sender<RoomEvent>,
    /// For an owner who has not read the others yet.
    late: LateEvents,
    taps: Vec<Tap>,
    pictures: Pictures,
    pub(crate) setups: Setups,
}

struct Tap {
    participant: ParticipantId,
    packets: mpsc::Sender<TapPacket>,
    missed: u64,
}

impl Hosted {
    pub(crate) fn new(room: Room, token: Weak<RoomToken>, events: mpsc::Sender<RoomEvent>) -> Self {
        Self {
            room,
            deadline: None,
            token,
            events,
            late: LateEvents::default(),
            taps: Vec::new(),
            pictures: Pictures::default(),
            setups: Setups::default(),
        }
    }

    /// Whether nobody can speak to the room any more, or a request to it was lost.
    pub(crate) fn is_abandoned(&self) -> bool {
        let token: Option<Arc<RoomToken>> = self.token.upgrade();
        token.is_none_or(|token| token.is_overrun())
    }

    /// Reads the participant's packets from now on, if it is here.
    pub(crate) fn tap(&mut self, participant: ParticipantId, packets: mpsc::Sender<TapPacket>) {
        self.untap_closed();
        let of_participant = self.taps.iter().filter(|tap| tap.participant == participant);
        if of_participant.count() < MOST_TAPS && self.room.tap(participant, true) {
            self.taps.push(Tap { participant, packets, missed: 0 });
        }
    }

    /// Ends the participant's taps.
    pub(crate) fn untap(&mut self, participant: ParticipantId) {
        self.taps.retain(|tap| tap.participant != participant);
    }

    /// Answers with the participant's last key frame, or a newer one.
    pub(crate) fn key_frame(
        &mut self,
        now: Instant,
        participant: ParticipantId,
        answer: oneshot::Sender<Option<KeyFrame>>,
    ) {
        self.pictures.want(now, &mut self.room, participant, answer);
    }

    /// When something of the room is due.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.room.deadline().into_iter().chain(self.pictures.deadline()).min()
    }

    /// Passes on all that the room wants done.
    pub(crate) fn pump(&mut self, now: Instant, outbound: &mut Vec<Datagram>, counters: &Counters) {
        self.pictures.answer(now, &self.room);
        self.late.send(&self.events);
        let tally = self.room.take_tally();
        count(&counters.layer_switches, tally.layer_switches);
        count(&counters.key_frames_requested, tally.key_frames_requested);
        count(&counters.packets_requested, tally.packets_requested);
        while let Some(output) = self.room.poll_output() {
            match output {
                RoomOutput::Transmit(datagram) => outbound.push(datagram),
                RoomOutput::Event(event) => {
                    self.note(now, &event, counters);
                    self.tell(event, counters);
                }
                RoomOutput::Tap(participant, packet) => self.hand_out(participant, &packet),
            }
        }
    }

    fn note(&mut self, now: Instant, event: &RoomEvent, counters: &Counters) {
        tracing::debug!(?event);
        match event {
            RoomEvent::Connected { participant } => {
                self.setups.connected(now, *participant, counters);
            }
            RoomEvent::Quality { report, .. } => {
                if let Some(estimate) = report.downlink_estimate {
                    count(&counters.estimates, 1);
                    count(&counters.estimated_bits, estimate);
                }
            }
            _ => {}
        }
    }

    fn tell(&mut self, event: RoomEvent, counters: &Counters) {
        let event = if self.late.is_empty() {
            match self.events.try_send(event) {
                Err(TrySendError::Full(event)) => event,
                Ok(()) | Err(TrySendError::Closed(_)) => return,
            }
        } else {
            event
        };
        if self.late.put_off(event) {
            count(&counters.events_dropped, 1);
        }
    }

    fn hand_out(&mut self, participant: ParticipantId, packet: &TapPacket) {
        let mut has_closed = false;
        for tap in self.taps.iter_mut().filter(|tap| tap.participant == participant) {
            match tap.packets.try_send(TapPacket { missed: tap.missed, ..packet.clone() }) {
                Ok(()) => tap.missed = 0,
                Err(TrySendError::Full(_)) => tap.missed += 1,
                Err(TrySendError::Closed(_)) => has_closed = true,
            }
        }
        if has_closed {
            self.untap_closed();
        }
    }

    fn untap_closed(&mut self) {
        let (closed, open): (Vec<_>, Vec<_>) =
            self.taps.drain(..).partition(|tap| tap.packets.is_closed());
        self.taps = open;
        for tap in closed {
            let is_tapped = self.taps.iter().any(|other| other.participant == tap.participant);
            self.room.tap(tap.participant, is_tapped);
        }
    }
}
