//! `/captures/{id}/uploads` and `/uploads/{id}`: pictures in resumable pieces.

use std::time::Duration;

use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use recordings::PartError;
use sea_orm::EntityTrait;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    Snapshot,
    access::Uploader,
    table::{snapshot, upload as uploads},
    upload::{self, Announced, Brought, OFFSET},
};
use crate::{
    app::AppState,
    http::extract::{Json, Path, Query},
    problem::{ApiError, ApiResult, Problem},
};

/// The most bytes of one piece.
const LARGEST_PIECE: usize = 4 << 20;
/// A client that sends more hears of it only when it has sent all; but there is an end to that.
const MOST_DISCARDED: usize = 32 << 20;
/// What arrived of a piece within this time is kept; the client goes on from there.
const PATIENCE: Duration = Duration::from_secs(25);

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(begin, bring)).routes(routes!(append)).routes(routes!(ask))
}

#[derive(Debug, Serialize, ToSchema)]
struct Upload {
    upload_id: Uuid,
    /// From where to go on, in bytes. At the size: send an empty piece, to learn that it is stored.
    offset: u64,
    /// The most bytes of one piece.
    chunk_size: u64,
}

/// Announces a picture of a capture. Staff bring what they `received`, the customer (with
/// `Authorization: Link <token>`) the `camera`'s picture. Announced again, it goes on.
#[utoipa::path(post, path = "/captures/{id}/uploads", tag = "snapshots", operation_id = "begin_upload",
    params(("id" = Uuid, Path), ("Authorization" = Option<String>, Header, description = "`Link <token>`")),
    request_body = Announced,
    responses(
        (status = 201, description = "Begun", body = Upload),
        (status = 200, description = "Announced before; goes on from the offset", body = Upload),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: not your source", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`, `link_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`picture_too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`picture_type_unsupported`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`, `picture_too_many_pixels`, `upload_differs`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn begin(
    State(app): State<AppState>,
    uploader: Uploader,
    Path(capture): Path<Uuid>,
    Json(announced): Json<Announced>,
) -> ApiResult<Response> {
    let to = open_to(&app, &uploader, capture, &announced).await?;
    let begun = upload::begin(&app, &to, announced).await?;
    let status = if begun.again { StatusCode::OK } else { StatusCode::CREATED };
    let offset = upload::offset(&app, &begun.row).await?;
    Ok((status, Json(Upload::at(begun.row.id, offset))).into_response())
}

/// Announces a picture of a capture and brings its first piece with it, which saves a round trip. Keep the
/// picture as long as with pieces. When this breaks off, announce it and go on from the offset.
#[utoipa::path(put, path = "/captures/{id}/uploads", tag = "snapshots", operation_id = "begin_upload_with_piece",
    params(("id" = Uuid, Path), Announced,
        ("Authorization" = Option<String>, Header, description = "`Link <token>`")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses(
        (status = 201, description = "That was all of it: stored", body = Snapshot),
        (status = 200, description = "Begun, or announced before; goes on from the offset", body = Upload),
        (status = 400, description = "`invalid`: not such a query", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: not your source", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`, `link_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`checksum_mismatch`: go on from `Upload-Offset`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`picture_too_large`, `upload_too_long`, `piece_too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`picture_type_unsupported`, `unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`, `upload_differs`, `picture_malformed`, `picture_truncated`, `picture_too_many_pixels`, `picture_too_complex`, `checksum_mismatch`: refused for good", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "`storage_full`: try again later", body = Problem, content_type = "application/problem+json"),
    ))]
async fn bring(
    State(app): State<AppState>,
    uploader: Uploader,
    Path(capture): Path<Uuid>,
    Query(announced): Query<Announced>,
    headers: HeaderMap,
    body: Body,
) -> ApiResult<Response> {
    let to = open_to(&app, &uploader, capture, &announced).await?;
    is_of_pieces(&headers)?;
    // On a task of its own: what arrived before the client broke off is kept nevertheless.
    let taken = tokio::spawn(async move {
        let first = piece(body).await?;
        match upload::bring(&app, &to, announced, first).await? {
            Brought::GoesOn { upload, offset } => {
                Ok(Json(Upload::at(upload, offset)).into_response())
            }
            Brought::Stored { size } => stored(&app, to, size).await,
        }
    });
    taken.await.map_err(ApiError::internal)?
}

/// The capture's snapshot, for those who may bring such a picture to it.
async fn open_to(
    app: &AppState,
    uploader: &Uploader,
    capture: Uuid,
    announced: &Announced,
) -> ApiResult<snapshot::Model> {
    let to = snapshot::Entity::find_by_id(capture).one(&app.database).await?;
    let to = to.ok_or_else(|| ApiError::not_found("capture"))?;
    uploader.may_bring(announced.source.into(), &to)?;
    Ok(to)
}

impl Upload {
    fn at(upload_id: Uuid, offset: u64) -> Self {
        Self { upload_id, offset, chunk_size: LARGEST_PIECE as u64 }
    }
}

