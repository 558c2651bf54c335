//! `/appointments/{id}/guest-links`: whom the staff invite to a call.

use axum::{extract::State, response::Response};
use http::StatusCode;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::guests::{self, GuestLink, Invitation};
use crate::{
    accounts::StaffSession,
    app::AppState,
    http::{
        extract::{Json, Path},
        idempotency::Creation,
    },
    problem::{ApiResult, Problem},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, invite)).routes(routes!(revoke))
}

/// Who was invited, and whether they came.
#[utoipa::path(get, path = "/appointments/{id}/guest-links", tag = "links",
    operation_id = "list_guest_links", params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "All of them, in the order of their invitation", body = Vec<GuestLink>),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(app): State<AppState>,
    _staff: StaffSession,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Vec<GuestLink>>> {
    Ok(Json(guests::of_appointment(&app, &app.database, id).await?))
}

/// Invites a guest: the answer has the link to send them. They come to the waiting room, as the
/// customer does.
#[utoipa::path(post, path = "/appointments/{id}/guest-links", tag = "links",
    operation_id = "create_guest_link", request_body = Invitation,
    params(("id" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses(
        (status = 201, description = "Invited", body = GuestLink),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no video consultation", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`link_closed`, `too_many_guests`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn invite(
    State(app): State<AppState>,
    staff: StaffSession,
    Path(id): Path<Uuid>,
    creation: Creation<Invitation>,
) -> ApiResult<Response> {
    let (invitation, once) = creation.by(staff.id);
    let now = app.clock.now();
    let write = app.database.write().await?;
    if let Some(kept) = once.kept(&write).await? {
        return Ok(kept);
    }
    let link = invitation.keep(&app, &write, id, staff.id).await?;
    once.keep_and_commit(write, now, StatusCode::CREATED, &link).await
}

/// Takes an invitation back: the link lets nobody in any more. Whoever is in the call stays there
/// until they leave or are removed.
#[utoipa::path(delete, path = "/appointments/{id}/guest-links/{link}", tag = "links",
    operation_id = "revoke_guest_link", params(("id" = Uuid, Path), ("link" = Uuid, Path)),
    responses(
        (status = 204, description = "Taken back"),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn revoke(
    State(app): State<AppState>,
    _staff: StaffSession,
    Path((id, link)): Path<(Uuid, Uuid)>,
) -> ApiResult<StatusCode> {
    let write = app.database.write().await?;
    guests::revoke(&app, &write, id, link).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
