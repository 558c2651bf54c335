//! What DTLS agreed on for SRTP.

use std::fmt;

/// An SRTP protection profile (RFC 5764 §4.1.2, RFC 7714 §14.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// `SRTP_AES128_CM_HMAC_SHA1_80`
    Aes128CmSha1_80,
    /// `SRTP_AEAD_AES_128_GCM`
    AeadAes128Gcm,
    /// `SRTP_AEAD_AES_256_GCM`
    AeadAes256Gcm,
}

impl Profile {
    /// Of a master key, in bytes.
    const fn key_length(self) -> usize {
        match self {
            Self::Aes128CmSha1_80 | Self::AeadAes128Gcm => 16,
            Self::AeadAes256Gcm => 32,
        }
    }

    /// Of a master salt, in bytes.
    const fn salt_length(self) -> usize {
        match self {
            Self::Aes128CmSha1_80 => 14,
            Self::AeadAes128Gcm | Self::AeadAes256Gcm => 12,
        }
    }
}

/// The master keys and salts of both directions.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SrtpKeys {
    profile: Profile,
    /// Key of the client, key of the server, salt of the client, salt of the server.
    material: Box<[u8]>,
}

/// The master key and salt of one direction.
pub(super) struct Master<'a> {
    pub(super) profile: Profile,
    pub(super) key: &'a [u8],
    pub(super) salt: &'a [u8],
}

impl SrtpKeys {
    /// Of what the DTLS exporter gave; `None` when it is not as long as the profile wants it.
    pub(crate) fn new(profile: Profile, exported: &[u8]) -> Option<Self> {
        let length = 2 * (profile.key_length() + profile.salt_length());
        (exported.len() == length).then(|| Self { profile, material: exported.into() })
    }

    /// For what the DTLS client sends, or for what the server does.
    pub(super) fn sent_by<'a>(&'a self, client: bool) -> Master<'a> {
        let (keys, salts) = self.material.split_at(2 * self.profile.key_length());
        let of = |both: &'a [u8]| {
            let (of_client, of_server) = both.split_at(both.len() / 2);
            if client { of_client } else { of_server }
        };
        Master { profile: self.profile, key: of(keys), salt: of(salts) }
    }
}

/// Without the keys.
impl fmt::Debug for SrtpKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SrtpKeys").field("profile", &self.profile).finish_non_exhaustive()
    }
}
