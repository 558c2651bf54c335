//! One who sends media, asks the estimator what to do, and its viewer, who tells what arrived.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use super::link::{Chance, Link};
use crate::core::congestion::{Congestion, TransportFeedback};

const MTU: usize = 1_200;
const SOUND: usize = 100;
pub(super) const SOUND_RATE: u64 = 40_000;
pub(super) const LAYERS: [u64; 3] = [150_000, 500_000, 1_700_000];
/// How long after a fall nothing rises.
const PATIENCE: u64 = 3_000_000;

/// Sound of 40 kbit/s, and video.
#[derive(Debug, Clone, Copy)]
pub(super) enum Media {
    /// Video of so many bits per second.
    Constant(u64),
    /// In layers of 150, 500 and 1,700 kbit/s, of which the best that fits is sent.
    Layers,
    /// Whatever fits.
    Elastic,
}

pub(super) struct Sender {
    pub(super) congestion: Congestion,
    media: Media,
    video: u64,
    desired: u64,
    /// Bits per second to be filled.
    pub(super) sustained: u64,
    next_sound: u64,
    next_frame: u64,
    next_review: u64,
    next_sample: u64,
    fell_at: u64,
    samples: Vec<(u64, u64)>,
    pub(super) totals: Totals,
    pub(super) viewer: Viewer,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    pub(super) media_bytes: u64,
    pub(super) padding_bytes: u64,
    pub(super) sound: u64,
    pub(super) lost_sound: u64,
}

/// Where media arrives.
#[derive(Debug, Default)]
pub(super) struct Viewer {
    sent: u64,
    /// What is on its way or has not been told of, by number.
    arriving: BTreeMap<u64, u64>,
    told: u64,
    next_feedback: u64,
    on_its_way: VecDeque<(u64, TransportFeedback)>,
    /// It does not send feedback before then.
    pub(super) is_mute_until: u64,
    /// It reads nothing before then: what arrives earlier arrives then.
    pub(super) is_stuck_until: u64,
    /// Share of its feedback that gets lost.
    pub(super) loses: f64,
}

impl Sender {
    pub(super) fn new(now: u64, media: Media, initial: u64, desired: u64) -> Self {
        Self {
            congestion: Congestion::new(initial),
            media,
            video: 0,
            desired,
            sustained: 0,
            next_sound: now,
            next_frame: now + 7_000,
            next_review: now,
            next_sample: now,
            fell_at: 0,
            samples: Vec::new(),
            totals: Totals::default(),
            viewer: Viewer::default(),
        }
    }

    pub(super) fn step(&mut self, at: u64, now: Instant, link: &mut Link, chance: &mut Chance) {
        if at >= self.next_review {
            self.next_review = at + 200_000;
            self.review(at);
        }
        if at >= self.next_sound {
            self.next_sound += 20_000;
            self.totals.sound += 1;
            self.totals.media_bytes += SOUND as u64;
            let arrives = self.send(at, now, SOUND, link, chance);
            self.totals.lost_sound += u64::from(!arrives);
        }
        if at >= self.next_frame {
            self.next_frame += 33_333;
            let varies = 0.8 + 0.4 * chance.draw();
            let mut bytes = (self.video as f64 / 8.0 / 30.0 * varies) as usize;
            self.totals.media_bytes += bytes as u64;
            while bytes > 0 {
                let packet = bytes.min(MTU);
                bytes -= packet;
                self.send(at, now, packet, link, chance);
            }
        }
        while self.viewer.on_its_way.front().is_some_and(|(arrives, _)| *arrives <= at) {
            let (_, feedback) = self.viewer.on_its_way.pop_front().unwrap();
            self.congestion.hear(now, &feedback);
        }
        if self.congestion.deadline().is_some_and(|deadline| deadline <= now) {
            for _ in 0..100 {
                let Some(bytes) = self.congestion.padding(now, MTU) else { break };
                assert!(bytes <= MTU);
                self.totals.padding_bytes += bytes as u64;
                self.send(at, now, bytes, link, chance);
            }
        }
        self.viewer.tell(at, link, chance);
        if at >= self.next_sample {
            self.next_sample = at + 50_000;
            self.samples.push((at, self.congestion.estimate() / 1_000));
        }
    }

    pub(super) fn estimates(&self, since: u64) -> Vec<u64> {
        let since = self.samples.iter().filter(|(at, _)| *at >= since);
        since.map(|(_, estimate)| *estimate).collect()
    }

    fn send(
        &mut self,
        at: u64,
        now: Instant,
        bytes: usize,
        link: &mut Link,
        chance: &mut Chance,
    ) -> bool {
        let sequence = self.congestion.send(now, bytes);
        assert_eq!(sequence, self.viewer.sent as u16);
        let arrives = link.pass(at, bytes, chance);
        if let Some(arrives) = arrives {
            let arrives = arrives.max(self.viewer.is_stuck_until);
            self.viewer.arriving.insert(self.viewer.sent, arrives);
        }
        self.viewer.sent += 1;
        arrives.is_some()
    }

    fn review(&mut self, at: u64) {
        self.congestion.aim(self.sustained, self.desired);
        let estimate = self.congestion.estimate();
        match self.media {
            Media::Constant(rate) => self.video = rate,
            Media::Elastic => self.video = (estimate * 19 / 20).saturating_sub(SOUND_RATE),
            Media::Layers => {
                let fits = |layer: &&u64| **layer + SOUND_RATE <= estimate;
                let best = LAYERS.iter().rfind(fits).copied().unwrap_or(0);
                if best < self.video {
                    (self.video, self.fell_at) = (best, at);
                } else if self.fell_at == 0 || at >= self.fell_at + PATIENCE {
                    self.video = best;
                }
            }
        }
    }
}

impl Viewer {
    fn tell(&mut self, at: u64, link: &Link, chance: &mut Chance) {
        if at < self.next_feedback || at < self.is_stuck_until {
            return;
        }
        self.next_feedback = at + chance.between(50_000, 100_000);
        let arrived = self.arriving.iter().filter(|(_, arrives)| **arrives <= at);
        let Some(last) = arrived.clone().map(|(number, _)| *number).max() else { return };
        let first = arrived.map(|(number, _)| *number).min().unwrap_or(last).min(self.told);
        // A clock of its own, which wraps soon.
        let of = |number: u64| {
            let arrives = *self.arriving.get(&number).filter(|arrives| **arrives <= at)?;
            Some(((arrives + 0xfff_ff80 * 64_000 / 16) % ((1 << 24) * 64_000)) as i64)
        };
        let arrivals = (first..=last).map(of).collect();
        self.arriving.retain(|number, arrives| *arrives > at || *number > last);
        self.told = last + 1;
        if chance.draw() >= self.loses {
            let feedback = TransportFeedback { base: first as u16, count: 0, arrivals };
            let arrives = (at + link.delay).max(self.is_mute_until);
            self.on_its_way.push_back((arrives, feedback));
        }
    }
}
