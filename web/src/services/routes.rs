//! `/services`: the list for the booking screen, and adding to it.

use axum::{extract::State, response::Response};
use http::StatusCode;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, Order, QueryFilter, Set,
};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{Service, table};
use crate::{
    accounts::{Role, StaffSession},
    app::AppState,
    appointments::{AppointmentKind, Length},
    clock::Timestamp,
    database::{Write, find_to_change},
    http::{
        extract::{Json, Path, Query},
        idempotency::Creation,
        pagination::{By, Page, PageQuery},
    },
    outbox::Event,
    problem::{ApiResult, Problem},
    text::LocalizedName,
};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(change))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Also those that are not offered any more.
    #[serde(default)]
    #[param(default = false)]
    retired: bool,
}

/// The services of the shop, by their English names.
#[utoipa::path(get, path = "/services", tag = "services", operation_id = "list_services", params(Filter, PageQuery), responses(
    (status = 200, description = "Found", body = Page<Service>),
    (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
))]
async fn list(
    State(app): State<AppState>,
    _staff: StaffSession,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Service>>> {
    let mut rows = table::Entity::find();
    if !filter.retired {
        rows = rows.filter(table::Column::RetiredAt.is_null());
    }
    let by = By { column: table::Column::NameEn, id: table::Column::Id, order: Order::Asc };
    let key = |row: &table::Model| (row.name_en.clone(), row.id);
    let page = page.read(&app.database, rows, by, key).await?;
    Ok(Json(page.map(Service::from)))
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewService {
    pub name: LocalizedName,
    pub length_minutes: Length,
    pub kind: AppointmentKind,
}

/// Adds a service.
#[utoipa::path(post, path = "/services", tag = "services", operation_id = "create_service", request_body = NewService, responses(
    (status = 201, description = "Added", body = Service),
    (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = Problem, content_type = "application/problem+json"),
))]
async fn add(
    State(app): State<AppState>,
    staff: StaffSession,
    creation: Creation<NewService>,
) -> ApiResult<Response> {
    staff.require(&[Role::Owner, Role::FrontDesk])?;
    let (new, once) = creation.by(staff.id);
    let txn = app.database.write().await?;
    if let Some(kept) = once.kept(&txn).await? {
        return Ok(kept);
    }
    let now = app.clock.now();
    let row = new.into_row(now).insert(&txn).await?;
    announce(&app, &txn, row.id).await?;
    once.keep_and_commit(txn, now, StatusCode::CREATED, &Service::from(row)).await
}

impl NewService {
    pub(crate) fn into_row(self, now: Timestamp) -> table::ActiveModel {
        table::ActiveModel {
            id: Set(Uuid::now_v7()),
            name_zh: Set(self.name.zh),
            name_en: Set(self.name.en),
            length_minutes: Set(self.length_minutes),
            kind: Set(self.kind),
            created_at: Set(now),
            retired_at: Set(None),
        }
    }
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ServiceChange {
    name: Option<LocalizedName>,
    /// Of new appointments; those that are booked keep theirs.
    length_minutes: Option<Length>,
    kind: Option<AppointmentKind>,
    /// A retired service cannot be booked; what was booked stays.
    retired: Option<bool>,
}

/// Changes a service; what is not named stays.
#[utoipa::path(patch, path = "/services/{id}", tag = "services", operation_id = "change_service",
    params(("id" = Uuid, Path)), request_body = ServiceChange,
    responses(
        (status = 200, description = "As it is now", body = Service),
        (status = 401, description = "`signed_out`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn change(
    State(app): State<AppState>,
    staff: StaffSession,
    Path(id): Path<Uuid>,
    Json(change): Json<ServiceChange>,
) -> ApiResult<Json<Service>> {
    staff.require(&[Role::Owner, Role::FrontDesk])?;
    let txn = app.database.write().await?;
    let before = find_to_change::<table::Entity>(&txn, id, "service").await?;
    let row = change.applied(before, app.clock.now()).update(&txn).await?;
    announce(&app, &txn, id).await?;
    txn.commit().await?;
    Ok(Json(row.into()))
}

impl ServiceChange {
    fn applied(self, before: table::Model, now: Timestamp) -> table::ActiveModel {
        let mut row = before.clone().into_active_model();
        let name = self.name.unwrap_or_else(|| before.name());
        (row.name_zh, row.name_en) = (Set(name.zh), Set(name.en));
        row.length_minutes = Set(self.length_minutes.unwrap_or(before.length_minutes));
        row.kind = Set(self.kind.unwrap_or(before.kind));
        row.retired_at = Set(match self.retired {
            Some(true) => before.retired_at.or(Some(now)),
            Some(false) => None,
            None => before.retired_at,
        });
        row
    }
}

async fn announce(app: &AppState, txn: &Write, id: Uuid) -> ApiResult<()> {
    app.outbox.append(txn, Event::new("service.changed", json!({ "id": id }))).await?;
    Ok(())
}
