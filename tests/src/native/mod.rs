//! Native participants: `webrtc` for the media, `tokio-tungstenite` for the signaling.

mod frames;
mod peer;
mod socket;

pub use frames::{opus_frames, vp8_key_frame, vp8_packets};
pub use peer::{MediaKind, Peer, Received};
pub use socket::{Closed, Socket};
