//! Makes one stream out of many. A receive slot shows one publisher after another, and key frames
//! from the cache before live ones; the viewer's decoder must see sequence numbers, timestamps and
//! VP8 picture numbers that never stop and never go back.
//!
//! What is sent falls into runs: within a run everything is shifted by constants, so loss and
//! reordering on the way in show through and can be repaired by the publisher's retransmissions.

use std::time::{Duration, Instant};

use super::packet::Packet;
use super::vp8::PictureId;

/// The first sequence number. Low, so that neither side's roll-over counter can be off: SRTP's
/// receiver has to guess 0 (RFC 3711 §3.3.1).
const FIRST_SEQUENCE: u64 = 1;
/// A jump as long as this on the way in is no loss but a new beginning; passed on, it would throw
/// the viewer's roll-over counter.
const LONGEST_JUMP: u64 = 10_000;

/// Capture and arrival may drift apart by so much between two packets before the capture is not
/// believed.
pub(super) const FARTHEST: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub struct Rewriter {
    next_sequence: u64,
    newest: Option<Newest>,
    run: Option<Run>,
}

/// Where the stream stands, in outgoing numbers.
#[derive(Debug, Clone, Copy)]
struct Newest {
    timestamp: u64,
    sent: Instant,
    captured: Instant,
    picture_id: Option<u16>,
    base_layer_index: Option<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Run {
    first_in: u64,
    first_out: u64,
    newest_in: u64,
    /// Added to incoming timestamps, wrapping.
    timestamp_shift: u64,
    picture_shift: u16,
    layer_shift: u8,
}

/// The numbers that a packet goes out with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rewritten {
    pub sequence: u64,
    pub timestamp: u64,
    /// The VP8 frame's number, where it differs from the payload's.
    pub picture_id: Option<u16>,
    /// Likewise its base layer index.
    pub base_layer_index: Option<u8>,
}

impl Default for Rewriter {
    fn default() -> Self {
        Self { next_sequence: FIRST_SEQUENCE, newest: None, run: None }
    }
}

impl Rewriter {
    /// Begins a run with `first`. The timestamp of `live` follows what was sent before at the
    /// distance in time at which the two were captured, but at least `lead` ticks later.
    pub fn begin(&mut self, now: Instant, first: &Packet, live: &Packet, lead: u64) {
        let live_ticks = live.timestamp;
        let timestamp = self.newest.map_or(live_ticks, |newest| {
            newest.timestamp.wrapping_add(distance(now, &newest, live).max(lead))
        });
        let frame = first.frame;
        self.run = Some(Run {
            first_in: first.sequence,
            first_out: self.next_sequence,
            newest_in: first.sequence,
            timestamp_shift: timestamp.wrapping_sub(live_ticks),
            picture_shift: self.picture_shift(frame.picture_id),
            layer_shift: self.layer_shift(frame.base_layer_index),
        });
    }

    /// What the incoming timestamp is in the present run.
    pub fn timestamp(&self, incoming: u64) -> u64 {
        self.run.map_or(incoming, |run| incoming.wrapping_add(run.timestamp_shift))
    }

    /// The packet's numbers, or `None` when it is older than the run.
    pub fn rewrite(&mut self, now: Instant, packet: &Packet) -> Option<Rewritten> {
        let timestamp = self.timestamp(packet.timestamp);
        self.rewrite_at(now, packet, timestamp)
    }

    /// The same with an outgoing timestamp that is not the run's.
    pub fn rewrite_at(
        &mut self,
        now: Instant,
        packet: &Packet,
        timestamp: u64,
    ) -> Option<Rewritten> {
        let next_sequence = self.next_sequence;
        let run = self.run.as_mut()?;
        if packet.sequence > run.newest_in.saturating_add(LONGEST_JUMP) {
            // One number is left out, so that the viewer notices that something is missing.
            (run.first_in, run.first_out) = (packet.sequence, next_sequence + 1);
        }
        let sequence = run.first_out + packet.sequence.checked_sub(run.first_in)?;
        run.newest_in = run.newest_in.max(packet.sequence);
        let rewritten = run.number(packet, sequence, timestamp);
        if sequence >= self.next_sequence {
            self.advance(now, packet, &rewritten);
        }
        Some(rewritten)
    }

    fn advance(&mut self, now: Instant, packet: &Packet, rewritten: &Rewritten) {
        self.next_sequence = rewritten.sequence + 1;
        let before = self.newest;
        let frame = packet.frame;
        self.newest = Some(Newest {
            timestamp: rewritten.timestamp,
            sent: now,
            captured: packet.captured,
            picture_id: rewritten
                .picture_id
                .or(frame.picture_id.map(|id| id.value))
                .or(before.and_then(|newest| newest.picture_id)),
            base_layer_index: rewritten
                .base_layer_index
                .or(frame.base_layer_index)
                .or(before.and_then(|newest| newest.base_layer_index)),
        });
    }

    fn picture_shift(&self, first: Option<PictureId>) -> u16 {
        let newest = self.newest.and_then(|newest| newest.picture_id);
        match (newest, first) {
            (Some(newest), Some(first)) => newest.wrapping_add(1).wrapping_sub(first.value),
            _ => 0,
        }
    }

    fn layer_shift(&self, first: Option<u8>) -> u8 {
        let newest = self.newest.and_then(|newest| newest.base_layer_index);
        match (newest, first) {
            (Some(newest), Some(first)) => newest.wrapping_add(1).wrapping_sub(first),
            _ => 0,
        }
    }
}

impl Run {
    fn number(&self, packet: &Packet, sequence: u64, timestamp: u64) -> Rewritten {
        let frame = packet.frame;
        let picture_id = frame.picture_id.filter(|_| self.picture_shift != 0);
        let layer = frame.base_layer_index.filter(|_| self.layer_shift != 0);
        Rewritten {
            sequence,
            timestamp,
            picture_id: picture_id.map(|id| id.value.wrapping_add(self.picture_shift) & id.mask()),
            base_layer_index: layer.map(|index| index.wrapping_add(self.layer_shift)),
        }
    }
}

/// Ticks of the packet's clock from what was sent last to the packet, at least one. By the time of
/// capture, which other layers of the same picture share; by that of arrival where the publisher's
/// clock cannot be right.
fn distance(now: Instant, newest: &Newest, packet: &Packet) -> u64 {
    let arrived = now.saturating_duration_since(newest.sent);
    let captured = packet.captured.saturating_duration_since(newest.captured);
    let passed = if captured.abs_diff(arrived) <= FARTHEST { captured } else { arrived };
    let micros = passed.as_micros() as u64;
    (micros * u64::from(packet.codec.clock_rate()) / 1_000_000).max(1)
}
