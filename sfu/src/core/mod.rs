//! The sans-IO half: rooms and all that is in them. Time and entropy come in as arguments,
//! datagrams and events go out as values, so a whole call can be replayed in virtual time.

pub mod allocation;
pub mod cache;
mod capture_clock;
mod congestion;
pub mod datagram_kind;
mod dtls;
pub mod error;
pub mod event;
mod h264;
pub mod keyframe_request;
pub mod liveness;
mod losses;
mod offer;
mod outgoing;
pub mod packet;
pub mod participant;
mod path;
mod peer;
pub mod picture;
mod publish;
mod quality;
mod rate;
mod recovery;
pub mod red;
pub mod rewriter;
pub mod room;
pub mod rtcp;
mod sending;
mod slots;
mod speakers;
mod speech;
mod srtp;
pub mod stun;
pub mod tally;
pub mod tap;
#[cfg(test)]
mod testing;
pub(crate) mod track;
pub mod transport;
pub mod vp8;

pub use self::peer::{Datagram, Identity};
pub use self::transport::{LocalAddress, Transport};
