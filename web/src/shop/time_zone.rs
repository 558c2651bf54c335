//! The shop's time zone, by its name in the IANA database: so that clock changes are known.

use std::str::FromStr;

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Such as `Asia/Shanghai`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveValueType, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "Asia/Shanghai")]
pub struct TimeZone(String);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no time zone of the IANA database, such as Asia/Shanghai")]
pub struct UnknownTimeZone;

impl TimeZone {
    pub fn parse(text: &str) -> Result<Self, UnknownTimeZone> {
        let zone = chrono_tz::Tz::from_str(text.trim()).map_err(|_| UnknownTimeZone)?;
        Ok(Self(zone.name().to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TimeZone {
    type Error = UnknownTimeZone;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<TimeZone> for String {
    fn from(zone: TimeZone) -> Self {
        zone.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_one_that_has_a_name() {
        assert_eq!(TimeZone::parse(" Europe/Berlin ").unwrap().as_str(), "Europe/Berlin");
        assert!(TimeZone::parse("UTC").is_ok());
        for wrong in ["", "Berlin", "+08:00", "Mars/Olympus", "../etc/passwd", "europe/berlin"] {
            assert_eq!(TimeZone::parse(wrong), Err(UnknownTimeZone), "{wrong}");
        }
    }
}
