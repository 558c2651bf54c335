//! `/snapshots`: the customer's file.

use axum::extract::State;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    Snapshot,
    table::snapshot::{Column, Entity, Model},
    view,
};
use crate::{
    accounts::StaffSession,
    app::AppState,
    clock::Timestamp,
    database::Write,
    http::{
        extract::{Json, Path, Query},
        pagination::{Page, PageQuery},
    },
    problem::{ApiError, ApiResult, Problem},
    text::Notes,
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(one, change))
}

/// Whose.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    customer_id: Option<Uuid>,
    pet_id: Option<Uuid>,
    appointment_id: Option<Uuid>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = SnapshotChange)]
#[serde(deny_unknown_fields)]
struct Change {
    note: Notes,
}

/// Snapshots, the newest first.
#[utoipa::path(get, path = "/snapshots", tag = "snapshots", operation_id = "list_snapshots",
    params(Filter, PageQuery),
    responses(
        (status = 200, description = "A page of them", body = Page<Snapshot>),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(app): State<AppState>,
    _staff: StaffSession,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Snapshot>>> {
    let limit = page.limit();
    let rows = Entity::find()
        .filter(filter.condition())
        .filter(Condition::all().add_option(page.after()?.map(behind)))
        .order_by_desc(Column::TakenAt)
        .order_by_desc(Column::Id)
        .limit(limit + 1)
        .all(&app.database)
        .await?;
    let rows = Page::cut(rows, limit, |row: &Model| (row.taken_at, row.id));
    let items = Snapshot::all(&app, &app.database, rows.items).await?;
    Ok(Json(Page { items, next_cursor: rows.next_cursor }))
}

/// One snapshot.
#[utoipa::path(get, path = "/snapshots/{id}", tag = "snapshots", operation_id = "show_snapshot",
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "The snapshot", body = Snapshot),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn one(
    State(app): State<AppState>,
    _staff: StaffSession,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Snapshot>> {
    let row = Entity::find_by_id(id).one(&app.database).await?;
    let row = row.ok_or_else(|| ApiError::not_found("snapshot"))?;
    Ok(Json(Snapshot::of(&app, &app.database, row).await?))
}

/// Changes the note.
#[utoipa::path(patch, path = "/snapshots/{id}", tag = "snapshots", operation_id = "change_snapshot",
    params(("id" = Uuid, Path)), request_body = Change,
    responses(
        (status = 200, description = "As it is now", body = Snapshot),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn change(
    State(app): State<AppState>,
    _staff: StaffSession,
    Path(id): Path<Uuid>,
    Json(change): Json<Change>,
) -> ApiResult<Json<Snapshot>> {
    let write = app.database.write().await?;
    let mut row = find(&write, id).await?;
    if row.note != change.note {
        let mut changed = row.into_active_model();
        changed.note = Set(change.note);
        row = changed.update(&write).await?;
        view::announce(&app, &write, &row).await?;
    }
    let snapshot = Snapshot::of(&app, &write, row).await?;
    write.commit().await?;
    Ok(Json(snapshot))
}

pub(super) async fn find(write: &Write, id: Uuid) -> ApiResult<Model> {
    let row = Entity::find_by_id(id).one(write).await?;
    row.ok_or_else(|| ApiError::not_found("snapshot"))
}

impl Filter {
    fn condition(&self) -> Condition {
        Condition::all()
            .add_option(self.customer_id.map(|id| Column::CustomerId.eq(id)))
            .add_option(self.pet_id.map(|id| Column::PetId.eq(id)))
            .add_option(self.appointment_id.map(|id| Column::AppointmentId.eq(id)))
    }
}

fn behind((taken_at, id): (Timestamp, Uuid)) -> Condition {
    let same_time = Condition::all().add(Column::TakenAt.eq(taken_at)).add(Column::Id.lt(id));
    Condition::any().add(Column::TakenAt.lt(taken_at)).add(same_time)
}
