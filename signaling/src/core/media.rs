//! What the media server and the clients say about pictures, sound and connections.

use super::call::Call;
use super::seat::Measured;
use super::step::{Effect, MediaEvent, Step};
use crate::message::{Grade, ParticipantId, Report, ServerMessage, SlotView};
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
                    let message = ServerMessage::Receiving { participant, kind, layer };
                    self.tell_one(viewer, message, step);
                }
            }
            MediaEvent::Speaking { participant, speaking } => {
                self.speaking(participant, speaking, step);
            }
            MediaEvent::ActiveSpeaker { participant } => self.active_speaker(participant, step),
            MediaEvent::Quality { participant, uplink, downlink, round_trip_ms, loss_percent } => {
                self.measured(participant, step, |quality| {
                    (quality.uplink, quality.downlink) = (uplink, downlink);
                    (quality.round_trip_ms, quality.loss_percent) = (round_trip_ms, loss_percent);
                });
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

    pub(super) fn report(&mut self, id: ParticipantId, report: &Report, step: &mut Step) {
        let reported = grade(report);
        self.measured(id, step, |quality| quality.reported = reported);
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

    /// Tells of a connection's quality when a grade changes; its figures are the hosts' alone.
    fn measured(&mut self, id: ParticipantId, step: &mut Step, change: impl FnOnce(&mut Measured)) {
        let Some(seat) = self.seats.get_mut(&id) else { return };
        let before = seat.quality.map(|quality| quality.grades());
        let mut quality = seat.quality.unwrap_or_default();
        change(&mut quality);
        seat.quality = Some(quality);
        if before == Some(quality.grades()) {
            return;
        }
        let Some(seat) = self.seats.get(&id) else { return };
        let (full, plain) = (quality.message(id, true), quality.message(id, false));
        self.tell(|viewer| viewer.is_host() && viewer.sees(seat), &full, step);
        self.tell(|viewer| !viewer.is_host() && viewer.sees(seat), &plain, step);
    }
}

impl Measured {
    /// Up and down; of two views of the way down the worse counts.
    fn grades(&self) -> (Grade, Grade) {
        (self.uplink, self.downlink.max(self.reported))
    }

    fn message(&self, participant: ParticipantId, figures: bool) -> ServerMessage {
        let (uplink, downlink) = self.grades();
        ServerMessage::Quality {
            participant,
            uplink,
            downlink,
            round_trip_ms: self.round_trip_ms.filter(|_| figures),
            loss_percent: self.loss_percent.filter(|_| figures),
        }
    }
}

/// What a client's figures feel like: ITU-T G.114 puts the limits of easy talk at 300 and 800 ms
/// there and back; a frozen picture is poor whatever the figures say.
fn grade(report: &Report) -> Grade {
    let round_trip = report.round_trip_ms.unwrap_or(0);
    let loss = report.loss_percent.unwrap_or(0);
    if round_trip > 800 || loss > 10 || report.freezes.unwrap_or(0) > 0 {
        Grade::Poor
    } else if round_trip > 300 || loss > 3 {
        Grade::Good
    } else {
        Grade::Excellent
    }
}
