//! The thin half: UDP sockets, one thread per worker, and the handles by which others speak to
//! the rooms. No rule about media lives here.

mod command;
mod handle;
mod server;
mod stats;
mod worker;

pub use handle::RoomHandle;
pub use server::{MediaConfig, MediaServer, StartError};
pub use stats::MediaStats;
