//! What an appointment shows of its call: whether it is live or over, and who waits since when.

use std::collections::BTreeMap;

use sea_orm::{DbErr, EntityTrait, QueryFilter, QueryOrder, entity::prelude::*};
use signaling::message::Place;
use uuid::Uuid;

use super::roster::place_text;
use super::table::{call, seat};
use crate::clock::Timestamp;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub live: bool,
    pub ended: bool,
    /// Those in the lobby, by name, the longest first.
    pub waiting: Vec<(String, Timestamp)>,
}

/// By appointment; those that nobody ever joined are missing. Two queries, whatever the number.
pub async fn of_appointments(
    database: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<BTreeMap<Uuid, Summary>, DbErr> {
    let calls = call::Entity::find()
        .filter(call::Column::AppointmentId.is_in(ids.iter().copied()))
        .all(database)
        .await?;
    let mut summaries: BTreeMap<_, _> =
        calls.iter().map(|call| (call.appointment_id, Summary::from(call))).collect();
    for seat in lobby(database, ids).await? {
        if let Some(summary) = summaries.get_mut(&seat.appointment_id) {
            summary.waiting.push((seat.name, seat.since));
        }
    }
    Ok(summaries)
}

async fn lobby(database: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<seat::Model>, DbErr> {
    seat::Entity::find()
        .filter(seat::Column::AppointmentId.is_in(ids.iter().copied()))
        .filter(seat::Column::VacatedAt.is_null())
        .filter(seat::Column::Place.eq(place_text(Place::Lobby)))
        .order_by_asc(seat::Column::Since)
        .all(database)
        .await
}

impl From<&call::Model> for Summary {
    fn from(call: &call::Model) -> Self {
        let ended = call.ended_at.is_some();
        Self { live: call.live_since.is_some() && !ended, ended, waiting: Vec::new() }
    }
}
