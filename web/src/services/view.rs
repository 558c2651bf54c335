//! A service as the API shows it.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::table;
use crate::{
    appointments::{AppointmentKind, Length},
    text::LocalizedName,
};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Service {
    pub id: Uuid,
    pub name: LocalizedName,
    pub length_minutes: Length,
    pub kind: AppointmentKind,
    /// Not offered any more.
    pub retired: bool,
}

/// A service where something else is the subject.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceName {
    pub id: Uuid,
    pub name: LocalizedName,
}

impl From<table::Model> for Service {
    fn from(row: table::Model) -> Self {
        let table::Model { id, name_zh: zh, name_en: en, length_minutes, kind, .. } = row;
        let retired = row.retired_at.is_some();
        Self { id, name: LocalizedName { zh, en }, length_minutes, kind, retired }
    }
}

impl From<&table::Model> for ServiceName {
    fn from(row: &table::Model) -> Self {
        Self { id: row.id, name: row.name() }
    }
}

/// These services, by id.
pub async fn named(
    database: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<BTreeMap<Uuid, ServiceName>, DbErr> {
    let rows = table::Entity::find().filter(table::Column::Id.is_in(ids)).all(database).await?;
    Ok(rows.iter().map(|row| (row.id, ServiceName::from(row))).collect())
}
