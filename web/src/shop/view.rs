//! The shop as the API shows it, and what can be changed of it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{DayHours, OpeningHours, TimeZone};
use crate::http::extract::named;
use crate::settings::Settings;
use crate::text::{Line, Name};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Shop {
    pub name: String,
    /// Empty when customers are not meant to call.
    pub phone: String,
    /// Null until the owner has chosen one: every device shows its own time.
    pub time_zone: Option<TimeZone>,
    #[schema(value_type = Vec<DayHours>)]
    pub opening_hours: OpeningHours,
}

impl From<&Settings> for Shop {
    fn from(settings: &Settings) -> Self {
        let (name, phone) = (settings.shop_name.clone(), settings.shop_phone.clone());
        Self { name, phone, time_zone: None, opening_hours: OpeningHours::default() }
    }
}

/// What shall be otherwise; what is not named stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ShopChange {
    name: Option<Name>,
    phone: Option<Line>,
    /// Null: each device's own.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<TimeZone>)]
    time_zone: Option<Option<TimeZone>>,
    #[schema(value_type = Option<Vec<DayHours>>)]
    opening_hours: Option<OpeningHours>,
}

impl ShopChange {
    pub(super) fn applied(self, before: Shop) -> Shop {
        Shop {
            name: self.name.map_or(before.name, String::from),
            phone: self.phone.map_or(before.phone, String::from),
            time_zone: self.time_zone.unwrap_or(before.time_zone),
            opening_hours: self.opening_hours.unwrap_or(before.opening_hours),
        }
    }
}
