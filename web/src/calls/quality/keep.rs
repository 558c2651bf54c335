//! Writes samples of a call down.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait};
use serde_json::json;
use signaling::gate::QualitySample;
use signaling::message::Grade;
use uuid::Uuid;

use super::level::QualityLevel;
use crate::app::AppState;
use crate::calls::admission::timestamp;
use crate::calls::roster;
use crate::calls::table::sample;
use crate::database::Write;
use crate::outbox::Event;
use crate::problem::ApiResult;

/// Rows of one statement: a database takes only so many values at once.
const AT_ONCE: usize = 500;

pub(in crate::calls) async fn keep(
    app: &AppState,
    id: Uuid,
    samples: Vec<QualitySample>,
) -> ApiResult<()> {
    let write = app.database.write().await?;
    let rows: Vec<_> = samples.into_iter().map(|sample| row(id, sample)).collect();
    for rows in rows.chunks(AT_ONCE) {
        insert(&write, rows.to_vec()).await?;
    }
    // Not named as the appointment's own change, so that the customer's page does not look again.
    app.outbox.append(&write, Event::new("call.measured", json!({ "id": id }))).await?;
    Ok(write.commit().await?)
}

/// The same samples may come twice; after a restart ten seconds may begin twice.
async fn insert(write: &Write, rows: Vec<sample::ActiveModel>) -> Result<(), DbErr> {
    use sample::Column::{AppointmentId, Participant, StartsAt};
    let there = OnConflict::columns([AppointmentId, Participant, StartsAt]).do_nothing().to_owned();
    sample::Entity::insert_many(rows)
        .on_conflict(there)
        .exec_without_returning(write)
        .await
        .map(drop)
}

fn row(id: Uuid, sample: QualitySample) -> sample::ActiveModel {
    let figures = sample.figures;
    let level = |grade: Grade| Set(QualityLevel::from(grade).text().to_owned());
    let figure =
        |value: Option<u32>| Set(value.map(|value| i32::try_from(value).unwrap_or(i32::MAX)));
    sample::ActiveModel {
        appointment_id: Set(id),
        participant: Set(roster::number(sample.participant)),
        starts_at: Set(timestamp(sample.from)),
        uplink: level(sample.uplink),
        downlink: level(sample.downlink),
        round_trip_ms: figure(figures.round_trip_ms),
        uplink_loss_percent: figure(figures.uplink_loss_percent.map(u32::from)),
        downlink_loss_percent: figure(figures.downlink_loss_percent.map(u32::from)),
        uplink_jitter_ms: figure(figures.uplink_jitter_ms),
        downlink_jitter_ms: figure(figures.downlink_jitter_ms),
        uplink_kbps: figure(figures.uplink_kbps),
        downlink_kbps: figure(figures.downlink_kbps),
        freezes: figure(figures.freezes),
    }
}
