//! Live screens: what happened, as server-sent events from the outbox.
//!
//! `hub` reads the outbox once for all streams; `resume` is the rule where a stream begins;
//! `routes` is the staff's stream. (A customer's own stream, about one link, is in `links`.)

mod hub;
mod places;
mod resume;
mod routes;

pub use hub::{Hub, Listener};
pub use places::Live;
pub(crate) use routes::keep_alive;
pub use routes::router;
