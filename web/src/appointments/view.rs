//! An appointment as the API shows it, with the names of everybody concerned, its call and its
//! snapshots. A page of them costs a fixed number of queries.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::table::{self, Model};
use super::{AppointmentKind, AppointmentState, Length};
use crate::accounts;
use crate::app::AppState;
use crate::calls;
use crate::clock::Timestamp;
use crate::customers::table::{customer, pet};
use crate::customers::{self, Pet, PhoneNumber};
use crate::language::Language;
use crate::links::{self, Margins, Window};
use crate::problem::{ApiError, ApiResult};
use crate::services::{self, ServiceName};
use crate::snapshots;
use crate::text::{Name, Notes};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Appointment {
    pub id: Uuid,
    pub kind: AppointmentKind,
    pub state: AppointmentState,
    pub service: ServiceName,
    pub stylist: Stylist,
    pub customer: CustomerOf,
    pub pet: Option<Pet>,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub length_minutes: Length,
    pub notes: Notes,
    /// The video consultation that this service in the shop follows.
    pub consultation_id: Option<Uuid>,
    /// The service in the shop that follows this video consultation.
    pub follow_up: Option<FollowUp>,
    /// What the customer opens to join; null in the shop, and once cancelled.
    pub customer_link: Option<String>,
    /// Null in the shop.
    pub call: Option<Call>,
    pub snapshots: SnapshotCounts,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Stylist {
    pub id: Uuid,
    pub name: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppointmentCustomer)]
pub struct CustomerOf {
    pub id: Uuid,
    pub name: Name,
    pub phone: PhoneNumber,
    pub language: Language,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FollowUp {
    pub id: Uuid,
    pub starts_at: Timestamp,
    pub service: ServiceName,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppointmentCall)]
pub struct Call {
    pub state: CallState,
    pub opens_at: Timestamp,
    pub closes_at: Timestamp,
    pub waiting: Vec<Waiting>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// The window is not open yet.
    Scheduled,
    Open,
    /// Stylist and customer are in the call.
    Live,
    Ended,
}

/// Somebody in the waiting room.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Waiting {
    pub name: String,
    pub since: Timestamp,
}

#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct SnapshotCounts {
    pub new: u32,
    pub reviewed: u32,
}

impl Appointment {
    pub async fn of(
        app: &AppState,
        database: &impl ConnectionTrait,
        row: Model,
    ) -> ApiResult<Self> {
        let one = Self::all(app, database, vec![row]).await?.pop();
        one.ok_or_else(|| ApiError::not_found("appointment"))
    }

    /// Whether the customer can come in at this moment.
    pub fn is_open(&self) -> bool {
        self.call
            .as_ref()
            .is_some_and(|call| matches!(call.state, CallState::Open | CallState::Live))
    }

    /// In the order given.
    pub async fn all(
        app: &AppState,
        database: &impl ConnectionTrait,
        rows: Vec<Model>,
    ) -> ApiResult<Vec<Self>> {
        let around = Around::load(database, &rows).await?;
        rows.into_iter().map(|row| around.view(app, row)).collect()
    }
}

/// What a page of appointments points at.
struct Around {
    services: BTreeMap<Uuid, ServiceName>,
    stylists: BTreeMap<Uuid, String>,
    customers: BTreeMap<Uuid, customer::Model>,
    pets: BTreeMap<Uuid, pet::Model>,
    follow_ups: BTreeMap<Uuid, Model>,
    links: BTreeMap<Uuid, Uuid>,
    snapshots: BTreeMap<Uuid, SnapshotCounts>,
    calls: BTreeMap<Uuid, calls::Summary>,
}

