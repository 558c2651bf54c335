//! What one receive slot sends of one kind of media: which track it follows, and where in it.

use std::time::Instant;

use super::cache::{KeyFrameCache, Replay};
use super::event::MediaKind;
use super::packet::{Packet, TrackId};
use super::rewriter::{Rewriter, Rewritten};

/// Timestamp ticks between the frames of a replay: they are all due at once, and shown as fast as
/// the viewer can, instead of making it wait for the time that they once took.
const REPLAY_TICKS: u64 = 90;

#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    rewriter: Rewriter,
    track: Option<TrackId>,
    /// Video can only be joined at a key frame.
    waits_for_key_frame: bool,
}

/// What to do with a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forward {
    Send(Rewritten),
    /// The viewer joins the track here: send the cache, which has the packet already.
    Replay,
    /// Nothing before the next key frame.
    NeedsKeyFrame,
    /// It belongs to what the viewer has not been shown.
    Skip,
}

impl Outgoing {
    /// Stops following; the stream's numbers go on with whatever comes next.
    pub(crate) fn stop(&mut self) {
        self.track = None;
    }

    pub(crate) fn is_following(&self) -> bool {
        self.track.is_some()
    }

    pub(crate) fn forward(&mut self, now: Instant, track: TrackId, packet: &Packet) -> Forward {
        if self.track != Some(track) {
            self.track = Some(track);
            self.waits_for_key_frame = packet.codec.kind() == MediaKind::Video;
            if !self.waits_for_key_frame {
                self.rewriter.begin(now, packet, packet.timestamp, 0);
            }
        }
        if self.waits_for_key_frame {
            let joins = packet.frame.starts_key_frame;
            return if joins { Forward::Replay } else { Forward::NeedsKeyFrame };
        }
        self.rewriter.rewrite(now, packet).map_or(Forward::Skip, Forward::Send)
    }

    /// Joins the track with what the cache has. Hands each packet to `send`; whether the viewer
    /// can go on with live packets from there.
    pub(crate) fn replay(
        &mut self,
        now: Instant,
        track: TrackId,
        cache: &KeyFrameCache,
        mut send: impl FnMut(&Packet, Rewritten),
    ) -> bool {
        let (count, reaches_now) = match cache.replay() {
            Replay::UpToNow(count) => (count, true),
            Replay::Still(count) => (count, false),
            Replay::Nothing => (0, false),
        };
        self.track = Some(track);
        self.waits_for_key_frame = !reaches_now;
        self.send_frames(now, cache, count, &mut send);
        reaches_now
    }

    fn send_frames(
        &mut self,
        now: Instant,
        cache: &KeyFrameCache,
        count: usize,
        send: &mut impl FnMut(&Packet, Rewritten),
    ) {
        let Some(first) = cache.packets(count).next() else { return };
        let Some(live) = cache.packets(count).last().map(|packet| packet.timestamp) else { return };
        let mut frames_left = frames(cache.packets(count));
        self.rewriter.begin(now, first, live, frames_left * REPLAY_TICKS);
        let newest = self.rewriter.timestamp(live);
        let mut frame = None;
        for packet in cache.packets(count) {
            if frame.replace(packet.timestamp) != Some(packet.timestamp) {
                frames_left -= 1;
            }
            let timestamp = newest.wrapping_sub(frames_left * REPLAY_TICKS);
            if let Some(rewritten) = self.rewriter.rewrite_at(now, packet, timestamp) {
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
