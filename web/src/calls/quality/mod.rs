//! How good each connection of a call was: kept while it goes on, and shown on its appointment.
//!
//! `keep` writes the samples, `level` is their words, `show` makes of a person's samples what a chart
//! draws.

mod keep;
mod level;
mod show;

pub(super) use keep::keep;
pub(super) use show::{CallQuality, of_call};
