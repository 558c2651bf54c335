//! The time that an appointment takes of its stylist: half-open, so that one may start on the very
//! instant that another ends.

use std::time::Duration;

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Timestamp;

/// How long a service takes, in whole minutes: 5 minutes to 12 hours.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    DeriveValueType,
    ToSchema,
)]
#[serde(try_from = "i32", into = "i32")]
#[schema(value_type = i32, minimum = 5, maximum = 720)]
pub struct Length(i32);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an appointment takes 5 to 720 minutes")]
pub struct ImpossibleLength;

impl Length {
    const LONGEST_MINUTES: i32 = 720;
    pub const LONGEST: Duration = Duration::from_secs(720 * 60);

    pub fn minutes(minutes: i32) -> Result<Self, ImpossibleLength> {
        if (5..=Self::LONGEST_MINUTES).contains(&minutes) {
            Ok(Self(minutes))
        } else {
            Err(ImpossibleLength)
        }
    }

    pub fn in_minutes(self) -> i32 {
        self.0
    }

    pub fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.0.unsigned_abs()) * 60)
    }
}

impl TryFrom<i32> for Length {
    type Error = ImpossibleLength;
    fn try_from(minutes: i32) -> Result<Self, Self::Error> {
        Self::minutes(minutes)
    }
}

impl From<Length> for i32 {
    fn from(length: Length) -> Self {
        length.0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeSlot {
    start: Timestamp,
    end: Timestamp,
}

impl TimeSlot {
    pub fn new(start: Timestamp, length: Length) -> Self {
        Self { start, end: start + length.duration() }
    }

    /// As the database keeps it, which checks the order and the length itself.
    pub(super) fn between(start: Timestamp, end: Timestamp) -> Self {
        Self { start, end }
    }

    pub fn start(self) -> Timestamp {
        self.start
    }

    pub fn end(self) -> Timestamp {
        self.end
    }

    pub fn length(self) -> Length {
        let minutes = self.end.since(self.start).as_secs() / 60;
        Length(i32::try_from(minutes).unwrap_or(Length::LONGEST_MINUTES))
    }

    /// For words and screens only. That two never overlap is the database's own constraint.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(start_minute: i64, minutes: i32) -> TimeSlot {
        let start = Timestamp::from_millis(start_minute * 60_000);
        TimeSlot::new(start, Length::minutes(minutes).unwrap())
    }

    #[test]
    fn one_may_start_when_the_other_ends() {
        assert!(!slot(0, 30).overlaps(slot(30, 30)));
        assert!(!slot(30, 30).overlaps(slot(0, 30)));
    }

    #[test]
    fn a_shared_minute_is_an_overlap_whichever_comes_first() {
        for (a, b) in
            [(slot(0, 31), slot(30, 30)), (slot(0, 120), slot(30, 5)), (slot(7, 9), slot(7, 9))]
        {
            assert!(a.overlaps(b));
            assert!(b.overlaps(a));
        }
    }

    #[test]
    fn nobody_is_booked_for_no_time_or_for_days() {
        for minutes in [i32::MIN, -30, 0, 4, 721, i32::MAX] {
            assert_eq!(Length::minutes(minutes), Err(ImpossibleLength));
        }
    }
}
