//! Datagrams that come in: whose they are, and handing them to their room.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use super::demux::Owner;
use super::hosted::Hosted;
use super::socket::MediaSocket;
use super::stats::count;
use super::tcp::TcpLinks;
use super::worker::Worker;
use crate::core::LocalAddress;
use crate::core::datagram_kind::DatagramKind;
use crate::core::stun::{addressed_fragment, is_success};

/// Reads per wake-up, so that requests do not wait long.
const MOST_READS: usize = 16;

impl Worker {
    pub(super) fn read(&mut self, now: Instant, socket: &mut MediaSocket, links: &mut TcpLinks) {
        for _ in 0..MOST_READS {
            let has_read = socket.receive(|outlet, from, to, datagram| {
                self.count_received(datagram);
                self.take(now, from, to, datagram);
                if self.has_enough_to_send() {
                    self.send(now, outlet, links);
                }
            });
            if !has_read {
                return;
            }
        }
    }

    fn take(&mut self, now: Instant, from: SocketAddr, to: Option<IpAddr>, datagram: &[u8]) {
        let to = self.candidate(from, to).into();
        if is_success(datagram) && self.found(now, from, to, datagram) {
            return;
        }
        let kind = DatagramKind::of(datagram);
        let owner = match kind {
            DatagramKind::Stun => self.whose_check(now, from, to, datagram),
            DatagramKind::Unknown => None,
            DatagramKind::Dtls | DatagramKind::Media => self.demux.at(from),
        };
        if let Some(owner) = owner {
            return self.hand_over(now, owner, from, to, datagram);
        }
        self.refuse(datagram);
        if kind == DatagramKind::Media {
            self.seek(now, from, to, datagram);
        }
    }

    pub(super) fn hand_over(
        &mut self,
        now: Instant,
        (room, participant): Owner,
        from: SocketAddr,
        to: LocalAddress,
        datagram: &[u8],
    ) {
        let is_sound = self
            .with(now, room, |hosted| hosted.room.receive(now, participant, from, to, datagram));
        if is_sound == Some(false) {
            count(&self.counters.malformed_dropped, 1);
        }
    }

    pub(super) fn refuse(&self, datagram: &[u8]) {
        let is_stun = DatagramKind::of(datagram) == DatagramKind::Stun;
        let counters = &self.counters;
        count(if is_stun { &counters.stun_refused } else { &counters.strangers_dropped }, 1);
    }

    pub(super) fn count_received(&self, datagram: &[u8]) {
        count(&self.counters.datagrams_received, 1);
        count(&self.counters.bytes_received, datagram.len() as u64);
    }

    /// Whom a connectivity check names; from a new address, only if it proves that it may. The engine never
    /// forgets an address that one came from, so that only so many are heeded.
    fn whose_check(
        &mut self,
        now: Instant,
        from: SocketAddr,
        to: LocalAddress,
        datagram: &[u8],
    ) -> Option<Owner> {
        let named = self.demux.named(addressed_fragment(datagram)?)?;
        if self.demux.at(from) == Some(named) {
            self.demux.refresh(named, from);
            return Some(named);
        }
        let owner = self.proven(now, from, to, datagram)?;
        self.is_at(owner, from);
        Some(owner)
    }

    /// They proved to be at this address.
    pub(super) fn is_at(&mut self, owner: Owner, address: SocketAddr) {
        let in_use = self.rooms.get(&owner.0).and_then(|hosted| hosted.room.client(owner.1));
        self.demux.learn(owner, address, in_use);
    }

    /// Whom a connectivity check names, if it proves that it may.
    pub(super) fn proven(
        &mut self,
        now: Instant,
        from: SocketAddr,
        to: LocalAddress,
        datagram: &[u8],
    ) -> Option<Owner> {
        let owner = self.demux.named(addressed_fragment(datagram)?)?;
        if !self.demux.may_prove(owner) {
            return None;
        }
        let (room, participant) = owner;
        let accepts =
            |hosted: &mut Hosted| hosted.room.accepts(now, participant, from, to, datagram);
        if !self.with(now, room, accepts)? {
            return None;
        }
        self.demux.note_proof(owner);
        let hosted = self.rooms.get_mut(&room)?;
        hosted.setups.checked(now, participant, &self.counters);
        Some(owner)
    }

    /// The candidate that a datagram was sent to. Behind a NAT, or where the kernel does not
    /// tell, it is the first one of its family.
    pub(super) fn candidate(&self, from: SocketAddr, to: Option<IpAddr>) -> SocketAddr {
        let exact = self.candidates.iter().find(|candidate| Some(candidate.ip()) == to);
        let family = || self.candidates.iter().find(|other| other.is_ipv4() == from.is_ipv4());
        exact.or_else(family).copied().unwrap_or(self.candidates[0])
    }
}
