//! Who has the floor: whose picture the call is about, whose screen is shown, who speaks.

use super::call::{Call, FORBIDDEN, NO_SUCH_PARTICIPANT, Refused};
use super::rights::Right;
use super::seat::Seat;
use super::step::{Effect, Step};
use crate::message::{ErrorCode, ParticipantId, ServerMessage, Tile};
use crate::time::UnixMillis;

const SCREEN_TAKEN: Refused = Refused(ErrorCode::ScreenTaken, "somebody else shows a screen");

impl Call {
    /// Marks somebody's picture as what the call is about, or nobody's.
    pub(super) fn mark(
        &mut self,
        by: ParticipantId,
        subject: Option<ParticipantId>,
        step: &mut Step,
    ) -> Result<(), Refused> {
        if !self.role(by).is_some_and(|role| role.has(Right::Capture)) {
            return Err(FORBIDDEN);
        }
        if subject.is_some_and(|subject| !self.sits_in_call(subject)) {
            return Err(NO_SUCH_PARTICIPANT);
        }
        self.set_subject(subject, step);
        Ok(())
    }

    /// A host's screen takes the place of another's; nobody else's does.
    pub(super) fn screen(
        &mut self,
        now: UnixMillis,
        id: ParticipantId,
        on: bool,
        step: &mut Step,
    ) -> Result<(), Refused> {
        let Some(seat) = self.seats.get(&id).filter(|seat| seat.in_call()) else {
            return Err(FORBIDDEN);
        };
        if seat.screen == on {
            return Ok(());
        }
        let other = self.seats.values().find(|seat| seat.screen).map(|seat| seat.id);
        match other.filter(|other| on && *other != id) {
            Some(_) if !seat.is_host() => return Err(SCREEN_TAKEN),
            Some(other) => self.stop_screen(now, id, other, step),
            None => {}
        }
        self.sends_screen_again(id, on, step);
        if let Some(seat) = self.seats.get_mut(&id) {
            seat.screen = on;
        }
        step.effects.push(Effect::Screen { participant: id, on });
        self.tell_participant(now, id, step);
        Ok(())
    }

    /// What somebody's page shows.
    pub(super) fn view(
        &mut self,
        id: ParticipantId,
        tiles: Vec<Tile>,
        step: &mut Step,
    ) -> Result<(), Refused> {
        if !self.sits_in_call(id) {
            return Err(FORBIDDEN);
        }
        if let Some(seat) = self.seats.get_mut(&id) {
            seat.view = Some(tiles);
        }
        self.show_view(id, step);
        Ok(())
    }

    /// Tells the media server what somebody's page shows, if it has said so.
    pub(super) fn show_view(&self, id: ParticipantId, step: &mut Step) {
        let Some(view) = self.seats.get(&id).and_then(|seat| seat.view.as_ref()) else { return };
        // Somebody may have gone while the message was under way.
        let tiles = view.iter().filter(|tile| self.sits_in_call(tile.participant));
        step.effects.push(Effect::View { participant: id, tiles: tiles.cloned().collect() });
    }

    pub(super) fn speaking(&self, id: ParticipantId, speaking: bool, step: &mut Step) {
        if self.sits_in_call(id) {
            self.tell_call(&ServerMessage::Speaking { participant: id, speaking }, step);
        }
    }

    pub(super) fn active_speaker(&mut self, speaker: Option<ParticipantId>, step: &mut Step) {
        let speaker = speaker.filter(|speaker| self.sits_in_call(*speaker));
        if self.active_speaker != speaker {
            self.active_speaker = speaker;
            self.tell_call(&ServerMessage::ActiveSpeaker { participant: speaker }, step);
        }
    }

    /// Somebody is no longer in the call.
    pub(super) fn yield_floor(&mut self, id: ParticipantId, step: &mut Step) {
        if self.subject == Some(id) {
            self.set_subject(None, step);
        }
        if self.active_speaker == Some(id) {
            self.active_speaker(None, step);
        }
    }

    pub(super) fn sits_in_call(&self, id: ParticipantId) -> bool {
        self.seats.get(&id).is_some_and(Seat::in_call)
    }

    fn set_subject(&mut self, subject: Option<ParticipantId>, step: &mut Step) {
        if self.subject != subject {
            self.subject = subject;
            step.effects.push(Effect::Subject { participant: subject });
            self.tell_call(&ServerMessage::Subject { participant: subject }, step);
        }
    }
}
