//! The product: a shop's appointments, its customers' files, and the calls between them.
//!
//! One folder per capability (its rules, its tables, its routes); around them the few things that
//! all share. Start reading at [`app`], where everything is wired together.
//!
//! Invariants:
//! - Only [`clock`] reads the wall clock; everyone else asks the application's [`clock::Clock`].
//! - Every change of state goes through [`database::Database::write`] and appends what happened to
//!   the [`outbox`] in the same transaction.
//! - A handler never sees a raw string where the product has a type: requests are parsed at the
//!   edge ([`http::extract`]), and refused as RFC 9457 problems ([`problem`]).

#![allow(unreachable_pub, reason = "entities of sea-orm are `pub` inside private modules")]

pub mod app;
pub mod cli;
pub mod clock;
pub mod database;
mod health;
mod housekeeping;
pub mod http;
pub mod language;
mod metrics;
mod open_files;
pub mod outbox;
pub mod problem;
pub mod secret;
mod serve;
pub mod settings;
pub mod text;
pub mod tls;

pub mod accounts;
pub mod appointments;
pub mod calls;
pub mod consents;
pub mod customers;
pub mod demo;
pub mod links;
pub mod live;
pub mod services;
pub mod shop;
pub mod snapshots;
