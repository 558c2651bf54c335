//! Blobs that no row points at: what a kill between storing a picture and keeping it left behind.
//!
//! A picture is kept in two steps, its blobs and then its row, and somebody may be between the two
//! with the very content that lies here forgotten. So both sides take turns by the database: a blob
//! is removed only within a transaction that has seen that no row points at it, and a row is kept
//! only within a transaction that has seen its blobs ([`super::keep`]).

use std::collections::BTreeSet;
use std::time::Duration;

use recordings::Digest;
use sea_orm::{Condition, ConnectionTrait, EntityTrait, QueryFilter, entity::prelude::*};

use super::table::picture;
use crate::app::AppState;
use crate::clock::Timestamp;
use crate::database::Write;
use crate::problem::ApiResult;

/// Held while blobs are removed, and while a row that points at some is kept.
const BLOBS_LOCK: i64 = 4_711_000_005;
/// A writer is held up for as long as it takes to remove so many files.
const AT_ONCE: usize = 20;
/// Between two folders, so that nobody notices.
const PAUSE: Duration = Duration::from_millis(50);

/// Others that keep a row with blobs, or remove blobs, wait until this transaction ends.
pub(super) async fn hold_blobs(write: &Write) -> Result<(), DbErr> {
    write.lock(BLOBS_LOCK).await
}

/// Removes those that were stored before `before`; returns how many.
pub async fn sweep_orphans(app: &AppState, before: Timestamp) -> ApiResult<usize> {
    let mut removed = 0;
    for folder in 0..=u8::MAX {
        let old = app.store.blobs.stored_before(folder, before.into()).await?;
        for some in old.chunks(AT_ONCE) {
            // Nearly all of them are pointed at: nobody is held up to find that out.
            let orphans = without_row(&app.database, some).await?;
            if !orphans.is_empty() {
                removed += remove(app, &orphans).await?;
            }
        }
        if !old.is_empty() {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(removed)
}

async fn remove(app: &AppState, orphans: &[Digest]) -> ApiResult<usize> {
    let write = app.database.write().await?;
    hold_blobs(&write).await?;
    let orphans = without_row(&write, orphans).await?;
    for orphan in &orphans {
        app.store.blobs.remove(*orphan).await?;
    }
    write.rollback().await?;
    Ok(orphans.len())
}

/// Those at which no picture points.
async fn without_row(
    database: &impl ConnectionTrait,
    blobs: &[Digest],
) -> Result<Vec<Digest>, DbErr> {
    use picture::Column::{FullSha256, LargeSha256, SmallSha256};
    let names: Vec<String> = blobs.iter().map(Digest::to_string).collect();
    let any = [FullSha256, LargeSha256, SmallSha256]
        .into_iter()
        .fold(Condition::any(), |any, column| any.add(column.is_in(names.iter())));
    let rows = picture::Entity::find().filter(any).all(database).await?;
    let kept: BTreeSet<String> = rows
        .into_iter()
        .flat_map(|row| [row.full_sha256, row.large_sha256, row.small_sha256])
        .collect();
    Ok(blobs.iter().copied().filter(|blob| !kept.contains(&blob.to_string())).collect())
}
