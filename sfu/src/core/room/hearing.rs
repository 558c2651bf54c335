//! Hearing transports out. The engine wants that after it was changed, and it costs: so it is done
//! once for all that happens at one time, and what goes to one viewer then leaves together.

use std::time::Instant;

use super::{Member, Room, RoomOutput};
use crate::core::participant::ParticipantId;
use crate::core::peer::{Peer, PeerOutput};

/// Datagrams received of which it is done together. Each becomes twenty in a full room, and after a moment
/// without the processor there are hundreds to read, whose copies would all lie around; while the kernel takes so
/// many to one viewer about as cheaply as more.
pub(super) const MOST_TOGETHER: usize = 8;

impl Room {
    /// Deals with all that transports said, hears out those that something was done with, and
    /// deals with what they say to that.
    pub(super) fn settle(&mut self, now: Instant) {
        loop {
            self.handle_pending(now);
            self.ask_for_key_frames(now);
            self.hear_out(now);
            if self.pending.is_empty() {
                return;
            }
        }
    }

    pub(super) fn handle_pending(&mut self, now: Instant) {
        while let Some((participant, output)) = self.pending.pop_front() {
            self.handle(now, participant, output);
        }
    }

    /// Something was done with the participant's transport.
    pub(super) fn touch(&mut self, participant: ParticipantId) {
        if let Some(member) = self.members.get_mut(&participant) {
            touch(member, &mut self.unheard);
        }
    }

    /// Says good-bye over a transport that is given up.
    pub(super) fn part(&mut self, now: Instant, peer: &mut Peer) {
        peer.close();
        while let Some(output) = peer.poll(now) {
            if let PeerOutput::Transmit(datagram) = output {
                self.outputs.push_back(RoomOutput::Transmit(datagram));
            }
        }
    }

    /// What they send goes straight out.
    fn hear_out(&mut self, now: Instant) {
        (self.unheard_since, self.received) = (None, 0);
        for participant in std::mem::take(&mut self.unheard) {
            let Some(member) = self.members.get_mut(&participant) else { continue };
            member.is_unheard = false;
            while let Some(output) = member.peer.poll(now) {
                match output {
                    PeerOutput::Transmit(datagram) => {
                        self.outputs.push_back(RoomOutput::Transmit(datagram));
                    }
                    other => self.pending.push_back((participant, other)),
                }
            }
        }
    }
}

/// Notes that the member's transport is to be heard out.
pub(super) fn touch(member: &mut Member, unheard: &mut Vec<ParticipantId>) {
    if !std::mem::replace(&mut member.is_unheard, true) {
        unheard.push(member.id);
    }
}
