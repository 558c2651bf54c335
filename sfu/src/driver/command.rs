//! What handles ask of a worker, over its one bounded queue.

use std::sync::Weak;

use tokio::sync::{mpsc, oneshot};

use super::handle::RoomToken;
use crate::core::error::ConnectError;
use crate::core::event::{RoomEvent, TrackKind, View};
use crate::core::participant::{ParticipantId, Place};
use crate::core::picture::KeyFrame;
use crate::core::tap::TapPacket;

/// One room of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RoomId(pub(crate) u64);

pub(crate) struct Command {
    pub(crate) room: RoomId,
    pub(crate) request: Request,
}

pub(crate) enum Request {
    Open {
        token: Weak<RoomToken>,
        events: mpsc::Sender<RoomEvent>,
        seats: usize,
    },
    Connect {
        participant: ParticipantId,
        offer: String,
        answer: oneshot::Sender<Result<String, ConnectError>>,
    },
    Place {
        participant: ParticipantId,
        place: Place,
    },
    View {
        viewer: ParticipantId,
        views: Vec<View>,
    },
    Subject {
        subject: Option<ParticipantId>,
    },
    Mute {
        participant: ParticipantId,
        kind: TrackKind,
        is_muted: bool,
    },
    Screen {
        participant: ParticipantId,
        is_on: bool,
    },
    Disconnect {
        participant: ParticipantId,
    },
    KeyFrame {
        participant: ParticipantId,
        answer: oneshot::Sender<Option<KeyFrame>>,
    },
    Tap {
        participant: ParticipantId,
        packets: mpsc::Sender<TapPacket>,
    },
    Close,
}
