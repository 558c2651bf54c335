//! One DTLS association with a client: `rtc-dtls` as the engine wants it.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc_shared::TransportProtocol;
use rtc_shared::error::Error;
use str0m::crypto::dtls::{
    DtlsImplError, DtlsInstance, DtlsOutput, KeyingMaterial, ProtocolVersion, SrtpProfile,
};

use super::client_hello::best_profile;
use super::retry::Retry;
use super::screen::{Screen, Verdict};
use super::{PATIENCE, PROFILES, RECORD_HEADER, Settings};

/// `rtc-dtls` tells associations apart by address; each of ours has an endpoint of its own.
pub(super) const PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 1);
/// Datagrams that may wait for the engine to tell the time.
const MOST_WAITING: usize = 16;
const EXPORTER: &str = "EXTRACTOR-dtls_srtp";
const LONG: Duration = Duration::from_secs(3_600);

pub(super) struct Association {
    /// For the engine's bounds on threads and panics; never contended.
    inner: Mutex<Inner>,
    screen: Screen,
    phase: Phase,
    now: Instant,
    /// When the client was first heard.
    begun: Option<Instant>,
    retry: Retry,
    /// The answer to a first message, for which `rtc-dtls` has no timer.
    greeting: Option<BytesMut>,
    waiting: VecDeque<Vec<u8>>,
    outputs: VecDeque<Ready>,
}

pub(super) struct Inner {
    settings: Settings,
    endpoint: Option<Endpoint>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Shaking,
    Connected,
    Closed,
}

/// What the engine is to be told next.
enum Ready {
    Packet(BytesMut),
    Certificate(Vec<u8>),
    Keys(Vec<u8>, SrtpProfile),
    Connected,
    Closed,
}

impl Association {
    pub(super) fn new(settings: Settings, now: Instant) -> Self {
        Self {
            inner: Mutex::new(Inner { settings, endpoint: None }),
            screen: Screen::default(),
            phase: Phase::Shaking,
            now,
            begun: None,
            retry: Retry::new(),
            greeting: None,
            waiting: VecDeque::new(),
            outputs: VecDeque::new(),
        }
    }

    fn read(&mut self, now: Instant, datagram: &[u8]) -> Result<(), DtlsImplError> {
        self.begun.get_or_insert(now);
        let before = self.timer();
        self.guarded(|inner| {
            let endpoint = inner.serve(datagram)?;
            endpoint.read(now, PEER, None, BytesMut::from(datagram))
        })?;
        if self.phase != Phase::Shaking {
            self.retry.begin(now, false);
        } else if self.timer() != before {
            let is_waiting = self.timer().is_some();
            self.retry.begin(now, is_waiting);
        }
        self.greeting = match self.outputs.back() {
            Some(Ready::Packet(packet)) if is_greeting(packet) => Some(packet.clone()),
            _ => None,
        };
        if self.greeting.is_some() {
            self.retry.begin(now, true);
        }
        Ok(())
    }

    fn send_again(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.retry.again(now);
        if let Some(greeting) = &self.greeting {
            self.outputs.push_back(Ready::Packet(greeting.clone()));
            return Ok(());
        }
        self.guarded(|inner| match &mut inner.endpoint {
            Some(endpoint) => endpoint.handle_timeout(PEER, now).map(|()| Vec::new()),
            None => Ok(Vec::new()),
        })
    }

