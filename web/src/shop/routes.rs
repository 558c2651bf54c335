//! `/shop`: read by all staff, changed by owners.

use axum::extract::State;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Shop, table, view::ShopChange};
use crate::{
    accounts::{Role, StaffSession},
    app::AppState,
    http::extract::Json,
    outbox::Event,
    problem::{ApiResult, Problem},
};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(show, change))
}

/// The shop.
#[utoipa::path(get, path = "/shop", tag = "shop", operation_id = "show_shop", responses(
    (status = 200, description = "As it is now", body = Shop),
    (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
))]
async fn show(State(app): State<AppState>, _staff: StaffSession) -> ApiResult<Json<Shop>> {
    Ok(Json(table::load(&app.database, &app.settings).await?))
}

/// Changes the shop; what is not named stays. Every open page learns of it at once.
#[utoipa::path(patch, path = "/shop", tag = "shop", operation_id = "change_shop",
    request_body = ShopChange, responses(
    (status = 200, description = "As it is now", body = Shop),
    (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: only owners may", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = Problem, content_type = "application/problem+json"),
))]
async fn change(
    State(app): State<AppState>,
    staff: StaffSession,
    Json(change): Json<ShopChange>,
) -> ApiResult<Json<Shop>> {
    staff.require(&[Role::Owner])?;
    let txn = app.database.write().await?;
    let shop = table::change(&txn, &app.settings, change, app.clock.now()).await?;
    app.outbox.append(&txn, Event::new("shop.changed", json!({ "id": "shop" }))).await?;
    txn.commit().await?;
    Ok(Json(shop))
}
