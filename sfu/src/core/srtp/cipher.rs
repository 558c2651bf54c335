//! What encrypts and authenticates the packets of one protocol in one direction.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, Tag, UnboundKey};
use aws_lc_rs::cipher::{EncryptingKey, EncryptionContext};
use aws_lc_rs::hmac;

use super::RTCP_HEADER;
use super::derivation::{Protocol, Use, counter_mode};
use super::keys::{Master, Profile};

/// Keys are prepared once; packets are worked on where they lie, and nothing is allocated for them.
pub(super) enum Cipher {
    Counter(Box<Counter>),
    Gcm(Gcm),
}

/// AES in counter mode with HMAC-SHA1, of which 80 bits are sent (RFC 3711 §4.1.1 and §4.2.1).
pub(super) struct Counter {
    key: EncryptingKey,
    salt: [u8; 14],
    authentication: hmac::Key,
}

/// AES in Galois/counter mode (RFC 7714).
pub(super) struct Gcm {
    key: LessSafeKey,
    salt: [u8; 12],
}

impl Cipher {
    /// `None` never with the keys of [`super::SrtpKeys`], unless the library refuses them.
    pub(super) fn new(master: &Master<'_>, protocol: Protocol) -> Option<Self> {
        match master.profile {
            Profile::Aes128CmSha1_80 => {
                let key: [u8; 16] = master.derive(protocol, Use::Encryption)?;
                let secret: [u8; 20] = master.derive(protocol, Use::Authentication)?;
                let salt = master.derive(protocol, Use::Salting)?;
                let key = counter_mode(&key)?;
                let authentication = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret);
                Some(Self::Counter(Box::new(Counter { key, salt, authentication })))
            }
            Profile::AeadAes128Gcm => {
                let key: [u8; 16] = master.derive(protocol, Use::Encryption)?;
                Some(Self::Gcm(Gcm::new(&key, master.derive(protocol, Use::Salting)?)?))
            }
            Profile::AeadAes256Gcm => {
                let key: [u8; 32] = master.derive(protocol, Use::Encryption)?;
                Some(Self::Gcm(Gcm::new(&key, master.derive(protocol, Use::Salting)?)?))
            }
        }
    }
}

impl Counter {
    /// Of the authentication tag, in bytes.
    pub(super) const TAG: usize = 10;

    /// Encrypts or decrypts, which are the same.
    pub(super) fn apply(&self, ssrc: [u8; 4], index: u64, bytes: &mut [u8]) -> bool {
        let mut counter = [0; 16];
        counter[..14].copy_from_slice(&self.salt);
        mix(&mut counter[4..14], ssrc, index);
        let context = EncryptionContext::Iv128(counter.into());
        self.key.less_safe_encrypt(bytes, context).is_ok()
    }

    /// Only the first [`Self::TAG`] bytes are sent.
    pub(super) fn authenticate(&self, bytes: &[u8]) -> [u8; Self::TAG] {
        let mut tag = [0; Self::TAG];
        tag.copy_from_slice(&hmac::sign(&self.authentication, bytes).as_ref()[..Self::TAG]);
        tag
    }
}

impl Gcm {
    /// Of the authentication tag, in bytes.
    pub(super) const TAG: usize = 16;

    /// With the session's key, of 16 or 32 bytes.
    pub(super) fn new(key: &[u8], salt: [u8; 12]) -> Option<Self> {
        let algorithm = if key.len() == 32 { &AES_256_GCM } else { &AES_128_GCM };
        Some(Self { key: LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?), salt })
    }

    /// Encrypts in place.
    pub(super) fn seal(
        &self,
        ssrc: [u8; 4],
        index: u64,
        associated: &[u8],
        bytes: &mut [u8],
    ) -> Option<Tag> {
        let nonce = self.nonce(ssrc, index);
        self.key.seal_in_place_separate_tag(nonce, Aad::from(associated), bytes).ok()
    }

    /// Decrypts in place. When it returns `false`, `bytes` are anything.
    pub(super) fn open(
        &self,
        ssrc: [u8; 4],
        index: u64,
        associated: &[u8],
        bytes: &mut [u8],
        tag: &[u8],
    ) -> bool {
        let nonce = self.nonce(ssrc, index);
        self.key.open_in_place_separate_tag(nonce, Aad::from(associated), tag, bytes).is_ok()
    }

    /// RFC 7714 §8.1 and §9.1: an index of RTCP has 31 bits, with zeros in place of the rest.
    fn nonce(&self, ssrc: [u8; 4], index: u64) -> Nonce {
        let mut nonce = self.salt;
        mix(&mut nonce[2..], ssrc, index);
        Nonce::assume_unique_for_key(nonce)
    }
}

/// What is authenticated with an encrypted RTCP packet (RFC 7714 §9.2): its header, and the index with
/// its flag.
pub(super) fn associated(header: &[u8; RTCP_HEADER], word: [u8; 4]) -> [u8; RTCP_HEADER + 4] {
    let mut associated = [0; RTCP_HEADER + 4];
    associated[..RTCP_HEADER].copy_from_slice(header);
    associated[RTCP_HEADER..].copy_from_slice(&word);
    associated
}

/// Adds SSRC and the 48 bits of an index to ten bytes of salt.
fn mix(salt: &mut [u8], ssrc: [u8; 4], index: u64) {
    let [_, _, index @ ..] = index.to_be_bytes();
    let added = ssrc.into_iter().chain(index);
    salt.iter_mut().zip(added).for_each(|(byte, added)| *byte ^= added);
}
