//! `/snapshots`: the customer's file.

use axum::extract::State;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, Order, QueryFilter, Set,
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
    database::find,
    http::{
        extract::{Json, Path, Query},
        pagination::{By, Page, PageQuery},
    },
    problem::{ApiResult, Problem},
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
    let rows = Entity::find().filter(filter.condition());
    let by = By { column: Column::TakenAt, id: Column::Id, order: Order::Desc };
    let key = |row: &Model| (row.taken_at, row.id);
    let rows = page.read(&app.database, rows, by, key).await?;
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
    let row = find::<Entity>(&app.database, id, "snapshot").await?;
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
    let mut row = find::<Entity>(&write, id, "snapshot").await?;
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

impl Filter {
    fn condition(&self) -> Condition {
        Condition::all()
            .add_option(self.customer_id.map(|id| Column::CustomerId.eq(id)))
            .add_option(self.pet_id.map(|id| Column::PetId.eq(id)))
            .add_option(self.appointment_id.map(|id| Column::AppointmentId.eq(id)))
    }
}
