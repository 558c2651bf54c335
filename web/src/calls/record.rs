//! Keeping what happened in a call, the appointment's state, and the news of it: one transaction.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait, QueryFilter, entity::prelude::*};
use serde_json::json;
use signaling::gate::{CallFact, KnownCapture, Restored, Seat, Subject};
use signaling::message::{CaptureId, EndReason, Place, Role};
use uuid::Uuid;

use super::admission::{millis, timestamp};
use super::line;
use super::roster;
use super::steps::{self, Situation};
use super::table::{call, seat};
use crate::accounts;
use crate::app::AppState;
use crate::appointments;
use crate::database::Write;
use crate::links::{Margins, Window};
use crate::outbox::Event;
use crate::problem::{ApiError, ApiResult};
use crate::snapshots;

pub(super) async fn keep(app: &AppState, id: Uuid, facts: Vec<CallFact>) -> ApiResult<()> {
    let write = app.database.write().await?;
    ensure_call(&write, id).await?;
    let mut ended = None;
    for fact in facts {
        match &fact {
            CallFact::Ended { reason, .. } => ended = Some(*reason),
            CallFact::Seated(seat) => may_sit(&write, seat).await?,
            _ => {}
        }
        keep_one(&write, id, fact).await?;
    }
    let seats = roster::taken(&write, id).await?;
    let appointment = take_along(app, &write, id, &seats, ended).await?;
    announce(app, &write, &appointment, &seats).await?;
    Ok(write.commit().await?)
}

/// What is kept of a call that goes on; of an ended one no seats, and not that it was live.
pub(super) async fn restore(app: &AppState, id: Uuid) -> ApiResult<Restored> {
    let row = appointments::table::Entity::find_by_id(id).one(&app.database).await?;
    let row = row.ok_or_else(|| ApiError::not_found("appointment"))?;
    let ahead_elsewhere = line::ahead_of(&app.database, &row).await?;
    let Some(call) = call::Entity::find_by_id(id).one(&app.database).await? else {
        return Ok(Restored { ahead_elsewhere, ..Restored::default() });
    };
    let window = Window::around(row.slot(), Margins::from(&*app.settings));
    let over = call.ended_at.is_some();
    let seats = if over { Vec::new() } else { roster::taken(&app.database, id).await? };
    Ok(Restored {
        seats: seats.into_iter().filter_map(roster::from_row).collect(),
        live_since: call.live_since.filter(|_| !over).map(millis),
        locked: call.locked && !over,
        closes_at: Some(millis(window.closes_at)),
        last_participant: u32::try_from(call.last_participant).unwrap_or(0),
        captures: captures(app, id).await?,
        ahead_elsewhere,
    })
}

async fn captures(app: &AppState, id: Uuid) -> ApiResult<Vec<KnownCapture>> {
    let begun = snapshots::begun(&app.database, id).await?;
    let known = begun.into_iter().map(|begun| KnownCapture {
        id: CaptureId(begun.id),
        target: Subject(begun.target),
        by: Subject(begun.by),
    });
    Ok(known.collect())
}

/// Whoever was let in a moment ago, and does not work here any more since, takes no seat.
async fn may_sit(write: &Write, seat: &Seat) -> ApiResult<()> {
    let host = matches!(seat.role, Role::Stylist | Role::Staff);
    if host && !accounts::holds_active(write, seat.subject.0).await? {
        return Err(ApiError::signed_out());
    }
    Ok(())
}

async fn ensure_call(write: &Write, id: Uuid) -> Result<(), DbErr> {
    let new = call::ActiveModel {
        appointment_id: Set(id),
        last_participant: Set(0),
        locked: Set(false),
        ..Default::default()
    };
    let there = OnConflict::column(call::Column::AppointmentId).do_nothing().to_owned();
    call::Entity::insert(new).on_conflict(there).exec_without_returning(write).await.map(drop)
}

async fn keep_one(write: &Write, id: Uuid, fact: CallFact) -> Result<(), DbErr> {
    match fact {
        CallFact::Seated(seat) => roster::seated(write, id, seat).await,
        CallFact::Vacated { participant, reason, at } => {
            let reason = roster::gone(reason);
            roster::vacate(write, id, Some(participant), reason, timestamp(at)).await
        }
        CallFact::Live { since } => {
            let live = (call::Column::LiveSince, Expr::value(timestamp(since)));
            change_call(write, id, [live]).await
        }
        CallFact::Locked { locked } => {
            change_call(write, id, [(call::Column::Locked, Expr::value(locked))]).await
        }
        CallFact::Ended { reason, at } => {
            roster::vacate(write, id, None, "ended", timestamp(at)).await?;
            let ended_at = (call::Column::EndedAt, Expr::value(timestamp(at)));
            let why = (call::Column::EndReason, Expr::value(end(reason)));
            change_call(write, id, [ended_at, why]).await
        }
    }
}

async fn change_call<const N: usize>(
    write: &Write,
    id: Uuid,
    values: [(call::Column, Expr); N],
) -> Result<(), DbErr> {
    let mut update = call::Entity::update_many().filter(call::Column::AppointmentId.eq(id));
    for (column, value) in values {
        update = update.col_expr(column, value);
    }
    update.exec(write).await.map(drop)
}

/// Takes the appointment along to where its call has come.
async fn take_along(
    app: &AppState,
    write: &Write,
    id: Uuid,
    seats: &[seat::Model],
    ended: Option<EndReason>,
) -> ApiResult<appointments::table::Model> {
    let row = appointments::table::Entity::find_by_id(id).one(write).await?;
    let row = row.ok_or_else(|| ApiError::not_found("appointment"))?;
    let call = call::Entity::find_by_id(id).one(write).await?;
    let live = call.is_some_and(|call| call.live_since.is_some());
    let situation = Situation { customers: customers(seats), live, ended };
    let Some(state) = steps::next(row.state, &situation) else { return Ok(row) };
    let now = app.clock.now();
    let stepped = appointments::step_if_free(write, id, state, now).await?;
    let Some(row) = stepped else { return Ok(row) };
    appointments::announce(app, write, &row).await?;
    Ok(row)
}

fn customers(seats: &[seat::Model]) -> Vec<Place> {
    let customers = seats.iter().filter(|seat| seat.role == roster::role_text(Role::Customer));
    customers.filter_map(|seat| roster::place_of(&seat.place)).collect()
}

async fn announce(
    app: &AppState,
    write: &Write,
    row: &appointments::table::Model,
    seats: &[seat::Model],
) -> ApiResult<()> {
    let waits = |seat: &&seat::Model| seat.place == roster::place_text(Place::Lobby);
    let waiting: Vec<_> = seats
        .iter()
        .filter(waits)
        .map(|seat| json!({ "name": seat.name, "since": seat.since }))
        .collect();
    let payload = json!({
        "id": row.id,
        "appointment_id": row.id,
        "customer_id": row.customer_id,
        "stylist_id": row.stylist_id,
        "waiting": waiting,
    });
    app.outbox.append(write, Event::new("call.changed", payload)).await?;
    Ok(())
}

fn end(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Ended | EndReason::Removed => "ended",
        EndReason::Cancelled => "cancelled",
        EndReason::Moved => "moved",
        EndReason::WindowClosed => "window_closed",
    }
}
