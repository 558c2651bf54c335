//! How many snapshots appointments have, for their lists.

use std::collections::BTreeMap;

use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    entity::prelude::*,
};

use super::table::snapshot::{Column, Entity};
use crate::appointments::SnapshotCounts;

#[derive(FromQueryResult)]
struct Row {
    appointment_id: Uuid,
    /// All of them, and those that were reviewed (SQL counts what is not null).
    taken: i64,
    reviewed: i64,
}

/// Of those that have any.
pub async fn of_appointments(
    database: &impl ConnectionTrait,
    appointments: &[Uuid],
) -> Result<BTreeMap<Uuid, SnapshotCounts>, DbErr> {
    let rows = Entity::find()
        .select_only()
        .column(Column::AppointmentId)
        .column_as(Column::Id.count(), "taken")
        .column_as(Column::ReviewedAt.count(), "reviewed")
        .filter(Column::AppointmentId.is_in(appointments.iter().copied()))
        .group_by(Column::AppointmentId)
        .into_model::<Row>()
        .all(database)
        .await?;
    let number = |count: i64| u32::try_from(count).unwrap_or(0);
    let counts = |row: &Row| SnapshotCounts {
        new: number(row.taken - row.reviewed),
        reviewed: number(row.reviewed),
    };
    Ok(rows.into_iter().map(|row| (row.appointment_id, counts(&row))).collect())
}
