//! Media of a call: rooms, participants, tracks.

pub mod core;
#[cfg(feature = "driver")]
mod driver;

pub use crate::core::error::ConnectError;
pub use crate::core::event::{MediaKind, Quality, QualityReport, RoomEvent, Slot};
pub use crate::core::participant::{ParticipantId, Place};
pub use crate::core::picture::KeyFrame;
pub use crate::core::tap::{Codec, TapPacket};
#[cfg(feature = "driver")]
pub use crate::driver::{MediaConfig, MediaServer, MediaStats, RoomHandle, StartError};
