//! What goes into a call, and what comes out.

use crate::gate::{CallFact, CaptureRequest, Pass, QualitySample, Subject, TokenHash};
use crate::message::{
    CaptureId, ClientMessage, CloseCode, EndReason, ErrorCode, Figures, Grade, ParticipantId,
    Place, Publish, ServerMessage, SlotView, Tile, TrackKind,
};
use crate::time::UnixMillis;

/// One WebSocket, numbered by the driver; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub u64);

#[derive(Clone, Debug)]
pub enum Input {
    /// The gate let somebody in.
    Join(Box<Joining>),
    /// Anything but `join` and `ping`, which the driver answers itself.
    Message { socket: SocketId, seq: Option<u32>, message: ClientMessage },
    /// The socket is gone, for whatever reason.
    Closed { socket: SocketId },
    /// What came of [`Effect::Connect`].
    Answered { participant: ParticipantId, socket: SocketId, re: Option<u32>, answer: Answer },
    /// From the media server.
    Media(MediaEvent),
    /// The product ends the call: cancelled, moved.
    EndCall { reason: EndReason },
    /// The appointment was moved a little: the window closes at another time.
    WindowChanged { closes_at: UnixMillis },
    /// Somebody gave, or withdrew, their consent to snapshots.
    ConsentChanged { subject: Subject, allowed: bool },
    /// So many in other calls come before this call's lobby now.
    AheadChanged { elsewhere: u32 },
    /// Somebody may be in no call any more: a host who does not work here now.
    Dismissed { subject: Subject },
    /// [`Call::deadline`](super::Call::deadline) has come.
    Timeout,
}

#[derive(Clone, Debug)]
pub struct Joining {
    pub socket: SocketId,
    pub seq: Option<u32>,
    pub pass: Pass,
    /// The resume token that the client brought, with its hash.
    pub resume: Option<Token>,
    /// Entropy: the token of a new seat.
    pub fresh: Token,
    pub offer: Option<String>,
    pub audio: bool,
    pub video: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    pub hash: TokenHash,
}

/// The media server's answer to an offer, or its refusal in words.
pub type Answer = Result<String, (ErrorCode, String)>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaEvent {
    Lost {
        participant: ParticipantId,
    },
    Recovered {
        participant: ParticipantId,
    },
    Slots {
        viewer: ParticipantId,
        slots: Vec<SlotView>,
    },
    MoreSlots {
        viewer: ParticipantId,
        wanted: u16,
    },
    Publish {
        participant: ParticipantId,
        publish: Publish,
    },
    Receiving {
        viewer: ParticipantId,
        participant: ParticipantId,
        kind: TrackKind,
        layer: Option<u8>,
    },
    Speaking {
        participant: ParticipantId,
        speaking: bool,
    },
    ActiveSpeaker {
        participant: Option<ParticipantId>,
    },
    Quality {
        participant: ParticipantId,
        uplink: Grade,
        downlink: Grade,
        figures: Figures,
    },
}

/// What one input led to. `keep` comes first; if it cannot be kept, none of it happened.
///
/// `record` comes last, and until it could be written. It is what nobody may lose but what nobody
/// was promised either: who sits where. A picture must not wait for a disk; and a server that is
/// killed before it wrote this finds somebody in the lobby who is to be admitted once more.
#[derive(Clone, Debug, Default)]
pub struct Step {
    pub keep: Vec<Keep>,
    pub effects: Vec<Effect>,
    pub record: Vec<CallFact>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    Fact(CallFact),
    Capture(CaptureRequest),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Send {
        socket: SocketId,
        message: ServerMessage,
    },
    Close {
        socket: SocketId,
        code: CloseCode,
    },
    /// Hand the offer to the media server; its answer comes back as [`Input::Answered`].
    Connect {
        participant: ParticipantId,
        socket: SocketId,
        offer: String,
        re: Option<u32>,
    },
    /// Forward the call to them, or nothing.
    Place {
        participant: ParticipantId,
        place: Place,
    },
    Disconnect {
        participant: ParticipantId,
    },
    /// What a participant's page shows.
    View {
        participant: ParticipantId,
        tiles: Vec<Tile>,
    },
    /// Whose picture comes before the others'.
    Subject {
        participant: Option<ParticipantId>,
    },
    /// A screen is shown from now on, or no more.
    Screen {
        participant: ParticipantId,
        on: bool,
    },
    /// Forward a track no more, or again.
    Mute {
        participant: ParticipantId,
        kind: TrackKind,
        muted: bool,
    },
    /// Take the target's last key frame as a capture's fallback picture.
    KeepKeyFrame {
        capture: CaptureId,
        target: ParticipantId,
    },
    /// Have it kept, whenever that may be done.
    KeepQuality {
        samples: Vec<QualitySample>,
    },
}

impl Step {
    pub(super) fn fact(&mut self, fact: CallFact) {
        self.keep.push(Keep::Fact(fact));
    }

    pub(super) fn record(&mut self, fact: CallFact) {
        self.record.push(fact);
    }

    pub(super) fn send(&mut self, socket: SocketId, message: ServerMessage) {
        self.effects.push(Effect::Send { socket, message });
    }

    pub(super) fn close(&mut self, socket: SocketId, code: CloseCode) {
        self.effects.push(Effect::Close { socket, code });
    }

    pub(super) fn refuse(
        &mut self,
        socket: SocketId,
        re: Option<u32>,
        code: ErrorCode,
        message: &str,
    ) {
        let message = message.to_owned();
        self.send(socket, ServerMessage::Error { code, message, re });
    }
}
