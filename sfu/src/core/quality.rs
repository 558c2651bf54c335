//! From loss and delay to a word that a person understands, told when it changes and now and then.

use std::time::{Duration, Instant};

use super::event::{Quality, QualityReport};

/// How often an unchanged quality is told again.
const REFRESH: Duration = Duration::from_secs(5);

/// What the transport measured over about the last second.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Measurement {
    pub(crate) uplink_loss: f32,
    pub(crate) downlink_loss: f32,
    pub(crate) round_trip: Option<Duration>,
    pub(crate) downlink_estimate: Option<u64>,
}

#[derive(Debug, Default)]
pub(crate) struct QualityMeter {
    told: Option<(Instant, Quality, Quality)>,
}

impl QualityMeter {
    /// The report to tell, when there is something to tell.
    pub(crate) fn measure(
        &mut self,
        now: Instant,
        measured: &Measurement,
    ) -> Option<QualityReport> {
        let uplink = judge(measured.uplink_loss, measured.round_trip);
        let downlink = judge(measured.downlink_loss, measured.round_trip);
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

fn judge(loss: f32, round_trip: Option<Duration>) -> Quality {
    let delay = round_trip.unwrap_or_default();
    if loss > 0.08 || delay > Duration::from_millis(600) {
        Quality::Poor
    } else if loss > 0.02 || delay > Duration::from_millis(250) {
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
        downlink_loss: measured.downlink_loss,
        downlink_estimate: measured.downlink_estimate,
    }
}
