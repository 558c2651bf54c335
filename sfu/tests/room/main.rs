//! The room core in virtual time: real transports at both ends, no sockets, no waiting.

#![allow(clippy::unwrap_used)]

mod client;
mod forwarding;
mod hostile;
mod joining;
mod key_frames;
mod liveness;
mod properties;
mod slots;
mod world;
