//! How much the way to a viewer carries, from what it says arrived (transport-wide congestion
//! control, draft-holmer-rmcat-transport-wide-cc-extensions-01): Google Congestion Control
//! (draft-ietf-rmcat-gcc-02) as browsers have it now, with a few guards of its own. Nothing is paced
//! here: media leaves when it comes; only the padding that probes the way is spaced out.
//!
//! | file | what it tells |
//! |---|---|
//! | `history` | what was sent, and what became of it |
//! | `clock` | when it arrived |
//! | `arrival_groups`, `trendline`, `overuse` | whether delays grow |
//! | `queue`, `growth` | whether they stay above what jitter explains, and how they came there |
//! | `relief` | whether they would shrink if less were sent |
//! | `acknowledged` | how much arrives |
//! | `loss` | whether less would get lost if less were sent |
//! | `rate` | how the estimate follows from all that |
//! | `probe`, `cluster` | whether the way carries more than is sent |
//! | `filling` | padding up to a rate |

mod acknowledged;
mod arrival_groups;
mod clock;
mod cluster;
mod delays;
mod filling;
mod growth;
mod history;
mod least;
mod loss;
mod meter;
mod overuse;
mod probe;
mod queue;
mod rate;
mod relief;
#[cfg(test)]
mod simulation;
mod trendline;

use std::time::{Duration, Instant};

use self::acknowledged::Acknowledged;
use self::clock::ReceiverClock;
use self::delays::Delays;
use self::filling::Filling;
use self::history::History;
use self::loss::Loss;
use self::probe::{Aim, Finding, Probe};
use self::rate::{LEAST, MOST, Rate, Signs};
use self::relief::Relief;
use crate::core::losses::Losses;
use crate::core::rtcp::TransportFeedback;

/// Before anything is known of it, in microseconds.
const USUAL_ROUND_TRIP: i64 = 200_000;
/// The way is only filled up to what probes, which cost next to nothing, found it nearly carries:
/// `sustained` times so many percent.
const WORTH_FILLING: u64 = 80;

/// What there is on a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// It carries all that is wanted, and maybe more.
    Ample,
    /// It carries no more than what is estimated.
    Narrow,
    /// Datagrams have to wait for each other.
    Crowded,
}

#[derive(Debug)]
pub(crate) struct Congestion {
    /// Times are counted from here, in microseconds.
    epoch: Option<Instant>,
    history: History,
    clock: ReceiverClock,
    acknowledged: Acknowledged,
    delays: Delays,
    relief: Relief,
    loss: Loss,
    rate: Rate,
    probe: Probe,
    filling: Filling,
    sustained: u64,
    desired: u64,
    settled: Losses,
    /// Bits per second, in the second before the last feedback.
    sent: u64,
    round_trip: Option<i64>,
}

impl Congestion {
    /// Begins with a guess, in bits per second.
    pub(crate) fn new(initial: u64) -> Self {
        Self {
            epoch: None,
            history: History::default(),
            clock: ReceiverClock::default(),
            acknowledged: Acknowledged::default(),
            delays: Delays::default(),
            relief: Relief::default(),
            loss: Loss::default(),
            rate: Rate::new(initial),
            probe: Probe::default(),
            filling: Filling::default(),
            sustained: 0,
            desired: 0,
            settled: Losses::default(),
            sent: 0,
            round_trip: None,
        }
    }

    /// A datagram with a UDP payload of so many bytes leaves: the transport-wide sequence number
    /// that it has to bear. Whether it is media or the padding that [`Self::padding`] asked for: what
    /// leaves while a probe does is as good a part of it.
    pub(crate) fn send(&mut self, now: Instant, bytes: usize) -> u16 {
        let now = self.micros(now);
        let cluster = self.probe.send(now, bytes);
        self.filling.send(bytes);
        self.acknowledged.send(now, bytes);
        self.history.push(now, bytes, cluster)
    }

    /// Takes what the client says arrived. It may say anything: what was never sent is not heard
    /// of, and no more is believed than what was.
    pub(crate) fn hear(&mut self, now: Instant, feedback: &TransportFeedback) {
        let now = self.micros(now);
        let Self { history, clock, acknowledged, delays, probe, .. } = self;
        let (leaps, mut round_trip) = (clock.leaps(), None::<i64>);
        let losses = history.hear(now, feedback, clock, |arrival| {
            let trip = now - arrival.sent;
            round_trip = Some(round_trip.map_or(trip, |least| least.min(trip)));
            acknowledged.hear(&arrival);
            delays.hear(&arrival);
            if let Some(cluster) = probe.cluster() {
                cluster.hear(&arrival);
            }
        });
        if leaps != self.clock.leaps() {
            self.delays = Delays::default();
        }
        self.settled.add(losses);
        self.round_trip = round_trip.or(self.round_trip);
        self.conclude(now, losses);
    }

