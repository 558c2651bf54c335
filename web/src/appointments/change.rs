//! Changing an appointment: another time, length or stylist, the next state, other notes.

use std::collections::BTreeSet;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QuerySelect, Set,
};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::book::{check_stylist, hold_stylist, near};
use super::table::{self, Model};
use super::{AppointmentState, IllegalStep, Length, TimeSlot, conflict};
use crate::clock::Timestamp;
use crate::database::Write;
use crate::links;
use crate::problem::{ApiError, ApiResult};
use crate::text::Notes;

/// What shall be otherwise; what is not named stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub starts_at: Option<Timestamp>,
    pub length_minutes: Option<Length>,
    pub stylist_id: Option<Uuid>,
    pub state: Option<AppointmentState>,
    pub notes: Option<Notes>,
}

/// Applies it. `None` when everything is that way already. The one who calls commits, and tells
/// the outbox.
pub async fn apply(
    txn: &Write,
    id: Uuid,
    change: Change,
    now: Timestamp,
) -> ApiResult<Option<Model>> {
    let before = table::Entity::find_by_id(id).lock_exclusive().one(txn).await?;
    let before = before.ok_or_else(|| ApiError::not_found("appointment"))?;
    let after = changed(&before, change)?;
    if after == before {
        return Ok(None);
    }
    if moved(&before, &after) {
        near(after.starts_at, now)?;
        check_stylist(txn, after.stylist_id).await?;
    }
    // Both, and in one order: two that swap their stylists must not wait for each other.
    for stylist in BTreeSet::from([before.stylist_id, after.stylist_id]) {
        hold_stylist(txn, stylist).await?;
    }
    if after.ends_at != before.ends_at {
        links::moved(txn, id, before.ends_at, after.ends_at).await?;
    }
    if after.state == AppointmentState::Cancelled {
        links::revoke(txn, id, now).await?;
    }
    Ok(Some(save(txn, before, after, now).await?))
}

/// Takes it a step further, as [`apply`] does; or leaves it, when the step would take back a time
/// that somebody else has by now. (Asked before: on PostgreSQL a refusal spoils the transaction.)
pub async fn step_if_free(
    txn: &Write,
    id: Uuid,
    state: AppointmentState,
    now: Timestamp,
) -> ApiResult<Option<Model>> {
    let before = table::Entity::find_by_id(id).lock_exclusive().one(txn).await?;
    let before = before.ok_or_else(|| ApiError::not_found("appointment"))?;
    if state.holds_its_slot() && !before.state.holds_its_slot() {
        hold_stylist(txn, before.stylist_id).await?;
        if is_taken(txn, &before).await? {
            return Ok(None);
        }
    }
    apply(txn, id, Change { state: Some(state), ..Change::default() }, now).await
}

/// Has the stylist another appointment at this one's time?
async fn is_taken(txn: &Write, row: &Model) -> ApiResult<bool> {
    let free = AppointmentState::ALL.into_iter().filter(|state| !state.holds_its_slot());
    let others = table::Entity::find()
        .filter(table::Column::StylistId.eq(row.stylist_id))
        .filter(table::Column::Id.ne(row.id))
        .filter(table::Column::State.is_not_in(free))
        .filter(table::Column::StartsAt.lt(row.ends_at))
        .filter(table::Column::StartsAt.gt(row.starts_at - Length::LONGEST))
        .filter(table::Column::EndsAt.gt(row.starts_at));
    Ok(others.count(txn).await? > 0)
}

/// The rules alone.
fn changed(before: &Model, change: Change) -> ApiResult<Model> {
    let mut after = before.clone();
    let length = change.length_minutes.unwrap_or(before.slot().length());
    let slot = TimeSlot::new(change.starts_at.unwrap_or(before.starts_at), length);
    (after.starts_at, after.ends_at) = (slot.start(), slot.end());
    after.stylist_id = change.stylist_id.unwrap_or(before.stylist_id);
    if moved(before, &after) && !before.state.may_move() {
        let detail = format!("An appointment that is {} cannot be moved.", before.state);
        return Err(ApiError::conflict("not_movable", detail).with("state", before.state.as_str()));
    }
    after.state = before.state.step(change.state.unwrap_or(before.state)).map_err(refuse)?;
    after.notes = change.notes.unwrap_or(after.notes);
    Ok(after)
}

fn moved(before: &Model, after: &Model) -> bool {
    before.slot() != after.slot() || before.stylist_id != after.stylist_id
}

async fn save(txn: &Write, before: Model, after: Model, now: Timestamp) -> ApiResult<Model> {
    let mut row = before.into_active_model();
    row.starts_at = Set(after.starts_at);
    row.ends_at = Set(after.ends_at);
    row.stylist_id = Set(after.stylist_id);
    row.state = Set(after.state);
    row.notes = Set(after.notes);
    row.updated_at = Set(now);
    row.update(txn).await.map_err(conflict::explain)
}

fn refuse(step: IllegalStep) -> ApiError {
    ApiError::conflict("illegal_step", format!("{step}."))
        .with("from", step.from.as_str())
        .with("to", step.to.as_str())
}
