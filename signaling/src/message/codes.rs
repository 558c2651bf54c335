//! Stable codes: of errors, which leave the socket open unless said otherwise, and of closings,
//! which say whether the client may come back by itself.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why something was refused. The code is for programs and never changes its meaning; the message
/// beside it is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Not JSON, not an object, a field is missing, of the wrong type or too long.
    Malformed,
    /// The frame is longer than 64 KiB.
    TooLarge,
    /// No message of this `type` exists.
    UnknownType,
    /// The server does not speak the version that `join` asked for.
    UnsupportedVersion,
    /// The first message must be `join`.
    NotJoined,
    /// This socket has joined before.
    AlreadyJoined,
    /// The role, or the place, does not allow this.
    Forbidden,
    /// Nobody with this id is in the call or its lobby.
    NoSuchParticipant,
    /// No capture with this id is known in the call.
    NoSuchCapture,
    /// The link is unknown, altered, or not for this.
    LinkInvalid,
    /// The appointment's window has not opened yet.
    TooEarly,
    /// The appointment's window has closed.
    TooLate,
    /// The appointment was cancelled.
    Cancelled,
    /// The appointment has another time now.
    Moved,
    /// The call was ended.
    Ended,
    /// The offer cannot be read, or has nothing that the server can forward.
    UnsupportedMedia,
    /// The call, or its lobby, has no free seat.
    RoomFull,
    /// A host has locked the call: nobody new may come in.
    Locked,
    /// Somebody else shows a screen.
    ScreenTaken,
    /// The media server has all that it can carry; trying again in a while may help.
    Overloaded,
    /// The person to be captured has not agreed to snapshots.
    ConsentMissing,
    /// A capture with this id exists.
    CaptureExists,
    /// Too many messages in a short time; this one was not read.
    RateLimited,
    /// The client does not read what it is sent.
    SlowReader,
    /// No `join` came in time.
    Timeout,
    /// The server is about to restart.
    ServerRestarting,
    /// The server could not do it now. Trying again may help.
    Internal,
}

/// Why the server closed the socket. On the wire a WebSocket close code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum CloseCode {
    /// After `leave`: good-bye.
    Left = 1000,
    /// The call is over, for all; `ended` came before.
    Ended = 4000,
    /// A stylist or the staff removed this participant; `ended` came before.
    Removed = 4001,
    /// The same seat was taken by a newer socket.
    Superseded = 4002,
    /// `join` was refused; the `error` before says why.
    Refused = 4003,
    /// Too many malformed messages.
    Malformed = 4004,
    /// No `join` within 10 s.
    JoinTimeout = 4005,
    /// Nothing was heard for 15 s.
    Silent = 4006,
    /// The client does not read what it is sent.
    SlowReader = 4007,
    /// The server is about to restart.
    ServerRestarting = 4008,
    /// The server could not go on.
    Internal = 4009,
    /// Too many messages, despite `rate_limited`.
    RateLimited = 4010,
}

impl CloseCode {
    pub const ALL: [CloseCode; 12] = [
        CloseCode::Left,
        CloseCode::Ended,
        CloseCode::Removed,
        CloseCode::Superseded,
        CloseCode::Refused,
        CloseCode::Malformed,
        CloseCode::JoinTimeout,
        CloseCode::Silent,
        CloseCode::SlowReader,
        CloseCode::ServerRestarting,
        CloseCode::Internal,
        CloseCode::RateLimited,
    ];

    pub fn number(self) -> u16 {
        self as u16
    }

    /// Should the client come back by itself, with its resume token?
    pub fn resumable(self) -> bool {
        use CloseCode::*;
        matches!(self, JoinTimeout | Silent | SlowReader | ServerRestarting | Internal)
    }

    /// The code's name in the protocol's description and in the generated types.
    pub fn name(self) -> &'static str {
        match self {
            CloseCode::Left => "left",
            CloseCode::Ended => "ended",
            CloseCode::Removed => "removed",
            CloseCode::Superseded => "superseded",
            CloseCode::Refused => "refused",
            CloseCode::Malformed => "malformed",
            CloseCode::JoinTimeout => "join_timeout",
            CloseCode::Silent => "silent",
            CloseCode::SlowReader => "slow_reader",
            CloseCode::ServerRestarting => "server_restarting",
            CloseCode::Internal => "internal",
            CloseCode::RateLimited => "rate_limited",
        }
    }
}
