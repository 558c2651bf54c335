//! From loss, delay and jitter to a word that a person understands, told when it changes and every
//! two seconds.

use std::time::{Duration, Instant};

use super::event::{Quality, QualityReport};
use super::losses::Losses;

/// How often an unchanged quality is told again.
const REFRESH: Duration = Duration::from_secs(2);

/// What the transport measured over about the last second.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Measurement {
    pub(crate) uplink_loss: f32,
    /// In the last half second, and for as long as it takes to tell from chance.
    pub(crate) downlink_losses: Losses,
    pub(crate) downlink_lately: Losses,
    /// How long packets have to wait for each other on the way to the participant.
    pub(crate) downlink_queue: Duration,
    pub(crate) round_trip: Option<Duration>,
    /// Of the sound (RFC 3550, 6.4.1), while there is some. A picture's packets come in bursts by
    /// nature, and say nothing of the network.
    pub(crate) uplink_jitter: Option<Duration>,
    pub(crate) downlink_jitter: Option<Duration>,
    /// Media, in bits per second.
    pub(crate) uplink_bitrate: Option<u64>,
    pub(crate) downlink_bitrate: Option<u64>,
    pub(crate) downlink_estimate: Option<u64>,
}

#[derive(Debug, Default)]
pub(crate) struct QualityMeter {
    told: Option<(Instant, Quality, Quality)>,
    uplink_jitter: Option<Duration>,
}

impl QualityMeter {
    /// The jitter that the participant's sound brings along, for whoever hears it.
    pub(crate) fn uplink_jitter(&self) -> Option<Duration> {
        self.uplink_jitter
    }

    /// The report to tell, when there is something to tell. `brought`: the worst jitter of what the
    /// others send, which is not of this participant's own way.
    pub(crate) fn measure(
        &mut self,
        now: Instant,
        measured: &Measurement,
        brought: Duration,
    ) -> Option<QualityReport> {
        self.uplink_jitter = measured.uplink_jitter;
        let own = measured.downlink_jitter.map(|jitter| jitter.saturating_sub(brought));
        let measured = &Measurement { downlink_jitter: own, ..*measured };
        let uplink = judge(measured.uplink_loss, measured.round_trip, measured.uplink_jitter);
        let downlink =
            judge(measured.downlink_lately.share(), measured.round_trip, measured.downlink_jitter);
        self.tell(now, uplink, downlink).then(|| report(uplink, downlink, measured))
    }

    /// The report of a participant whose packets stopped.
    pub(crate) fn lose(&mut self, now: Instant) -> Option<QualityReport> {
        let lost = Quality::Lost;
        self.tell(now, lost, lost).then(|| report(lost, lost, &Measurement::default()))
    }

    fn tell(&mut self, now: Instant, uplink: Quality, downlink: Quality) -> bool {
        let is_news = self.told.is_none_or(|(when, old_uplink, old_downlink)| {
            (old_uplink, old_downlink) != (uplink, downlink)
                || now.saturating_duration_since(when) >= REFRESH
        });
        if is_news {
            self.told = Some((now, uplink, downlink));
        }
        is_news
    }
}

fn judge(loss: f32, round_trip: Option<Duration>, jitter: Option<Duration>) -> Quality {
    let beyond = |time: Option<Duration>, millis| time > Some(Duration::from_millis(millis));
    if loss > 0.08 || beyond(round_trip, 600) || beyond(jitter, 100) {
        Quality::Poor
    } else if loss > 0.02 || beyond(round_trip, 250) || beyond(jitter, 40) {
        Quality::Good
    } else {
        Quality::Excellent
    }
}

fn report(uplink: Quality, downlink: Quality, measured: &Measurement) -> QualityReport {
    QualityReport {
        uplink,
        downlink,
        round_trip: measured.round_trip,
        uplink_loss: measured.uplink_loss,
        downlink_loss: measured.downlink_lately.share(),
        uplink_jitter: measured.uplink_jitter,
        downlink_jitter: measured.downlink_jitter,
        uplink_bitrate: measured.uplink_bitrate,
        downlink_bitrate: measured.downlink_bitrate,
        downlink_estimate: measured.downlink_estimate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::testing::begin;

    #[test]
    fn jitter_that_others_bring_along_is_not_of_ones_own_way() {
        let now = begin();
        let millis = Duration::from_millis;
        let jittery = Measurement { downlink_jitter: Some(millis(130)), ..Measurement::default() };
        let told = |brought| QualityMeter::default().measure(now, &jittery, brought).unwrap();
        assert_eq!(told(Duration::ZERO).downlink, Quality::Poor);
        let own = told(millis(110));
        assert_eq!((own.downlink, own.downlink_jitter), (Quality::Excellent, Some(millis(20))));
    }

    #[test]
    fn each_of_loss_delay_and_jitter_can_make_a_way_poor() {
        let millis = |millis| Some(Duration::from_millis(millis));
        assert_eq!(judge(0.0, None, None), Quality::Excellent);
        assert_eq!(judge(0.01, millis(100), millis(20)), Quality::Excellent);
        for (loss, round_trip, jitter) in
            [(0.03, None, None), (0.0, millis(300), None), (0.0, None, millis(50))]
        {
            assert_eq!(judge(loss, round_trip, jitter), Quality::Good);
        }
        for (loss, round_trip, jitter) in
            [(0.1, None, None), (0.0, millis(700), None), (0.0, None, millis(120))]
        {
            assert_eq!(judge(loss, round_trip, jitter), Quality::Poor);
        }
    }
}
