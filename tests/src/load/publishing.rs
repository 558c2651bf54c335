//! What a publisher sends, and when: a frame's packets at once, as browsers do, and audio every
//! 20 ms.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::clip::{self, Clip};
use super::clock;
use super::stamp::{Media, Stamp};

/// What to send, and how much of it.
#[derive(Clone)]
pub struct Broadcast {
    pub clip: Arc<Clip>,
    /// Tells this publisher's packets from the others'.
    pub publisher: u32,
    /// The share of the full rate: below 1, frames and sounds come at longer intervals.
    pub rate: f64,
    /// In -dBov (RFC 6464): 0 is loudest, 127 silence.
    pub audio_level: u8,
}

/// One RTP packet to be sent, but for what the transport adds.
pub(super) struct Due {
    pub(super) stamp: Stamp,
    pub(super) timestamp: u32,
    pub(super) is_last: bool,
    pub(super) payload: Bytes,
}

pub(super) struct Publishing {
    broadcast: Broadcast,
    began: Instant,
    frame: usize,
    picture: u16,
    counts: [u32; 2],
    next: [Instant; 2],
    intervals: [Duration; 2],
}

impl Publishing {
    /// Publishers begin at different times, so that their frames are spread over an interval.
    pub(super) fn begin(now: Instant, broadcast: Broadcast) -> Self {
        let frame = Duration::from_secs(1) / clip::FRAMES_PER_SECOND;
        let intervals =
            [clip::AUDIO_INTERVAL, frame].map(|interval| interval.div_f64(broadcast.rate));
        let phase = intervals[1].mul_f64(f64::from(broadcast.publisher) * 0.381_966 % 1.0);
        Self {
            began: now,
            frame: broadcast.clip.key_frame_from(broadcast.publisher as usize * 17),
            picture: 0,
            counts: [0; 2],
            next: [now + phase / 2, now + phase],
            intervals,
            broadcast,
        }
    }

    pub(super) fn audio_level(&self) -> u8 {
        self.broadcast.audio_level
    }

    pub(super) fn deadline(&self) -> Instant {
        self.next[0].min(self.next[1])
    }

    /// Jumps to the next key frame of the clip.
    pub(super) fn show_key_frame(&mut self) {
        self.frame = self.broadcast.clip.key_frame_from(self.frame);
    }

    /// The audio that is due, if it is.
    pub(super) fn audio(&mut self, now: Instant) -> Option<Due> {
        self.is_due(now, Media::Audio)?;
        let frames = &self.broadcast.clip.audio;
        let frame = frames[self.counts[0] as usize % frames.len()].clone();
        let stamp = self.stamp(Media::Audio);
        let timestamp = self.timestamp(now, 48_000);
        Some(Due { stamp, timestamp, is_last: false, payload: clip::opus_payload(&frame, stamp) })
    }

    /// The packets of the frame that is due, and how late it is.
    pub(super) fn video(&mut self, now: Instant) -> Option<(Vec<Due>, Duration)> {
        let lateness = self.is_due(now, Media::Video)?;
        let clip = self.broadcast.clip.clone();
        let chunks = &clip.video[self.frame].chunks;
        let timestamp = self.timestamp(now, 90_000);
        let packets = chunks.iter().enumerate().map(|(at, chunk)| {
            let stamp = self.stamp(Media::Video);
            let payload = clip::vp8_payload(chunk, at == 0, self.picture, stamp);
            Due { stamp, timestamp, is_last: at + 1 == chunks.len(), payload }
        });
        let packets = packets.collect();
        self.frame = (self.frame + 1) % clip.video.len();
        self.picture = (self.picture + 1) & 0x7fff;
        Some((packets, lateness))
    }

    fn is_due(&mut self, now: Instant, media: Media) -> Option<Duration> {
        let due = self.next[media as usize];
        let lateness = now.checked_duration_since(due)?;
        // What could not be sent in time is left out: a camera does not catch up either.
        let interval = self.intervals[media as usize];
        self.next[media as usize] =
            if lateness > interval * 4 { now + interval } else { due + interval };
        Some(lateness)
    }

    fn stamp(&mut self, media: Media) -> Stamp {
        let count = self.counts[media as usize];
        self.counts[media as usize] += 1;
        Stamp { media, publisher: self.broadcast.publisher, count, sent: clock::wall() }
    }

    fn timestamp(&self, now: Instant, clock_rate: u64) -> u32 {
        (now.duration_since(self.began).as_micros() as u64 * clock_rate / 1_000_000) as u32
    }
}
