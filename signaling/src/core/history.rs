//! How good each connection was, for those who look at the call later: in samples of ten seconds,
//! handed over a few at a time, so that hardly anything is lost with the server and nothing waits.

use super::call::Call;
use super::step::{Effect, Step};
use crate::gate::{QUALITY_SAMPLE, QualitySample};
use crate::message::{Figures, Grade, ParticipantId};
use crate::time::UnixMillis;
use std::collections::BTreeMap;
use std::time::Duration;

/// Samples are handed over when the oldest has waited this long.
const HAND_OVER: Duration = Duration::from_secs(30);
/// Of one call: twenty people for almost three hours.
const MOST_SAMPLES: usize = 20_000;
/// Nothing is measured of a connection that is lost; so many samples say so at most.
const MOST_LOST: usize = 360;

#[derive(Clone, Debug, Default)]
pub(super) struct History {
    open: BTreeMap<ParticipantId, Piece>,
    closed: Vec<QualitySample>,
    /// When the first of `closed` was.
    waiting_since: Option<UnixMillis>,
    noted: usize,
}

/// A sample in the making.
#[derive(Clone, Copy, Debug)]
struct Piece {
    sample: QualitySample,
    /// How many bitrates the means are of.
    rates: (u32, u32),
    last: (Grade, Grade),
}

impl Call {
    /// Hands over what has waited long enough; all of it when nobody is left.
    pub(super) fn hand_over_quality(&mut self, now: UnixMillis, step: &mut Step) {
        let waited = self.history.waiting_since.map(|since| now.since(since));
        let due = waited.is_some_and(|waited| u128::from(waited) >= HAND_OVER.as_millis());
        if due || self.ended || self.seats.is_empty() {
            let samples = self.history.take();
            if !samples.is_empty() {
                step.effects.push(Effect::KeepQuality { samples });
            }
        }
    }

    /// What was not handed over yet, before the server stops.
    pub fn last_quality(&mut self, now: UnixMillis) -> Vec<QualitySample> {
        self.history.close_all(now);
        self.history.take()
    }
}

impl History {
    pub(super) fn note(
        &mut self,
        now: UnixMillis,
        id: ParticipantId,
        grades: (Grade, Grade),
        figures: Figures,
    ) {
        let from = beginning(now);
        if self.open.get(&id).is_some_and(|piece| piece.sample.from != from) {
            self.close_before(id, from, now);
        }
        let piece = self.open.entry(id).or_insert_with(|| Piece::new(id, from, grades));
        piece.add(grades, &figures);
    }

    /// The participant is not in the call any more.
    pub(super) fn close(&mut self, now: UnixMillis, id: ParticipantId) {
        self.close_before(id, now, now);
    }

    pub(super) fn close_all(&mut self, now: UnixMillis) {
        for id in self.open.keys().copied().collect::<Vec<_>>() {
            self.close(now, id);
        }
    }

    /// Ends a sample, and adds those until `end` of a connection that stayed lost.
    fn close_before(&mut self, id: ParticipantId, end: UnixMillis, now: UnixMillis) {
        let Some(piece) = self.open.remove(&id) else { return };
        self.push(now, piece.sample);
        let (uplink, downlink) = piece.last;
        if uplink != Grade::Lost && downlink != Grade::Lost {
            return;
        }
        let mut from = piece.sample.from.plus(QUALITY_SAMPLE);
        for _ in 0..MOST_LOST {
            if from >= end {
                return;
            }
            let (participant, figures) = (id, Figures::default());
            self.push(now, QualitySample { participant, from, uplink, downlink, figures });
            from = from.plus(QUALITY_SAMPLE);
        }
    }

    fn push(&mut self, now: UnixMillis, sample: QualitySample) {
        if self.noted < MOST_SAMPLES {
            self.noted += 1;
            self.closed.push(sample);
            self.waiting_since.get_or_insert(now);
        }
    }

    fn take(&mut self) -> Vec<QualitySample> {
        self.waiting_since = None;
        std::mem::take(&mut self.closed)
    }
}

impl Piece {
    fn new(participant: ParticipantId, from: UnixMillis, grades: (Grade, Grade)) -> Self {
        let ((uplink, downlink), figures) = (grades, Figures::default());
        let sample = QualitySample { participant, from, uplink, downlink, figures };
        Self { sample, rates: (0, 0), last: grades }
    }

    fn add(&mut self, grades: (Grade, Grade), figures: &Figures) {
        self.last = grades;
        let sample = &mut self.sample;
        sample.uplink = sample.uplink.max(grades.0);
        sample.downlink = sample.downlink.max(grades.1);
        let all = &mut sample.figures;
        all.round_trip_ms = all.round_trip_ms.max(figures.round_trip_ms);
        all.uplink_loss_percent = all.uplink_loss_percent.max(figures.uplink_loss_percent);
        all.downlink_loss_percent = all.downlink_loss_percent.max(figures.downlink_loss_percent);
        all.uplink_jitter_ms = all.uplink_jitter_ms.max(figures.uplink_jitter_ms);
        all.downlink_jitter_ms = all.downlink_jitter_ms.max(figures.downlink_jitter_ms);
        all.uplink_kbps = mean(all.uplink_kbps, figures.uplink_kbps, &mut self.rates.0);
        all.downlink_kbps = mean(all.downlink_kbps, figures.downlink_kbps, &mut self.rates.1);
        let freezes = all.freezes.unwrap_or(0).saturating_add(figures.freezes.unwrap_or(0));
        all.freezes = Some(freezes);
    }
}

/// The mean of `count` values and one more.
fn mean(before: Option<u32>, next: Option<u32>, count: &mut u32) -> Option<u32> {
    let Some(next) = next else { return before };
    let sum = u64::from(before.unwrap_or(0)) * u64::from(*count) + u64::from(next);
    *count = count.saturating_add(1);
    u32::try_from(sum / u64::from(*count)).ok()
}

fn beginning(now: UnixMillis) -> UnixMillis {
    let length = UnixMillis(0).plus(QUALITY_SAMPLE).0;
    UnixMillis(now.0 - now.0 % length)
}
