//! A publisher's track in the room: what is kept of it between its packets.

use std::time::{Duration, Instant};

use super::cache::KeyFrameCache;
use super::event::MediaKind;
use super::keyframe_request::KeyFrameRequests;
use super::packet::{Packet, TrackId};
use super::picture::KeyFrame;
use super::vp8;

/// How often the cache is kept fresh by asking for a key frame, while somebody waits to join.
const REFRESH: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(crate) struct Track {
    pub(crate) id: TrackId,
    pub(crate) kind: MediaKind,
    /// Of video only.
    pub(crate) cache: KeyFrameCache,
    pub(crate) requests: KeyFrameRequests,
    key_frame_began: Option<Instant>,
    /// When the last whole one before it did.
    before_began: Option<Instant>,
}

impl Track {
    pub(crate) fn new(id: TrackId, kind: MediaKind) -> Self {
        let (cache, requests) = (KeyFrameCache::default(), KeyFrameRequests::default());
        Self { id, kind, cache, requests, key_frame_began: None, before_began: None }
    }

    /// Takes in a packet that the publisher sent as `id`.
    pub(crate) fn receive(&mut self, now: Instant, id: TrackId, packet: &Packet) {
        if self.id != id {
            self.id = id;
            self.cache.clear();
        }
        if self.kind == MediaKind::Video {
            let whole = self.key_frame_began.filter(|_| self.cache.is_whole());
            if self.cache.insert(packet) {
                self.requests.satisfy(now);
                self.before_began = whole.or(self.before_began);
                self.key_frame_began = Some(now);
            }
        }
    }

    /// Whether those who may join soon would have to be shown an old picture.
    pub(crate) fn should_refresh(&self, now: Instant) -> bool {
        let is_due = |began| now.duration_since(began) >= REFRESH;
        self.cache.is_stale() && self.key_frame_began.is_some_and(is_due)
    }

    /// The last whole VP8 key frame as a picture.
    pub(crate) fn key_frame(&self, now: Instant) -> Option<KeyFrame> {
        let data = self.cache.vp8_key_frame()?.freeze();
        let (width, height) = vp8::key_frame_size(&data)?;
        Some(KeyFrame { width, height, data, age: self.key_frame_age(now)? })
    }

    /// How long ago the last whole key frame began to arrive.
    pub(crate) fn key_frame_age(&self, now: Instant) -> Option<Duration> {
        let began = if self.cache.is_whole() { self.key_frame_began } else { self.before_began };
        began.map(|began| now.saturating_duration_since(began))
    }
}
