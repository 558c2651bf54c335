//! A publisher's track in the room, and its simulcast layers: what is kept of each between its
//! packets.

use std::time::{Duration, Instant};

use super::cache::KeyFrameCache;
use super::event::MediaKind;
use super::keyframe_request::KeyFrameRequests;
use super::packet::{Packet, StreamId};
use super::picture::KeyFrame;
use super::rate::RateMeter;
use super::vp8;

/// Simulcast layers of a camera, at most.
pub(crate) const MOST_LAYERS: usize = 3;
/// How often the cache is kept fresh by asking for a key frame, while somebody waits to join.
const REFRESH: Duration = Duration::from_secs(2);

/// A layer stops when the publisher's browser has nothing to spare for it: so much time passed since its
/// last packet, and so many frames of lower layers came meanwhile. After a large key frame an encoder may
/// pause for a few frames, too.
const FRAMES_BELOW: u32 = 3;
const LEAST_SILENCE: Duration = Duration::from_millis(350);

#[derive(Debug)]
pub(crate) struct Track {
    /// As many as the publisher declared, lowest first.
    pub(crate) layers: Vec<Layer>,
}

/// What a packet tells of its track.
#[derive(Debug)]
pub(crate) struct Reception {
    /// It is the first of its layer for long.
    pub(crate) ends_silence: bool,
    /// Its layer comes again, after lower ones went on without it.
    pub(crate) resumes: bool,
    /// Higher layers that have stopped, while its own goes on.
    pub(crate) left_behind: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) id: StreamId,
    /// Of video only.
    pub(crate) cache: KeyFrameCache,
    pub(crate) requests: KeyFrameRequests,
    pub(crate) meter: RateMeter,
    /// Width and height, as the last key frame told.
    pub(crate) size: Option<(u16, u16)>,
    /// Of the newest frame.
    timestamp: Option<u64>,
    /// Frames of lower layers since its last packet, and whether they say that it has stopped.
    frames_below: u32,
    is_passed_by: bool,
    key_frame_timestamp: Option<u64>,
    key_frame_began: Option<Instant>,
    /// When the last whole one before it did.
    before_began: Option<Instant>,
}

impl Track {
    pub(crate) fn new(id: StreamId, layers: usize) -> Self {
        let layer = |layer| Layer::new(StreamId { layer, ..id });
        Self { layers: (0..layers.clamp(1, MOST_LAYERS) as u8).map(layer).collect() }
    }

    /// The publisher has another number of layers from now on. What the others brought stays.
    pub(crate) fn declare(&mut self, layers: usize) {
        let Some(first) = self.layers.first().map(|layer| layer.id) else { return };
        let declared = Self::new(first, layers).layers;
        let kept = self.layers.len().min(declared.len());
        self.layers.truncate(kept);
        self.layers.extend(declared.into_iter().skip(kept));
    }

    pub(crate) fn layer(&self, layer: u8) -> Option<&Layer> {
        self.layers.get(usize::from(layer))
    }

    pub(crate) fn layer_mut(&mut self, layer: u8) -> Option<&mut Layer> {
        self.layers.get_mut(usize::from(layer))
    }

    pub(crate) fn is_live(&self, now: Instant) -> bool {
        self.layers.iter().any(|layer| layer.meter.is_live(now))
    }

    /// Takes in a packet that the publisher sent as `id`; `None` when there is no such layer.
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        id: StreamId,
        packet: &Packet,
    ) -> Option<Reception> {
        let (below, above) = self.layers.split_at_mut_checked(usize::from(id.layer) + 1)?;
        let layer = below.last_mut()?;
        let resumes = std::mem::take(&mut layer.is_passed_by);
        let ends_silence = layer.receive(now, id, packet);
        let is_new_frame = layer.begin_frame(packet.timestamp);
        let mut left_behind = Vec::new();
        for higher in above.iter_mut().filter(|_| is_new_frame) {
            if higher.let_pass(now) {
                left_behind.push(higher.id.layer);
            }
        }
        Some(Reception { ends_silence, resumes, left_behind })
    }

    /// The layers by which to join the track: of those that come `target` first, then the highest;
    /// then, likewise, those that don't.
    pub(crate) fn joinable(&self, now: Instant, target: u8) -> impl Iterator<Item = &Layer> {
        let is_live = move |layer: &&Layer| layer.meter.is_live(now);
        let all = move || {
            let others = self.layers.iter().rev().filter(move |layer| layer.id.layer != target);
            self.layer(target).into_iter().chain(others)
        };
        all().filter(is_live).chain(all().filter(move |layer| !is_live(layer)))
    }

    /// The layer that shows most of those that come.
    pub(crate) fn best(&self, now: Instant) -> Option<&Layer> {
        self.layers.iter().rev().find(|layer| layer.meter.is_live(now))
    }

    /// The last whole VP8 key frame as a picture: of the highest layer that had one lately.
    pub(crate) fn key_frame(&self, now: Instant) -> Option<KeyFrame> {
        self.pictured(now)?.key_frame(now)
    }

    /// How long ago that key frame began to arrive.
    pub(crate) fn key_frame_age(&self, now: Instant) -> Option<Duration> {
        self.pictured(now)?.key_frame_age(now)
    }

    /// Higher layers show more, but one that is paused would show the past.
    fn pictured(&self, now: Instant) -> Option<&Layer> {
        let age = |layer: &&Layer| layer.key_frame_age(now);
        let live = self.layers.iter().rev().filter(|layer| layer.meter.is_live(now));
        live.chain(self.layers.iter().rev()).find(|layer| age(layer).is_some())
    }
}

