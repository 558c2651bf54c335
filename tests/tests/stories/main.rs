//! What people do with the shop, over HTTP and sockets, on both databases. One program, so that it
//! is linked once.
#![allow(clippy::unwrap_used)]

mod accounts;
mod booking;
mod call_quality;
mod call_records;
mod customers;
mod database_recovery;
mod demo;
mod full_disk;
mod guest_links;
mod harness;
mod hostile_sockets;
mod http_protection;
mod links;
mod live;
mod operations;
mod outbox;
mod services;
mod shop_settings;
mod snapshots;
mod staff;
mod stills;
mod waiting_line;
