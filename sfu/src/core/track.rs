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

#[derive(Debug)]
pub(crate) struct Track {
    /// As many as the publisher declared, lowest first.
    pub(crate) layers: Vec<Layer>,
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
            key_frame_began: None,
            before_began: None,
        }
    }

    /// Takes in a packet that the publisher sent as `id`. Whether it ends a silence.
    pub(crate) fn receive(&mut self, now: Instant, id: StreamId, packet: &Packet) -> bool {
        if self.id != id {
            self.id = id;
            self.cache.clear();
        }
        let begins = self.meter.hear(now, packet.payload.len());
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
