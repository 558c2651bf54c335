//! Booking: a time of a stylist for a customer, and for a video consultation the customer's link.

use std::time::Duration;

use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::table::{self, ActiveModel};
use super::{AppointmentKind, AppointmentState, Length, TimeSlot, conflict};
use crate::accounts::{self, Role};
use crate::clock::Timestamp;
use crate::database::Write;
use crate::problem::{ApiError, ApiResult};
use crate::text::Notes;
use crate::{customers, links, services};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What is asked for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Booking {
    pub service_id: Uuid,
    pub stylist_id: Uuid,
    pub customer_id: Uuid,
    pub pet_id: Option<Uuid>,
    pub starts_at: Timestamp,
    /// As long as the service usually takes, when not given.
    pub length_minutes: Option<Length>,
    pub kind: AppointmentKind,
    /// The video consultation that this service in the shop follows.
    pub consultation_id: Option<Uuid>,
    #[serde(default)]
    pub notes: Notes,
}

impl Booking {
    /// A typing slip in the date is more likely than a wish for the year 2062.
    pub(super) fn is_near(&self, now: Timestamp) -> ApiResult<()> {
        near(self.starts_at, now)
    }
}

pub(super) fn near(start: Timestamp, now: Timestamp) -> ApiResult<()> {
    if (now - DAY..=now + 2 * 365 * DAY).contains(&start) {
        return Ok(());
    }
    Err(ApiError::invalid("starts_at", "Choose a time between yesterday and two years from now."))
}

/// Keeps the appointment and what belongs to it. The one who calls commits, and tells the outbox.
pub async fn insert(
    txn: &Write,
    booking: Booking,
    state: AppointmentState,
    now: Timestamp,
) -> ApiResult<table::Model> {
    let slot = slot_of(txn, &booking).await?;
    check_people(txn, &booking).await?;
    if let Some(consultation) = booking.consultation_id {
        check_consultation(txn, consultation, &booking).await?;
    }
    hold_stylist(txn, booking.stylist_id).await?;
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        kind: Set(booking.kind),
        state: Set(state),
        service_id: Set(booking.service_id),
        stylist_id: Set(booking.stylist_id),
        customer_id: Set(booking.customer_id),
        pet_id: Set(booking.pet_id),
        consultation_id: Set(booking.consultation_id),
        starts_at: Set(slot.start()),
        ends_at: Set(slot.end()),
        notes: Set(booking.notes),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let row = row.insert(txn).await.map_err(conflict::explain)?;
    if row.kind == AppointmentKind::Video {
        links::create(txn, row.id, now).await?;
    }
    Ok(row)
}

/// Bookings of one stylist stand in a line. The database would refuse the second one anyway, but on
/// PostgreSQL two that meet at an exclusion constraint may each wait for the other.
pub(super) async fn hold_stylist(txn: &Write, stylist: Uuid) -> ApiResult<()> {
    let (_, low) = stylist.as_u64_pair();
    Ok(txn.lock(low.cast_signed()).await?)
}

async fn slot_of(txn: &Write, booking: &Booking) -> ApiResult<TimeSlot> {
    let service = services::table::Entity::find_by_id(booking.service_id).one(txn).await?;
    let service = service.filter(|service| service.retired_at.is_none());
    let service = service.ok_or_else(|| unknown("service_id", "service"))?;
    let length = booking.length_minutes.unwrap_or(service.length_minutes);
    Ok(TimeSlot::new(booking.starts_at, length))
}

async fn check_people(txn: &Write, booking: &Booking) -> ApiResult<()> {
    check_stylist(txn, booking.stylist_id).await?;
    let customer = customers::table::customer::Entity::find_by_id(booking.customer_id);
    customer.one(txn).await?.ok_or_else(|| unknown("customer_id", "customer"))?;
    let Some(pet) = booking.pet_id else { return Ok(()) };
    let pet = customers::table::pet::Entity::find_by_id(pet).one(txn).await?;
    pet.filter(|pet| pet.customer_id == booking.customer_id)
        .ok_or_else(|| unknown("pet_id", "pet of this customer"))?;
    Ok(())
}

pub(super) async fn check_stylist(txn: &Write, stylist: Uuid) -> ApiResult<()> {
    let member = accounts::find(txn, stylist).await?;
    member
        .filter(|member| member.active && matches!(member.role, Role::Stylist | Role::Owner))
        .ok_or_else(|| unknown("stylist_id", "stylist"))?;
    Ok(())
}

async fn check_consultation(txn: &Write, id: Uuid, booking: &Booking) -> ApiResult<()> {
    let field = "consultation_id";
    if booking.kind != AppointmentKind::InShop {
        return Err(ApiError::invalid(field, "Only a service in the shop follows a consultation."));
    }
    let consultation = table::Entity::find_by_id(id).one(txn).await?;
    let consultation = consultation.ok_or_else(|| unknown(field, "consultation"))?;
    let of_the_same = consultation.customer_id == booking.customer_id;
    if consultation.kind != AppointmentKind::Video || !of_the_same {
        return Err(unknown(field, "video consultation of this customer"));
    }
    if booking.starts_at < consultation.ends_at {
        return Err(ApiError::invalid("starts_at", "The service starts after its consultation."));
    }
    Ok(())
}

fn unknown(field: &str, what: &str) -> ApiError {
    ApiError::invalid(field, format!("There is no such {what}."))
}
