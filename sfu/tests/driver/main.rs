//! The driver over real sockets on loopback: calls go through it, strangers don't.

#![allow(clippy::unwrap_used)]

mod caller;
mod calls;
#[path = "../room/client.rs"]
#[allow(dead_code, reason = "the room's tests ask more of it")]
mod client;
#[path = "../room/decoder.rs"]
#[allow(dead_code, reason = "the room's tests ask more of it")]
mod decoder;
#[path = "../room/net.rs"]
#[allow(dead_code, reason = "the room's tests ask more of it")]
mod net;
#[path = "../room/red.rs"]
mod red;
#[path = "../room/source.rs"]
#[allow(dead_code, reason = "the room's tests ask more of it")]
mod source;
mod strangers;
mod tcp;
mod tcp_line;
mod workers;
