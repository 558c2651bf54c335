//! What we say of a stream that we send (RFC 3550 §6.4.1 and §6.5).

use super::{SENDER_REPORT, SOURCE_DESCRIPTION};

const CANONICAL_NAME: u8 = 1;
/// Of a canonical name, in bytes.
const LONGEST: usize = 255;

/// A sender report without report blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderReport {
    pub ssrc: u32,
    /// Now: seconds since 1900 in the upper half, 2⁻³² s in the lower.
    pub ntp: u64,
    /// The same moment on the stream's clock.
    pub rtp_timestamp: u32,
    /// Sent so far.
    pub packets: u32,
    /// Of payload, sent so far.
    pub octets: u32,
}

impl SenderReport {
    /// Appends the report, and with a canonical name the source description that a compound packet
    /// wants. Of a name, no more than 255 bytes are written.
    pub fn write(&self, cname: Option<&str>, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0x80, SENDER_REPORT, 0, 6]);
        out.extend_from_slice(&self.ssrc.to_be_bytes());
        out.extend_from_slice(&self.ntp.to_be_bytes());
        for field in [self.rtp_timestamp, self.packets, self.octets] {
            out.extend_from_slice(&field.to_be_bytes());
        }
        if let Some(name) = cname {
            self.describe(&name[..name.floor_char_boundary(LONGEST)], out);
        }
    }

    fn describe(&self, name: &str, out: &mut Vec<u8>) {
        // Behind the SSRC: kind, length, name, and one zero at least that ends the list.
        let items = (2 + name.len() + 1).next_multiple_of(4);
        let words = 1 + items as u16 / 4;
        out.extend_from_slice(&[0x81, SOURCE_DESCRIPTION]);
        out.extend_from_slice(&words.to_be_bytes());
        out.extend_from_slice(&self.ssrc.to_be_bytes());
        let end = out.len() + items;
        out.extend_from_slice(&[CANONICAL_NAME, name.len() as u8]);
        out.extend_from_slice(name.as_bytes());
        out.resize(end, 0);
    }
}
