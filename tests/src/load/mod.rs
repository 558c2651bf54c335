//! The load generator: many native participants in one process, on a WebRTC stack that is not the
//! server's own, and a comparison of two servers under the same streams.
//!
//! - `clip.rs` what publishers send: VP8 and Opus, encoded beforehand
//! - `stamp.rs` who sent a packet, and when, written behind its payload
//! - `client.rs` one peer connection; `publishing.rs` what it sends when; `tally.rs` what it got
//! - `codecs.rs`, `key_frame_requests.rs` how its engine is set up
//! - `clock.rs` the real time
//! - `case.rs` the shapes of calls that are measured
//! - `closeup.rs`, `bare.rs`, `janus.rs` the servers, started as processes and spoken to in their
//!   own protocols; `process.rs` what they cost
//! - `run.rs` one case on one server; `first_picture.rs` how soon a picture is there; `report.rs` the table
//!   and the JSON

pub mod bare;
pub mod case;
pub mod client;
pub mod clip;
pub mod clock;
pub mod closeup;
mod codecs;
pub mod first_picture;
pub mod janus;
mod key_frame_requests;
pub mod process;
mod publishing;
pub mod report;
pub mod run;
pub mod stamp;
pub mod tally;
