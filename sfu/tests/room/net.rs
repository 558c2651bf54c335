//! A link between a client and the server, in one direction: a rate with a queue before it, delay
//! with jitter, loss one by one or in bursts, reordering, duplication. All from a seed.

use std::time::{Duration, Instant};

#[derive(Debug, Clone, Default)]
pub(crate) struct Link {
    /// Bits per second; `None` is as fast as can be.
    pub(crate) rate: Option<u64>,
    /// What waits longer than this for its turn is dropped.
    pub(crate) queue: Duration,
    pub(crate) delay: Duration,
    /// Up to so much is added.
    pub(crate) jitter: Duration,
    pub(crate) loss: Loss,
    /// Share of the datagrams that overtake others: they are not held up by jitter's order.
    pub(crate) reordering: f64,
    pub(crate) duplication: f64,
    pub(crate) state: State,
}

/// What it remembers of the datagrams before.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct State {
    busy_until: Option<Instant>,
    newest: Option<Instant>,
    is_in_burst: bool,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Loss {
    #[default]
    None,
    Random(f64),
    /// Gilbert's model: the chances of a burst to begin and to end with each datagram, within
    /// which everything is lost.
    Bursts {
        begins: f64,
        ends: f64,
    },
}

impl Link {
    pub(crate) fn of(rate: u64) -> Self {
        let queue = Duration::from_millis(300);
        Self { rate: Some(rate), queue, ..Self::default() }
    }

    /// When copies of a datagram arrive that is sent now.
    pub(crate) fn pass(
        &mut self,
        now: Instant,
        bytes: usize,
        mut chance: impl FnMut() -> f64,
    ) -> Vec<Instant> {
        if self.is_lost(&mut chance) {
            return Vec::new();
        }
        let mut leaves = now;
        if let Some(rate) = self.rate {
            let free = self.state.busy_until.map_or(now, |until| until.max(now));
            if free - now > self.queue {
                return Vec::new();
            }
            // 28 bytes of IP and UDP headers.
            let micros = (bytes as u64 + 28) * 8_000_000 / rate;
            leaves = free + Duration::from_micros(micros);
            self.state.busy_until = Some(leaves);
        }
        let copies = 1 + usize::from(self.duplication > 0.0 && chance() < self.duplication);
        (0..copies).map(|_| self.arrives(leaves, &mut chance)).collect()
    }

    fn arrives(&mut self, leaves: Instant, chance: &mut impl FnMut() -> f64) -> Instant {
        let jitter = if self.jitter.is_zero() { 0.0 } else { chance() };
        let arrives = leaves + self.delay + self.jitter.mul_f64(jitter);
        if self.reordering > 0.0 && chance() < self.reordering {
            // Held up by another way, past those behind it.
            return arrives + Duration::from_millis(15);
        }
        // Jitter is a queue elsewhere: it does not change the order.
        let in_order = self.state.newest.map_or(arrives, |newest| newest.max(arrives));
        self.state.newest = Some(in_order);
        in_order
    }

    fn is_lost(&mut self, chance: &mut impl FnMut() -> f64) -> bool {
        match self.loss {
            Loss::None => false,
            Loss::Random(share) => chance() < share,
            Loss::Bursts { begins, ends } => {
                let changes = chance() < if self.state.is_in_burst { ends } else { begins };
                self.state.is_in_burst ^= changes;
                self.state.is_in_burst
            }
        }
    }
}
