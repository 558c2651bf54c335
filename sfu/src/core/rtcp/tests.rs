//! Against bytes put together by hand, against `rtc-rtcp`, and against whoever sends nonsense.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use rtc_rtcp::packet::{Packet, marshal, unmarshal};
use rtc_rtcp::payload_feedbacks::full_intra_request::{FirEntry, FullIntraRequest};
use rtc_rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc_rtcp::payload_feedbacks::receiver_estimated_maximum_bitrate::ReceiverEstimatedMaximumBitrate;
use rtc_rtcp::receiver_report::ReceiverReport;
use rtc_rtcp::transport_feedbacks::transport_layer_cc::*;
use rtc_rtcp::transport_feedbacks::transport_layer_nack::{
    TransportLayerNack, nack_pairs_from_sequence_numbers,
};

use super::*;

fn written(packets: Vec<Box<dyn Packet>>) -> Vec<u8> {
    marshal(&packets).unwrap().to_vec()
}

fn all(packet: &[u8]) -> Vec<Message> {
    read(packet).collect()
}

fn report(ssrc: u32) -> (rtc_rtcp::reception_report::ReceptionReport, Message) {
    let theirs = rtc_rtcp::reception_report::ReceptionReport {
        ssrc,
        fraction_lost: 51,
        total_lost: 0x00ff_fffe,
        last_sequence_number: 0x0003_f00d,
        jitter: 77,
        last_sender_report: 0x1234_5678,
        delay: 65_536,
    };
    let ours = ReceptionReport {
        ssrc,
        fraction_lost: 51,
        cumulative_lost: -2,
        highest_sequence: 0x0003_f00d,
        jitter: 77,
        last_sender_report: 0x1234_5678,
        delay_since: 65_536,
    };
    (theirs, Message::Report(ours))
}

fn keyframe_requests() -> (Vec<u8>, Vec<Message>) {
    let fir = [5, 6].map(|ssrc| FirEntry { ssrc, sequence_number: 3 }).to_vec();
    let bytes = written(vec![
        Box::new(PictureLossIndication { sender_ssrc: 1, media_ssrc: 4 }),
        Box::new(FullIntraRequest { sender_ssrc: 1, media_ssrc: 0, fir }),
    ]);
    (bytes, [4, 5, 6].map(|ssrc| Message::KeyFrame { ssrc }).to_vec())
}

#[test]
fn all_blocks_of_both_kinds_of_reports_are_read() {
    let (blocks, messages): (Vec<_>, Vec<_>) = [10, 11, 12].map(report).into_iter().unzip();
    let sender = rtc_rtcp::sender_report::SenderReport {
        ssrc: 1,
        reports: blocks[..1].to_vec(),
        ..Default::default()
    };
    let receiver = ReceiverReport { ssrc: 1, reports: blocks[1..].to_vec(), ..Default::default() };
    let bytes = written(vec![Box::new(sender), Box::new(receiver)]);
    assert_eq!(all(&bytes), messages);
    // What is cut short ends it: the second report's last block is not whole.
    assert_eq!(all(&bytes[..bytes.len() - 4]), messages[..1]);
}

#[test]
fn key_frames_are_asked_for_in_two_ways() {
    let (bytes, messages) = keyframe_requests();
    assert_eq!(all(&bytes), messages);
}

#[test]
fn a_request_names_packets_by_number_and_by_bits() {
    let bytes =
        [0x81, 205, 0, 4, 0, 0, 0, 1, 0, 0, 0, 9, 0xff, 0xfe, 0b1000_0000, 0b101, 0, 30, 0, 0];
    let sequences = vec![0xfffe, 0xffff, 1, 14, 30];
    assert_eq!(all(&bytes), [Message::Nack { ssrc: 9, sequences }]);
    let empty = [0x81, 205, 0, 2, 0, 0, 0, 1, 0, 0, 0, 9];
    assert_eq!(all(&empty), []);
}

