//! What transports say, and what becomes of it.

use std::time::Instant;

use super::{Room, RoomOutput};
use crate::core::event::RoomEvent;
use crate::core::liveness::Change;
use crate::core::participant::ParticipantId;
use crate::core::peer::PeerOutput;

impl Room {
    pub(super) fn tick(&mut self, now: Instant, participant: ParticipantId) {
        let Some(member) = self.members.get_mut(&participant) else { return };
        if member.peer.deadline() <= now {
            member.peer.tick(now);
        }
        let change = member.liveness.poll(now);
        if let Some(level) = member.speech.poll(now) {
            self.tell(RoomEvent::Speaking { participant, level });
        }
        self.touch(participant);
        self.note(now, participant, change);
    }

    pub(super) fn handle(&mut self, now: Instant, participant: ParticipantId, output: PeerOutput) {
        match output {
            PeerOutput::Transmit(datagram) => {
                self.outputs.push_back(RoomOutput::Transmit(datagram));
            }
            PeerOutput::Packet(received) => self.forward(now, participant, &received),
            PeerOutput::Connected => self.welcome(now, participant),
            PeerOutput::Gone => {
                let member = self.members.get_mut(&participant);
                let change = member.and_then(|member| member.liveness.lose());
                self.note(now, participant, change);
            }
            PeerOutput::NeedsKeyFrame(line) => self.want_for(now, participant, line),
            PeerOutput::Requested(packets) => self.tally.packets_requested += packets,
            PeerOutput::Estimated(estimate) => self.reconsider(now, participant, estimate),
            PeerOutput::Measured(measured) => {
                let others = self.members.values().filter(|other| other.id != participant);
                let brought = others.filter_map(|other| other.quality.uplink_jitter()).max();
                let Some(member) = self.members.get_mut(&participant) else { return };
                member.budget.measure(now, &measured);
                let is_crowded = member.budget.way(now).is_crowded;
                member.redundancy.measure(now, measured.downlink_losses, is_crowded);
                if member.is_connected
                    && !member.liveness.is_lost()
                    && let Some(report) =
                        member.quality.measure(now, &measured, brought.unwrap_or_default())
                {
                    self.tell(RoomEvent::Quality { participant, report });
                }
            }
        }
    }

    fn welcome(&mut self, now: Instant, participant: ParticipantId) {
        if let Some(member) = self.members.get_mut(&participant) {
            member.is_connected = true;
            self.tell(RoomEvent::Connected { participant });
            self.join_all(now, participant);
        }
    }

    pub(super) fn note(
        &mut self,
        now: Instant,
        participant: ParticipantId,
        change: Option<Change>,
    ) {
        match change {
            None => {}
            Some(Change::Lost) => {
                self.tell(RoomEvent::Lost { participant });
                let member = self.members.get_mut(&participant);
                if let Some(report) = member.and_then(|member| member.quality.lose(now)) {
                    self.tell(RoomEvent::Quality { participant, report });
                }
            }
            Some(Change::Resumed) => self.refresh(now, participant),
            Some(Change::Recovered) => {
                self.tell(RoomEvent::Recovered { participant });
                self.want_camera(now, participant);
                self.join_all(now, participant);
            }
        }
    }

    /// Forgets the participant's voice.
    pub(super) fn silence(&mut self, participant: ParticipantId) {
        if self.speakers.forget(participant) {
            self.tell(RoomEvent::ActiveSpeaker { participant: None });
        }
    }

    pub(super) fn tell(&mut self, event: RoomEvent) {
        self.outputs.push_back(RoomOutput::Event(event));
    }
}
