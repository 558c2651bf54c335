//! Against `rtc-dtls` itself, which has RSA certificates, and against whoever sends nonsense.
#![allow(clippy::unwrap_used)]

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use proptest::prelude::*;
use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, SignatureAlgorithm};
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use str0m::crypto::dtls::{DtlsOutput, SrtpProfile};

use super::association::{Association, PEER};
use super::screen::{Screen, Verdict};
use super::*;
use crate::core::testing::begin;
use rtc_shared::TransportProtocol;

fn ours(now: Instant) -> Association {
    let certificate = Provider.generate_certificate().unwrap();
    Association::new(Settings::new(&certificate).unwrap(), now)
}

fn theirs(algorithm: &'static SignatureAlgorithm) -> Settings {
    let crypto = default_provider().unwrap();
    let names = vec!["peer".to_owned()];
    let made = Certificate::generate_self_signed_with_alg(names, algorithm, crypto.crypto());
    Settings { certificate: made.unwrap(), crypto }
}

/// A handshake between us and a client, without loss.
struct Handshake {
    now: Instant,
    ours: Association,
    theirs: Endpoint,
    /// What we told the engine, as its debug text.
    told: Vec<String>,
    certificate: Vec<u8>,
    keys: Option<(Vec<u8>, SrtpProfile)>,
    is_complete_there: bool,
    /// What the peer sent.
    heard: Vec<Vec<u8>>,
}

impl Handshake {
    fn new(settings: &Settings, profiles: &[SrtpProtectionProfile]) -> Self {
        let now = begin();
        let mut ours = ours(now);
        let mut theirs = Endpoint::new(PEER, TransportProtocol::UDP, None);
        theirs.connect(now, PEER, settings.build(true, profiles).unwrap(), None).unwrap();
        ours.handle_timeout(now).unwrap();
        Self {
            now,
            ours,
            told: Vec::new(),
            certificate: Vec::new(),
            keys: None,
            is_complete_there: false,
            heard: std::iter::from_fn(|| theirs.poll_transmit())
                .map(|sent| sent.message.to_vec())
                .collect(),
            theirs,
        }
    }

    fn run(&mut self) {
        let mut to_us: VecDeque<Vec<u8>> = self.heard.iter().cloned().collect();
        for _ in 0..40 {
            self.now += Duration::from_millis(10);
            while let Some(datagram) = to_us.pop_front() {
                self.ours.handle_packet(&datagram).unwrap();
            }
            for datagram in self.poll() {
                let bytes = BytesMut::from(&datagram[..]);
                for event in self.theirs.read(self.now, PEER, None, bytes).unwrap() {
                    self.is_complete_there |= matches!(event, EndpointEvent::HandshakeComplete);
                }
            }
            while let Some(sent) = self.theirs.poll_transmit() {
                self.heard.push(sent.message.to_vec());
                to_us.push_back(sent.message.to_vec());
            }
        }
    }

    fn poll(&mut self) -> Vec<Vec<u8>> {
        let (mut sent, mut buffer) = (Vec::new(), [0; 2_000]);
        self.ours.handle_timeout(self.now).unwrap();
        loop {
            let output = self.ours.poll_output(&mut buffer);
            self.told.push(format!("{output:?}"));
            match output {
                DtlsOutput::Packet(packet) => sent.push(packet.to_vec()),
                DtlsOutput::PeerCert(certificate) => self.certificate = certificate.to_vec(),
                DtlsOutput::KeyingMaterial(keys, profile) => {
                    self.keys = Some((keys.to_vec(), profile));
                }
                DtlsOutput::Timeout(_) => return sent,
                _ => {}
            }
        }
    }

    /// Both sides have the same keys, and we know the peer by its certificate.
    fn assert_done(&mut self, settings: &Settings, profile: SrtpProfile) {
        assert!(self.is_complete_there, "{:?}", self.told);
        assert!(self.told.iter().any(|told| told == "Connected"), "{:?}", self.told);
        assert_eq!(self.certificate, settings.certificate.certificate[0].to_vec());
        let state = self.theirs.get_connection_state(PEER).unwrap();
        let length = profile.keying_material_len();
        let keys = state.export_keying_material("EXTRACTOR-dtls_srtp", &[], length).unwrap();
        assert_eq!(self.keys, Some((keys.as_ref().to_vec(), profile)));
    }
}

#[test]
fn clients_with_either_kind_of_certificate_connect() {
    for algorithm in [&PKCS_RSA_SHA256, &PKCS_ECDSA_P256_SHA256] {
        let settings = theirs(algorithm);
        let mut handshake = Handshake::new(&settings, &PROFILES);
        handshake.run();
        handshake.assert_done(&settings, SrtpProfile::AEAD_AES_128_GCM);
    }
}

