//! How long the transports of a room take to come up.

use std::collections::BTreeMap;
use std::time::Instant;

use super::stats::Counters;
use crate::core::participant::ParticipantId;

/// Transports that were answered and are not connected yet.
#[derive(Debug, Default)]
pub(crate) struct Setups {
    under_way: BTreeMap<ParticipantId, Setup>,
}

#[derive(Debug)]
struct Setup {
    answered: Instant,
    checked: Option<Instant>,
}

impl Setups {
    pub(crate) fn answered(&mut self, now: Instant, participant: ParticipantId) {
        self.under_way.insert(participant, Setup { answered: now, checked: None });
    }

    /// A connectivity check proved itself.
    pub(crate) fn checked(&mut self, now: Instant, who: ParticipantId, counters: &Counters) {
        if let Some(setup) = self.under_way.get_mut(&who)
            && setup.checked.is_none()
        {
            setup.checked = Some(now);
            counters.ice_time.add(now.saturating_duration_since(setup.answered));
        }
    }

    pub(crate) fn connected(&mut self, now: Instant, who: ParticipantId, counters: &Counters) {
        if let Some(Setup { checked: Some(checked), .. }) = self.under_way.remove(&who) {
            counters.dtls_time.add(now.saturating_duration_since(checked));
        }
    }

    pub(crate) fn forget(&mut self, participant: ParticipantId) {
        self.under_way.remove(&participant);
    }
}
