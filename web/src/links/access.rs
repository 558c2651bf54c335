//! Making links, taking them back, and letting those in who bring one.

use std::{collections::BTreeMap, net::IpAddr};

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set, entity::prelude::*,
    sea_query::Expr,
};
use serde::Deserialize;
use uuid::Uuid;

use super::{LinkState, Margins, Window, guests::Guest, table, token};
use crate::{
    app::AppState,
    appointments,
    clock::Timestamp,
    database::Write,
    problem::{ApiError, ApiResult},
};

/// What somebody shows as their link: any text at all, until [`open`] has looked at it.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct LinkToken(String);

impl From<String> for LinkToken {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// A good link, and what it is good for.
#[derive(Clone, Debug)]
pub struct Opened {
    pub appointment: appointments::table::Model,
    pub window: Window,
    pub state: LinkState,
    /// When it was looked at: the state is that of this instant.
    pub seen_at: Timestamp,
    /// Whose link it is, when it is not the customer's.
    pub guest: Option<Guest>,
}

/// The one way in. Every bad link gets the same answer. `from` is who asks, if that is known: too
/// many bad links from one address, and it waits.
pub async fn open(app: &AppState, from: Option<IpAddr>, token: &LinkToken) -> ApiResult<Opened> {
    let now = app.clock.now();
    if from.is_some_and(|from| !app.link_attempts.may_try(from, now)) {
        let detail = "Too many links that do not exist. Try again in a minute.";
        return Err(ApiError::too_many("rate_limited", detail, 60));
    }
    let found = match token::unseal(&app.secret, &token.0) {
        Some(id) => find(app, id).await?,
        None => None,
    };
    let Some((appointment, guest)) = found else {
        if let Some(from) = from {
            app.link_attempts.count_bad(from, now);
        }
        return Err(link_invalid());
    };
    Ok(Opened::at(app, appointment, guest, now))
}

impl Opened {
    fn at(
        app: &AppState,
        row: appointments::table::Model,
        guest: Option<Guest>,
        now: Timestamp,
    ) -> Self {
        let window = Window::around(row.slot(), Margins::from(&*app.settings));
        let state = LinkState::at(now, window, row.state);
        let state = guest.as_ref().map_or(state, |guest| guest.narrow(state, now));
        Self { appointment: row, window, state, seen_at: now, guest }
    }

    /// The same link, looked at again.
    pub(super) async fn again(&self, app: &AppState) -> Result<Option<Self>, DbErr> {
        let now = app.clock.now();
        let guest = match &self.guest {
            Some(guest) => match Guest::find_by_id(guest.id).one(&app.database).await? {
                None => return Ok(None),
                found => found,
            },
            None => None,
        };
        let row = appointments::table::Entity::find_by_id(self.appointment.id);
        let row = row.one(&app.database).await?;
        Ok(row.map(|row| Self::at(app, row, guest, now)))
    }

    /// The next instant at which the answer changes by time alone.
    pub(super) fn next_change(&self) -> Option<Timestamp> {
        let expiry = self.guest.as_ref().map(|guest| guest.expires_at);
        let expiry = expiry.filter(|&expires_at| expires_at > self.seen_at);
        self.window.next_change(self.seen_at).into_iter().chain(expiry).min()
    }

    /// For what is the customer's own to do.
    pub fn only_customer(self) -> ApiResult<Self> {
        match self.guest {
            Some(_) => Err(ApiError::forbidden("This is for the customer, not for guests.")),
            None => Ok(self),
        }
    }
}

fn link_invalid() -> ApiError {
    let detail = "This link leads nowhere. Please check it, or ask the shop for a new one.";
    ApiError::new(http::StatusCode::NOT_FOUND, "link_invalid", detail)
}

async fn find(
    app: &AppState,
    id: Uuid,
) -> Result<Option<(appointments::table::Model, Option<Guest>)>, DbErr> {
    let link = table::Entity::find_by_id(id).one(&app.database).await?;
    let guest = match link {
        Some(_) => None,
        None => Guest::find_by_id(id).one(&app.database).await?,
    };
    let appointment = link.map(|link| link.appointment_id);
    let Some(appointment) = appointment.or(guest.as_ref().map(|guest| guest.appointment_id)) else {
        return Ok(None);
    };
    let row = appointments::table::Entity::find_by_id(appointment).one(&app.database).await?;
    Ok(row.map(|row| (row, guest)))
}

/// Gives an appointment its link.
pub async fn create(txn: &Write, appointment: Uuid, now: Timestamp) -> ApiResult<()> {
    let link = table::ActiveModel {
        id: Set(token::random_id().map_err(ApiError::internal)?),
        appointment_id: Set(appointment),
        created_at: Set(now),
        revoked_at: Set(None),
    };
    link.insert(txn).await?;
    Ok(())
}

/// The appointment was cancelled: its links let nobody in any more.
pub async fn revoke(txn: &Write, appointment: Uuid, now: Timestamp) -> Result<(), DbErr> {
    Guest::revoke_all(txn, appointment, now).await?;
    table::Entity::update_many()
        .col_expr(table::Column::RevokedAt, Expr::value(now))
        .filter(table::Column::AppointmentId.eq(appointment))
        .exec(txn)
        .await
        .map(drop)
}

/// The appointment was moved, its end from one time to another: its guests may come then.
pub async fn moved(
    txn: &Write,
    appointment: Uuid,
    from: Timestamp,
    to: Timestamp,
) -> Result<(), DbErr> {
    Guest::move_all(txn, appointment, to.millis() - from.millis()).await
}

/// The links of these appointments that have not been revoked, by appointment.
pub async fn of_appointments(
    database: &impl ConnectionTrait,
    appointments: &[Uuid],
) -> Result<BTreeMap<Uuid, Uuid>, DbErr> {
    let rows = table::Entity::find()
        .filter(table::Column::AppointmentId.is_in(appointments.iter().copied()))
        .filter(table::Column::RevokedAt.is_null())
        .all(database)
        .await?;
    Ok(rows.into_iter().map(|row| (row.appointment_id, row.id)).collect())
}

/// What the customer is sent.
pub fn url(app: &AppState, link: Uuid) -> String {
    format!("{}/j/{}", app.settings.public_url(), token::seal(&app.secret, link))
}
