//! What a customer and a pet are, beyond their names.

use chrono::{Datelike, NaiveDate};
use sea_orm::{DeriveActiveEnum, DeriveValueType, EnumIter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Species {
    Dog,
    Cat,
    Rabbit,
    Bird,
    Other,
}

/// A pet's birthday, or a guess at it. Not before 1950: some parrots are that old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveValueType, ToSchema)]
#[serde(try_from = "NaiveDate", into = "NaiveDate")]
#[schema(value_type = String, format = Date, example = "2021-06-01")]
pub struct BirthDate(NaiveDate);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a pet is born between 1950 and 2100")]
pub struct ImpossibleBirth;

impl BirthDate {
    pub fn date(self) -> NaiveDate {
        self.0
    }
}

impl TryFrom<NaiveDate> for BirthDate {
    type Error = ImpossibleBirth;
    fn try_from(date: NaiveDate) -> Result<Self, Self::Error> {
        if (1950..2100).contains(&date.year()) { Ok(Self(date)) } else { Err(ImpossibleBirth) }
    }
}

impl From<BirthDate> for NaiveDate {
    fn from(birth: BirthDate) -> Self {
        birth.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birth_date_is_a_calendar_date() {
        let parse = |text: &str| serde_json::from_value::<BirthDate>(text.into());
        assert!(parse("2021-02-28").is_ok());
        for wrong in ["2021-02-29", "0001-01-01", "+12345-01-01", "last spring"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
