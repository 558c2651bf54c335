//! The crate's behaviour from outside, one file per subject, linked once.
#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "tests look at the clock")]

mod blobs;
mod hostile;
mod kill;
mod make;
mod metadata;
mod parts;
mod pictures;
