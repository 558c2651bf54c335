//! Guests: invited to one call by a link of their own, until an hour that the staff set.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbErr, PaginatorTrait, QueryOrder, QuerySelect, Set,
    entity::prelude::*,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{LinkState, Margins, Window, access, table::guest, token};
use crate::{
    app::AppState,
    appointments::{self, AppointmentKind},
    calls::table::seat,
    clock::Timestamp,
    database::Write,
    outbox::Event,
    problem::{ApiError, ApiResult},
    text::Name,
};

pub use guest::Model as Guest;

/// More than can be in a call, so that a lost invitation can be replaced.
const MOST_GUESTS: u64 = 40;

/// Who is to be invited.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// What the others in the call see.
    pub name: Name,
    /// When the link stops letting in; the end of the consultation's window when not named, and
    /// never after it.
    pub expires_at: Option<Timestamp>,
}

/// An invited guest, and the link to send them.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct GuestLink {
    pub id: Uuid,
    pub name: Name,
    pub url: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    /// Whether they have ever come, to the waiting room at least.
    pub has_come: bool,
    /// Whether they have a place there, or in the call, now.
    pub is_here: bool,
}

impl Guest {
    pub(super) fn find_by_id(id: Uuid) -> sea_orm::Select<guest::Entity> {
        guest::Entity::find_by_id(id)
    }

    /// What a link to this call says to a guest.
    pub(super) fn narrow(&self, state: LinkState, now: Timestamp) -> LinkState {
        let is_over = self.revoked_at.is_some() || self.expires_at <= now;
        match state {
            LinkState::TooEarly | LinkState::Open if is_over => LinkState::Expired,
            _ => state,
        }
    }

    /// The window closes at another time: what was good until then, or some time before, is so still.
    pub(super) async fn move_all(
        write: &Write,
        appointment: Uuid,
        by_millis: i64,
    ) -> Result<(), DbErr> {
        guest::Entity::update_many()
            .col_expr(guest::Column::ExpiresAt, Expr::col(guest::Column::ExpiresAt).add(by_millis))
            .filter(guest::Column::AppointmentId.eq(appointment))
            .exec(write)
            .await
            .map(drop)
    }

    pub(super) async fn revoke_all(
        write: &Write,
        appointment: Uuid,
        now: Timestamp,
    ) -> Result<(), DbErr> {
        guest::Entity::update_many()
            .col_expr(guest::Column::RevokedAt, Expr::value(now))
            .filter(guest::Column::AppointmentId.eq(appointment))
            .filter(guest::Column::RevokedAt.is_null())
            .exec(write)
            .await
            .map(drop)
    }
}

impl Invitation {
    pub(super) async fn keep(
        self,
        app: &AppState,
        write: &Write,
        appointment: Uuid,
        by: Uuid,
    ) -> ApiResult<GuestLink> {
        let now = app.clock.now();
        // Held, so that invitations at one moment are counted one after the other.
        let row = appointments::table::Entity::find_by_id(appointment).lock_exclusive();
        let row = row.one(write).await?.filter(|row| row.kind == AppointmentKind::Video);
        let row = row.ok_or_else(|| ApiError::not_found("appointment"))?;
        let window = Window::around(row.slot(), Margins::from(&*app.settings));
        if !matches!(LinkState::at(now, window, row.state), LinkState::TooEarly | LinkState::Open) {
            let detail = "The consultation is over or cancelled; nobody can be invited to it.";
            return Err(ApiError::conflict("link_closed", detail));
        }
        let expires_at = self.expires_at.unwrap_or(window.closes_at);
        if expires_at <= now || expires_at > window.closes_at {
            let detail = "Choose a time from now until the end of the consultation's window.";
            return Err(ApiError::invalid("expires_at", detail));
        }
        let invited = guest::Entity::find().filter(guest::Column::AppointmentId.eq(appointment));
        if invited.count(write).await? >= MOST_GUESTS {
            let detail = "So many guests have been invited that no more can be.";
            return Err(ApiError::conflict("too_many_guests", detail));
        }
        let guest = guest::ActiveModel {
            id: Set(token::random_id().map_err(ApiError::internal)?),
            appointment_id: Set(appointment),
            name: Set(self.name),
            expires_at: Set(expires_at),
            invited_by: Set(by),
            created_at: Set(now),
            revoked_at: Set(None),
        };
        let guest = guest.insert(write).await?;
        announce(app, write, &guest).await?;
        Ok(GuestLink::of(app, guest, &[]))
    }
}

impl GuestLink {
    /// `seats`: of anybody, theirs among them.
    fn of(app: &AppState, guest: Guest, seats: &[seat::Model]) -> Self {
        let url = access::url(app, guest.id);
        let mut own = seats.iter().filter(|seat| seat.subject_id == guest.id).peekable();
        let has_come = own.peek().is_some();
        let is_here = own.any(|seat| seat.vacated_at.is_none());
        let Guest { id, name, created_at, expires_at, revoked_at, .. } = guest;
        Self { id, name, url, created_at, expires_at, revoked_at, has_come, is_here }
    }
}

/// In the order of their invitation.
pub(super) async fn of_appointment(
    app: &AppState,
    database: &impl ConnectionTrait,
    appointment: Uuid,
) -> ApiResult<Vec<GuestLink>> {
    let guests = guest::Entity::find()
        .filter(guest::Column::AppointmentId.eq(appointment))
        .order_by_asc(guest::Column::CreatedAt)
        .order_by_asc(guest::Column::Id)
        .all(database)
        .await?;
    let ids = guests.iter().map(|guest| guest.id);
    let seats = seat::Entity::find()
        .filter(seat::Column::AppointmentId.eq(appointment))
        .filter(seat::Column::SubjectId.is_in(ids))
        .all(database)
        .await?;
    Ok(guests.into_iter().map(|guest| GuestLink::of(app, guest, &seats)).collect())
}

/// Takes an invitation back. Who is in the call already stays until a host removes them.
pub(super) async fn revoke(
    app: &AppState,
    write: &Write,
    appointment: Uuid,
    id: Uuid,
) -> ApiResult<()> {
    let found = guest::Entity::find_by_id(id).one(write).await?;
    let found = found.filter(|guest| guest.appointment_id == appointment);
    let found = found.ok_or_else(|| ApiError::not_found("guest link"))?;
    if found.revoked_at.is_some() {
        return Ok(());
    }
    let mut change: guest::ActiveModel = found.into();
    change.revoked_at = Set(Some(app.clock.now()));
    let guest = change.update(write).await?;
    announce(app, write, &guest).await
}

async fn announce(app: &AppState, write: &Write, guest: &Guest) -> ApiResult<()> {
    let payload = json!({ "id": guest.id, "appointment_id": guest.appointment_id });
    app.outbox.append(write, Event::new("guest_link.changed", payload)).await?;
    Ok(())
}