#[test]
fn the_cheapest_profile_is_taken_that_a_client_has_wherever_it_stands() {
    let [gcm_128, gcm_256, cm] = PROFILES;
    let settings = theirs(&PKCS_ECDSA_P256_SHA256);
    for (offered, wanted) in [
        (vec![cm, gcm_256, gcm_128], SrtpProfile::AEAD_AES_128_GCM),
        (vec![cm, gcm_256], SrtpProfile::AEAD_AES_256_GCM),
        (vec![cm], SrtpProfile::AES128_CM_SHA1_80),
    ] {
        let mut handshake = Handshake::new(&settings, &offered);
        handshake.run();
        handshake.assert_done(&settings, wanted);
    }
}

#[test]
fn a_panic_ends_the_association_and_nothing_else() {
    let mut association = ours(begin());
    assert!(association.guarded(|_| panic!("as a bug would")).is_err());
    assert!(association.is_closed());
    assert!(association.handle_packet(&[22; 100]).is_ok());
    assert!(association.handle_timeout(begin()).is_ok());
}

#[test]
fn a_closed_association_says_so_and_hears_no_more() {
    let settings = theirs(&PKCS_ECDSA_P256_SHA256);
    let mut handshake = Handshake::new(&settings, &PROFILES);
    handshake.run();
    handshake.theirs.stop(handshake.now, PEER);
    let goodbye = handshake.theirs.poll_transmit().unwrap().message;
    handshake.ours.handle_packet(&goodbye).unwrap();
    handshake.poll();
    assert!(handshake.told.iter().any(|told| told == "CloseNotify"), "{:?}", handshake.told);
    let hello = handshake.heard[0].clone();
    handshake.ours.handle_packet(&hello).unwrap();
    assert!(handshake.poll().is_empty());
}

/// The datagrams of a whole handshake with a client, as it sent them.
fn recorded(algorithm: &'static SignatureAlgorithm) -> Vec<Vec<u8>> {
    let settings = theirs(algorithm);
    let mut handshake = Handshake::new(&settings, &PROFILES);
    handshake.run();
    handshake.heard
}

/// What the screen lets through, without the net that catches panics.
fn feed(datagrams: impl IntoIterator<Item = Vec<u8>>) {
    let settings = theirs(&PKCS_ECDSA_P256_SHA256);
    let config = settings.build(false, &PROFILES).unwrap();
    let mut endpoint = Endpoint::new(PEER, TransportProtocol::UDP, Some(config));
    let (mut screen, mut now) = (Screen::default(), begin());
    for datagram in datagrams {
        now += Duration::from_millis(20);
        if let Verdict::Admitted(records) = screen.look_at(&datagram) {
            let _ = endpoint.read(now, PEER, None, BytesMut::from(&records[..]));
        }
        let _ = endpoint.handle_timeout(PEER, now);
        while endpoint.poll_transmit().is_some() {}
    }
}

fn record(kind: u8, epoch: u8, sequence: u32, body: &[u8]) -> Vec<u8> {
    let mut record = vec![kind, 0xfe, 0xfd, 0, epoch, 0, 0];
    record.extend(sequence.to_be_bytes());
    record.extend((body.len() as u16).to_be_bytes());
    record.extend(body);
    record
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_handshake_that_is_damaged_does_no_harm(
        damage in prop::collection::vec(
            (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in prop::option::of((any::<prop::sample::Index>(), any::<prop::sample::Index>())),
    ) {
        let mut datagrams = recorded(&PKCS_ECDSA_P256_SHA256);
        for (at, byte, value) in damage {
            let datagram = at.get(&datagrams).len();
            let at = at.index(datagrams.len());
            datagrams[at][byte.index(datagram)] = value;
        }
        if let Some((at, length)) = cut {
            let at = at.index(datagrams.len());
            let length = length.index(datagrams[at].len());
            datagrams[at].truncate(length);
        }
        feed(datagrams);
    }

    #[test]
    fn messages_of_nonsense_do_no_harm(
        messages in prop::collection::vec(
            (0u8..25, 0u8..6, prop::collection::vec(any::<u8>(), 0..120)), 1..40)
    ) {
        let datagrams = messages.into_iter().enumerate().map(|(n, (kind, number, body))| {
            let length = body.len() as u8;
            let mut message = vec![kind, 0, 0, length, 0, number, 0, 0, 0, 0, 0, length];
            message.extend(body);
            record(22, 0, n as u32, &message)
        });
        feed(datagrams.collect::<Vec<_>>());
    }

    #[test]
    fn noise_does_no_harm(
        noise in prop::collection::vec(
            (20u8..24, 0u8..3, prop::collection::vec(any::<u8>(), 0..200)), 1..60)
    ) {
        let datagrams = noise.into_iter().enumerate();
        feed(datagrams.map(|(n, (kind, epoch, body))| record(kind, epoch, n as u32, &body)).collect::<Vec<_>>());
    }
}
