//! Going out: a socket that drops (the seat is held for the grace time), leaving, being gone, and
//! the end of the call. A stylist's drop never ends it.

use super::call::{Call, FORBIDDEN, Refused};
use super::rights::Right;
use super::seat::{Line, Seat};
use super::step::{Effect, SocketId, Step};
use crate::gate::{CallFact, Subject};
use crate::message::{CloseCode, EndReason, GoneReason, ParticipantId, ServerMessage};
use crate::time::UnixMillis;

impl Call {
    /// The transport stays: a lost socket alone need not freeze a picture.
    pub(super) fn closed(&mut self, now: UnixMillis, socket: SocketId, step: &mut Step) {
        let Some(id) = self.participant(socket) else { return };
        let until = now.plus(self.settings.grace);
        let Some(seat) = self.seats.get_mut(&id) else { return };
        (seat.line, seat.greeted) = (Line::Lost { until }, false);
        self.tell_participant(now, id, step);
    }

    pub(super) fn leave(&mut self, now: UnixMillis, id: ParticipantId, step: &mut Step) {
        if let Some(socket) = self.seats.get(&id).and_then(Seat::socket) {
            step.close(socket, CloseCode::Left);
        }
        self.vacate(now, id, GoneReason::Left, step);
    }

    pub(super) fn end_by(
        &mut self,
        now: UnixMillis,
        by: ParticipantId,
        step: &mut Step,
    ) -> Result<(), Refused> {
        if !self.role(by).is_some_and(|role| role.has(Right::End)) {
            return Err(FORBIDDEN);
        }
        self.end(now, EndReason::Ended, step);
        Ok(())
    }

    pub(super) fn end(&mut self, now: UnixMillis, reason: EndReason, step: &mut Step) {
        if self.ended {
            return;
        }
        self.ended = true;
        step.fact(CallFact::Ended { reason, at: now });
        self.history.close_all(now);
        for (participant, seat) in std::mem::take(&mut self.seats) {
            step.effects.push(Effect::Disconnect { participant });
            if let Some(socket) = seat.socket() {
                step.send(socket, ServerMessage::Ended { reason });
                step.close(socket, CloseCode::Ended);
            }
        }
    }

    pub(super) fn timeout(&mut self, now: UnixMillis, step: &mut Step) {
        if self.closes_at.is_some_and(|at| at <= now) {
            return self.end(now, EndReason::WindowClosed, step);
        }
        self.forget_old_stills(now);
        let overdue = |seat: &&Seat| matches!(seat.line, Line::Lost { until } if until <= now);
        let lost: Vec<_> = self.seats.values().filter(overdue).map(|seat| seat.id).collect();
        for id in lost {
            self.vacate(now, id, GoneReason::Lost, step);
        }
    }

    /// Takes the seat away, for good.
    pub(super) fn vacate(
        &mut self,
        now: UnixMillis,
        id: ParticipantId,
        reason: GoneReason,
        step: &mut Step,
    ) {
        let Some(seat) = self.seats.remove(&id) else { return };
        self.history.close(now, id);
        step.fact(CallFact::Vacated { participant: id, reason, at: now });
        step.effects.push(Effect::Disconnect { participant: id });
        self.tell_gone(id, reason, |viewer| viewer.sees(&seat), step);
        self.yield_floor(id, step);
        self.tell_waiting(step);
    }

    /// As if another host had removed them, hosts included.
    pub(super) fn dismissed(&mut self, now: UnixMillis, subject: Subject, step: &mut Step) {
        let theirs = self.seats.values().filter(|seat| seat.subject == subject);
        for id in theirs.map(|seat| seat.id).collect::<Vec<_>>() {
            self.show_out(now, id, step);
        }
    }

    /// Tells them that they are removed, and takes the seat away.
    pub(super) fn show_out(&mut self, now: UnixMillis, id: ParticipantId, step: &mut Step) {
        if let Some(socket) = self.seats.get(&id).and_then(Seat::socket) {
            step.send(socket, ServerMessage::Ended { reason: EndReason::Removed });
            step.close(socket, CloseCode::Removed);
        }
        self.vacate(now, id, GoneReason::Removed, step);
    }

    pub(super) fn consent_changed(
        &mut self,
        now: UnixMillis,
        subject: Subject,
        allowed: bool,
        step: &mut Step,
    ) {
        let theirs = |seat: &&mut Seat| seat.subject == subject && seat.may_be_captured != allowed;
        let mut changed = Vec::new();
        for seat in self.seats.values_mut().filter(theirs) {
            seat.may_be_captured = allowed;
            step.fact(CallFact::Seated(seat.kept()));
            changed.push(seat.id);
        }
        for id in changed {
            self.tell_participant(now, id, step);
        }
    }
}
