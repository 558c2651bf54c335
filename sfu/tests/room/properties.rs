//! What holds for all payloads and all orders of arrival.

use std::sync::Arc;

use proptest::prelude::*;
use sfu::Codec;
use sfu::core::cache::{KeyFrameCache, Replay};
use sfu::core::packet::{Extensions, FrameInfo, Packet};
use sfu::core::rewriter::Rewriter;
use sfu::core::vp8::{Descriptor, key_frame_size, starts_key_frame};
use str0m::rtp::Vp8Descriptor;

use crate::world::epoch;

fn packet(sequence: u64, timestamp: u64, payload: &[u8], marker: bool) -> Packet {
    Packet {
        codec: Codec::Vp8,
        sequence,
        timestamp,
        marker,
        payload: Arc::from(payload),
        extensions: Extensions::default(),
        frame: FrameInfo::read(Codec::Vp8, payload),
        captured: epoch(),
    }
}

/// A frame of so many packets, a key frame or not.
fn frame(sequence: u64, timestamp: u64, packets: u64, is_key: bool) -> Vec<Packet> {
    let part = |index: u64| {
        let head = if index == 0 { 0x10 } else { 0x00 };
        let payload = [head, u8::from(!is_key), 1, 2];
        packet(sequence + index, timestamp, &payload, index + 1 == packets)
    };
    (0..packets).map(part).collect()
}

proptest! {
    #[test]
    fn descriptors_are_read_as_the_engine_reads_them(payload in prop::collection::vec(any::<u8>(), 0..24)) {
        let ours = Descriptor::parse(&payload);
        let theirs = Vp8Descriptor::parse(&payload).ok();
        prop_assert_eq!(ours.is_some(), theirs.is_some());
        if let (Some(ours), Some(theirs)) = (ours, theirs) {
            prop_assert_eq!(ours.picture_id.map(|id| id.value), theirs.picture_id());
            prop_assert_eq!(ours.base_layer_index, theirs.tl0_pic_idx());
            prop_assert_eq!(starts_key_frame(&payload), theirs.starts_keyframe(&payload));
        }
        let _ = key_frame_size(&payload);
    }

    #[test]
    fn within_a_run_distances_are_kept_whatever_the_order(
        begin in 0u64..1_000_000,
        offsets in prop::collection::vec(0u64..500, 1..200),
    ) {
        let mut rewriter = Rewriter::default();
        let first = packet(begin, 7, &[0, 1], false);
        rewriter.begin(epoch(), &first, &first, 0);
        for offset in offsets {
            let sent = packet(begin + offset, 7 + offset * 3_000, &[0, 1], false);
            let rewritten = rewriter.rewrite(epoch(), &sent).unwrap();
            prop_assert_eq!(rewritten.sequence, 1 + offset);
            prop_assert_eq!(rewritten.timestamp, sent.timestamp);
        }
    }

    #[test]
    fn across_runs_numbers_never_repeat_and_time_never_goes_back(
        runs in prop::collection::vec((any::<u32>(), any::<u32>(), 1u64..50, 0u64..3), 1..20),
    ) {
        let mut rewriter = Rewriter::default();
        let (mut sequence, mut timestamp) = (0, None);
        for (begin, time, length, late) in runs {
            let (begin, time) = (u64::from(begin) + 3, u64::from(time));
            let first = packet(begin, time, &[0, 1], false);
            rewriter.begin(epoch(), &first, &first, 0);
            for index in 0..length {
                let sent = packet(begin + index, time + index * 3_000, &[0, 1], false);
                let rewritten = rewriter.rewrite(epoch(), &sent).unwrap();
                prop_assert_eq!(rewritten.sequence, sequence + 1);
                let ticks = timestamp.map(|before| rewritten.timestamp.wrapping_sub(before));
                prop_assert!(ticks.is_none_or(|ticks: u64| ticks < u64::MAX / 2));
                (sequence, timestamp) = (rewritten.sequence, Some(rewritten.timestamp));
            }
            // What belongs before the run is not sent.
            let early = packet(begin - late - 1, time, &[0, 1], false);
            prop_assert!(rewriter.rewrite(epoch(), &early).is_none());
        }
    }

    #[test]
    fn a_jump_of_the_publishers_numbers_does_not_throw_the_viewers(
        jump in 10_001u64..u64::from(u32::MAX)
    ) {
        let mut rewriter = Rewriter::default();
        let first = packet(5, 0, &[0, 1], false);
        rewriter.begin(epoch(), &first, &first, 0);
        rewriter.rewrite(epoch(), &first).unwrap();
        let far = rewriter.rewrite(epoch(), &packet(5 + jump, 1, &[0, 1], false)).unwrap();
        prop_assert_eq!(far.sequence, 3);
    }

    #[test]
    fn the_cache_replays_a_gapless_run_from_a_key_frame_in_any_order_of_arrival(
        key in 1u64..20,
        followers in 0u64..30,
        swaps in prop::collection::vec((any::<prop::sample::Index>(), 1usize..4), 0..20),
    ) {
        let mut packets = frame(100, 0, key, true);
        packets.extend((0..followers).flat_map(|n| frame(100 + key + n * 2, 3_000 * (n + 1), 2, false)));
        let count = packets.len();
        for (at, distance) in swaps {
            // The first packet must come first: nothing before it can be told to belong to it.
            let at = 1 + at.index(count);
            if at + distance < count {
                packets.swap(at, at + distance);
            }
        }
        let mut cache = KeyFrameCache::default();
        packets.iter().for_each(|packet| {
            cache.insert(packet);
        });
        prop_assert_eq!(cache.replay(), Replay::UpToNow(count));
        let sequences: Vec<_> = cache.packets(count).map(|packet| packet.sequence).collect();
        prop_assert_eq!(sequences, (100..100 + count as u64).collect::<Vec<_>>());
    }
}

#[test]
fn a_packet_of_a_key_frame_that_overtakes_its_first_one_is_kept() {
    let mut cache = KeyFrameCache::default();
    frame(10, 0, 2, true).iter().for_each(|packet| {
        cache.insert(packet);
    });
    let next = frame(12, 3_000, 3, true);
    for index in [1, 0, 2] {
        cache.insert(&next[index]);
    }
    assert_eq!(cache.replay(), Replay::UpToNow(3));
}

#[test]
fn with_a_gap_behind_it_a_whole_key_frame_is_still_a_picture() {
    let mut cache = KeyFrameCache::default();
    let mut packets = frame(10, 0, 3, true);
    packets.extend(frame(14, 3_000, 2, false));
    packets.iter().for_each(|packet| {
        cache.insert(packet);
    });
    assert_eq!(cache.replay(), Replay::Still(3));
}

#[test]
fn the_cache_stays_bounded_however_long_no_key_frame_comes() {
    let mut cache = KeyFrameCache::default();
    frame(0, 0, 3, true).iter().for_each(|packet| {
        cache.insert(packet);
    });
    for number in 0..100_000 {
        cache.insert(&frame(3 + number, 3_000 * (number + 1), 1, false)[0]);
    }
    assert_eq!(cache.replay(), Replay::Still(3));
    let mut endless = KeyFrameCache::default();
    for packet in frame(0, 0, 100_000, true) {
        endless.insert(&packet);
    }
    assert_eq!(endless.replay(), Replay::Nothing);
}
