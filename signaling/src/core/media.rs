//! What the media server and the clients say about pictures and sound.

use super::call::Call;
use super::step::{Effect, MediaEvent, Step};
use crate::message::{ParticipantId, ServerMessage, SlotView};
use crate::time::UnixMillis;

impl Call {
    /// All that the media server should know of a participant: it may have made the transport, or
    /// the whole room, a moment ago. A new transport starts in the lobby, with nothing withheld.
    pub(super) fn tell_media(&self, id: ParticipantId, step: &mut Step) {
        let Some(seat) = self.seats.get(&id) else { return };
        step.effects.push(Effect::Place { participant: id, place: seat.place });
        for kind in seat.silenced.iter().copied() {
            step.effects.push(Effect::Mute { participant: id, kind, muted: true });
        }
        if seat.screen {
            step.effects.push(Effect::Screen { participant: id, on: true });
        }
        self.show_view(id, step);
        if self.subject.is_some() {
            step.effects.push(Effect::Subject { participant: self.subject });
        }
    }

    pub(super) fn media(&mut self, now: UnixMillis, event: MediaEvent, step: &mut Step) {
        match event {
            MediaEvent::Lost { participant } => self.media_lost(now, participant, true, step),
            MediaEvent::Recovered { participant } => self.media_lost(now, participant, false, step),
            MediaEvent::Slots { viewer, slots } => self.slots(viewer, slots, step),
            MediaEvent::MoreSlots { viewer, wanted } => {
                self.tell_one(viewer, ServerMessage::MoreSlots { wanted }, step);
            }
            MediaEvent::Publish { participant, publish } => {
                if let Some(seat) = self.seats.get_mut(&participant) {
                    seat.publish = Some(publish.clone());
                }
                self.tell_one(participant, ServerMessage::Publish(publish), step);
            }
            MediaEvent::Receiving { viewer, participant, kind, layer } => {
                if self.sits_in_call(viewer) && self.sits_in_call(participant) {
                    self.note_dark(viewer, participant, kind, layer);
                    let message = ServerMessage::Receiving { participant, kind, layer };
                    self.tell_one(viewer, message, step);
                }
            }
            MediaEvent::Speaking { participant, speaking } => {
                self.speaking(participant, speaking, step);
            }
            MediaEvent::ActiveSpeaker { participant } => self.active_speaker(participant, step),
            MediaEvent::Quality { participant, uplink, downlink, figures } => {
                self.graded(now, participant, (uplink, downlink), figures, step);
            }
        }
    }

    pub(super) fn mute(
        &mut self,
        now: UnixMillis,
        id: ParticipantId,
        audio: bool,
        video: bool,
        step: &mut Step,
    ) {
        self.sends_again(id, audio, video, step);
        let Some(seat) = self.seats.get_mut(&id) else { return };
        if (seat.audio, seat.video) != (audio, video) {
            (seat.audio, seat.video) = (audio, video);
            self.tell_participant(now, id, step);
        }
    }

    fn media_lost(&mut self, now: UnixMillis, id: ParticipantId, lost: bool, step: &mut Step) {
        let Some(seat) = self.seats.get_mut(&id) else { return };
        let before = seat.presence();
        seat.media_lost = lost;
        if seat.presence() != before {
            self.tell_participant(now, id, step);
        }
    }

    /// A lobby's receive slots are empty, whatever the media server may say.
    fn slots(&mut self, viewer: ParticipantId, slots: Vec<SlotView>, step: &mut Step) {
        let inside = |id: ParticipantId| self.sits_in_call(id);
        let slots = if inside(viewer) { slots } else { Vec::new() };
        let slots: Vec<_> = slots.into_iter().filter(|slot| inside(slot.participant)).collect();
        let Some(seat) = self.seats.get_mut(&viewer).filter(|seat| seat.slots != slots) else {
            return;
        };
        seat.slots.clone_from(&slots);
        if let Some(socket) = seat.ear() {
            step.send(socket, ServerMessage::Slots { slots });
        }
    }
}
