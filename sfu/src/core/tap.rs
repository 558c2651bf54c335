//! What a tap hands out: a participant's packets as they arrived, after decryption. Recordings
//! read them; so does whoever wants a key frame.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::event::{MediaKind, TrackKind};
use super::packet::{Packet, StreamId};

/// A codec that rooms forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    Opus,
    Vp8,
    H264,
}

impl Codec {
    pub fn kind(self) -> MediaKind {
        match self {
            Self::Opus => MediaKind::Audio,
            Self::Vp8 | Self::H264 => MediaKind::Video,
        }
    }

    /// Ticks per second of its RTP timestamps.
    pub fn clock_rate(self) -> u32 {
        match self {
            Self::Opus => 48_000,
            Self::Vp8 | Self::H264 => 90_000,
        }
    }

    /// So many ticks of that clock before.
    pub(crate) fn before(self, then: Instant, ticks: u64) -> Instant {
        let micros = ticks.saturating_mul(1_000_000) / u64::from(self.clock_rate());
        then.checked_sub(Duration::from_micros(micros)).unwrap_or(then)
    }
}

/// One RTP packet of a participant's track.
#[derive(Debug, Clone)]
pub struct TapPacket {
    pub kind: TrackKind,
    pub codec: Codec,
    /// Grows when the track begins anew (a rebuilt transport, another simulcast layer): sequence
    /// numbers and timestamps of two generations have nothing to do with each other.
    pub generation: u64,
    /// Sequence number, extended past its 16 bits. May arrive out of order.
    pub sequence: u64,
    /// RTP timestamp, extended past its 32 bits, in units of the codec's clock.
    pub timestamp: u64,
    pub marker: bool,
    /// RTP payload, without padding. Shared with every viewer.
    pub payload: Arc<[u8]>,
    /// How many packets the reader missed just before this one because it was too slow.
    pub missed: u64,
}

/// Which layer of each track a tap hands out: the best that comes, changed at key frames.
#[derive(Debug, Default)]
pub(crate) struct TapSelector {
    follows: [Option<StreamId>; 3],
    generations: [u64; 3],
}

impl TapSelector {
    /// The generation of the packet, if it is to be handed out.
    pub(crate) fn follow(&mut self, id: StreamId, best: u8, packet: &Packet) -> Option<u64> {
        let kind = id.kind as usize;
        let follows = &mut self.follows[kind];
        if *follows != Some(id) {
            let is_begun = follows.is_some_and(|old| old.layer != id.layer);
            let may_begin = packet.codec.kind() == MediaKind::Audio
                || packet.frame.starts_key_frame
                || !is_begun;
            if id.layer != best || !may_begin {
                return None;
            }
            *follows = Some(id);
            self.generations[kind] += 1;
        }
        Some(self.generations[kind])
    }
}
