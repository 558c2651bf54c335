//! What a room tells whoever opened it.

use std::time::Duration;

use super::participant::ParticipantId;

/// Audio or video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaKind {
    Audio,
    Video,
}

/// A receive slot that is in use: an m-line of the viewer's transport, and whose media it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The m-line's `a=mid`, by which the viewer's browser names its transceiver.
    pub mid: String,
    pub source: ParticipantId,
    pub kind: MediaKind,
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
    /// Whenever the quality changes, and every few seconds otherwise.
    Quality { participant: ParticipantId, report: QualityReport },
    /// The participant began to speak (`level` in dBov below full scale, 0 is loudest), or
    /// fell silent (`None`).
    Speaking { participant: ParticipantId, level: Option<u8> },
}

impl RoomEvent {
    /// Whom the event is about.
    pub fn participant(&self) -> ParticipantId {
        match self {
            Self::Connected { participant }
            | Self::Lost { participant }
            | Self::Recovered { participant }
            | Self::Slots { participant, .. }
            | Self::Quality { participant, .. }
            | Self::Speaking { participant, .. } => *participant,
        }
    }
}
