//! A snapshot as the API shows it. A page of them costs a fixed number of queries.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, entity::prelude::*};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    Source,
    best::{best, better_expected},
    table::{picture, snapshot, upload},
};
use crate::{
    accounts,
    app::AppState,
    clock::Timestamp,
    database::Write,
    outbox::Event,
    problem::{ApiError, ApiResult},
    text::Notes,
};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Snapshot {
    /// Its capture's.
    pub id: Uuid,
    pub appointment_id: Uuid,
    pub customer_id: Uuid,
    pub pet_id: Option<Uuid>,
    pub taken_at: Timestamp,
    /// Since the call went live.
    pub call_time_ms: i64,
    pub taken_by: Person,
    pub state: SnapshotState,
    pub review: Review,
    /// The best that has arrived.
    pub picture: Option<Picture>,
    /// A better one may still arrive.
    pub best_expected: bool,
    pub note: Notes,
    /// The words that the customer agreed to.
    pub consent_version: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotState {
    /// No picture yet.
    Arriving,
    Stored,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SnapshotPerson)]
pub struct Person {
    pub id: Uuid,
    pub name: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SnapshotReview)]
pub struct Review {
    pub state: ReviewState,
    pub by: Option<Person>,
    pub at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    New,
    Reviewed,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Picture {
    pub source: Source,
    pub width: i32,
    pub height: i32,
    pub bytes: i64,
    pub content_type: String,
    pub urls: PictureUrls,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PictureUrls {
    /// WebP, 320 pixels on its longer side.
    pub small: String,
    /// WebP, 1280 pixels on its longer side.
    pub large: String,
    pub full: String,
}

impl Snapshot {
    pub(super) async fn of(
        app: &AppState,
        database: &impl ConnectionTrait,
        row: snapshot::Model,
    ) -> ApiResult<Self> {
        let one = Self::all(app, database, vec![row]).await?.pop();
        one.ok_or_else(|| ApiError::not_found("snapshot"))
    }

    /// In the order given.
    pub(super) async fn all(
        app: &AppState,
        database: &impl ConnectionTrait,
        rows: Vec<snapshot::Model>,
    ) -> ApiResult<Vec<Self>> {
        let around = Around::load(database, &rows).await?;
        let now = app.clock.now();
        rows.into_iter().map(|row| around.view(row, now)).collect()
    }
}

/// Tells everybody whom it concerns.
pub(super) async fn announce(
    app: &AppState,
    write: &Write,
    row: &snapshot::Model,
) -> Result<(), DbErr> {
    let payload = json!({
        "id": row.id,
        "appointment_id": row.appointment_id,
        "customer_id": row.customer_id,
        "pet_id": row.pet_id,
    });
    app.outbox.append(write, Event::new("snapshot.changed", payload)).await.map(drop)
}

/// What a page of snapshots points at.
struct Around {
    pictures: BTreeMap<Uuid, Vec<picture::Model>>,
    cameras_arriving: BTreeSet<Uuid>,
    staff: BTreeMap<Uuid, String>,
    consents: BTreeMap<Uuid, String>,
}

impl Around {
    async fn load(database: &impl ConnectionTrait, rows: &[snapshot::Model]) -> ApiResult<Self> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let consents: Vec<Uuid> = rows.iter().map(|row| row.consent_id).collect();
        let mut staff: Vec<Uuid> = rows.iter().map(|row| row.taken_by).collect();
        staff.extend(rows.iter().filter_map(|row| row.reviewed_by));
        Ok(Self {
            pictures: pictures(database, &ids).await?,
            cameras_arriving: cameras_arriving(database, &ids).await?,
            staff: accounts::names(database, staff).await?,
            consents: crate::consents::versions(database, consents).await?,
        })
    }

    fn view(&self, row: snapshot::Model, now: Timestamp) -> ApiResult<Snapshot> {
        let broken = || ApiError::internal(format!("snapshot {} points at nothing", row.id));
        let pictures = self.pictures.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let best = best(pictures);
        let source = best.map(|best| best.source);
        let camera_arriving = self.cameras_arriving.contains(&row.id);
        Ok(Snapshot {
            taken_by: self.person(row.taken_by).ok_or_else(broken)?,
            state: if best.is_some() { SnapshotState::Stored } else { SnapshotState::Arriving },
            review: self.review(&row),
            picture: best.map(Picture::from),
            best_expected: better_expected(source, camera_arriving, row.taken_at, now),
            consent_version: self.consents.get(&row.consent_id).ok_or_else(broken)?.clone(),
            id: row.id,
            appointment_id: row.appointment_id,
            customer_id: row.customer_id,
            pet_id: row.pet_id,
            taken_at: row.taken_at,
            call_time_ms: row.call_time_ms,
            note: row.note,
        })
    }

    fn person(&self, id: Uuid) -> Option<Person> {
        self.staff.get(&id).map(|name| Person { id, name: name.clone() })
    }

    fn review(&self, row: &snapshot::Model) -> Review {
        let state = match row.reviewed_at {
            Some(_) => ReviewState::Reviewed,
            None => ReviewState::New,
        };
        Review { state, by: row.reviewed_by.and_then(|id| self.person(id)), at: row.reviewed_at }
    }
}

impl From<&picture::Model> for Picture {
    fn from(row: &picture::Model) -> Self {
        // The content's name makes the address new when a better picture arrives, and lets
        // browsers keep what they have for ever.
        let url = |size: &str, sha256: &str| {
            let version = sha256.get(..12).unwrap_or_default();
            format!("/api/v1/snapshots/{}/picture?size={size}&v={version}", row.snapshot_id)
        };
        Self {
            source: row.source,
            width: row.width,
            height: row.height,
            bytes: row.bytes,
            content_type: row.content_type.clone(),
            urls: PictureUrls {
                small: url("small", &row.small_sha256),
                large: url("large", &row.large_sha256),
                full: url("full", &row.full_sha256),
            },
        }
    }
}

pub(super) async fn pictures(
    database: &impl ConnectionTrait,
    snapshots: &[Uuid],
) -> Result<BTreeMap<Uuid, Vec<picture::Model>>, DbErr> {
    let rows = picture::Entity::find()
        .filter(picture::Column::SnapshotId.is_in(snapshots.iter().copied()))
        .all(database)
        .await?;
    let mut by_snapshot: BTreeMap<Uuid, Vec<picture::Model>> = BTreeMap::new();
    for row in rows {
        by_snapshot.entry(row.snapshot_id).or_default().push(row);
    }
    Ok(by_snapshot)
}

/// Those whose camera's picture was announced. (Whether it arrived, the pictures tell.)
async fn cameras_arriving(
    database: &impl ConnectionTrait,
    snapshots: &[Uuid],
) -> Result<BTreeSet<Uuid>, DbErr> {
    let rows = upload::Entity::find()
        .filter(upload::Column::SnapshotId.is_in(snapshots.iter().copied()))
        .filter(upload::Column::Source.eq(Source::Camera))
        .all(database)
        .await?;
    Ok(rows.into_iter().map(|row| row.snapshot_id).collect())
}
