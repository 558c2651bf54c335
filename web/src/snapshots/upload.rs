//! An upload from its announcement to the stored picture. Every step may be repeated.

use std::str::FromStr;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use recordings::{Digest, IngestError, Kind, PartError, picture};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set, entity::prelude::*};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    Source,
    keep::{Arrived, is_kept, keep_in_turn},
    source::UploadSource,
    table::{snapshot, upload},
};
use crate::{
    app::AppState,
    database::is_taken,
    problem::{ApiError, ApiResult},
};

pub(super) const OFFSET: HeaderName = HeaderName::from_static("upload-offset");

/// What is announced. The type and the size in pixels are looked at early, to save a phone the
/// trouble; what counts is what the bytes turn out to be.
#[derive(Clone, Debug, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Announced {
    #[param(inline)]
    pub(super) source: UploadSource,
    /// `image/jpeg`, `image/png` or `image/webp`.
    content_type: String,
    /// In bytes.
    #[schema(minimum = 1, maximum = 26_214_400)]
    #[param(minimum = 1, maximum = 26_214_400)]
    size: u64,
    /// Of all bytes, in hexadecimal digits.
    #[schema(min_length = 64, max_length = 64)]
    #[param(min_length = 64, max_length = 64)]
    sha256: String,
    #[schema(minimum = 1)]
    #[param(minimum = 1)]
    width: u32,
    #[schema(minimum = 1)]
    #[param(minimum = 1)]
    height: u32,
}

/// An announcement that was checked: of a picture that we would take.
struct Checked {
    source: Source,
    size: i64,
    digest: Digest,
}

/// An upload, and whether it was announced before.
pub(super) struct Begun {
    pub(super) row: upload::Model,
    pub(super) again: bool,
}

/// What became of a picture that came with its announcement.
pub(super) enum Brought {
    Stored { size: u64 },
    GoesOn { upload: Uuid, offset: u64 },
}

/// Begins an upload; the same one again is the same one still.
pub(super) async fn begin(
    app: &AppState,
    to: &snapshot::Model,
    announced: Announced,
) -> ApiResult<Begun> {
    let announced = announced.check()?;
    if let Some(row) = find(app, to.id, announced.source).await? {
        return announced.same(row);
    }
    let write = app.database.write().await?;
    match announced.row(app, to).insert(&write).await {
        Ok(row) => {
            write.commit().await?;
            Ok(Begun { row, again: false })
        }
        // The same announcement was faster on another connection.
        Err(error) if is_taken(&error) => {
            write.rollback().await?;
            let row = find(app, to.id, announced.source).await?;
            announced.same(row.ok_or_else(|| ApiError::internal(error))?)
        }
        Err(error) => Err(error.into()),
    }
}

/// Begins an upload with its first piece. A picture that is all in it is kept at once, with no part
/// file and in one transaction; of any other, what is here is where the upload goes on.
pub(super) async fn bring(
    app: &AppState,
    to: &snapshot::Model,
    announced: Announced,
    first: Bytes,
) -> ApiResult<Brought> {
    let size = announced.size;
    let checked = announced.check()?;
    let is_whole = first.len() as u64 == size && Digest::of(&first) == checked.digest;
    if is_whole && find(app, to.id, checked.source).await?.is_none() {
        keep_whole(app, to, checked, first).await?;
        return Ok(Brought::Stored { size });
    }
    let Begun { row, .. } = begin(app, to, announced).await?;
    let mut offset = offset(app, &row).await?;
    if offset == 0 {
        offset = append(app, &row, 0, first).await?;
    }
    if offset < size {
        return Ok(Brought::GoesOn { upload: row.id, offset });
    }
    finish(app, to, row).await?;
    Ok(Brought::Stored { size })
}

async fn keep_whole(
    app: &AppState,
    to: &snapshot::Model,
    announced: Checked,
    bytes: Bytes,
) -> ApiResult<()> {
    let turn = app.store.ingester.turn().await;
    let row = announced.row(app, to);
    let arrived = Arrived { announced: Some(row), ..Arrived::new(announced.source, bytes) };
    keep_in_turn(app, turn, to, arrived).await?;
    // Of two different ones at once, one was kept: the other hears of it.
    match find(app, to.id, announced.source).await? {
        Some(row) => announced.same(row).map(drop),
        None => Ok(()),
    }
}

/// How far an upload is.
pub(super) async fn offset(app: &AppState, upload: &upload::Model) -> ApiResult<u64> {
    if is_kept(&app.database, upload.snapshot_id, upload.source).await? {
        return Ok(size(upload));
    }
    Ok(app.store.parts.length(upload.id).await?)
}

/// Adds a piece; returns the new offset.
pub(super) async fn append(
    app: &AppState,
    upload: &upload::Model,
    at: u64,
    piece: Bytes,
) -> ApiResult<u64> {
    let parts = &app.store.parts;
    match parts.append(upload.id, at, piece, size(upload)).await {
        Ok(offset) => Ok(offset),
        Err(error @ PartError::WrongOffset { expected }) => Err(wrong_offset(error, expected)),
        Err(error) => Err(error.into()),
    }
}

