//! What is measured of a transport, put together twice a second.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use str0m::media::Mid;
use str0m::stats::{MediaIngressStats, PeerStats};

use crate::core::quality::Measurement;
use crate::core::sending::Downlink;

/// Opus counts in these, whatever it encodes (RFC 7587, 4.1).
const SOUND_CLOCK: u64 = 48_000;

#[derive(Debug, Default)]
pub(super) struct Gauge {
    /// When media bytes were last counted, and how many had come and gone.
    counted: Option<(Instant, u64, u64)>,
    /// Packets of sound on each line when last looked at: one that stands still has only old news.
    packets: BTreeMap<Mid, u64>,
    uplink_jitter: Option<Duration>,
}

impl Gauge {
    /// Of a line of sound.
    pub(super) fn incoming(&mut self, stats: &MediaIngressStats) {
        if self.moves(stats.mid, stats.packets) {
            self.uplink_jitter = self.uplink_jitter.max(Some(jitter(stats.jitter)));
        }
    }

    pub(super) fn measure(
        &mut self,
        stats: &PeerStats,
        downlink: &Downlink,
        estimate: u64,
    ) -> Measurement {
        let before = self.counted.replace((stats.timestamp, stats.bytes_rx, downlink.bytes));
        let rate = |now: u64, of: fn((Instant, u64, u64)) -> u64| {
            let before = before?;
            let millis = stats.timestamp.saturating_duration_since(before.0).as_millis();
            let bits = now.saturating_sub(of(before)).saturating_mul(8_000);
            bits.checked_div(u64::try_from(millis).ok()?)
        };
        Measurement {
            uplink_loss: stats.ingress_loss_fraction.unwrap_or(0.0),
            downlink_losses: downlink.losses,
            downlink_lately: downlink.lately,
            downlink_queue: downlink.queue,
            round_trip: downlink.round_trip,
            uplink_jitter: self.uplink_jitter.take(),
            downlink_jitter: downlink.jitter,
            uplink_bitrate: rate(stats.bytes_rx, |before| before.1),
            downlink_bitrate: rate(downlink.bytes, |before| before.2),
            downlink_estimate: Some(estimate),
        }
    }

    fn moves(&mut self, mid: Mid, packets: u64) -> bool {
        self.packets.insert(mid, packets).is_some_and(|before| packets > before)
    }
}

fn jitter(in_timestamps: u32) -> Duration {
    Duration::from_millis(u64::from(in_timestamps) * 1_000 / SOUND_CLOCK)
}
