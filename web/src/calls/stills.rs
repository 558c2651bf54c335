//! `/calls/{id}/stills/{participant}`: still pictures of those in a call, while a network carries no
//! video. Brought and looked at in the name of a seat, by its token: a link alone is no proof of
//! having been admitted. They live in memory, one of each participant, and are never written down.

use axum::{
    Extension,
    body::Body,
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header, request::Parts};
use recordings::{Kind, Picture};
use signaling::core::{StillPicture, StillRefusal};
use signaling::message::{CallId, ParticipantId};
use tokio::time::Instant;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::Calls;
use crate::{
    app::AppState,
    http::extract::Path,
    problem::{ApiError, ApiResult, Problem},
};

/// Of one still. A page aims at a third of it.
const MOST_BYTES: usize = 64 << 10;
/// Of its longer side, in pixels. A page sends half of it.
const MOST_SIDE: u32 = 1_280;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(bring, look_at))
}

/// Shows a still picture of one's own camera (JPEG or WebP, 64 KiB and 1280 pixels a side at most) to
/// those in the call who lack its video. Only while `stills_wanted` names somebody.
#[utoipa::path(put, path = "/calls/{id}/stills/{participant}", tag = "calls", operation_id = "bring_still",
    params(("id" = Uuid, Path), ("participant" = u32, Path),
        ("Authorization" = String, Header, description = "`Seat <token>`: the `resume` of `joined`")),
    request_body(content = Vec<u8>, content_type = "image/jpeg"),
    responses(
        (status = 204, description = "Those who lack the picture were told"),
        (status = 401, description = "`no_seat`: not the token of a seat in this call", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: not admitted to the call, or another's picture", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`camera_off`, `still_unwanted`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`still_too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`picture_type_unsupported`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`picture_malformed`, `picture_truncated`, `picture_too_many_pixels`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn bring(
    Seat(seat): Seat,
    Path((call, participant)): Path<(Uuid, u32)>,
    Extension(calls): Extension<Calls>,
    body: Body,
) -> ApiResult<StatusCode> {
    let taken = Instant::now();
    let bytes = axum::body::to_bytes(body, MOST_BYTES).await.map_err(|_| too_large())?;
    let picture = parse(&bytes)?;
    let of = ParticipantId(participant);
    calls.bring_still(CallId(call), &seat, of, picture, taken).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The latest still of somebody in the call.
#[utoipa::path(get, path = "/calls/{id}/stills/{participant}", tag = "calls", operation_id = "look_at_still",
    params(("id" = Uuid, Path), ("participant" = u32, Path),
        ("Authorization" = String, Header, description = "`Seat <token>`: the `resume` of `joined`")),
    responses(
        (status = 200, description = "JPEG or WebP; not to be kept", content_type = "image/jpeg", body = Vec<u8>),
        (status = 401, description = "`no_seat`: not the token of a seat in this call", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: not admitted to the call", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: none was brought in the last half minute, or nobody lacks the video now", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn look_at(
    Seat(seat): Seat,
    Path((call, participant)): Path<(Uuid, u32)>,
    Extension(calls): Extension<Calls>,
) -> ApiResult<Response> {
    let still = calls.still(CallId(call), &seat, ParticipantId(participant)).await?;
    let about = [(header::CONTENT_TYPE, still.content_type), (header::CACHE_CONTROL, "no-store")];
    Ok((about, still.bytes.to_vec()).into_response())
}

/// A small picture of a type that browsers show, without metadata. It is not decoded here: those who
/// look at it do that anyway.
fn parse(bytes: &[u8]) -> ApiResult<StillPicture> {
    let picture = Picture::open(bytes)?;
    if picture.kind() == Kind::Png {
        let detail = "A still is a JPEG or a WebP: a PNG is too large for a weak network.";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(ApiError::new(status, "picture_type_unsupported", detail));
    }
    let (width, height) = picture.size();
    if width.max(height) > MOST_SIDE {
        let detail =
            format!("A still has at most {MOST_SIDE} pixels a side, not {width} × {height}.");
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(ApiError::new(status, "picture_too_many_pixels", detail));
    }
    let content_type = picture.kind().content_type();
    Ok(StillPicture { content_type, bytes: picture.into_bytes().into() })
}

fn too_large() -> ApiError {
    let detail = format!("A still has at most {MOST_BYTES} bytes. Send a smaller or coarser one.");
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "still_too_large", detail)
}

/// `Authorization: Seat <token>`, with the token that `joined` brought.
struct Seat(String);

impl FromRequestParts<AppState> for Seat {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> ApiResult<Self> {
        let value = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let named = value.and_then(|value| value.split_once(' '));
        let seat = named.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("seat"));
        let seat = seat.map(|(_, token)| Self(token.trim().to_owned()));
        seat.ok_or_else(|| StillRefusal::NoSeat.into())
    }
}

impl From<StillRefusal> for ApiError {
    fn from(refusal: StillRefusal) -> Self {
        match refusal {
            StillRefusal::NoSeat => {
                let detail = "Join the call first, and bring the token of your seat.";
                Self::new(StatusCode::UNAUTHORIZED, "no_seat", detail)
            }
            StillRefusal::Outside => {
                Self::forbidden("Only those who were admitted to the call see its pictures.")
            }
            StillRefusal::NotYours => Self::forbidden("Bring stills of your own camera only."),
            StillRefusal::CameraOff => {
                Self::conflict("camera_off", "Your camera is off, so nobody is shown a picture.")
            }
            StillRefusal::Unwanted => {
                let detail =
                    "Everybody sees your video. Bring stills while `stills_wanted` says so.";
                Self::conflict("still_unwanted", detail)
            }
            StillRefusal::NoStill => Self::not_found("still now"),
            StillRefusal::TooFast => {
                Self::too_many("rate_limited", "Too many stills in a short time.", 1)
            }
        }
    }
}