/// Of nine packets, in a vector of two bits each and a run.
const FEEDBACK: [u8; 32] = [
    0x8f, 205, 0, 7, 0, 0, 0, 1, 0xca, 0xfe, 0xba, 0xbe, // from whom, about what
    0xff, 0xfe, 0, 9, 0, 0, 2, 5, // the first, how many, reference, count
    0xd4, 0x91, 0x20, 0x02, // small, small, none, large, small, none, small; small twice
    4, 8, 0xff, 0xf8, 1, 255, 0, 2,
];

#[test]
fn feedback_tells_when_each_packet_arrived() {
    let arrivals = [129_000, 131_000, -1, 129_000, 129_250, -1, 193_000, 193_000, 193_500];
    let arrivals = arrivals.map(|at| (at >= 0).then_some(at)).to_vec();
    let wanted = TransportFeedback { base: 0xfffe, count: 5, arrivals };
    assert_eq!(all(&FEEDBACK), [Message::Transport(wanted)]);
}

#[test]
fn feedback_may_be_padded_and_begin_before_its_clock_did() {
    // 14 of one bit, of which twelve count; two deltas, and two bytes to fill the word.
    let bytes = [
        0xaf, 205, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0, 0, 7, 0, 12, 0xff, 0xff, 0xfe, 0, //
        0xa0, 0x04, 4, 255,
    ];
    // Less than a word is left: no padding here.
    let unpadded = [&[0x8f][..], &bytes[1..]].concat();
    let [Message::Transport(feedback)] = &all(&unpadded)[..] else { panic!("not read") };
    assert_eq!(feedback.arrivals[0], Some(-127_000));
    assert_eq!(feedback.arrivals[11], Some(-127_000 + 63_750));
    assert_eq!(feedback.arrivals.iter().flatten().count(), 2);
    // Said to be padding of 255 bytes.
    assert_eq!(all(&bytes), []);
    let padded = [&bytes[..3], &[6], &bytes[4..], &[0, 0, 0, 4]].concat();
    assert_eq!(all(&padded), [Message::Transport(feedback.clone())]);
}

#[test]
fn feedback_that_contradicts_itself_is_left_out_and_the_rest_is_read() {
    let (requests, messages) = keyframe_requests();
    let change = |at: usize, to: [u8; 2]| {
        let mut changed = FEEDBACK;
        changed[at..at + 2].copy_from_slice(&to);
        changed
    };
    for (why, feedback) in [
        ("more statuses than deltas", change(14, [0, 200])),
        ("no statuses", change(14, [0, 0])),
        ("too many statuses", change(14, [0xff, 0xff])),
        ("a status that means nothing", change(20, [0xd7, 0x91])),
        ("large deltas that are not there", change(22, [0x40, 2])),
    ] {
        assert_eq!(all(&[&feedback[..], &requests].concat()), messages, "{why}");
    }
}

#[test]
fn what_was_said_of_too_many_packets_is_bounded() {
    let entries = [[0, 0, 0xff, 0xff]; 300].concat();
    let nack = [&[0x81, 205, 1, 46, 0, 0, 0, 1, 0, 0, 0, 9][..], &entries].concat();
    let [Message::Nack { sequences, .. }] = &all(&nack)[..] else { panic!("not read") };
    assert_eq!(sequences.len(), 1_024);
    let loss = [0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 9].repeat(1_000);
    assert_eq!(read(&loss).count(), 256);
    // A run of 8,192 that did not arrive, in 24 bytes.
    let [high, low] = 8_192_u16.to_be_bytes();
    let run = [0x1f, 0xff, 0, 1];
    let head = [0x8f, 205, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0, 0, 7, high, low, 0, 0, 0, 0];
    let feedback = [&head[..], &run].concat();
    assert_eq!(read(&feedback).count(), 1);
    assert_eq!(read(&[&feedback[..], &feedback].concat()).count(), 1);
    assert_eq!(read(&nack.repeat(20)).count(), 8);
}

