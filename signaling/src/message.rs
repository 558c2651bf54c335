//! What travels over the socket: JSON text frames, one message each, told apart by `type`.
//! `PROTOCOL.md` says what each means; the browser's types are generated from here.

mod bounded;
mod client;
mod codes;
mod ids;
mod server;

pub use bounded::{Few, Text};
pub use client::{
    CaptureSource, CaptureStage, ClientMessage, Door, Join, ParseError, Report, Tile, parse,
};
pub use codes::{CloseCode, ErrorCode};
pub use ids::{CallId, CaptureId, ParticipantId};
pub use server::{
    CallState, CallView, EndReason, Figures, GoneReason, Grade, IceServer, Joined, ParticipantView,
    Place, Presence, Publish, Role, ServerMessage, SlotView, TrackKind, Waiting, You,
};

/// The one version of the protocol that this server speaks.
pub const VERSION: u32 = 1;

/// The longest frame, in bytes, that is read as a message.
pub const MAX_FRAME: usize = 64 * 1024;
