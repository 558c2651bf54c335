//! Events for an owner who is slow to read. Rooms tell changes only, so none may be lost for good;
//! but of each thing only how it is now matters.

use std::collections::VecDeque;
use std::mem::{Discriminant, discriminant};

use tokio::sync::mpsc::{self, error::TrySendError};

use crate::core::event::{RoomEvent, TrackKind};
use crate::core::participant::ParticipantId;

/// At most one for each participant, each of its sources, and each kind: bounded by the seats.
#[derive(Debug, Default)]
pub(super) struct LateEvents {
    events: VecDeque<RoomEvent>,
}

/// What an event is about: a later one about the same makes it needless.
type Topic =
    (Option<ParticipantId>, Option<Discriminant<RoomEvent>>, Option<(ParticipantId, TrackKind)>);

impl LateEvents {
    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Keeps it until there is room. Whether it takes the place of an earlier one.
    pub(super) fn put_off(&mut self, event: RoomEvent) -> bool {
        let before = self.events.len();
        self.events.retain(|other| topic(other) != topic(&event));
        self.events.push_back(event);
        self.events.len() <= before
    }

    /// Sends as many as there is room for, the oldest first.
    pub(super) fn send(&mut self, owner: &mpsc::Sender<RoomEvent>) {
        while let Some(event) = self.events.pop_front() {
            match owner.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Full(event)) => return self.events.push_front(event),
                Err(TrySendError::Closed(_)) => return self.events.clear(),
            }
        }
    }
}

fn topic(event: &RoomEvent) -> Topic {
    // Whether somebody is there is one thing, however many words it has.
    let kind = match event {
        RoomEvent::Connected { .. } | RoomEvent::Lost { .. } | RoomEvent::Recovered { .. } => None,
        _ => Some(discriminant(event)),
    };
    let source = match event {
        RoomEvent::Receiving { source, kind, .. } => Some((*source, *kind)),
        _ => None,
    };
    (event.participant(), kind, source)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: ParticipantId = ParticipantId(1);
    const BEN: ParticipantId = ParticipantId(2);

    fn speaking(participant: ParticipantId, level: Option<u8>) -> RoomEvent {
        RoomEvent::Speaking { participant, level }
    }

    #[test]
    fn a_slow_owner_hears_in_the_end_how_everything_is() {
        let (owner, mut events) = mpsc::channel(1);
        let mut late = LateEvents::default();
        assert!(!late.put_off(RoomEvent::Lost { participant: ANN }));
        assert!(!late.put_off(speaking(ANN, Some(20))));
        assert!(!late.put_off(speaking(BEN, Some(30))));
        assert!(late.put_off(RoomEvent::Recovered { participant: ANN }));
        assert!(late.put_off(speaking(ANN, None)));
        let mut heard = Vec::new();
        while !late.is_empty() {
            late.send(&owner);
            heard.push(events.try_recv().unwrap());
        }
        let recovered = RoomEvent::Recovered { participant: ANN };
        assert_eq!(heard, [speaking(BEN, Some(30)), recovered, speaking(ANN, None)]);
    }

    #[test]
    fn an_owner_who_is_gone_is_told_nothing() {
        let (owner, _) = mpsc::channel(1);
        let mut late = LateEvents::default();
        late.put_off(speaking(ANN, None));
        late.send(&owner);
        assert!(late.is_empty());
    }
}
