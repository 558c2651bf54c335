//! A camera, a screen or a microphone that makes recognisable packets at a steady pace: one
//! simulcast layer of it.

use std::time::{Duration, Instant};

use str0m::Rtc;
use str0m::format::{Codec, PayloadParams};
use str0m::media::{Pt, Rid};
use str0m::rtp::{ExtensionValues, RtpWrite};

use crate::red::pack;

#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) is_on: bool,
    /// Packets per frame, and per key frame.
    pub(crate) packets: usize,
    pub(crate) key_packets: usize,
    /// Bytes per packet of video; 0 while its encoder has none to spare for it.
    pub(crate) size: usize,
    /// Width and height that key frames tell.
    pub(crate) pixels: (u16, u16),
    pub(crate) audio_level: i8,
    /// Every payload sent, in order.
    pub(crate) sent: Vec<Vec<u8>>,
    pub(crate) frames_sent: usize,
    pub(crate) key_frame_requests: usize,
    pub(crate) next: Instant,
    /// Between two frames.
    pub(crate) interval: Duration,
    pub(crate) rid: Option<Rid>,
    pub(crate) wants_key_frame: bool,
    /// Each packet of sound brings the one before along (RFC 2198).
    pub(crate) is_redundant: bool,
    tag: u8,
    layer: u8,
    is_video: bool,
    codec: Codec,
    frames: u64,
    sequence: u64,
}

impl Source {
    pub(crate) fn new(now: Instant, index: usize, codec: Codec) -> Self {
        let is_video = codec != Codec::Opus;
        Self {
            is_on: false,
            packets: 2,
            key_packets: 6,
            size: 900,
            pixels: (320, 240),
            audio_level: -100,
            sent: Vec::new(),
            frames_sent: 0,
            key_frame_requests: 0,
            next: now,
            interval: Duration::from_millis(if is_video { 33 } else { 20 }),
            rid: None,
            wants_key_frame: true,
            is_redundant: false,
            tag: index as u8 + 1,
            layer: 0,
            is_video,
            codec,
            frames: 1_000 * (index as u64 + 1),
            sequence: 500 * (index as u64 + 1),
        }
    }

    pub(crate) fn microphone(now: Instant, index: usize, is_redundant: bool) -> Self {
        Self { is_redundant, ..Self::new(now, index, Codec::Opus) }
    }

    /// One of so many simulcast layers, lowest first: about 150, 500 and 1,700 kbit/s at 180, 360
    /// and 720 lines.
    pub(crate) fn layer(now: Instant, index: usize, codec: Codec, layer: u8, count: u8) -> Self {
        let step = layer + (3 - count.min(3));
        let rid = (count > 1).then(|| Rid::from(["q", "h", "f"][usize::from(layer)]));
        let [packets, size] = [[1, 620], [2, 1_050], [6, 1_180]][usize::from(step)];
        // As large as they are of skin: a tenth of a second's worth and more.
        let key_packets = [12, 28, 65][usize::from(step)];
        let pixels = [(320, 180), (640, 360), (1_280, 720)][usize::from(step)];
        let mut source =
            Self { rid, layer, packets, key_packets, size, pixels, ..Self::new(now, index, codec) };
        // Browsers number each layer from elsewhere.
        source.sequence += 7_000 * u64::from(layer);
        source
    }

    /// Whether a frame is due. Time goes on either way.
    pub(crate) fn is_due(&mut self, now: Instant) -> bool {
        let is_due = self.is_on && self.next <= now;
        if is_due {
            self.next = self.next.max(now) + self.interval;
        }
        is_due && self.size > 0
    }

    pub(crate) fn frame(&mut self, now: Instant, rtc: &Rtc) -> Vec<RtpWrite> {
        self.frames += 1;
        self.frames_sent += 1;
        let is_key = self.is_video && std::mem::take(&mut self.wants_key_frame);
        let count = match (self.is_video, is_key) {
            (false, _) => 1,
            (true, false) => self.packets,
            (true, true) => self.key_packets,
        };
        (0..count).map(|part| self.packet(now, rtc, is_key, part, count)).collect()
    }

    fn packet(
        &mut self,
        now: Instant,
        rtc: &Rtc,
        is_key: bool,
        part: usize,
        count: usize,
    ) -> RtpWrite {
        let payload = match self.codec {
            Codec::Vp8 => self.vp8(is_key, part),
            Codec::H264 => self.h264(is_key, part),
            _ => self.audio(),
        };
        let before = self.sent.last().filter(|_| self.is_redundant).cloned();
        self.sent.push(payload.clone());
        self.sequence += 1;
        let ticks = if self.is_video { 2_970 } else { 960 };
        let offset = 1_000_000 * u64::from(self.layer);
        let timestamp = (self.frames * ticks + offset) as u32;
        let levels = ExtensionValues {
            audio_level: (!self.is_video).then_some(self.audio_level),
            voice_activity: (!self.is_video).then_some(true),
            ..ExtensionValues::default()
        };
        let plain = (self.payload_type(rtc), payload);
        let (pt, payload) = match before {
            Some(before) => pack(rtc, plain, &before, ticks),
            None => plain,
        };
        RtpWrite::new(pt, self.sequence.into(), timestamp, now, payload)
            .marker(part + 1 == count)
            .nackable(self.is_video)
            .ext_vals(levels)
    }

    pub(crate) fn payload_type(&self, rtc: &Rtc) -> Pt {
        let is_ours = |params: &PayloadParams| {
            let format = params.spec().format;
            let is_constrained = format.profile_level_id.is_none_or(|id| id == 0x42e01f);
            params.spec().codec == self.codec
                && is_constrained
                && format.packetization_mode != Some(0)
        };
        rtc.codec_config().find(is_ours).unwrap().pt()
    }

    /// A descriptor with picture id and base layer index, and a frame that says which it is.
    fn vp8(&self, is_key: bool, part: usize) -> Vec<u8> {
        let start = if part == 0 { 0x10 } else { 0 };
        let id = self.frames as u16 & 0x7fff;
        let mut payload = vec![0x80 | start, 0xe0, 0x80 | (id >> 8) as u8, id as u8];
        payload.extend([self.frames as u8, 0x20]);
        if part == 0 {
            payload.extend([if is_key { 0x10 } else { 0x11 }, 0, 0]);
            if is_key {
                let [width, height] = [self.pixels.0, self.pixels.1].map(u16::to_le_bytes);
                payload.extend([0x9d, 0x01, 0x2a, width[0], width[1], height[0], height[1]]);
            }
        }
        payload.extend([self.tag, part as u8]);
        payload.extend(self.frames.to_be_bytes());
        self.fill(payload, part)
    }

    /// An IDR or another slice, in fragments.
    fn h264(&self, is_key: bool, part: usize) -> Vec<u8> {
        let start = if part == 0 { 0x80 } else { 0 };
        let mut payload = vec![0x7c, start | if is_key { 5 } else { 1 }, part as u8];
        payload.extend(self.frames.to_be_bytes());
        self.fill(payload, part)
    }

    /// The last byte says whose it is, that before it of which layer.
    fn fill(&self, mut payload: Vec<u8>, part: usize) -> Vec<u8> {
        payload.resize(self.size + part % 8 - 2, self.tag);
        payload.extend([self.layer, self.tag]);
        payload
    }

    fn audio(&self) -> Vec<u8> {
        let mut payload = vec![self.tag];
        payload.extend(self.frames.to_be_bytes());
        payload.resize(80, self.tag);
        payload
    }
}
