//! How many connections there may be: in all, and from one address. Half of all at most have asked for
//! nothing yet: with one more of that kind the one that has been silent for longest makes way, as who
//! belongs here asks for something at once.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::oneshot;

use crate::settings::Settings;

/// Resolves to `Ok` when a connection must go, and to an error once it may stay.
pub(super) type Dismissal = oneshot::Receiver<()>;

#[derive(Debug)]
pub(crate) struct Places {
    most: usize,
    most_silent: usize,
    most_per_address: usize,
    present: Mutex<Present>,
}

#[derive(Debug, Default)]
struct Present {
    in_all: usize,
    per_address: HashMap<IpAddr, usize>,
    last: u64,
    /// Those that have asked for nothing yet, in the order in which they came.
    silent: BTreeMap<u64, oneshot::Sender<()>>,
}

impl Places {
    pub(crate) fn new(settings: &Settings) -> Arc<Self> {
        // A proxy's address is that of everybody.
        let per_address = match settings.behind_proxy {
            true => settings.connections,
            false => settings.connections_per_address,
        };
        Arc::new(Self {
            most: settings.connections,
            most_silent: settings.connections / 2,
            most_per_address: per_address,
            present: Mutex::default(),
        })
    }

    /// A place, until it is dropped; `None` when there are too many.
    pub(super) fn take(self: &Arc<Self>, address: IpAddr) -> Option<(Place, Dismissal)> {
        let mut present = self.present();
        let from_there = present.per_address.get(&address).copied().unwrap_or_default();
        if present.in_all >= self.most || from_there >= self.most_per_address {
            return None;
        }
        if present.silent.len() >= self.most_silent
            && let Some((_, oldest)) = present.silent.pop_first()
        {
            // Who does not listen any more is on its way out.
            let _ = oldest.send(());
        }
        present.in_all += 1;
        present.per_address.insert(address, from_there + 1);
        present.last += 1;
        let number = present.last;
        let (dismiss, dismissal) = oneshot::channel();
        present.silent.insert(number, dismiss);
        drop(present);
        let has_asked = AtomicBool::new(false);
        Some((Place { places: Arc::clone(self), address, number, has_asked }, dismissal))
    }

    fn present(&self) -> MutexGuard<'_, Present> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    address: IpAddr,
    number: u64,
    has_asked: AtomicBool,
}

impl Place {
    /// It is not among the silent any more.
    pub(super) fn asks(&self) {
        if !self.has_asked.swap(true, Ordering::Relaxed) {
            self.places.present().silent.remove(&self.number);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut present = self.places.present();
        present.silent.remove(&self.number);
        present.in_all -= 1;
        if let Some(count) = present.per_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                present.per_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    fn places(behind_proxy: bool) -> Arc<Places> {
        let (connections, connections_per_address) = (16, 4);
        let settings =
            Settings { behind_proxy, connections, connections_per_address, ..Settings::default() };
        Places::new(&settings)
    }

    #[test]
    fn a_place_that_is_given_up_is_free_for_the_next() {
        let places = places(false);
        let mut taken: Vec<_> = (0..4).map(|_| places.take(address(1)).unwrap()).collect();
        assert!(places.take(address(1)).is_none() && places.take(address(2)).is_some());
        taken.pop();
        assert!(places.take(address(1)).is_some());
        drop(taken);
        let present = places.present();
        assert!(present.per_address.is_empty() && present.silent.is_empty() && present.in_all == 0);
    }

    #[test]
    fn a_proxy_may_have_all_of_them() {
        let places = places(true);
        let taken: Vec<_> = (0..20).filter_map(|_| places.take(address(1))).collect();
        assert_eq!(taken.len(), 16);
    }

    #[test]
    fn the_one_that_has_been_silent_for_longest_makes_way_and_who_asked_stays() {
        let places = places(true);
        let (first, mut may_stay) = places.take(address(1)).unwrap();
        first.asks();
        let mut silent: Vec<_> = (0..9).map(|_| places.take(address(1)).unwrap()).collect();
        let told: Vec<bool> =
            silent.iter_mut().map(|(_, dismissal)| dismissal.try_recv().is_ok()).collect();
        assert_eq!(told, [true, false, false, false, false, false, false, false, false]);
        assert_eq!(may_stay.try_recv(), Err(oneshot::error::TryRecvError::Closed));
    }
}
