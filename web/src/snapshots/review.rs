//! Looking at snapshots before the service: who did, and when.

use axum::extract::State;
use sea_orm::{
    ActiveModelTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set,
    entity::prelude::*,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Snapshot,
    table::snapshot::{Column, Entity, Model},
    view::{self, ReviewState},
};
use crate::{
    accounts::StaffSession,
    app::AppState,
    appointments,
    database::{Write, find},
    http::extract::{Json, Path},
    problem::{ApiResult, Problem},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(mark)).routes(routes!(mark_visit))
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Mark {
    state: ReviewState,
}

#[derive(Debug, Serialize, ToSchema)]
struct Visit {
    /// All of the visit's snapshots, in the order in which they were taken.
    items: Vec<Snapshot>,
}

/// Marks a snapshot as reviewed, or as new again. Who reviewed it first stays.
#[utoipa::path(put, path = "/snapshots/{id}/review", tag = "snapshots", operation_id = "review_snapshot",
    params(("id" = Uuid, Path)), request_body = Mark,
    responses(
        (status = 200, description = "As it is now", body = Snapshot),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn mark(
    State(app): State<AppState>,
    staff: StaffSession,
    Path(id): Path<Uuid>,
    Json(mark): Json<Mark>,
) -> ApiResult<Json<Snapshot>> {
    let write = app.database.write().await?;
    let row = find::<Entity>(&write, id, "snapshot").await?;
    let reviewer = (mark.state == ReviewState::Reviewed).then_some(staff.id);
    let row = set(&app, &write, row, reviewer).await?;
    let snapshot = Snapshot::of(&app, &write, row).await?;
    write.commit().await?;
    Ok(Json(snapshot))
}

/// Marks all of a visit's snapshots as reviewed.
#[utoipa::path(post, path = "/appointments/{id}/review", tag = "snapshots", operation_id = "review_visit",
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "Its snapshots as they are now", body = Visit),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn mark_visit(
    State(app): State<AppState>,
    staff: StaffSession,
    Path(appointment): Path<Uuid>,
) -> ApiResult<Json<Visit>> {
    let write = app.database.write().await?;
    find::<appointments::table::Entity>(&write, appointment, "appointment").await?;
    let marked = review_visit(&app, &write, appointment, staff.id).await?;
    let items = Snapshot::all(&app, &write, marked).await?;
    write.commit().await?;
    Ok(Json(Visit { items }))
}

/// Marks all of a visit's snapshots as looked at by `reviewer`.
pub(crate) async fn review_visit(
    app: &AppState,
    write: &Write,
    appointment: Uuid,
    reviewer: Uuid,
) -> Result<Vec<Model>, DbErr> {
    let rows = Entity::find()
        .filter(Column::AppointmentId.eq(appointment))
        .order_by_asc(Column::TakenAt)
        .order_by_asc(Column::Id)
        .all(write)
        .await?;
    let mut marked = Vec::with_capacity(rows.len());
    for row in rows {
        marked.push(set(app, write, row, Some(reviewer)).await?);
    }
    Ok(marked)
}

async fn set(
    app: &AppState,
    write: &Write,
    row: Model,
    reviewer: Option<Uuid>,
) -> Result<Model, DbErr> {
    if row.reviewed_by.is_some() == reviewer.is_some() {
        return Ok(row);
    }
    let mut row = row.into_active_model();
    row.reviewed_by = Set(reviewer);
    row.reviewed_at = Set(reviewer.map(|_| app.clock.now()));
    let row = row.update(write).await?;
    view::announce(app, write, &row).await?;
    Ok(row)
}
