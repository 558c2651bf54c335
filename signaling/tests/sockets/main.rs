//! The driver over real WebSockets: what a client's author, an attacker or a bad network would see.
#![allow(clippy::unwrap_used)]

mod client;
mod compression;
mod manners;
mod shop;
mod stories;
