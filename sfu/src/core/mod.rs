//! The sans-IO half: rooms and all that is in them. Time and entropy come in as arguments,
//! datagrams and events go out as values, so a whole call can be replayed in virtual time.

pub mod error;
pub mod event;
pub mod participant;
pub mod picture;
pub mod tap;