impl Layer {
    fn new(id: StreamId) -> Self {
        Self {
            id,
            cache: KeyFrameCache::default(),
            requests: KeyFrameRequests::default(),
            meter: RateMeter::default(),
            size: None,
            timestamp: None,
            frames_below: 0,
            is_passed_by: false,
            key_frame_timestamp: None,
            key_frame_began: None,
            before_began: None,
        }
    }

    /// Whether lower layers go on without it.
    pub(crate) fn has_stopped(&self) -> bool {
        self.is_passed_by
    }

    /// Whether it comes now.
    pub(crate) fn flows(&self, now: Instant) -> bool {
        self.meter.is_live(now) && !self.is_passed_by
    }

    /// Whether a packet with this timestamp is the first of a frame.
    fn begin_frame(&mut self, timestamp: u64) -> bool {
        self.frames_below = 0;
        let is_new = self.timestamp.is_none_or(|newest| newest < timestamp);
        self.timestamp = self.timestamp.max(Some(timestamp));
        is_new
    }

    /// A frame of a lower layer came. Whether this one thereby counts as stopped.
    fn let_pass(&mut self, now: Instant) -> bool {
        self.frames_below = self.frames_below.saturating_add(1);
        let is_silent = self.meter.silence(now).is_some_and(|silence| silence >= LEAST_SILENCE);
        if self.is_passed_by || self.frames_below < FRAMES_BELOW || !is_silent {
            return false;
        }
        self.is_passed_by = true;
        self.requests.forget();
        true
    }

    /// Takes in a packet that the publisher sent as `id`. Whether it ends a silence.
    fn receive(&mut self, now: Instant, id: StreamId, packet: &Packet) -> bool {
        if self.id != id {
            (self.id, self.timestamp) = (id, None);
            self.before_began =
                self.key_frame_began.filter(|_| self.cache.is_whole()).or(self.before_began);
            self.cache.clear();
        }
        if packet.frame.starts_key_frame {
            self.key_frame_timestamp = Some(packet.timestamp);
        }
        // What is sent all the time counts: key frames are rare, and spread out where it is narrow.
        let is_of_key_frame = self.key_frame_timestamp == Some(packet.timestamp);
        let begins = self.meter.hear(now, if is_of_key_frame { 0 } else { packet.payload.len() });
        if self.id.kind.media() == MediaKind::Video {
            let whole = self.key_frame_began.filter(|_| self.cache.is_whole());
            if self.cache.insert(packet) {
                self.requests.satisfy(now);
                self.size = packet.frame.size.or(self.size);
                self.before_began = whole.or(self.before_began);
                self.key_frame_began = Some(now);
            }
        }
        begins
    }

    /// Whether those who may join soon would have to be shown an old picture.
    pub(crate) fn should_refresh(&self, now: Instant) -> bool {
        let is_due = |began| now.duration_since(began) >= REFRESH;
        self.cache.is_stale() && self.key_frame_began.is_some_and(is_due)
    }

    fn key_frame(&self, now: Instant) -> Option<KeyFrame> {
        let data = self.cache.vp8_key_frame()?.freeze();
        let (width, height) = vp8::key_frame_size(&data)?;
        Some(KeyFrame { width, height, data, age: self.key_frame_age(now)? })
    }

    fn key_frame_age(&self, now: Instant) -> Option<Duration> {
        let began = if self.cache.is_whole() { self.key_frame_began } else { self.before_began };
        began.map(|began| now.saturating_duration_since(began))
    }
}
