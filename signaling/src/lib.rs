//! Who is in a call, and what they say to each other.
//!
//! - [`message`]: what travels over the socket; `PROTOCOL.md` describes it.
//! - [`gate`]: what the call needs of the product: may they join, what must be kept.
//! - [`core`]: the call itself, sans-IO. Time and entropy are arguments, effects are return values.
//! - `driver` (feature `driver`): the WebSocket, the registry of calls, one task per call.
//!
//! Invariants:
//! - Nobody in the lobby is forwarded anything of the call, or told who is in it.
//! - What must be kept is kept before anybody is told of it.
//! - A seat belongs to one socket at a time; a newer one supersedes the older.
//! - Every queue is bounded. A client that does not read is dropped, and may resume.

pub mod core;
#[cfg(feature = "driver")]
pub mod driver;
pub mod gate;
pub mod message;
pub mod time;
pub mod typescript;

#[cfg(feature = "driver")]
pub use driver::Calls;
