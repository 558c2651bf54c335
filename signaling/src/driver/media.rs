//! Between the call's words and the media server's.

use crate::core::{Answer, MediaEvent};
use crate::message::{
    self, ErrorCode, Figures, Grade, ParticipantId, Publish, SlotView, Tile, TrackKind,
};
use sfu::{ConnectError, Quality, QualityReport, RoomEvent, RoomHandle};
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

/// What a page shows, in the media server's words. Of sound there is nothing to say.
pub(super) fn views(tiles: &[Tile]) -> Vec<sfu::View> {
    let pictures = tiles.iter().filter(|tile| tile.kind != TrackKind::Audio);
    let view = |tile: &Tile| sfu::View {
        source: outward(tile.participant),
        kind: track(tile.kind),
        height: tile.height,
        is_pinned: tile.pinned,
    };
    pictures.map(view).collect()
}

pub(super) fn track(kind: TrackKind) -> sfu::TrackKind {
    match kind {
        TrackKind::Audio => sfu::TrackKind::Audio,
        TrackKind::Video => sfu::TrackKind::Camera,
        TrackKind::Screen => sfu::TrackKind::Screen,
    }
}

/// What the call wants to know of a room's event.
pub(super) fn event(event: RoomEvent) -> Option<MediaEvent> {
    Some(match event {
        RoomEvent::Lost { participant } => MediaEvent::Lost { participant: inward(participant)? },
        RoomEvent::Recovered { participant } | RoomEvent::Connected { participant } => {
            MediaEvent::Recovered { participant: inward(participant)? }
        }
        RoomEvent::Slots { participant, slots } => {
            let slots = slots.into_iter().filter_map(slot).collect();
            MediaEvent::Slots { viewer: inward(participant)?, slots }
        }
        RoomEvent::MoreSlots { participant, wanted } => MediaEvent::MoreSlots {
            viewer: inward(participant)?,
            wanted: u16::try_from(wanted).unwrap_or(u16::MAX),
        },
        RoomEvent::Publish { participant, camera, screen, is_subject } => MediaEvent::Publish {
            participant: inward(participant)?,
            publish: Publish { video: camera, screen, subject: is_subject },
        },
        RoomEvent::Receiving { participant, source, kind, layer } => MediaEvent::Receiving {
            viewer: inward(participant)?,
            participant: inward(source)?,
            kind: kind_of(kind),
            layer,
        },
        RoomEvent::Quality { participant, report } => MediaEvent::Quality {
            participant: inward(participant)?,
            uplink: grade(report.uplink),
            downlink: grade(report.downlink),
            figures: figures(&report),
        },
        RoomEvent::Speaking { participant, level } => {
            MediaEvent::Speaking { participant: inward(participant)?, speaking: level.is_some() }
        }
        RoomEvent::ActiveSpeaker { participant } => {
            MediaEvent::ActiveSpeaker { participant: participant.and_then(inward) }
        }
    })
}

fn refusal(error: &ConnectError) -> (ErrorCode, String) {
    let code = match error {
        ConnectError::MalformedOffer(_) | ConnectError::UnsupportedMedia(_) => {
            ErrorCode::UnsupportedMedia
        }
        ConnectError::RoomFull => ErrorCode::RoomFull,
        ConnectError::Overloaded => ErrorCode::Overloaded,
        ConnectError::Closed => ErrorCode::Internal,
    };
    (code, error.to_string().chars().take(200).collect())
}

/// The room only knows numbers that came from here.
fn inward(id: sfu::ParticipantId) -> Option<ParticipantId> {
    u32::try_from(id.0).ok().map(ParticipantId)
}

fn slot(slot: sfu::Slot) -> Option<SlotView> {
    let participant = inward(slot.source)?;
    Some(SlotView { mid: slot.mid, participant, kind: kind_of(slot.kind) })
}

fn kind_of(kind: sfu::TrackKind) -> TrackKind {
    match kind {
        sfu::TrackKind::Audio => TrackKind::Audio,
        sfu::TrackKind::Camera => TrackKind::Video,
        sfu::TrackKind::Screen => TrackKind::Screen,
    }
}

fn grade(quality: Quality) -> Grade {
    match quality {
        Quality::Excellent => Grade::Excellent,
        Quality::Good => Grade::Good,
        Quality::Poor => Grade::Poor,
        Quality::Lost => Grade::Lost,
    }
}

fn figures(report: &QualityReport) -> Figures {
    let millis =
        |time: Option<Duration>| time.and_then(|time| u32::try_from(time.as_millis()).ok());
    let kbps = |rate: Option<u64>| rate.and_then(|rate| u32::try_from(rate / 1_000).ok());
    // Of a way that is lost nothing is known.
    let loss = |way, fraction| (way != Quality::Lost).then(|| percent(fraction));
    Figures {
        round_trip_ms: millis(report.round_trip),
        uplink_loss_percent: loss(report.uplink, report.uplink_loss),
        downlink_loss_percent: loss(report.downlink, report.downlink_loss),
        uplink_jitter_ms: millis(report.uplink_jitter),
        downlink_jitter_ms: millis(report.downlink_jitter),
        uplink_kbps: kbps(report.uplink_bitrate),
        downlink_kbps: kbps(report.downlink_bitrate),
        freezes: None,
    }
}

fn percent(fraction: f32) -> u8 {
    // A float cast saturates, and takes NaN for 0.
    (fraction * 100.0).round() as u8
}
