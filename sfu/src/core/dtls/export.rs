//! The keys of SRTP, for whoever seals past the engine. DTLS hands them to the engine, which keeps
//! them to itself; so they are noted on their way there.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use str0m::crypto::dtls::SrtpProfile;

use crate::core::srtp::{Profile, SrtpKeys};

/// What a handshake agreed on.
#[derive(Debug)]
pub(crate) struct Exported {
    pub(crate) keys: SrtpKeys,
    /// Whether we are the DTLS client, whose keys come first.
    pub(crate) is_client: bool,
}

/// Where one transport's keys will be found.
#[derive(Debug, Clone, Default)]
pub(crate) struct ExportedKeys(Arc<OnceLock<Exported>>);

impl ExportedKeys {
    /// `None` until the handshake is done. Whether the peer is who it was announced to be is for the
    /// engine to say: the keys are of use only when it is connected as well.
    pub(crate) fn get(&self) -> Option<&Exported> {
        self.0.get()
    }

    /// The first keys stay: there is no other handshake.
    pub(super) fn note(&self, material: &[u8], profile: SrtpProfile, is_client: bool) {
        let profile = match profile {
            SrtpProfile::AES128_CM_SHA1_80 => Profile::Aes128CmSha1_80,
            SrtpProfile::AEAD_AES_128_GCM => Profile::AeadAes128Gcm,
            SrtpProfile::AEAD_AES_256_GCM => Profile::AeadAes256Gcm,
            _ => return,
        };
        if let Some(keys) = SrtpKeys::new(profile, material) {
            let _ = self.0.set(Exported { keys, is_client });
        }
    }

    /// Those of the transport that is being built, see [`exporting`]; else of nobody.
    pub(super) fn of_this_build() -> Self {
        ASKED.with_borrow_mut(Option::take).unwrap_or_default()
    }
}

thread_local! {
    static ASKED: RefCell<Option<ExportedKeys>> = const { RefCell::new(None) };
}

/// Builds one transport with [`super::crypto`], and says where its keys will be found.
///
/// The engine has its DTLS made by a provider that all transports share, which is not told for whom;
/// but the engine does so before it returns from building. So what is asked for here waits in the
/// thread, and for no longer than that.
pub(crate) fn exporting<T>(build: impl FnOnce() -> T) -> (T, ExportedKeys) {
    /// What was asked for before, put back even if building panics.
    struct Before(Option<ExportedKeys>);
    impl Drop for Before {
        fn drop(&mut self) {
            ASKED.set(self.0.take());
        }
    }
    let keys = ExportedKeys::default();
    let _before = Before(ASKED.replace(Some(keys.clone())));
    (build(), keys)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::{Duration, Instant};

    use str0m::RtcConfig;
    use str0m::crypto::dtls::{DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion};

    use super::*;
    use crate::core::dtls::{Provider, crypto};
    use crate::core::testing::begin;

    fn side(now: Instant, is_client: bool) -> (Box<dyn DtlsInstance>, ExportedKeys) {
        let certificate = Provider.generate_certificate().unwrap();
        let (mut side, keys) = exporting(|| {
            Provider.new_dtls(&certificate, now, DtlsVersion::Dtls12, Some(1_200)).unwrap()
        });
        side.set_active(is_client);
        (side, keys)
    }

    /// What it sends, and the keys that it tells the engine.
    fn poll(side: &mut dyn DtlsInstance, told: &mut Vec<u8>) -> Vec<Vec<u8>> {
        let (mut sent, mut buffer) = (Vec::new(), [0; 2_000]);
        loop {
            match side.poll_output(&mut buffer) {
                DtlsOutput::Packet(packet) => sent.push(packet.to_vec()),
                DtlsOutput::KeyingMaterial(keys, _) => *told = keys.to_vec(),
                DtlsOutput::Timeout(_) => return sent,
                _ => {}
            }
        }
    }

    #[test]
    fn both_ends_export_what_their_engines_are_told() {
        let mut now = begin();
        let [(mut client, of_client), (mut server, of_server)] =
            [true, false].map(|is_client| side(now, is_client));
        let mut told = [Vec::new(), Vec::new()];
        for _ in 0..20 {
            now += Duration::from_millis(10);
            client.handle_timeout(now).unwrap();
            for datagram in poll(&mut *client, &mut told[0]) {
                server.handle_packet(&datagram).unwrap();
            }
            server.handle_timeout(now).unwrap();
            for datagram in poll(&mut *server, &mut told[1]) {
                client.handle_packet(&datagram).unwrap();
            }
        }
        let (client, server) = (of_client.get().unwrap(), of_server.get().unwrap());
        assert_eq!(client.keys, server.keys);
        assert!(client.is_client && !server.is_client);
        assert_eq!(told[0], told[1]);
        let profiles = [Profile::Aes128CmSha1_80, Profile::AeadAes128Gcm, Profile::AeadAes256Gcm];
        let mut keys = profiles.iter().filter_map(|profile| SrtpKeys::new(*profile, &told[0]));
        assert!(keys.any(|keys| keys == client.keys));
    }

    #[test]
    fn the_engine_makes_its_association_while_it_is_built() {
        let build = || RtcConfig::new().set_crypto_provider(Arc::new(crypto())).build(begin());
        let (rtc, keys) = exporting(build);
        assert_eq!(Arc::strong_count(&keys.0), 2, "one here, and one in the transport");
        let other = build();
        assert_eq!(Arc::strong_count(&keys.0), 2, "nobody else has it");
        drop((rtc, other));
        assert_eq!(Arc::strong_count(&keys.0), 1);
        assert!(keys.get().is_none());
    }

    #[test]
    fn what_was_asked_for_is_forgotten_after_a_build_without_association() {
        let ((), keys) = exporting(|| ());
        assert_eq!(Arc::strong_count(&keys.0), 1);
        let panicked = std::panic::catch_unwind(|| exporting(|| panic!("as a bug would")));
        assert!(panicked.is_err() && ASKED.with_borrow(Option::is_none));
    }
}
