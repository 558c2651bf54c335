//! Sound that is sent again (RFC 2198), taken apart and put together at the door: a room and all in
//! it only know Opus. So a publisher without it can still be heard well over a viewer's bad network,
//! and the other way round; and no viewer is sent again what it was not sent before.

use std::collections::VecDeque;
use std::sync::Arc;

use str0m::media::Pt;

use crate::core::packet::{Extensions, Packet};
use crate::core::recovery::Recovery;
use crate::core::red::{self, Earlier};
use crate::core::rewriter::Rewritten;

/// So many packets are kept to be sent again with those after them.
const MOST_COPIES: usize = 2;

/// Of an m-line on which it was agreed on.
#[derive(Debug)]
pub(super) struct Redundancy {
    pub(super) payload_type: Pt,
    /// What it wraps.
    opus: Pt,
    recovery: Recovery,
    /// Oldest first.
    sent: VecDeque<Sent>,
}

#[derive(Debug)]
struct Sent {
    sequence: u64,
    timestamp: u64,
    payload: Arc<[u8]>,
}

impl Redundancy {
    pub(super) fn new(payload_type: Pt, opus: Pt) -> Self {
        Self { payload_type, opus, recovery: Recovery::default(), sent: VecDeque::new() }
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

    /// What is sent of a packet: with as many `copies` of those right before it, of what was sent.
    pub(super) fn pack(
        &mut self,
        packet: &Packet,
        rewritten: &Rewritten,
        copies: u8,
    ) -> (Pt, Arc<[u8]>) {
        let Rewritten { sequence, timestamp, .. } = *rewritten;
        let payload = packet.payload.clone();
        let packed = if copies == 0 { None } else { self.repeat(rewritten, copies, &payload) };
        if self.sent.len() == MOST_COPIES {
            self.sent.pop_front();
        }
        self.sent.push_back(Sent { sequence, timestamp, payload: payload.clone() });
        packed.map_or((self.opus, payload), |packed| (self.payload_type, packed))
    }

    fn repeat(&self, to: &Rewritten, copies: u8, primary: &[u8]) -> Option<Arc<[u8]>> {
        let oldest = to.sequence.saturating_sub(copies.into());
        let before = self.sent.iter().filter(|sent| (oldest..to.sequence).contains(&sent.sequence));
        let earlier: Vec<_> = before
            .filter_map(|sent| {
                let age = to.timestamp.checked_sub(sent.timestamp)?;
                Some(Earlier { payload_type: *self.opus, age, payload: &sent.payload })
            })
            .collect();
        red::join(&earlier, *self.opus, primary)
    }
}
