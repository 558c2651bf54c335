//! What one receive slot sends: which layer of which track it follows, which it should follow, and
//! how it gets from the one to the other.

use std::time::Instant;

use super::cache::{KeyFrameCache, Replay};
use super::event::MediaKind;
use super::packet::{Packet, StreamId};
use super::rewriter::{FARTHEST, Rewriter, Rewritten};

/// Timestamp ticks between the frames of a replay: they are all due at once, and shown as fast as
/// the viewer can, instead of making it wait for the time that they once took.
const REPLAY_TICKS: u64 = 90;

#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    rewriter: Rewriter,
    follows: Option<StreamId>,
    /// Which layer should be sent; `None` for nothing.
    target: Option<u8>,
    /// Video can only be joined at a key frame.
    waits_for_key_frame: bool,
    /// The incoming number of the last packet that was replayed: the viewer may have been made to join the
    /// layer by that very packet, which is still to be forwarded.
    replayed: Option<u64>,
}

/// What to do with a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forward {
    Send(Rewritten),
    /// The viewer joins the layer here: send the cache, which has the packet already.
    Replay,
    /// Nothing of this layer before its next key frame.
    NeedsKeyFrame,
    /// It is not for this viewer.
    Skip,
}

impl Outgoing {
    /// Stops following; the stream's numbers go on with whatever comes next.
    pub(crate) fn stop(&mut self) {
        self.follows = None;
    }

    /// The line is somebody else's from now on.
    pub(crate) fn leave(&mut self) {
        (self.follows, self.target) = (None, None);
    }

    pub(crate) fn target(&self) -> Option<u8> {
        self.target
    }

    /// Says which layer should be sent. What is followed goes on until that one can be joined.
    pub(crate) fn aim(&mut self, target: Option<u8>) {
        self.target = target;
        if target.is_none() {
            self.follows = None;
        }
    }

    pub(crate) fn follows(&self) -> Option<StreamId> {
        self.follows
    }

    /// Whether what should be sent is not sent yet.
    pub(crate) fn is_behind(&self) -> bool {
        self.target.is_some()
            && (self.waits_for_key_frame || self.follows.map(|id| id.layer) != self.target)
    }

    pub(crate) fn forward(&mut self, now: Instant, id: StreamId, packet: &Packet) -> Forward {
        let Some(target) = self.target else { return Forward::Skip };
        if self.follows == Some(id) && !self.waits_for_key_frame {
            if self.replayed == Some(packet.sequence) {
                return Forward::Skip;
            }
            return self.rewriter.rewrite(now, packet).map_or(Forward::Skip, Forward::Send);
        }
        if packet.codec.kind() == MediaKind::Audio {
            self.rewriter.begin(now, packet, packet, 0);
            self.follows = Some(id);
            return self.rewriter.rewrite(now, packet).map_or(Forward::Skip, Forward::Send);
        }
        let is_wanted = id.layer == target || self.follows.is_none_or(|old| old.layer == id.layer);
        match (is_wanted, packet.frame.starts_key_frame) {
            (true, true) => Forward::Replay,
            (true, false) if id.layer == target => Forward::NeedsKeyFrame,
            _ => Forward::Skip,
        }
    }

    /// Joins the layer with what the cache has. Hands each packet to `send`; whether the viewer
    /// can go on with live packets from there. What was captured long ago counts as captured now, which is what
    /// its timestamp says: reports of the stream would else contradict what follows.
    pub(crate) fn replay(
        &mut self,
        now: Instant,
        id: StreamId,
        cache: &KeyFrameCache,
        mut send: impl FnMut(Packet, Rewritten),
    ) -> bool {
        let (count, reaches_now) = match cache.replay() {
            Replay::UpToNow(count) => (count, true),
            Replay::Still(count) => (count, false),
            Replay::Nothing => return false,
        };
        self.follows = Some(id);
        self.waits_for_key_frame = !reaches_now;
        self.replayed = cache.packets(count).last().map(|last| last.sequence);
        self.send_frames(now, cache, count, &mut send);
        reaches_now
    }

    fn send_frames(
        &mut self,
        now: Instant,
        cache: &KeyFrameCache,
        count: usize,
        send: &mut impl FnMut(Packet, Rewritten),
    ) {
        let Some(first) = cache.packets(count).next() else { return };
        let Some(live) = cache.packets(count).last() else { return };
        let mut frames_left = frames(cache.packets(count));
        let is_old = now.saturating_duration_since(live.captured) > FARTHEST;
        let present = |packet: &Packet| {
            let captured = if is_old { now } else { packet.captured };
            Packet { captured, ..packet.clone() }
        };
        self.rewriter.begin(now, first, &present(live), frames_left * REPLAY_TICKS);
        let newest = self.rewriter.timestamp(live.timestamp);
        let mut frame = None;
        for packet in cache.packets(count) {
            let packet = present(packet);
            if frame.replace(packet.timestamp) != Some(packet.timestamp) {
                frames_left -= 1;
            }
            let timestamp = newest.wrapping_sub(frames_left * REPLAY_TICKS);
            if let Some(rewritten) = self.rewriter.rewrite_at(now, &packet, timestamp) {
                send(packet, rewritten);
            }
        }
    }
}

/// How many frames the packets are of: a frame's packets share a timestamp.
fn frames<'a>(packets: impl Iterator<Item = &'a Packet>) -> u64 {
    let mut before = None;
    packets.filter(|packet| before.replace(packet.timestamp) != Some(packet.timestamp)).count()
        as u64
}
