//! Datagrams at a participant's transport, before and in its handshake. Each is led by its length
//! in two bytes.
#![no_main]

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use sfu::core::Identity;
use sfu::core::datagram_kind::media_ssrc;
use sfu::core::room::Room;
use sfu::{ParticipantId, Place};

const OFFER: &str = include_str!("../corpus/offer/chromium.sdp");
/// What a few hundred bytes from a stranger may make a transport send at the most.
const MOST_OUTPUTS: usize = 10_000;

static IDENTITY: LazyLock<Arc<Identity>> = LazyLock::new(|| {
    let address = "127.0.0.1:3478".parse().expect("an address");
    Arc::new(Identity::generate(vec![address]).expect("a certificate"))
});

fuzz_target!(|input: &[u8]| {
    let [from, to] = [5000, 3478].map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    let participant = ParticipantId(1);
    let mut now = Instant::now();
    let mut room = Room::new(IDENTITY.clone());
    room.connect(now, participant, OFFER).expect("a browser's offer");
    room.place(now, participant, Place::Call);
    let (mut rest, mut outputs) = (input, 0);
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length)).min(after.len());
        let (datagram, after) = after.split_at(length);
        let _ = room.accepts(now, participant, from, to, datagram);
        let _ = media_ssrc(datagram).and_then(|ssrc| room.ask_at(now, ssrc, from, to.into()));
        assert!(!room.is_answered(now, participant, from, to.into(), datagram));
        room.receive(now, participant, from, to, datagram);
        now += Duration::from_millis(5);
        if room.deadline().is_some_and(|due| due <= now) {
            room.handle_timeout(now);
        }
        while room.poll_output().is_some() {
            outputs += 1;
        }
        rest = after;
    }
    assert!(outputs <= MOST_OUTPUTS, "{outputs} outputs");
});
