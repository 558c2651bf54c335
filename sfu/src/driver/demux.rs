//! Whose datagram is it? Found by its source address, and for a connectivity check from an address
//! not known yet by the name in it. Nobody is asked in turn, and strangers leave no trace.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::SocketAddr;

use super::command::RoomId;
use crate::core::participant::ParticipantId;

/// A participant of some room of this worker.
pub(crate) type Owner = (RoomId, ParticipantId);

/// A client has a few addresses at most (interfaces, NAT bindings); the one not checked for longest makes way.
const MOST_ADDRESSES: usize = 16;
/// So many may prove to be the participant's under one name, and then no more before the next ICE restart: a
/// check that was overheard proves anybody's.
const MOST_PROOFS: u32 = 64;
/// Names before an ICE restart stay good for a while, as checks may still be on their way.
const MOST_FRAGMENTS: usize = 2;
/// Addresses where somebody was asked for and did not answer yet.
const MOST_ASKED: usize = 64;

#[derive(Debug, Default)]
pub(crate) struct Demux {
    by_address: HashMap<SocketAddr, Owner>,
    by_fragment: HashMap<String, Owner>,
    known: BTreeMap<Owner, Known>,
    /// Who was asked for where, the one asked for last comes last.
    asked: VecDeque<(SocketAddr, Owner)>,
}

#[derive(Debug, Default)]
struct Known {
    /// The one checked last comes last.
    addresses: VecDeque<SocketAddr>,
    fragments: VecDeque<String>,
    proofs: u32,
}

impl Demux {
    pub(crate) fn at(&self, address: SocketAddr) -> Option<Owner> {
        self.by_address.get(&address).copied()
    }

    pub(crate) fn named(&self, fragment: &str) -> Option<Owner> {
        self.by_fragment.get(fragment).copied()
    }

    /// Checks that carry this name are the participant's.
    pub(crate) fn name(&mut self, owner: Owner, fragment: String) {
        let known = self.known.entry(owner).or_default();
        if known.fragments.contains(&fragment) {
            return;
        }
        known.proofs = 0;
        known.fragments.push_back(fragment.clone());
        if known.fragments.len() > MOST_FRAGMENTS
            && let Some(oldest) = known.fragments.pop_front()
        {
            self.by_fragment.remove(&oldest);
        }
        self.by_fragment.insert(fragment, owner);
    }

    /// Whether another address may still prove to be the participant's.
    pub(crate) fn may_prove(&self, owner: Owner) -> bool {
        self.known.get(&owner).is_none_or(|known| known.proofs < MOST_PROOFS)
    }

    pub(crate) fn note_proof(&mut self, owner: Owner) {
        self.known.entry(owner).or_default().proofs += 1;
    }

    /// An answer from this address may be the participant's.
    pub(crate) fn ask_for(&mut self, owner: Owner, address: SocketAddr) {
        self.asked.retain(|known| *known != (address, owner));
        self.asked.push_back((address, owner));
        if self.asked.len() > MOST_ASKED {
            self.asked.pop_front();
        }
    }

    /// Everybody whose answer may come from this address.
    pub(crate) fn asked_for(&self, address: SocketAddr) -> Vec<Owner> {
        let here = self.asked.iter().filter(|(at, _)| *at == address);
        here.map(|(_, owner)| *owner).collect()
    }

    /// A check came from an address that is known already.
    pub(crate) fn refresh(&mut self, owner: Owner, address: SocketAddr) {
        let Some(known) = self.known.get_mut(&owner) else { return };
        if let Some(at) = known.addresses.iter().position(|other| *other == address)
            && at + 1 < known.addresses.len()
        {
            known.addresses.remove(at);
            known.addresses.push_back(address);
        }
    }

    /// The participant proved that it is at this address, whoever was there before. The one `in_use` is kept.
    pub(crate) fn learn(&mut self, owner: Owner, address: SocketAddr, in_use: Option<SocketAddr>) {
        if let Some(before) = self.by_address.insert(address, owner)
            && let Some(known) = self.known.get_mut(&before)
        {
            known.addresses.retain(|other| *other != address);
        }
        self.asked.retain(|(at, _)| *at != address);
        let known = self.known.entry(owner).or_default();
        known.addresses.push_back(address);
        if known.addresses.len() > MOST_ADDRESSES
            && let Some(oldest) = known.addresses.iter().position(|other| Some(*other) != in_use)
            && let Some(oldest) = known.addresses.remove(oldest)
        {
            self.by_address.remove(&oldest);
        }
    }

