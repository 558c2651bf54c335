//! Between the lobby and the call: admit, send back, remove. Done twice, it is done once: two
//! stylists may admit the same customer.

use super::call::{Call, FORBIDDEN, ROOM_FULL, Refused};
use super::rights::Right;
use super::seat::Seat;
use super::step::{Effect, Step};
use crate::gate::CallFact;
use crate::message::{CloseCode, GoneReason, ParticipantId, Place, Presence, ServerMessage};
use crate::time::UnixMillis;

impl Call {
    pub(super) fn admit(
        &mut self,
        now: UnixMillis,
        by: ParticipantId,
        id: ParticipantId,
        step: &mut Step,
    ) -> Result<(), Refused> {
        self.must_host(by)?;
        if self.seat(id)?.in_call() {
            return Ok(());
        }
        self.free_former_seat(now, id, step)?;
        self.place(now, id, Place::Call, step);
        self.go_live(now, step);
        self.tell_participant(now, id, step);
        self.show_call_to(now, id, step);
        self.tell_waiting(step);
        Ok(())
    }

    pub(super) fn send_back(
        &mut self,
        now: UnixMillis,
        by: ParticipantId,
        id: ParticipantId,
        step: &mut Step,
    ) -> Result<(), Refused> {
        self.must_host(by)?;
        let seat = self.seat(id)?;
        if seat.is_host() {
            return Err(FORBIDDEN);
        }
        if !seat.in_call() {
            return Ok(());
        }
        self.place(now, id, Place::Lobby, step);
        self.tell_participant(now, id, step);
        let guests_inside = |viewer: &Seat| viewer.in_call() && !viewer.is_host();
        self.tell_gone(id, GoneReason::Left, guests_inside, step);
        self.yield_floor(id, step);
        self.tell_waiting(step);
        Ok(())
    }

    pub(super) fn remove(
        &mut self,
        now: UnixMillis,
        by: ParticipantId,
        id: ParticipantId,
        step: &mut Step,
    ) -> Result<(), Refused> {
        self.must_host(by)?;
        let seat = self.seat(id)?;
        if seat.is_host() {
            return Err(FORBIDDEN);
        }
        self.show_out(now, id, step);
        Ok(())
    }

    pub(super) fn must_host(&self, by: ParticipantId) -> Result<(), Refused> {
        match self.role(by) {
            Some(role) if role.has(Right::Host) => Ok(()),
            _ => Err(FORBIDDEN),
        }
    }

    /// Somebody who lost their seat in the call and came back through the lobby does not sit twice. Their former
    /// page may be hidden rather than gone: its socket lives on, though nothing of it is seen or heard.
    fn free_former_seat(
        &mut self,
        now: UnixMillis,
        id: ParticipantId,
        step: &mut Step,
    ) -> Result<(), Refused> {
        let subject = self.seat(id)?.subject;
        let former = self.seats.values().find(|seat| {
            seat.subject == subject && seat.in_call() && seat.presence() == Presence::Reconnecting
        });
        if let Some((former, socket)) = former.map(|seat| (seat.id, seat.socket())) {
            if let Some(socket) = socket {
                step.close(socket, CloseCode::Superseded);
            }
            self.vacate(now, former, GoneReason::Lost, step);
        } else if self.count(Place::Call) >= self.settings.capacity {
            return Err(ROOM_FULL);
        }
        Ok(())
    }

    /// Media first: the picture should be on its way before the words are.
    fn place(&mut self, now: UnixMillis, id: ParticipantId, place: Place, step: &mut Step) {
        let Some(seat) = self.seats.get_mut(&id) else { return };
        (seat.place, seat.since, seat.told_ahead) = (place, now, None);
        if place == Place::Lobby {
            seat.slots.clear();
            seat.stills.begin_anew();
            self.history.close(now, id);
            if std::mem::take(&mut seat.screen) {
                step.effects.push(Effect::Screen { participant: id, on: false });
            }
        }
        step.effects.push(Effect::Place { participant: id, place });
        if let Some(socket) = seat.ear() {
            step.send(socket, ServerMessage::Placed { place });
        }
        step.record(CallFact::Seated(seat.kept()));
    }

    /// Somebody admitted has seen nobody before.
    fn show_call_to(&self, now: UnixMillis, id: ParticipantId, step: &mut Step) {
        let Some(socket) = self.seats.get(&id).and_then(Seat::ear) else { return };
        step.send(socket, ServerMessage::Call(self.call_view(now)));
        for view in self.seen_by(now, id).into_iter().filter(|view| view.id != id) {
            step.send(socket, ServerMessage::Participant(view));
        }
        if self.subject.is_some() {
            step.send(socket, ServerMessage::Subject { participant: self.subject });
        }
        if self.active_speaker.is_some() {
            step.send(socket, ServerMessage::ActiveSpeaker { participant: self.active_speaker });
        }
        self.tell_qualities_to(id, step);
    }
}
