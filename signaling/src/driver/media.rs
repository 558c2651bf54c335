//! Between the call's words and the media server's.

use crate::core::{Answer, MediaEvent};
use crate::message::{self, ErrorCode, Grade, ParticipantId, SlotView};
use sfu::{ConnectError, Quality, RoomEvent, RoomHandle};
use std::time::Duration;

/// An answer takes a millisecond or two; a worker that takes longer than this is in trouble.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn connect(room: &RoomHandle, id: ParticipantId, offer: &str) -> Answer {
    match tokio::time::timeout(PATIENCE, room.connect(outward(id), offer)).await {
        Ok(Ok(sdp)) => Ok(sdp),
        Ok(Err(error)) => Err(refusal(&error)),
        Err(_) => Err((ErrorCode::Internal, "the media server did not answer".to_owned())),
    }
}

pub(super) fn outward(id: ParticipantId) -> sfu::ParticipantId {
    sfu::ParticipantId(u64::from(id.0))
}

pub(super) fn place(place: message::Place) -> sfu::Place {
    match place {
        message::Place::Lobby => sfu::Place::Lobby,
        message::Place::Call => sfu::Place::Call,
    }
}

/// What the call wants to know of a room's event.
pub(super) fn event(event: RoomEvent) -> Option<MediaEvent> {
    let participant = inward(event.participant()?)?;
    match event {
        RoomEvent::Lost { .. } => Some(MediaEvent::Lost { participant }),
        RoomEvent::Recovered { .. } | RoomEvent::Connected { .. } => {
            Some(MediaEvent::Recovered { participant })
        }
        RoomEvent::Slots { slots, .. } => {
            let slots = slots.into_iter().filter_map(slot).collect();
            Some(MediaEvent::Slots { viewer: participant, slots })
        }
        RoomEvent::Quality { report, .. } => Some(MediaEvent::Quality {
            participant,
            uplink: grade(report.uplink),
            downlink: grade(report.downlink),
            round_trip_ms: report.round_trip.and_then(|time| u32::try_from(time.as_millis()).ok()),
            loss_percent: Some(percent(report.uplink_loss.max(report.downlink_loss))),
        }),
        RoomEvent::Speaking { .. }
        | RoomEvent::ActiveSpeaker { .. }
        | RoomEvent::MoreSlots { .. }
        | RoomEvent::Publish { .. }
        | RoomEvent::Receiving { .. } => None,
    }
}

fn refusal(error: &ConnectError) -> (ErrorCode, String) {
    let code = match error {
        ConnectError::MalformedOffer(_) | ConnectError::UnsupportedMedia(_) => {
            ErrorCode::UnsupportedMedia
        }
        ConnectError::RoomFull => ErrorCode::RoomFull,
        ConnectError::Closed => ErrorCode::Internal,
    };
    (code, error.to_string().chars().take(200).collect())
}

/// The room only knows numbers that came from here.
fn inward(id: sfu::ParticipantId) -> Option<ParticipantId> {
    u32::try_from(id.0).ok().map(ParticipantId)
}

fn slot(slot: sfu::Slot) -> Option<SlotView> {
    let kind = match slot.kind {
        sfu::TrackKind::Audio => message::MediaKind::Audio,
        sfu::TrackKind::Camera | sfu::TrackKind::Screen => message::MediaKind::Video,
    };
    Some(SlotView { mid: slot.mid, participant: inward(slot.source)?, kind })
}

fn grade(quality: Quality) -> Grade {
    match quality {
        Quality::Excellent => Grade::Excellent,
        Quality::Good => Grade::Good,
        Quality::Poor => Grade::Poor,
        Quality::Lost => Grade::Lost,
    }
}

fn percent(fraction: f32) -> u8 {
    // A float cast saturates, and takes NaN for 0.
    (fraction * 100.0).round() as u8
}
