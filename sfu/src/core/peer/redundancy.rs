//! Sound that is sent twice (RFC 2198), taken apart and put together at the door: a room and all in
//! it only know Opus. So a publisher without it can still be heard well over a viewer's bad network,
//! and the other way round; and no viewer is sent again what it was not sent before.

use std::sync::Arc;

use str0m::media::Pt;

use crate::core::packet::{Extensions, Packet};
use crate::core::recovery::Recovery;
use crate::core::red;
use crate::core::rewriter::Rewritten;

/// Of an m-line on which it was agreed on.
#[derive(Debug)]
pub(super) struct Redundancy {
    pub(super) payload_type: Pt,
    /// What it wraps.
    opus: Pt,
    recovery: Recovery,
    sent: Option<Sent>,
}

#[derive(Debug)]
struct Sent {
    sequence: u64,
    timestamp: u64,
    payload: Arc<[u8]>,
}

impl Redundancy {
    pub(super) fn new(payload_type: Pt, opus: Pt) -> Self {
        Self { payload_type, opus, recovery: Recovery::default(), sent: None }
    }

    /// The publisher numbers its packets anew.
    pub(super) fn begin(&mut self) {
        self.recovery = Recovery::default();
    }

    /// What a packet brings that is not there yet, oldest first: what went before it and was lost,
    /// and itself.
    pub(super) fn unpack(&mut self, payload_type: Pt, mut packet: Packet) -> Vec<Packet> {
        if payload_type != self.payload_type {
            let is_news = self.recovery.hear(packet.sequence, packet.timestamp);
            return if is_news { vec![packet] } else { Vec::new() };
        }
        let payload = packet.payload.clone();
        let Some(parsed) = red::parse(&payload).filter(|red| red.payload_type == *self.opus) else {
            return Vec::new();
        };
        packet.payload = parsed.primary.into();
        let is_news = self.recovery.hear(packet.sequence, packet.timestamp);
        let count = parsed.earlier.len() as u64;
        let steps = (1..=count).rev();
        let lost = parsed.earlier.iter().zip(steps).filter_map(|(block, steps)| {
            let sequence = packet.sequence.checked_sub(steps)?;
            let timestamp = packet.timestamp.checked_sub(block.age)?;
            let is_sound = block.payload_type == *self.opus && !block.payload.is_empty();
            (is_sound && self.recovery.fill(sequence, timestamp)).then(|| Packet {
                sequence,
                timestamp,
                marker: false,
                payload: block.payload.into(),
                // They belong to the packet that brought it.
                extensions: Extensions::default(),
                captured: packet.codec.before(packet.captured, block.age),
                ..packet.clone()
            })
        });
        let mut packets: Vec<_> = lost.collect();
        packets.extend(is_news.then_some(packet));
        packets
    }

    /// What is sent of a packet: with the one before it, if that was sent and `is_wanted`.
    pub(super) fn pack(
        &mut self,
        packet: &Packet,
        rewritten: &Rewritten,
        is_wanted: bool,
    ) -> (Pt, Arc<[u8]>) {
        let Rewritten { sequence, timestamp, .. } = *rewritten;
        let payload = packet.payload.clone();
        let before = self.sent.replace(Sent { sequence, timestamp, payload: payload.clone() });
        let before = before.filter(|before| is_wanted && before.sequence + 1 == sequence);
        let pair = before.and_then(|before| {
            let age = timestamp.checked_sub(before.timestamp)?;
            red::pair(*self.opus, age, &before.payload, &payload)
        });
        pair.map_or((self.opus, payload), |pair| (self.payload_type, pair))
    }
}
