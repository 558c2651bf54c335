//! The roster of a call: its seats as rows, and the words that stand in them.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait, QueryFilter, QueryOrder, entity::prelude::*};
use signaling::gate::{Seat, Subject, TokenHash};
use signaling::message::{GoneReason, ParticipantId, Place, Role};
use uuid::Uuid;

use super::admission::{millis, timestamp};
use super::table::{call, seat};
use crate::clock::Timestamp;
use crate::database::Write;

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

/// The calls in which this person sits.
pub(super) async fn calls_of(
    database: &impl ConnectionTrait,
    subject: Uuid,
) -> Result<Vec<Uuid>, DbErr> {
    let seats = seat::Entity::find()
        .filter(seat::Column::SubjectId.eq(subject))
        .filter(seat::Column::VacatedAt.is_null());
    Ok(seats.all(database).await?.into_iter().map(|seat| seat.appointment_id).collect())
}

/// Keeps a seat as it is now.
pub(super) async fn seated(write: &Write, id: Uuid, kept: Seat) -> Result<(), DbErr> {
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
        .col_expr(call::Column::Locked, Expr::value(false))
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

/// Takes a seat away; all that are taken when none is named.
pub(super) async fn vacate(
    write: &Write,
    id: Uuid,
    which: Option<ParticipantId>,
    reason: &str,
    at: Timestamp,
) -> Result<(), DbErr> {
    let mut update = seat::Entity::update_many()
        .col_expr(seat::Column::VacatedAt, Expr::value(at))
        .col_expr(seat::Column::GoneReason, Expr::value(reason))
        .filter(seat::Column::AppointmentId.eq(id))
        .filter(seat::Column::VacatedAt.is_null());
    if let Some(which) = which {
        update = update.filter(seat::Column::Participant.eq(number(which)));
    }
    update.exec(write).await.map(drop)
}

/// Does somebody of the staff sit there?
pub(super) fn is_host(seat: &seat::Model) -> bool {
    [Role::Stylist, Role::Staff].into_iter().any(|role| seat.role == role_text(role))
}

/// A row that says what no seat can say is left out: its owner comes in by the lobby.
pub(super) fn from_row(row: seat::Model) -> Option<Seat> {
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

pub(super) fn number(participant: ParticipantId) -> i32 {
    i32::try_from(participant.0).unwrap_or(i32::MAX)
}

const ROLES: [(Role, &str); 4] = [
    (Role::Stylist, "stylist"),
    (Role::Staff, "staff"),
    (Role::Customer, "customer"),
    (Role::Guest, "guest"),
];

pub(super) fn role_text(role: Role) -> &'static str {
    ROLES.iter().find(|known| known.0 == role).map_or("guest", |known| known.1)
}

pub(super) fn role_of(text: &str) -> Option<Role> {
    ROLES.iter().find(|known| known.1 == text).map(|known| known.0)
}

pub(super) fn place_text(place: Place) -> &'static str {
    match place {
        Place::Lobby => "lobby",
        Place::Call => "call",
    }
}

pub(super) fn place_of(text: &str) -> Option<Place> {
    [Place::Lobby, Place::Call].into_iter().find(|place| place_text(*place) == text)
}

pub(super) fn gone(reason: GoneReason) -> &'static str {
    match reason {
        GoneReason::Left => "left",
        GoneReason::Removed => "removed",
        GoneReason::Lost => "lost",
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
