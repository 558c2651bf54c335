//! Making links, taking them back, and letting those in who bring one.

use std::{collections::BTreeMap, net::IpAddr};

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set, entity::prelude::*,
    sea_query::Expr,
};
use serde::Deserialize;
use uuid::Uuid;

use super::{LinkState, Margins, Window, table, token};
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
    let Some(appointment) = found else {
        if let Some(from) = from {
            app.link_attempts.count_bad(from, now);
        }
        return Err(link_invalid());
    };
    Ok(Opened::at(app, appointment, now))
}

impl Opened {
    pub(super) fn at(app: &AppState, row: appointments::table::Model, now: Timestamp) -> Self {
        let window = Window::around(row.slot(), Margins::from(&*app.settings));
        let state = LinkState::at(now, window, row.state);
        Self { appointment: row, window, state, seen_at: now }
    }
}

fn link_invalid() -> ApiError {
    let detail = "This link leads nowhere. Please check it, or ask the shop for a new one.";
    ApiError::new(http::StatusCode::NOT_FOUND, "link_invalid", detail)
}

async fn find(app: &AppState, id: Uuid) -> Result<Option<appointments::table::Model>, DbErr> {
    let link = table::Entity::find_by_id(id).one(&app.database).await?;
    let Some(link) = link else { return Ok(None) };
    appointments::table::Entity::find_by_id(link.appointment_id).one(&app.database).await
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

/// The appointment was cancelled: its link lets nobody in any more.
pub async fn revoke(txn: &Write, appointment: Uuid, now: Timestamp) -> Result<(), DbErr> {
    table::Entity::update_many()
        .col_expr(table::Column::RevokedAt, Expr::value(now))
        .filter(table::Column::AppointmentId.eq(appointment))
        .exec(txn)
        .await
        .map(drop)
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
