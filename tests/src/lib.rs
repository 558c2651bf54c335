//! The harness of the whole-system stories: the real app on either database, the personas who act
//! in it, and native participants on a WebRTC stack that is not the server's own.
#![allow(clippy::unwrap_used)]

pub mod app;
pub mod link;
pub mod load;
pub mod native;
pub mod persona;
pub mod postgres;
pub mod shop;
pub mod small_disk;
pub mod sse;
