//! Keeping a picture: let in, blobs durable, row committed; then it may be acknowledged.
//!
//! A kill between blobs and row leaves blobs that nothing points at. They are harmless: the next
//! try stores the same content under the same names, and `orphans` removes what nobody comes back
//! for.

use bytes::Bytes;
use recordings::{Ingested, Turn};
use sea_orm::{ConnectionTrait, EntityTrait, Set, TryInsertResult, entity::prelude::*};

use super::{
    Source,
    orphans::hold_blobs,
    table::{picture, snapshot},
    view,
};
use crate::{
    app::AppState,
    problem::{ApiError, ApiResult},
};

/// Keeps a picture of a capture that has begun. Kept already, it stays as it is.
pub async fn keep(app: &AppState, capture: Uuid, source: Source, bytes: Bytes) -> ApiResult<()> {
    let snapshot = snapshot::Entity::find_by_id(capture).one(&app.database).await?;
    let snapshot = snapshot.ok_or_else(|| ApiError::not_found("capture"))?;
    let turn = app.store.ingester.turn().await;
    keep_in_turn(app, turn, &snapshot, source, bytes).await
}

pub(super) async fn keep_in_turn(
    app: &AppState,
    turn: Turn,
    snapshot: &snapshot::Model,
    source: Source,
    bytes: Bytes,
) -> ApiResult<()> {
    if is_kept(&app.database, snapshot.id, source).await? {
        return Ok(());
    }
    let ingested = turn.ingest(bytes).await?;
    store_blobs(app, &ingested).await?;
    commit(app, snapshot, source, &ingested).await
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
    source: Source,
    ingested: &Ingested,
) -> ApiResult<()> {
    let write = app.database.write().await?;
    hold_blobs(&write).await?;
    if !are_stored(app, ingested).await? {
        // Forgotten ones of the same content were just removed, and these with them.
        store_blobs(app, ingested).await?;
    }
    let inserted = picture::Entity::insert(row(app, snapshot.id, source, ingested)?)
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