    /// The participant is gone, or begins anew with another transport.
    pub(crate) fn forget(&mut self, owner: Owner) {
        self.asked.retain(|(_, other)| *other != owner);
        let Some(known) = self.known.remove(&owner) else { return };
        for address in known.addresses {
            self.by_address.remove(&address);
        }
        for fragment in known.fragments {
            self.by_fragment.remove(&fragment);
        }
    }

    pub(crate) fn forget_room(&mut self, room: RoomId) {
        let everybody = (room, ParticipantId(0))..=(room, ParticipantId(u64::MAX));
        let owners: Vec<Owner> = self.known.range(everybody).map(|(owner, _)| *owner).collect();
        owners.into_iter().for_each(|owner| self.forget(owner));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Owner = (RoomId(1), ParticipantId(1));
    const SECOND: Owner = (RoomId(1), ParticipantId(2));

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    #[test]
    fn an_address_belongs_to_whom_proved_it_last() {
        let mut demux = Demux::default();
        demux.learn(FIRST, address(1), None);
        demux.learn(SECOND, address(1), None);
        demux.forget(FIRST);
        assert_eq!(demux.at(address(1)), Some(SECOND));
    }

    #[test]
    fn a_participant_is_known_at_a_few_addresses_only() {
        let mut demux = Demux::default();
        (0..1000).for_each(|port| demux.learn(FIRST, address(port), None));
        assert_eq!(demux.by_address.len(), MOST_ADDRESSES);
        assert_eq!(demux.at(address(999)), Some(FIRST));
        assert_eq!(demux.at(address(0)), None);
    }

    #[test]
    fn the_address_in_use_and_those_that_are_checked_do_not_make_way() {
        let mut demux = Demux::default();
        for port in 0..100 {
            demux.learn(FIRST, address(port), Some(address(0)));
            demux.refresh(FIRST, address(1));
        }
        let knows = |port| demux.at(address(port)) == Some(FIRST);
        assert!(knows(0) && knows(1) && !knows(2) && knows(99));
        assert_eq!(demux.by_address.len(), MOST_ADDRESSES);
    }

    #[test]
    fn only_so_many_addresses_prove_to_be_the_participants_until_ice_restarts() {
        let mut demux = Demux::default();
        demux.name(FIRST, "one".to_owned());
        (0..MOST_PROOFS).for_each(|_| demux.note_proof(FIRST));
        assert!(!demux.may_prove(FIRST) && demux.may_prove(SECOND));
        demux.name(FIRST, "one".to_owned());
        assert!(!demux.may_prove(FIRST));
        demux.name(FIRST, "two".to_owned());
        assert!(demux.may_prove(FIRST));
    }

    #[test]
    fn who_is_asked_for_at_an_address_is_forgotten_once_somebody_is_found_there() {
        let mut demux = Demux::default();
        for owner in [FIRST, SECOND, FIRST] {
            demux.ask_for(owner, address(1));
        }
        demux.ask_for(FIRST, address(2));
        assert_eq!(demux.asked_for(address(1)), [SECOND, FIRST]);
        demux.learn(FIRST, address(1), None);
        assert!(demux.asked_for(address(1)).is_empty());
        assert_eq!(demux.asked_for(address(2)), [FIRST]);
    }

    #[test]
    fn somebody_is_asked_for_at_so_many_addresses_only() {
        let mut demux = Demux::default();
        (0..1_000).for_each(|port| demux.ask_for(FIRST, address(port)));
        assert_eq!(demux.asked.len(), MOST_ASKED);
        assert_eq!(demux.asked_for(address(999)), [FIRST]);
    }

    #[test]
    fn nothing_is_left_of_a_room_that_closed() {
        let mut demux = Demux::default();
        for owner in [FIRST, SECOND] {
            demux.name(owner, format!("{owner:?}"));
            demux.learn(owner, address(owner.1.0 as u16), None);
            demux.ask_for(owner, address(9));
        }
        demux.forget_room(RoomId(1));
        assert!(demux.by_address.is_empty() && demux.by_fragment.is_empty());
        assert!(demux.known.is_empty() && demux.asked.is_empty());
    }
}
