//! From a capture to a picture in the customer's file, at the height of HTTP.

pub(crate) mod begun;
mod consent;
mod file;
mod hostile;
mod orphans;
mod resumed;
mod review;
mod uploads;
