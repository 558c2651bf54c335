//! What hosts may do to the call: lock it, and stop what somebody sends.

use super::call::{Call, FORBIDDEN, Refused};
use super::step::{Effect, Step};
use crate::gate::CallFact;
use crate::message::{ErrorCode, ParticipantId, ServerMessage, TrackKind};
use crate::time::UnixMillis;

pub(super) const LOCKED: Refused =
    Refused(ErrorCode::Locked, "the call is locked; ask to be let in when it is open again");

impl Call {
    /// Whoever has a seat keeps it, and comes back to it.
    pub(super) fn lock(
        &mut self,
        by: ParticipantId,
        locked: bool,
        step: &mut Step,
    ) -> Result<(), Refused> {
        self.must_host(by)?;
        if self.locked != locked {
            self.locked = locked;
            step.fact(CallFact::Locked { locked });
            self.tell_call(&ServerMessage::Locked { locked }, step);
        }
        Ok(())
    }

    /// The media server forwards it no more, whatever the page does; the page is told, and sends it
    /// again when its owner wants to.
    pub(super) fn silence(
        &mut self,
        now: UnixMillis,
        by: ParticipantId,
        id: ParticipantId,
        kind: TrackKind,
        step: &mut Step,
    ) -> Result<(), Refused> {
        self.must_host(by)?;
        if self.seat(id)?.is_host() && by != id {
            return Err(FORBIDDEN);
        }
        match kind {
            TrackKind::Screen => self.stop_screen(now, by, id, step),
            TrackKind::Audio | TrackKind::Video => self.stop(now, by, id, kind, step),
        }
        Ok(())
    }

    pub(super) fn stop_screen(
        &mut self,
        now: UnixMillis,
        by: ParticipantId,
        id: ParticipantId,
        step: &mut Step,
    ) {
        if self.seats.get(&id).is_some_and(|seat| seat.screen) {
            self.stop(now, by, id, TrackKind::Screen, step);
        }
    }

    /// Their own word lifts what a host stopped.
    pub(super) fn sends_again(
        &mut self,
        id: ParticipantId,
        audio: bool,
        video: bool,
        step: &mut Step,
    ) {
        self.lift(id, TrackKind::Audio, audio, step);
        self.lift(id, TrackKind::Video, video, step);
    }

    pub(super) fn sends_screen_again(&mut self, id: ParticipantId, on: bool, step: &mut Step) {
        self.lift(id, TrackKind::Screen, on, step);
    }

    fn stop(
        &mut self,
        now: UnixMillis,
        by: ParticipantId,
        id: ParticipantId,
        kind: TrackKind,
        step: &mut Step,
    ) {
        let Some(seat) = self.seats.get_mut(&id) else { return };
        match kind {
            TrackKind::Audio => seat.audio = false,
            TrackKind::Video => seat.video = false,
            TrackKind::Screen => {
                seat.screen = false;
                step.effects.push(Effect::Screen { participant: id, on: false });
            }
        }
        if !seat.silenced.contains(&kind) {
            seat.silenced.push(kind);
            step.effects.push(Effect::Mute { participant: id, kind, muted: true });
        }
        self.tell_one(id, ServerMessage::Silenced { kind, by }, step);
        self.tell_participant(now, id, step);
    }

    fn lift(&mut self, id: ParticipantId, kind: TrackKind, sends: bool, step: &mut Step) {
        let Some(seat) = self.seats.get_mut(&id).filter(|_| sends) else { return };
        if seat.silenced.contains(&kind) {
            seat.silenced.retain(|silenced| *silenced != kind);
            step.effects.push(Effect::Mute { participant: id, kind, muted: false });
        }
    }
}
