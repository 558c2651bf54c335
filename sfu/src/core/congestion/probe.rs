//! Tries out whether the way carries more than is sent, with short trains of packets that leave
//! faster: how fast they arrive tells. A stream alone never tells of more than it is.

use super::cluster::{Cluster, Outcome};

/// The first looks for so many times what is believed, each after it for less.
const FIRST_STEP: u64 = 3;
const STEP: u64 = 2;
/// If it finds so many percent of what it looked for, the next follows at once.
const FOUND: u64 = 70;
/// Otherwise so long after, in microseconds; but where chance may have hidden what there is, it is
/// tried a few times in a row.
const REST: i64 = 5_000_000;
const SHORT_REST: i64 = 400_000;
const ATTEMPTS: u32 = 3;
/// Delays that vary by so much leave much to chance.
const MUCH_JITTER: i64 = 20_000;
/// And by so much, more than that.
const HUGE_JITTER: i64 = 50_000;
/// So long after the estimate fell it may have been for a moment only.
const REST_AFTER_FALL: i64 = 1_000_000;
/// While this much of the estimate is sent, in percent, media itself tells of more, and a train on
/// top of it might be too much.
const BUSY: u64 = 85;
/// Who was not heard of for so long is gone.
const SILENCE: i64 = 1_000_000;
/// What is nearly all that is wanted is enough, in percent.
const ENOUGH: u64 = 98;

#[derive(Debug, Default)]
pub(super) struct Probe {
    cluster: Option<Cluster>,
    next_at: i64,
    has_begun: bool,
    last_id: u8,
    heard: Option<i64>,
    /// How many in a row did not find what they looked for, and the most that they found.
    failed: u32,
    most_found: u64,
    has_tried: bool,
    /// What a train found where another has to find it as well, and when.
    unconfirmed: Option<(i64, u64)>,
    fell: Option<i64>,
}

/// What there is to be tried out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Aim {
    pub(super) estimate: u64,
    pub(super) desired: u64,
    /// It is not just guessed.
    pub(super) is_proven: bool,
    /// Bits per second.
    pub(super) sent: u64,
    /// How long delays vary: shorter trains would tell of nothing else.
    pub(super) jitter: i64,
    pub(super) is_strained: bool,
}

/// Bits per second.
#[derive(Debug)]
pub(super) enum Finding {
    AtLeast(u64),
    /// Several found less than had been guessed.
    AtMost(u64),
}

impl Aim {
    pub(super) fn is_wanting(&self) -> bool {
        self.desired > 0 && (!self.is_proven || self.estimate * 100 < self.desired * ENOUGH)
    }
}

impl Probe {
    /// The probe that what is sent now is part of; 0 for none.
    pub(super) fn send(&mut self, now: i64, bytes: usize) -> u8 {
        self.cluster.as_mut().map_or(0, |cluster| cluster.send(now, bytes))
    }

    /// The train that is under way, to note what arrived of it.
    pub(super) fn cluster(&mut self) -> Option<&mut Cluster> {
        self.cluster.as_mut()
    }

    /// After each feedback: what the way was found to carry.
    pub(super) fn conclude(&mut self, now: i64, aim: &Aim, usual_loss: f32) -> Option<Finding> {
        let finding = self.judge(now, aim, usual_loss)?;
        match finding {
            Finding::AtLeast(rate) if rate > aim.estimate => self.confirm(now, rate, aim),
            _ => {
                self.unconfirmed = None;
                Some(finding)
            }
        }
    }

    /// Where delays vary much a train may be lucky: what it found counts when another finds it as well.
    fn confirm(&mut self, now: i64, rate: u64, aim: &Aim) -> Option<Finding> {
        let before = self.unconfirmed.take().filter(|(at, _)| now - at < REST);
        if !aim.is_proven || aim.jitter <= MUCH_JITTER {
            return Some(Finding::AtLeast(rate));
        }
        let Some((_, before)) = before else {
            self.unconfirmed = Some((now, rate));
            self.next_at = self.next_at.min(now + SHORT_REST);
            return None;
        };
        Some(Finding::AtLeast(rate.min(before)))
    }

    fn judge(&mut self, now: i64, aim: &Aim, usual_loss: f32) -> Option<Finding> {
        self.heard = Some(now);
        let outcome = self.cluster.as_ref()?.outcome(usual_loss)?;
        let target = self.cluster.take()?.target();
        let rate = match outcome {
            Outcome::Carries(rate) => rate,
            Outcome::Unclear => 0,
        };
        if rate * 100 >= target * FOUND {
            (self.failed, self.most_found, self.has_tried) = (0, 0, true);
            self.next_at = now;
            return Some(Finding::AtLeast(rate));
        }
        self.failed += 1;
        self.most_found = self.most_found.max(rate);
        let is_left_to_chance = aim.jitter > MUCH_JITTER || !self.has_tried;
        if is_left_to_chance && self.failed < ATTEMPTS {
            self.next_at = now + SHORT_REST;
        } else {
            self.next_at = now + REST;
            let most = std::mem::take(&mut self.most_found);
            (self.failed, self.has_tried) = (0, true);
            if !aim.is_proven && most > 0 && aim.jitter <= HUGE_JITTER {
                return Some(Finding::AtMost(most));
            }
        }
        (rate > 0 && aim.is_proven).then_some(Finding::AtLeast(rate))
    }

    /// The estimate fell at that time.
    pub(super) fn note_fall(&mut self, fell: Option<i64>) {
        if let Some(at) = fell.filter(|_| fell != self.fell) {
            self.fell = fell;
            self.next_at = at + REST_AFTER_FALL;
        }
    }

    /// How many bytes to send now, at most.
    pub(super) fn due(&mut self, now: i64, aim: &Aim) -> Option<usize> {
        self.cluster.take_if(|cluster| cluster.is_overdue(now));
        if self.cluster.is_none() && now >= self.next_at && self.may_begin(now, aim) {
            self.begin(now, aim);
        }
        self.cluster.as_mut()?.due(now)
    }

    /// When to ask again.
    pub(super) fn deadline(&self, aim: &Aim) -> Option<i64> {
        match &self.cluster {
            Some(cluster) => Some(cluster.deadline()),
            None => aim.is_wanting().then_some(self.next_at),
        }
    }

    fn may_begin(&mut self, now: i64, aim: &Aim) -> bool {
        if !aim.is_wanting() {
            return false;
        }
        let is_heard = self.heard.is_some_and(|heard| now - heard < SILENCE);
        let is_busy = aim.is_proven && aim.sent * 100 > aim.estimate * BUSY;
        if aim.is_strained || is_busy || (self.has_begun && !is_heard) {
            self.next_at = now + REST_AFTER_FALL / 2;
            return false;
        }
        true
    }

    fn begin(&mut self, now: i64, aim: &Aim) {
        let step = if self.has_begun { STEP } else { FIRST_STEP };
        let target = (aim.estimate * step).min(aim.desired);
        self.last_id = self.last_id.checked_add(1).unwrap_or(1);
        self.has_begun = true;
        self.next_at = now + REST;
        self.cluster = Some(Cluster::new(self.last_id, now, target, aim.jitter));
    }
}
