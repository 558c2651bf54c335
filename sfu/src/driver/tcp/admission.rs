//! How many connections there may be: in all, from one address, and of those that have not proved
//! whose they are. When there are too many of the last kind the oldest makes way, as who belongs
//! here proves it with the first message.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::AbortHandle;

/// Of one worker.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// A household or a shop behind one address, each with a connection or two.
    pub(crate) per_address: usize,
    pub(crate) unproven: usize,
    pub(crate) in_all: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_address: 64, unproven: 256, in_all: 1_024 }
    }
}

#[derive(Debug)]
pub(super) struct Admission {
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    in_all: usize,
    per_address: HashMap<IpAddr, usize>,
    unproven: BTreeMap<u64, Option<AbortHandle>>,
}

impl Admission {
    pub(super) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, state: Mutex::default() })
    }

    /// Counts a connection, until its place is dropped. `None` when there are too many.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<AdmittedPlace> {
        let mut state = self.state();
        let has_room = state.in_all < self.limits.in_all
            && state.per_address.get(&address).is_none_or(|n| *n < self.limits.per_address);
        if !has_room {
            return None;
        }
        if state.unproven.len() >= self.limits.unproven
            && let Some((_, Some(oldest))) = state.unproven.pop_first()
        {
            oldest.abort();
        }
        state.in_all += 1;
        *state.per_address.entry(address).or_default() += 1;
        state.last += 1;
        let number = state.last;
        state.unproven.insert(number, None);
        Some(AdmittedPlace { admission: self.clone(), address, number })
    }

    /// By which an unproven connection can be ended.
    pub(super) fn note_task(&self, number: u64, task: AbortHandle) {
        if let Some(unproven) = self.state().unproven.get_mut(&number) {
            *unproven = Some(task);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection's place among the counted.
#[derive(Debug)]
pub(super) struct AdmittedPlace {
    admission: Arc<Admission>,
    address: IpAddr,
    pub(super) number: u64,
}

impl AdmittedPlace {
    pub(super) fn proven(&self) {
        self.admission.state().unproven.remove(&self.number);
    }
}

impl Drop for AdmittedPlace {
    fn drop(&mut self) {
        let mut state = self.admission.state();
        state.unproven.remove(&self.number);
        state.in_all -= 1;
        if let Some(count) = state.per_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                state.per_address.remove(&self.address);
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

    #[test]
    fn one_address_and_all_together_have_a_limit() {
        let admission = Admission::new(Limits { per_address: 2, unproven: 100, in_all: 3 });
        let first: Vec<_> = (0..3).map(|_| admission.admit(address(1))).collect();
        assert!(first[0].is_some() && first[1].is_some() && first[2].is_none());
        let other = admission.admit(address(2));
        assert!(other.is_some() && admission.admit(address(3)).is_none());
        drop((first, other));
        assert!(admission.admit(address(1)).is_some());
        assert!(admission.state().per_address.len() <= 1);
    }

    #[tokio::test]
    async fn the_oldest_silent_one_makes_way() {
        let admission = Admission::new(Limits { per_address: 9, unproven: 2, in_all: 9 });
        let tasks: Vec<_> = (0..3)
            .map(|_| {
                let place = admission.admit(address(1));
                let number = place.as_ref().map_or(0, |place| place.number);
                let task = tokio::spawn(async move {
                    let _place = place;
                    std::future::pending::<()>().await;
                });
                admission.note_task(number, task.abort_handle());
                task
            })
            .collect();
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        let ended: Vec<bool> = tasks.iter().map(|task| task.is_finished()).collect();
        assert_eq!(ended, [true, false, false]);
        assert_eq!(admission.state().in_all, 2);
    }
}
