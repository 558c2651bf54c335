//! A link with a rate and a queue before it, delay with jitter that keeps the order, and loss one
//! by one or in bursts.

#[derive(Debug, Clone, Copy)]
pub(super) struct Chance(pub(super) u64);

impl Chance {
    /// From 0 to 1 (splitmix64).
    pub(super) fn draw(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(super) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + (self.draw() * (most - least) as f64) as u64
    }
}

/// Times are in microseconds.
#[derive(Debug, Clone, Default)]
pub(super) struct Link {
    /// Bits per second, headers of IP and UDP included.
    pub(super) rate: u64,
    pub(super) delay: u64,
    /// Up to so much is added.
    pub(super) jitter: u64,
    /// Share of single datagrams that get lost.
    pub(super) loss: f64,
    /// The chances of a burst to begin and to end with each datagram, in which all get lost.
    pub(super) bursts: Option<(f64, f64)>,
    /// What goes beyond this rate is dropped instead of queued.
    pub(super) is_policed: bool,
    pub(super) busy_until: u64,
    pub(super) newest: u64,
    pub(super) is_in_burst: bool,
}

const QUEUE: u64 = 300_000;
const POLICED_QUEUE: u64 = 50_000;

impl Link {
    pub(super) fn of(rate: u64) -> Self {
        Self { rate, delay: 25_000, ..Self::default() }
    }

    /// When a datagram arrives that is sent now.
    pub(super) fn pass(&mut self, now: u64, bytes: usize, chance: &mut Chance) -> Option<u64> {
        if let Some((begins, ends)) = self.bursts {
            self.is_in_burst ^= chance.draw() < if self.is_in_burst { ends } else { begins };
        }
        if self.is_in_burst || (self.loss > 0.0 && chance.draw() < self.loss) {
            return None;
        }
        let free = self.busy_until.max(now);
        if free - now > if self.is_policed { POLICED_QUEUE } else { QUEUE } {
            return None;
        }
        self.busy_until = free + (bytes as u64 + 28) * 8_000_000 / self.rate;
        let jitter = (self.jitter as f64 * chance.draw()) as u64;
        self.newest = self.newest.max(self.busy_until + self.delay + jitter);
        Some(self.newest)
    }
}