/// Adds a piece at `Upload-Offset`. Keep the picture until the last one is answered: with the
/// snapshot, once the picture is stored; sent again, with the same.
#[utoipa::path(patch, path = "/uploads/{id}", tag = "snapshots", operation_id = "append_to_upload",
    params(("id" = Uuid, Path), ("Upload-Offset" = u64, Header),
        ("Authorization" = Option<String>, Header, description = "`Link <token>`")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses(
        (status = 204, description = "Added; `Upload-Offset` says where the next piece begins"),
        (status = 201, description = "That was the last piece: stored", body = Snapshot),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`, `link_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`upload_offset`, `checksum_mismatch`: go on from `Upload-Offset`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`upload_too_long`, `piece_too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`picture_type_unsupported`, `unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`picture_malformed`, `picture_truncated`, `picture_too_many_pixels`, `picture_too_complex`, `checksum_mismatch`: refused for good", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "`storage_full`: try again later", body = Problem, content_type = "application/problem+json"),
    ))]
async fn append(
    State(app): State<AppState>,
    uploader: Uploader,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    body: Body,
) -> ApiResult<Response> {
    let (to, row) = find(&app, &uploader, id).await?;
    let at = stated_offset(&headers)?;
    // On a task of its own: what arrived before the client broke off is kept nevertheless.
    let taken = tokio::spawn(take(app, to, row, at, body)).await;
    taken.map_err(ApiError::internal)?
}

async fn take(
    app: AppState,
    to: snapshot::Model,
    row: uploads::Model,
    at: u64,
    body: Body,
) -> ApiResult<Response> {
    let size = upload::size(&row);
    let mut offset = upload::offset(&app, &row).await?;
    if at != offset {
        return Err(upload::wrong_offset(PartError::WrongOffset { expected: offset }, offset));
    }
    if offset < size {
        offset = upload::append(&app, &row, at, piece(body).await?).await?;
    }
    if offset < size {
        return Ok((StatusCode::NO_CONTENT, [(OFFSET, HeaderValue::from(offset))]).into_response());
    }
    upload::finish(&app, &to, row).await?;
    stored(&app, to, size).await
}

/// How far an upload is, in `Upload-Offset`.
#[utoipa::path(head, path = "/uploads/{id}", tag = "snapshots", operation_id = "ask_upload",
    params(("id" = Uuid, Path), ("Authorization" = Option<String>, Header, description = "`Link <token>`")),
    responses(
        (status = 204, description = "In `Upload-Offset`"),
        (status = 401, description = "`signed_out`"),
        (status = 404, description = "`not_found`, `link_invalid`"),
    ))]
async fn ask(
    State(app): State<AppState>,
    uploader: Uploader,
    Path(id): Path<Uuid>,
) -> ApiResult<Response> {
    let (_, row) = find(&app, &uploader, id).await?;
    let offset = upload::offset(&app, &row).await?;
    Ok((StatusCode::NO_CONTENT, [(OFFSET, HeaderValue::from(offset))]).into_response())
}

/// The upload and its snapshot, for those who may go on with it.
async fn find(
    app: &AppState,
    uploader: &Uploader,
    id: Uuid,
) -> ApiResult<(snapshot::Model, uploads::Model)> {
    let not_found = || ApiError::not_found("upload");
    let row = uploads::Entity::find_by_id(id).one(&app.database).await?.ok_or_else(not_found)?;
    let to = snapshot::Entity::find_by_id(row.snapshot_id).one(&app.database).await?;
    let to = to.ok_or_else(not_found)?;
    uploader.may_bring(row.source, &to).map_err(|_| not_found())?;
    Ok((to, row))
}

async fn stored(app: &AppState, to: snapshot::Model, size: u64) -> ApiResult<Response> {
    let snapshot = Snapshot::of(app, &app.database, to).await?;
    let offset = HeaderValue::from(size);
    Ok((StatusCode::CREATED, [(OFFSET, offset)], Json(snapshot)).into_response())
}

fn stated_offset(headers: &HeaderMap) -> ApiResult<u64> {
    is_of_pieces(headers)?;
    let stated = headers.get(OFFSET).and_then(|value| value.to_str().ok()?.parse().ok());
    stated.ok_or_else(|| ApiError::invalid("Upload-Offset", "Say where this piece begins."))
}

fn is_of_pieces(headers: &HeaderMap) -> ApiResult<()> {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if kind == Some(b"application/offset+octet-stream") {
        return Ok(());
    }
    let detail = "Send pieces as application/offset+octet-stream.";
    Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail))
}

/// What arrives of the piece until it ends, breaks off, or takes too long.
async fn piece(body: Body) -> ApiResult<Bytes> {
    let mut piece = BytesMut::new();
    let mut arrived = 0;
    let mut data = body.into_data_stream();
    let collect = async {
        while let Some(Ok(bytes)) = data.next().await {
            arrived += bytes.len();
            if arrived <= LARGEST_PIECE {
                piece.extend_from_slice(&bytes);
            } else if arrived > MOST_DISCARDED {
                break;
            }
        }
    };
    // Too slow: what is here counts, the client goes on from there.
    let _ = tokio::time::timeout(PATIENCE, collect).await;
    if arrived > LARGEST_PIECE {
        let detail = format!("A piece has at most {LARGEST_PIECE} bytes.");
        return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "piece_too_large", detail));
    }
    Ok(piece.freeze())
}