/// Everything is here: makes it the snapshot's picture.
pub(super) async fn finish(
    app: &AppState,
    to: &snapshot::Model,
    upload: upload::Model,
) -> ApiResult<()> {
    let turn = app.store.ingester.turn().await;
    let bytes = match app.store.parts.read(upload.id).await {
        Ok(bytes) => bytes,
        // Stored before, or just now by another request with the same last piece.
        Err(_) if is_kept(&app.database, to.id, upload.source).await? => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let found = Digest::of(&bytes);
    if Digest::from_str(&upload.sha256) != Ok(found) {
        return Err(begin_anew(app, upload).await?);
    }
    match keep_in_turn(app, turn, to, Arrived::new(upload.source, bytes)).await {
        Ok(()) => forget_part(app, upload.id).await,
        // It will never be a picture: no other client need meet it.
        Err(error) if error.status.is_client_error() => {
            forget(app, upload).await?;
            return Err(error);
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

impl Announced {
    fn check(&self) -> ApiResult<Checked> {
        if Kind::from_content_type(&self.content_type).is_none() {
            return Err(IngestError::UnsupportedType { found: "this type of file" }.into());
        }
        if self.size == 0 {
            return Err(ApiError::invalid("size", "There is nothing to upload."));
        }
        if self.size > picture::MAX_BYTES as u64 {
            let bytes = usize::try_from(self.size).unwrap_or(usize::MAX);
            return Err(IngestError::TooLarge { bytes }.into());
        }
        picture::check_dimensions(self.width, self.height)?;
        let digest = self.sha256.parse();
        Ok(Checked {
            source: self.source.into(),
            size: i64::try_from(self.size).map_err(ApiError::internal)?,
            digest: digest.map_err(|error: recordings::DigestError| {
                ApiError::invalid("sha256", error.to_string())
            })?,
        })
    }
}

impl Checked {
    fn row(&self, app: &AppState, to: &snapshot::Model) -> upload::ActiveModel {
        upload::ActiveModel {
            id: Set(Uuid::now_v7()),
            snapshot_id: Set(to.id),
            source: Set(self.source),
            size: Set(self.size),
            sha256: Set(self.digest.to_string()),
            begun_at: Set(app.clock.now()),
            restarts: Set(0),
        }
    }

    /// What was announced before, if it was the same.
    fn same(&self, row: upload::Model) -> ApiResult<Begun> {
        if row.size != self.size || row.sha256 != self.digest.to_string() {
            let detail = "Another picture of this source was announced for this capture before.";
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Err(ApiError::new(status, "upload_differs", detail));
        }
        Ok(Begun { row, again: true })
    }
}

async fn find(app: &AppState, to: Uuid, source: Source) -> ApiResult<Option<upload::Model>> {
    let found = upload::Entity::find()
        .filter(upload::Column::SnapshotId.eq(to))
        .filter(upload::Column::Source.eq(source));
    Ok(found.one(&app.database).await?)
}

pub(super) fn size(upload: &upload::Model) -> u64 {
    u64::try_from(upload.size).unwrap_or(0)
}

/// How often a whole upload with a wrong checksum begins anew. A power cut can spoil what was not
/// acknowledged yet; a client that cannot count is stopped.
const MOST_RESTARTS: i32 = 3;

async fn begin_anew(app: &AppState, upload: upload::Model) -> ApiResult<ApiError> {
    let detail = "The bytes are not those that were announced.";
    if upload.restarts >= MOST_RESTARTS {
        forget(app, upload).await?;
        return Ok(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "checksum_mismatch", detail));
    }
    let (id, restarts) = (upload.id, upload.restarts + 1);
    let write = app.database.write().await?;
    let mut row = upload.into_active_model();
    row.restarts = Set(restarts);
    row.update(&write).await?;
    write.commit().await?;
    app.store.parts.remove(id).await?;
    Ok(ApiError::conflict("checksum_mismatch", detail).header(OFFSET, HeaderValue::from(0u64)))
}

pub(super) fn wrong_offset(error: PartError, offset: u64) -> ApiError {
    ApiError::from(error).with("offset", offset).header(OFFSET, HeaderValue::from(offset))
}

async fn forget(app: &AppState, upload: upload::Model) -> ApiResult<()> {
    let write = app.database.write().await?;
    upload::Entity::delete_by_id(upload.id).exec(&write).await?;
    write.commit().await?;
    forget_part(app, upload.id).await;
    Ok(())
}

/// The picture is stored or refused: that its bytes lie here a while longer is no trouble.
async fn forget_part(app: &AppState, upload: Uuid) {
    if let Err(error) = app.store.parts.remove(upload).await {
        tracing::warn!(%error, "a part file stays until it is swept");
    }
}
