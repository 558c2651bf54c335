//! Whom a connectivity check is for, and whose media it claims to be: read from every datagram of a
//! stranger.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sfu::core::datagram_kind::{DatagramKind, media_ssrc};
use sfu::core::stun::{addressed_fragment, is_success};

fuzz_target!(|datagram: &[u8]| {
    if let Some(fragment) = addressed_fragment(datagram) {
        assert_eq!(DatagramKind::of(datagram), DatagramKind::Stun);
        assert!(fragment.len() < datagram.len());
        assert!(!is_success(datagram));
    }
    if media_ssrc(datagram).is_some() {
        assert_eq!(DatagramKind::of(datagram), DatagramKind::Media);
        assert!(datagram.len() >= 12);
    }
});
