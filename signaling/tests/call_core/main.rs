//! The call core in virtual time: what people notice when they join, wait, are admitted, drop, come
//! back, are captured, and when the call ends.
#![allow(clippy::unwrap_used)]

mod capturing;
mod connections;
mod ending;
mod floor;
mod joining;
mod limits;
mod moderating;
mod placing;
mod quality;
mod resuming;
mod rights;
mod stills;
mod storms;
mod waiting;
mod world;
