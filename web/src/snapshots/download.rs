//! `/snapshots/{id}/picture`: the bytes, for staff.

use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use recordings::Digest;
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    best::best,
    range::{Wanted, wanted},
    table::{picture, snapshot},
    view,
};
use crate::{
    accounts::StaffSession,
    app::AppState,
    http::extract::{Path, Query},
    problem::{ApiError, ApiResult, Problem},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(picture))
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Size {
    Small,
    Large,
    #[default]
    Full,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    #[serde(default)]
    #[param(inline)]
    size: Size,
    /// From the snapshot's `urls`: names the content, which may then be kept for ever.
    v: Option<String>,
}

/// The best picture that has arrived, in one of its sizes.
#[utoipa::path(get, path = "/snapshots/{id}/picture", tag = "snapshots", operation_id = "show_picture",
    params(("id" = Uuid, Path), Which, ("Range" = Option<String>, Header),
        ("If-None-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "All of it", content_type = "image/webp", body = Vec<u8>),
        (status = 206, description = "The range asked for", content_type = "image/webp", body = Vec<u8>),
        (status = 304, description = "You have it already"),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such snapshot, or no picture of it yet", body = Problem, content_type = "application/problem+json"),
        (status = 416, description = "`range_not_satisfiable`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn picture(
    State(app): State<AppState>,
    _staff: StaffSession,
    Path(id): Path<Uuid>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let blob = Blob::find(&app, id, which.size).await?;
    let about = blob.headers(which.v.as_deref())?;
    if text(&headers, header::IF_NONE_MATCH).is_some_and(|known| blob.is_among(known)) {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    let if_range = text(&headers, header::IF_RANGE);
    let unchanged = if_range.is_none_or(|tag| tag == blob.etag());
    let range = text(&headers, header::RANGE).filter(|_| unchanged);
    Ok((about, blob.send(&app, range).await?).into_response())
}

/// What is to be sent.
struct Blob {
    digest: Digest,
    content_type: String,
}

impl Blob {
    async fn find(app: &AppState, snapshot: Uuid, size: Size) -> ApiResult<Self> {
        let known = snapshot::Entity::find_by_id(snapshot).one(&app.database).await?;
        known.ok_or_else(|| ApiError::not_found("snapshot"))?;
        let pictures = view::pictures(&app.database, &[snapshot]).await?.remove(&snapshot);
        let pictures = pictures.unwrap_or_default();
        let best = best(&pictures).ok_or_else(|| ApiError::not_found("picture yet"))?;
        Self::of(best, size)
    }

    fn of(picture: &picture::Model, size: Size) -> ApiResult<Self> {
        let (sha256, content_type) = match size {
            Size::Small => (&picture.small_sha256, "image/webp"),
            Size::Large => (&picture.large_sha256, "image/webp"),
            Size::Full => (&picture.full_sha256, picture.content_type.as_str()),
        };
        let digest = sha256.parse().map_err(ApiError::internal)?;
        Ok(Self { digest, content_type: content_type.to_owned() })
    }

    fn etag(&self) -> String {
        format!("\"{}\"", self.digest)
    }

    fn is_among(&self, tags: &str) -> bool {
        let etag = self.etag();
        tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
    }

    /// Kept by the browser of the one who may see it, and by nobody on the way.
    fn headers(&self, version: Option<&str>) -> ApiResult<[(HeaderName, HeaderValue); 4]> {
        let named =
            version.is_some_and(|v| v.len() >= 12 && self.digest.to_string().starts_with(v));
        let caching =
            if named { "private, max-age=31536000, immutable" } else { "private, no-cache" };
        let value = |text: &str| HeaderValue::from_str(text).map_err(ApiError::internal);
        Ok([
            (header::CONTENT_TYPE, value(&self.content_type)?),
            (header::ETAG, value(&self.etag())?),
            (header::CACHE_CONTROL, HeaderValue::from_static(caching)),
            (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        ])
    }

    async fn send(&self, app: &AppState, range: Option<&str>) -> ApiResult<Response> {
        let blobs = &app.store.blobs;
        let whole = blobs.read(self.digest, None).await?;
        let size = whole.size;
        let (status, reading) = match wanted(range, size) {
            Wanted::Everything => (StatusCode::OK, whole),
            Wanted::Part(range) => {
                (StatusCode::PARTIAL_CONTENT, blobs.read(self.digest, Some(range)).await?)
            }
            Wanted::Impossible => return Err(impossible(size)),
        };
        let length = reading.range.end - reading.range.start;
        let part = format!("bytes {}-{}/{size}", reading.range.start, reading.range.end.max(1) - 1);
        let mut response = (status, Body::from_stream(reading.content)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        if status == StatusCode::PARTIAL_CONTENT {
            let part = HeaderValue::from_str(&part).map_err(ApiError::internal)?;
            headers.insert(header::CONTENT_RANGE, part);
        }
        Ok(response)
    }
}

fn impossible(size: u64) -> ApiError {
    let detail = format!("The picture has {size} bytes.");
    let error = ApiError::new(StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable", detail);
    match HeaderValue::from_str(&format!("bytes */{size}")) {
        Ok(value) => error.header(header::CONTENT_RANGE, value),
        Err(_) => error,
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}