impl Around {
    async fn load(database: &impl ConnectionTrait, rows: &[Model]) -> Result<Self, DbErr> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let follow_ups = follow_ups(database, &ids).await?;
        let services = rows.iter().chain(follow_ups.values()).map(|row| row.service_id);
        Ok(Self {
            services: services::named(database, services).await?,
            stylists: accounts::names(database, rows.iter().map(|row| row.stylist_id)).await?,
            customers: customers::named(database, rows.iter().map(|row| row.customer_id)).await?,
            pets: customers::pets_named(database, rows.iter().filter_map(|row| row.pet_id)).await?,
            links: links::of_appointments(database, &ids).await?,
            snapshots: snapshots::counts(database, &ids).await?,
            calls: calls::of_appointments(database, &ids).await?,
            follow_ups,
        })
    }

    fn view(&self, app: &AppState, row: Model) -> ApiResult<Appointment> {
        let broken = || ApiError::internal(format!("appointment {} points at nothing", row.id));
        let customer = self.customers.get(&row.customer_id).ok_or_else(broken)?;
        let stylist = self.stylists.get(&row.stylist_id).ok_or_else(broken)?;
        let follow_up = self.follow_ups.get(&row.id);
        Ok(Appointment {
            service: self.service(row.service_id).ok_or_else(broken)?,
            stylist: Stylist { id: row.stylist_id, name: stylist.clone() },
            customer: CustomerOf::from(customer.clone()),
            pet: row.pet_id.and_then(|id| self.pets.get(&id)).cloned().map(Pet::from),
            length_minutes: row.slot().length(),
            follow_up: follow_up.and_then(|row| self.follow_up(row)),
            customer_link: self.link(app, &row),
            call: call(app, &row, self.calls.get(&row.id)),
            snapshots: self.snapshots.get(&row.id).copied().unwrap_or_default(),
            id: row.id,
            kind: row.kind,
            state: row.state,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            notes: row.notes,
            consultation_id: row.consultation_id,
        })
    }

    fn service(&self, id: Uuid) -> Option<ServiceName> {
        self.services.get(&id).cloned()
    }

    fn follow_up(&self, row: &Model) -> Option<FollowUp> {
        let service = self.service(row.service_id)?;
        Some(FollowUp { id: row.id, starts_at: row.starts_at, service })
    }

    fn link(&self, app: &AppState, row: &Model) -> Option<String> {
        let good = row.state != AppointmentState::Cancelled;
        self.links.get(&row.id).filter(|_| good).map(|&link| links::url(app, link))
    }
}

fn call(app: &AppState, row: &Model, summary: Option<&calls::Summary>) -> Option<Call> {
    if row.kind != AppointmentKind::Video {
        return None;
    }
    let window = Window::around(row.slot(), Margins::from(&*app.settings));
    let now = app.clock.now();
    let state = match row.state {
        AppointmentState::Done | AppointmentState::Cancelled => CallState::Ended,
        _ if now < window.opens_at => CallState::Scheduled,
        _ if summary.is_some_and(|call| call.ended) => CallState::Ended,
        _ if window.contains(now) && summary.is_some_and(|call| call.live) => CallState::Live,
        _ if window.contains(now) => CallState::Open,
        _ => CallState::Ended,
    };
    let Window { opens_at, closes_at } = window;
    let waiting = summary.map(|call| call.waiting.iter().map(Waiting::from).collect());
    Some(Call { state, opens_at, closes_at, waiting: waiting.unwrap_or_default() })
}

impl From<&(String, Timestamp)> for Waiting {
    fn from((name, since): &(String, Timestamp)) -> Self {
        Self { name: name.clone(), since: *since }
    }
}

async fn follow_ups(
    database: &impl ConnectionTrait,
    consultations: &[Uuid],
) -> Result<BTreeMap<Uuid, Model>, DbErr> {
    let gone = [AppointmentState::Cancelled, AppointmentState::NoShow];
    let rows = table::Entity::find()
        .filter(table::Column::ConsultationId.is_in(consultations.iter().copied()))
        .filter(table::Column::State.is_not_in(gone))
        .all(database)
        .await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.consultation_id?, row))).collect())
}

impl From<customer::Model> for CustomerOf {
    fn from(row: customer::Model) -> Self {
        let customer::Model { id, name, phone, language, .. } = row;
        Self { id, name, phone, language }
    }
}
