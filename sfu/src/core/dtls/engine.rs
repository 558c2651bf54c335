//! The engine's own DTLS, but with timers for calls: it would wait a second before it sends a flight
//! again, and give up after four times, which a network that loses a fifth of all packets does not
//! forgive.

use std::sync::Arc;
use std::time::Instant;

use dimpl::{Config, Dtls};
use str0m::crypto::CryptoError;
use str0m::crypto::dtls::{DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, ProtocolVersion};

use super::PATIENCE;
use super::retry::FIRST;

/// Doubling from the first interval, that is longer than [`PATIENCE`].
const RETRIES: usize = 7;

pub(super) struct EngineDtls(Dtls);

impl EngineDtls {
    /// For DTLS 1.2, as the server until told otherwise.
    pub(super) fn new(
        certificate: &DtlsCert,
        now: Instant,
        mtu: Option<usize>,
    ) -> Result<Self, CryptoError> {
        // No cookie: a connectivity check has shown that the client is where it says.
        let config = Config::builder().use_server_cookie(false);
        let config = config.flight_start_rto(FIRST).flight_retries(RETRIES);
        let config = config.handshake_timeout(PATIENCE);
        let config = mtu.into_iter().fold(config, |config, mtu| config.mtu(mtu));
        let config = config.build().map_err(|error| CryptoError::Other(error.to_string()))?;
        Ok(Self(Dtls::new_12(Arc::new(config), certificate.clone(), now)))
    }
}

impl DtlsInstance for EngineDtls {
    fn set_active(&mut self, active: bool) {
        self.0.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.0.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buf: &'a mut [u8]) -> DtlsOutput<'a> {
        self.0.poll_output(buf)
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.0.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.0.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.0.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.0.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.0.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.0.close()
    }
}

impl std::fmt::Debug for EngineDtls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EngineDtls").finish_non_exhaustive()
    }
}
