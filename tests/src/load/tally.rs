//! What one participant sent and received while it was measured.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::stamp::{Media, Stamp};

/// The time that counts: what was sent in it, whenever it arrives.
#[derive(Debug, Clone)]
pub struct Window {
    bounds: Arc<[AtomicU64; 2]>,
    arrived: Arc<AtomicU64>,
}

impl Default for Window {
    fn default() -> Self {
        let bounds = Arc::new([AtomicU64::new(u64::MAX), AtomicU64::new(u64::MAX)]);
        Self { bounds, arrived: Arc::default() }
    }
}

impl Window {
    pub fn open(&self, now: u64) {
        self.bounds[0].store(now, Ordering::Relaxed);
    }

    pub fn close(&self, now: u64) {
        self.bounds[1].store(now, Ordering::Relaxed);
    }

    fn has(&self, sent: u64) -> bool {
        let [from, until] = [0, 1].map(|end| self.bounds[end].load(Ordering::Relaxed));
        (from..until).contains(&sent)
    }

    /// How many packets have arrived at all participants together, whenever they were sent.
    pub fn arrived(&self) -> u64 {
        self.arrived.load(Ordering::Relaxed)
    }
}

/// Of one participant, all streams.
#[derive(Debug)]
pub struct Tally {
    window: Window,
    pub sent: [u64; 2],
    /// How late frames were sent: above all the generator's own want of processor time.
    pub lateness: Vec<Duration>,
    pub streams: BTreeMap<(u32, u8), Stream>,
    /// One-way delays of all packets, in microseconds.
    pub delays: Vec<u32>,
    pub key_frame_requests: u64,
}

/// What arrived of one publisher's audio or video.
#[derive(Debug, Default)]
pub struct Stream {
    pub packets: u64,
    first: Option<u32>,
    last: u32,
    /// One bit for each count from the first on.
    seen: Vec<u64>,
    last_arrival: u64,
    /// The longest time between two packets.
    pub longest_gap: Duration,
}

impl Tally {
    pub fn new(window: Window) -> Self {
        Self {
            window,
            sent: [0; 2],
            lateness: Vec::new(),
            streams: BTreeMap::new(),
            delays: Vec::new(),
            key_frame_requests: 0,
        }
    }

    pub fn send(&mut self, stamp: &Stamp) {
        self.sent[stamp.media as usize] += u64::from(self.window.has(stamp.sent));
    }

    pub fn send_frame(&mut self, now: u64, lateness: Duration) {
        if self.window.has(now) {
            self.lateness.push(lateness);
        }
    }

    /// `arrived`: when the kernel got it, in nanoseconds since the Unix epoch.
    pub fn receive(&mut self, stamp: &Stamp, arrived: u64) {
        self.window.arrived.fetch_add(1, Ordering::Relaxed);
        if !self.window.has(stamp.sent) {
            return;
        }
        let stream = self.streams.entry((stamp.publisher, stamp.media as u8)).or_default();
        if stream.take(stamp.count, arrived) {
            self.delays.push((arrived.saturating_sub(stamp.sent) / 1_000) as u32);
        }
    }

    /// Packets of a kind that arrived.
    pub fn received(&self, media: Media) -> u64 {
        let of_kind = self.streams.iter().filter(|((_, kind), _)| *kind == media as u8);
        of_kind.map(|(_, stream)| stream.packets).sum()
    }
}

impl Stream {
    /// Whether it is the first of this count: retransmissions may bring one twice.
    fn take(&mut self, count: u32, arrived: u64) -> bool {
        // What overtook it may be before the first one; one word of room is enough for that.
        let first = *self.first.get_or_insert(count.saturating_sub(64));
        let Some(at) = count.checked_sub(first).map(|at| at as usize) else { return false };
        if self.seen.len() <= at / 64 {
            self.seen.resize(at / 64 + 1, 0);
        }
        let (word, bit) = (&mut self.seen[at / 64], 1 << (at % 64));
        if *word & bit != 0 {
            return false;
        }
        *word |= bit;
        if self.packets > 0 {
            let gap = Duration::from_nanos(arrived.saturating_sub(self.last_arrival));
            self.longest_gap = self.longest_gap.max(gap);
        }
        (self.packets, self.last_arrival) = (self.packets + 1, arrived);
        self.last = self.last.max(count);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(count: u32, sent: u64) -> Stamp {
        Stamp { media: Media::Video, publisher: 1, count, sent }
    }

    #[test]
    fn only_what_was_sent_in_the_window_counts_and_each_packet_once() {
        let window = Window::default();
        let mut tally = Tally::new(window.clone());
        tally.receive(&stamp(9, 900), 1_000);
        window.open(1_000_000);
        window.close(5_000_000);
        for (count, sent, arrived) in [
            (10, 1_000_000, 1_200_000),
            (12, 2_000_000, 2_100_000),
            (11, 1_500_000, 2_150_000),
            (12, 2_000_000, 2_300_000),
            (13, 5_000_000, 5_100_000),
        ] {
            tally.receive(&stamp(count, sent), arrived);
        }
        assert_eq!(tally.received(Media::Video), 3);
        assert_eq!(tally.delays, [200, 100, 650]);
        assert_eq!(tally.streams[&(1, 1)].longest_gap, Duration::from_nanos(900_000));
    }
}
