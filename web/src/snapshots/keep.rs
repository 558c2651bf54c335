//! Keeping a picture: let in, blobs durable, row committed; then it may be acknowledged.
//!
//! A kill between blobs and row leaves blobs that nothing points at. They are harmless: the next
//! try stores the same content under the same names, and `orphans` removes what nobody comes back
//! for.

use bytes::Bytes;
use recordings::{Ingested, Turn};
use sea_orm::{
    ConnectionTrait, EntityTrait, Set, TryInsertResult, entity::prelude::*, sea_query::OnConflict,
};

use super::{
    Source,
    orphans::hold_blobs,
    table::{picture, snapshot, upload},
    view,
};
use crate::{
    app::AppState,
    problem::{ApiError, ApiResult},
};

/// A picture on its way into a snapshot.
pub(super) struct Arrived {
    pub(super) source: Source,
    pub(super) bytes: Bytes,
    /// Kept together with the picture, when it came together with it.
    pub(super) announced: Option<upload::ActiveModel>,
}

impl Arrived {
    pub(super) fn new(source: Source, bytes: Bytes) -> Self {
        Self { source, bytes, announced: None }
    }
}

/// Keeps a picture of a capture that has begun. Kept already, it stays as it is.
pub async fn keep(app: &AppState, capture: Uuid, source: Source, bytes: Bytes) -> ApiResult<()> {
    let snapshot = snapshot::Entity::find_by_id(capture).one(&app.database).await?;
    let snapshot = snapshot.ok_or_else(|| ApiError::not_found("capture"))?;
    let turn = app.store.ingester.turn().await;
    keep_in_turn(app, turn, &snapshot, Arrived::new(source, bytes)).await
}

pub(super) async fn keep_in_turn(
    app: &AppState,
    turn: Turn,
    snapshot: &snapshot::Model,
    arrived: Arrived,
) -> ApiResult<()> {
    let Arrived { source, bytes, announced } = arrived;
    if is_kept(&app.database, snapshot.id, source).await? {
        return Ok(());
    }
    let ingested = turn.ingest(bytes).await?;
    store_blobs(app, &ingested).await?;
    commit(app, snapshot, row(app, snapshot.id, source, &ingested)?, announced, &ingested).await
}

pub(super) async fn is_kept(
    database: &impl ConnectionTrait,
    snapshot: Uuid,
    source: Source,
) -> Result<bool, DbErr> {
    let found = picture::Entity::find_by_id((snapshot, source)).one(database).await?;
    Ok(found.is_some())
}

/// All three at once: each waits for the disk.
async fn store_blobs(app: &AppState, ingested: &Ingested) -> ApiResult<()> {
    let put = |bytes: &Bytes| app.store.blobs.put(bytes.clone());
    let Ingested { full, large, small } = ingested;
    futures_util::try_join!(put(&full.bytes), put(&large.bytes), put(&small.bytes))?;
    Ok(())
}

async fn are_stored(app: &AppState, ingested: &Ingested) -> ApiResult<bool> {
    let Ingested { full, large, small } = ingested;
    for digest in [full.digest, large.digest, small.digest] {
        if !app.store.blobs.contains(digest).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Of two that keep the same picture at once, the second finds it kept, and says nothing new.
async fn commit(
    app: &AppState,
    snapshot: &snapshot::Model,
    row: picture::ActiveModel,
    announced: Option<upload::ActiveModel>,
    ingested: &Ingested,
) -> ApiResult<()> {
    let write = app.database.write().await?;
    hold_blobs(&write).await?;
    if !are_stored(app, ingested).await? {
        // Forgotten ones of the same content were just removed, and these with them.
        store_blobs(app, ingested).await?;
    }
    if let Some(announced) = announced {
        let of_one = [upload::Column::SnapshotId, upload::Column::Source];
        let is_there = OnConflict::columns(of_one).do_nothing().to_owned();
        let announced = upload::Entity::insert(announced).on_conflict(is_there);
        announced.exec_without_returning(&write).await?;
    }
    let inserted = picture::Entity::insert(row)
        .on_conflict_do_nothing()
        .exec_without_returning(&write)
        .await?;
    if matches!(inserted, TryInsertResult::Inserted(rows) if rows > 0) {
        view::announce(app, &write, snapshot).await?;
    }
    Ok(write.commit().await?)
}

fn row(
    app: &AppState,
    snapshot: Uuid,
    source: Source,
    ingested: &Ingested,
) -> ApiResult<picture::ActiveModel> {
    let Ingested { full, large, small } = ingested;
    Ok(picture::ActiveModel {
        snapshot_id: Set(snapshot),
        source: Set(source),
        content_type: Set(full.kind.content_type().to_owned()),
        width: Set(i32::try_from(full.width).map_err(ApiError::internal)?),
        height: Set(i32::try_from(full.height).map_err(ApiError::internal)?),
        bytes: Set(i64::try_from(full.bytes.len()).map_err(ApiError::internal)?),
        full_sha256: Set(full.digest.to_string()),
        large_sha256: Set(large.digest.to_string()),
        small_sha256: Set(small.digest.to_string()),
        stored_at: Set(app.clock.now()),
    })
}
