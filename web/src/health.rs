//! Is the server able to work? For load balancers and for people.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{app::AppState, http::extract::Json};

#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`, or `unavailable` with status 503.
    status: &'static str,
    database: &'static str,
    version: &'static str,
}

#[utoipa::path(
    get, path = "/health", tag = "operation", operation_id = "health",
    responses(
        (status = 200, description = "Everything works", body = Health),
        (status = 503, description = "Something that the server needs is away", body = Health),
    )
)]
pub(crate) async fn health(State(app): State<AppState>) -> Response {
    let database = app.database.ping().await;
    if let Err(error) = &database {
        tracing::warn!(%error, "unhealthy: the database cannot be read");
    }
    let (code, word) = match database {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
    };
    let health = Health { status: word, database: word, version: env!("CARGO_PKG_VERSION") };
    (code, Json(health)).into_response()
}
