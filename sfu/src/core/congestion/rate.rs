//! How an estimate rises and falls: by additions near what the way carried when it was last full,
//! by a share where nothing is known, and to a little below what arrives once a queue grows
//! (section 5.5 of draft-ietf-rmcat-gcc-02).

use super::overuse::Usage;

/// Bits per second.
pub(super) const LEAST: u64 = 50_000;
pub(super) const MOST: u64 = 20_000_000;

/// Where nothing is known, the share by which it grows in a second.
const GROWTH: f64 = 1.08;
/// It falls to so much of what arrives.
const FALL: f64 = 0.85;
/// But not again while it is below this share of it.
const TOLD: f64 = 0.95;
/// What was never tried is not guessed: the most beyond what arrives.
const MOST_GUESSED: f64 = 1.5;
const GUESSED: f64 = 10_000.0;
/// Near what the way carried, about a packet more in each time it takes to hear of it.
const PACKET: f64 = 9_600.0;
const LEAST_ADDED: f64 = 4_000.0;
const REACTION: i64 = 100_000;
/// A fall is given so long to show, at least and at most.
const PATIENCE: (i64, i64) = (50_000, 400_000);

#[derive(Debug)]
pub(super) struct Rate {
    estimate: f64,
    capacity: Capacity,
    state: State,
    /// It is more than the guess to begin with.
    is_proven: bool,
    updated: Option<i64>,
    fell: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Hold,
    Increase,
}

/// What the way carried whenever it was full, in kbit/s.
#[derive(Debug, Default)]
struct Capacity {
    mean: Option<f64>,
    /// As a share of the mean.
    variance: f64,
}

/// What is known of the way at one moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    pub(super) usage: Usage,
    /// More gets lost than usual, too.
    pub(super) is_overflowing: bool,
    pub(super) is_queue_standing: bool,
    /// Bits per second that arrive, lately and just now.
    pub(super) arrives: Option<u64>,
    pub(super) arrives_now: Option<u64>,
    /// Microseconds.
    pub(super) round_trip: i64,
}

impl Rate {
    pub(super) fn new(initial: u64) -> Self {
        Self {
            estimate: initial.clamp(LEAST, MOST) as f64,
            capacity: Capacity::default(),
            state: State::Increase,
            is_proven: false,
            updated: None,
            fell: None,
        }
    }

    pub(super) fn estimate(&self) -> u64 {
        self.estimate as u64
    }

    /// When it last fell.
    pub(super) fn fell(&self) -> Option<i64> {
        self.fell
    }

    pub(super) fn update(&mut self, now: i64, signs: &Signs) {
        let passed = (now - self.updated.replace(now).unwrap_or(now)).clamp(0, 1_000_000);
        match signs.usage {
            _ if signs.is_overflowing => self.fall(now, signs),
            Usage::Over => self.fall(now, signs),
            Usage::Under => self.state = State::Hold,
            Usage::Normal if signs.is_queue_standing => self.state = State::Hold,
            Usage::Normal if self.state == State::Hold => self.state = State::Increase,
            Usage::Normal => self.rise(passed as f64 / 1e6, signs),
        }
    }

    /// Whether something has told of it; at first it is a guess.
    pub(super) fn is_proven(&self) -> bool {
        self.is_proven
    }

    /// Probes found that the way carries no more, though it had been guessed to.
    pub(super) fn disprove(&mut self, rate: u64) {
        self.is_proven = true;
        self.estimate = self.estimate.min(rate as f64).max(LEAST as f64);
    }

    /// A probe found that the way carries as much.
    pub(super) fn find(&mut self, rate: u64) {
        self.is_proven = true;
        let rate = (rate.min(MOST)) as f64;
        if rate > self.estimate {
            self.estimate = rate;
            if self.capacity.is_exceeded_by(rate) {
                self.capacity = Capacity::default();
            }
        }
    }

    fn rise(&mut self, passed: f64, signs: &Signs) {
        let Some(arrives) = signs.arrives.map(|rate| rate as f64) else { return };
        if self.capacity.is_exceeded_by(arrives) {
            self.capacity = Capacity::default();
        }
        let risen = if self.capacity.is_near(self.estimate) {
            let reaction = (signs.round_trip + REACTION) as f64 / 1e6;
            self.estimate + (PACKET / reaction).max(LEAST_ADDED) * passed
        } else {
            self.estimate * GROWTH.powf(passed)
        };
        let most = arrives * MOST_GUESSED + GUESSED;
        self.estimate = risen.min(most).max(self.estimate).min(MOST as f64);
    }

    fn fall(&mut self, now: i64, signs: &Signs) {
        self.state = State::Hold;
        let Some(arrives) = signs.arrives_now.map(|rate| rate as f64) else { return };
        let (least, most) = PATIENCE;
        let patience = (signs.round_trip + REACTION).clamp(least, most);
        if self.fell.is_some_and(|fell| now - fell < patience) {
            return;
        }
        if self.capacity.is_undercut_by(arrives) {
            self.capacity = Capacity::default();
        }
        self.capacity.note(arrives);
        self.fell = Some(now);
        self.is_proven = true;
        // Who is told to send less than arrives already has only to do it.
        if self.estimate > arrives * TOLD {
            self.estimate = (arrives * FALL).max(LEAST as f64);
        }
    }
}

impl Capacity {
    /// How much one more counts.
    const WEIGHT: f64 = 0.05;

    fn note(&mut self, rate: f64) {
        let rate = rate / 1_000.0;
        let mean = *self.mean.get_or_insert(rate);
        let mean = mean + Self::WEIGHT * (rate - mean);
        let error = (mean - rate) * (mean - rate) / mean.max(1.0);
        self.variance += Self::WEIGHT * (error - self.variance);
        self.variance = self.variance.clamp(0.4, 2.5);
        self.mean = Some(mean);
    }

    fn spread(&self, mean: f64) -> f64 {
        3.0 * (self.variance * mean).sqrt()
    }

    fn is_exceeded_by(&self, rate: f64) -> bool {
        self.mean.is_some_and(|mean| rate / 1_000.0 > mean + self.spread(mean))
    }

    fn is_undercut_by(&self, rate: f64) -> bool {
        self.mean.is_some_and(|mean| rate / 1_000.0 < mean - self.spread(mean))
    }

    fn is_near(&self, rate: f64) -> bool {
        self.mean.is_some() && !self.is_exceeded_by(rate) && !self.is_undercut_by(rate)
    }
}