#[test]
fn only_what_is_not_about_our_packets_concerns_the_engine() {
    let (requests, _) = keyframe_requests();
    let receiver = ReceiverReport { ssrc: 1, reports: vec![report(3).0], ..Default::default() };
    let receiver = written(vec![Box::new(receiver)]);
    let remb = ReceiverEstimatedMaximumBitrate { sender_ssrc: 1, bitrate: 3e5, ssrcs: vec![4] };
    let remb = written(vec![Box::new(remb)]);
    let nacks = nack_pairs_from_sequence_numbers(&[1, 2]);
    let nack = written(vec![Box::new(TransportLayerNack { sender_ssrc: 1, media_ssrc: 2, nacks })]);
    let ours = [&receiver[..], &requests, &remb, &nack, &FEEDBACK].concat();
    assert!(!concerns_the_engine(&ours));
    assert!(!concerns_the_engine(&receiver));

    let mut sender = Vec::new();
    let report = SenderReport { ssrc: 1, ntp: 0, rtp_timestamp: 0, packets: 0, octets: 0 };
    report.write(&mut sender);
    let bye = vec![0x81, 203, 0, 1, 0, 0, 0, 1];
    let extended = vec![0x80, 207, 0, 1, 0, 0, 0, 1];
    let application = vec![0x80, 204, 0, 2, 0, 0, 0, 1, b'n', b'a', b'm', b'e'];
    let bitrate_request = vec![0x83, 205, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0];
    for theirs in [sender, bye, extended, application, bitrate_request, vec![0x80], vec![0; 4]] {
        assert!(concerns_the_engine(&theirs), "{theirs:?}");
        assert!(concerns_the_engine(&[&ours[..], &theirs].concat()), "{theirs:?}");
    }
    assert!(concerns_the_engine(&[]));
    assert!(concerns_the_engine(&[&[0x82][..], &receiver[1..]].concat()), "a block is missing");
}

fn some_report() -> impl Strategy<Value = SenderReport> {
    let fields = (any::<u32>(), any::<u64>(), any::<u32>(), any::<u32>(), any::<u32>());
    fields.prop_map(|(ssrc, ntp, rtp_timestamp, packets, octets)| SenderReport {
        ssrc,
        ntp,
        rtp_timestamp,
        packets,
        octets,
    })
}

/// Statuses with their deltas in quarters of a millisecond, in chunks of each kind.
fn feedback() -> impl Strategy<Value = (TransportLayerCc, TransportFeedback)> {
    let status = prop_oneof![
        Just(None),
        (0i16..256).prop_map(Some),
        any::<i16>().prop_filter("small", |delta| !(0..256).contains(delta)).prop_map(Some),
    ];
    let run = prop_oneof![Just(1usize), 1usize..40];
    let runs = prop::collection::vec((status, run, 0u8..3), 1..60);
    (any::<u16>(), any::<u8>(), 0u32..1 << 24, runs).prop_map(|(base, count, reference, runs)| {
        let mut theirs = TransportLayerCc {
            sender_ssrc: 1,
            media_ssrc: 2,
            base_sequence_number: base,
            reference_time: reference,
            fb_pkt_count: count,
            ..Default::default()
        };
        let mut clock = i64::from((reference << 8) as i32 >> 8) * 64_000;
        let mut arrivals = Vec::new();
        let last = runs.len() - 1;
        for (at, (delta, length, kind)) in runs.into_iter().enumerate() {
            let symbol = match delta {
                None => SymbolTypeTcc::PacketNotReceived,
                Some(0..256) => SymbolTypeTcc::PacketReceivedSmallDelta,
                Some(_) => SymbolTypeTcc::PacketReceivedLargeDelta,
            };
            // Only the last vector may be filled up with what does not count.
            let (size, width, length) = match kind {
                1 if symbol != SymbolTypeTcc::PacketReceivedLargeDelta => {
                    (Some(SymbolSizeTypeTcc::OneBit), 14, if at == last { length } else { 14 })
                }
                2 => (Some(SymbolSizeTypeTcc::TwoBit), 7, if at == last { length } else { 7 }),
                _ => (None, 0, length),
            };
            let length = if size.is_some() { length.min(width) } else { length };
            theirs.packet_chunks.push(match size {
                None => PacketStatusChunk::RunLengthChunk(RunLengthChunk {
                    type_tcc: StatusChunkTypeTcc::RunLengthChunk,
                    packet_status_symbol: symbol,
                    run_length: length as u16,
                }),
                Some(symbol_size) => {
                    let mut symbol_list = vec![symbol; length];
                    symbol_list.resize(width, SymbolTypeTcc::PacketNotReceived);
                    PacketStatusChunk::StatusVectorChunk(StatusVectorChunk {
                        type_tcc: StatusChunkTypeTcc::StatusVectorChunk,
                        symbol_size,
                        symbol_list,
                    })
                }
            });
            for _ in 0..length {
                arrivals.push(delta.map(|delta| {
                    let delta = i64::from(delta) * 250;
                    theirs.recv_deltas.push(RecvDelta { type_tcc_packet: symbol, delta });
                    clock += delta;
                    clock
                }));
            }
        }
        theirs.packet_status_count = arrivals.len() as u16;
        (theirs, TransportFeedback { base, count, arrivals })
    })
}

