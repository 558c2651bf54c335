//! Against the vectors of the standards, against `rtc-srtp`, and against whoever sends nonsense.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use rtc_srtp::context::Context;
use rtc_srtp::protection_profile::ProtectionProfile;

use super::cipher::{Cipher, Gcm};
use super::derivation::{Protocol, Use};
use super::keys::Master;
use super::replay::Replay;
use super::*;

const PROFILES: [(Profile, ProtectionProfile); 3] = [
    (Profile::Aes128CmSha1_80, ProtectionProfile::Aes128CmHmacSha1_80),
    (Profile::AeadAes128Gcm, ProtectionProfile::AeadAes128Gcm),
    (Profile::AeadAes256Gcm, ProtectionProfile::AeadAes256Gcm),
];

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect()
}

/// Of bytes that differ all.
fn keys(profile: Profile) -> SrtpKeys {
    let lengths = [60, 56, 88].into_iter();
    lengths
        .map(|length| (0..length).map(|byte: u8| byte.wrapping_mul(37) ^ 0x5a).collect::<Vec<_>>())
        .find_map(|exported| SrtpKeys::new(profile, &exported))
        .unwrap()
}

/// What the DTLS client or the server sends, of the other implementation.
fn theirs(keys: &SrtpKeys, profile: ProtectionProfile, is_client: bool) -> Context {
    let crypto = rtc_srtp::crypto::default_provider().unwrap();
    let master = keys.sent_by(is_client);
    Context::new(master.key, master.salt, profile, None, None, crypto.crypto()).unwrap()
}

fn rtp(sequence: u16, payload: &[u8]) -> Vec<u8> {
    // An extension of one word; 20 bytes of header.
    let mut packet = vec![0x90, 96];
    packet.extend(sequence.to_be_bytes());
    packet.extend([0, 0, 3, 0xe8, 0xca, 0xfe, 0xba, 0xbe, 0xbe, 0xde, 0, 1, 0x10, 7, 0, 0]);
    packet.extend(payload);
    packet
}

fn rtcp(ssrc: u32) -> Vec<u8> {
    let mut packet = vec![0x81, 201, 0, 7];
    packet.extend(ssrc.to_be_bytes());
    packet.extend((0..24).map(|byte| byte * 3));
    packet
}

#[test]
fn session_keys_are_those_of_rfc_3711() {
    let (key, salt) =
        (hex("E1F97A0D3E018BE0D64FA32C06DE4139"), hex("0EC675AD498AFEEBB6960B3AABE6"));
    let master = Master { profile: Profile::Aes128CmSha1_80, key: &key, salt: &salt };
    let encryption: [u8; 16] = master.derive(Protocol::Rtp, Use::Encryption).unwrap();
    let salting: [u8; 14] = master.derive(Protocol::Rtp, Use::Salting).unwrap();
    let authentication: [u8; 94] = master.derive(Protocol::Rtp, Use::Authentication).unwrap();
    assert_eq!(encryption[..], hex("C61E7A93744F39EE10734AFE3FF7A087"));
    assert_eq!(salting[..], hex("30CBBC08863D8C85D49DB34A9AE1"));
    let published = "CEBE321F6FF7716B6FD4AB49AF256A15 6D38BAA48F0A0ACF3C34E2359E6CDBCE \
        E049646C43D9327AD175578EF7227098 6371C10C9A369AC2F94A8C5FBCDDDC25 6D6E919A48B610EF17C2041E47403576 \
        6B68642C59BBFC2F34DB60DBDFB2";
    assert_eq!(authentication[..], hex(published));
}

/// RFC 7714 §16 and §17 give session keys.
fn published(key_length: u8) -> Cipher {
    let key: Vec<u8> = (0..key_length).collect();
    Cipher::Gcm(Gcm::new(&key, *b"Quid pro quo").unwrap())
}

