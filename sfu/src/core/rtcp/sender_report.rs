//! What we say of a stream that we send (RFC 3550 §6.4.1).

use super::SENDER_REPORT;

/// A sender report without report blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderReport {
    pub ssrc: u32,
    /// Now: seconds in the upper half, 2⁻³² s in the lower.
    pub ntp: u64,
    /// The same moment on the stream's clock.
    pub rtp_timestamp: u32,
    /// Sent so far.
    pub packets: u32,
    /// Of payload, sent so far.
    pub octets: u32,
}

impl SenderReport {
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0x80, SENDER_REPORT, 0, 6]);
        out.extend_from_slice(&self.ssrc.to_be_bytes());
        out.extend_from_slice(&self.ntp.to_be_bytes());
        for field in [self.rtp_timestamp, self.packets, self.octets] {
            out.extend_from_slice(&field.to_be_bytes());
        }
    }
}
