//! Keeping what happened in a call, the appointment's state, and the news of it: one transaction.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait, QueryFilter, QueryOrder, entity::prelude::*};
use serde_json::json;
use signaling::gate::{CallFact, Restored, Seat, Subject, TokenHash};
use signaling::message::{EndReason, GoneReason, ParticipantId, Place, Role};
use uuid::Uuid;

use super::admission::{millis, timestamp};
use super::steps::{self, Situation};
use super::table::{call, seat};
use crate::app::AppState;
use crate::appointments;
use crate::clock::Timestamp;
use crate::database::Write;
use crate::links::{Margins, Window};
use crate::outbox::Event;
use crate::problem::{ApiError, ApiResult};

pub(super) async fn keep(app: &AppState, id: Uuid, facts: Vec<CallFact>) -> ApiResult<()> {
    let write = app.database.write().await?;
    ensure_call(&write, id).await?;
    let mut ended = None;
    for fact in facts {
        if let CallFact::Ended { reason, .. } = &fact {
            ended = Some(*reason);
        }
        keep_one(&write, id, fact).await?;
    }
    let seats = taken(&write, id).await?;
    let appointment = take_along(app, &write, id, &seats, ended).await?;
    announce(app, &write, &appointment, &seats).await?;
    Ok(write.commit().await?)
}

/// What is kept of a call that goes on; of an ended one only which numbers were given.
pub(super) async fn restore(app: &AppState, id: Uuid) -> ApiResult<Restored> {
    let Some(call) = call::Entity::find_by_id(id).one(&app.database).await? else {
        return Ok(Restored::default());
    };
    let row = appointments::table::Entity::find_by_id(id).one(&app.database).await?;
    let row = row.ok_or_else(|| ApiError::not_found("appointment"))?;
    let window = Window::around(row.slot(), Margins::from(&*app.settings));
    let over = call.ended_at.is_some();
    let seats = if over { Vec::new() } else { taken(&app.database, id).await? };
    Ok(Restored {
        seats: seats.into_iter().filter_map(from_row).collect(),
        live_since: call.live_since.filter(|_| !over).map(millis),
        closes_at: Some(millis(window.closes_at)),
        last_participant: u32::try_from(call.last_participant).unwrap_or(0),
    })
}

