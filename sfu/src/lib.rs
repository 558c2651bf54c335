//! # sfu: the media of a call
//!
//! Forwards audio and video between the participants of a room, over WebRTC, without decoding any
//! of it. It knows rooms, participants, tracks and slots. It knows no JSON, SQL or HTTP, no names of
//! people, and not what an appointment is.
//!
//! ## A room, from outside
//!
//! ```no_run
//! # use sfu::{MediaConfig, MediaServer, ParticipantId, Place};
//! # async fn call(config: MediaConfig, offer: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let server = MediaServer::start(config)?;
//! let (room, mut events) = server.open_room();
//! let customer = ParticipantId(1);
//! let answer = room.connect(customer, offer).await?;  // in the lobby: connected, unseen
//! room.place(customer, Place::Call);                  // seen and heard, without a handshake
//! while let Some(event) = events.recv().await { /* connected, slots, quality, lost … */ }
//! # Ok(()) }
//! ```
//!
//! One peer connection per participant, both ways, bundled. Its offer has a line for each track to
//! send ([`TrackKind`]: audio, camera, screen; the camera in up to three simulcast layers), and a
//! pool of lines to receive on: the *receive slots*. Nothing is negotiated again when somebody comes
//! or goes; slots are given to publishers and taken back, and [`RoomEvent::Slots`] says whose they
//! are; only when they are too few [`RoomEvent::MoreSlots`] asks for another offer. We answer as
//! ICE-lite, with the addresses to send to.
//!
//! Viewers say how large they show whom ([`View`]); each gets, of every picture, the layer that its
//! network carries and its screen has pixels for ([`RoomEvent::Receiving`]), and publishers are told
//! which layers anybody needs ([`RoomEvent::Publish`]). How that is decided stands in `README.md`.
//!
//! ## Map
//!
//! `core/` is sans-IO: time comes in as an argument, datagrams and events go out as values.
//! - `room/` who is here, who is shown to whom, and the way of a packet through the room
//! - `peer/` one transport. With `dtls/`, the only place that names the WebRTC engine
//! - `dtls/` DTLS for peers with ECDSA and RSA certificates, and what guards it
//! - `sending/` what a viewer is sent, past the engine: headers, sealing, what is sent again, reports
//! - `congestion/` how much the way to a viewer carries; `srtp/`, `rtcp/` the two protocols, as far as
//!   sending needs them
//! - `path.rs` where a client is, and that it may move
//! - `offer.rs` bounds an offer before the engine sees it
//! - `track.rs`, `cache.rs`, `rate.rs` what is kept of each layer of a publisher's track: the last
//!   key frame and what followed it, and how much it brings
//! - `keyframe_request.rs` when to ask for a key frame: once for all viewers, until it comes
//! - `allocation/` which layer of each picture a viewer gets; a pure function, and its steadiness
//! - `publish.rs` what a publisher is told to send
//! - `slots.rs`, `outgoing.rs`, `rewriter.rs` a viewer's slots, and how one slot is one stream
//! - `red.rs`, `recovery.rs` sound that is sent twice, and what that brings back of what was lost
//! - `liveness.rs`, `quality.rs` who is lost, and how well it goes
//! - `speech.rs`, `speakers.rs` who speaks, who leads the talk, and whose sound is sent in a crowd
//! - `vp8.rs`, `h264.rs` the little that must be known of payloads; `picture.rs` key frame → WebP
//!
//! `driver/` is thin: one thread, one UDP socket and one TCP listener per worker, many rooms each.
//! - `worker.rs` each wake-up does all that is due and sends what came of it together
//! - `tcp/` connections of clients whose network lets no UDP through
//! - `load.rs`, `stats.rs`, `setup.rs` how much there is to do, and what it costs
//! - `demux.rs` whose datagram is it; `socket.rs` batched reads, grouped sends
//! - `handle.rs`, `command.rs`, `hosted.rs` how others speak to a room, over bounded queues
//!
//! ## Invariants
//!
//! - **One owner.** A room lives on one thread. Nothing is locked; everyone else posts requests.
//! - **The core never looks at a clock.** `clippy.toml` forbids it; a call can be replayed. (The
//!   engine draws its keys, names and SSRCs itself; nothing that a test looks at depends on them.)
//! - **The engine is heard out after every change**: what it says of a datagram at once, the rest
//!   once for all that happens at one time (`room/hearing.rs`).
//! - **A payload is stored once**, and shared by all viewers, the cache and the taps.
//! - **The engine sends no media.** It and `sending/` seal with the same keys, and no two packets may
//!   have the same nonce: so it is never told of the SSRCs that we send as, but while it answers.
//! - **A slot is one stream.** Whatever it shows, sequence numbers have no holes that a
//!   retransmission cannot fill, timestamps don't go back, VP8 picture numbers go on, and the first
//!   sequence number is far below 65,536 (SRTP's roll-over counter starts at 0).
//! - **Video is joined at a key frame**: a cached one where there is one, so that whoever is placed
//!   into the call has a picture after one way through the network.
//! - **In the lobby nothing is forwarded**, in either direction.
//! - **Strangers leave no trace.** An address is learnt only from a connectivity check that proves
//!   to be a participant's; all else is dropped and counted, unanswered.
//! - **Everything is bounded**: offers, rooms, slots, caches, queues, addresses per participant.
//! - **A panic ends one room**, not its worker.
//! - **Nobody sends what nobody watches**, and nobody is sent what it does not show.

pub mod core;
#[cfg(feature = "driver")]
mod driver;

pub use crate::core::error::ConnectError;
pub use crate::core::event::{MediaKind, Quality, QualityReport, RoomEvent, Slot, TrackKind, View};
pub use crate::core::participant::{ParticipantId, Place};
pub use crate::core::picture::KeyFrame;
pub use crate::core::tap::{Codec, TapPacket};
#[cfg(feature = "driver")]
pub use crate::driver::{MediaConfig, MediaServer, RoomHandle, StartError};
#[cfg(feature = "driver")]
pub use crate::driver::{MediaStats, TIME_BUCKETS, TimeStats, WorkerStats};
