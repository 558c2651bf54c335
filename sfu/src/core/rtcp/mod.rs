//! Reads what a receiver says of what it gets (RTCP: RFC 3550 §6, RFC 4585, RFC 5104, and
//! transport-wide congestion control, draft-holmer-rmcat-transport-wide-cc-extensions-01), and writes
//! sender reports.
//!
//! Everything is read as far as it makes sense, and nothing panics: it may be of a stranger.

mod feedback;
mod message;
mod part;
mod sender_report;
#[cfg(test)]
mod tests;

pub use self::feedback::TransportFeedback;
pub use self::message::{Message, ReceptionReport, concerns_the_engine, read};
pub use self::sender_report::SenderReport;

/// Packet types (RFC 3550 §12.1, RFC 4585 §6.1).
const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const TRANSPORT_FEEDBACK: u8 = 205;
const PAYLOAD_FEEDBACK: u8 = 206;
