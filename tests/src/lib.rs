//! The harness of the whole-system stories: databases, the real app, its personas, and native
//! participants on a WebRTC stack that is not the server's own.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

pub mod native;
pub mod postgres;
