//! Counters of the media server: what it forwarded, and what it dropped, and why.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the media server has done since it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MediaStats {
    pub rooms: u64,
    pub participants: u64,
    pub datagrams_received: u64,
    pub datagrams_sent: u64,
    /// Calls to the kernel that it took to send them.
    pub sends: u64,
    pub bytes_received: u64,
    pub bytes_sent: u64,
    /// Datagrams from addresses that belong to nobody: dropped unread.
    pub strangers_dropped: u64,
    /// STUN requests that name nobody, or cannot prove that they may: dropped unanswered.
    pub stun_refused: u64,
    /// Datagrams of known addresses that their transport could make nothing of.
    pub malformed_dropped: u64,
    /// Datagrams that the kernel would not take.
    pub send_failures: u64,
    /// Events that the room's owner was too slow to read.
    pub events_dropped: u64,
}

/// The counters of one worker, written by its thread alone.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) rooms: AtomicU64,
    pub(crate) participants: AtomicU64,
    pub(crate) datagrams_received: AtomicU64,
    pub(crate) datagrams_sent: AtomicU64,
    pub(crate) sends: AtomicU64,
    pub(crate) bytes_received: AtomicU64,
    pub(crate) bytes_sent: AtomicU64,
    pub(crate) strangers_dropped: AtomicU64,
    pub(crate) stun_refused: AtomicU64,
    pub(crate) malformed_dropped: AtomicU64,
    pub(crate) send_failures: AtomicU64,
    pub(crate) events_dropped: AtomicU64,
}

pub(crate) fn count(counter: &AtomicU64, amount: u64) {
    counter.fetch_add(amount, Ordering::Relaxed);
}

impl Counters {
    /// Adds these counters to a sum over the workers.
    pub(crate) fn add_to(&self, sum: &mut MediaStats) {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        sum.rooms += read(&self.rooms);
        sum.participants += read(&self.participants);
        sum.datagrams_received += read(&self.datagrams_received);
        sum.datagrams_sent += read(&self.datagrams_sent);
        sum.sends += read(&self.sends);
        sum.bytes_received += read(&self.bytes_received);
        sum.bytes_sent += read(&self.bytes_sent);
        sum.strangers_dropped += read(&self.strangers_dropped);
        sum.stun_refused += read(&self.stun_refused);
        sum.malformed_dropped += read(&self.malformed_dropped);
        sum.send_failures += read(&self.send_failures);
        sum.events_dropped += read(&self.events_dropped);
    }
}
