//! Sound that is sent twice (RFC 2198), as browsers send and take it.

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

/// The packets that one brings which did not arrive yet.
pub(crate) fn unpack(packet: &Received, arrived: &[Received]) -> Vec<Received> {
    let bytes = &packet.payload;
    assert!(bytes[0] & 0x80 != 0 && bytes[4] & 0x80 == 0, "not a pair of blocks");
    assert_eq!(bytes[0] & 0x7f, bytes[4]);
    let age = u32::from(bytes[1]) << 6 | u32::from(bytes[2]) >> 2;
    let length = usize::from(bytes[2] & 3) << 8 | usize::from(bytes[3]);
    let (before, primary) = bytes[5..].split_at(length);
    let before = Received {
        sequence: packet.sequence - 1,
        timestamp: packet.timestamp.wrapping_sub(age),
        payload: before.to_vec(),
        audio_level: None,
        ..packet.clone()
    };
    let primary = Received { payload: primary.to_vec(), ..packet.clone() };
    let is_there = |new: &Received| {
        let mut of_line = arrived.iter().rev().filter(|old| old.mid == new.mid).take(50);
        of_line.any(|old| old.sequence == new.sequence)
    };
    [before, primary].into_iter().filter(|new| !is_there(new)).collect()
}
