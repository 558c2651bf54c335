//! Counters of the media server: what it forwarded, what it dropped and why, what it cost.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The same fields twice: as read, and as written by one worker's thread alone.
macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What the media server, or one of its workers, has done since it started.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct MediaStats {
            $($(#[$doc])* pub $name: u64,)*
        }

        #[derive(Debug, Default)]
        pub(crate) struct Counters {
            $(pub(crate) $name: AtomicU64,)*
            pub(crate) ice_time: TimeCounters,
            pub(crate) dtls_time: TimeCounters,
        }

        impl Counters {
            pub(crate) fn stats(&self) -> MediaStats {
                MediaStats { $($name: read(&self.$name),)* }
            }
        }

        impl std::ops::AddAssign for MediaStats {
            fn add_assign(&mut self, other: Self) {
                $(self.$name += other.$name;)*
            }
        }
    };
}

counters! {
    rooms,
    participants,
    datagrams_received,
    datagrams_sent,
    /// Calls to the kernel that it took to send them.
    sends,
    bytes_received,
    bytes_sent,
    /// Datagrams from addresses that belong to nobody: dropped unread.
    strangers_dropped,
    /// STUN requests that name nobody, or cannot prove that they may: dropped unanswered.
    stun_refused,
    /// Datagrams of known addresses that their transport could make nothing of.
    malformed_dropped,
    /// Datagrams that the kernel would not take.
    send_failures,
    /// Events that the room's owner was too slow to read.
    events_dropped,
    /// TCP connections that are participants'.
    tcp_connections,
    /// Datagrams that a TCP connection was too slow for.
    tcp_dropped,
    /// Times that a viewer went over to another layer of what it was shown.
    layer_switches,
    /// Key frames that publishers were asked for.
    key_frames_requested,
    /// Packets that viewers missed and asked for again.
    packets_requested,
    /// Newcomers turned away because there was too much to do.
    overload_refused,
    /// Estimates that were made of what ways to viewers can carry, and their sum in bits per second.
    estimates,
    estimated_bits,
    /// Times that a worker had something to do.
    wakeups,
    /// What it then took, in nanoseconds.
    busy_nanoseconds,
    /// Requests that wait for a worker.
    commands_waiting,
    /// Packets in and out in the last second.
    packet_rate,
}

/// How long something took, each time that it was done.
#[derive(Debug, Default)]
pub(crate) struct TimeCounters {
    within: [AtomicU64; TIME_BUCKETS.len()],
    longer: AtomicU64,
    microseconds: AtomicU64,
}

/// Upper bounds, in milliseconds.
pub const TIME_BUCKETS: [u64; 10] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000];

/// How long something took, as a histogram.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TimeStats {
    /// How many took so long or less, beside [`TIME_BUCKETS`], and at last those that took longer.
    pub counts: Vec<u64>,
    pub total: Duration,
}

impl TimeCounters {
    pub(crate) fn add(&self, time: Duration) {
        let bucket = TIME_BUCKETS.iter().position(|most| time.as_millis() as u64 <= *most);
        count(bucket.map_or(&self.longer, |bucket| &self.within[bucket]), 1);
        count(&self.microseconds, time.as_micros() as u64);
    }

    pub(crate) fn stats(&self) -> TimeStats {
        let counts = self.within.iter().chain([&self.longer]).map(read).collect();
        TimeStats { counts, total: Duration::from_micros(read(&self.microseconds)) }
    }
}

/// What one worker tells for metrics.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkerStats {
    pub stats: MediaStats,
    /// From the answer to the first connectivity check that proved itself.
    pub ice_time: TimeStats,
    /// From there until media may flow.
    pub dtls_time: TimeStats,
}

pub(crate) fn count(counter: &AtomicU64, amount: u64) {
    counter.fetch_add(amount, Ordering::Relaxed);
}

pub(crate) fn set(gauge: &AtomicU64, value: u64) {
    gauge.store(value, Ordering::Relaxed);
}

pub(crate) fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
