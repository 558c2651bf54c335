//! Sound that is sent again (RFC 2198), as browsers send and take it.

use str0m::Rtc;
use str0m::media::Pt;

use crate::client::Received;

/// Whether packets of this payload type are redundant sound.
pub(crate) fn is_redundant(rtc: &Rtc, pt: Pt) -> bool {
    rtc.codec_config().find(|params| params.red() == Some(pt)).is_some()
}

/// A packet with the one before it, where that was agreed on.
pub(crate) fn pack(rtc: &Rtc, plain: (Pt, Vec<u8>), before: &[u8], ticks: u64) -> (Pt, Vec<u8>) {
    let (opus, payload) = plain;
    let params = rtc.codec_config().find(|params| params.pt() == opus);
    let Some(red) = params.and_then(|params| params.red()) else { return (opus, payload) };
    let (length, age) = (before.len(), ticks as usize);
    let header = [0x80 | *opus, (age >> 6) as u8, (age << 2) as u8 | (length >> 8) as u8];
    let bytes = [&header[..], &[length as u8, *opus], before, &payload].concat();
    (red, bytes)
}

/// The packets that one brings which did not arrive yet, oldest first.
pub(crate) fn unpack(packet: &Received, arrived: &[Received]) -> Vec<Received> {
    let headers: Vec<_> =
        packet.payload.chunks_exact(4).take_while(|header| header[0] & 0x80 != 0).collect();
    let (opus, mut blocks) = packet.payload[4 * headers.len()..].split_first().unwrap();
    assert!(!headers.is_empty(), "nothing is brought along");
    let mut brought = Vec::new();
    for (header, steps) in headers.iter().zip((1..=headers.len() as u64).rev()) {
        assert_eq!(header[0] & 0x7f, *opus);
        let age = u32::from(header[1]) << 6 | u32::from(header[2]) >> 2;
        let length = usize::from(header[2] & 3) << 8 | usize::from(header[3]);
        let (block, rest) = blocks.split_at(length);
        blocks = rest;
        brought.push(Received {
            sequence: packet.sequence - steps,
            timestamp: packet.timestamp.wrapping_sub(age),
            payload: block.to_vec(),
            audio_level: None,
            ..packet.clone()
        });
    }
    brought.push(Received { payload: blocks.to_vec(), ..packet.clone() });
    let is_there = |new: &Received| {
        let mut of_line = arrived.iter().rev().filter(|old| old.mid == new.mid).take(50);
        of_line.any(|old| old.sequence == new.sequence)
    };
    brought.into_iter().filter(|new| !is_there(new)).collect()
}
