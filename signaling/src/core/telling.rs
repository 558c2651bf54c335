//! Who hears what. Everything that one participant learns about another goes through here.

use super::call::Call;
use super::seat::Seat;
use super::step::Step;
use crate::message::{GoneReason, ParticipantId, ParticipantView, Place, ServerMessage, Waiting};
use crate::time::UnixMillis;

impl Call {
    /// Says how a participant is now to all who may see them.
    pub(super) fn tell_participant(&self, now: UnixMillis, id: ParticipantId, step: &mut Step) {
        let Some(seat) = self.seats.get(&id) else { return };
        let view = seat.view(now);
        self.tell(|viewer| viewer.sees(seat), &ServerMessage::Participant(view), step);
    }

    /// Says that somebody has left the sight of these.
    pub(super) fn tell_gone(
        &self,
        id: ParticipantId,
        reason: GoneReason,
        who: impl Fn(&Seat) -> bool,
        step: &mut Step,
    ) {
        self.tell(
            |viewer| viewer.id != id && who(viewer),
            &ServerMessage::Gone { id, reason },
            step,
        );
    }

    /// Says to everybody in the lobby how many are ahead, where that has changed: those in other
    /// calls, and those who came to this lobby before them.
    pub(super) fn tell_waiting(&mut self, step: &mut Step) {
        let lobby: Vec<_> = self.lobby().map(|seat| seat.id).collect();
        for (ahead, id) in (self.ahead_elsewhere..).zip(lobby) {
            let Some(seat) = self.seats.get_mut(&id) else { continue };
            let Some(socket) = seat.ear().filter(|_| seat.told_ahead != Some(ahead)) else {
                continue;
            };
            seat.told_ahead = Some(ahead);
            step.send(socket, ServerMessage::Waiting(Waiting { ahead }));
        }
    }

    /// Says something to everybody in the call, and to nobody in the lobby.
    pub(super) fn tell_call(&self, message: &ServerMessage, step: &mut Step) {
        self.tell(Seat::in_call, message, step);
    }

    /// Says something to one participant.
    pub(super) fn tell_one(&self, id: ParticipantId, message: ServerMessage, step: &mut Step) {
        if let Some(socket) = self.seats.get(&id).and_then(Seat::ear) {
            step.send(socket, message);
        }
    }

    pub(super) fn tell(
        &self,
        who: impl Fn(&Seat) -> bool,
        message: &ServerMessage,
        step: &mut Step,
    ) {
        for viewer in self.seats.values().filter(|seat| who(seat)) {
            if let Some(socket) = viewer.ear() {
                step.send(socket, message.clone());
            }
        }
    }

    /// Everybody whom this one may see, itself included.
    pub(super) fn seen_by(&self, now: UnixMillis, id: ParticipantId) -> Vec<ParticipantView> {
        let Some(viewer) = self.seats.get(&id) else { return Vec::new() };
        let seen = self.seats.values().filter(|other| viewer.sees(other));
        seen.map(|other| other.view(now)).collect()
    }

    /// How many are ahead of somebody in the lobby.
    pub(super) fn waiting(&self, id: ParticipantId) -> Option<Waiting> {
        let here = self.lobby().position(|seat| seat.id == id)?;
        let ahead = self.ahead_elsewhere.saturating_add(u32::try_from(here).ok()?);
        Some(Waiting { ahead })
    }

    /// The lobby, first come first.
    fn lobby(&self) -> impl Iterator<Item = &Seat> {
        let mut lobby: Vec<_> =
            self.seats.values().filter(|seat| seat.place == Place::Lobby).collect();
        lobby.sort_by_key(|seat| (seat.since, seat.id));
        lobby.into_iter()
    }
}
