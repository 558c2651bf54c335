//! Seeking a client where its media comes from since a moment ago: a NAT gave it another address.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::demux::Owner;
use super::worker::Worker;
use crate::core::LocalAddress;
use crate::core::datagram_kind::media_ssrc;

/// How often a stranger's packet is looked at. Whose it claims to be is asked of all rooms.
const EVERY: Duration = Duration::from_millis(5);

impl Worker {
    /// Media came from an address that nobody proved to be at. Who may have sent it is asked there.
    pub(super) fn seek(&mut self, now: Instant, from: SocketAddr, to: LocalAddress, media: &[u8]) {
        let Some(ssrc) = media_ssrc(media).filter(|_| self.next_seeking <= now) else { return };
        self.next_seeking = now + EVERY;
        let asked = self.rooms.iter_mut().find_map(|(room, hosted)| {
            let (participant, question) = hosted.room.ask_at(now, ssrc, from, to)?;
            Some(((*room, participant), question))
        });
        if let Some((owner, question)) = asked {
            self.outbound.push(question);
            self.demux.ask_for(owner, from);
        }
    }

    /// Whether it is the answer of who was asked there: from now on they are known at this address.
    pub(super) fn found(
        &mut self,
        now: Instant,
        from: SocketAddr,
        to: LocalAddress,
        answer: &[u8],
    ) -> bool {
        let is_from = |(room, participant): &Owner| {
            self.demux.may_prove((*room, *participant))
                && self.rooms.get_mut(room).is_some_and(|hosted| {
                    hosted.room.is_answered(now, *participant, from, to, answer)
                })
        };
        let Some(owner) = self.demux.asked_for(from).into_iter().find(is_from) else {
            return false;
        };
        self.demux.note_proof(owner);
        self.is_at(owner, from);
        true
    }
}