    /// Lets `rtc-dtls` act, and takes what comes of it. What it panics at, or gives up over, is the
    /// end of this association, and of nothing else.
    pub(super) fn guarded(
        &mut self,
        act: impl FnOnce(&mut Inner) -> Result<Vec<EndpointEvent>, Error>,
    ) -> Result<(), DtlsImplError> {
        let inner = self.inner.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner());
        let acted = catch_unwind(AssertUnwindSafe(|| {
            let events = act(inner);
            let sent: Vec<_> = std::iter::from_fn(|| inner.endpoint.as_mut()?.poll_transmit())
                .map(|transmit| transmit.message)
                .collect();
            (events, sent)
        }));
        let Ok((events, sent)) = acted else {
            tracing::error!("a DTLS handshake panicked and is given up");
            return self.give_up();
        };
        self.outputs.extend(sent.into_iter().map(Ready::Packet));
        match events {
            Ok(events) => events.into_iter().try_for_each(|event| self.hear(event)),
            // Decoding failed, or a warning came: the rest of the handshake may still be sound.
            Err(Error::Other(_)) | Err(Error::ErrInvalidPacketLength) => Ok(()),
            Err(error) => {
                tracing::debug!(%error, "DTLS failed");
                if self.phase == Phase::Connected { self.hang_up() } else { self.give_up() }
            }
        }
    }

    fn hear(&mut self, event: EndpointEvent) -> Result<(), DtlsImplError> {
        match event {
            EndpointEvent::HandshakeComplete => self.complete(),
            EndpointEvent::PeerClosed => self.hang_up(),
            _ => Ok(()),
        }
    }

    fn complete(&mut self) -> Result<(), DtlsImplError> {
        let inner = self.inner.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner());
        let Some((certificate, keys, profile)) = inner.secrets() else { return self.give_up() };
        self.phase = Phase::Connected;
        self.screen.connected();
        // The certificate first: if it is not the announced one, nothing else may follow.
        self.outputs.push_back(Ready::Certificate(certificate));
        self.outputs.push_back(Ready::Keys(keys, profile));
        self.outputs.push_back(Ready::Connected);
        Ok(())
    }

    fn hang_up(&mut self) -> Result<(), DtlsImplError> {
        if self.phase != Phase::Closed {
            self.end();
            self.outputs.push_back(Ready::Closed);
        }
        Ok(())
    }

    fn give_up(&mut self) -> Result<(), DtlsImplError> {
        self.end();
        Err(DtlsImplError::ConnectionClosed)
    }

    fn end(&mut self) {
        self.phase = Phase::Closed;
        self.waiting.clear();
        self.retry.begin(self.now, false);
        self.greeting = None;
        let inner = self.inner.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner());
        inner.endpoint = None;
    }

    fn end_of_patience(&self) -> Option<Instant> {
        self.begun.filter(|_| self.phase == Phase::Shaking).map(|begun| begun + PATIENCE)
    }

    fn timer(&mut self) -> Option<Instant> {
        let inner = self.inner.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner());
        inner.endpoint.as_ref().and_then(|endpoint| endpoint.poll_timeout(&PEER))
    }
}

impl Inner {
    /// The endpoint, made for the profile that the first datagram offers.
    fn serve(&mut self, datagram: &[u8]) -> Result<&mut Endpoint, Error> {
        if self.endpoint.is_none() {
            let best = best_profile(datagram, &PROFILES);
            let profiles = best.as_ref().map_or(&PROFILES[..], std::slice::from_ref);
            let config = self.settings.build(false, profiles).map_err(Error::Other)?;
            self.endpoint = Some(Endpoint::new(PEER, TransportProtocol::UDP, Some(config)));
        }
        self.endpoint.as_mut().ok_or(Error::ErrConnClosed)
    }

    /// The peer's certificate, and the keys for SRTP (RFC 5764 §4.2).
    fn secrets(&self) -> Option<(Vec<u8>, Vec<u8>, SrtpProfile)> {
        let state = self.endpoint.as_ref()?.get_connection_state(PEER)?;
        let profile = match state.srtp_protection_profile() {
            SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm => SrtpProfile::AEAD_AES_128_GCM,
            SrtpProtectionProfile::Srtp_Aead_Aes_256_Gcm => SrtpProfile::AEAD_AES_256_GCM,
            SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80 => SrtpProfile::AES128_CM_SHA1_80,
            _ => return None,
        };
        let keys = state.export_keying_material(EXPORTER, &[], profile.keying_material_len());
        let certificate = state.peer_certificates.first()?.clone();
        Some((certificate, keys.ok()?.as_ref().to_vec(), profile))
    }
}

