//! `GET /call`: the socket of a call. The protocol is described in `signaling/PROTOCOL.md`.

use axum::{
    Extension,
    extract::{WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    response::Response,
};
use signaling::gate::Caller;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Calls;
use crate::{
    accounts::StaffSession,
    app::AppState,
    http::client_address::ClientAddress,
    problem::{ApiError, ApiResult, Problem},
};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(join))
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
    socket: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> ApiResult<Response> {
    let socket = socket.map_err(no_socket)?;
    let caller = Caller { staff: staff.map(|staff| staff.id), address };
    let serve = async move |socket| calls.serve(socket, caller).await;
    Ok(signaling::driver::upgrade(socket).on_upgrade(serve))
}

fn no_socket(rejection: WebSocketUpgradeRejection) -> ApiError {
    let detail = "Open a WebSocket here.";
    ApiError::new(http::StatusCode::UPGRADE_REQUIRED, "upgrade_required", detail)
        .because(rejection.to_string())
}
