//! `GET /call`: the socket of a call, whose protocol is described in `signaling/PROTOCOL.md`; and how
//! good its connections were.

use axum::{Extension, extract::State, response::Response};
use signaling::driver::IncomingUpgrade;
use signaling::gate::Caller;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::Calls;
use super::quality::{self, CallQuality};
use super::stills;
use crate::{
    accounts::StaffSession,
    app::AppState,
    http::{
        client_address::ClientAddress,
        extract::{Json, Path},
    },
    problem::{ApiError, ApiResult, Problem},
};

pub fn router() -> OpenApiRouter<AppState> {
    let own = OpenApiRouter::new().routes(routes!(join)).routes(routes!(show_quality));
    own.merge(stills::router())
}

/// Opens the socket of a call. Staff are known by their session; customers name their link in the
/// first message.
#[utoipa::path(get, path = "/call", tag = "calls", operation_id = "join_call",
    responses(
        (status = 101, description = "The WebSocket is open; see the signaling protocol"),
        (status = 426, description = "`upgrade_required`: this is no WebSocket", body = Problem, content_type = "application/problem+json"),
    ))]
async fn join(
    staff: Option<StaffSession>,
    ClientAddress(address): ClientAddress,
    Extension(calls): Extension<Calls>,
    request: Result<IncomingUpgrade, http::StatusCode>,
) -> ApiResult<Response> {
    let request = request.map_err(no_socket)?;
    let caller = Caller { staff: staff.map(|staff| staff.id), address };
    calls.open(request, caller).map_err(no_socket)
}

fn no_socket(reason: impl std::fmt::Display) -> ApiError {
    let detail = "Open a WebSocket here.";
    ApiError::new(http::StatusCode::UPGRADE_REQUIRED, "upgrade_required", detail)
        .because(reason.to_string())
}

/// How good everybody's connection was while the call was live, for those who ask afterwards why it
/// was not better. What was measured in the last half minute may be missing while it goes on.
#[utoipa::path(get, path = "/appointments/{id}/call-quality", tag = "calls",
    operation_id = "show_call_quality", params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "Nobody when there was no call", body = CallQuality),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn show_quality(
    State(app): State<AppState>,
    _staff: StaffSession,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<CallQuality>> {
    Ok(Json(quality::of_call(&app, id).await?))
}
