//! Session keys from master keys (RFC 3711 §4.3), derived once for a whole session (a key
//! derivation rate of 0).

use aws_lc_rs::cipher::{AES_128, AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};

use super::keys::Master;

/// What keys are for. SRTP's labels (RFC 3711 §4.3.2) are these, SRTCP's three more.
#[derive(Debug, Clone, Copy)]
pub(super) enum Use {
    Encryption = 0,
    Authentication = 1,
    Salting = 2,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Rtp = 0,
    Rtcp = 3,
}

impl Master<'_> {
    /// The pseudo-random function of RFC 3711 §4.3.3; with the key's length it is that of RFC 7714
    /// §11, where a salt of 12 bytes is filled up with zeros.
    pub(super) fn derive<const LENGTH: usize>(
        &self,
        protocol: Protocol,
        wanted: Use,
    ) -> Option<[u8; LENGTH]> {
        let mut counter = [0; 16];
        counter.get_mut(..self.salt.len())?.copy_from_slice(self.salt);
        counter[7] ^= protocol as u8 + wanted as u8;
        let mut derived = [0; LENGTH];
        let context = EncryptionContext::Iv128(counter.into());
        counter_mode(self.key)?.less_safe_encrypt(&mut derived, context).ok()?;
        Some(derived)
    }
}

/// AES in counter mode, with its key schedule.
pub(super) fn counter_mode(key: &[u8]) -> Option<EncryptingKey> {
    let algorithm = if key.len() == 32 { &AES_256 } else { &AES_128 };
    EncryptingKey::ctr(UnboundCipherKey::new(algorithm, key).ok()?).ok()
}
