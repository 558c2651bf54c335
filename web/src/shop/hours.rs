//! When the shop is open, by the clock on its wall: free times are offered within these hours.

use std::fmt;

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A time of day in whole minutes, `00:00` to `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", example = "09:00")]
pub struct ClockTime(u16);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// One day on which the shop is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DayHours {
    pub weekday: Weekday,
    pub opens: ClockTime,
    pub closes: ClockTime,
}

/// The days on which the shop is open, from Monday on; on all others it is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult, ToSchema)]
#[serde(try_from = "Vec<DayHours>", into = "Vec<DayHours>")]
#[schema(value_type = Vec<DayHours>, max_items = 7)]
pub struct OpeningHours(Vec<DayHours>);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImpossibleHours {
    #[error("a time of day is written as 09:00")]
    NoTime,
    #[error("a day ends after it begins")]
    Backwards,
    #[error("each day of the week stands there once at most")]
    Twice,
}

impl Weekday {
    const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];
}

/// Every day from nine to nine, until the owner says otherwise.
impl Default for OpeningHours {
    fn default() -> Self {
        let (opens, closes) = (ClockTime(9 * 60), ClockTime(21 * 60));
        Self(Weekday::ALL.map(|weekday| DayHours { weekday, opens, closes }).to_vec())
    }
}

impl TryFrom<Vec<DayHours>> for OpeningHours {
    type Error = ImpossibleHours;
    fn try_from(mut days: Vec<DayHours>) -> Result<Self, Self::Error> {
        days.sort_by_key(|day| day.weekday);
        if days.windows(2).any(|pair| pair[0].weekday == pair[1].weekday) {
            return Err(ImpossibleHours::Twice);
        }
        if days.iter().any(|day| day.opens >= day.closes) {
            return Err(ImpossibleHours::Backwards);
        }
        Ok(Self(days))
    }
}

impl From<OpeningHours> for Vec<DayHours> {
    fn from(hours: OpeningHours) -> Self {
        hours.0
    }
}

impl TryFrom<String> for ClockTime {
    type Error = ImpossibleHours;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits = text.len() == 5 && text.bytes().filter(u8::is_ascii_digit).count() == 4;
        let (hour, minute) =
            text.split_once(':').filter(|_| digits).ok_or(ImpossibleHours::NoTime)?;
        let number = |text: &str| text.parse::<u16>().map_err(|_| ImpossibleHours::NoTime);
        let (hour, minute) = (number(hour)?, number(minute)?);
        let time = Self(hour * 60 + minute);
        if minute < 60 && time <= Self(24 * 60) { Ok(time) } else { Err(ImpossibleHours::NoTime) }
    }
}

impl From<ClockTime> for String {
    fn from(time: ClockTime) -> Self {
        time.to_string()
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;

    fn day(weekday: &str, opens: &str, closes: &str) -> Value {
        json!({ "weekday": weekday, "opens": opens, "closes": closes })
    }

    #[test]
    fn days_are_kept_from_monday_on_and_read_as_they_were_written() {
        let days = json!([day("sunday", "10:00", "24:00"), day("monday", "09:30", "18:00")]);
        let hours: OpeningHours = from_value(days).unwrap();
        let expected = json!([day("monday", "09:30", "18:00"), day("sunday", "10:00", "24:00")]);
        assert_eq!(serde_json::to_value(&hours).unwrap(), expected);
        assert!(from_value::<OpeningHours>(json!([])).is_ok(), "a shop may be closed for a while");
    }

    #[test]
    fn a_day_that_ends_before_it_begins_or_stands_there_twice_is_refused() {
        for wrong in [
            json!([day("monday", "18:00", "09:00")]),
            json!([day("monday", "09:00", "09:00")]),
            json!([day("monday", "09:00", "12:00"), day("monday", "13:00", "18:00")]),
        ] {
            assert!(from_value::<OpeningHours>(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_no_clock_shows_is_refused() {
        for wrong in ["", "9:00", "09:60", "24:01", "25:00", "0900", "09:00:00", "+9:00", "九点"]
        {
            assert!(from_value::<ClockTime>(json!(wrong)).is_err(), "{wrong}");
        }
    }
}
