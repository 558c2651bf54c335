//! What the engine measures of a transport, put together about once a second.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use str0m::media::Mid;
use str0m::stats::{MediaEgressStats, MediaIngressStats, PeerStats};

use crate::core::quality::Measurement;

/// Opus counts in these, whatever it encodes (RFC 7587, 4.1).
const SOUND_CLOCK: u64 = 48_000;

#[derive(Debug, Default)]
pub(super) struct Gauge {
    /// When media bytes were last counted, and how many had come and gone.
    counted: Option<(Instant, u64, u64)>,
    /// Packets of sound on each line when last looked at: one that stands still has only old news.
    packets: BTreeMap<Mid, u64>,
    uplink_jitter: Option<Duration>,
    downlink_jitter: Option<Duration>,
}

impl Gauge {
    /// Of a line of sound.
    pub(super) fn incoming(&mut self, stats: &MediaIngressStats) {
        if self.moves(stats.mid, stats.packets) {
            self.uplink_jitter = self.uplink_jitter.max(Some(jitter(stats.jitter)));
        }
    }

    /// Of a line of sound, as its receiver tells it.
    pub(super) fn outgoing(&mut self, stats: &MediaEgressStats) {
        if self.moves(stats.mid, stats.packets)
            && let Some(remote) = &stats.remote
        {
            self.downlink_jitter = self.downlink_jitter.max(Some(jitter(remote.jitter)));
        }
    }

    pub(super) fn measure(&mut self, stats: &PeerStats, estimate: Option<u64>) -> Measurement {
        let before = self.counted.replace((stats.timestamp, stats.bytes_rx, stats.bytes_tx));
        let rate = |now: u64, of: fn((Instant, u64, u64)) -> u64| {
            let before = before?;
            let millis = stats.timestamp.saturating_duration_since(before.0).as_millis();
            let bits = now.saturating_sub(of(before)).saturating_mul(8_000);
            bits.checked_div(u64::try_from(millis).ok()?)
        };
        Measurement {
            uplink_loss: stats.ingress_loss_fraction.unwrap_or(0.0),
            downlink_loss: stats.egress_loss_fraction.unwrap_or(0.0),
            round_trip: stats.rtt,
            uplink_jitter: self.uplink_jitter.take(),
            downlink_jitter: self.downlink_jitter.take(),
            uplink_bitrate: rate(stats.bytes_rx, |before| before.1),
            downlink_bitrate: rate(stats.bytes_tx, |before| before.2),
            downlink_estimate: estimate,
        }
    }

    fn moves(&mut self, mid: Mid, packets: u64) -> bool {
        self.packets.insert(mid, packets).is_some_and(|before| packets > before)
    }
}

fn jitter(in_timestamps: u32) -> Duration {
    Duration::from_millis(u64::from(in_timestamps) * 1_000 / SOUND_CLOCK)
}