impl DtlsInstance for Association {
    /// Only clients are served.
    fn set_active(&mut self, _active: bool) {}

    /// Keeps it until the engine tells the time, which is at once.
    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        if packet.is_empty() || self.phase == Phase::Closed {
            return Ok(());
        }
        if self.waiting.len() == MOST_WAITING {
            return Err(DtlsImplError::ReceiveQueueFull);
        }
        match self.screen.look_at(packet) {
            Verdict::Admitted(records) => self.waiting.push_back(records),
            Verdict::Repeated => {}
            Verdict::Refused => return Err(DtlsImplError::ReceiveQueueFull),
        }
        Ok(())
    }

    fn poll_output<'a>(&mut self, buf: &'a mut [u8]) -> DtlsOutput<'a> {
        let needed = match self.outputs.front() {
            Some(Ready::Packet(packet)) => packet.len(),
            Some(Ready::Certificate(certificate)) => certificate.len(),
            _ => 0,
        };
        if needed > buf.len() {
            return DtlsOutput::BufferTooSmall { needed };
        }
        match self.outputs.pop_front() {
            Some(Ready::Packet(packet)) => DtlsOutput::Packet(fill(buf, &packet)),
            Some(Ready::Certificate(certificate)) => DtlsOutput::PeerCert(fill(buf, &certificate)),
            Some(Ready::Keys(keys, profile)) => {
                DtlsOutput::KeyingMaterial(KeyingMaterial::new(&keys), profile)
            }
            Some(Ready::Connected) => DtlsOutput::Connected,
            Some(Ready::Closed) => DtlsOutput::CloseNotify,
            None if !self.waiting.is_empty() => DtlsOutput::Timeout(self.now),
            None => {
                let due = self.retry.deadline().unwrap_or(self.now + LONG);
                DtlsOutput::Timeout(self.end_of_patience().map_or(due, |end| end.min(due)))
            }
        }
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.now = now;
        while let Some(datagram) = self.waiting.pop_front() {
            self.read(now, &datagram)?;
        }
        if self.end_of_patience().is_some_and(|end| end <= now) {
            return self.give_up();
        }
        if self.retry.is_due(now) { self.send_again(now) } else { Ok(()) }
    }

    /// There are no data channels here.
    fn send_application_data(&mut self, _data: &[u8]) -> Result<usize, DtlsImplError> {
        Ok(0)
    }

    fn is_active(&self) -> bool {
        false
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        (self.phase == Phase::Connected).then_some(ProtocolVersion::DTLS1_2)
    }

    fn is_closing(&self) -> bool {
        self.phase == Phase::Closed
    }

    fn is_closed(&self) -> bool {
        self.phase == Phase::Closed && self.outputs.is_empty()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        if self.phase == Phase::Closed {
            return Ok(());
        }
        let now = self.now;
        self.guarded(|inner| {
            if let Some(endpoint) = &mut inner.endpoint {
                endpoint.stop(now, PEER);
            }
            Ok(Vec::new())
        })?;
        self.end();
        Ok(())
    }
}

/// Whether it is a `HelloVerifyRequest`.
fn is_greeting(datagram: &[u8]) -> bool {
    const HELLO_VERIFY_REQUEST: u8 = 3;
    datagram.get(RECORD_HEADER) == Some(&HELLO_VERIFY_REQUEST)
}

fn fill<'a>(buf: &'a mut [u8], bytes: &[u8]) -> &'a [u8] {
    let (filled, _) = buf.split_at_mut(bytes.len());
    filled.copy_from_slice(bytes);
    filled
}

impl std::fmt::Debug for Association {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Association").field("phase", &self.phase).finish_non_exhaustive()
    }
}
