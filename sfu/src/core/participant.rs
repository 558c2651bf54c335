//! Who is in a room, as far as media is concerned: a number, and a place.

use std::fmt;

/// One participant of a room. The number means nothing here; whoever opened the room chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParticipantId(pub u64);

impl fmt::Display for ParticipantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "participant {}", self.0)
    }
}

/// Where a participant is. Only those in the call see and hear each other; whoever waits in the
/// lobby is connected all the same, so that being admitted costs no handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    #[default]
    Lobby,
    Call,
}
