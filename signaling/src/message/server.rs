//! What the server says. Clients ignore types and fields that they do not know.

use super::{CallId, CaptureId, CaptureSource, CaptureStage, ErrorCode, ParticipantId, Text};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The answer to `join`: who you are, what is going on.
    Joined(Box<Joined>),
    /// The call's state changed: it is live now, or its window was moved.
    Call(CallView),
    /// Somebody came, or changed.
    Participant(ParticipantView),
    /// Somebody left your sight.
    Gone {
        id: ParticipantId,
        reason: GoneReason,
    },
    /// To somebody in the lobby: how many are before you. 0: you are next.
    Waiting(Waiting),
    /// You were admitted, or sent back. Back in the lobby, forget everybody but yourself.
    Placed {
        place: Place,
    },
    /// Which remote track now arrives in which of your receive slots.
    Slots {
        slots: Vec<SlotView>,
    },
    /// More is to be shown than you have receive slots for: offer this many pairs.
    MoreSlots {
        wanted: u16,
    },
    /// What of yours somebody needs; send no more than this.
    Publish(Publish),
    /// Which of the layers of a picture reaches you now, the lowest being 0; none while it is paused.
    Receiving {
        participant: ParticipantId,
        kind: TrackKind,
        layer: Option<u8>,
    },
    /// To a publisher: these lack your camera's picture; upload still pictures of it until nobody
    /// does. `most_bytes`: larger ones take too long for their networks.
    StillsWanted {
        by: Vec<ParticipantId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        most_bytes: Option<u32>,
    },
    /// To those who lack a picture: there is a new still of it.
    Still {
        participant: ParticipantId,
        #[ts(type = "number")]
        age_ms: u64,
    },
    /// Somebody began to speak, or fell silent.
    Speaking {
        participant: ParticipantId,
        speaking: bool,
    },
    /// Who speaks most; stays with the last one while nobody does.
    ActiveSpeaker {
        participant: Option<ParticipantId>,
    },
    /// Whose picture the call is about.
    Subject {
        participant: Option<ParticipantId>,
    },
    /// Whether anybody new can come in.
    Locked {
        locked: bool,
    },
    /// A host stopped what you sent. Send it again when you will.
    Silenced {
        kind: TrackKind,
        by: ParticipantId,
    },
    /// The answer to `offer`.
    Answer {
        sdp: String,
    },
    /// To the target of a capture: grab your camera's picture now.
    CaptureRequest {
        id: CaptureId,
        by: ParticipantId,
    },
    /// To all in the call: a snapshot was taken; show and sound the shutter.
    CaptureStarted {
        id: CaptureId,
        target: ParticipantId,
        by: ParticipantId,
        /// Since the call went live.
        #[ts(type = "number")]
        call_time_ms: u64,
    },
    /// To the hosts: how far a picture of a capture has come.
    CaptureState {
        id: CaptureId,
        from: ParticipantId,
        source: CaptureSource,
        state: CaptureStage,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "string")]
        detail: Option<Text<200>>,
    },
    /// A participant's connection. The figures go to the hosts only.
    Quality {
        participant: ParticipantId,
        uplink: Grade,
        downlink: Grade,
        #[serde(flatten)]
        figures: Figures,
    },
    /// Nothing more comes; the socket is closed next.
    Ended {
        reason: EndReason,
    },
    /// Something was refused. `re` repeats the `seq` of the message that it answers.
    Error {
        code: ErrorCode,
        message: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        re: Option<u32>,
    },
    Pong {},
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Joined {
    pub version: u32,
    pub you: You,
    pub call: CallView,
    /// Everybody whom you may see, yourself included.
    pub participants: Vec<ParticipantView>,
    /// Bring this with your next `join` to get your seat back.
    pub resume: String,
    /// The answer to the offer that came with `join`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub answer: Option<String>,
    pub slots: Vec<SlotView>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub waiting: Option<Waiting>,
    /// Whose picture the call is about; to those in the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub subject: Option<ParticipantId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub active_speaker: Option<ParticipantId>,
    pub locked: bool,
    /// May your role take snapshots?
    pub may_capture: bool,
    /// Send a `ping` at least this often.
    pub heartbeat_s: u32,
    /// Relays for networks that let nothing else through, for `RTCPeerConnection`'s
    /// configuration. Good for some hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ice_servers: Option<Vec<IceServer>>,
}

/// As `RTCIceServer` in browsers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct IceServer {
    pub urls: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub credential: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct You {
    pub id: ParticipantId,
    pub role: Role,
    pub name: String,
    pub place: Place,
}

/// Instants in milliseconds since the Unix epoch, on the server's clock: `now_ms` tells how far
/// the client's own is off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CallView {
    pub id: CallId,
    pub state: CallState,
    #[ts(type = "number")]
    pub now_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub live_since_ms: Option<u64>,
    /// When the window closes and the call ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub ends_at_ms: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ParticipantView {
    pub id: ParticipantId,
    pub role: Role,
    pub name: String,
    pub place: Place,
    pub presence: Presence,
    pub audio: bool,
    pub video: bool,
    /// Is a screen shown?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub screen: bool,
    /// Does this participant's network carry still pictures only?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub stills: bool,
    /// How long this participant has been in the lobby.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub waiting_ms: Option<u64>,
    /// Has this participant agreed to snapshots?
    pub may_be_captured: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Waiting {
    pub ahead: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SlotView {
    pub mid: String,
    pub participant: ParticipantId,
    pub kind: TrackKind,
}

/// The layers of one's own tracks that somebody needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Publish {
    /// Of the camera, the lowest first.
    pub video: Vec<bool>,
    pub screen: bool,
    /// Yours is the picture that the call is about: detail before motion.
    pub subject: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Stylist,
    Staff,
    Customer,
    Guest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Lobby,
    Call,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    Here,
    Reconnecting,
}

/// `scheduled` and `ended` calls cannot be joined, so a socket only ever hears the middle two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    Scheduled,
    Open,
    Live,
    Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum GoneReason {
    Left,
    Removed,
    /// Did not come back in time.
    Lost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// A stylist or the staff ended it.
    Ended,
    Cancelled,
    Moved,
    /// You were removed; for the others it goes on.
    Removed,
    WindowClosed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TrackKind {
    Audio,
    /// The camera's.
    Video,
    Screen,
}

/// Worst last, so that the worse of two is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    Excellent,
    Good,
    Poor,
    Lost,
}

/// What a connection's grades come from, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Figures {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub round_trip_ms: Option<u32>,
    /// Of the packets on the way, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub uplink_loss_percent: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub downlink_loss_percent: Option<u8>,
    /// Of the sound (RFC 3550).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub uplink_jitter_ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub downlink_jitter_ms: Option<u32>,
    /// Of sound and pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub uplink_kbps: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub downlink_kbps: Option<u32>,
    /// Of the pictures that this participant sees, in the last seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub freezes: Option<u32>,
}
