//! Why an offer was refused.

use thiserror::Error;

/// Why a participant could not be connected. The text says what is wrong with the offer, for logs
/// and for the author of a client; it is not meant for the screen.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConnectError {
    /// It is no session description, or one that contradicts itself.
    #[error("malformed offer: {0}")]
    MalformedOffer(String),
    /// It is a session description, but has no media, or no codec that we speak.
    #[error("unsupported media: {0}")]
    UnsupportedMedia(String),
    /// The room has as many participants as it may.
    #[error("the room is full")]
    RoomFull,
    /// The worker has all that it can carry.
    #[error("the media server is overloaded")]
    Overloaded,
    /// The room, or the server, is closed.
    #[error("the room is closed")]
    Closed,
}