#[test]
fn rtp_is_sealed_as_in_rfc_7714() {
    let plain = "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 \
        696e2070 61727465 73207472 6573";
    for (key_length, sealed) in [
        (
            16,
            "8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f \
             42a5f47a 51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce",
        ),
        (
            32,
            "8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 \
             b50b2a02 76ffae0f 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13",
        ),
    ] {
        let (rtp, rtcp) = (published(key_length), published(key_length));
        let mut sealer = Sealer { rtp, rtcp, next_rtcp: 0 };
        let mut packet = hex(plain);
        assert!(sealer.seal_rtp(&mut packet, 12, 0xf17b));
        assert_eq!(packet, hex(sealed));
    }
}

#[test]
fn rtcp_is_sealed_and_opened_as_in_rfc_7714() {
    let plain = hex("81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 \
        deadbeef deadbeef deadbeef deadbeef deadbeef");
    for (key_length, sealed, only_tag) in [
        (
            16,
            "81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 \
             730d6fda 4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4",
            "841dd968 3dd78ec9 2ae58790 125f62b3",
        ),
        (
            32,
            "81c8000d 4d617273 d50ae4d1 f5ce5d30 4ba297e4 7d470c28 2c3ece5d bffe0a50 a2eaa5c1 \
             110555be 8415f658 c61de047 6f1b6fad 1d1eb30c 4446839f 57ff6f6c b26ac3be 800005d4",
            "91db4afb feee5a97 8fab4393 ed2615fe",
        ),
    ] {
        let (rtp, rtcp) = (published(key_length), published(key_length));
        let mut packet = plain.clone();
        assert!(Sealer { rtp, rtcp, next_rtcp: 0x5d4 }.seal_rtcp(&mut packet));
        assert_eq!(packet, hex(sealed));
        let authenticated = [&plain[..], &hex(only_tag), &hex("000005d4")].concat();
        for packet in [packet, authenticated] {
            let rtcp = published(key_length);
            let mut opener = Opener { rtcp, heard: Replay::default(), opened: Vec::new() };
            assert_eq!(opener.open_rtcp(&packet), Some(&plain[..]));
        }
    }
}

#[test]
fn another_implementation_opens_the_rtp_that_we_seal_over_two_rollovers() {
    for (profile, name) in PROFILES {
        for is_client in [false, true] {
            let keys = keys(profile);
            let mut sealer = Sealer::new(&keys, is_client).unwrap();
            let mut there = theirs(&keys, name, is_client);
            for index in (0xff00..0x2_0100).step_by(0x80).chain([0x2_0101, 0x2_0102]) {
                let payload = vec![index as u8; 16 + (index % 1_200) as usize];
                let plain = rtp(index as u16, &payload);
                let mut packet = plain.clone();
                assert!(sealer.seal_rtp(&mut packet, 20, index));
                assert_ne!(packet[..plain.len()], plain[..]);
                let opened = there.decrypt_rtp(&packet).unwrap();
                assert_eq!(opened[..], plain[..], "{profile:?} {index:x}");
            }
        }
    }
}

#[test]
fn rtcp_passes_between_us_and_another_implementation_both_ways() {
    for (profile, name) in PROFILES {
        for is_client in [false, true] {
            let keys = keys(profile);
            let mut sealer = Sealer::new(&keys, is_client).unwrap();
            let mut opener = Opener::new(&keys, is_client).unwrap();
            let mut opens = theirs(&keys, name, is_client);
            let mut seals = theirs(&keys, name, !is_client);
            for ssrc in [1, 2, 1, 0xffff_ffff, 1] {
                let plain = rtcp(ssrc);
                let mut packet = plain.clone();
                assert!(sealer.seal_rtcp(&mut packet));
                assert_eq!(opens.decrypt_rtcp(&packet).unwrap()[..], plain[..], "{profile:?}");
                let packet = seals.encrypt_rtcp(&plain).unwrap();
                assert_eq!(opener.open_rtcp(&packet), Some(&plain[..]), "{profile:?}");
                assert_eq!(opener.open_rtcp(&packet), None, "a replay, {profile:?}");
            }
        }
    }
}

/// A packet sealed by the other side of our opener.
fn sealed(profile: Profile) -> (Opener, Vec<u8>) {
    let keys = keys(profile);
    let mut packet = rtcp(7);
    assert!(Sealer::new(&keys, true).unwrap().seal_rtcp(&mut packet));
    (Opener::new(&keys, false).unwrap(), packet)
}

