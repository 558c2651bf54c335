//! What all transports of a server have in common, and how each is set up.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use str0m::RtcConfig;
use str0m::config::{CryptoProvider, DtlsCert};

use super::codecs::{codecs, extensions};
use crate::core::dtls;
use crate::core::transport::LocalAddress;

/// Where the estimate of the way to a viewer begins, in bits per second.
pub(super) const INITIAL_ESTIMATE: u64 = 2_500_000;
const MEASURE_EVERY: Duration = Duration::from_millis(500);

/// What all transports of a server have in common: its certificate, and where it listens.
#[derive(Debug, Clone)]
pub struct Identity {
    crypto: Arc<CryptoProvider>,
    certificate: DtlsCert,
    pub(super) candidates: Vec<LocalAddress>,
}

impl Identity {
    /// Makes a new certificate (ECDSA P-256), behind UDP addresses. `None` when that fails.
    pub fn generate(candidates: Vec<SocketAddr>) -> Option<Self> {
        let crypto = Arc::new(dtls::crypto());
        let certificate = crypto.dtls_provider.generate_certificate()?;
        let candidates = candidates.into_iter().map(LocalAddress::from).collect();
        Some(Self { crypto, certificate, candidates })
    }

    /// The same certificate behind other addresses.
    pub fn listening_at(&self, candidates: Vec<LocalAddress>) -> Self {
        Self { candidates, ..self.clone() }
    }
}

pub(super) fn configure(identity: &Identity) -> RtcConfig {
    let mut config = RtcConfig::new()
        .set_crypto_provider(identity.crypto.clone())
        .set_dtls_cert(identity.certificate.clone())
        .set_ice_lite(true)
        .set_rtp_mode(true)
        .set_stats_interval(Some(MEASURE_EVERY))
        .set_extension_map(extensions());
    *config.codec_config() = codecs();
    config
}
