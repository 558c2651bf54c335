//! The last key frame of a video track and what followed it, so that a newly placed viewer has a
//! picture at once, without asking the publisher and waiting for the answer to come.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::BytesMut;

use super::packet::Packet;
use super::tap::Codec;
use super::vp8;

/// What may follow a key frame before the followers are let go: replaying more would take longer
/// than a new key frame. Each layer of a call may hold so much.
const MOST_FOLLOWERS: usize = 100;
const MOST_FOLLOWING_BYTES: usize = 75_000;
/// A key frame larger than this is not kept.
const MOST_PACKETS: usize = 1_500;
const MOST_BYTES: usize = 1_500_000;

/// Bounded in packets and bytes. Payloads are shared with whoever else holds them.
#[derive(Debug, Default)]
pub struct KeyFrameCache {
    /// In order of sequence numbers; the first one starts the key frame. May have gaps.
    packets: VecDeque<Packet>,
    bytes: usize,
    /// Packets of the key frame itself, once all have come, and their bytes.
    key_frame: Option<usize>,
    key_bytes: usize,
    /// Whether followers were let go, so that what is here does not reach up to now.
    is_cut: bool,
    /// The last whole key frame, while a newer one is still coming in.
    before: Vec<Packet>,
}

/// What a viewer who begins now can be given.
#[derive(Debug, PartialEq, Eq)]
pub enum Replay {
    /// This many packets, and live ones will continue them.
    UpToNow(usize),
    /// A picture, of this many packets; but what continues it is lost.
    Still(usize),
    Nothing,
}

impl KeyFrameCache {
    /// Takes in a packet. Whether it began a new key frame.
    pub fn insert(&mut self, packet: &Packet) -> bool {
        if packet.frame.starts_key_frame && self.is_new_key_frame(packet) {
            self.begin(packet);
            return true;
        }
        if self.packets.front().is_some_and(|first| first.sequence < packet.sequence) {
            self.follow(packet);
        }
        false
    }

    pub fn replay(&self) -> Replay {
        let Some(first) = self.packets.front() else { return Replay::Nothing };
        let gapless = self.gapless();
        let is_one_frame = self.packets.iter().all(|packet| packet.timestamp == first.timestamp);
        match self.key_frame {
            _ if !self.is_cut && (gapless == self.packets.len() || is_one_frame) => {
                Replay::UpToNow(self.packets.len())
            }
            Some(length) => Replay::Still(length),
            None => Replay::Nothing,
        }
    }

    /// The first packets, as many as [`Self::replay`] said.
    pub fn packets(&self, count: usize) -> impl Iterator<Item = &Packet> {
        self.packets.iter().take(count)
    }

    /// Whether a viewer who begins now would only be shown the past.
    pub fn is_stale(&self) -> bool {
        self.is_cut
    }

    /// Whether all of the newest key frame has come.
    pub fn is_whole(&self) -> bool {
        self.key_frame.is_some()
    }

    /// The bitstream of the last whole VP8 key frame.
    pub fn vp8_key_frame(&self) -> Option<BytesMut> {
        match self.key_frame {
            Some(length) => assemble(self.packets.iter().take(length)),
            None => assemble(self.before.iter()),
        }
    }

    /// Forgets everything but the last picture: the track begins anew.
    pub fn clear(&mut self) {
        if let Some(length) = self.key_frame {
            self.before = self.packets.drain(..length).collect();
        }
        *self = Self { before: std::mem::take(&mut self.before), ..Self::default() };
    }

    /// Parameter sets and slices of one H.264 key frame may each look like a beginning.
    fn is_new_key_frame(&self, packet: &Packet) -> bool {
        self.packets.front().is_none_or(|first| {
            packet.sequence > first.sequence && packet.timestamp != first.timestamp
        })
    }

    fn begin(&mut self, start: &Packet) {
        if let Some(length) = self.key_frame {
            self.before.clear();
            self.before.extend(self.packets.drain(..length));
        }
        // Packets of this key frame that overtook its first one are here already.
        self.packets.retain(|packet| packet.sequence > start.sequence);
        self.packets.push_front(start.clone());
        self.bytes = self.packets.iter().map(|packet| packet.payload.len()).sum();
        (self.key_frame, self.is_cut) = (None, false);
        self.complete();
    }

    fn follow(&mut self, packet: &Packet) {
        if self.is_cut {
            return;
        }
        let at = self.packets.partition_point(|held| held.sequence < packet.sequence);
        if self.packets.get(at).is_some_and(|held| held.sequence == packet.sequence) {
            return;
        }
        self.bytes += packet.payload.len();
        self.packets.insert(at, packet.clone());
        self.complete();
        self.bound();
    }

    /// Notes when the last packet of the key frame has come.
    fn complete(&mut self) {
        if self.key_frame.is_some() {
            return;
        }
        let Some(first) = self.packets.front() else { return };
        let ends = |packet: &Packet| packet.marker && packet.timestamp == first.timestamp;
        let gapless = self.gapless();
        self.key_frame = self.packets.iter().take(gapless).position(ends).map(|last| last + 1);
        if let Some(length) = self.key_frame {
            self.key_bytes = self.packets.iter().take(length).map(|p| p.payload.len()).sum();
            self.before = Vec::new();
        }
    }

    /// How many packets from the first have no gap between them.
    fn gapless(&self) -> usize {
        let first = self.packets.front().map_or(0, |packet| packet.sequence);
        let follows = |(index, packet): &(usize, &Packet)| packet.sequence == first + *index as u64;
        self.packets.iter().enumerate().take_while(follows).count()
    }

    fn bound(&mut self) {
        let Some(length) = self.key_frame else {
            if self.packets.len() > MOST_PACKETS || self.bytes > MOST_BYTES {
                self.clear();
            }
            return;
        };
        if self.packets.len() - length > MOST_FOLLOWERS
            || self.bytes - self.key_bytes > MOST_FOLLOWING_BYTES
        {
            self.packets.truncate(length);
            self.packets.shrink_to_fit();
            (self.bytes, self.is_cut) = (self.key_bytes, true);
        }
    }
}

fn assemble<'a>(packets: impl Iterator<Item = &'a Packet>) -> Option<BytesMut> {
    let mut frame = BytesMut::new();
    for packet in packets.filter(|packet| packet.codec == Codec::Vp8) {
        let payload: &Arc<[u8]> = &packet.payload;
        frame.extend_from_slice(&payload[vp8::Descriptor::parse(payload)?.length..]);
    }
    (!frame.is_empty()).then_some(frame)
}
