//! What a link shows to who holds it: when to come, to whom, and whether the door is open.

use sea_orm::EntityTrait;
use serde::Serialize;
use utoipa::ToSchema;

use super::{LinkState, Opened};
use crate::{
    accounts,
    app::AppState,
    clock::Timestamp,
    consents::{self, AskedFor, ConsentKind},
    customers,
    language::Language,
    problem::{ApiError, ApiResult},
    services,
    shop::{self, TimeZone},
    text::{LocalizedName, Name},
};

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Link {
    pub state: LinkState,
    pub opens_at: Timestamp,
    pub closes_at: Timestamp,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    /// What the server's clock says, for phones whose clock is wrong.
    pub server_time: Timestamp,
    pub shop: Shop,
    pub stylist_name: String,
    pub service_name: LocalizedName,
    pub role: LinkRole,
    /// Of whoever holds the link: the customer, or the guest.
    pub customer_name: Name,
    pub language: Language,
    /// What they are asked to agree to, and what they answered.
    pub consent: AskedFor,
}

/// As whom the link lets in. Guests are never captured, so they are not asked to agree to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkRole {
    Customer,
    Guest,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LinkShop)]
pub struct Shop {
    pub name: String,
    pub phone: String,
    /// The zone that its times are in; null when it has named none.
    pub time_zone: Option<TimeZone>,
}

impl Link {
    pub async fn of(app: &AppState, opened: &Opened) -> ApiResult<Self> {
        let row = &opened.appointment;
        let broken = || ApiError::internal(format!("appointment {} points at nothing", row.id));
        let stylist = accounts::find(&app.database, row.stylist_id).await?;
        let service =
            services::table::Entity::find_by_id(row.service_id).one(&app.database).await?;
        let customer = customers::table::customer::Entity::find_by_id(row.customer_id);
        let customer = customer.one(&app.database).await?.ok_or_else(broken)?;
        let answer = consents::newest(&app.database, row.id, ConsentKind::Snapshots).await?;
        // What the customer answered is nobody else's to know.
        let answer = answer.filter(|_| opened.guest.is_none());
        let (role, name) = match &opened.guest {
            Some(guest) => (LinkRole::Guest, guest.name.clone()),
            None => (LinkRole::Customer, customer.name),
        };
        Ok(Self {
            state: opened.state,
            opens_at: opened.window.opens_at,
            closes_at: opened.window.closes_at,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            server_time: app.clock.now(),
            shop: shop::load(&app.database, &app.settings).await?.into(),
            stylist_name: stylist.ok_or_else(broken)?.name,
            service_name: service.ok_or_else(broken)?.name(),
            role,
            customer_name: name,
            language: customer.language,
            consent: AskedFor::after(answer.as_ref()),
        })
    }

    /// The same but for the time of looking.
    pub(super) fn says_the_same_as(&self, other: &Self) -> bool {
        let now = self.server_time;
        Self { server_time: now, ..other.clone() } == *self
    }
}

impl From<shop::Shop> for Shop {
    fn from(shop: shop::Shop) -> Self {
        let shop::Shop { name, phone, time_zone, .. } = shop;
        Self { name, phone, time_zone }
    }
}
