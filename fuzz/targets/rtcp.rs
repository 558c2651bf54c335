//! What a receiver says of what it gets: read from every RTCP packet of a participant.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sfu::core::rtcp::{Message, SenderReport, concerns_the_engine, read};

fuzz_target!(|packet: &[u8]| {
    let mut count = 0;
    for message in read(packet) {
        count += 1;
        match message {
            Message::Report(report) => assert!(report.cumulative_lost.abs() <= 1 << 23),
            Message::Nack { sequences, .. } => assert!((1..=1_024).contains(&sequences.len())),
            Message::KeyFrame { .. } => {}
            Message::Transport(feedback) => {
                assert!((1..=8_192).contains(&feedback.arrivals.len()));
            }
        }
    }
    assert!(count <= 256);
    // What we say ourselves is well formed, and no word of how our packets arrive.
    let report = SenderReport { ssrc: 1, ntp: 2, rtp_timestamp: 3, packets: 4, octets: 5 };
    let mut sent = packet.to_vec();
    report.write(&mut sent);
    let ours = &sent[packet.len()..];
    assert!(ours.len() % 4 == 0 && read(ours).next().is_none());
    if !concerns_the_engine(packet) {
        assert!(concerns_the_engine(&sent));
        assert_eq!(read(&sent).count(), count);
    }
});
