//! DTLS 1.2 (RFC 6347) for peers with ECDSA and with RSA certificates.
//!
//! The WebRTC engine's own DTLS serves browsers, with ECDSA suites only. GStreamer and other users
//! of OpenSSL come with RSA; they know no DTLS 1.3, which tells them from browsers in their first
//! datagram (`choice.rs`), and are served by `rtc-dtls`, at the price of one round trip more. The
//! engine keeps its own SRTP, hashes and certificates. With `rtc-dtls`, SRTP is keyed for
//! AES-128-GCM (RFC 7714) wherever the peer has it: sealing a packet costs a fifth of what AES-CM
//! with HMAC-SHA1 costs.
//!
//! `rtc-dtls` trusts its peer more than a server may. What protects it:
//! - `screen.rs` lets through only what a handshake can need, in bounded number and size
//! - `association.rs` catches its panics, and times its retransmissions
//!
//! A fifth of all packets may be lost on the way: flights are sent again soon (`retry.rs`), and the
//! last one, which no timer would bring again, a few times over (`last_flight.rs`).
//!
//! Whoever builds a transport may ask for the keys of its SRTP (`export.rs`).

mod association;
mod choice;
mod client_hello;
mod engine;
mod export;
mod fragments;
mod last_flight;
mod retry;
mod screen;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use rtc_dtls::cipher_suite::CipherSuiteId;
use rtc_dtls::config::{ClientAuthType, ConfigBuilder, ExtendedMasterSecretType, HandshakeConfig};
use rtc_dtls::crypto::Certificate;
use rtc_dtls::crypto_provider::{RTCCryptoProvider, SignatureScheme, default_provider};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use str0m::crypto::dtls::{DtlsCert, DtlsInstance, DtlsProvider, DtlsVersion};
use str0m::crypto::{CryptoError, CryptoProvider};

use choice::Choice;
use engine::EngineDtls;
pub(crate) use export::{ExportedKeys, exporting};

/// As the peer may pick any of those that we offer, only suites with forward secrecy and
/// authenticated encryption.
const SUITES: [CipherSuiteId; 4] = [
    CipherSuiteId::Tls_Ecdhe_Ecdsa_With_Aes_128_Gcm_Sha256,
    CipherSuiteId::Tls_Ecdhe_Rsa_With_Aes_128_Gcm_Sha256,
    CipherSuiteId::Tls_Ecdhe_Ecdsa_With_ChaCha20_Poly1305_Sha256,
    CipherSuiteId::Tls_Ecdhe_Rsa_With_ChaCha20_Poly1305_Sha256,
];
/// Of a record (RFC 6347 §4.1), and of a handshake message's fragment in it (§4.2.2), in bytes.
const RECORD_HEADER: usize = 13;
const HANDSHAKE_HEADER: usize = 12;
/// Best first.
const PROFILES: [SrtpProtectionProfile; 3] = [
    SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm,
    SrtpProtectionProfile::Srtp_Aead_Aes_256_Gcm,
    SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80,
];
/// Of the contents of a handshake fragment. Headers and seal add 49 bytes at most.
const LARGEST_FRAGMENT: usize = 1_100;
/// A handshake that takes longer is given up: no client waits any more, it has another transport.
const PATIENCE: Duration = Duration::from_secs(20);
/// `rtc-dtls` has a fixed interval; the real ones are those of [`retry::Retry`].
const SHORTEST_INTERVAL: Duration = Duration::from_millis(1);

/// The engine's cryptography, with this DTLS.
pub(crate) fn crypto() -> CryptoProvider {
    static DTLS: Provider = Provider;
    CryptoProvider { dtls_provider: &DTLS, ..str0m::crypto::from_feature_flags() }
}

#[derive(Debug)]
struct Provider;

impl DtlsProvider for Provider {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        str0m::crypto::from_feature_flags().dtls_provider.generate_certificate()
    }

    fn new_dtls(
        &self,
        certificate: &DtlsCert,
        now: Instant,
        _version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        let settings = Settings::new(certificate).map_err(CryptoError::Other)?;
        let serving = EngineDtls::new(certificate, now, mtu)?;
        Ok(Box::new(Choice::new(Box::new(serving), settings, ExportedKeys::of_this_build(), now)))
    }
}

/// What an association is made with.
#[derive(Clone)]
struct Settings {
    crypto: Arc<dyn RTCCryptoProvider>,
    certificate: Certificate,
}

impl Settings {
    fn new(certificate: &DtlsCert) -> Result<Self, String> {
        let crypto = default_provider().map_err(|error| error.to_string())?;
        let key = crypto
            .crypto()
            .import_signing_key(SignatureScheme::EcdsaP256Sha256, &certificate.private_key)
            .map_err(|error| error.to_string())?;
        let chain = vec![certificate.certificate.clone().into()];
        Ok(Self { crypto, certificate: Certificate::from_signing_key(chain, key) })
    }

    /// For one role. That the peer's certificate is the announced one is for the engine to check;
    /// that the peer has its key is checked here.
    fn build(
        &self,
        is_client: bool,
        profiles: &[SrtpProtectionProfile],
    ) -> Result<Arc<HandshakeConfig>, String> {
        ConfigBuilder::default()
            .with_crypto_provider(self.crypto.clone())
            .with_certificates(vec![self.certificate.clone()])
            .with_cipher_suites(SUITES.to_vec())
            .with_srtp_protection_profiles(profiles.to_vec())
            .with_client_auth(ClientAuthType::RequireAnyClientCert)
            .with_extended_master_secret(ExtendedMasterSecretType::Require)
            .with_insecure_skip_verify(true)
            .with_flight_interval(SHORTEST_INTERVAL)
            .with_mtu(LARGEST_FRAGMENT)
            .build(is_client, None)
            .map(Arc::new)
            .map_err(|error| error.to_string())
    }
}
