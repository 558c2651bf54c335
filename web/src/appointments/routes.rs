//! `/appointments`: the day's plan, and the two ways to change it.

use axum::{extract::State, response::Response};
use http::StatusCode;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    Appointment, AppointmentState, Booking, change,
    change::Change,
    insert,
    list::{self, Filter},
    table::Model,
};
use crate::{
    accounts::StaffSession,
    app::AppState,
    database::Write,
    http::{
        extract::{Json, Path, Query},
        idempotency::Creation,
        pagination::{Page, PageQuery},
    },
    outbox::Event,
    problem::{ApiResult, Problem},
};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, book)).routes(routes!(one, alter))
}

/// Appointments by their start.
#[utoipa::path(get, path = "/appointments", tag = "appointments",
    operation_id = "list_appointments", params(Filter, PageQuery),
    responses(
        (status = 200, description = "A page of them", body = Page<Appointment>),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(app): State<AppState>,
    _staff: StaffSession,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Appointment>>> {
    Ok(Json(list::page(&app, &filter, &page).await?))
}

/// Books a time of a stylist. A video consultation gets its customer's link.
#[utoipa::path(post, path = "/appointments", tag = "appointments",
    operation_id = "create_appointment", request_body = Booking,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses(
        (status = 201, description = "Booked", body = Appointment),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`slot_taken`, `follow_up_exists`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn book(
    State(app): State<AppState>,
    staff: StaffSession,
    creation: Creation<Booking>,
) -> ApiResult<Response> {
    let (booking, once) = creation.by(staff.id);
    let now = app.clock.now();
    let txn = app.database.write().await?;
    if let Some(kept) = once.kept(&txn).await? {
        return Ok(kept);
    }
    booking.is_near(now)?;
    let row = insert(&txn, booking, AppointmentState::Confirmed, now).await?;
    announce(&app, &txn, &row).await?;
    let view = Appointment::of(&app, &txn, row).await?;
    once.keep_and_commit(txn, now, StatusCode::CREATED, &view).await
}

/// One appointment.
#[utoipa::path(get, path = "/appointments/{id}", tag = "appointments",
    operation_id = "show_appointment", params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "The appointment", body = Appointment),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn one(
    State(app): State<AppState>,
    _staff: StaffSession,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Appointment>> {
    Ok(Json(list::one(&app, id).await?))
}

/// Moves an appointment, takes it a step further, or cancels it (which revokes its link). What is
/// not named stays.
#[utoipa::path(patch, path = "/appointments/{id}", tag = "appointments",
    operation_id = "change_appointment", params(("id" = Uuid, Path)), request_body = Change,
    responses(
        (status = 200, description = "As it is now", body = Appointment),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`slot_taken`, `illegal_step`, `not_movable`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn alter(
    State(app): State<AppState>,
    _staff: StaffSession,
    Path(id): Path<Uuid>,
    Json(change): Json<Change>,
) -> ApiResult<Json<Appointment>> {
    let txn = app.database.write().await?;
    if let Some(row) = change::apply(&txn, id, change, app.clock.now()).await? {
        announce(&app, &txn, &row).await?;
        txn.commit().await?;
    }
    Ok(Json(list::one(&app, id).await?))
}

/// Tells everybody whom it concerns. Also for other capabilities that change an appointment.
pub async fn announce(app: &AppState, txn: &Write, row: &Model) -> ApiResult<()> {
    let payload = json!({
        "id": row.id,
        "appointment_id": row.id,
        "customer_id": row.customer_id,
        "stylist_id": row.stylist_id,
        "state": row.state,
        "starts_at": row.starts_at,
    });
    app.outbox.append(txn, Event::new("appointment.changed", payload)).await?;
    Ok(())
}
