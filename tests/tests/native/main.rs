//! Stories with media between native clients: they judge what arrives in real time.
#![allow(clippy::unwrap_used)]

mod call;
mod media;