#[test]
fn what_was_changed_or_cut_short_is_refused_and_spoils_nothing() {
    for (profile, _) in PROFILES {
        let (mut opener, packet) = sealed(profile);
        for bit in 0..packet.len() * 8 {
            let mut changed = packet.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(opener.open_rtcp(&changed), None, "{profile:?}, bit {bit}");
        }
        for length in 0..packet.len() {
            assert_eq!(opener.open_rtcp(&packet[..length]), None, "{profile:?}, {length} bytes");
        }
        assert_eq!(opener.open_rtcp(&packet), Some(&rtcp(7)[..]));
    }
}

#[test]
fn what_only_its_tag_protects_is_opened_with_counter_mode_as_well() {
    let (mut opener, _) = sealed(Profile::Aes128CmSha1_80);
    let Cipher::Counter(counter) = &opener.rtcp else { panic!("another cipher") };
    let mut packet = [rtcp(7), vec![0, 0, 0, 9]].concat();
    let tag = counter.authenticate(&packet);
    packet.extend(tag);
    assert_eq!(opener.open_rtcp(&packet), Some(&rtcp(7)[..]));
}

#[test]
fn our_own_side_is_not_the_other() {
    for (profile, _) in PROFILES {
        let (_, packet) = sealed(profile);
        let mut opener = Opener::new(&keys(profile), true).unwrap();
        assert_eq!(opener.open_rtcp(&packet), None);
    }
}

#[test]
fn what_would_use_a_nonce_twice_or_contradicts_itself_is_not_sealed() {
    for (profile, _) in PROFILES {
        let mut sealer = Sealer::new(&keys(profile), false).unwrap();
        let packet = rtp(5, &[1; 50]);
        for (header_length, index) in [(11, 5), (71, 5), (20, 6), (20, 1 << 48 | 5)] {
            assert!(!sealer.seal_rtp(&mut packet.clone(), header_length, index));
        }
        assert!(!sealer.seal_rtp(&mut vec![0x80; 11], 11, 0x8080));
        assert!(!sealer.seal_rtcp(&mut vec![0x80; 7]));
        sealer.next_rtcp = ENCRYPTED - 1;
        assert!(sealer.seal_rtcp(&mut rtcp(1)));
        assert!(!sealer.seal_rtcp(&mut rtcp(1)));
    }
}

#[test]
fn keys_of_another_length_are_refused_and_none_is_printed() {
    assert!(SrtpKeys::new(Profile::AeadAes128Gcm, &[0; 88]).is_none());
    assert!(SrtpKeys::new(Profile::AeadAes256Gcm, &[0; 87]).is_none());
    let printed = format!("{:?}", keys(Profile::AeadAes128Gcm));
    assert_eq!(printed, "SrtpKeys { profile: AeadAes128Gcm, .. }");
}

proptest! {
    #[test]
    fn anything_is_refused_without_harm(
        profile in 0usize..3,
        packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..8),
    ) {
        let keys = keys(PROFILES[profile].0);
        let mut opener = Opener::new(&keys, false).unwrap();
        for packet in packets {
            prop_assert_eq!(opener.open_rtcp(&packet), None);
        }
    }

    #[test]
    fn whatever_is_sealed_is_longer_by_its_tag(
        profile in 0usize..3,
        packet in prop::collection::vec(any::<u8>(), 0..200),
        header_length in 0usize..300,
        rollover in any::<u32>(),
    ) {
        let (profile, _) = PROFILES[profile];
        let mut sealer = Sealer::new(&keys(profile), false).unwrap();
        let sequence = packet.get(2..4).map_or(0, |bytes| u16::from_be_bytes([bytes[0], bytes[1]]));
        let index = u64::from(rollover) << 16 | u64::from(sequence);
        let mut sealed = packet.clone();
        if sealer.seal_rtp(&mut sealed, header_length, index) {
            let tag = if profile == Profile::Aes128CmSha1_80 { 10 } else { 16 };
            prop_assert_eq!(sealed.len(), packet.len() + tag);
            prop_assert_eq!(&sealed[..header_length], &packet[..header_length]);
        } else {
            prop_assert!(header_length < 12 || header_length > packet.len());
        }
    }
}
