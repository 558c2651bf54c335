//! Seals what is sent to a client.

use super::cipher::{Cipher, associated};
use super::derivation::Protocol;
use super::keys::SrtpKeys;
use super::{ENCRYPTED, INDEX_BITS, RTCP_HEADER, RTP_HEADER};

/// One direction of one session.
pub(crate) struct Sealer {
    pub(super) rtp: Cipher,
    pub(super) rtcp: Cipher,
    /// The SRTCP index of the next packet, of whatever SSRC.
    pub(super) next_rtcp: u32,
}

impl Sealer {
    /// `is_client`: whether we are the DTLS client. `None` when the library refuses the keys.
    pub(crate) fn new(keys: &SrtpKeys, is_client: bool) -> Option<Self> {
        let master = keys.sent_by(is_client);
        let rtp = Cipher::new(&master, Protocol::Rtp)?;
        Some(Self { rtp, rtcp: Cipher::new(&master, Protocol::Rtcp)?, next_rtcp: 0 })
    }

    /// Encrypts the payload of an RTP packet and appends its tag, of 10 or 16 bytes.
    /// `header_length`: in bytes, with CSRCs and extensions. `index`: rollover counter and sequence
    /// number, 48 bits together; it must never come twice with the same SSRC.
    ///
    /// `false` when header or index contradict the packet, or the index has come to its end: then it
    /// must not be sent, and its contents are anything.
    pub(crate) fn seal_rtp(
        &mut self,
        packet: &mut Vec<u8>,
        header_length: usize,
        index: u64,
    ) -> bool {
        let Some((header, payload)) = packet.split_at_mut_checked(header_length) else {
            return false;
        };
        let Some([_, _, high, low, _, _, _, _, ssrc @ ..]) = header.first_chunk::<RTP_HEADER>()
        else {
            return false;
        };
        if u16::from_be_bytes([*high, *low]) != index as u16 || index >> INDEX_BITS != 0 {
            return false;
        }
        let ssrc = *ssrc;
        match &self.rtp {
            Cipher::Gcm(gcm) => match gcm.seal(ssrc, index, header, payload) {
                Some(tag) => packet.extend_from_slice(tag.as_ref()),
                None => return false,
            },
            Cipher::Counter(counter) => {
                if !counter.apply(ssrc, index, payload) {
                    return false;
                }
                // The rollover counter is authenticated as if it followed, but not sent.
                let sealed = packet.len();
                packet.extend_from_slice(&((index >> 16) as u32).to_be_bytes());
                let tag = counter.authenticate(packet);
                packet.truncate(sealed);
                packet.extend_from_slice(&tag);
            }
        }
        true
    }

    /// Encrypts an RTCP packet, compound or not, behind its first header, and appends index and tag.
    ///
    /// `false` when there is no whole header, or all 2³¹ indices are used: then it must not be sent.
    pub(crate) fn seal_rtcp(&mut self, packet: &mut Vec<u8>) -> bool {
        let index = self.next_rtcp;
        if index >= ENCRYPTED {
            return false;
        }
        let word = (ENCRYPTED | index).to_be_bytes();
        let Some((header, contents)) = packet.split_first_chunk_mut::<RTCP_HEADER>() else {
            return false;
        };
        self.next_rtcp += 1;
        let [_, _, _, _, ssrc @ ..] = *header;
        let index = u64::from(index);
        match &self.rtcp {
            Cipher::Gcm(gcm) => {
                let associated = associated(header, word);
                let Some(tag) = gcm.seal(ssrc, index, &associated, contents) else { return false };
                packet.extend_from_slice(tag.as_ref());
                packet.extend_from_slice(&word);
            }
            Cipher::Counter(counter) => {
                if !counter.apply(ssrc, index, contents) {
                    return false;
                }
                packet.extend_from_slice(&word);
                let tag = counter.authenticate(packet);
                packet.extend_from_slice(&tag);
            }
        }
        true
    }
}

/// Without the keys.
impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").field("next_rtcp", &self.next_rtcp).finish_non_exhaustive()
    }
}
