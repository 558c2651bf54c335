//! The room core in virtual time: real transports at both ends, no sockets, no waiting.

#![allow(clippy::unwrap_used)]

mod client;
mod crowds;
mod decoder;
mod forwarding;
mod handshake;
mod healing;
mod hostile;
mod hostile_media;
mod joining;
mod key_frames;
mod layers;
mod liveness;
mod net;
mod networks;
mod properties;
mod red;
mod redundancy;
mod shares;
mod slots;
mod source;
mod tracks;
mod world;
