//! What a room tells whoever opened it.

use std::time::Duration;

use super::participant::ParticipantId;

/// Audio or video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaKind {
    Audio,
    Video,
}

/// What a participant may publish: at most one of each. In its offer they are told apart by the
/// order of the m-lines to send on: the first audio, the first video, the second video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrackKind {
    Audio,
    /// May be simulcast, in up to three layers.
    Camera,
    Screen,
}

impl TrackKind {
    pub const ALL: [Self; 3] = [Self::Audio, Self::Camera, Self::Screen];

    pub fn media(self) -> MediaKind {
        match self {
            Self::Audio => MediaKind::Audio,
            Self::Camera | Self::Screen => MediaKind::Video,
        }
    }
}

/// How a viewer shows a track of somebody else. What it does not mention counts as visible, 360
/// pixels high.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    pub source: ParticipantId,
    /// Camera or screen; of sound there is nothing to say.
    pub kind: TrackKind,
    /// In device pixels; 0 when it is hidden.
    pub height: u16,
    /// It comes before all other pictures.
    pub is_pinned: bool,
}

/// A receive slot that is in use: an m-line of the viewer's transport, and whose media it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The m-line's `a=mid`, by which the viewer's browser names its transceiver.
    pub mid: String,
    pub source: ParticipantId,
    pub kind: TrackKind,
}

/// How good a direction of a connection is, as a person would put it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quality {
    Lost,
    Poor,
    Good,
    Excellent,
}

/// The figures behind a participant's connection quality, over about the last second.
#[derive(Debug, Clone, PartialEq)]
pub struct QualityReport {
    /// From the participant to the server.
    pub uplink: Quality,
    /// From the server to the participant.
    pub downlink: Quality,
    pub round_trip: Option<Duration>,
    /// Fraction of the packets lost on the way, 0 to 1.
    pub uplink_loss: f32,
    pub downlink_loss: f32,
    /// Of the sound (RFC 3550, 6.4.1), while there is some.
    pub uplink_jitter: Option<Duration>,
    pub downlink_jitter: Option<Duration>,
    /// Media, in bits per second.
    pub uplink_bitrate: Option<u64>,
    pub downlink_bitrate: Option<u64>,
    /// What the way to the participant can carry, in bits per second, as estimated.
    pub downlink_estimate: Option<u64>,
}

/// Something that happened in a room.
#[derive(Debug, Clone, PartialEq)]
pub enum RoomEvent {
    /// The participant's transport is up: a first one, or one that replaced another.
    Connected { participant: ParticipantId },
    /// Nothing has come from the participant for nearly 5 seconds, or its transport was closed.
    Lost { participant: ParticipantId },
    /// Packets of a lost participant arrive again.
    Recovered { participant: ParticipantId },
    /// The viewer's receive slots in use, all of them, whenever they change.
    Slots { participant: ParticipantId, slots: Vec<Slot> },
    /// Whenever the quality changes, and every two seconds otherwise.
    Quality { participant: ParticipantId, report: QualityReport },
    /// The participant began to speak (`level` in dBov below full scale, 0 is loudest), or
    /// fell silent (`None`).
    Speaking { participant: ParticipantId, level: Option<u8> },
    /// Who leads the talk now, if anybody does.
    ActiveSpeaker { participant: Option<ParticipantId> },
    /// The viewer has more to see and hear than it has lines for: its next offer should have so
    /// many receive slots in all, each a pair of an audio and a video line.
    MoreSlots { participant: ParticipantId, wanted: usize },
    /// What of the participant's video anybody needs: of its camera by layer, lowest first. It
    /// need not send the rest. `is_subject`: it should send the best that it can.
    Publish { participant: ParticipantId, camera: Vec<bool>, screen: bool, is_subject: bool },
    /// Which simulcast layer the viewer gets of a source's video now: `None` when it gets nothing.
    Receiving {
        participant: ParticipantId,
        source: ParticipantId,
        kind: TrackKind,
        layer: Option<u8>,
    },
}

impl RoomEvent {
    /// Whom the event is about, unless it is about the room.
    pub fn participant(&self) -> Option<ParticipantId> {
        match self {
            Self::Connected { participant }
            | Self::Lost { participant }
            | Self::Recovered { participant }
            | Self::Slots { participant, .. }
            | Self::Quality { participant, .. }
            | Self::Speaking { participant, .. }
            | Self::MoreSlots { participant, .. }
            | Self::Publish { participant, .. }
            | Self::Receiving { participant, .. } => Some(*participant),
            Self::ActiveSpeaker { .. } => None,
        }
    }
}
