//! The grades of a connection as words in the database and the API, and the figures behind them.

use serde::Serialize;
use signaling::message::Grade;
use utoipa::ToSchema;

use crate::calls::table::sample;

/// Worst last, so that the worse of two is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QualityLevel {
    Excellent,
    Good,
    Poor,
    Lost,
}

impl QualityLevel {
    const WORDS: [(Self, &str); 4] = [
        (Self::Excellent, "excellent"),
        (Self::Good, "good"),
        (Self::Poor, "poor"),
        (Self::Lost, "lost"),
    ];

    pub(super) fn text(self) -> &'static str {
        Self::WORDS.iter().find(|known| known.0 == self).map_or("lost", |known| known.1)
    }

    /// What is no word of ours counts as the worst.
    pub(super) fn from_text(text: &str) -> Self {
        Self::WORDS.iter().find(|known| known.1 == text).map_or(Self::Lost, |known| known.0)
    }
}

impl From<Grade> for QualityLevel {
    fn from(grade: Grade) -> Self {
        match grade {
            Grade::Excellent => Self::Excellent,
            Grade::Good => Self::Good,
            Grade::Poor => Self::Poor,
            Grade::Lost => Self::Lost,
        }
    }
}

/// What the levels come from, each where it is known: of bitrates the mean, of freezes all, of the
/// rest the worst.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct QualityFigures {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round_trip_ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uplink_loss_percent: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub downlink_loss_percent: Option<u32>,
    /// Of the sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uplink_jitter_ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub downlink_jitter_ms: Option<u32>,
    /// Of sound and pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uplink_kbps: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub downlink_kbps: Option<u32>,
    /// Of the pictures that this person saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub freezes: Option<u32>,
}

impl QualityFigures {
    /// Of several samples, all of the same length.
    pub(super) fn of(samples: &[&sample::Model]) -> Self {
        type Figure = fn(&sample::Model) -> Option<i32>;
        let known = |figure: Figure| {
            let known = samples.iter().filter_map(move |sample| figure(sample));
            known.map(|value| u32::try_from(value).unwrap_or(0))
        };
        let mean = |figure: Figure| {
            let sum: u64 = known(figure).map(u64::from).sum();
            let mean = sum.checked_div(u64::try_from(known(figure).count()).ok()?)?;
            u32::try_from(mean).ok()
        };
        Self {
            round_trip_ms: known(|sample| sample.round_trip_ms).max(),
            uplink_loss_percent: known(|sample| sample.uplink_loss_percent).max(),
            downlink_loss_percent: known(|sample| sample.downlink_loss_percent).max(),
            uplink_jitter_ms: known(|sample| sample.uplink_jitter_ms).max(),
            downlink_jitter_ms: known(|sample| sample.downlink_jitter_ms).max(),
            uplink_kbps: mean(|sample| sample.uplink_kbps),
            downlink_kbps: mean(|sample| sample.downlink_kbps),
            freezes: known(|sample| sample.freezes).reduce(u32::saturating_add),
        }
    }
}
