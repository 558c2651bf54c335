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
    upload::{self, Announced, OFFSET},
};
use crate::{
    app::AppState,
    http::extract::{Json, Path},
    problem::{ApiError, ApiResult, Problem},
};

/// The most bytes of one piece.
const LARGEST_PIECE: usize = 4 << 20;
/// A client that sends more hears of it only when it has sent all; but there is an end to that.
const MOST_DISCARDED: usize = 32 << 20;
/// What arrived of a piece within this time is kept; the client goes on from there.
const PATIENCE: Duration = Duration::from_secs(25);

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(begin)).routes(routes!(append)).routes(routes!(ask))
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
    let to = snapshot::Entity::find_by_id(capture).one(&app.database).await?;
    let to = to.ok_or_else(|| ApiError::not_found("capture"))?;
    uploader.may_bring(announced.source.into(), &to)?;
    let begun = upload::begin(&app, &to, announced).await?;
    let status = if begun.again { StatusCode::OK } else { StatusCode::CREATED };
    let offset = upload::offset(&app, &begun.row).await?;
    let chunk_size = LARGEST_PIECE as u64;
    Ok((status, Json(Upload { upload_id: begun.row.id, offset, chunk_size })).into_response())
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
    stored(&app, to, row).await
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

async fn stored(app: &AppState, to: snapshot::Model, row: uploads::Model) -> ApiResult<Response> {
    let offset = HeaderValue::from(upload::size(&row));
    upload::finish(app, &to, row).await?;
    let snapshot = Snapshot::of(app, &app.database, to).await?;
    Ok((StatusCode::CREATED, [(OFFSET, offset)], Json(snapshot)).into_response())
}

fn stated_offset(headers: &HeaderMap) -> ApiResult<u64> {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if kind != Some(b"application/offset+octet-stream") {
        let detail = "Send pieces as application/offset+octet-stream.";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(ApiError::new(status, "unsupported_media_type", detail));
    }
    let stated = headers.get(OFFSET).and_then(|value| value.to_str().ok()?.parse().ok());
    stated.ok_or_else(|| ApiError::invalid("Upload-Offset", "Say where this piece begins."))
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
