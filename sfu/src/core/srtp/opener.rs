//! Opens the RTCP that a client sends.

use aws_lc_rs::constant_time::verify_slices_are_equal;

use super::cipher::{Cipher, Counter, Gcm, associated};
use super::derivation::Protocol;
use super::keys::SrtpKeys;
use super::replay::Replay;
use super::{ENCRYPTED, RTCP_HEADER};

/// One direction of one session.
pub(crate) struct Opener {
    pub(super) rtcp: Cipher,
    pub(super) heard: Replay,
    /// What was opened last.
    pub(super) opened: Vec<u8>,
}

impl Opener {
    /// `is_client`: whether *we* are the DTLS client; it opens what the other side sealed. `None`
    /// when the library refuses the keys.
    pub(crate) fn new(keys: &SrtpKeys, is_client: bool) -> Option<Self> {
        let rtcp = Cipher::new(&keys.sent_by(!is_client), Protocol::Rtcp)?;
        Some(Self { rtcp, heard: Replay::default(), opened: Vec::new() })
    }

    /// The RTCP in an SRTCP packet; `None` when it is cut short, not the client's own, or was opened
    /// before. It may be encrypted, or only authenticated (RFC 3711 §3.4).
    pub(crate) fn open_rtcp(&mut self, packet: &[u8]) -> Option<&[u8]> {
        let (sealed, word, tag) = match &self.rtcp {
            Cipher::Gcm(_) => {
                let (rest, word) = packet.split_last_chunk::<4>()?;
                let (sealed, tag) = rest.split_at(rest.len().checked_sub(Gcm::TAG)?);
                (sealed, word, tag)
            }
            Cipher::Counter(_) => {
                let (rest, tag) = packet.split_at(packet.len().checked_sub(Counter::TAG)?);
                let (sealed, word) = rest.split_last_chunk::<4>()?;
                (sealed, word, tag)
            }
        };
        let [_, _, _, _, ssrc @ ..] = *sealed.first_chunk::<RTCP_HEADER>()?;
        let flagged = u32::from_be_bytes(*word);
        let (index, is_encrypted) = (flagged & !ENCRYPTED, flagged & ENCRYPTED != 0);
        if !self.heard.is_new(ssrc, index) {
            return None;
        }
        let at = u64::from(index);
        self.opened.clear();
        self.opened.extend_from_slice(sealed);
        let is_sound = match &self.rtcp {
            Cipher::Gcm(gcm) if is_encrypted => {
                let (header, contents) = self.opened.split_first_chunk_mut::<RTCP_HEADER>()?;
                gcm.open(ssrc, at, &associated(header, *word), contents, tag)
            }
            Cipher::Gcm(gcm) => {
                // All of it is only authenticated, with the index behind it.
                self.opened.extend_from_slice(word);
                let is_sound = gcm.open(ssrc, at, &self.opened, &mut [], tag);
                self.opened.truncate(sealed.len());
                is_sound
            }
            Cipher::Counter(counter) => {
                let expected = counter.authenticate(&packet[..packet.len() - Counter::TAG]);
                let contents = &mut self.opened[RTCP_HEADER..];
                verify_slices_are_equal(&expected, tag).is_ok()
                    && (!is_encrypted || counter.apply(ssrc, at, contents))
            }
        };
        if !is_sound {
            return None;
        }
        self.heard.note(ssrc, index);
        Some(&self.opened)
    }
}

/// Without the keys.
impl std::fmt::Debug for Opener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opener").finish_non_exhaustive()
    }
}