/// Seats that are taken, those who came first first.
pub(super) async fn taken(
    database: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Vec<seat::Model>, DbErr> {
    seat::Entity::find()
        .filter(seat::Column::AppointmentId.eq(id))
        .filter(seat::Column::VacatedAt.is_null())
        .order_by_asc(seat::Column::Since)
        .all(database)
        .await
}

async fn ensure_call(write: &Write, id: Uuid) -> Result<(), DbErr> {
    let new = call::ActiveModel {
        appointment_id: Set(id),
        last_participant: Set(0),
        ..Default::default()
    };
    let there = OnConflict::column(call::Column::AppointmentId).do_nothing().to_owned();
    call::Entity::insert(new).on_conflict(there).exec_without_returning(write).await.map(drop)
}

async fn keep_one(write: &Write, id: Uuid, fact: CallFact) -> Result<(), DbErr> {
    match fact {
        CallFact::Seated(seat) => seated(write, id, seat).await,
        CallFact::Vacated { participant, reason, at } => {
            let one = seat::Column::Participant.eq(number(participant));
            vacate(write, id, Some(one), gone(reason), timestamp(at)).await
        }
        CallFact::Live { since } => {
            let live = (call::Column::LiveSince, Expr::value(timestamp(since)));
            change_call(write, id, [live]).await
        }
        CallFact::Ended { reason, at } => {
            vacate(write, id, None, "ended", timestamp(at)).await?;
            let ended_at = (call::Column::EndedAt, Expr::value(timestamp(at)));
            let why = (call::Column::EndReason, Expr::value(end(reason)));
            change_call(write, id, [ended_at, why]).await
        }
    }
}

async fn seated(write: &Write, id: Uuid, kept: Seat) -> Result<(), DbErr> {
    use seat::Column::*;
    let participant = number(kept.participant);
    let row = seat::ActiveModel {
        appointment_id: Set(id),
        participant: Set(participant),
        subject_id: Set(kept.subject.0),
        role: Set(role_text(kept.role).to_owned()),
        name: Set(kept.name),
        place: Set(place_text(kept.place).to_owned()),
        since: Set(timestamp(kept.since)),
        token_hash: Set(kept.token.0.to_vec()),
        may_be_captured: Set(kept.may_be_captured),
        vacated_at: Set(None),
        gone_reason: Set(None),
    };
    let replaced = [SubjectId, Role, Name, Place, Since, TokenHash, MayBeCaptured];
    let again =
        OnConflict::columns([AppointmentId, Participant]).update_columns(replaced).to_owned();
    seat::Entity::insert(row).on_conflict(again).exec_without_returning(write).await?;
    reopen(write, id, participant).await
}

/// Whoever is let in after an end that was a mistake makes the call go on.
async fn reopen(write: &Write, id: Uuid, participant: i32) -> Result<(), DbErr> {
    let never = || Expr::value(Option::<i64>::None);
    let why = (call::Column::EndReason, Expr::value(Option::<String>::None));
    let ended = call::Column::EndedAt.is_not_null();
    call::Entity::update_many()
        .col_expr(call::Column::LiveSince, never())
        .col_expr(call::Column::EndedAt, never())
        .col_expr(why.0, why.1)
        .filter(call::Column::AppointmentId.eq(id))
        .filter(ended)
        .exec(write)
        .await?;
    call::Entity::update_many()
        .col_expr(call::Column::LastParticipant, Expr::value(participant))
        .filter(call::Column::AppointmentId.eq(id))
        .filter(call::Column::LastParticipant.lt(participant))
        .exec(write)
        .await
        .map(drop)
}

/// `which` of the seats that are taken; all when not said.
async fn vacate(
    write: &Write,
    id: Uuid,
    which: Option<Expr>,
    reason: &str,
    at: Timestamp,
) -> Result<(), DbErr> {
    let mut update = seat::Entity::update_many()
        .col_expr(seat::Column::VacatedAt, Expr::value(at))
        .col_expr(seat::Column::GoneReason, Expr::value(reason))
        .filter(seat::Column::AppointmentId.eq(id))
        .filter(seat::Column::VacatedAt.is_null());
    if let Some(which) = which {
        update = update.filter(which);
    }
    update.exec(write).await.map(drop)
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
    let Some(row) = appointments::step(write, id, state, now).await? else { return Ok(row) };
    appointments::announce(app, write, &row).await?;
    Ok(row)
}

fn customers(seats: &[seat::Model]) -> Vec<Place> {
    let customers = seats.iter().filter(|seat| seat.role == role_text(Role::Customer));
    customers.filter_map(|seat| place_of(&seat.place)).collect()
}

async fn announce(
    app: &AppState,
    write: &Write,
    row: &appointments::table::Model,
    seats: &[seat::Model],
) -> ApiResult<()> {
    let waits = |seat: &&seat::Model| seat.place == place_text(Place::Lobby);
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

/// A row that says what no seat can say is left out: its owner comes in by the lobby.
fn from_row(row: seat::Model) -> Option<Seat> {
    Some(Seat {
        participant: ParticipantId(u32::try_from(row.participant).ok()?),
        subject: Subject(row.subject_id),
        role: role_of(&row.role)?,
        name: row.name,
        place: place_of(&row.place)?,
        since: millis(row.since),
        token: TokenHash(row.token_hash.try_into().ok()?),
        may_be_captured: row.may_be_captured,
    })
}

fn number(participant: ParticipantId) -> i32 {
    i32::try_from(participant.0).unwrap_or(i32::MAX)
}

const ROLES: [(Role, &str); 4] = [
    (Role::Stylist, "stylist"),
    (Role::Staff, "staff"),
    (Role::Customer, "customer"),
    (Role::Guest, "guest"),
];

fn role_text(role: Role) -> &'static str {
    ROLES.iter().find(|known| known.0 == role).map_or("guest", |known| known.1)
}

fn role_of(text: &str) -> Option<Role> {
    ROLES.iter().find(|known| known.1 == text).map(|known| known.0)
}

pub(super) fn place_text(place: Place) -> &'static str {
    match place {
        Place::Lobby => "lobby",
        Place::Call => "call",
    }
}

fn place_of(text: &str) -> Option<Place> {
    [Place::Lobby, Place::Call].into_iter().find(|place| place_text(*place) == text)
}

fn gone(reason: GoneReason) -> &'static str {
    match reason {
        GoneReason::Left => "left",
        GoneReason::Removed => "removed",
        GoneReason::Lost => "lost",
    }
}

fn end(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Ended | EndReason::Removed => "ended",
        EndReason::Cancelled => "cancelled",
        EndReason::Moved => "moved",
        EndReason::WindowClosed => "window_closed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_the_database_are_read_as_they_were_written() {
        for (role, text) in ROLES {
            assert_eq!((role_text(role), role_of(text)), (text, Some(role)));
        }
        for place in [Place::Lobby, Place::Call] {
            assert_eq!(place_of(place_text(place)), Some(place));
        }
        assert_eq!((role_of("owner"), place_of("")), (None, None));
    }

    #[test]
    fn a_broken_row_is_no_seat() {
        let row = seat::Model {
            appointment_id: Uuid::nil(),
            participant: 1,
            subject_id: Uuid::nil(),
            role: "customer".to_owned(),
            name: "Li Na".to_owned(),
            place: "lobby".to_owned(),
            since: Timestamp::from_millis(0),
            token_hash: vec![0; 32],
            may_be_captured: true,
            vacated_at: None,
            gone_reason: None,
        };
        assert!(from_row(row.clone()).is_some());
        assert!(from_row(seat::Model { token_hash: vec![0; 31], ..row.clone() }).is_none());
        assert!(from_row(seat::Model { participant: -1, ..row }).is_none());
    }
}
