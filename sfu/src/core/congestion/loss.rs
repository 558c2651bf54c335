//! What loss says about the way. A radio link may lose a tenth of everything however little is
//! sent: that is no reason to send less. So where no queue tells that the way is full, it is tried
//! out: less is sent, and if as much is lost as before, such is the way.

use super::least::Least;
use crate::core::losses::Losses;

/// So long, and so many, say how much is lost just now,
const BRIEF: (i64, u32) = (150_000, 15);
/// or in general.
const LONG: (i64, u32) = (1_000_000, 50);
/// What is usual is the least of so long, and as long before,
const USUAL: i64 = 5_000_000;
/// times so many: it varies by chance.
const VARIANCE: f32 = 1.5;
/// Beyond that, this is too much where a queue stands as well,
const CROWDED: f32 = 0.04;
/// and this, twice in a row, where none does.
const SUSPICIOUS: f32 = 0.10;
/// No way loses so much by itself that is worth a call.
const GRAVE: f32 = 0.35;
/// A trial sends so much of what was sent.
const TRIED: f64 = 0.85;
/// And counts once what is sent has fallen to this.
const FALLEN: f64 = 0.92;
/// What is sent may not follow; then nothing can be learnt.
const LONGEST_TRIAL: i64 = 4_000_000;
/// How fast a limit that proved right is lifted, in each second.
const LIFT: f64 = 1.03;

#[derive(Debug)]
pub(super) struct Loss {
    brief: Window,
    recent: Losses,
    long: Window,
    usual: Least<f32>,
    limit: Option<f64>,
    was_suspicious: bool,
    trial: Option<Trial>,
}

#[derive(Debug, Default)]
struct Window {
    since: Option<i64>,
    losses: Losses,
    was_crowded: bool,
}

#[derive(Debug, Clone, Copy)]
struct Trial {
    since: i64,
    loss: f32,
    sent: f64,
    /// Less was sent all through the time before.
    has_fallen: bool,
}

impl Default for Loss {
    fn default() -> Self {
        let (brief, long) = (Window::default(), Window::default());
        Self {
            brief,
            recent: Losses::default(),
            long,
            usual: Least::of(USUAL),
            limit: None,
            was_suspicious: false,
            trial: None,
        }
    }
}

impl Loss {
    pub(super) fn hear(
        &mut self,
        now: i64,
        losses: Losses,
        is_queue_standing: bool,
        sent: Option<u64>,
    ) {
        if let Some((recent, _)) = self.brief.add(now, losses, is_queue_standing, BRIEF) {
            self.recent = recent;
        }
        let Some((long, was_crowded)) = self.long.add(now, losses, is_queue_standing, LONG) else {
            return;
        };
        if was_crowded {
            // The delays tell what to do.
            self.trial = None;
            return;
        }
        if let Some(sent) = sent.filter(|sent| *sent > 0) {
            self.judge(now, long.share(), sent as f64);
        }
    }

    /// What gets lost whatever is sent.
    pub(super) fn usual(&self) -> f32 {
        self.usual.lasting().unwrap_or(0.0).min(GRAVE)
    }

    /// Whether more gets lost than usual, which means something where a queue stands.
    pub(super) fn is_high(&self) -> bool {
        self.recent.exceed(CROWDED + self.usual() * VARIANCE)
    }

    /// Bits per second beyond which too much gets lost.
    pub(super) fn limit(&self) -> Option<u64> {
        self.limit.map(|limit| limit as u64)
    }

    /// A limit beyond what is estimated anyway limits nothing.
    pub(super) fn lift_beyond(&mut self, estimate: u64) {
        self.limit.take_if(|limit| *limit > estimate as f64);
    }

    fn judge(&mut self, now: i64, share: f32, sent: f64) {
        let is_suspicious = share > SUSPICIOUS + self.usual() * VARIANCE;
        let was_suspicious = std::mem::replace(&mut self.was_suspicious, is_suspicious);
        let Some(trial) = &mut self.trial else {
            if is_suspicious && (was_suspicious || share > GRAVE) {
                self.trial = Some(Trial { since: now, loss: share, sent, has_fallen: false });
                let fits = f64::from(1.0 - share);
                self.limit = Some(sent * if share > GRAVE { fits } else { TRIED });
            } else if !is_suspicious {
                self.usual.note(now, share);
                self.limit = self.limit.map(|limit| limit * LIFT);
            }
            return;
        };
        let has_fallen = sent < trial.sent * FALLEN;
        let is_sure = std::mem::replace(&mut trial.has_fallen, has_fallen) && has_fallen;
        if !is_sure && now - trial.since < LONGEST_TRIAL {
            return;
        }
        if share > GRAVE {
            self.limit = Some(sent * f64::from(1.0 - share));
        } else if !is_sure || trial.is_usual(sent, share) {
            self.usual.set(now, share);
            self.limit = None;
        }
        self.trial = None;
    }
}

impl Trial {
    /// Whether about as much is lost as before, rather than what would be if the way carried no
    /// more than what arrived then.
    fn is_usual(&self, sent: f64, share: f32) -> bool {
        let fits = f64::from(1.0 - self.loss) * self.sent;
        let overflow = (1.0 - fits / sent).max(0.0) as f32;
        share > (self.loss + overflow) / 2.0
    }
}

impl Window {
    /// What got lost, and whether a queue stood meanwhile, once it is enough to tell.
    fn add(
        &mut self,
        now: i64,
        losses: Losses,
        is_queue_standing: bool,
        (span, count): (i64, u32),
    ) -> Option<(Losses, bool)> {
        let since = *self.since.get_or_insert(now);
        self.losses.add(losses);
        self.was_crowded |= is_queue_standing;
        if now - since < span || self.losses.known() < count {
            return None;
        }
        let Self { losses, was_crowded, .. } = std::mem::take(self);
        Some((losses, was_crowded))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goes on for so many seconds with this loss, at what may be sent of what is wanted.
    fn pass(loss: &mut Loss, from: i64, seconds: i64, wanted: u64, share: impl Fn(u64) -> f32) {
        for tenth in 0..seconds * 10 {
            let sent = wanted.min(loss.limit().unwrap_or(u64::MAX));
            let lost = (share(sent) * 20.0).round() as u32;
            let now = (from * 10 + tenth) * 100_000;
            let losses = Losses { arrived: 20 - lost, lost, ..Losses::default() };
            loss.hear(now, losses, false, Some(sent));
        }
    }

    #[test]
    fn loss_that_stays_whatever_is_sent_limits_nothing() {
        let mut loss = Loss::default();
        pass(&mut loss, 0, 10, 2_000_000, |_| 0.2);
        assert_eq!(loss.limit(), None);
        assert!((loss.usual() - 0.2).abs() < 0.01 && !loss.is_high());
        pass(&mut loss, 10, 20, 2_000_000, |_| 0.0);
        assert!(loss.usual() < 0.01);
    }

    #[test]
    fn loss_that_goes_when_less_is_sent_limits() {
        let mut loss = Loss::default();
        let policed = |sent: u64| (1.0 - 1_500_000.0 / sent as f32).max(0.0);
        pass(&mut loss, 0, 20, 2_500_000, policed);
        assert!((1_200_000..2_000_000).contains(&loss.limit().unwrap()), "{loss:?}");
    }
}
