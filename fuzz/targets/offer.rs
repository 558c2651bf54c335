//! A session description, from anybody who may join, and those that follow it.
#![no_main]

use std::sync::{Arc, LazyLock};
use std::time::Instant;

use libfuzzer_sys::fuzz_target;
use sfu::ParticipantId;
use sfu::core::Identity;
use sfu::core::room::Room;

static IDENTITY: LazyLock<Arc<Identity>> = LazyLock::new(|| {
    let address = "127.0.0.1:3478".parse().expect("an address");
    Arc::new(Identity::generate(vec![address]).expect("a certificate"))
});

/// Between one offer and the next.
const NEXT: &str = "m=next\r\n";
const MOST: usize = 4;

fuzz_target!(|offers: &str| {
    let now = Instant::now();
    let mut room = Room::new(IDENTITY.clone());
    let participant = ParticipantId(1);
    for offer in offers.split(NEXT).take(MOST) {
        if room.connect(now, participant, offer).is_ok() {
            // The same again restarts ICE, or is refused; either way the room goes on.
            let _ = room.connect(now, participant, offer);
        }
    }
    room.disconnect(now, participant);
    while room.poll_output().is_some() {}
});
