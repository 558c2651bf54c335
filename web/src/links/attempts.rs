//! How many bad links one address may try: a bucket of tries that refills with time. Only bad tries
//! cost, so a whole waiting room behind one router opens its good links unhindered. Pure: time is
//! an argument. Bounded: a fixed number of addresses is remembered, the most idle one forgotten.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::clock::Timestamp;

const BURST: i64 = 20;
/// One more try per this many milliseconds.
const REFILL_MS: i64 = 3_000;
const ADDRESSES: usize = 4_096;

/// Shared by all requests; clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Attempts(Arc<Mutex<Buckets>>);

impl Attempts {
    /// Whether this address may still try.
    pub fn may_try(&self, address: IpAddr, now: Timestamp) -> bool {
        self.buckets().may_try(address, now)
    }

    pub fn count_bad(&self, address: IpAddr, now: Timestamp) {
        self.buckets().count_bad(address, now);
    }

    /// A panic elsewhere leaves plain numbers behind: they are still good.
    fn buckets(&self) -> MutexGuard<'_, Buckets> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Each address with the instant at which its bucket is full again (the generic cell rate
/// algorithm: one number says it all).
#[derive(Debug, Default)]
struct Buckets {
    full_at: BTreeMap<IpAddr, i64>,
}

impl Buckets {
    fn may_try(&self, address: IpAddr, now: Timestamp) -> bool {
        let full_at = self.full_at.get(&network(address)).copied().unwrap_or(0);
        full_at - now.millis() <= (BURST - 1) * REFILL_MS
    }

    fn count_bad(&mut self, address: IpAddr, now: Timestamp) {
        let network = network(address);
        if !self.full_at.contains_key(&network) {
            self.make_room(now);
        }
        let full_at = self.full_at.entry(network).or_insert(0);
        *full_at = (*full_at).max(now.millis()) + REFILL_MS;
    }

    fn make_room(&mut self, now: Timestamp) {
        if self.full_at.len() < ADDRESSES {
            return;
        }
        self.full_at.retain(|_, full_at| *full_at > now.millis());
        if self.full_at.len() >= ADDRESSES {
            let idlest = self.full_at.iter().min_by_key(|(_, full_at)| **full_at);
            if let Some(address) = idlest.map(|(address, _)| *address) {
                self.full_at.remove(&address);
            }
        }
    }
}

/// Whoever has one IPv6 address has 2^64 of them: the /64 counts as one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            IpAddr::V6(std::net::Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000_000_000 + second * 1_000)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn tries_until_refused(attempts: &mut Buckets, from: IpAddr, now: Timestamp) -> usize {
        (0..1_000)
            .find(|_| {
                let refused = !attempts.may_try(from, now);
                attempts.count_bad(from, now);
                refused
            })
            .unwrap()
    }

    #[test]
    fn guessing_is_stopped_after_twenty_tries() {
        let mut attempts = Buckets::default();
        assert_eq!(tries_until_refused(&mut attempts, address("192.0.2.1"), at(0)), 20);
    }

    #[test]
    fn others_are_not_hindered() {
        let mut attempts = Buckets::default();
        tries_until_refused(&mut attempts, address("192.0.2.1"), at(0));
        assert!(attempts.may_try(address("192.0.2.2"), at(0)));
    }

    #[test]
    fn waiting_gives_tries_back() {
        let mut attempts = Buckets::default();
        tries_until_refused(&mut attempts, address("192.0.2.1"), at(0));
        assert!(!attempts.may_try(address("192.0.2.1"), at(2)));
        assert!(attempts.may_try(address("192.0.2.1"), at(8)));
    }

    #[test]
    fn a_whole_ipv6_network_counts_as_one() {
        let mut attempts = Buckets::default();
        tries_until_refused(&mut attempts, address("2001:db8::1"), at(0));
        assert!(!attempts.may_try(address("2001:db8::ffff:2"), at(0)));
    }

    #[test]
    fn a_million_addresses_do_not_grow_it() {
        let mut attempts = Buckets::default();
        for n in 0..10_000u32 {
            attempts.count_bad(IpAddr::V4(n.into()), at(0));
        }
        assert!(attempts.full_at.len() <= ADDRESSES);
    }
}
