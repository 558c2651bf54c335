//! The table of answers.

use std::collections::BTreeMap;

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, QueryOrder, Set, entity::prelude::*};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{
    app::AppState, appointments, clock::Timestamp, database::Write, language::Language,
    outbox::Event,
};

use super::CURRENT;

pub use consent::Model as Consent;

/// What may be agreed to.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ConsentKind {
    Snapshots,
}

/// A customer's answer, about to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub kind: ConsentKind,
    pub granted: bool,
    pub version: String,
    pub language: Language,
}

/// The answer that counts now.
pub async fn newest(
    database: &impl ConnectionTrait,
    appointment: Uuid,
    kind: ConsentKind,
) -> Result<Option<Consent>, DbErr> {
    consent::Entity::find()
        .filter(consent::Column::AppointmentId.eq(appointment))
        .filter(consent::Column::Kind.eq(kind))
        .order_by_desc(consent::Column::GivenAt)
        .order_by_desc(consent::Column::Id)
        .one(database)
        .await
}

/// The versions of the words that these consents gave their yes to, by consent.
pub async fn versions(
    database: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<BTreeMap<Uuid, String>, DbErr> {
    let rows = consent::Entity::find().filter(consent::Column::Id.is_in(ids)).all(database).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.version)).collect())
}

impl Consent {
    /// Whether it allows what it was asked for now: a yes to older words is no yes to these.
    pub fn stands(&self) -> bool {
        self.granted && self.version == CURRENT
    }
}

/// Keeps an answer, and tells everybody whom it concerns.
pub async fn record(
    app: &AppState,
    write: &Write,
    appointment: &appointments::table::Model,
    answer: Answer,
    at: Timestamp,
) -> Result<Consent, DbErr> {
    hold(write, appointment.id).await?;
    let row = consent::ActiveModel {
        id: Set(Uuid::now_v7()),
        appointment_id: Set(appointment.id),
        customer_id: Set(appointment.customer_id),
        kind: Set(answer.kind),
        granted: Set(answer.granted),
        version: Set(answer.version),
        language: Set(answer.language),
        given_at: Set(at),
    };
    let row = row.insert(write).await?;
    let event = json!({
        "id": row.id,
        "appointment_id": row.appointment_id,
        "customer_id": row.customer_id,
        "kind": row.kind,
        "granted": row.granted,
    });
    app.outbox.append(write, Event::new("consent.changed", event)).await?;
    Ok(row)
}

/// Answers and captures of one appointment stand in a line: a capture sees every answer that was
/// acknowledged before it.
pub async fn hold(write: &Write, appointment: Uuid) -> Result<(), DbErr> {
    let (_, low) = appointment.as_u64_pair();
    write.lock(low.cast_signed()).await
}

mod consent {
    use sea_orm::entity::prelude::*;

    use super::ConsentKind;
    use crate::{clock::Timestamp, language::Language};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "consents")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub appointment_id: Uuid,
        pub customer_id: Uuid,
        pub kind: ConsentKind,
        pub granted: bool,
        pub version: String,
        pub language: Language,
        pub given_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
