//! The thin half: UDP and TCP sockets, one thread per worker, and the handles by which others speak to
//! the rooms. No rule about media lives here.

mod addresses;
mod clock;
mod command;
mod demux;
mod handle;
mod hosted;
mod incoming;
mod late;
mod links;
mod load;
mod pictures;
mod seeking;
mod server;
mod setup;
mod socket;
mod stats;
mod tcp;
mod thread;
mod worker;

pub use handle::RoomHandle;
pub use server::{MediaConfig, MediaServer, StartError};
pub use stats::{MediaStats, TIME_BUCKETS, TimeStats, WorkerStats};