    /// Bits per second that the way can carry.
    pub(crate) fn estimate(&self) -> u64 {
        let limit = self.loss.limit().unwrap_or(MOST);
        self.rate.estimate().min(limit).max(LEAST)
    }

    /// Bits per second to keep the way filled with (0: not at all), as far as probes found that it
    /// carries about as much; and how much it would be good to know of.
    pub(crate) fn aim(&mut self, sustained: u64, desired: u64) {
        (self.sustained, self.desired) = (sustained.min(MOST), desired.min(MOST));
    }

    /// How many bytes of padding to send now, at most `most`. Ask again when they are sent.
    pub(crate) fn padding(&mut self, now: Instant, most: usize) -> Option<usize> {
        let (now, aim, fill) = (self.micros(now), self.wanted(), self.fill());
        let filled = self.filling.due(now, fill);
        let due = self.probe.due(now, &aim).or(filled)?;
        Some(due.min(most))
    }

    /// When [`Self::padding`] is worth asking again.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let epoch = self.epoch?;
        let fill = (self.fill() > 0).then(|| self.filling.deadline());
        let at = self.probe.deadline(&self.wanted()).into_iter().chain(fill).min()?;
        Some(epoch + Duration::from_micros(u64::try_from(at).unwrap_or(0)))
    }

    /// Of the datagrams whose fate became known since last asked.
    pub(crate) fn take_losses(&mut self) -> Losses {
        std::mem::take(&mut self.settled)
    }

    pub(crate) fn space(&self) -> Space {
        let wanted = self.wanted();
        if self.delays.is_queue_standing() {
            Space::Crowded
        } else if wanted.is_proven && wanted.is_wanting() {
            // What is only taken for granted holds up nobody's first picture.
            Space::Narrow
        } else {
            Space::Ample
        }
    }

    /// How long datagrams have to wait for each other, beyond what jitter explains.
    pub(crate) fn queue(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.delays.queue()).unwrap_or(0))
    }

    /// From sending to hearing of it: the least of the last feedback.
    pub(crate) fn round_trip(&self) -> Option<Duration> {
        self.round_trip.map(|trip| Duration::from_micros(u64::try_from(trip).unwrap_or(0)))
    }

    fn conclude(&mut self, now: i64, losses: Losses) {
        let arrives_now = self.acknowledged.brief_rate();
        let is_queue_standing = self.delays.is_queue_standing();
        let sent = self.acknowledged.sent();
        self.sent = sent.unwrap_or(0);
        self.loss.hear(now, losses.without_cuts(), is_queue_standing, sent);
        let is_useless = self.relief.is_useless(now, is_queue_standing, arrives_now);
        if is_useless || (self.delays.is_longer() && !self.loss.is_high()) {
            self.delays.forget();
        }
        let is_queue_standing = self.delays.is_queue_standing();
        let usual_loss = self.loss.usual();
        // What usually gets lost takes its part of the way as well.
        let carried = |rate: u64| (rate as f64 / f64::from(1.0 - usual_loss)) as u64;
        let signs = Signs {
            usage: self.delays.usage(),
            is_overflowing: is_queue_standing && self.loss.is_high(),
            is_queue_standing,
            arrives: self.acknowledged.rate(),
            arrives_now: arrives_now.map(carried),
            round_trip: self.round_trip.unwrap_or(USUAL_ROUND_TRIP),
        };
        self.rate.update(now, &signs);
        self.probe.note_fall(self.rate.fell());
        let wanted = self.wanted();
        match self.probe.conclude(now, &wanted, usual_loss) {
            Some(Finding::AtLeast(rate)) => self.rate.find(rate),
            Some(Finding::AtMost(rate)) => self.rate.disprove(rate.max(signs.arrives.unwrap_or(0))),
            None => {}
        }
        self.loss.lift_beyond(self.rate.estimate());
    }

    fn wanted(&self) -> Aim {
        Aim {
            estimate: self.estimate(),
            desired: self.desired,
            is_proven: self.rate.is_proven(),
            sent: self.sent,
            jitter: self.delays.jitter(),
            is_strained: self.delays.is_queue_standing() || self.loss.limit().is_some(),
        }
    }

    /// Bits per second to fill the way with now.
    fn fill(&self) -> u64 {
        let estimate = self.estimate();
        let is_worth_it = estimate * 100 >= self.sustained * WORTH_FILLING;
        let is_free = is_worth_it && !self.delays.is_queue_standing();
        if is_free { self.sustained.min(estimate) } else { 0 }
    }

    /// Since the first call.
    fn micros(&mut self, now: Instant) -> i64 {
        let epoch = *self.epoch.get_or_insert(now);
        i64::try_from(now.saturating_duration_since(epoch).as_micros()).unwrap_or(i64::MAX)
    }
}