proptest! {
    #[test]
    fn feedback_of_another_implementation_is_read((theirs, ours) in feedback()) {
        let bytes = written(vec![Box::new(theirs)]);
        prop_assert_eq!(all(&bytes), [Message::Transport(ours)]);
        prop_assert!(!concerns_the_engine(&bytes));
    }

    #[test]
    fn requests_of_another_implementation_are_read(
        first in any::<u16>(),
        gaps in prop::collection::vec(1u16..40, 0..200),
    ) {
        let mut sequences = vec![first];
        for gap in gaps {
            sequences.push(sequences[sequences.len() - 1].wrapping_add(gap));
        }
        let nacks = nack_pairs_from_sequence_numbers(&sequences);
        let bytes = written(vec![Box::new(TransportLayerNack { sender_ssrc: 1, media_ssrc: 9, nacks })]);
        prop_assert_eq!(all(&bytes), [Message::Nack { ssrc: 9, sequences }]);
    }

    #[test]
    fn another_implementation_reads_our_reports(report in some_report()) {
        let mut bytes = vec![1, 2, 3];
        report.write(&mut bytes);
        let mut bytes = &bytes[3..];
        prop_assert_eq!(all(bytes), []);
        prop_assert!(concerns_the_engine(bytes));
        let packets = unmarshal(&mut bytes).unwrap();
        let theirs = packets[0].as_any().downcast_ref::<rtc_rtcp::sender_report::SenderReport>().unwrap();
        let read = SenderReport {
            ssrc: theirs.ssrc,
            ntp: theirs.ntp_time,
            rtp_timestamp: theirs.rtp_time,
            packets: theirs.packet_count,
            octets: theirs.octet_count,
        };
        prop_assert_eq!(read, report);
        prop_assert!(theirs.reports.is_empty() && theirs.profile_extensions.is_empty());
        prop_assert_eq!(packets.len(), 1);
    }

    #[test]
    fn anything_is_read_as_far_as_it_makes_sense(
        packet in prop::collection::vec(any::<u8>(), 0..300)
    ) {
        prop_assert!(all(&packet).len() <= 256);
        concerns_the_engine(&packet);
    }

    #[test]
    fn parts_of_nonsense_do_no_harm(
        parts in prop::collection::vec(
            (0x80u8..0xc0, 199u8..209, prop::collection::vec(any::<u8>(), 0..120)), 1..12)
    ) {
        let parts = parts.into_iter().map(|(first, kind, mut body)| {
            body.truncate(body.len() / 4 * 4);
            [&[first, kind, 0, (body.len() / 4) as u8], &body[..]].concat()
        });
        let packet = parts.collect::<Vec<_>>().concat();
        for message in all(&packet) {
            match message {
                Message::Nack { sequences, .. } => prop_assert!((1..=1_024).contains(&sequences.len())),
                Message::Transport(feedback) => prop_assert!(!feedback.arrivals.is_empty()),
                Message::Report(_) | Message::KeyFrame { .. } => {}
            }
        }
        concerns_the_engine(&packet);
    }
}
