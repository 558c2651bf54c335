//! Whom a connectivity check is for: read from every datagram of a stranger.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sfu::core::stun::{DatagramKind, addressed_fragment};

fuzz_target!(|datagram: &[u8]| {
    if let Some(fragment) = addressed_fragment(datagram) {
        assert_eq!(DatagramKind::of(datagram), DatagramKind::Stun);
        assert!(fragment.len() < datagram.len());
    }
});
